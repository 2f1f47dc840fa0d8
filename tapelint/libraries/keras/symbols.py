"""What Keras's symbolic tensors are refused by: they have no numbers, no truth, no length.

TensorFlow's functions refuse those of Keras 3, and take those of Keras 2: what a program does after such a call nobody
can tell. Within a layer's call there are tensors in their place.
"""

from __future__ import annotations

from tapelint.flow.core import Arguments
from tapelint.flow.graph import Site
from tapelint.flow.values import Data, Value, options

from ..names import root
from ..natures import nature
from ..registry import Registry
from ..tensorflow.members import TENSOR, VARIABLE
from ..world import Libraries
from .layer_calls import is_within_a_call

OWN = frozenset(
    "dtype experimental_ref from_tensor from_type_spec get_shape is_tensor_like name ndim node op ragged ragged_rank "  # noqa: SIM905
    "record_history ref reshape row_splits_dtype set_shape shape sparse squeeze type_spec".split()
)
"""What a symbolic tensor has in Keras 3 or in Keras 2, but for names with an underscore at the front."""
LACKED = (TENSOR | VARIABLE | {"T", "item", "tolist", "astype", "mean", "sum"}) - OWN
"""What tensors, variables and arrays have and symbolic tensors have not."""

CONVERTING = {
    **dict.fromkeys(("tensorflow.constant", "tensorflow.Variable", "builtins.float", "builtins.int"), "ValueError"),
    **dict.fromkeys(("from_tensors", "from_tensor_slices"), "ValueError"),
    **dict.fromkeys(("builtins.bool", "builtins.len", "tensorflow.map_fn"), "TypeError"),
}
"""What asks for numbers, a truth or a length, and the exception of Keras 3."""
TAKING = frozenset(
    "Assert GradientTape IndexedSlices assert_equal batch_norm_with_global_normalization batch_normalization case cond "  # noqa: SIM905
    "divide eval flatten function get_static_value get_value group int_shape inverse_stft_window_fn is_keras_tensor "
    "is_numeric_tensor is_tensor map_structure pack_sequence_as print rad2deg switch_case tuple".split()
)
"""Functions of TensorFlow, by their last names, that take symbolic tensors of Keras 3 as well."""
NOT_CONVERTING = frozenset(f"numpy.{name}" for name in "array_equal flip ndim shape squeeze".split())  # noqa: SIM905
"""Functions of NumPy that need no numbers."""
OTHERWISE = frozenset(
    f"numpy.{name}" for name in "bool_ copyto float32 float64 int32 int64 interp put random. roots".split()  # noqa: SIM905
) | {f"math.{name}" for name in "dist fsum prod trunc".split()}  # noqa: SIM905
"""Functions that raise another exception than a ValueError."""


def register(registry: Registry) -> None:
    """Ask before a library's function is called."""
    registry.guards.append(_refused)
    registry.iterated = refuse_iteration


def is_symbol(world: Libraries, value: Value) -> bool:
    """Whether a value is certainly a symbolic tensor of Keras 3 here, whatever it may be of several."""
    if not world.has_symbols or is_within_a_call(world):
        return False
    return all(nature(each) == "symbolic" for each in options(value))


def lacks(world: Libraries, value: Value, name: str) -> bool:
    """Whether a value is a symbolic tensor, and has no such attribute."""
    return name in LACKED and is_symbol(world, value) and not world.run.is_set_somewhere(name)


def _refused(world: Libraries, name: str, args: Arguments, site: Site) -> Value | None:
    """What a call gives that is refused for a symbolic tensor, or may be; None where it is not."""
    if not world.is_symbolic(args.every()) or is_within_a_call(world):
        return None
    error = _error(world, name, args)
    if error:
        world.raised(error, site, name)
        return world.run.opaque(site, args.every())
    if _is_of_tensors(world, name):
        world.run.lose_track()
    return None


def _error(world: Libraries, name: str, args: Arguments) -> str:
    """The exception of what asks for numbers."""
    first = args.positional[0] if args.positional else None
    if first is None or not is_symbol(world, first) or name.startswith(tuple(OTHERWISE)):
        return ""
    if root(name) in ("numpy", "math"):
        return "ValueError" if world.facts.fact(name) is not None and name not in NOT_CONVERTING else ""
    return CONVERTING.get(name) or CONVERTING.get(name.rpartition(".")[2], "")


def _is_of_tensors(world: Libraries, name: str) -> bool:
    """Whether a function is TensorFlow's, or made of such, and refuses symbolic tensors of Keras 3."""
    fact = world.facts.fact(name)
    own = name.startswith(("tensorflow.", "keras.backend.")) and fact is not None and fact.kind == "function"
    return own and name.rpartition(".")[2] not in TAKING


def refuse_iteration(world: Libraries, value: Value, site: Site) -> None:
    """Python iterates, which a symbolic tensor does not allow."""
    if isinstance(value, Data) and is_symbol(world, value):
        world.raised("NotImplementedError", site, "iteration")
