"""Which library a qualified name belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

SAME_MODULES = (
    ("tensorflow.compat.v2.", "tensorflow."),
    ("tensorflow.compat.v1.", "tensorflow."),
    ("tensorflow._api.v2.", "tensorflow."),
    ("tensorflow.keras.", "keras."),
    ("tensorflow.python.keras.", "keras."),
    ("tensorflow.python.eager.backprop.", "tensorflow."),
    ("tensorflow.contrib.eager.", "tensorflow."),
    ("tensorflow.losses.", "keras.losses."),
    ("tensorflow.metrics.", "keras.metrics."),
    ("tensorflow.optimizers.", "keras.optimizers."),
    ("tensorflow.initializers.", "keras.initializers."),
    ("keras.mixed_precision.LossScaleOptimizer.", "keras.optimizers.LossScaleOptimizer."),
    ("keras.src.", "keras."),
    ("keras.Layer.", "keras.layers.Layer."),
    ("keras.Loss.", "keras.losses.Loss."),
    ("keras.Metric.", "keras.metrics.Metric."),
    ("keras.Optimizer.", "keras.optimizers.Optimizer."),
    ("keras.Initializer.", "keras.initializers.Initializer."),
    ("keras.Regularizer.", "keras.regularizers.Regularizer."),
)

PYTHONS_NUMBERS = ("math", "cmath", "statistics")
"""Modules of Python that compute plain numbers."""

EXTERNAL = frozenset(
    [
        "scipy",
        "sklearn",
        "skimage",
        "cv2",
        "PIL",
        "pandas",
        "statsmodels",
        "numba",
        "xgboost",
        "lightgbm",
        "imageio",
        "librosa",
        "networkx",
        "sympy",
        "cupy",
        "skfuzzy",
        "pywt",
        "nibabel",
        "SimpleITK",
        "rdkit",
        "Bio",
        "shapely",
    ]
)
"""Libraries of numbers that know no TensorFlow: what they return is detached."""

HOLDING = frozenset(
    "abc asyncio bisect collections concurrent contextlib contextvars copy dataclasses enum functools heapq itertools "  # noqa: SIM905
    "multiprocessing operator queue string threading types typing weakref".split()
)
"""Modules of Python's library whose functions hand on what the program itself has made."""

INERT = frozenset(
    [
        "logging",
        "os",
        "time",
        "datetime",
        "json",
        "pickle",
        "matplotlib",
        "tqdm",
        "wandb",
        "argparse",
        "absl",
        "re",
        "pathlib",
        "shutil",
        "glob",
        "csv",
        "warnings",
        "seaborn",
        "plotly",
        "io",
        "tempfile",
        "subprocess",
        "uuid",
        "hashlib",
        "platform",
        "abc",
        "string",
        "textwrap",
        "traceback",
        "pprint",
        "unittest",
        "pytest",
        "mlflow",
        "neptune",
        "tensorboardX",
        "tensorboard",
        "signal",
        "socket",
        "h5py",
        "yaml",
        "toml",
        "tomllib",
        "gzip",
        "zipfile",
        "tarfile",
        "bz2",
        "struct",
        "base64",
        "urllib",
        "requests",
        "http",
        "gin",
        "psutil",
    ]
)
"""Libraries that neither keep nor change a tensor that they are handed: logs, files, plots, the operating system."""


SETTLED = frozenset(
    "abc builtins collections contextlib copy dataclasses enum functools itertools keras math numpy operator random "  # noqa: SIM905
    "statistics tensorflow tf_keras types typing".split()
)
"""Libraries whose names stand for modules, functions, classes and dtypes, or for constants that are known."""


def is_settled(name: str) -> bool:
    """Whether a library's name certainly stands for something that is true: what a module holds that cannot be seen may
    be a setting, False or None.
    """
    return "." not in name or (root(name) in SETTLED and name != "numpy.False_")


@lru_cache(maxsize=4096)
def normalised(name: str) -> str:
    """A qualified name without the second names of its module: `tensorflow.keras.Model` is `keras.Model`."""
    dotted = name + "."
    for old, new in SAME_MODULES:
        if dotted.startswith(old):
            return normalised((new + dotted[len(old) :]).rstrip("."))
    return name


TAPE_LIBRARIES = ("tensorflow", "keras", "tf_keras", "horovod")
"""The libraries whose tapes were measured: what is said of another's is said with less confidence."""

OF_TENSORFLOW_1 = "tensorflow.compat.v1"

OLD_KERAS = "tf_keras."
"""What names of Keras 2 begin with."""


def of_keras(name: str) -> str:
    """The name in Keras 3 of what has the same name in Keras 2."""
    return name.removeprefix("tf_") if name.startswith(OLD_KERAS) else name


def is_of_keras(name: str) -> bool:
    """Whether a name is one of Keras 3 or Keras 2."""
    return name.startswith(("keras.", OLD_KERAS))


def root(name: str) -> str:
    """The top-level package."""
    return name.partition(".")[0]


def is_below(name: str, modules: Iterable[str]) -> bool:
    """Whether a name is one of these modules, or of what lies in them."""
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def shown(name: str) -> str:
    """A qualified name as a person writes it: `tf.square`, `np.mean`, `float`."""
    for full, short in (("tensorflow.", "tf."), ("numpy.", "np."), ("builtins.", "")):
        if name.startswith(full):
            return short + name[len(full) :]
    return name
