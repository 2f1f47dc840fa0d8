"""Fixes of one call: its callee, its arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from tapelint.diagnostic import Edit, Position, Span
from tapelint.fix.edits import Edits, find, line_after, sound, whole
from tapelint.fix.expressions import replace
from tapelint.fix.imports import as_the_file_says
from tapelint.source import Definition, Source

if TYPE_CHECKING:
    import libcst as cst

PREDICT_ONLY = ("batch_size", "verbose", "callbacks", "max_queue_size", "workers", "use_multiprocessing")


def replace_callee(source: Source, span: Span, callee: str, keywords: Mapping[str, str] | None = None) -> Edits:
    """`np.square(x, axis=0)` becomes `callee(x, axis=0)`; `keywords` gives arguments new names."""
    import libcst

    definition, node = find(source, span, libcst.Call)
    callee, imports = as_the_file_says(source, span, callee)
    if node is None or definition is None or imports is None:
        return ()
    edits = [Edit(whole(definition, node.func), callee)]
    for arg in node.args:
        if arg.keyword and arg.keyword.value in (keywords or {}):
            edits.append(Edit(definition.span_of(arg.keyword), (keywords or {})[arg.keyword.value]))
    return sound(source, (*imports, *edits))


def rename_method(source: Source, span: Span, name: str) -> Edits:
    """`a.old(x)` becomes `a.name(x)`; `span` is the call's or the attribute's."""
    import libcst

    definition, node = find(source, span, (libcst.Call, libcst.Attribute))
    attribute = node.func if isinstance(node, libcst.Call) else node
    if definition is None or not isinstance(attribute, libcst.Attribute):
        return ()
    return sound(source, (Edit(definition.span_of(attribute.attr), name),))


def drop_method_call(source: Source, span: Span) -> Edits:
    """`x.numpy()` becomes `x`."""
    import libcst

    definition, node = find(source, span, libcst.Call)
    if definition is None or node is None or not isinstance(node.func, libcst.Attribute):
        return ()
    start = whole(definition, node.func.value).end
    dropped = Span(span.path, start, span.end)
    return () if "#" in source.code(dropped) else sound(source, (Edit(dropped, ""),))


def drop_attribute(source: Source, span: Span, *keywords: str) -> Edits:
    """`model.predict(x, verbose=0)` becomes `model(x)`: the method's name goes, and the arguments of these keywords."""
    import libcst

    definition, node = find(source, span, libcst.Call)
    if definition is None or node is None or not isinstance(node.func, libcst.Attribute):
        return ()
    receiver, func = whole(definition, node.func.value), whole(definition, node.func)
    edits = [Edit(Span(span.path, receiver.end, func.end), "")]
    for keyword in keywords:
        edits += _without_argument(definition, node, keyword)
    if any("#" in source.code(edit.span) for edit in edits):
        return ()
    return sound(source, edits)


def call_instead_of_predict(source: Source, span: Span) -> Edits:
    """`model.predict(x, verbose=0)` becomes `model(x)`."""
    return drop_attribute(source, span, *PREDICT_ONLY)


def unwrap_call(source: Source, span: Span, argument: int = 0) -> Edits:
    """`tf.constant(v)` becomes `v`, in parentheses where the place needs them."""
    import libcst

    definition, node = find(source, span, libcst.Call)
    if definition is None or node is None or len(node.args) <= argument or node.args[argument].star:
        return ()
    inner = whole(definition, node.args[argument].value)
    around = source.code(Span(span.path, span.start, inner.start)) + source.code(Span(span.path, inner.end, span.end))
    return () if "#" in around else replace(source, span, source.code(inner))


def add_call(source: Source, span: Span) -> Edits:
    """`tf.GradientTape` becomes `tf.GradientTape()`."""
    return sound(source, (Edit(Span(span.path, span.end, span.end), "()"),))


def add_keyword(source: Source, span: Span, name: str, value: str, position: int | None = None) -> Edits:
    """The call gets the argument `name=value`, at its end; one of that name takes the new value.

    `position` 0 says that the argument may also be the first one, without its name.
    """
    import libcst

    definition, node = find(source, span, libcst.Call)
    if definition is None or node is None:
        return ()
    keyword = f"{name}={value}"
    for arg in node.args:
        if arg.keyword and arg.keyword.value == name:
            return replace(source, definition.span_of(arg.value), value)
        if position == 0 and not arg.keyword and not arg.star:
            return replace(source, definition.span_of(arg.value), value)
    closing = Position(span.end.line, span.end.column - 1)
    if not node.args:
        return sound(source, (Edit(Span(span.path, closing, closing), keyword),))
    last = definition.span_of(node.args[-1])
    has_comma = isinstance(node.args[-1].comma, libcst.Comma)
    line = source.lines[last.end.line - 1]
    before = source.lines[last.start.line - 1][: last.start.column - 1]
    own_line = not before.strip() and last.start.line > span.start.line
    if own_line and re.match(r"\s*,?\s*#", line[last.end.column - 1 :]):
        comma = () if has_comma else (Edit(Span(span.path, last.end, last.end), ","),)
        return sound(source, (*comma, line_after(source, last.end.line, f"{before}{keyword},{source.newline}")))
    space = source.newline + before if own_line else " "
    if not has_comma:
        return sound(source, (Edit(Span(span.path, last.end, last.end), f",{space}{keyword}"),))
    after = source.position(source.offset(last.end) + source.text[source.offset(last.end) :].index(",") + 1)
    return sound(source, (Edit(Span(span.path, after, after), f"{space}{keyword}" + ("," if space != " " else "")),))


def remove_argument(source: Source, span: Span, which: str | int) -> Edits:
    """The call loses the argument of that keyword, or at that position from 0."""
    import libcst

    definition, node = find(source, span, libcst.Call)
    if definition is None or node is None:
        return ()
    edits = list(_without_argument(definition, node, which))
    return () if any("#" in source.code(edit.span) for edit in edits) else sound(source, edits)


def swap_arguments(source: Source, span: Span, first: int = 0, second: int = 1) -> Edits:
    """`zip(a, b)` becomes `zip(b, a)`."""
    import libcst

    definition, node = find(source, span, libcst.Call)
    if definition is None or node is None or len(node.args) <= max(first, second):
        return ()
    one, other = (definition.span_of(node.args[index]) for index in (first, second))
    return sound(source, (Edit(one, source.code(other)), Edit(other, source.code(one))))


def zip_arguments(source: Source, span: Span) -> Edits:
    """`f(a, b)` becomes `f(zip(a, b))`."""
    import libcst

    definition, node = find(source, span, libcst.Call)
    if definition is None or node is None or len(node.args) < 2:
        return ()
    first, second = (definition.span_of(arg) for arg in node.args[:2])
    if any(arg.keyword or arg.star for arg in node.args[:2]):
        return ()
    edits = Edit(Span(span.path, first.start, first.start), "zip("), Edit(Span(span.path, second.end, second.end), ")")
    return sound(source, edits)


def minimize_with_tape(source: Source, span: Span) -> Edits:
    """`o.minimize(loss, v, tape=tape)` becomes `o.apply_gradients(zip(tape.gradient(loss, v), v))`.

    Only with all three, in this order or by name, where nothing that is written twice is a call.
    """
    import libcst
    from libcst import matchers

    definition, node = find(source, span, libcst.Call)
    if definition is None or node is None or len(node.args) != 3 or not isinstance(node.func, libcst.Attribute):
        return ()
    order = ("loss", "var_list", "tape")
    given = {a.keyword.value if a.keyword else order[i]: a.value for i, a in enumerate(node.args) if not a.star}
    if set(given) != set(order) or matchers.findall(given["var_list"], matchers.Call()):
        return ()
    loss, variables, tape = (source.code(definition.span_of(given[name])) for name in order)
    base = source.code(definition.span_of(node.func.value))
    text = f"{base}.apply_gradients(zip({tape}.gradient({loss}, {variables}), {variables}))"
    return sound(source, (Edit(definition.span_of(node), text),))


def integers_to_floats(source: Source, span: Span) -> Edits:
    """Every whole number in the expression's first argument (or in itself, if it is no call) gets a point."""
    import libcst
    from libcst import matchers

    definition, node = find(source, span, libcst.BaseExpression)
    if definition is None or node is None:
        return ()
    if isinstance(node, libcst.Call):
        dtype = next((arg.value for arg in node.args if arg.keyword and arg.keyword.value == "dtype"), None)
        if not node.args:
            return ()
        if dtype is not None:
            place = definition.span_of(dtype)
            is_integer = re.search(r"(?<!u)int\d*[\"']?$", source.code(place))
            return replace(source, place, "tensorflow.float32") if is_integer else ()
        node = node.args[0].value
    if matchers.findall(node, matchers.Call() | matchers.Subscript() | matchers.Name()):
        return ()
    numbers = [definition.span_of(each) for each in matchers.findall(node, matchers.Integer())]
    decimal = all(source.code(number).replace("_", "").isdecimal() for number in numbers)
    return sound(source, [Edit(Span(n.path, n.end, n.end), ".0") for n in numbers]) if decimal else ()


def _without_argument(definition: Definition, call: cst.Call, which: str | int) -> Iterator[Edit]:
    spans = [definition.span_of(arg) for arg in call.args]
    for index, arg in enumerate(call.args):
        if (arg.keyword.value if arg.keyword else index) != which:
            continue
        if index:
            yield Edit(Span(spans[index].path, spans[index - 1].end, spans[index].end), "")
        elif len(spans) > 1:
            yield Edit(Span(spans[0].path, spans[0].start, spans[1].start), "")
        else:
            yield Edit(spans[0], "")
