"""Modules whose import does something to others, told from their text: reading is much quicker than running.

Most modules only bind names: these are run when one of the names is asked for. Others register, patch or set something,
or import what does.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from tapelint.project import Module, Project

MOST_FILES = 30
"""Of a module that imports more files in turn none is run for what it does: it costs more than it tells."""

_BLOCK = re.compile(r"(?:if|for|while|with|try|else|elif|except|finally)\b(?!.*__main__)(?!.*TYPE_CHECKING)")
_DOES = re.compile(r"(?:del|global|raise|assert|exec|setattr)\b|class\s+\w+\(.*metaclass\s*=\s*(?!abc\.|ABCMeta)")
_CALLS = re.compile(r"(?:@|(?:[\w, ]+(?::[^=]+)?=\s*)?(?=[A-Za-z_][\w.]*\())(?P<root>[A-Za-z_]\w*)")
_STORES = re.compile(r"(?P<root>[A-Za-z_]\w*)(?:\.\w+|\[[^\]]*\])+\s*[-+*/|]?=(?!=)")
_DEFINES = re.compile(r"^(?:def|async def)\s+(\w+)", re.MULTILINE)
_LIBRARIES = ("tf", "tensorflow", "keras", "np")
"""Names of libraries: what is stored there is seen by others."""
_SUBCLASSES = "__init_subclass__"
_IMPORT = re.compile(
    r"^(?:from[ \t]+(?P<base>[.\w]+)[ \t]+import[ \t]+(?P<names>\([^)]*\)|.*)|import[ \t]+(?P<modules>.+))",
    re.MULTILINE,
)


def does_something(project: Project, module: Module) -> bool:
    """Whether the import of a module, or what it imports in turn, changes other modules' objects."""
    todo, seen, found = [module], {module.path}, False
    while todo and len(seen) <= MOST_FILES:
        now = todo.pop()
        imports, acts = project.answer("imports", now, _read)
        found = found or acts
        todo += [other for other in imports if other.path not in seen]
        seen.update(other.path for other in imports)
    return found and len(seen) <= MOST_FILES


def _read(project: Project, module: Module) -> tuple[tuple[Module, ...], bool]:
    """What a module imports, and whether its own body does something."""
    if module.unparsed is None:
        return (), False
    text, own, others = module.unparsed.text, set[str](), list[Module]()
    for other, names in _imports(project, module):
        own.update(names)
        others.append(other)
    own.update(_DEFINES.findall(text))
    return tuple({other.path: other for other in others}.values()), _SUBCLASSES in text or _acts(text, own)


def _acts(text: str, own: Collection[str]) -> bool:
    """Whether a statement of a module's body may do more than bind a name; `own`: the names of the project's things."""
    within = False
    for line in text.splitlines():
        bare = line.lstrip()
        if not bare or bare[0] in "#)]}\"'":
            continue
        if len(bare) == len(line):
            within = bool(_BLOCK.match(bare))
            if not within and _does(bare, own):
                return True
        elif within and _does(bare, own):
            return True
    return False


def _does(line: str, own: Collection[str]) -> bool:
    if _DOES.match(line):
        return True
    if (call := _CALLS.match(line)) is not None and _is_own(call["root"], own):
        return True
    store = _STORES.match(line)
    return store is not None and (_is_own(store["root"], own) or store["root"] in _LIBRARIES)


def _is_own(name: str, own: Collection[str]) -> bool:
    return name in own or "*" in own


def _imports(project: Project, module: Module) -> Iterator[tuple[Module, list[str]]]:
    """The modules of the project that a module's body imports, and the names that are bound by it."""
    source = module.unparsed
    if source is None:
        return
    for match in _IMPORT.finditer(source.text):
        parts = [part.split() for part in re.split(r"[(),]", match["names"] or match["modules"]) if part.split()]
        if match["modules"]:
            for part in parts:
                found = project.module(part[0], source)
                if found is not None and not found.is_namespace:
                    yield found, [part[-1].partition(".")[0]]
            continue
        base = match["base"]
        bare = base.lstrip(".")
        inner = project.module(bare, source, len(base) - len(bare))
        if inner is None:
            continue
        yield inner, [part[-1] for part in parts]
        for part in parts:
            below = project.submodule(inner, part[0])
            if below is not None and not below.is_namespace:
                yield below, []
