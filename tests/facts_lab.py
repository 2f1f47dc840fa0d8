"""The bench on which facts are measured: runs an expression on the real libraries and says what it saw."""

from __future__ import annotations

import contextlib
import copy
import functools
import math
import operator
import os
import re
import statistics
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
warnings.filterwarnings("ignore")

import keras  # noqa: E402  the settings above must come first
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import tf_keras  # noqa: E402

tf.get_logger().setLevel("ERROR")
np.seterr(all="ignore")

NAMESPACE: dict[str, Any] = {
    "tf": tf,
    "keras": keras,
    "np": np,
    "tnp": tf.experimental.numpy,
    "tf_keras": tf_keras,
    "math": math,
    "operator": operator,
    "copy": copy,
    "statistics": statistics,
    "functools": functools,
}
SHAPES: dict[str, tuple[str, tuple[int, ...]]] = {  # short names of common leaves: kind and shape
    "x": ("x", (3,)), "y": ("y", (3,)), "z": ("z", (3,)),
    "s": ("x", ()), "r": ("y", ()),
    "m": ("x", (3, 3)), "k": ("y", (3, 3)),
    "u": ("u", (3,)), "w": ("w", (3,)), "us": ("u", ()), "ws": ("w", ()),
    "p": ("p", (3,)), "q": ("q", (3,)),
    "spd": ("spd", (3, 3)), "spdb": ("spdb", (3, 3)),
    "img": ("u", (2, 8, 8, 3)), "image": ("u", (8, 8, 3)),
    "seq": ("x", (2, 4, 3)), "vol": ("x", (1, 4, 4, 4, 2)),
    "prob": ("prob", (4, 3)), "probb": ("probb", (4, 3)),
    "c": ("c", (3,)), "d": ("d", (3,)),
    "i": ("i", (3,)), "j": ("j", (3,)), "b": ("b", (3,)), "bb": ("bb", (3,)), "t": ("t", (3,)),
    "v": ("v", (3,)), "vm": ("v", (3, 3)), "vs": ("v", ()), "vu": ("vu", (3,)),
    "kv": ("kv", (3,)), "na": ("na", (3,)),
}  # fmt: skip


def leaf(name: str) -> Any:
    """The value of a leaf: `x`, `m`, `i` ..., or a kind with a shape, as in `u2x8x8x3`."""
    if name in SHAPES:
        kind, shape = SHAPES[name]
    else:
        found = re.fullmatch(r"([a-z]+)(\d+(?:x\d+)*)", name)
        assert found, f"no leaf {name}"
        kind, shape = found[1], tuple(int(d) for d in found[2].split("x"))
        if shape == (0,):
            shape = ()
    return make(kind, shape)


def make(kind: str, shape: tuple[int, ...]) -> Any:
    """A value of a kind; always the same one."""
    size = int(np.prod(shape, dtype=int))
    order = sorted(kind)[0]
    random = np.random.RandomState(sum(map(ord, kind)) * 7 + size)
    first = {
        "x": [0.5, -1.2, 2.1], "y": [1.7, 0.6, -0.9], "z": [-0.4, 1.1, 0.3],
        "v": [1.3, -0.7, 0.4], "kv": [0.9, -1.5, 0.2], "na": [1.1, 2.3, -0.6],
    }  # fmt: skip
    if kind in ("x", "y", "z", "v", "kv", "na"):
        base = first.get(kind, first["x"])
        values = np.array((base + list(random.uniform(-2, 2, size)))[:size], np.float32).reshape(shape)
    elif kind in ("u", "w", "vu"):
        values = random.uniform(0.1, 0.9, shape).astype(np.float32)
    elif kind in ("p", "q"):
        values = random.uniform(1.2, 3.0, shape).astype(np.float32)
    elif kind in ("spd", "spdb"):
        root = random.normal(size=shape).astype(np.float32)
        values = root @ np.swapaxes(root, -1, -2) + 3 * np.eye(shape[-1], dtype=np.float32)
    elif kind in ("prob", "probb"):
        values = random.uniform(0.1, 1.0, shape).astype(np.float32)
        values /= values.sum(-1, keepdims=True)
    elif kind in ("c", "d"):
        values = (random.normal(size=shape) + 1j * random.normal(size=shape)).astype(np.complex64)
    elif kind in ("i", "j"):
        values = (np.arange(size).reshape(shape) + (order == "j")) % 3
        values = values.astype(np.int32)
    elif kind in ("b", "bb"):
        values = (np.arange(size).reshape(shape) + (kind == "bb")) % 3 == 0
    elif kind == "t":
        values = np.array([b"1.5", b"2.5", b"3.5"][: max(size, 1)]).reshape(shape)
    else:
        raise ValueError(f"no kind of leaf {kind}")
    if kind == "na":
        return values
    if kind in ("v", "vu"):
        return tf.Variable(values)
    return keras.Variable(values) if kind == "kv" else tf.constant(values)


@dataclass
class Seen:
    """What was observed of one expression."""

    error: str | None = None
    message: str = ""
    kind: str = "tensor"
    dtype: str = "same"
    recorded: bool = True
    names: tuple[str, ...] = ()
    outcomes: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    linearity: dict[str, str] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)
    again: dict[str, str] = field(default_factory=dict)
    dtypes: tuple[str, ...] = ()
    value: Any = None


def differentiable(value: Any) -> bool:
    """Whether a value's dtype can carry a gradient."""
    dtype = getattr(value, "dtype", None)
    if dtype is None or (not tf.is_tensor(value) and not is_variable(value) and not isinstance(value, np.ndarray)):
        return False
    try:
        dtype = tf.as_dtype(dtype)
    except TypeError:
        return False
    return bool(dtype.is_floating or dtype.is_complex)


def is_variable(value: Any) -> bool:
    """Whether it is a variable of TensorFlow or Keras."""
    return isinstance(value, tf.Variable | keras.Variable)


def watched(value: Any) -> Any:
    """What to hand to tape.watch and tape.gradient."""
    return value.value if isinstance(value, keras.Variable) else value


@functools.cache
def compiled(expression: str) -> Any:
    """The expression's code."""
    return compile(expression, expression, "eval")


def run(expression: str, env: Mapping[str, Any]) -> Any:
    """Evaluate an expression with its leaves; seeds are set."""
    keras.utils.set_random_seed(3)
    return eval(compiled(expression), NAMESPACE | dict(env))


def upstream(value: Any, zero: bool = False, seed: int = 5) -> Any:
    """A fixed upstream gradient for a result, without a symmetry that would hide a dependence."""
    shape = tuple(value.shape)
    random = np.random.RandomState(seed)
    weights = random.uniform(0.5, 1.5, shape) * (0.0 if zero else 1.0)
    if value.dtype.is_complex:
        weights = weights * (1 + 0.7j)
    return tf.cast(tf.constant(weights), value.dtype)


def graph_upstream(value: Any) -> Any:
    """The same for a symbolic result, whose shape may be unknown."""
    steps = tf.cast(tf.range(tf.size(value)), tf.float32)
    weights = tf.reshape(0.7 + 0.3 * tf.math.floormod(steps * 1.7, 2.0), tf.shape(value))
    return tf.complex(weights, weights) if value.dtype == tf.complex64 else tf.cast(weights, value.dtype)


def flat(result: Any) -> list[Any]:
    """The leaves of a result, the components of sparse and ragged ones included."""
    if isinstance(result, keras.Variable):
        return [result]
    return list(tf.nest.flatten(result, expand_composites=True))


def kind_of(result: Any) -> tuple[str, str]:
    """The kind of a result, and its dtype by name."""
    if result is None:
        return "none", "same"
    if is_variable(result):
        return "variable", tf.as_dtype(result.dtype).base_dtype.name
    if tf.is_tensor(result):
        return "tensor", tf.as_dtype(result.dtype).name
    if isinstance(result, np.ndarray | np.generic):
        return "numpy", {"U": "string", "S": "string", "O": "mixed"}.get(result.dtype.kind, str(result.dtype))
    if isinstance(result, bool | int | float | complex | str | bytes):
        return "python", {"str": "string", "bytes": "string"}.get(type(result).__name__, type(result).__name__)
    if isinstance(result, list | tuple | dict) and not isinstance(result, tf.TensorShape):
        kinds = [kind_of(part) for part in flat(result)]
        if any(k in ("tensor", "variable") for k, _ in kinds):
            dtypes = {d for k, d in kinds if k == "tensor"}
            return "tuple", dtypes.pop() if len(dtypes) == 1 else "mixed"
        if kinds:
            dtypes = {d for _, d in kinds}
            return ("numpy" if kinds[0][0] == "numpy" else "python"), (dtypes.pop() if len(dtypes) == 1 else "mixed")
        return "python", "same"
    if isinstance(result, tf.SparseTensor | tf.RaggedTensor | tf.IndexedSlices):
        return "tensor", result.dtype.name
    return "object", "same"


def observe_graph(expression: str, leaves: Mapping[str, Any]) -> Seen:
    """The same inside a tf.function, with the tape inside too: errors and outcomes only.

    A persistent tape is used only where some leaves raise: it records what is in a `tf.cond` too, which can raise.
    """
    seen, gradients = _traced(expression, leaves, False)
    if seen.error == "LookupError":
        seen, gradients = _traced(expression, leaves, True)
    if seen.error:
        return seen
    for name, found in gradients.items():
        seen.outcomes[name] = "flows" if np.any(found.numpy() != 0) else "zero"
    if seen.kind in ("tensor", "tuple") and not gradients and set(seen.outcomes.values()) == {"none"}:
        seen.targets = _targets_of_graph(expression, leaves, list(seen.outcomes))
    return seen


def _targets_of_graph(expression: str, leaves: Mapping[str, Any], names: Sequence[str]) -> dict[str, str]:
    """What a gradient in a graph is of a result that has no floats, where there is one."""

    def traced() -> dict[str, Any]:
        inside = {n: watched(leaves[n]) for n in names}
        with tf.GradientTape() as tape:
            tape.watch(list(inside.values()))
            parts = [part for part in flat(run(expression, leaves)) if not differentiable(part)]
        found = tape.gradient(parts, inside) if all(_countable(part) for part in parts) else {}
        return {n: tf.convert_to_tensor(g) for n, g in found.items() if g is not None}

    try:
        found = tf.function(traced)()
    except Exception:
        return {}  # as outside of graphs
    return {n: "flows" if np.any(g.numpy() != 0) else "zero" for n, g in found.items()}


def _traced(expression: str, leaves: Mapping[str, Any], persistent: bool) -> tuple[Seen, dict[str, Any]]:
    """What is seen in a graph, and the gradients, asked for at once, or leaf by leaf of a persistent tape."""
    seen = Seen()
    carriers = {n: v for n, v in leaves.items() if not isinstance(v, np.ndarray) and differentiable(v)}
    tensors = [n for n in leaves if tf.is_tensor(leaves[n]) and not is_variable(leaves[n])]

    def traced(*values: Any) -> dict[str, Any]:
        env = {**leaves, **dict(zip(tensors, values, strict=True))}
        inside = {n: watched(env[n]) for n in carriers}
        with tf.GradientTape(persistent=persistent) as tape:
            tape.watch(list(inside.values()))
            result = eval(compiled(expression), NAMESPACE | env)
            seen.kind, seen.dtype = kind_of(result)
            parts = [] if seen.kind in ("none", "object", "numpy", "python") else flat(result)
            targets = [watched(p) for p in parts if differentiable(p) and not isinstance(p, np.ndarray)]
            followed = [tf.convert_to_tensor(p) * 1 if is_variable(p) else p for p in targets]
            followed = followed or [tf.cast(p, tf.float32) for p in parts if _countable(p)]
        ups = [graph_upstream(t) for t in followed]
        gradients = {}
        for asked in [[name] for name in inside] if persistent else [list(inside)]:
            try:
                found = tape.gradient(followed, [inside[n] for n in asked], ups) if followed else [None] * len(asked)
            except LookupError as error:
                if not persistent:
                    raise
                seen.outcomes[asked[0]], seen.errors[asked[0]] = "raises", type(error).__name__
                continue
            seen.outcomes.update(dict.fromkeys(asked, "none"))
            gradients.update({n: tf.convert_to_tensor(g) for n, g in zip(asked, found, strict=True) if g is not None})
        return gradients

    try:
        gradients = tf.function(traced)(*[leaves[n] for n in tensors])
    except Exception as error:
        seen.error, seen.message = type(error).__name__, str(error)[:300]
        return seen, {}
    if seen.kind in ("numpy", "python"):
        seen.outcomes = dict.fromkeys(carriers, "detached")
    seen.dtype = _same(seen.dtype, carriers)
    return seen, gradients


def _same(dtype: str, carriers: Mapping[str, Any]) -> str:
    home = next(iter(carriers.values()), None)
    return "same" if home is not None and dtype == tf.as_dtype(home.dtype).base_dtype.name else dtype


def observe(expression: str, leaves: Mapping[str, Any], second: bool = True) -> Seen:
    """Run an expression under tapes and say what became of each leaf."""
    seen = Seen()
    carriers = {n: v for n, v in leaves.items() if not isinstance(v, np.ndarray) and differentiable(v)}
    with tf.GradientTape(persistent=True) if second else contextlib.nullcontext() as outer:
        if second:
            outer.watch([watched(v) for v in carriers.values()])
        with tf.GradientTape(persistent=True) as tape:
            tape.watch([watched(v) for v in carriers.values()])
            try:
                result = run(expression, leaves)
            except Exception as error:
                seen.error, seen.message = type(error).__name__, str(error)[:300]
                return seen
            seen.value = result
            seen.kind, seen.dtype = kind_of(result)
            seen.names = tuple(getattr(result, "_fields", ()))
            parts = [] if seen.kind in ("none", "object", "numpy", "python") else flat(result)
            seen.dtypes = tuple(kind_of(part)[1] for part in parts)
            targets = [watched(p) for p in parts if differentiable(p) and not isinstance(p, np.ndarray)]
            followed = [tf.convert_to_tensor(p) * 1 if is_variable(p) else p for p in targets]
            casts = [tf.cast(p, tf.float32) for p in parts if _countable(p)] if not followed else []
            further = followed[0] * 1 if followed else None
        if followed:
            seen.recorded = is_variable(parts[0]) or _known(tape, further, followed[0])
        else:
            seen.recorded = False
        ups = [upstream(t) for t in followed or casts]
        if second:
            outer.watch(ups)
        gradients = _first(seen, tape, carriers, followed or casts, ups)
        if "UnknownError" in seen.errors.values():
            gradients = _single(seen, expression, leaves, carriers)
        if not followed and seen.kind != "variable":
            _as_target(seen, tape, carriers, [p for p in parts if _countable(p) or _is_quantized(p) or _is_text(p)])
    if seen.kind in ("numpy", "python", "none", "object"):
        word = "detached" if seen.kind in ("numpy", "python") else "none"
        seen.outcomes = dict.fromkeys(carriers, word)
    elif second:
        _second(seen, outer, expression, leaves, carriers, gradients)
        _again(seen, outer, gradients, ups)
        for name, found in seen.linearity.items():
            if found == "self":
                seen.linearity[name] = "square" if _third_absent(expression, leaves, carriers[name]) else "other"
    seen.dtype = _same(seen.dtype, carriers)
    return seen


def _known(tape: Any, further: Any, result: Any) -> bool:
    """Whether the tape knows a result: only then is it a source for what was computed from it."""
    try:
        return tape.gradient(further, result) is not None
    except Exception:
        return True


def _countable(part: Any) -> bool:
    return tf.is_tensor(part) and (part.dtype.is_integer or part.dtype.is_bool) and not part.dtype.is_quantized


def _is_quantized(part: Any) -> bool:
    return tf.is_tensor(part) and part.dtype.is_quantized


def _is_text(part: Any) -> bool:
    return tf.is_tensor(part) and part.dtype == tf.string


def _first(seen: Seen, tape: Any, carriers: Mapping[str, Any], targets: list[Any], ups: list[Any]) -> dict[str, Any]:
    gradients: dict[str, Any] = {}
    for name, value in carriers.items():
        try:
            g = tape.gradient(targets, watched(value), output_gradients=ups) if targets else None
        except Exception as error:
            seen.outcomes[name], seen.errors[name] = "raises", type(error).__name__
            continue
        if g is None:
            seen.outcomes[name] = "none"
            continue
        g = tf.convert_to_tensor(g)
        gradients[name] = g
        seen.outcomes[name] = "flows" if np.any(g.numpy() != 0) else "zero"
    return gradients


def _single(seen: Seen, expression: str, leaves: Mapping[str, Any], carriers: Mapping[str, Any]) -> dict[str, Any]:
    """Each gradient on a tape of its own: tf.py_function forgets its own tape after the first."""
    for name, value in carriers.items():
        with tf.GradientTape() as tape:
            tape.watch([watched(v) for v in carriers.values()])
            parts = [p for p in flat(run(expression, leaves)) if differentiable(p)]
        seen.errors.pop(name, None)
        _first(seen, tape, {name: value}, parts, [upstream(p) for p in parts])
    return {}


def _as_target(seen: Seen, tape: Any, carriers: Mapping[str, Any], parts: list[Any]) -> None:
    if not parts:
        return
    for name, value in carriers.items():
        try:
            g = tape.gradient(parts, watched(value))
        except Exception as error:
            seen.targets[name] = f"raises {type(error).__name__}"
            continue
        if g is not None:
            seen.targets[name] = "flows" if np.any(tf.convert_to_tensor(g).numpy() != 0) else "zero"


def _second(
    seen: Seen, outer: Any, expression: str, leaves: Mapping[str, Any], carriers: Mapping[str, Any],
    gradients: Mapping[str, Any],
) -> None:  # fmt: skip
    for name, g in gradients.items():
        depends, alive = [], False
        for other, value in carriers.items():
            try:
                h = outer.gradient(g, watched(value), output_gradients=upstream(g, seed=6))  # along none before it
            except Exception:
                if _hangs_on(expression, leaves, carriers[name], value):
                    depends.append(other)
                    alive = True
                continue
            if h is not None:
                depends.append(other)
                alive = alive or bool(np.any(tf.convert_to_tensor(h).numpy() != 0))
        if seen.outcomes[name] == "zero":
            seen.linearity[name] = "other" if depends else "zero"
        elif not depends:
            seen.linearity[name] = "linear"
        elif not alive:
            seen.linearity[name] = "piecewise"
        elif name not in depends:
            seen.linearity[name] = "bilinear"
        else:
            seen.linearity[name] = "self" if depends == [name] else "other"


def _again(seen: Seen, outer: Any, gradients: Mapping[str, Any], ups: list[Any]) -> None:
    """Whether a gradient can be differentiated by the upstream gradients that went into it."""
    for name, g in gradients.items():
        if seen.outcomes[name] != "flows" or not ups:
            continue
        try:
            found = outer.gradient(g, ups, output_gradients=upstream(g))
        except LookupError:
            seen.again[name] = "raises LookupError"
        except Exception as error:
            if "UnknownError" not in type(error).__name__:
                seen.again[name] = f"raises {type(error).__name__}"
        else:
            if all(each is None for each in found):
                seen.again[name] = "none"


def _hangs_on(expression: str, leaves: Mapping[str, Any], by: Any, value: Any) -> bool:
    """Whether a gradient that cannot be differentiated is made of a leaf, not only of what comes down to it."""
    with tf.GradientTape() as outer:
        outer.watch(watched(value))
        with tf.GradientTape() as tape:
            tape.watch([watched(value), watched(by)])
            parts = [p for p in flat(run(expression, leaves)) if differentiable(p)]
        g = tf.convert_to_tensor(tape.gradient(parts, watched(by), output_gradients=[upstream(p) for p in parts]))
    try:
        return outer.gradient(g, watched(value), output_gradients=upstream(g)) is not None
    except Exception:
        return True


def _third_absent(expression: str, leaves: Mapping[str, Any], value: Any) -> bool:
    value = watched(value)
    try:
        with tf.GradientTape() as third:
            third.watch(value)
            with tf.GradientTape() as second:
                second.watch(value)
                with tf.GradientTape() as first:
                    first.watch(value)
                    parts = [p for p in flat(run(expression, leaves)) if differentiable(p)]
                g = tf.convert_to_tensor(first.gradient(parts, value, output_gradients=[upstream(p) for p in parts]))
            h = tf.convert_to_tensor(second.gradient(g, value, output_gradients=upstream(g)))
        return third.gradient(h, value, output_gradients=upstream(h)) is None
    except Exception:
        return False


def fill(value: Any, number: float) -> Any:
    """A tensor like `value`, every element the same number."""
    return tf.fill(tf.shape(value), tf.constant(number, value.dtype))


@dataclass(frozen=True)
class Point:
    """What was observed with one leaf at one point."""

    gradient: str
    guarded: bool
    value: str
    beyond: str | None
    everywhere: bool = False
    past: str | None = None


REFUSED = "InvalidArgumentError"
MATRICES = ("row", "column", "diagonal", "dependent", "indefinite")


def like_matrix(value: Any, of: str) -> list[Any]:
    """Two tensors like a matrix that are singular in the way of a word; none if it cannot be."""
    rows, columns = value.shape
    first, second = np.array(value), np.array(value)
    if of == "row":
        first[0], second[-1] = 0, 0
    elif of == "column":
        first[:, 0], second[:, -1] = 0, 0
    elif of == "dependent":
        first[:] = 1
        second[:] = np.outer(np.arange(1, rows + 1), np.arange(1, columns + 1))
    elif rows != columns:
        return []
    elif of == "diagonal":
        first[:] = np.roll(np.eye(rows), 1, 0)
        second[-1, -1] = 0
    else:
        first[:] = np.diag([1.0] * (rows - 1) + [-1.0])
        second[:] = np.diag([-1.0] + [2.0] * (rows - 1)) + 0.25
    return [tf.constant(first), tf.constant(second)]


def at_matrix(expression: str, leaves: Mapping[str, Any], name: str, of: str) -> Point | None:
    """What is not finite where a leaf is a matrix that is singular in the way of a word, whichever it is."""
    values = like_matrix(leaves[name], of)
    found = [_point(expression, {**leaves, name: value}, name, errors=True) for value in values]
    return found[0] if found and None not in found and len({p.gradient == "error" for p in found if p}) == 1 else None


def at_point(
    expression: str, leaves: Mapping[str, Any], name: str, at: float, together: tuple[str, ...] = ()
) -> Point | None:
    """What is not finite where every element of a leaf is `at`; None if all is finite, or if it cannot be run.

    together: further leaves that are there at the same time.
    """
    value = fill(leaves[name], at)
    env = {**leaves, **{other: fill(leaves[other], at) for other in together}, name: value}
    found = _point(expression, env, name)
    if found is None:
        return None
    sides = {}
    for side, step in (("below", -0.02), ("above", 0.02)):
        try:
            there = [p for p in flat(run(expression, {**env, name: fill(value, at + step)})) if differentiable(p)]
            sides[side] = not_finite(there) == "nan"
        except Exception:
            sides[side] = False
    if all(sides.values()):
        return None
    beyond = next((side for side, bad in sides.items() if bad and not all(sides.values())), None)
    one = {n: first_at(leaves[n], at) for n in (name, *together)}
    everywhere = value.shape.rank > 0 and _point(expression, {**leaves, **one}, name) is None
    past = None if everywhere else _past(expression, env, name, at)
    return replace(found, beyond=beyond, everywhere=everywhere, past=past)


def _past(expression: str, env: Mapping[str, Any], name: str, at: float) -> str | None:
    """The side of a point on which no gradient is finite."""
    for side, sign in (("below", -1.0), ("above", 1.0)):
        steps = [fill(env[name], at + sign * step) for step in (0.02, 0.3, 0.7, 1.5, 3.3)]
        if all(_point(expression, {**env, name: value}, name) for value in steps):
            return side
    return None


def first_at(value: Any, number: float) -> Any:
    """A tensor like `value`, whose first element only is the number."""
    array = np.array(value)
    array[(0,) * array.ndim] = number
    return tf.constant(array)


def _point(expression: str, env: Mapping[str, Any], name: str, errors: bool = False) -> Point | None:
    """What is not finite with these leaves; None if all is finite, or (without `errors`) if it cannot be run."""
    value = env[name]
    try:
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(value)
            parts = [p for p in flat(run(expression, env)) if tf.is_tensor(p) and differentiable(p)]
        if not parts:
            return None
        g = tape.gradient(parts, value)
        word = not_finite([g]) if g is not None else ""
        if not word:
            return None
        guarded = tape.gradient(parts, value, output_gradients=[upstream(p, zero=True) for p in parts])
    except Exception as error:
        return Point("error", False, "finite", None) if errors and type(error).__name__ == REFUSED else None
    return Point(word, not not_finite([guarded]), not_finite(parts) or "finite", None)


def not_finite(values: list[Any]) -> str:
    """ "nan", "inf" or "" for finite values."""
    arrays = [np.asarray(tf.convert_to_tensor(v)) for v in values if v is not None]
    if any(np.any(np.isnan(a)) for a in arrays):
        return "nan"
    return "inf" if any(np.any(np.isinf(a)) for a in arrays) else ""


SPREADS: tuple[float | str, ...] = (
    0.0, 1e-6, 0.3, 1.0, 5.0, 20.0, 50.0,
    "low", "high", "unit", "left", "right", "mixed", "one", "minus",
)  # fmt: skip


def extent(expression: str, leaves: Mapping[str, Any]) -> tuple[float, float] | None:
    """The least and the greatest value over many arguments between -50 and 50; None if it cannot be run."""
    low, high = math.inf, -math.inf
    names = [n for n, v in leaves.items() if tf.is_tensor(v) and v.dtype in (tf.float32, tf.complex64)]
    random = np.random.RandomState(1)
    for spread in SPREADS:
        env = dict(leaves)
        for at, name in enumerate(names):
            shape = tuple(leaves[name].shape)
            if spread in ("low", "high"):
                array = np.full(shape, -50.0 if spread == "low" else 50.0)
            elif spread in ("left", "right"):
                array = np.full(shape, -50.0 if (spread == "left") == (at == 0) else 50.0)
            elif spread in ("one", "minus"):
                array = np.full(shape, 1.0 if spread == "one" else -1.0)
            elif spread == "mixed":
                array = np.where(np.arange(int(np.prod(shape))) % 2, -50.0, 50.0).reshape(shape)
            elif spread == "unit":
                array = random.uniform(-1, 1, shape)
            else:
                array = np.clip(random.normal(size=shape) * float(spread), -50, 50)
            complex_ = leaves[name].dtype == tf.complex64
            env[name] = tf.constant(array + 1j * array if complex_ else array, leaves[name].dtype)
        try:
            parts = [np.asarray(p) for p in flat(run(expression, env)) if differentiable(p) and p.dtype.is_floating]
        except Exception:
            return None
        for part in parts:
            part = part[np.isfinite(part)]
            if part.size:
                low, high = min(low, float(part.min())), max(high, float(part.max()))
    return (low, high) if low <= high else None


def spread(expression: str, leaves: Mapping[str, Any]) -> str:
    """ "within" if results stay between the arguments, "sign" if they keep from being negative, or ""."""
    names = [n for n, v in leaves.items() if tf.is_tensor(v) and v.dtype == tf.float32]
    random = np.random.RandomState(2)
    within = sign = bool(names)
    for low, high in ((0.0, 0.0), (0.2, 0.7), (-3.0, -2.0), (2.0, 2.0), (-4.0, 1.0), (30.0, 40.0)):
        env = dict(leaves)
        for name in names:
            env[name] = tf.constant(random.uniform(low, high, tuple(leaves[name].shape)), tf.float32)
        try:
            parts = [np.asarray(p) for p in flat(run(expression, env)) if differentiable(p) and p.dtype.is_floating]
        except Exception:
            return ""
        if not parts:
            return ""
        values = np.concatenate([p.ravel() for p in parts])
        within = within and bool(np.all(values >= low - 1e-5) and np.all(values <= high + 1e-5))
        if low >= 0:
            sign = sign and bool(np.all(values >= 0))
    return "within" if within else "sign" if sign else ""
