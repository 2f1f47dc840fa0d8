"""What one run has learned of its numbers: ranges and keys of values, contents of variables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tapelint.flow import containers
from tapelint.flow.graph import Edge, Node
from tapelint.flow.ranges import UNBOUNDED, Array, Range, Reach
from tapelint.flow.values import UNBOUND, Cell, Const, Data, OneOf, Opaque, Tuple, Value, Variable, number_of

from . import numbers_exact
from .numbers_arrays import BINARY, made

if TYPE_CHECKING:
    from ..arguments import Given
    from ..world import Libraries
    from .numbers_gates import Gate
    from .numbers_judgement import Judgement, Test

Key = int


@dataclass(slots=True)
class Known:
    """What one run has learned of values by their keys: two values with one key are the same numbers."""

    keys: dict[tuple[object, ...], Key] = field(default_factory=dict)
    origin: dict[Key, tuple[object, ...]] = field(default_factory=dict)
    linear: dict[Key, tuple[float, tuple[tuple[Key, float], ...]]] = field(default_factory=dict)
    tests: dict[Key, Test] = field(default_factory=dict)
    contents: dict[int, tuple[int, Value]] = field(default_factory=dict)
    single: set[int] = field(default_factory=set)
    zeros: set[int] = field(default_factory=set)
    masks: set[int] = field(default_factory=set)
    noughts: set[int] = field(default_factory=set)
    no_numbers: set[int] = field(default_factory=set)
    """The nodes some of whose numbers are certainly NaN or infinite."""
    doubtful: set[int] = field(default_factory=set)
    """The nodes some of whose numbers may be NaN: of numbers that may lie where there is no result."""
    failing: set[int] = field(default_factory=set)
    """The nodes of operations that may raise for the numbers they are given: a singular matrix that is inverted."""
    watched_models: set[int] = field(default_factory=set)
    """The nodes of an unseen model's variables that a tape was told to watch: it refuses those of Keras 3."""
    leaking: set[int] = field(default_factory=set)
    """The nodes of operations outside of a graph that take a tensor which is known in it only."""
    parts: dict[int, str] = field(default_factory=dict)
    """By the node of a part of a named tuple, its name."""
    same: dict[int, set[int]] = field(default_factory=dict)
    """By the node of a result, the nodes of arguments that may be given back as they are."""
    held: dict[int, Value] = field(default_factory=dict)
    """By the node of a thing in parts, what it has taken as it is."""
    indices: dict[int, Value] = field(default_factory=dict)
    """By the node of an `IndexedSlices`, the places that it has taken as they are."""
    reshaped: set[int] = field(default_factory=set)
    """The nodes of arrays that were given another shape where they are."""
    shapeless: set[int] = field(default_factory=set)
    """The nodes of `IndexedSlices` that do not say of what shape the whole is: no tensor is made of them."""
    refusing: set[int] = field(default_factory=set)
    """The nodes of operations that may raise for being given None, or a text, in the place of numbers."""
    nothing: list[Node] = field(default_factory=list)
    """The nodes of calls that gave None."""
    of_objects: set[int] = field(default_factory=set)
    """The nodes of arrays of objects, whose numbers are what they were given: tensors perhaps."""
    left_in_graph: set[int] = field(default_factory=set)
    """The nodes of tensors that a graph function has made, and not given: nobody can use them outside of it."""
    mere_zeros: dict[int, set[int]] = field(default_factory=dict)
    """By the node of what a function of Python gave, those of arguments to which a zero of no shape may come back."""
    handed_to_python: set[int] = field(default_factory=set)
    """The nodes of arguments as functions of Python get them."""
    by_no_number: set[int] = field(default_factory=set)
    """The nodes of operations that were given such a number of Python's."""
    ranges: dict[int, Range] = field(default_factory=dict)
    arrays: dict[int, Array] = field(default_factory=dict)
    """By the node of a result, all its numbers, where they are known."""
    signed: dict[int, tuple[int | None, ...]] = field(default_factory=dict)
    """By the node of an argument of a graph function, the shape by its signature."""
    settled: dict[int, tuple[Edge, ...]] = field(default_factory=dict)
    cancelled: set[int] = field(default_factory=set)
    variables: dict[int, Variable] = field(default_factory=dict)
    wheres: dict[int, Key] = field(default_factory=dict)
    gates: dict[int, tuple[Gate, ...]] = field(default_factory=dict)
    judgements: list[Judgement] = field(default_factory=list)

    def doubt(self, nodes: Iterable[Node]) -> None:
        """Note that what these stand for may be an exception instead, nobody knows which."""
        every = [node.id for node in nodes]
        self.failing.update(every)
        self.refusing.update(every)

    def as_held(self, holder: Value, made: Value) -> Value:
        """What was taken of an object of the project's, which may be one of the things that it holds, as it is."""
        if isinstance(holder, Cell) and holder.kind == "instance" and isinstance(made, Opaque):
            before = [edge.node for edge in made.node.edges]
            held = [edge.node for node in before if node.op == "escaped" for edge in node.edges]
            self.same.setdefault(made.node.id, set()).update(node.id for node in (*before, *held))
        return made

    def key(self, *parts: object) -> Key:
        """One key for equal parts."""
        found = self.keys.get(parts)
        if found is None:
            found = len(self.keys)
            self.keys[parts] = found
            self.origin[found] = parts
        return found

    def content(self, value: Value) -> int:
        """A number for one content of a variable."""
        found = self.contents.get(id(value))
        if found is None:
            found = (len(self.contents), value)
            self.contents[id(value)] = found
        return found[0]


def of_value(world: Libraries, value: Value) -> Range | None:
    """What is known of a value's numbers."""
    if isinstance(value, Const):
        number = number_of(value)
        return Range.exactly(number) if number is not None else None
    if isinstance(value, Data):
        return None if value.kind == "numpy" and _is_changed(world, value.node) else value.range
    if isinstance(value, Opaque):
        return world.known.ranges.get(value.node.id)
    if isinstance(value, Variable):
        if world.run.has_escaped(value.node):
            return None  # unknown code may have written it
        content = world.run.state.get((value.uid, "content"))
        own = content.range if isinstance(content, Data) else None
        return replace(own or UNBOUNDED, key=key_of(world, value), rows=None)
    if isinstance(value, (Tuple, Cell)):
        array = numbers_exact.numbers_in(world, value, lambda v: array_of(world, v))
        if array is not None:
            return Range.of(array)
        parts = [of_value(world, v) for v in items_of(world, value)]
        return either(parts)
    return either([of_value(world, o) for o in value.options]) if isinstance(value, OneOf) else None


def _is_changed(world: Libraries, node: Node) -> bool:
    """Whether an array, or what it is a view of, was changed in place."""
    at: Node | None = node
    while at is not None:
        if world.run.state.get((at.id, "changed")) is not UNBOUND:
            return True
        at = at.edges[0].node if at.op == "operator []" and at.edges else None
    return False


def of_content(world: Libraries, initial: Value, dtype: Value, variable: Variable) -> Range | None:
    """What is known of a new variable's numbers."""
    world.known.variables[variable.node.id] = variable
    found, key = of_value(world, initial), key_of(world, initial)
    if found is None:
        return Range(like=key) if key is not None else None
    said = str(getattr(dtype, "value", getattr(dtype, "name", "")))
    double = "64" in said if "float" in said else found.double
    if found.array is not None and variable.dtype == "f":
        array = made(found.array.shape, found.array.flat, double)
        return Range.of(array, double) if array is not None else None
    return replace(found.loose(), double=double, like=key if double == found.double else None)


def forget(world: Libraries, variable: Variable) -> None:
    """The numbers of a variable are replaced by others that nobody knows."""
    content = Data(world.run.constant_node(), "tensor", variable.dtype, variable.shape)
    world.run.state.set((variable.uid, "content"), content)


def items_of(world: Libraries, value: Value) -> Sequence[Value]:
    if isinstance(value, Cell):
        value = containers.stored(world.run, value) if value.kind == "list" else UNBOUND
    return value.items if isinstance(value, Tuple) else ()


def either(parts: Sequence[Range | None]) -> Range | None:
    known = [p for p in parts if p is not None]
    if not known or len(known) < len(parts):
        return None
    found = known[0]
    for part in known[1:]:
        found = found.join(part)
    return found


def array_of(world: Libraries, value: Value) -> Array | None:
    found = of_value(world, value)
    return found.array if found is not None else None


def key_of(world: Libraries, value: Value) -> Key | None:
    """What identifies a value's numbers; None where nothing does."""
    known = world.known
    if isinstance(value, Const):
        return known.key("const", type(value.value).__name__, repr(value.value))
    if isinstance(value, Variable):
        if world.run.has_escaped(value.node):
            return None
        return known.key("variable", value.uid, known.content(world.run.state.get((value.uid, "content"))))
    if isinstance(value, Data):
        if value.range is not None and value.range.key is not None:
            return value.range.key
        return known.key("node", value.node.id) if value.node.op != "constant" else None
    if isinstance(value, Opaque):
        own = known.ranges.get(value.node.id)
        return own.key if own is not None and own.key is not None else known.key("node", value.node.id)
    items = items_of(world, value)
    keys = [key_of(world, v) for v in items]
    return known.key("several", *keys) if keys and None not in keys else None


def operands(world: Libraries, op: str, given: Given) -> list[Range]:
    """The ranges of the operands in order, the condition of a `where` left out, and what it does not let through."""
    values = list(given.values.values())
    ranges = [of_value(world, v) or UNBOUNDED for v in values]
    if op != "where":
        return ranges
    key = key_of(world, values[0]) if len(values) == 3 else None
    if key is None:
        return ranges[1:]
    return [_let_through(world, key, values[1], ranges[1], True), _let_through(world, key, values[2], ranges[2], False)]


def _let_through(world: Libraries, condition: Key, value: Value, found: Range, first: bool) -> Range:
    """A range without the points at which the condition of a `where` picks the other branch."""
    key = key_of(world, value)
    if key is None or not found.points:
        return found
    tests = [(test, wanted) for test, wanted in tests_in(world, condition, first) if test.left == key]

    def is_picked(point: Reach) -> bool:
        numbers = ((test, test.of_right.constant, wanted) for test, wanted in tests if test.op in BINARY)
        return all(bool(BINARY[test.op](point.at, n)) == wanted for test, n, wanted in numbers if n is not None)

    return replace(found, points=tuple(filter(is_picked, found.points)))


def tests_in(world: Libraries, key: Key, wanted: bool, depth: int = 0) -> list[tuple[Test, bool]]:
    """The comparisons in a condition, and what each must give for the condition to be as wanted."""
    test = world.known.tests.get(key)
    if test is None or depth > MOST_DEEP:
        return []
    if test.op in ("logical_not", "not"):
        return [t for inner in test.inner for t in tests_in(world, inner, not wanted, depth + 1)]
    if test.inner:
        return [t for inner in test.inner for t in tests_in(world, inner, wanted, depth + 1)]
    return [(test, wanted)]


MOST_DEEP = 4
