"""What the imports in a module's text mean in its project, read without parsing: that is much quicker."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from tapelint.project import Module, Project
from tapelint.source import Source

_IMPORT = re.compile(
    r"\n[ \t]*(?:from[ \t]+(?P<base>[.\w]+)[ \t]+import[ \t]+(?P<names>\([^)]*\)|.*)"
    r"|import[ \t]+(?P<modules>.+))"
)
_OUTER = re.compile(_IMPORT.pattern.replace(r"[ \t]*", "", 1))
"""These begin with the end of the line before: such a search is several times quicker than one for a line's start."""


class Import(NamedTuple):
    """One module of the project that an import statement names.

    `names` are bound by it; `whole` says that it may take what the body of the module binds.
    """

    module: Module
    names: tuple[str, ...]
    whole: bool


def imports(
    project: Project, module: Module, inner: bool = False, binding: Collection[str] | None = None
) -> Iterator[Import]:
    """The modules of the project that a module imports; none where it cannot be read.

    Those only that its body imports, outside of blocks, or, with `inner`, all; of these, if `binding` is given, those
    only that bind one of these names.
    """
    source = module.unparsed
    if source is None:
        return
    for match in (_IMPORT if inner else _OUTER).finditer(f"\n{source.text}"):
        parts = [part.split() for part in re.split(r"[(),]", match["names"] or match["modules"]) if part.split()]
        if binding is not None:
            parts = [part for part in parts if part[-1].partition(".")[0] in binding or part[-1] == "*"]
        if not parts:
            continue
        if match["modules"]:
            yield from _modules(project, source, parts)
        else:
            yield from _names_of(project, source, match["base"], parts)


def _modules(project: Project, source: Source, parts: list[list[str]]) -> Iterator[Import]:
    """What `import` names: each part a dotted name, with or without `as`."""
    for part in parts:
        found = project.module(part[0], source)
        if found is not None and not found.is_namespace:
            yield Import(found, (part[-1].partition(".")[0],), True)


def _names_of(project: Project, source: Source, base: str, parts: list[list[str]]) -> Iterator[Import]:
    """What `from base import` takes these parts from: a module, and those below it that they name."""
    bare = base.lstrip(".")
    found = project.module(bare, source, len(base) - len(bare))
    if found is None:
        return
    below = [project.submodule(found, part[0]) for part in parts]
    yield Import(found, tuple(part[-1] for part in parts), not all(below))
    for each in below:
        if each is not None and not each.is_namespace:
            yield Import(each, (), True)
