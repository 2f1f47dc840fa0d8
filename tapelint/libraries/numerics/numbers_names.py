"""One short name for the many that an operation has: `tf.math.add`, `operator +` and `keras.ops.add` are all "+"."""

from __future__ import annotations

SYNONYMS = {
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
    "truediv": "/",
    "realdiv": "/",
    "true_divide": "/",
    "div": "/",
    "pow": "**",
    "power": "**",
    "float_power": "**",
    "matmul": "@",
    "negative": "negative",
    "neg": "negative",
    "unary -": "negative",
    "unary +": "identity",
    "absolute": "abs",
    "greater": ">",
    "greater_equal": ">=",
    "less": "<",
    "less_equal": "<=",
    "equal": "==",
    "not_equal": "!=",
    "floordiv": "//",
    "floor_divide": "//",
    "mod": "%",
    "floormod": "%",
    "remainder": "%",
    "amax": "max",
    "amin": "min",
    "arccos": "acos",
    "arcsin": "asin",
    "arctan": "atan",
    "arctan2": "atan2",
    "arctanh": "atanh",
    "arccosh": "acosh",
    "arcsinh": "asinh",
    "l2_norm": "norm",
    "convert_to_tensor": "identity",
    "stop_gradient": "identity",
    "asarray": "identity",
    "array": "identity",
    "constant": "identity",
    "value": "identity",
    "read_value": "identity",
    "ensure_shape": "identity",
    "copy": "identity",
    "numpy": "identity",
    "clip": "clip_by_value",
    "full": "fill",
    "arange": "range",
    "take": "gather",
    "lin_space": "linspace",
    "concatenate": "concat",
    "ravel": "flatten",
    "log_softmax_v2": "log_softmax",
    "logsumexp": "logsumexp",
    "float": "identity",
    "cast": "cast",
    "astype": "cast",
    "to_float": "identity",
    "exponential": "exp",
    "swapaxes": "permuted",
    "boolean_mask": "boolean_mask",
    "log_sigmoid": "log_sigmoid",
    "&": "logical_and",
    "|": "logical_or",
    "unary ~": "logical_not",
    "invert": "logical_not",
    "isnan": "is_nan",
    "isfinite": "is_finite",
    "~": "logical_not",
    "sqr": "square",
    "cumulative_sum": "cumsum",
    "std": "std",
    "var": "variance",
    "nanmean": "mean",
    "nanstd": "std",
    "mean_all": "mean",
    "average": "mean",
    "select": "where",
    "log_sigmoid_v2": "log_sigmoid",
    "normalize": "normalize",
    "ReLU": "relu",
    "Softmax": "softmax",
    "batch_matmul": "@",
    "dot": "dot",
}

ROOTS = (
    "tensorflow.",
    "keras.ops.",
    "keras.activations.",
    "keras.backend.",
    "numpy.",
    "math.",
    "builtins.",
    "Tensor.",
    "Variable.",
    "ndarray.",
    "float.",
    "keras.random.",
    "keras.layers.",
    "tf_keras.",
)
OTHER_SENSE = (
    "tensorflow.sparse.",
    "tensorflow.linalg.experimental.",
    "tensorflow.ragged.",
    "tensorflow.strings.",
    "tensorflow.sets.",
    "tensorflow.data.",
    "numpy.linalg.",
    "numpy.ma.",
    "numpy.char.",
    "keras.layers.",
    "tensorflow.random.",
    "numpy.random.",
    "keras.random.",
    "tensorflow.signal.",
    "tensorflow.raw_ops.",
)
LAYERS = ("keras.layers.ReLU", "keras.layers.Softmax")
RANDOM = (
    "random",
    "dropout",
    "Dropout",
    "shuffle",
    "noise",
    "Noise",
    "sample",
    "augment",
    "Random",
    "stateless",
    "categorical",
)


def short(name: str) -> str:
    """The short name; "" for an operation that is not known by one."""
    if name.startswith("operator "):
        op = name[9:]
        return SYNONYMS.get(op, op)
    if not name.startswith(ROOTS) or (name.startswith(OTHER_SENSE) and name not in LAYERS):
        return "norm" if name == "numpy.linalg.norm" else ""
    last = name.rpartition(".")[2]
    if last.startswith("reduce_"):
        last = last[7:]
    return SYNONYMS.get(last, last)


def is_random(name: str) -> bool:
    """Whether two calls with the same arguments can give different numbers."""
    return any(word in name for word in RANDOM)
