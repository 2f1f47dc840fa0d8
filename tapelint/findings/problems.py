"""What is wrong, or worth knowing, and is no cut: calls that raise, tapes misused, variables lost on the way.

`problems` reads it off what a run has noted. Updates after the gradient are in `updates`, conditions in `conditions`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from tapelint.diagnostic import Span, Step
from tapelint.findings import ended, lost_updates, notes, rebinding, refused_updates, unbuilt, updates
from tapelint.findings.causes import NUMBER_ERRORS
from tapelint.findings.conditions import why_raises
from tapelint.findings.found import Found, made
from tapelint.findings.paths import Syntax, place_of
from tapelint.flow.functions import own_nodes
from tapelint.flow.graph import TRANSPARENT, Node, Site
from tapelint.flow.values import (
    UNBOUND,
    Bound,
    Cell,
    Class,
    Const,
    Data,
    Function,
    Generator,
    Library,
    Opaque,
    Partial,
    Tuple,
    Value,
    Variable,
    Wrapped,
    options,
)
from tapelint.libraries.keras.optimizer_variables import UNKNOWN_VARIABLE
from tapelint.libraries.names import root
from tapelint.libraries.natures import nature
from tapelint.tapes.journal import Event, Execution
from tapelint.tapes.refusals import bad_source, bad_target
from tapelint.tapes.tape import Tapes
from tapelint.tapes.watching import is_refused
from tapelint.views import Place, Problem, ProblemKind


def problems(tapes: Tapes, syntax: Syntax | None = None) -> list[Found]:
    """All problems of one run, one for each kind and place, in order of place."""
    reader = _Reader(tapes, syntax or Syntax())
    found = [*reader.gradient_calls(), *reader.exceptions(), *rebinding.rebound(tapes, reader.syntax)]
    found += [*updates.updates(tapes, reader.syntax), *unbuilt.unbuilt(tapes, reader.syntax)]
    found += lost_updates.lost(tapes, reader.syntax)
    found += notes.notes(tapes, reader.syntax)
    return _joined(found)


def _joined(found: Sequence[Found]) -> list[Found]:
    """One for each kind and place: the surest, with the sources of all."""
    groups: dict[tuple[str, Span], list[Found]] = {}
    for each in found:
        groups.setdefault((each.problem.kind, each.problem.place.span), []).append(each)
    result: list[Found] = []
    for key in sorted(groups, key=lambda k: (k[1], k[0])):
        group = groups[key]
        best = next((f for f in group if f.problem.certain), group[0])
        sources = tuple(dict.fromkeys(s for f in group for s in f.problem.sources))
        result.append(replace(best, problem=replace(best.problem, sources=sources)))
    return result


@dataclass(slots=True)
class _Reader:
    tapes: Tapes
    syntax: Syntax
    _first: dict[int, Execution] = field(default_factory=dict)

    # -- what a gradient call refuses

    def gradient_calls(self) -> Iterator[Found]:
        """The problems of the calls themselves."""
        for execution in self.tapes.executions:
            if not execution.dead:
                if not self.syntax.is_meant_to_raise(execution.site):
                    yield from self._refused(execution)
                if not execution.error or execution.error.startswith("?"):
                    self._first.setdefault(execution.recording, execution)

    def _refused(self, execution: Execution) -> Iterator[Found]:
        makers = {
            "spent tape": self._spent, "tape never entered": self._never_entered, "impossible source": self._source,
            "impossible target": self._target, "jacobian without pfor": self._pfor,
            "batch_jacobian shape": self._shapes, "misspelt argument": self._misspelt,
            "no zeros": self._no_zeros,
            "unregistered": self._custom_gradient,
        }  # fmt: skip
        maker = makers.get(execution.trouble)
        problem = maker(execution) if maker is not None and execution.error else None
        if problem is not None:
            sure = not execution.error.startswith("?")
            names = tuple(s.expression for s in execution.sources) if not problem.sources else problem.sources
            error = problem.error or execution.error.lstrip("?")
            problem = replace(problem, error=error, certain=problem.certain and sure, sources=names)
            yield Found(problem, execution, execution.recording)

    def _spent(self, execution: Execution) -> Problem | None:
        if execution.info.persistent is not False:
            return None
        first = self._first.get(execution.recording)
        made = execution.tape.site
        again = first is not None and first.site.span == execution.site.span  # in a later round of a loop
        conditional = self._is_conditional(execution.site, loops=not again)
        if execution.error.startswith("?") and (
            first is None or conditional or (made is not None and self._is_conditional(made))
        ):
            return None
        rest = _tape_place(execution)
        steps: list[Step] = []
        if execution.tape.site is not None:
            steps.append(Step(execution.tape.site.span, "this tape is not persistent: it can be asked once"))
        if first is not None:
            said = "the first round asks it, and what it recorded is gone"
            said = said if again else "asked here, it forgets what it recorded"
            steps.append(Step(first.site.span, said))
            rest = (*rest, ("first call", place_of(first.site)))
        if first is None or first.site.span != execution.site.span:
            steps.append(Step(execution.site.span, "asked again: RuntimeError"))
        return self._problem("spent tape", execution.site, steps=steps, rest=rest)

    def _is_conditional(self, site: Site, loops: bool = True) -> bool:
        """Whether a place is reached under a condition of its own function; `loops`: that of a `while` is one."""
        kinds = (ast.If, ast.IfExp, ast.Try, ast.ExceptHandler, ast.Match, *([ast.While] if loops else []))
        at = self.syntax.parent(site)
        while at is not None and not isinstance(at, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            if isinstance(at, kinds):
                return True
            at = self.syntax.parent(Site(site.source, at))
        return False

    def _never_entered(self, execution: Execution) -> Problem:
        steps = []
        if execution.tape.site is not None:
            steps.append(Step(execution.tape.site.span, "the tape is made here"))
        steps.append(Step(execution.site.span, "it is asked, and no `with` block ever entered it: RuntimeError"))
        return self._problem("tape never entered", execution.site, steps=steps, rest=_tape_place(execution))

    def _pfor(self, execution: Execution) -> Problem:
        steps = []
        if execution.tape.site is not None:
            steps.append(Step(execution.tape.site.span, "this tape is not persistent: it can be asked once"))
        steps.append(Step(execution.site.span, "without pfor the tape is asked once for each row"))
        return self._problem("jacobian without pfor", execution.site, steps=steps, rest=_tape_place(execution))

    def _shapes(self, execution: Execution) -> Problem:
        said = _shapes_text(_shape(execution.target), _shape(execution.sources[0].value))
        return self._problem("batch_jacobian shape", execution.site, text=said, steps=[Step(execution.site.span, said)])

    def _misspelt(self, execution: Execution) -> Problem:
        text = _argument_text(execution)
        steps = [Step(execution.site.span, f"{text or 'an argument does not fit'}: {execution.error}")]
        return self._problem("misspelt argument", execution.site, text=text, steps=steps)

    def _no_zeros(self, execution: Execution) -> Problem:
        text = "TensorFlow makes no zeros for a variable of Keras 3; give `variable.value`, or leave it out"
        steps = [Step(execution.site.span, f"no path leads to one of them: {execution.error}")]
        return self._problem("misspelt argument", execution.site, text=text, steps=steps)

    def _custom_gradient(self, execution: Execution) -> Problem | None:
        """A custom gradient that TensorFlow refuses, as one with another number of gradients than of arguments."""
        nodes = self.tapes.world.run.graph.ancestors(execution.targets)
        failing = next((n for n in nodes if n.op == "custom gradient" and n.error), None)
        if failing is None or execution.error != failing.error:
            return None
        for event in self.tapes.events:
            found = event.value.items if event.word == "custom gradient" and isinstance(event.value, Tuple) else ()
            if event.site != failing.site or len(found) < 4:
                continue
            backward, wanted, got, why = found
            site = self._returned(backward) or event.site
            said = getattr(why, "value", "") or f"it returns {_count(got)} for {_count(wanted, 'argument')}"
            steps = [Step(site.span, said), Step(execution.site.span, f"TensorFlow finds out: {execution.error}")]
            rest = (("gradient", place_of(execution.site)), ("call", place_of(event.site)))
            text = f"the gradient function {said[3:]}" if said.startswith("it ") else said
            return self._problem("custom gradient count", site, text=text, steps=steps, rest=rest)
        return None

    def _captured(self, event: Event) -> Problem:
        """A function with a gradient of its own uses a variable, and its gradient function has no place for it."""
        noted = (e for e in self.tapes.events if e.word == "custom gradient" and e.site == event.site)
        value = next((e.value for e in noted), None)
        site = self._gradient_function(value.items[0]) if isinstance(value, Tuple) else None
        text = (
            "the function uses a variable: its gradient function needs a parameter `variables`, and a result for them"
        )
        steps = [Step(event.site.span, f"TensorFlow finds a variable that is no argument: {event.error}")]
        if site is not None:
            steps.insert(0, Step(site.span, "it has no parameter `variables`"))
        rest = (("call", place_of(event.site)),)
        problem = self._problem("custom gradient count", site or event.site, text=text, steps=steps, rest=rest)
        return replace(problem, error=event.error)

    def _gradient_function(self, backward: Value) -> Site | None:
        """Where a gradient function is defined, if the project wrote it."""
        while isinstance(backward, (Wrapped, Bound)):
            backward = backward.function
        if not isinstance(backward, Function):
            return None
        return Site(self.tapes.world.run.module_source(backward.module), backward.node)

    def _returned(self, backward: Value) -> Site | None:
        """What a gradient function returns, if the project wrote it."""
        defined = self._gradient_function(backward)
        if defined is None:
            return None
        source = defined.source
        if isinstance(defined.node, ast.Lambda):
            return Site(source, defined.node.body)
        found = [n.value for n in own_nodes(defined.node) if isinstance(n, ast.Return) and n.value is not None]
        return Site(source, found[-1]) if found else None

    def _source(self, execution: Execution) -> Problem:
        bad = next((s for s in execution.sources if bad_source(s.value)), None)
        site = self._element(execution, bad.expression if bad is not None else "")
        value = next((o for o in options(bad.value) if bad_source(o)), bad.value) if bad is not None else Const(None)
        word = "may be" if bad is not None and value is not bad.value else "is"
        name = bad.expression if bad is not None else site.text()
        said = f"`{name}` {word} {kind_of_thing(value)}, no variable or tensor"
        steps = _definition_step(value, bad.expression if bad is not None else "")
        steps.append(Step(execution.site.span, f"TensorFlow cannot differentiate by it: {execution.error.lstrip('?')}"))
        names = (bad.expression,) if bad is not None else ()
        rest = (("gradient", place_of(execution.site)),)
        return self._problem("impossible source", site, text=said, steps=steps, sources=names, rest=rest)

    def _element(self, execution: Execution, expression: str) -> Site:
        place = execution.sources_place
        if not isinstance(place, ast.expr):
            return execution.site
        for element in place.elts if isinstance(place, (ast.List, ast.Tuple)) else ():
            site = Site(execution.site.source, element)
            if site.text() == expression:
                return site
        return Site(execution.site.source, place)

    # -- targets that are no tensors

    def _target(self, execution: Execution) -> Problem:
        asked = execution.target_place
        site = Site(execution.site.source, asked) if isinstance(asked, ast.expr) else execution.site
        leaf = self._bad_leaf(execution)
        thing = kind_of_thing(leaf)
        unknown = isinstance(leaf, Data) and leaf.kind == "python" and execution.method == "gradient"
        error = NUMBER_ERRORS if unknown else execution.error.lstrip("?")
        rest: tuple[tuple[str, Place], ...] = (("gradient", place_of(execution.site)), ("target", place_of(site)))
        steps = [Step(execution.site.span, f"TensorFlow cannot differentiate it: {error}")]
        maker = _maker(leaf)
        place = maker.site if maker is not None and maker.site is not None else site
        if place is not site:
            steps.insert(0, Step(place.span, f"this gives {thing}"))
        text = f"`{site.text(40)}` is {thing}, no tensor"
        problem = self._problem("impossible target", place, text=text, steps=steps, rest=rest)
        return replace(problem, error=error)

    def _bad_leaf(self, execution: Execution) -> Value:
        leaves = execution.leaves or (execution.target,)
        return next((o for leaf in leaves for o in options(leaf) if bad_target(o, execution.method)), execution.target)

    # -- exceptions elsewhere

    def exceptions(self) -> Iterator[Found]:
        """The problems of other calls that raise."""
        last = {id(event) for event in ended.ends(self.tapes)}
        for event in self.tapes.events:
            if event.word == "raised" and not event.dead and event.site.node is not None:
                meant = self.syntax.is_meant_to_raise(event.site)
                problem = self._raised(event) if not meant else None
                if problem is None and not meant and id(event) in last:
                    problem = ended.ended(self.syntax, event)
                if problem is not None:
                    yield Found(problem, None, event.active[-1] if event.active else None)

    def _raised(self, event: Event) -> Problem | None:
        call = event.call
        if call == "tape not called":
            site = _context(event.site)
            steps = [Step(site.span, "this is the class; a tape is what calling it gives")]
            return replace(self._problem("tape not called", site, steps=steps), error=event.error)
        if call == "GradientTape.watch":
            return self._watch(event)
        if call.startswith("condition "):
            steps = why_raises(self.syntax, event)
            return replace(self._problem("condition in graph", event.site, steps=steps), error=event.error)
        if call == "Optimizer.minimize":
            text = "Keras 3's optimizers have no `minimize`: take the gradient with a tape and call `apply_gradients`"
            steps = [Step(event.site.span, f"this raises {event.error}")]
            problem = self._problem("no minimize", event.site, text=text, steps=steps)
            return replace(problem, error=event.error)
        if call == UNKNOWN_VARIABLE:
            return updates.unknown_variable(self.tapes, self.syntax, event)
        if call == "tensorflow.custom_gradient":
            return self._captured(event)
        if call.startswith("Variable operator"):
            return self._augmented(event)
        in_graph = event.in_graph and event.error in ("NotImplementedError", "AttributeError", "TypeError")
        found = self._in_graph(event) if in_graph else None
        return found or refused_updates.refused(self.tapes, self.syntax, event)

    def _watch(self, event: Event) -> Problem:
        node = event.site.node
        args = node.args if isinstance(node, ast.Call) else []
        site = Site(event.site.source, args[0]) if args else event.site
        if event.error == "AttributeError":
            said = "the tape is not entered yet, and cannot watch"
            steps = [Step(event.site.span, f"{said}: {event.error}")]
            return replace(self._problem("impossible watch", event.site, text=said, steps=steps), error=event.error)
        noted = self._noted_watch(event)
        every = noted.items if isinstance(noted, Tuple) else (noted,)
        value = next((o for v in every for o in options(v) if is_refused(o)), noted)
        steps = _definition_step(value, site.text(40)) if value is noted else []
        steps.append(Step(event.site.span, f"it cannot be watched: {event.error}"))
        word = "holds" if isinstance(noted, Tuple) else "is"
        text = f"`{site.text(40)}` {word} {kind_of_thing(value)}, and cannot be watched"
        return replace(self._problem("impossible watch", site, text=text, steps=steps), error=event.error)

    def _noted_watch(self, event: Event) -> Value:
        """What a call of `watch` that raised was handed, a list taken apart."""
        same = (e for e in self.tapes.events if e.word == "watch" and e.site == event.site and e.chain is event.chain)
        return next((e.value for e in same), Const(None))

    def _augmented(self, event: Event) -> Problem:
        node = event.site.node
        target = Site(event.site.source, node.target) if isinstance(node, ast.AugAssign) else event.site
        said = f"`{event.site.text(40)}`: a `tf.Variable` has no such operator"
        steps = [Step(event.site.span, f"this raises {event.error}")]
        problem = self._problem("augmented variable", event.site, text=said, steps=steps)
        return replace(problem, error=event.error, sources=(target.text(40),))

    def _in_graph(self, event: Event) -> Problem | None:
        name = event.call.rpartition(".")[2]
        steps = [Step(event.site.span, f"in a graph a tensor has no value: {event.error}")]
        if root(event.call) == "numpy":
            problem = self._problem("numpy in graph", event.site, text=event.call, steps=steps)
        elif name in ("numpy", "item", "tolist", "convert_to_numpy", "float", "int") or root(event.call) == "math":
            problem = self._problem("numpy() in graph", event.site, steps=steps)
        else:
            return None
        return replace(problem, error=event.error)

    # -- building

    def _problem(
        self, kind: ProblemKind, site: Site, *, text: str = "", steps: Sequence[Step] = (),
        sources: tuple[str, ...] = (), rest: tuple[tuple[str, Place], ...] = (),
    ) -> Problem:  # fmt: skip
        return made(self.syntax, kind, site, text=text, steps=steps, sources=sources, rest=rest)


# -- words


def kind_of_thing(value: Value) -> str:
    """What a value is, with its article, in the user's words."""
    if isinstance(value, Const):
        if value.value is None:
            return "`None`"
        return "a string" if isinstance(value.value, (str, bytes)) else "a Python number"
    if isinstance(value, Variable):
        return "a Keras variable" if value.flavor == "keras" else "a variable"
    if isinstance(value, Data):
        words = {"numpy": "a NumPy value", "python": "a Python number", "symbolic": "a symbolic Keras tensor"}
        return words.get(value.kind) or OF_NATURES.get(nature(value), "a tensor")
    if isinstance(value, (Function, Bound, Wrapped, Partial)):
        return "a function"
    if isinstance(value, Class):
        return "a class"
    if isinstance(value, Generator):
        return "a generator"
    if isinstance(value, Cell):
        words = {
            "layer": "a layer or model",
            "optimizer": "an optimizer",
            "loss": "a loss",
            "metric": "a metric",
            "iterator": "an iterator",
            "dataset": "a data set",
            "exception": "an exception",
        }
        if value.kind == "instance" and isinstance(value.info, Class):
            return f"an object of the class `{value.info.name}`"
        return words.get(value.kind, f"a {value.kind}")
    return "a library's name" if isinstance(value, Library) else "no tensor"


OF_NATURES = {"sparse": "a sparse tensor", "rows": "an `IndexedSlices`"}


def _definition_step(value: Value, expression: str) -> list[Step]:
    site = (
        value.site
        if isinstance(value, (Cell, Variable))
        else value.node.site
        if isinstance(value, (Data, Opaque))
        else None
    )
    return [Step(site.span, f"`{expression}` is {kind_of_thing(value)}")] if site is not None and expression else []


def _shapes_text(target: tuple[int | None, ...] | None, source: tuple[int | None, ...] | None) -> str:
    """Why `batch_jacobian` refuses these shapes."""
    for word, shape in (("target", target), ("source", source)):
        if shape is not None and len(shape) < 2:
            return f"the {word} has the shape {shape}; it needs a batch axis and another one"
    return f"the target has the shape {target}, the source {source}: the first dimension must be the same"


def _argument_text(execution: Execution) -> str:
    node = execution.site.node
    for keyword in node.keywords if isinstance(node, ast.Call) else ():
        if keyword.arg == "parallel_iterations" and execution.error in ("ValueError", "RuntimeError"):
            return "to compute some rows at a time takes more than one, a persistent tape and no unconnected source"
        if keyword.arg == "unconnected_gradients" and execution.error == "ValueError":
            given = Site(execution.site.source, keyword.value).text(40)
            return f"`{given}` is no choice; use `tf.UnconnectedGradients.ZERO`"
    names = [k.arg for k in node.keywords if k.arg] if isinstance(node, ast.Call) else []
    if execution.output_gradients is not UNBOUND and execution.error == "ValueError":
        return "what it is given as `output_gradients` is no tensor, or holds None"
    return f"it has no argument `{names[-1]}`" if names and execution.error == "TypeError" else ""


def _count(value: Value, word: str = "gradient") -> str:
    number = value.value if isinstance(value, Const) else "?"
    return f"{number} {word}{'' if number == 1 else 's'}"


# -- looking things up


def _tape_place(execution: Execution) -> tuple[tuple[str, Place], ...]:
    cell = execution.tape
    return (("tape", place_of(cell.site)),) if cell.site is not None else ()


def _shape(value: Value) -> tuple[int | None, ...] | None:
    return value.shape if isinstance(value, (Data, Variable)) else None


def _maker(value: Value) -> Node | None:
    """The call that took a value out of TensorFlow; where several at different places did, the last one on the way."""
    if not isinstance(value, Data) or value.kind not in ("numpy", "python"):
        return None
    todo, seen = [value.node], {value.node.id}
    first: list[Node] = []
    while todo:
        node = todo.pop()
        if node.site is not None and not node.is_transparent and any(_is_computed(e.node) for e in node.edges):
            first.append(node)
            continue
        for edge in node.edges:
            if edge.node.id not in seen and (edge.node.kind in ("numpy", "python") or edge.node.is_transparent):
                seen.add(edge.node.id)
                todo.append(edge.node)
    if first and len({n.site for n in first}) == 1:
        return first[0]
    return value.node if first and value.node.site is not None else None


def _is_computed(node: Node) -> bool:
    """Whether a value is TensorFlow's, and no constant."""
    return node.kind in ("tensor", "variable") and node.op not in (*TRANSPARENT, "constant")


def _context(site: Site) -> Site:
    """The context expression of a with statement that lacks its call."""
    if isinstance(site.node, (ast.With, ast.AsyncWith)):
        for item in site.node.items:
            if not isinstance(item.context_expr, ast.Call):
                return Site(site.source, item.context_expr)
    return site
