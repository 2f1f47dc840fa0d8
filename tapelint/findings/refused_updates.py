"""Updates by hand that raise: a list of gradients taken for one tensor, weights that are set and have no setter."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tapelint.diagnostic import Step
from tapelint.findings.found import made
from tapelint.findings.paths import Syntax, place_of
from tapelint.flow.graph import ROWS, Node, Site
from tapelint.flow.values import Data, Many, Tuple, Value, Variable, options
from tapelint.libraries.natures import form
from tapelint.libraries.refusals.refusing import ASSIGNING, ITEM, ITERATION, METHOD, SETTER
from tapelint.tapes.journal import Event
from tapelint.tapes.tape import Tapes
from tapelint.views import Place, Problem


def refused(tapes: Tapes, syntax: Syntax, event: Event) -> Problem | None:
    """What is wrong with an update, by an exception that it raises; None where it has nothing to do with gradients."""
    values = _noted(tapes, event)
    if event.call.startswith("str.") and event.call[4:] in ASSIGNING:
        text = f"`{_base(event.site)}` is a string, a key of a dict; the variable is what stands under it"
    elif event.call.startswith((METHOD, "operator ")) and any(map(_is_rows, values)):
        text = "the gradient of what rows are looked up in is an `IndexedSlices`: `tf.convert_to_tensor` makes a tensor"
    elif event.call == METHOD and isinstance(event.site.node, ast.Attribute):
        text = f"`{_base(event.site)}` is a tensor, no variable: it has no `{event.site.node.attr}`"
    elif not any(_holds_gradient(tapes, value) for value in values):
        return None
    elif event.call == ITEM:
        what = "a variable" if isinstance(values[0], Variable) else "a tensor"
        text = f"`{_base(event.site)}` is {what}: its parts cannot be assigned to"
    elif event.call == ITERATION:
        text = "a layer or model is no list of its variables: these are its `trainable_variables`"
    elif event.call == SETTER:
        text = f"`{event.site.text(40)}` has no setter; the variable that it gives has `assign`"
    elif any(isinstance(value, (Tuple, Many)) and _holds_gradient(tapes, value) for value in values):
        is_operator = event.call.startswith("operator ")
        what = event.site.text(40) if is_operator else event.call.rpartition(".")[2]
        text = f"`{what}` takes a list of gradients for one tensor: it must be done to each of them"
    else:
        return None
    steps = [*_asked(tapes, values), Step(event.site.span, f"this raises {event.error}")]
    rest = _model_in_zip(tapes, event, values) if event.call == ITERATION else _list_in_call(tapes, event, values)
    return made(syntax, "update refused", event.site, text=text, error=event.error, steps=steps, rest=rest)


def argument_of_zip(site: Site, index: int) -> Site | None:
    """An argument of `zip` with two, where it is something that can be written before `[0]` or `.name`."""
    call = site.node
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or len(call.args) != 2:
        return None
    given = call.args[index]
    return Site(site.source, given) if isinstance(given, (ast.Name, ast.Attribute, ast.Call)) else None


def _list_in_call(tapes: Tapes, event: Event, values: tuple[Value, ...]) -> list[tuple[str, Place]]:
    """The list of gradients that a function is given first."""
    call = event.site.node
    if not isinstance(call, ast.Call) or not call.args or not values or not isinstance(values[0], (Tuple, Many)):
        return []
    named = isinstance(call.args[0], (ast.Name, ast.Call)) and _holds_gradient(tapes, values[0])
    return [("list", place_of(Site(event.site.source, call.args[0])))] if named else []


def _model_in_zip(tapes: Tapes, event: Event, values: tuple[Value, ...]) -> list[tuple[str, Place]]:
    """The model in `zip(gradients, model)`, where the gradients are those of its trainable variables."""
    model = argument_of_zip(event.site, 1)
    execution = next((tapes.gradients[g][0] for v in values for n in _nodes(v) for g in gradient_nodes(tapes, n)), None)
    if model is None or execution is None or not isinstance(execution.sources_place, ast.expr):
        return []
    asked = Site(execution.site.source, execution.sources_place).text()
    return [("model", place_of(model))] if asked == f"{model.text()}.trainable_variables" else []


def _is_rows(value: Value) -> bool:
    return isinstance(value, Data) and form(value) == ROWS


def _noted(tapes: Tapes, event: Event) -> tuple[Value, ...]:
    """The values that an exception was noted with."""
    for other in tapes.events:
        if other.word == "refused" and other.site == event.site and other.chain is event.chain:
            return other.value.items if isinstance(other.value, Tuple) else ()
    return ()


def _base(site: Site) -> str:
    """What an attribute or a part is taken of."""
    node = site.node
    return Site(site.source, node.value).text(40) if isinstance(node, (ast.Attribute, ast.Subscript)) else "this"


def _asked(tapes: Tapes, values: tuple[Value, ...]) -> Iterator[Step]:
    """The gradient call that the values come from."""
    for value in values:
        for node in _nodes(value):
            for found in gradient_nodes(tapes, node):
                yield Step(tapes.gradients[found][0].site.span, "the gradients are asked for here")
                return


def _holds_gradient(tapes: Tapes, value: Value) -> bool:
    return any(gradient_nodes(tapes, node) for node in _nodes(value))


def _nodes(value: Value) -> Iterator[Node]:
    """The nodes of what a value holds."""
    for option in options(value):
        if isinstance(option, Data):
            yield option.node
        elif isinstance(option, Tuple):
            for item in option.items:
                yield from _nodes(item)
        elif isinstance(option, Many):
            yield from _nodes(option.element)


def gradient_nodes(tapes: Tapes, node: Node) -> set[int]:
    """The gradients that a value was made from, each by its node."""
    seen, todo, found = {node.id}, [node], set[int]()
    while todo:
        at = todo.pop()
        if at.id in tapes.gradients:
            found.add(at.id)
            continue
        for edge in at.edges:
            if edge.node.id not in seen:
                seen.add(edge.node.id)
                todo.append(edge.node)
    return found
