"""What NumPy's arrays and scalars have: an attribute that is among neither they lack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tapelint.flow.graph import Node
from tapelint.flow.values import Data, Value

from ..names import EXTERNAL, root
from ..shapes import widths

if TYPE_CHECKING:
    from ..world import Libraries

ARRAY = frozenset(
    "T all any argmax argmin argpartition argsort astype base byteswap choose clip compress conj conjugate copy ctypes "  # noqa: SIM905
    "cumprod cumsum data device diagonal dot dtype dump dumps fill flags flat flatten getfield imag item itemset "
    "itemsize mT max mean min nbytes ndim newbyteorder nonzero partition prod ptp put ravel real repeat reshape resize "
    "round searchsorted setfield setflags shape size sort squeeze std strides sum swapaxes take to_device tobytes "
    "tofile tolist tostring trace transpose var view".split()
)
"""What an array has, in any version of NumPy, but for names with an underscore at the front."""

OF_ONE = frozenset("argpartition ctypes device dot itemset mT newbyteorder partition ptp to_device tostring".split())  # noqa: SIM905
"""What of it scalars, or other versions, have not."""

SCALAR = frozenset(
    "as_integer_ratio bit_count denominator from_bytes fromhex hex is_integer numerator to_bytes".split()  # noqa: SIM905
)
"""What some scalars have besides."""

READING = ("Tensor.numpy", "Variable.numpy", "KerasVariable.numpy", "keras.ops.convert_to_numpy")
MAKING = ("numpy.array", "numpy.asarray", "numpy.ascontiguousarray")
"""What gives an array, whatever it is made of."""
KEEPING = ("numpy.asanyarray", "ndarray.view", "numpy.require")
"""What may give an object of another class."""


OWN = "attribute"
"""The mark of an attribute, perhaps a method, of an object that another library made of plain numbers."""


def lacks(world: Libraries, value: Data, name: str) -> bool:
    """Whether a value is certainly an array or a scalar of NumPy's, and neither has such an attribute; or an array, and
    only scalars have it.
    """
    if name.startswith("_") or name in ARRAY or (name in SCALAR and not value.shape):
        return False
    return _is_of_numbers(world, value) and is_of_numpy(world, value.node)


def _is_of_numbers(world: Libraries, value: Value) -> bool:
    """Whether it is known that an array holds numbers, no texts and no objects."""
    return isinstance(value, Data) and (value.dtype in ("i", "b") or widths.of(world, value) in widths.FLOATS)


def has(world: Libraries, value: Data, name: str) -> bool | None:
    """Whether an array or a scalar of NumPy has an attribute; None where nobody can tell."""
    if name in ARRAY - OF_ONE and _is_of_numbers(world, value) and is_of_numpy(world, value.node):
        return True
    return False if lacks(world, value, name) else None


def is_of_numpy(world: Libraries, node: Node) -> bool:
    """Whether NumPy made a value, and of what none of its functions makes anything but arrays and scalars."""
    seen, todo = {node.id}, [node]
    while todo:
        made = todo.pop()
        if made.op in (*READING, *MAKING):
            continue
        if made.opaque or made.outside or made.kind in ("object", "?") or root(made.op) in EXTERNAL:
            return False
        if made.kind != "numpy":
            continue
        known = made.op.startswith(("operator ", "ndarray."))
        known = known or (made.op.startswith("numpy.") and world.facts.fact(made.op) is not None)
        if not known or made.detail or made.op in KEEPING:
            return False
        todo += [edge.node for edge in made.edges if edge.node.id not in seen]
        seen.update(edge.node.id for edge in made.edges)
    return True
