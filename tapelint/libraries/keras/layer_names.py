"""Names that Keras gives to layers which the program names not: "dense", or with a number that nobody can tell."""

from __future__ import annotations

import re

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import NO_VALUE, Cell, Class, Const, Data, Value

from ..registry import Registry
from ..tensorflow.variable_names import default_name
from ..world import Libraries

NAMED = "named by Keras: "


def register(registry: Registry) -> None:
    """Add what can be asked of such a name."""
    registry.told.append(_told)
    for name in ("startswith", "endswith"):
        _wrap(registry, name)


def of_keras(world: Libraries, stem: str, site: Site) -> Data:
    """The name of an object of which Keras says `stem`."""
    node = world.run.node("Layer.name", [], site, dtype="s", kind="python", detail=f"{NAMED}{stem}")
    return Data(node, "python", "s")


GIVEN = "given name"


def give(world: Libraries, layer: Cell, args: Arguments) -> None:
    """The name that an object of a project's class is made with."""
    given = args.keywords.get("name", NO_VALUE)
    if args.rest is not None or len(args.positional) > 1:
        given = world.run.opaque(None)
    world.run.state.set((layer.uid, GIVEN), given)


def of_object(world: Libraries, layer: Cell, site: Site) -> Value:
    """`layer.name` of an object of a project's class, or of a layer made of a function."""
    given = world.run.state.get((layer.uid, GIVEN))
    if given == NO_VALUE and (isinstance(layer.info, Class) or layer.kind == "lambda layer"):
        stem = default_name(layer.info.name) if isinstance(layer.info, Class) else "lambda"
        return of_keras(world, stem, site)
    if isinstance(given, Const) and isinstance(given.value, str):
        return given
    return Data(world.run.node("Layer.name", [], site, dtype="s", kind="python"), "python", "s")


def _stem(value: Value) -> str:
    """What such a name begins with; "" for anything else."""
    known = isinstance(value, Data) and value.kind == "python" and value.node.detail.startswith(NAMED)
    return value.node.detail.removeprefix(NAMED) if known and isinstance(value, Data) else ""


def _told(op: str, left: Value, right: Value) -> bool | None:
    """A comparison of a name with a word, where the number does not matter."""
    if op in ("==", "!="):
        stem, word = (_stem(left), right) if _stem(left) else (_stem(right), left)
        if stem and isinstance(word, Const) and not _may_be(stem, word.value):
            return op == "!="
    if op in ("in", "not in") and (stem := _stem(right)) and isinstance(left, Const) and isinstance(left.value, str):
        if left.value in stem:
            return op == "in"
        return None if _is_within(stem, left.value) else op == "not in"
    return None


def _may_be(stem: str, word: object) -> bool:
    return isinstance(word, str) and re.fullmatch(rf"{re.escape(stem)}(_\d+)?", word) is not None


def _is_within(stem: str, word: str) -> bool:
    """Whether a word may stand in a name, of which the number is part."""
    head, tail = re.match(r"(.*?)(_?\d*)$", word, re.DOTALL).groups()  # type: ignore[union-attr]
    return stem.endswith(head) and tail != ""


def _wrap(registry: Registry, name: str) -> None:
    """`name.startswith(word)`, where the number does not matter."""
    plain = registry.methods[("number", "*")]

    def ask(world: Libraries, base: Value, args: Arguments, site: Site) -> Value:
        stem, word = _stem(base), args.get(0, "prefix")
        text = word.value if isinstance(word, Const) else None
        if stem and isinstance(text, str):
            if name == "startswith" and (stem.startswith(text) or not _may_start(stem, text)):
                return Const(stem.startswith(text))
            if name == "endswith" and not stem.endswith(text) and not text[-1:].isdigit():
                return Const(False)
        return plain(world, base, args.before(Const(name)), site)

    registry.methods[("number", name)] = ask


def _may_start(stem: str, text: str) -> bool:
    return re.fullmatch(rf"{re.escape(stem)}_\d*", text) is not None
