"""One file run through: from which entries, and what it found, as rules see it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from tapelint.driving import drives, driving_functions
from tapelint.facts import Facts
from tapelint.findings import summary
from tapelint.flow import elsewhere
from tapelint.flow.core import ENDED, UNFOLLOWED, Arguments
from tapelint.flow.graph import Site
from tapelint.flow.interpreter import Interpreter
from tapelint.flow.values import UNBOUND, Bound, Cell, Class, Function, ModuleValue, Value, Wrapped, options
from tapelint.libraries.assemble import register_all
from tapelint.libraries.names import TAPE_LIBRARIES
from tapelint.libraries.world import Libraries
from tapelint.project import LIBRARIES, Project
from tapelint.source import Source, below, last_name, walk
from tapelint.tapes import leaving
from tapelint.tapes.methods import GRADIENT_METHODS
from tapelint.tapes.tape import Tapes
from tapelint.views import Analysis

STACK = 30_000
STEPS_OF_AN_ENTRY = 30_000
STEPS_INTO_CALLS = 15_000
"""After so many steps of an entry the calls that it makes are not followed any more."""

STEPS_OF_MAKING = 3_000
"""Likewise while the object is made whose method is the entry."""

STEPS_OF_A_FILE = 80_000
STEPS_OF_ENTRIES = 40_000
"""So many steps are left for the entries, however many the module itself took."""

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def analyse(source: Source, project: Project, facts: Facts) -> Analysis:
    """Run one file through as a program: what its gradients, tapes and conditions do.

    SourceError if it does not parse.
    """
    with _deep_stack():
        if not _asks_for_gradients(source) and not drives(source, project):
            return Analysis(source.path)
        program = Program(source, project, facts)
        program.run()
        return summary.build(program.tapes, source, program.cut_short)


def _asks_for_gradients(source: Source) -> bool:
    """Whether a file makes a tape or asks one, and does not only name it."""
    for node in source.nodes:
        if isinstance(node, ast.Call):
            name = last_name(node.func)
            if name.endswith("GradientTape") or name in GRADIENT_METHODS:
                return True
        elif isinstance(node, ast.withitem) and last_name(node.context_expr).endswith("GradientTape"):
            return True
    return False


@contextmanager
def _deep_stack() -> Iterator[None]:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, STACK))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


class Program:
    """The run of one file: as main, then from what nothing visible calls."""

    def __init__(self, source: Source, project: Project, facts: Facts) -> None:
        self.source = source
        self._project = project
        self.world = Libraries(facts, _tape_roots(source))
        self.interpreter = Interpreter(self.world, project)
        self.world.run = self.interpreter
        register_all(self.world.registry)
        self.tapes = Tapes(self.world)
        self.world.recorder = self.tapes
        self._definitions: frozenset[ast.AST] | None = None
        self.cut_short = False
        """Whether there were more entries than a file may take."""

    def run(self) -> None:
        """All entries, in order."""
        run = self.interpreter
        module = run.run_main(self.source)
        inner = dict(run.inner)
        spent = min(run.steps, STEPS_OF_A_FILE - STEPS_OF_ENTRIES)
        for function, cls in self._entries():
            run.begin_entry()
            if spent > STEPS_OF_A_FILE:
                self.cut_short = True
                break
            run.inner.clear()
            self._enter(module, function, cls)
            spent += run.steps
        if any(self._is_left(node) for node in inner):
            run.begin_entry()
            with self._as_entry(module):
                self._call_left(inner)

    def _entries(self) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, ast.ClassDef | None]]:
        """Functions and methods that use a tape, or in a script run one, and that were not reached; callers before
        what they call.
        """
        every = list(_functions(self.source.tree))
        runs = frozenset[ast.AST]() if self.source.mentions_tape else driving_functions(self.source, self._project)
        uses = {id(f): f in runs or _mentions_tape(f) for f, _ in every}
        names = {f.name for f, _ in every if uses[id(f)]}
        if not names:
            return
        named = {id(f): _names_used(f) for f, _ in every}
        callers = [(f, c) for f, c in every if not uses[id(f)] and names & named[id(f)]]
        wanted = [*callers, *((f, c) for f, c in every if uses[id(f)])]
        called_by_others = {n for f, _ in wanted for n in named[id(f)] if n != f.name}
        first = [(f, c) for f, c in wanted if f.name not in called_by_others]
        for function, cls in [*first, *((f, c) for f, c in wanted if uses[id(f)])]:
            if function not in self.interpreter.called:
                yield function, cls

    def _enter(
        self, module: ModuleValue, node: ast.FunctionDef | ast.AsyncFunctionDef, cls: ast.ClassDef | None
    ) -> None:
        """Call one function with unknown arguments, and forget what it changed."""
        with self._as_entry(module):
            made = partial(self._entry_value, module, node, cls, Site(self.source, node))
            self._run_entry(made, node, cls is not None)
            self._call_left(self.interpreter.inner)

    @contextmanager
    def _as_entry(self, module: ModuleValue) -> Iterator[None]:
        """In a module's frame; what is changed meanwhile is forgotten."""
        run = self.interpreter
        mark = run.state.mark()
        run.frames.append(run.module_frame(module))
        try:
            yield
        finally:
            run.frames.pop()
            run.state.rollback(mark)

    def _run_entry(
        self, make: Callable[[], Value | None], node: ast.FunctionDef | ast.AsyncFunctionDef, method: bool
    ) -> None:
        """Make what is to be called, and call it."""
        run, site = self.interpreter, Site(self.source, node)
        earlier, run.called = run.called, set()
        self._budget(STEPS_OF_MAKING)
        callee = make()
        making, run.called = run.called, earlier | run.called
        self._budget(STEPS_INTO_CALLS)
        run.state.set(ENDED, UNBOUND)
        run.state.set(UNFOLLOWED, UNBOUND)
        run.outside = run.uid()
        if isinstance(callee, Bound) and isinstance(callee.self, Cell):
            run.entered.add(callee.self.uid)
            for value in elsewhere.mentioned(run, callee.self, node, making):
                if isinstance(value, Cell) and value.kind == "tape":
                    self.tapes.use_elsewhere(value)
            elsewhere.fill(run, callee.self, node, making)
        if callee is not None:
            result = run.awaited(run.call(callee, self._unknown_arguments(node, method), site), site)
            leaving.leave(self.tapes, result, leaving.returning(site, _function_of(callee)))
            self._call_kept(callee, result)

    def _is_left(self, node: ast.stmt) -> bool:
        """Whether a definition inside a function uses a tape, and nothing that was run called it."""
        if node in self.interpreter.called or not _mentions_tape(node):
            return False
        return node in self._own_definitions()

    def _own_definitions(self) -> frozenset[ast.AST]:
        if self._definitions is None:
            self._definitions = frozenset(n for n in self.source.nodes if isinstance(n, DEFINITIONS))
        return self._definitions

    def _call_left(self, inner: Mapping[ast.stmt, Value]) -> None:
        """Functions and classes that were defined inside a function, for others to call: as entries of their own."""
        run = self.interpreter
        left = [node for node in inner if self._is_left(node)]
        if left:
            functions = (_function_of(value) for value in inner.values())
            elsewhere.fill_scopes(run, [f for f in functions if f is not None], run.called)
        for node, value in [(node, inner[node]) for node in left]:
            if node in run.called:
                continue
            self._budget(STEPS_INTO_CALLS)
            if isinstance(value, Class):
                self._call_methods(value)
            else:
                run.escape([value])

    def _call_methods(self, cls: Class) -> None:
        for method in cls.node.body:
            if isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)) and self._is_left(method):
                self._run_entry(partial(self._method_of, cls, method.name, Site(self.source, method)), method, True)

    def _call_kept(self, callee: Value, result: Value) -> None:
        """Inner functions that an entry gives back, or keeps on its object, for others to call."""
        run = self.interpreter
        kept = run.fields(callee.self.uid) if isinstance(callee, Bound) and isinstance(callee.self, Cell) else []
        for value in (option for held in (result, *kept) for option in options(held)):
            function = _function_of(value)
            if function is not None and function.node not in run.called and _mentions_tape(function.node):
                run.escape([value])

    def _budget(self, calls: int) -> None:
        """A fresh budget; after so many steps no more calls are followed."""
        run = self.interpreter
        run.steps, run.exhausted = 0, False
        run.limit, run.call_limit = STEPS_OF_AN_ENTRY, calls

    def _entry_value(
        self, module: ModuleValue, node: ast.FunctionDef | ast.AsyncFunctionDef, cls: ast.ClassDef | None, site: Site
    ) -> Value | None:
        run = self.interpreter
        if cls is None:
            value = run.state.get((module.uid, node.name))
            return _with_node(value, node)
        owner = run.state.get((module.uid, cls.name))
        found = next((o for o in options(owner) if isinstance(o, Class) and o.node is cls), None)
        return self._method_of(found, node.name, site) if found is not None else None

    def _method_of(self, cls: Class, name: str, site: Site) -> Value | None:
        """A method of an object that is made with unknown arguments."""
        run = self.interpreter
        init = run.find_in_class(cls, "__init__")
        args = Arguments([])
        if init is not None and isinstance(init[0], Function):
            args = self._unknown_arguments(init[0].node, True)  # type: ignore[arg-type]
        instance = run.call(cls, args, site)
        return run.attribute(instance, name, site) if name != "__init__" else None

    def _unknown_arguments(self, node: ast.FunctionDef | ast.AsyncFunctionDef, method: bool) -> Arguments:
        run = self.interpreter
        spec = node.args
        static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in node.decorator_list)
        plain = [*spec.posonlyargs, *spec.args][1 if method and not static else 0 :]
        values: list[Value] = [run.leaf(a.arg, Site(self.source, a)) for a in plain]
        keywords: dict[str, Value] = {a.arg: run.leaf(a.arg, Site(self.source, a)) for a in spec.kwonlyargs}
        starred = [a for a in (spec.vararg, spec.kwarg) if a is not None]
        rest = run.leaf(starred[0].arg, Site(self.source, starred[0])) if starred else None
        run.escape([*values, *keywords.values(), *([rest] if rest is not None else [])])
        return Arguments(values, keywords, rest)


def _function_of(value: Value) -> Function | None:
    """The project's function inside a callable."""
    while isinstance(value, (Wrapped, Bound)):
        value = value.function
    return value if isinstance(value, Function) else None


def _with_node(value: Value, node: ast.AST) -> Value | None:
    """The value of a name, if it is (a wrapper of) the function that stands at a node."""
    for option in options(value):
        inner = option
        while isinstance(inner, Wrapped):
            inner = inner.function
        if isinstance(inner, Function) and inner.node is node:
            return option
    return None


def _functions(tree: ast.Module) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, ast.ClassDef | None]]:
    """All functions of a file that are no function's inner ones, methods with their class."""
    todo: list[tuple[ast.AST, ast.ClassDef | None]] = [(node, None) for node in tree.body]
    while todo:
        node, cls = todo.pop(0)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node, cls
        elif isinstance(node, ast.ClassDef):
            todo[:0] = [(inner, node) for inner in node.body]
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            todo[:0] = [(inner, cls) for inner in below(node)]


def _mentions_tape(function: ast.AST) -> bool:
    for node in walk(function):
        if isinstance(node, ast.Attribute) and node.attr.endswith(("GradientTape", *GRADIENT_METHODS)):
            return True
        if isinstance(node, ast.Name) and node.id.endswith("GradientTape"):
            return True
    return False


def _names_used(function: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in walk(function):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
    return found


def _tape_roots(source: Source) -> set[str]:
    """The packages, other than TensorFlow's own, from which this file takes a tape."""
    imported = source.imports
    found: set[str] = set()
    for node in source.nodes:
        name = ""
        if isinstance(node, ast.Attribute) and node.attr == "GradientTape" and isinstance(node.value, ast.Name):
            name = imported.get(node.value.id, "")
        elif isinstance(node, ast.Name) and node.id == "GradientTape":
            name = imported.get(node.id, "")
        root = name.partition(".")[0]
        if root and root not in TAPE_LIBRARIES and root not in LIBRARIES:
            found.add(root)
    return found
