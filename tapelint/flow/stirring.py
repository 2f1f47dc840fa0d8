"""Packages whose import does something to other modules, told from their text: reading is much quicker than running.

A package's `__init__.py` is run before each of its modules. Most bring names together only, from hundreds of files:
these are run when one of the names is asked for. Others register, patch or set something, or import what does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tapelint.project import Module, Project

MOST_FILES = 60
"""Of a package with more files nobody waits for."""

_BLOCK = re.compile(r"(?:if|for|while|with|try|else|elif|except|finally)\b(?!.*__main__)(?!.*TYPE_CHECKING)")
_DOES = re.compile(
    r"""@(?!(?:functools|dataclass|abc|property|staticmethod|classmethod|tf|tensorflow|keras|np|contextlib|typing
            |enum|gin|pytest|overload|abstractmethod|lru_cache|cache|wraps|total_ordering|final|attr)\b)
      | (?!(?:print|super|logging|logger|warnings|absl|flags|app|unittest|plt|os|sys|np|tf|keras|from|import|return)\b)
        [A-Za-z_][\w.]*\(
      | (?!(?:os|sys|plt|matplotlib|warnings|np|logging|logger)\b)
        [A-Za-z_]\w*(?:\.\w+|\[[^\]]*\])+\s*[-+*/|]?=(?!=)
      | \w+\s*=\s*[\w.]*regist
      | class\s+\w+\(.*metaclass\s*=\s*(?!abc\.|ABCMeta)
      | (?:del|global)\b""",
    re.VERBOSE,
)
_SUBCLASSES = "__init_subclass__"
_IMPORT = re.compile(
    r"^(?:from[ \t]+(?P<base>[.\w]+)[ \t]+import[ \t]+(?P<names>\([^)]*\)|.*)|import[ \t]+(?P<modules>.+))",
    re.MULTILINE,
)


def does_something(project: Project, package: Module) -> bool:
    """Whether the import of a package, or what it imports in turn, changes other modules' objects."""
    todo, seen, text = [package], {package.path}, ""
    while todo:
        module = todo.pop()
        source = module.source
        if source is None:
            continue
        if _acts(source.text):
            return True
        text = source.text if _SUBCLASSES in source.text else text
        for other in _imports(project, module):
            if other.path not in seen:
                seen.add(other.path)
                todo.append(other)
        if len(seen) > MOST_FILES:
            return False
    return bool(text)


def _acts(text: str) -> bool:
    """Whether a statement of a module's body may do more than bind a name."""
    within = False
    for line in text.splitlines():
        bare = line.lstrip()
        if not bare or bare[0] in "#)]}\"'":
            continue
        if bare is line or len(bare) == len(line):
            within = bool(_BLOCK.match(bare))
            if not within and _DOES.match(bare):
                return True
        elif within and _DOES.match(bare):
            return True
    return False


def _imports(project: Project, module: Module) -> Iterator[Module]:
    """The modules of the project that a module's body imports."""
    source = module.source
    if source is None:
        return
    for match in _IMPORT.finditer(source.text):
        names = [part.split()[0] for part in re.split(r"[(),]", match["names"] or match["modules"]) if part.split()]
        if match["modules"]:
            found = [project.module(name, source) for name in names]
        else:
            base = match["base"]
            bare = base.lstrip(".")
            inner = project.module(bare, source, len(base) - len(bare))
            parts = [project.submodule(inner, name) for name in names] if inner is not None else []
            found = [inner, *parts]
        yield from (each for each in found if each is not None and not each.is_namespace)
