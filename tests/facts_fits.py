"""Checks fits.txt: what functions refuse whose experiments were made with other tensors: other ranks, other lengths,
other dtypes, numbers, lists, arrays and variables in the place of tensors."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, TypeVar

import facts_lab as lab
import propose_facts as propose
from facts_dtypes import arguments_of, in_dtype
from facts_kinds import tried
from facts_unlike import calls_in, leaves_in, raised, raised_in_graph

from tapelint.facts.parse import full_name, header_name, leaves_of, read_header
from tapelint.facts.table import FOLDER, fits

FILES = (
    *("tf.txt", "tf_math.txt", "tf_linalg.txt", "tf_nn.txt", "tf_signal.txt", "tf_other.txt", "tf_image.txt"),
    *("keras_ops.txt", "keras_losses.txt", "keras_backend.txt", "tf_random.txt", "tf_sparse.txt"),
    *("keras_metrics.txt", "python.txt", "methods.txt", "keras_layers.txt", "keras_other.txt"),
)
OF_PYTHON = (
    *("builtins.", "copy.", "functools.", "operator.", "statistics."),
    *("ndarray.", "Metric.", "Model.", "TensorArray.", "keras.Variable", "keras.layers.Lambda"),
)
"""What takes anything, not tensors only; of Python's functions those of `math` are tried."""
OF_NUMPY = ("numpy.txt",)
"""What fits_numpy.txt is about."""
NOT_TRIED = (
    *("nn.conv1d", "nn.conv2d", "nn.conv3d", "nn.convolution", "nn.depthwise_conv2d", "nn.separable_conv2d"),
    *("nn.depthwise_conv2d_backprop_filter", "nn.max_pool3d", "image.combined_non_max_suppression"),
    *("quantization.fake_quant_with_min_max_vars_per_channel", "nn.nce_loss", "nn.sampled_softmax_loss"),
)
"""What ends the process for some arguments, or takes long: only dtypes are tried here."""
OF_SIZES = (
    *(".reshape", ".tile", ".slice", ".strided_slice", ".ensure_shape", ".pad", ".broadcast_to", ".assert_rank"),
    *(".space_to_batch", ".space_to_batch_nd", ".batch_to_space", ".random_crop", ".stateless_random_crop", ".norm"),
    *(".scatter_nd", ".slice_update", ".scatter", ".scatter_update", ".take_along_axis", ".rearrange", ".get_item"),
    *(f".tensor_scatter_nd_{name}" for name in ("add", "max", "min", "sub", "update")),
    *(".lu_solve", ".set_shape", ".Reshape", ".Permute", ".EinsumDense"),
    *(".TimeDistributed", ".Bidirectional", ".RNN", ".SpectralNormalization"),
)
"""Where other arguments say how many axes there are, or a layer that is wrapped."""
NO_ARRAY = "NotImplementedError"
"""What a tensor of a graph raises that is to be made an array."""
VARIABLES = ("Variable.", "KerasVariable.")
"""Whose other arguments say how many axes there are."""
OF_WEIGHTS = ("  weights ", "  inner ")
"""How the lines begin that say what a layer holds."""
RANKS = range(5)
K = TypeVar("K")
Case = tuple[str, tuple[str, ...], tuple[str, ...]]
"""A function, its parameters, and what each was given: a rank, or a letter."""


def listed(numpys: bool = False) -> set[Case]:
    """What fits.txt, or NumPy's own table, says is refused, but for what is not tried here."""
    every = {(name, names, given) for name, rows in fits().items() for names, refused in rows for given in refused}
    every = {case for case in every if case[0].startswith("numpy.") == numpys}
    return {case for case in every if not (case[0].endswith(NOT_TRIED) and case[2][0] not in (*DTYPES, "["))}


def measured(files: Sequence[str] = FILES) -> set[Case]:
    """The same as it was seen: refused in each experiment that was made with it."""
    return always_refused(files, _of_block)


def always_refused(files: Sequence[str], of_block: Callable[[str], Iterator[tuple[K, bool]]]) -> set[K]:
    """Of what the blocks of some files say each time whether it is refused, that which always is."""
    seen: dict[K, set[bool]] = {}
    for file in files:
        for block in Path(FOLDER, file).read_text(encoding="utf-8").split("\n\n"):
            for case, refused in of_block(block.strip("\n")):
                seen.setdefault(case, set()).add(refused)
    return {case for case, refused in seen.items() if refused == {True}}


def _of_block(block: str) -> Iterator[tuple[Case, bool]]:
    header, *lines = block.split("\n")
    if not lines or header.startswith("#"):
        return
    signatures, name = read_header(header), full_name(header_name(header))
    if name.startswith(OF_PYTHON) or not signatures:
        return
    names = [p.name for p in signatures[-1] if not p.star and not p.keyword_only]
    for expression, call in calls_in(line for line in lines if not line.startswith(OF_WEIGHTS)):
        if isinstance(call.func, ast.Call) != (len(signatures) > 1):
            continue
        env = propose.env_of(expression)
        call, made_of = _named(call, env)
        expression, env = ast.unparse(call), {**env, **made_of}
        given = arguments_of(call, names)
        if names[:1] == ["self"] and isinstance(call.func, ast.Attribute):
            given.append(("self", call.func.value))
        places = {n: leaves for n, argument in given if (leaves := _tensors(argument, env))}
        if places:
            if not name.endswith(NOT_TRIED):
                yield from _of_experiment(name, expression, env, places)
            alone = {n for n, each in given if isinstance(each, ast.Name)} - {"self"}
            yield from _of_others(name, expression, env, places, alone)
            plain = {n: leaves for n, leaves in places.items() if made_of.keys().isdisjoint(leaves)}
            yield from _of_all(name, expression, env, plain) if len(plain) < len(places) else ()
        optional = {p.name for p in signatures[-1] if p.has_default}
        for parameter, letter, refused in () if name.endswith(NOT_TRIED) else tried(call, env, given, optional):
            yield (name, (parameter,), (letter,)), refused
        made = {n: leaves for n, argument in given if (leaves := _within(argument, env))}
        yield from _of_others(name, expression, env, made, set()) if made else ()


def _tensors(argument: ast.expr, env: Mapping[str, Any]) -> list[str]:
    return [leaf for leaf in leaves_in(argument) if isinstance(env[leaf], lab.tf.Tensor)]


def _named(call: ast.Call, env: Mapping[str, Any]) -> tuple[ast.Call, dict[str, Any]]:
    """A call with names in the place of what other calls make tensors, of the dtypes that are tried, and these."""
    made: dict[str, Any] = {}

    def named(argument: ast.expr) -> ast.expr:
        value = lab.run(ast.unparse(argument), env) if isinstance(argument, ast.Call) else None
        if not isinstance(value, lab.tf.Tensor) or value.dtype.name not in DTYPES.values():
            return argument
        made[f"made{len(made)}"] = value
        return ast.Name(f"made{len(made) - 1}", ast.Load())

    args = [named(each) for each in call.args]
    return ast.Call(call.func, args, [ast.keyword(k.arg, named(k.value)) for k in call.keywords]), made


def _within(argument: ast.expr, env: Mapping[str, Any]) -> list[str]:
    """The tensors of floats that a thing is made of which a function is given."""
    leaves = leaves_of(argument) if isinstance(argument, ast.Call) else ()
    return [each for each in leaves if isinstance(env[each], lab.tf.Tensor) and env[each].dtype.is_floating]


def _of_experiment(
    name: str, expression: str, env: dict[str, Any], places: Mapping[str, list[str]]
) -> Iterator[tuple[Case, bool]]:
    names = tuple(sorted(places))
    of_sizes = name.endswith(OF_SIZES) or name.startswith(VARIABLES)
    alone = len(names) == 1 and (name.startswith("keras.layers.") or name.endswith(".norm"))
    for ranks in ([(0,)] if alone else []) if of_sizes else _ranks(env, [places[n][0] for n in names]):
        parts = product(*(_at_rank(env, places[n], rank) for n, rank in zip(names, ranks, strict=True)))
        ways = [{**env, **{leaf: value for given in each for leaf, value in given.items()}} for each in parts]
        refused = all(raised(expression, given) for given in ways)
        yield (name, names, tuple(map(str, ranks))), refused
        of_numpy = name.startswith("numpy.") and len(names) == 1
        if refused and of_numpy and {raised_in_graph(expression, given) for given in ways} != {NO_ARRAY}:
            yield (name, names, ("g",)), True
    for parameter, letter, shorter in _shorter(env, places):
        yield (name, (parameter,), (letter,)), bool(raised(expression, {**env, **shorter}))
    for parameter, leaves in places.items():
        for letter, turned in _turned(env, leaves).items() if parameter != "self" else ():
            if (letter == "n" and of_sizes) or (letter in "Ns" and not name.startswith("keras.")):
                continue  # what TensorFlow makes of None is in nones.txt, and of some texts the end of the process
            refused = bool(raised(expression, {**env, **turned}))
            if letter == "n":  # a number: a whole one, too
                refused = refused and bool(raised(expression, {**env, **dict.fromkeys(turned, 2)}))
            yield (name, (parameter,), (letter,)), refused


def _of_others(
    name: str, expression: str, env: dict[str, Any], places: Mapping[str, list[str]], alone: set[str]
) -> Iterator[tuple[Case, bool]]:
    """What becomes of tensors of other dtypes, in the place of some and in that of all; and of a list of tensors in
    that of one, for the parameters that are given one `alone`.
    """
    for parameter, leaves in places.items():
        turned = _of_dtypes(env, leaves)
        if parameter in alone and env[leaves[0]].shape.rank:
            turned["["] = {leaves[0]: [env[leaves[0]][0]] * len(env[leaves[0]])}
        for letter, given in turned.items():
            yield (name, (parameter,), (letter,)), bool(raised(expression, {**env, **given}))
    yield from _of_all(name, expression, env, places)


def _of_all(
    name: str, expression: str, env: dict[str, Any], places: Mapping[str, list[str]]
) -> Iterator[tuple[Case, bool]]:
    """The same of all at once."""
    names = tuple(sorted(places))
    every = [leaf for leaves in places.values() for leaf in leaves]
    for letter, given in _of_dtypes(env, every).items() if len(places) > 1 else ():
        yield (name, names, (letter,) * len(names)), bool(raised(expression, {**env, **given}))


def _ranks(env: Mapping[str, Any], leaves: list[str]) -> Iterator[tuple[int, ...]]:
    """The ranks to try: all of them together for one or two tensors; for more, one at a time, and all at once."""
    own = tuple(len(env[leaf].shape) for leaf in leaves)
    if len(leaves) < 3:
        yield from product(RANKS, repeat=len(leaves))
        return
    yield from (tuple(rank + more for rank in own) for more in range(-min(own), 3))
    for index in range(len(own)):
        yield from ((*own[:index], rank, *own[index + 1 :]) for rank in RANKS if rank != own[index])


def _shorter(
    env: Mapping[str, Any], places: Mapping[str, list[str]]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Tensors that are shorter than others of the same shape, along the last axis or along the first."""
    shapes = [tuple(env[leaf].shape) for leaves in places.values() for leaf in leaves]
    for parameter, leaves in places.items():
        shape = tuple(env[leaves[0]].shape)
        if len(places) == 1 or not shape or shapes.count(shape) <= len(leaves):
            continue
        if shape[-1] > 2:
            yield parameter, "<", {leaf: env[leaf][..., :-1] for leaf in leaves}
        if len(shape) > 1 and shape[0] > 2:
            yield parameter, "^", {leaf: env[leaf][:-1] for leaf in leaves}


def _at_rank(env: Mapping[str, Any], leaves: list[str], rank: int) -> Iterator[dict[str, Any]]:
    """Tensors of a rank: parts of those that there are, or many of them, along the first axis and along the last; those
    with a last axis of length 1 as well, and with all such.
    """
    own = len(env[leaves[0]].shape)
    ways: list[Callable[[Any], Any]] = [lambda value: value]
    if rank < own:
        ways = [lambda value: value[(0,) * (own - rank)], lambda value: value[(..., *(0,) * (own - rank))]]
    elif rank > own:
        more = (1,) * (rank - own)
        ways = [
            lambda value: lab.tf.reshape(value, (*more, *value.shape)),
            lambda value: lab.tf.reshape(value, (*value.shape, *more)),
            lambda value: lab.tf.tile(lab.tf.reshape(value, (*more, *value.shape)), (3,) * (rank - own) + (1,) * own),
        ]
    for way in ways:
        made = {leaf: way(env[leaf]) for leaf in leaves}
        yield made
        if rank:
            yield {leaf: value[..., :1] for leaf, value in made.items()}
            yield {leaf: value[(slice(1),) * rank] for leaf, value in made.items()}


def _turned(env: Mapping[str, Any], leaves: list[str]) -> dict[str, dict[str, Any]]:
    """By their letters, other things with the numbers of the tensors that a parameter is given."""
    tensors = {leaf: env[leaf] for leaf in leaves}
    if any(tensor.dtype == lab.tf.string for tensor in tensors.values()):
        return {}
    arrays = {leaf: tensor.numpy() for leaf, tensor in tensors.items()}
    turned = {
        "l": {leaf: array.tolist() for leaf, array in arrays.items() if array.ndim},
        "a": {leaf: array.astype("float64") for leaf, array in arrays.items() if array.dtype == "float32"},
        "A": arrays,
        "v": {leaf: lab.tf.Variable(tensor) for leaf, tensor in tensors.items()},
        "N": dict.fromkeys(leaves),
        "s": dict.fromkeys(leaves, "a"),
        "k": {leaf: lab.keras.Variable(array, dtype=str(array.dtype)) for leaf, array in arrays.items()},
    }
    if len(leaves) == 1:
        turned["n"] = {leaf: array.flat[0].item() for leaf, array in arrays.items() if array.size}
    return {letter: given for letter, given in turned.items() if given}


DTYPES = {"i": "int32", "b": "bool", "h": "float16", "d": "float64", "c": "complex64", "f": "float32"}


def _of_dtypes(env: Mapping[str, Any], leaves: list[str]) -> dict[str, dict[str, Any]]:
    """By their letters, the tensors in other dtypes than any of them has."""
    tensors = {leaf: env[leaf] for leaf in leaves}
    if any(tensor.dtype == lab.tf.string for tensor in tensors.values()):
        return {}
    return {
        letter: {leaf: in_dtype(tensor, dtype) for leaf, tensor in tensors.items()}
        for letter, dtype in DTYPES.items()
        if not any(tensor.dtype == dtype for tensor in tensors.values())
    }


def main() -> None:
    """Print the lines of fits.txt as they are measured; with an argument those of NumPy's functions."""
    told: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for name, names, given in measured(OF_NUMPY if sys.argv[1:] else FILES):
        short = name.replace("tensorflow.", "tf.") if not name.startswith("numpy.") else f"np.{name[6:]}"
        told.setdefault((short, names), []).append("".join(given))
    for (name, names), every in sorted(told.items()):
        print(name, ", ".join(names), " ".join(sorted(every)), sep="  ")


if __name__ == "__main__":
    main()
