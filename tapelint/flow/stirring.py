"""Modules whose import does something to others, told from their text: reading is much quicker than running.

Most modules only bind names: these are run when one of the names is asked for. Others register, patch or set something,
or import what does; and where modules import each other, one of them sees what another has half way.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from math import inf
from typing import NamedTuple

from tapelint.imports import imports
from tapelint.project import Module, Project

MOST_FILES = 30
"""Of a module that imports more files in turn none is run for what it does: it costs more than it tells."""

_BLOCK = re.compile(r"(?:if|for|while|with|try|else|elif|except|finally)\b(?!.*__main__)(?!.*TYPE_CHECKING)")
_DOES = re.compile(r"(?:del|global|raise|assert|exec|setattr)\b|class\s+\w+\(.*metaclass\s*=\s*(?!abc\.|ABCMeta)")
_CALLS = re.compile(r"(?:@|(?:[\w, ]+(?::[^=]+)?=\s*)?(?=[A-Za-z_][\w.]*\())(?P<root>[A-Za-z_]\w*)")
_STORES = re.compile(r"(?P<root>[A-Za-z_]\w*)(?:\.\w+|\[[^\]]*\])+\s*[-+*/|]?=(?!=)")
_DEFINES = re.compile(r"\n(?:async )?def\s+(\w+)")
_NOT_FIRST = "#)]}\"'"
"""What a line begins with that is no statement, or no statement's first."""
_OUTER_LINE = re.compile(rf"\n([^\s{re.escape(_NOT_FIRST)}].*)")
_LIBRARIES = ("tf", "tensorflow", "keras", "np")
"""Names of libraries: what is stored there is seen by others."""
_SUBCLASSES = "__init_subclass__"


class _Reading(NamedTuple):
    """What the text of a module says of its import.

    `imports`: the modules that it imports, by path; `takes`: those of which it may take names, not only modules below
    them; `acts`: its own body does something to others.
    """

    imports: Mapping[str, Module]
    takes: frozenset[str]
    acts: bool


def does_something(project: Project, module: Module) -> bool | None:
    """Whether the import of a module, or what it imports in turn, changes others' objects, or goes in a circle; None
    where that is too much to be run.
    """
    found = _all_imported(project, module, MOST_FILES)
    if found is None:
        return None
    readings = {each.path: reading for each, reading in found}
    return any(reading.acts for reading in readings.values()) or _goes_in_a_circle(readings)


def _all_imported(project: Project, module: Module, most: float = inf) -> list[tuple[Module, _Reading]] | None:
    """A module and all that it imports in turn, as they read; None for more of them than `most`."""
    todo, seen, found = [module], {module.path}, list[tuple[Module, _Reading]]()
    while todo and len(seen) <= most:
        now = todo.pop()
        reading = project.answer("imports", now, _read)
        found.append((now, reading))
        todo += [other for path, other in reading.imports.items() if path not in seen]
        seen.update(reading.imports)
    return found if len(seen) <= most else None


class Effects(NamedTuple):
    """What imports may do to others' objects, told from their texts.

    `acts`: something. `names`: attributes that they set. `items`: they set items. `patches`: they set something of a
    library.
    """

    acts: bool = False
    names: frozenset[str] = frozenset()
    items: bool = False
    patches: bool = False


def effects(project: Project, module: Module) -> Effects:
    """What the import of a module, and what it imports in turn, may do."""
    acting = [each for each, reading in _all_imported(project, module) or () if reading.acts]
    found = [project.answer("effects of its own", each, _own_effects) for each in acting]
    names = frozenset(name for each in found for name in each.names)
    items, patches = any(each.items for each in found), any(each.patches for each in found)
    return Effects(bool(found), names, items, patches)


def _own_effects(project: Project, module: Module) -> Effects:
    """What the body of a module that acts may do."""
    text = module.unparsed.text if module.unparsed is not None else ""
    bound = (name for each in imports(project, module) for name in each.names)
    own = {*bound, *_defined(text)}
    names, items, patches = set[str](), False, False
    for line in _body_lines(text):
        store = _STORES.match(line)
        patches = patches or (store is not None and store["root"] in _LIBRARIES)
        if store is None or not _is_own(store["root"], own):
            continue
        target = store.group().rstrip("=-+*/| \t")
        items = items or target.endswith("]")
        last = target.rpartition(".")[2]
        if last.isidentifier() and not last.startswith("__"):
            names.add(last)
    return Effects(True, frozenset(names), items, patches)


def _goes_in_a_circle(readings: Mapping[str, _Reading]) -> bool:
    """Whether a module takes names of one that, in turn, takes names of it."""
    left = {path: set(reading.takes) & readings.keys() for path, reading in readings.items()}
    while ends := [path for path, takes in left.items() if not takes & left.keys()]:
        for path in ends:
            del left[path]
    return bool(left)


def _read(project: Project, module: Module) -> _Reading:
    if module.unparsed is None:
        return _Reading({}, frozenset(), False)
    text, own, others, takes = module.unparsed.text, set[str](), dict[str, Module](), set[str]()
    for other, names, whole in imports(project, module):
        own.update(names)
        others[other.path] = other
        if whole:
            takes.add(other.path)
        package = project.package_of(other)
        if package is not None and package.path != module.path:
            others[package.path] = package
    own.update(_defined(text))
    return _Reading(others, frozenset(takes), _SUBCLASSES in text or _acts(text, own))


def _acts(text: str, own: Collection[str]) -> bool:
    """Whether a statement of a module's body may do more than bind a name; `own`: the names of the project's things."""
    return any(_does(line, own) for line in _body_lines(text))


def _body_lines(text: str) -> Iterator[str]:
    """The lines of a module's body, and of its blocks but those of functions and classes, as they begin."""
    text = f"\n{text}"
    found = list(_OUTER_LINE.finditer(text))
    ends = [*(match.start() for match in found[1:]), len(text)]
    for match, end in zip(found, ends, strict=False):
        if not _BLOCK.match(match[1]):
            yield match[1]
            continue
        for line in text[match.end() : end].split("\n"):
            bare = line.lstrip()
            if bare and bare[0] not in _NOT_FIRST:
                yield bare


def _defined(text: str) -> list[str]:
    """The functions that a module's body defines."""
    return _DEFINES.findall(f"\n{text}")


def _does(line: str, own: Collection[str]) -> bool:
    if _DOES.match(line):
        return True
    if (call := _CALLS.match(line)) is not None and _is_own(call["root"], own):
        return True
    store = _STORES.match(line)
    return store is not None and (_is_own(store["root"], own) or store["root"] in _LIBRARIES)


def _is_own(name: str, own: Collection[str]) -> bool:
    return name in own or "*" in own
