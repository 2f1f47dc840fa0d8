"""Which files run a tape that stands in another file.

Such a script names no tape itself: it makes the models, the data and the optimizers that the file with the tape takes
as parameters. Only from there is it known what they are.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from functools import cached_property

from tapelint.imports import imports
from tapelint.project import Module, Project
from tapelint.source import Source, SourceError, walk

MOST_FILES_DEEP = 3
"""A tape is looked for in what a script imports, and in what that imports, so many files deep. What a package's own
file imports is as deep as that: it hands on names."""

_CALLS = re.compile(
    rb"^(?!(?:from|import|def|class|async|raise|assert|del)\b)(?:[A-Za-z_].*\(|(?:if|for|while|try|with)\b)",
    re.MULTILINE,
)
_DEFINES = re.compile(r"^(?:def|async def|class)\s+(\w+)", re.MULTILINE)
# A statement that is no definition and no import, with what is indented below it or goes on in brackets.
_BODY = re.compile(
    r"^(?!(?:from|import|def|class|async)\b)[A-Za-z_(\[{].*(?:\n(?:[ \t)\]}].*)?(?=\n|\Z))*", re.MULTILINE
)
_WORD = re.compile(r"[^\W\d]\w*")
_BUILTINS = frozenset(dir(builtins))


def may_drive(data: bytes, path: str, project: Project) -> bool:
    """Whether a file with these bytes may be a script that imports something: quickly told, and true of too many."""
    if b"import" not in data:
        return False
    if b"__main__" in data or path.endswith((".ipynb", "__main__.py")):
        return True
    # A module of a package would say so.
    return not project.is_in_package(path) and _CALLS.search(data) is not None


def drives(source: Source, project: Project) -> bool:
    """Whether what a file runs as a program calls, or hands on, something of a file that names a gradient tape.

    What is run is the body of the module and, of its functions and classes, what is named there, in turn: a test that
    others collect is not, and a module of a package without a `__main__` is none. Which files are checked
    plays no part. A file that cannot be parsed drives nothing. `source` is as the project has it.
    """
    return project.answer("drives a tape", project.module_of(source), _drives)


def driving_functions(source: Source, project: Project) -> frozenset[ast.AST]:
    """The functions and methods of a script, of those that it runs or hands on, which call such a thing themselves."""
    return frozenset(project.answer("as a script", project.module_of(source), _script).functions())


def _drives(project: Project, module: Module) -> bool:
    source = module.unparsed
    if source is None or not may_drive(source.text.encode(), module.path, project):
        return False
    named = {word for line in _BODY.finditer(source.text) for word in _WORD.findall(line.group())}
    binding = named if named.isdisjoint(_DEFINES.findall(source.text)) else None
    if not any(_leads_to_tape(project, each.module) for each in imports(project, module, True, binding)):
        return False
    try:
        return project.answer("as a script", module, _script).uses_tape()
    except SourceError:
        return False


def _script(project: Project, module: Module) -> _Script:
    return _Script(project.source(module.path), project)


def _leads_to_tape(project: Project, module: Module) -> bool:
    return project.answer("leads to a tape", module, _reaches_tape)


def _reaches_tape(project: Project, module: Module) -> bool:
    """Whether a module, or what it imports in turn, names a tape."""
    seen, now = {module.path}, [module]
    for _ in range(MOST_FILES_DEEP):
        behind: list[Module] = []
        while now:
            each = now.pop()
            if project.answer("names a tape", each, _names_tape):
                return True
            found = {o.path: o for o in project.answer("all imports", each, _imported) if o.path not in seen}
            seen.update(found)
            (now if each.is_package else behind).extend(found.values())
        now = behind
    return False


def _names_tape(project: Project, module: Module) -> bool:
    return module.unparsed is not None and module.unparsed.mentions_tape


def _imported(project: Project, module: Module) -> tuple[Module, ...]:
    return tuple(each.module for each in imports(project, module, inner=True))


class _Script:
    """A file as a program: its own functions and classes, and the names that may stand for a tape's."""

    def __init__(self, source: Source, project: Project) -> None:
        self._source = source
        self._project = project
        self._own: dict[str, list[ast.stmt]] = {}
        self._taped: set[str] = set()
        self._takes_all = False
        for node in source.nodes:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                self._own.setdefault(node.name, []).append(node)
            elif isinstance(node, ast.Import):
                self._taped.update(self._of_import(node))
            elif isinstance(node, ast.ImportFrom):
                self._taped.update(self._of_import_from(node))

    def uses_tape(self) -> bool:
        return any(self._is_taped(part) for node in self._run() for part in _handed(node))

    def functions(self) -> Iterator[ast.AST]:
        """Those that call something of a tape's."""
        for node in self._run():
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and any(
                self._is_taped(part) for each in walk(node) for part in _handed(each)
            ):
                yield node

    def _run(self) -> Iterator[ast.AST]:
        """All nodes of what is run: the module's body, and what it names."""
        waiting: list[ast.AST] = [node for node in self._source.tree.body if not _only_binds(node)]
        seen: set[str] = set()
        while waiting:
            for node in walk(waiting.pop()):
                yield node
                if isinstance(node, ast.Name) and node.id in self._own and node.id not in seen:
                    seen.add(node.id)
                    waiting += self._own[node.id]

    def _is_taped(self, part: ast.expr) -> bool:
        """Whether an expression names something that a tape may stand in."""
        return any(isinstance(n, ast.Name) and self._may_be_taped(n.id) for n in walk(part))

    def _may_be_taped(self, name: str) -> bool:
        if name in self._taped:
            return True
        return self._takes_all and name not in self._own and name not in self._bound and name not in _BUILTINS

    @cached_property
    def _bound(self) -> set[str]:
        stored = {n.id for n in self._source.nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        return stored | set(self._source.imports)

    def _of_import(self, node: ast.Import) -> Iterator[str]:
        for alias in node.names:
            found = self._project.module(alias.name, self._source)
            if found is not None and _leads_to_tape(self._project, found):
                yield alias.asname or alias.name.partition(".")[0]

    def _of_import_from(self, node: ast.ImportFrom) -> Iterator[str]:
        found = self._project.module(node.module or "", self._source, node.level)
        if found is None:
            return
        whole = _leads_to_tape(self._project, found)
        for alias in node.names:
            below = self._project.submodule(found, alias.name)
            if _leads_to_tape(self._project, below) if below is not None else whole:
                self._takes_all = self._takes_all or alias.name == "*"
                yield alias.asname or alias.name


def _handed(node: ast.AST) -> list[ast.expr]:
    """What a node calls or hands on, and of a class that is named what it extends and is made with."""
    if isinstance(node, ast.Call):
        return [node.func, *node.args, *(word.value for word in node.keywords)]
    if isinstance(node, ast.ClassDef):
        return [*node.bases, *(word.value for word in node.keywords), *node.decorator_list]
    return node.decorator_list if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) else []


def _only_binds(node: ast.stmt) -> bool:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    return isinstance(node, kinds)
