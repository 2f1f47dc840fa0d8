"""Names of Python and of libraries that are constants, or classes of a kind."""

from __future__ import annotations

import builtins

from tapelint.flow.values import NO_VALUE, NOT_IMPLEMENTED, Const, Value

BUILTINS: dict[str, Value] = {
    "builtins.True": Const(True), "builtins.False": Const(False), "builtins.None": NO_VALUE,
    "builtins.NotImplemented": NOT_IMPLEMENTED, "builtins.__debug__": Const(True),
    "builtins.Ellipsis": Const(...),
}  # fmt: skip

LIBRARIES: dict[str, Value] = {
    "math.pi": Const(3.141592653589793), "math.e": Const(2.718281828459045), "math.inf": Const(float("inf")),
    "numpy.pi": Const(3.141592653589793), "numpy.e": Const(2.718281828459045), "numpy.inf": Const(float("inf")),
    "math.nan": Const(float("nan")), "numpy.nan": Const(float("nan")), "numpy.newaxis": NO_VALUE,
    "tensorflow.newaxis": NO_VALUE, "math.tau": Const(6.283185307179586),
    **{f"tensorflow.image.ResizeMethod.{n}": Const(n.lower()) for n in (
        "BILINEAR", "BICUBIC", "AREA", "LANCZOS3", "LANCZOS5", "GAUSSIAN", "MITCHELLCUBIC")},
    "tensorflow.image.ResizeMethod.NEAREST_NEIGHBOR": Const("nearest"),
    **{f"builtins.{n}.{word}": Const(n) for word in ("__name__", "__qualname__") for n in (
        "int", "float", "bool", "str", "bytes", "complex", "tuple", "list", "dict", "set")},
    "typing.TYPE_CHECKING": Const(False),
}  # fmt: skip

OF_PYTHON = frozenset(dir(builtins))
INERT = frozenset(
    f"builtins.{n}"
    for n in "print repr str hash id input open format breakpoint help ascii bytes hex oct bin".split()  # noqa: SIM905
)
"""Functions of Python that neither keep nor change a tensor that they are handed."""

GIVEN = dict.fromkeys((f"builtins.{name}" for name in ("print", "help", "breakpoint")), NO_VALUE)
"""What comes back of those that give the same each time."""

SHOWING = ("builtins", "logging", "pprint", "reprlib", "traceback", "warnings")
"""Whose functions that give nothing back do not go over what they are handed."""

MODELS = (
    *("keras.Model", "keras.models.Model", "keras.Sequential", "keras.models.Sequential"),
    "keras.engine.training.Model",
)
"""The classes of Keras's models."""
