"""Modules and imports: the last layer of a run."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Sequence

from tapelint.project import Module, Project
from tapelint.source import Source

from . import containers, elsewhere, stirring
from .core import ALL_NAMES, UNFOLLOWED, Arguments, Frame
from .graph import Site
from .refused import Refused
from .values import UNBOUND, Bound, Cell, Class, Const, Deferred, Flag, Function, ModuleValue, Opaque, Tuple, Value
from .world import World

MOST_MODULES_DEEP = 200
IMPORT_STEPS = 3_000
"""After so many steps of an imported module's body the calls that it makes are not followed any more."""
STEPS_OF_IMPORTS = 1_500
"""After so many steps of all of them none is run any more before something of it is asked for."""
MOST_STEPS_OF_IMPORTS = 60_000
"""After so many steps of all of them none is run any more: what it would have is not known."""


class Interpreter(Refused):
    """One run of one file with the project's files that it imports."""

    def __init__(self, world: World, project: Project) -> None:
        super().__init__(world)
        self.project = project
        self._modules: dict[str, ModuleValue] = {}
        self._sources: dict[int, Source] = {}
        """The files of the modules whose bodies were run, or are being run."""
        self._waiting: dict[int, Module] = {}
        """Modules that were imported and whose bodies are not run before something of them is asked for."""
        self._settling: list[Deferred] = []
        """The imported names that are being looked up, each for the sake of the one before."""
        self._late = False
        """Whether names were imported from modules that wait."""
        self._imported_once: set[int] = set()
        self._steps_of_imports: float = 0
        self._made_by_imports: list[tuple[int, int]] = []
        """Identities that were given while imported bodies were run, as ranges one after the other."""
        self._left_out = stirring.Effects()
        """What imports may have done that are not run at all."""
        self._late_filling: Opaque | None = None
        """What these may have put into containers."""
        self._attributes_set: dict[int, frozenset[str]] = {}
        self._set_in_modules: frozenset[str] = frozenset()
        """Names that the program sets in modules through `sys.modules`."""
        self._top_names: dict[Source, list[str]] = {}

    def run_escaped(self, function: Value, args: Arguments, site: Site) -> None:
        inner, held = function, function.self if isinstance(function, Bound) else UNBOUND
        while not isinstance(inner, Function):
            inner = inner.function  # type: ignore[attr-defined]
        with elsewhere.at_any_time(self, inner, held):
            super().run_escaped(function, args, site)

    # -- modules

    def is_set_somewhere(self, name: str) -> bool:
        """Whether code of the program sets an attribute of this name, in whichever object."""
        for uid in self._sources.keys() - self._attributes_set.keys():
            self._attributes_set[uid] = elsewhere.attributes_set(self._sources[uid])
        return any(name in names or elsewhere.ANY in names for names in self._attributes_set.values())

    def run_main(self, source: Source) -> ModuleValue:
        """Run a file as the program's main module; its names are in the state afterwards. SourceError if it does not
        parse.
        """
        module = self._modules[source.path] = ModuleValue(self.uid(), "__main__")
        self._run_body(module, source, module.name)
        return module

    def _run_body(self, module: ModuleValue, source: Source, name: str) -> None:
        tree = source.tree
        self._sources[module.uid] = source
        self.scopes[module.uid] = tree
        self.namespaces.add(module.uid)
        self.state.set((module.uid, "__name__"), Const(name))
        self.state.set((module.uid, "__file__"), Const(source.path))
        frame = Frame(module.uid, source, module.uid)
        self.frames.append(frame)
        attempts, self.attempts = self.attempts, []
        chain, self.chain = self.chain, None
        try:
            self.execute(tree.body)
        finally:
            self.frames.pop()
            self.attempts = attempts
            self.chain = chain
        self._loosen(module.uid, source)

    def _loosen(self, uid: int, source: Source) -> None:
        """A module's names that other code sets through `sys.modules`; in an entry, those that its functions rebind."""
        if "sys.modules" in source.text:
            fresh = elsewhere.set_in_modules(source) - self._set_in_modules
            self._set_in_modules |= fresh
            for other in self._sources if fresh else ():
                elsewhere.loosen(self, other, fresh)
        elsewhere.loosen(self, uid, self._set_in_modules)
        if self.outside:
            elsewhere.loosen(self, uid, elsewhere.rebound_globals(source))
            elsewhere.fill_module(self, uid, source, self.called)

    def begin_entry(self) -> None:
        """What is run now is not the program's start: what was made before may have been used since."""
        first, self.outside = not self.outside, self.uid()
        for uid, source in list(self._sources.items()) if first else ():
            elsewhere.loosen(self, uid, elsewhere.rebound_globals(source))
            elsewhere.fill_module(self, uid, source, self.called)

    def ready(self, module: ModuleValue) -> None:
        """Run the body of a module that something is asked of, if that was not done.

        It is run as at the start of the program: nothing records.
        """
        if module.uid in self._waiting:
            with self.world.paused():
                self._run_waiting(module)

    def _run_waiting(self, module: ModuleValue) -> None:
        """Run the body of a module that has not been run. No branch undoes it, and its steps are counted apart."""
        waiting = self._waiting.pop(module.uid)
        source = waiting.source
        spent = self.exhausted or self._steps_of_imports > MOST_STEPS_OF_IMPORTS
        if source is None or spent or self.importing > MOST_MODULES_DEEP:
            return
        mark, unfollowed, steps = self.state.mark(), self.state.get(UNFOLLOWED), self.steps
        mode, self.graph_mode = self.graph_mode, 0
        limit, self.call_limit = self.call_limit, self.steps + IMPORT_STEPS
        first, inner = self.uid(), self._imported_below(module)
        self.importing += 1
        try:
            self._run_body(module, source, waiting.name)
        except RecursionError:
            pass
        finally:
            self.importing -= 1
            while self._made_by_imports and self._made_by_imports[-1][0] > first:
                self._made_by_imports.pop()
            self._made_by_imports.append((first, self.uid()))
            for each in inner:  # which Python has imported after the body of their package
                self.state.set((module.uid, each.name.rpartition(".")[2]), each)
            self.graph_mode = mode
            self.call_limit = limit
            self._steps_of_imports += self.steps - steps
            self.steps = steps
            if not self.patched:  # what an import calls was made before all that is asked about
                self.state.set(UNFOLLOWED, unfollowed)
            self.state.keep(mark)
            if not self.importing and self._left_out.acts:
                self._loosen_imported()

    def _imported_below(self, package: ModuleValue) -> list[ModuleValue]:
        """The modules of a package that were imported."""
        known = self._modules.values()
        return [m for m in known if m.uid in self._imported_once and m.name.rpartition(".")[0] == package.name]

    def module_frame(self, module: ModuleValue) -> Frame:
        """A frame in which a module's names are seen."""
        return Frame(module.uid, self._sources[module.uid], module.uid)

    def source_of(self, function: Function) -> Source:
        return self._sources[function.module]

    def module_source(self, module: int) -> Source:
        """The file of a module."""
        return self._sources[module]

    def _module_value(self, module: Module) -> Value:
        if self.world.is_library(module.name):
            return self.world.library_module(module.name)
        if module.is_namespace:
            return ModuleValue(self._package(module.path), module.name)
        known = self._modules.get(module.path)
        if known is None:
            known = self._modules[module.path] = ModuleValue(self.uid(), module.name)
            self._waiting[known.uid] = module
        return known

    def _package(self, path: str) -> int:
        key = f"package {path}"
        if key not in self._modules:
            self._modules[key] = ModuleValue(self.uid(), path)
        return self._modules[key].uid

    # -- imports

    def import_(self, node: ast.Import) -> bool:
        for alias in node.names:
            first, _, rest = alias.name.partition(".")
            value = self._imported(alias.name if alias.asname else first, 0)
            if alias.asname is None and rest:
                self._imported(alias.name, 0)
            self.assign_name(alias.asname or first, value)
        return True

    def import_from(self, node: ast.ImportFrom) -> bool:
        base = self._imported(node.module or "", node.level)
        for alias in node.names:
            if alias.name == "*":
                self._import_all(base)
                continue
            late = isinstance(base, ModuleValue) and base.uid in self._waiting
            self._late = self._late or late
            value = Deferred(self.site(node), alias.name) if late else self._member(base, node, alias.name)
            self.assign_name(alias.asname or alias.name, value)
        return True

    def settle(self, value: Deferred) -> Value:
        node = value.site.node
        assert isinstance(node, ast.ImportFrom)
        if value in self._settling:  # modules that take a name from each other, and none of them makes it
            return self.missing(value.site, value.name)
        self._settling.append(value)
        self.frames.append(Frame(-1, value.site.source, -1))
        try:
            return self._member(self._imported(node.module or "", node.level), node, value.name)
        finally:
            self.frames.pop()
            self._settling.pop()

    def _imported(self, name: str, level: int) -> Value:
        importer = self.frame.source
        module = self.project.module(name, importer, level)
        if not level and (module is None or self.world.is_library(name)):
            return self.world.library_module(name)
        if module is None:
            return self.opaque(None, hint=name)
        value = self._module_value(module)
        self._run_imported(module, value)
        self._link(value, module)
        return value

    def _run_imported(self, module: Module, value: Value) -> None:
        """Run the body of a module that is imported for the first time, after those of the packages around it."""
        if not isinstance(value, ModuleValue) or value.uid in self._imported_once:
            return
        self._imported_once.add(value.uid)
        package = self.project.package_of(module)
        if package is not None:
            self._run_imported(package, self._module_value(package))
        acts = self.project.answer("does something", module, stirring.does_something)
        now = (self.world.is_recorded() or acts) and self._steps_of_imports < STEPS_OF_IMPORTS
        if now and value.uid in self._waiting:
            self._run_waiting(value)
        if acts is None or (acts and not now):
            self._leave_out(self.project.answer("effects", module, stirring.effects))
        self._link(value, module, anew=True)
        if self.attempts and _may_raise(module):
            self.attempts[-1].may_raise = True

    def _leave_out(self, effects: stirring.Effects) -> None:
        """Imports are not run that may do this to others' objects."""
        known = self._left_out
        names, items = known.names | effects.names, known.items or effects.items
        self._left_out = stirring.Effects(known.acts or effects.acts, names, items, known.patches or effects.patches)
        if effects.patches:
            self.patched = True
            self.lose_track()
        if not self.importing and self._left_out != known:
            self._loosen_imported()

    def _loosen_imported(self) -> None:
        """What imports that were not run may have set in the modules that were, and in what these made."""
        names = self._left_out.names
        for uid, source in self._sources.items() if self._left_out.acts else ():
            if uid in self._imported_once:
                elsewhere.loosen(self, uid, names | elsewhere.rebound_globals(source))
        made = {uid for first, last in self._made_by_imports for uid in range(first, last)} if names else set[int]()
        for uid, name in self.state.keys_of(made) if made else ():
            if name in names:
                elsewhere.loosen(self, uid, (name,))

    def filled_by_imports(self, cell: Cell) -> Opaque | None:
        if not self._left_out.acts or self.importing or cell.uid in self.defaults or not self._is_made_by_imports(cell):
            return None
        if not self._left_out.items and self.is_settled(self.state.get((cell.uid, "items"))):
            return None
        if self._late_filling is None:
            self._late_filling = self.missing(None)
        return self._late_filling

    def before_write(self, base: Value) -> None:
        if (self._waiting or self._late) and (isinstance(base, ModuleValue) or self._is_made_by_imports(base)):
            self.finish_imports()

    def _is_made_by_imports(self, value: Value) -> bool:
        if not isinstance(value, (Cell, Class)):
            return False
        place = bisect_right(self._made_by_imports, (value.uid, 0)) - 1
        return place >= 0 and self._made_by_imports[place][0] < value.uid < self._made_by_imports[place][1]

    def has_left_out_imports(self) -> bool:
        """Whether there are imports that do something and were not run."""
        return self._left_out.acts

    def finish_imports(self) -> None:
        while 0 < len(self._waiting) <= stirring.MOST_FILES and self._steps_of_imports < STEPS_OF_IMPORTS:
            uid, module = next(iter(self._waiting.items()))
            self.ready(ModuleValue(uid, module.name))
        for key in self.state.keys_of(set(self._sources)) if self._late else ():
            self._settled(key)
        self._late = False

    def import_named(self, name: str) -> Value:
        """A module by its name, with dots before it where it is meant from the package that asks."""
        bare = name.lstrip(".")
        return self._imported(bare, len(name) - len(bare))

    def loaded(self, name: str) -> ModuleValue | None:
        """The project's module of a name, if it was imported."""
        self.finish_imports()
        return next((module for module in self._modules.values() if module.name == name), None)

    def run_again(self, module: ModuleValue) -> None:
        """Run the body of a module once more."""
        self.finish_imports()
        source = self._sources.get(module.uid)
        if source is not None:
            self._run_body(module, source, module.name)

    def _link(self, value: Value, module: Module, anew: bool = False) -> None:
        """`import a.b` makes b an attribute of a, when it is imported `anew` whatever a has of that name."""
        parent, _, last = module.name.rpartition(".")
        if parent:
            for known in list(self._modules.values()):
                if known.name == parent and (anew or self.state.get((known.uid, last)) is UNBOUND):
                    self.state.set((known.uid, last), value)

    def _member(self, base: Value, node: ast.ImportFrom, name: str) -> Value:
        site = self.site(node)
        if not isinstance(base, ModuleValue):
            return self.attribute(base, name, site)
        self.ready(base)
        value = self._settled((base.uid, name))
        if value is not UNBOUND:
            return value
        module = self.project.module(node.module or "", self.frame.source, node.level)
        inner = self.project.submodule(module, name) if module is not None else None
        if inner is not None:
            made = self._module_value(inner)
            self._run_imported(inner, made)
            return made
        return self.module_attribute(base, name, site)

    def _import_all(self, base: Value) -> None:
        if not isinstance(base, ModuleValue):
            self._opens(self.frame.uid)
            return
        self.ready(base)
        source = self._sources.get(base.uid)
        if source is None:
            return
        listed = containers.sequence(self, self.state.get((base.uid, "__all__")))
        if isinstance(listed, Tuple) and all(isinstance(name, Const) for name in listed.items):
            self._import_listed(base, [str(name.value) for name in listed.items if isinstance(name, Const)])
            return
        if source not in self._top_names:
            self._top_names[source] = _top_names(source.nodes)
        names = self._top_names[source]
        if ALL_NAMES in names:  # what it has from others by such an import
            names = [*names, *sorted({name for _, name in self.state.keys_of({base.uid})} - set(names))]
            if self.state.get((base.uid, ALL_NAMES)) is not UNBOUND:
                self._opens(self.frame.uid)
        for name in names:
            value = self.state.get((base.uid, name))
            if not name.startswith("_") and name != ALL_NAMES and value is not UNBOUND:
                self.assign_name(name, value)

    def _import_listed(self, base: ModuleValue, names: Sequence[str]) -> None:
        """`from base import *` where `__all__` says what that is; names that it lists and that are modules are run."""
        for name in names:
            value = self._settled((base.uid, name))
            inner = self.project.submodule(self.project.module_of(self._sources[base.uid]), name)
            if value is UNBOUND and inner is not None:
                value = self._module_value(inner)
                self._run_imported(inner, value)
            self.assign_name(name, value if value is not UNBOUND else self.missing(None, name))

    def _opens(self, scope: int) -> None:
        self.open_scopes.add(scope)
        self.state.set((scope, ALL_NAMES), Flag())

    def module_attribute(self, base: ModuleValue, name: str, site: Site) -> Value:
        self.ready(base)
        value = self._settled((base.uid, name))
        if value is not UNBOUND:
            return value
        if name == "__dict__":
            return Cell(self.uid(), "fields", base, site)
        getter = self.state.get((base.uid, "__getattr__"))
        if getter is not UNBOUND:
            return self.call(getter, Arguments([Const(name)]), site)
        source = self._sources.get(base.uid)
        if source is not None:
            module = self.project.module_of(source)
            inner = self.project.submodule(module, name)
            if inner is not None:
                return self._module_value(inner)
        made = self.missing(site, name)
        self.state.set((base.uid, name), made)
        return made

    def _settled(self, key: tuple[int, str]) -> Value:
        """A stored value; one that was put off is looked up now, for good."""
        value = self.state.get(key)
        if isinstance(value, Deferred):
            value = self.settle(value)
            self.state.settle(key, value)
        return value


def _may_raise(module: Module) -> bool:
    """Whether the body of a module has statements that raise exceptions, or assertions."""
    if module.source is None:
        return True
    todo: list[ast.AST] = list(module.source.tree.body)
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.Raise, ast.Assert)):
            return True
        if isinstance(node, (ast.If, ast.Try, ast.With, ast.For, ast.While, ast.ExceptHandler)):
            todo += ast.iter_child_nodes(node)
    return False


def _top_names(nodes: Sequence[ast.AST]) -> list[str]:
    """The names that are bound anywhere in a module, in the order of their depth."""
    names: dict[str, None] = {}
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names[node.id] = None
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            names[node.name] = None
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update(dict.fromkeys((a.asname or a.name).split(".")[0] for a in node.names))
    return list(names)
