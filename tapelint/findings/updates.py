"""The update after the gradient: pairs that are none, swapped, used up, or of other variables than the gradient's."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tapelint.diagnostic import Step
from tapelint.findings.found import Found, made
from tapelint.findings.paths import Syntax, place_of
from tapelint.findings.refused_updates import argument_of_zip, gradient_nodes
from tapelint.flow.graph import Site
from tapelint.flow.values import (
    NO_VALUE,
    TRUE,
    UNBOUND,
    Cell,
    Const,
    Data,
    Generator,
    Many,
    Opaque,
    Tuple,
    Value,
    Variable,
    options,
)
from tapelint.libraries.keras.unseen import is_weights
from tapelint.libraries.shapes.shapes import broadcast
from tapelint.libraries.shapes.shapes_misfit import clash
from tapelint.tapes.journal import Event, Execution
from tapelint.tapes.tape import Tapes
from tapelint.views import Place, Problem, ProblemKind

CLIPPED = "tensorflow.clip_by_global_norm"
CALCULATING = {"adam", "adamw", "adamax", "nadam", "ftrl", "lion", "lamb", "adagrad"}
"""Optimizers that first meet a gradient of another shape where TensorFlow calculates with it; others, but for Keras 3's
plain `SGD`, where it is assigned: with another exception for what is too large.
"""


def updates(tapes: Tapes, syntax: Syntax) -> Iterator[Found]:
    """The problems of all calls of an optimizer, in order."""
    for event in tapes.events:
        if event.word == "update" and not event.dead and isinstance(event.value, Tuple):
            reader = _Update(tapes, syntax, event)
            problem = reader.problem()
            if problem is not None:
                yield Found(problem, reader.asked, event.active[-1] if event.active else None)


def unknown_variable(tapes: Tapes, syntax: Syntax, event: Event) -> Problem | None:
    """A variable that an optimizer was not built with, by the exception."""
    noted = (e.value for e in tapes.events if e.word == "unknown variable" and e.site == event.site)
    value = next(noted, None)
    if not isinstance(value, Tuple):
        return None
    optimizer, variable = value.items
    name = _expression(tapes, variable)
    called = f"`{name}`" if name else "a variable"
    steps: list[Step] = []
    rest: list[tuple[str, Place]] = []
    if isinstance(optimizer, Cell) and optimizer.site is not None:
        steps.append(Step(optimizer.site.span, "the optimizer is made here"))
        rest.append(("optimizer", place_of(optimizer.site)))
    first = _built_at(tapes, optimizer)
    if first is not None and first != event.site:
        steps.append(Step(first.span, "from here on it takes the variables that it is given here, and no others"))
    steps.append(Step(event.site.span, f"{called} is none of these: {event.error}"))
    text = f"{called} is none of the variables that the optimizer was built with; it needs an optimizer of its own"
    return made(syntax, "unknown variable", event.site, text=text, error=event.error, steps=steps, rest=rest)


def _expression(tapes: Tapes, value: Value) -> str:
    """How a gradient call names a variable, else its own name."""
    if not isinstance(value, Variable):
        return ""
    asked = (s for e in tapes.executions for s in e.sources)
    found = (s.expression for s in asked if isinstance(s.value, Variable) and s.value.uid == value.uid)
    return next(found, value.name or "")


def _built_at(tapes: Tapes, optimizer: Value) -> Site | None:
    """Where an optimizer was first applied, or built."""
    for event in tapes.events:
        held = event.value.items[0] if isinstance(event.value, Tuple) and event.value.items else event.value
        if event.word in ("update", "built") and held == optimizer:
            return event.site
    return None


@dataclass(slots=True)
class _Update:
    """One call of `apply_gradients` or `apply`."""

    tapes: Tapes
    syntax: Syntax
    event: Event
    asked: Execution | None = None

    def problem(self) -> Problem | None:
        """What is wrong with it, if anything is."""
        assert isinstance(self.event.value, Tuple)
        base, pairs, seen, columns, once = self.event.value.items
        old = str(base.info).startswith("tf_keras.") if isinstance(base, Cell) else None
        if isinstance(base, Cell) and base.kind == "optimizer" and seen == NO_VALUE:
            return self._applied(columns)
        return (
            self._two_arguments(old)
            or self._used(pairs, seen, columns, once == TRUE, old)
            or self._no_pairs(seen, columns)
            or self._pairs(pairs, seen, columns, old)
        )

    # -- what `apply_gradients` was handed

    def _two_arguments(self, old: bool | None) -> Problem | None:
        args = self.event.args
        if args is None or len(args.positional) < 2 or args.rest is not None:
            return None
        variables = args.positional[1]
        is_list = isinstance(variables, (Tuple, Many)) or (isinstance(variables, Cell) and variables.kind == "list")
        if not (is_list or (isinstance(variables, Opaque) and _is_variable(variables))):
            return None
        text = "`apply_gradients` takes pairs, not gradients and variables side by side"
        return self._at_call("update arguments", text, {True: "ValueError", False: "TypeError", None: ""}[old])

    def _used(self, pairs: Value, seen: Value, columns: Value, once: bool, old: bool | None) -> Problem | None:
        if not isinstance(pairs, (Cell, Generator)) or seen != Tuple(()):
            return None
        zipped = isinstance(columns, Tuple) and all(isinstance(c, Tuple) and c.items for c in columns.items)
        use = self._earlier_use(pairs.site) if isinstance(pairs, Cell) else None
        used = once and use is not None and use.node is not self._argument() and not isinstance(columns, Tuple)
        if not zipped and not used:
            return None
        made_at = pairs.site if isinstance(pairs, Cell) else None
        steps = [Step(made_at.span, "an iterator gives its pairs once")] if made_at is not None else []
        if use is not None:
            steps.append(Step(use.span, "they are used up here"))
        what = "nothing is left of it"
        steps.append(Step(self.event.site.span, what if old is False else f"{what}: no variable changes"))
        text = f"`{self._text_of_pairs()}` was used up before"
        return self._at_call("used zip", text, "ValueError" if old is False else "", steps)

    def _earlier_use(self, origin: Site | None) -> Site | None:
        """Where the name of the pairs was iterated before."""
        argument = self._argument()
        if not isinstance(argument, ast.Name):
            return None
        site = self.event.site
        scope = self.syntax.function(site)
        first = origin.node.lineno if origin is not None and hasattr(origin.node, "lineno") else 0
        found = [
            Site(site.source, node)
            for node in ast.walk(scope if scope is not None else site.source.tree)
            if isinstance(node, ast.Name) and node.id == argument.id and isinstance(node.ctx, ast.Load)
            and node is not argument and node.lineno >= first
        ]  # fmt: skip
        return min(found, key=lambda s: s.span) if found else Site(site.source, argument)

    def _no_pairs(self, seen: Value, columns: Value) -> Problem | None:
        """Gradients without their variables, or two lists in place of pairs."""
        if not isinstance(seen, Tuple) or not seen.items:
            return None
        if len(seen.items) == 2 and self._is_gradient(seen.items[0]) and _is_variable(seen.items[1]):
            return self._at_call("update arguments", "this is one pair; an update takes a list of pairs", "")
        if all(self._is_gradient(row) for row in seen.items):
            text = (
                f"`{self._text_of_pairs()}` are gradients alone: an update takes pairs of a gradient and its variable"
            )
            return self._at_call("update arguments", text, "")
        lists = [row.items for row in seen.items if isinstance(row, Tuple) and len(row.items) > 1]
        if len(lists) != 2 or len(seen.items) != 2 or isinstance(columns, Tuple):
            return None
        if all(self._is_gradient(v) for v in lists[0]) and all(_is_variable(v) for v in lists[1]):
            return self._at_call("update arguments", "these are two lists; `zip` makes pairs of them", "AttributeError")
        return None

    def _pairs(self, pairs: Value, seen: Value, columns: Value, old: bool | None) -> Problem | None:
        rows = [row for row in _items(seen) if isinstance(row, Tuple) and len(row.items) == 2]
        if not rows:
            return None
        site = self._zip_site(pairs)
        if any(isinstance(v, Const) and isinstance(v.value, str) for row in rows for v in row.items):
            text = "these are the keys of dicts, not what stands under them; their `values()` make pairs"
            return made(
                self.syntax, "update arguments", site, text=text, error="AttributeError", steps=[Step(site.span, text)]
            )
        if all(_is_variable(row.items[0]) for row in rows) and any(self._is_gradient(row.items[1]) for row in rows):
            return self._swapped(site)
        second = columns.items[1] if isinstance(columns, Tuple) and len(columns.items) == 2 else None
        if text := self._no_variable(rows):
            return made(
                self.syntax, "update arguments", site, text=text, error="AttributeError", steps=[Step(site.span, text)]
            )
        if any(self._is_pair(row.items[1]) for row in rows):
            text = "these pairs lie in other pairs; an update takes pairs of a gradient and its variable"
            return made(
                self.syntax, "update arguments", site, text=text, error="AttributeError", steps=[Step(site.span, text)]
            )
        if any(self._is_list(row.items[0]) and _is_variable(row.items[1]) for row in rows):
            return self._list_of_gradients(rows, site)
        if isinstance(second, Variable) and any(self._is_gradient(row.items[0]) for row in rows):
            text = "`zip` takes the one variable apart row by row: put it in a list"
            return made(
                self.syntax, "update arguments", site, text=text, error="AttributeError", steps=[Step(site.span, text)]
            )
        return self._mismatch(rows, columns, site, old) if isinstance(seen, Tuple) else None

    def _no_variable(self, rows: Sequence[Tuple]) -> str:
        """What stands in the place of a variable, in words; "" where none does, or nothing is known of it."""
        for gradient, variable in (row.items for row in rows):
            if all(map(_is_variable, _items(variable))) and self._is_list(gradient) and _is_list(variable):
                return "a list of variables stands in the place of one; join the lists: `first + [second]`"
            if self._is_gradient(gradient) and _is_object(variable):
                return "the second of a pair must be a variable: a model's are in `trainable_variables`"
            if self._is_gradient(gradient) and isinstance(variable, Data) and variable.kind in ("tensor", "numpy"):
                kind = "a tensor" if variable.kind == "tensor" else "a NumPy array"
                return f"the second of a pair is {kind}, which no optimizer can change; make it a `tf.Variable` before"
        return ""

    def _is_pair(self, value: Value) -> bool:
        """Whether a value is a gradient and a variable."""
        pair = value.items if isinstance(value, Tuple) else ()
        return len(pair) == 2 and self._is_gradient(pair[0]) and _is_variable(pair[1])

    def _is_list(self, value: Value) -> bool:
        """Whether a value is a list of gradients."""
        return bool(_items(value)) and all(map(self._is_gradient, _items(value)))

    def _list_of_gradients(self, rows: Sequence[Tuple], site: Site) -> Problem:
        """A list of gradients where the gradient of one variable should be."""
        text = "a list of gradients is paired with one variable"
        first = next(row.items[0] for row in rows if self._is_list(row.items[0]))
        made_by = next((v.node for v in _items(first) if isinstance(v, Data)), None)
        steps: list[Step] = []
        rest: list[tuple[str, Place]] = []
        if made_by is not None and made_by.op == CLIPPED and made_by.site is not None:
            given = argument_of_zip(site, 0)
            rest = [("pair", place_of(given))] if given is not None else []
            text = "`tf.clip_by_global_norm` gives a pair, the gradients and their norm: `gradients, norm = ...`"
            steps.append(Step(made_by.site.span, "the gradients are clipped here, and come with their norm"))
        steps.append(Step(site.span, "the pair is taken for the gradients; the first of it is the list of all"))
        return made(self.syntax, "update arguments", site, text=text, steps=steps, sources=self._names(), rest=rest)

    def _applied(self, columns: Value) -> Problem | None:
        """`optimizer.apply(gradients, variables)`, Keras 3's own form."""
        assert isinstance(columns, Tuple)
        gradients, variables = columns.items
        if isinstance(gradients, Cell) and gradients.kind == "iterator":
            return self._at_call("update arguments", "`apply` takes two lists, no pairs", "TypeError")
        first, second = _items(gradients), _items(variables)
        if first and second and all(_is_variable(v) for v in first) and any(self._is_gradient(v) for v in second):
            return self._swapped(self.event.site)
        return None

    def _swapped(self, site: Site) -> Problem:
        steps = [Step(site.span, "variables first, gradients second")]
        if site.span != self.event.site.span:
            steps.append(Step(self.event.site.span, "an update takes the gradient first: AttributeError"))
        return made(self.syntax, "swapped zip", site, error="AttributeError", steps=steps, sources=self._names())

    # -- gradients of one list, variables of another

    def _mismatch(self, rows: Sequence[Tuple], columns: Value, site: Site, old: bool | None) -> Problem | None:
        pairs = [(self._source(row.items[0]), row.items[1]) for row in rows]
        wrong = [
            (i, a, b) for i, (a, b) in enumerate(pairs) if a is not None and isinstance(b, Variable) and a.uid != b.uid
        ]
        if wrong and self._deliberate(pairs):
            wrong = []
        lengths = [len(c.items) for c in columns.items if isinstance(c, Tuple)] if isinstance(columns, Tuple) else []
        known = isinstance(columns, Tuple) and len(lengths) == len(columns.items) == 2
        if not wrong:
            return self._cut_short(lengths, columns, site) if known and len(set(lengths)) > 1 else None
        index, mine, other = wrong[0]
        error = next(filter(None, (self._exception(a, b) for _, a, b in wrong)), "") if old is not None else ""
        name = self._name(rows[index].items[0]) or _variable_name(mine)
        text = (
            f"the gradient of `{name}` is applied to another variable{self._called(other, name)}: the two lists differ"
        )
        return self._mismatched(site, text, error)

    def _exception(self, first: Variable, second: Variable) -> str:
        """What an update raises that applies the gradient of the first to the second, where that is known.

        Most optimizers stretch what can be stretched to the shape of the variable.
        """
        base = self.event.value.items[0] if isinstance(self.event.value, Tuple) else NO_VALUE
        shapes = (first.shape, second.shape)
        if not isinstance(base, Cell) or any(s is None or None in s for s in shapes) or broadcast(shapes) == shapes[1]:
            return ""
        if self.event.in_graph:
            return "ValueError"
        name = str(base.info)
        is_exact = name.endswith((".SGD", ".sgd")) and not name.startswith("tf_keras.")
        calculates = name.rpartition(".")[2].lower() in CALCULATING
        if clash(shapes) or calculates or (is_exact and _is_plain(base.site)):
            return "InvalidArgumentError"
        return "" if is_exact else "ValueError"

    def _deliberate(self, pairs: Sequence[tuple[Variable | None, Value]]) -> bool:
        """Whether gradients of one model are meant for another: no variable is in both, and what is known fits."""
        mine = {a.uid for a, _ in pairs if a is not None}
        others = {b.uid for _, b in pairs if isinstance(b, Variable)}
        misfit = any(_misfit(a, b) for a, b in pairs if a is not None and isinstance(b, Variable))
        return not mine & others and not misfit

    def _cut_short(self, lengths: Sequence[int], columns: Value, site: Site) -> Problem | None:
        """`zip` stops with the shorter list: the rest of the variables never changes, or gradients go nowhere."""
        assert isinstance(columns, Tuple)
        first, second = (_items(c) for c in columns.items)
        if not all(self._is_gradient(g) for g in first) or not all(_is_variable(v) for v in second):
            return None
        more = abs(lengths[0] - lengths[1])
        rest = f"the last {more} are {'dropped' if lengths[0] > lengths[1] else 'never updated'}"
        return self._mismatched(site, f"{lengths[0]} gradients and {lengths[1]} variables: {rest}", "")

    def _mismatched(self, site: Site, text: str, error: str) -> Problem:
        steps: list[Step] = []
        if self.asked is not None:
            steps.append(Step(self.asked.site.span, "the gradients are those of these sources, in this order"))
        steps.append(Step(site.span, "they are paired with another list here"))
        return made(self.syntax, "update mismatch", site, text=text, error=error, steps=steps, sources=self._names())

    # -- whose gradient a value is

    def _origins(self, value: Value) -> set[tuple[int, int]]:
        """The gradient calls (by number) and sources that a value was made from, through clipping and scaling."""
        found: set[tuple[int, int]] = set()
        for option in options(value):
            if isinstance(option, Data):
                for node in gradient_nodes(self.tapes, option.node):
                    execution, index = self.tapes.gradients[node]
                    self.asked = execution
                    found.add((id(execution), index))
        return found

    def _is_gradient(self, value: Value) -> bool:
        every = [option for option in options(value) if option != NO_VALUE]
        return bool(every) and all(isinstance(o, Data) and o.kind == "tensor" and self._origins(o) for o in every)

    def _source(self, value: Value) -> Variable | None:
        """The one variable that a value is the gradient of."""
        origins = self._origins(value)
        if len(origins) != 1 or self.asked is None:
            return None
        source = self.asked.sources[origins.pop()[1]].value
        return source if isinstance(source, Variable) else None

    def _name(self, value: Value) -> str:
        origins = self._origins(value)
        return self.asked.sources[origins.pop()[1]].expression if len(origins) == 1 and self.asked is not None else ""

    def _names(self) -> tuple[str, ...]:
        return tuple(s.expression for s in self.asked.sources) if self.asked is not None else ()

    def _called(self, variable: Variable, other: str) -> str:
        for execution in self.tapes.executions:
            for source in execution.sources:
                if (
                    isinstance(source.value, Variable)
                    and source.value.uid == variable.uid
                    and source.expression != other
                ):
                    return f", `{source.expression}`"
        name = _variable_name(variable)
        return f", `{name}`" if name else ""

    # -- places

    def _argument(self) -> ast.AST | None:
        places = self.event.args.places if self.event.args is not None else {}
        return places.get(0, places.get("grads_and_vars"))

    def _text_of_pairs(self) -> str:
        argument = self._argument()
        return Site(self.event.site.source, argument).text(40) if argument is not None else "it"

    def _zip_site(self, pairs: Value) -> Site:
        """The `zip` that made the pairs, else the argument."""
        if isinstance(pairs, Cell) and pairs.site is not None:
            return pairs.site
        argument = self._argument()
        return Site(self.event.site.source, argument) if argument is not None else self.event.site

    def _at_call(self, kind: ProblemKind, text: str, error: str, steps: Sequence[Step] = ()) -> Problem:
        site = self.event.site
        steps = steps or [Step(site.span, f"this raises {error or 'an error'}")]
        argument = self._argument()
        rest = [("pairs", place_of(Site(site.source, argument)))] if argument is not None else []
        return made(self.syntax, kind, site, text=text, error=error, steps=steps, sources=self._names(), rest=rest)


def _items(value: Value) -> list[Value]:
    if isinstance(value, Tuple):
        return list(value.items)
    return [value.element] if isinstance(value, Many) and value.element is not UNBOUND else []


def _is_list(value: Value) -> bool:
    return isinstance(value, (Many, Tuple)) and bool(_items(value))


def _is_plain(site: Site | None) -> bool:
    """Whether the call that makes an `SGD` is seen to set no momentum."""
    call = site.node if site is not None else None
    if not isinstance(call, ast.Call) or len(call.args) > 1:
        return False
    return all(keyword.arg not in ("momentum", None) for keyword in call.keywords)


def _is_object(value: Value) -> bool:
    return isinstance(value, Cell) and value.kind in ("layer", "instance", "optimizer")


def _is_variable(value: Value) -> bool:
    """A variable, or one of those of a model that cannot be seen."""
    return isinstance(value, Variable) or is_weights(value)


def _misfit(first: Variable, second: Variable) -> bool:
    """Whether two variables certainly differ in shape: by what is known of it, or by the sizes of their layers."""
    if first.shape is not None and second.shape is not None:
        return first.shape != second.shape
    sizes = [_size_given(v) for v in (first, second)]
    return None not in sizes and sizes[0] != sizes[1]


def _size_given(variable: Variable) -> object:
    """The first argument, a constant, of the call that made a variable's layer."""
    call = variable.site.node if variable.site is not None else None
    if not isinstance(call, ast.Call) or not call.args or not isinstance(call.args[0], ast.Constant):
        return None
    return (ast.unparse(call.func), call.args[0].value)


def _variable_name(variable: Variable) -> str:
    return variable.name or ""
