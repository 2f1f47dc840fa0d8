"""What is differentiated by: variables, watched tensors, and things that cannot be a source."""

# ruff: noqa: E501  (lines of the programs that are written here)

from __future__ import annotations

from dataclasses import dataclass

from .operations import fill
from .outside import vector
from .writer import Module, Writer


@dataclass(frozen=True)
class Source:
    """expr: as given to `gradient`. use: a vector on the path. watched: what `tape.watch` must get, if anything."""

    expr: str
    use: str
    watched: str = ""


NAMES = ("w", "b", "alpha", "theta", "gain", "shift", "x0", "inputs", "pos", "design", "coef", "mu")


def make_sources(g: Writer, count: int) -> list[Source]:
    """Define some sources at the top of the main file."""
    made: list[Source] = []
    while len(made) < count:
        made += one_kind(g)
    g.shared = [source.use for source in made if source.use]
    return made


def one_kind(g: Writer) -> list[Source]:
    kind = g.weighted(
        [
            (50, variable),
            (8, scalar_variable),
            (16, constant),
            (4, not_watched),
            (4, frozen),
            (3, integer),
            (5, keras_variable),
            (5, in_list),
            (4, in_dict),
            (4, on_object),
            (5, in_module),
            (3, computed),
            (2, impossible),
            (3, unusual),
            (4, from_outside),
        ]
    )
    g.tag(f"source-{kind.__name__}")
    return kind(g)


def first(g: Writer, line: str) -> None:
    g.modules["main"].first.append(line)


def variable(g: Writer) -> list[Source]:
    name = g.new(*NAMES)
    value = g.pick(
        [
            g.vec(),
            g.vec(),
            f"tf.constant({g.vec()})",
            f"np.array({g.vec()}, dtype='float32')",
            "tf.random.normal([3])",
            "tf.ones([3])",
            f"initial_value={g.vec()}, name='{name}'",
            f"{g.vec()}, dtype=tf.float32",
            f"{g.vec()}, trainable=True",
        ]
    )
    first(g, f"{name} = tf.Variable({value})")
    return [Source(name, name)]


def scalar_variable(g: Writer) -> list[Source]:
    name = g.new(*NAMES)
    first(g, f"{name} = tf.Variable({g.num()})")
    return [
        Source(name, g.pick([f"({name} * tf.ones([3]))", f"tf.fill([3], {name})", f"tf.stack([{name}, {name}, 1.0])"]))
    ]


def constant(g: Writer) -> list[Source]:
    name = g.new(*NAMES)
    first(
        g,
        f"{name} = {g.pick(['tf.constant({v})', 'tf.constant({v})', 'tf.convert_to_tensor({v})', 'tf.random.normal([3])', 'tf.zeros([3])']).format(v=g.vec())}",
    )
    return [Source(name, name, name)]


def not_watched(g: Writer) -> list[Source]:
    name = g.new(*NAMES)
    first(g, f"{name} = tf.constant({g.vec()})")
    return [Source(name, name)]


def frozen(g: Writer) -> list[Source]:
    name = g.new(*NAMES)
    first(g, f"{name} = tf.Variable({g.vec()}, trainable=False)")
    return [Source(name, name, name if g.chance(0.3) else "")]


def integer(g: Writer) -> list[Source]:
    name = g.new("n", "ids", "counts")
    value = g.pick(["[1, 2, 3]", "tf.constant([3, 1, 2])", "[1.0, 2.0, 3.0], dtype=tf.int32"][:2])
    watched = g.chance(0.5)
    first(g, f"{name} = tf.{'constant' if watched else 'Variable'}({value})")
    return [Source(name, f"tf.cast({name}, tf.float32)", name if watched else "")]


def keras_variable(g: Writer) -> list[Source]:
    name = g.new(*NAMES)
    first(g, f"{name} = keras.Variable({g.vec()}{g.pick(['', '', ', trainable=False', ', dtype=' + repr('float32')])})")
    return [
        Source(
            name,
            g.pick(
                [
                    f"({name} * 1.0)",
                    f"tf.convert_to_tensor({name})",
                    f"tf.sin({name})",
                    f"{name}.value" if g.chance(0.2) else f"({name} + 0.0)",
                ]
            ),
        )
    ]


def in_list(g: Writer) -> list[Source]:
    name = g.new("ws", "params", "coefs")
    kind = g.random.randrange(3)
    if kind == 0:
        first(g, f"{name} = [tf.Variable({g.vec()}), tf.Variable({g.vec()})]")
    elif kind == 1:
        first(g, f"{name} = [tf.Variable(tf.constant({g.vec()}) * k) for k in (1.0, 0.5)]")
    else:
        first(
            g,
            f"{name} = []\nfor seed in range(2):\n    {name}.append(tf.Variable(tf.random.normal([3], seed=seed), name=f'w{{seed}}'))",
        )
    return [Source(f"{name}[0]", f"{name}[0]"), Source(f"{name}[1]", f"{name}[1]")]


def in_dict(g: Writer) -> list[Source]:
    name = g.new("params", "weights")
    first(g, f'{name} = {{"a": tf.Variable({g.vec()}), "b": tf.Variable({g.vec()})}}')
    return [Source(f'{name}["a"]', f'{name}["a"]'), Source(f'{name}["b"]', f'{name}["b"]')]


def on_object(g: Writer) -> list[Source]:
    name, cls = g.new("net", "state_of"), g.new("Params", "Weights")
    first(
        g,
        f"class {cls}:\n    def __init__(self, scale):\n        self.w = tf.Variable(tf.constant({g.vec()}) * scale)\n        self.b = tf.Variable({g.vec()})\n\n\n{name} = {cls}({g.num()})",
    )
    return [Source(f"{name}.w", f"{name}.w"), Source(f"{name}.b", f"{name}.b")]


def in_module(g: Writer) -> list[Source]:
    """A variable that another module holds."""
    name = g.new("offset", "scale")
    module = g.modules.setdefault("settings", Module())
    kind = g.random.randrange(3)
    text = f"tf.{['Variable', 'constant', 'Variable'][kind]}({g.vec()})"
    if kind == 2:
        module.definitions.append(f"def make_{name}():\n    return {text}")
        ref = g.reference(f"make_{name}", "settings")
        first(g, f"{name} = {ref}()")
        return [Source(name, name)]
    module.first.append(f"{name} = {text}")
    ref = g.reference(name, "settings")
    return [Source(ref, ref, ref if kind == 1 else "")]


def computed(g: Writer) -> list[Source]:
    """A source that was computed from a variable before any tape."""
    name, base = g.new(*NAMES), g.new("raw", "log_scale")
    first(g, f"{base} = tf.Variable({g.vec()})")
    first(g, f"{name} = {g.pick(['tf.exp', 'tf.sin', 'tf.nn.softplus', 'tf.convert_to_tensor'])}({base})")
    if g.chance(0.5):
        return [Source(base, name)]
    return [Source(name, name, g.pick([name, ""]))]


def impossible(g: Writer) -> list[Source]:
    name = g.new(*NAMES)
    value = g.pick([f"np.array({g.vec()}, dtype='float32')", f"np.array({g.vec()}, dtype='float32')", g.vec(), g.num()])
    first(g, f"{name} = {value}")
    return [
        Source(
            name,
            f"({name} * tf.ones([3]))" if not value.startswith("[") else f"tf.constant({name})",
            name if g.chance(0.2) else "",
        )
    ]


def unusual(g: Writer) -> list[Source]:
    name, original = g.new(*NAMES), g.new(*NAMES)
    first(g, f"{original} = tf.Variable({g.vec()})")
    copied = g.pick(
        [
            f"tf.Variable({original})",
            f"copy.copy({original})",
            f"copy.deepcopy({original})",
            original,
            f"{original}.read_value()",
            f"tf.identity({original})",
            f"{original}[:]",
            f"{original}.initialized_value()" if False else f"tf.Variable({original} * 2.0)",
        ]
    )
    first(g, f"{name} = {copied}")
    return g.pick(
        [
            [Source(name, name)],
            [Source(original, name)],
            [Source(name, original)],
            [Source(name, f"({name} * {original})")],
        ]
    )


def from_outside(g: Writer) -> list[Source]:
    """A variable that is set from outside, or a tensor of what comes from there."""
    name, value = g.new("w", "loaded", "weights_in"), vector(g)
    if g.chance(0.7):
        first(g, f"{name} = tf.Variable({value})")
        return [Source(name, name)]
    first(g, f"{name} = tf.convert_to_tensor({value})")
    return [Source(name, name, name if g.chance(0.8) else "")]


def extra_vector(g: Writer) -> str:
    """A constant that nobody differentiates by."""
    name = g.new("target_v", "data", "weights_of", "noise")
    if g.chance(0.2):
        first(g, f"{name} = {vector(g)}")
        return name
    first(
        g,
        f"{name} = {fill(g, g.pick(['tf.constant({v})', 'np.array({v}, dtype=' + repr('float32') + ')', 'tf.random.normal([3])']))}",
    )
    return name
