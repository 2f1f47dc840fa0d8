"""Steps that are TensorFlow's own control, wrappers and tapes."""

# ruff: noqa: E501  (lines of the programs that are written here)

from __future__ import annotations

from .callables import body
from .operations import fill, flowing
from .registry import chain, one, step
from .writer import Writer


@step(0.9)
def graph_function(g: Writer, x: str) -> str:
    """A tf.function of its own, with or without AutoGraph."""
    strict = g.chance(0.3) or g.mode == "strict"
    g.tag("strict-function" if strict else "autograph-function")
    kind = g.random.randrange(4)
    mode = "strict" if strict else "graph"
    home = g.module
    decorator = (
        "@tf.function(autograph=False)"
        if strict
        else g.pick(
            [
                "@tf.function",
                "@tf.function()",
                "@tf.function(reduce_retracing=True)",
                "@tf.function(input_signature=[tf.TensorSpec([3], tf.float32)])",
            ]
        )
    )
    if kind == 0:
        plain = g.function("x", lambda: body(g, "x", 2), mode=mode, module=home)
        f = g.new("compiled", "traced")
        call = g.define(f"{f} = tf.function({plain}{', autograph=False' if strict else ''})", f, home)
        return f"{call}({x})"
    if g.mode == "eager" and not strict and g.cuts_left and g.chance(0.1):
        g.cuts_left -= 1
        return f"{g.function('x', lambda: g.pick(['x.numpy() * 2.0', 'np.sin(x)', 'x * float(x[0])', 'np.mean(x) * x']), decorators=[decorator], mode=mode, module=home)}({x})"
    return f"{g.function('x', lambda: body(g, 'x', 2), decorators=[decorator], mode=mode, module=home)}({x})"


@step(0.7)
def tf_cond(g: Writer, x: str) -> str:
    other = g.pick([*g.live, x])
    was = g.varied
    condition = g.pick([g.threshold(x), "tf.constant(True)", "True", f"tf.size({x}) > 2"])
    if "reduce" not in condition and "[0]" not in condition:
        g.varied = was
    else:
        g.varied = True
    true, false = flowing(g, x), flowing(g, other)
    if g.chance(0.4):
        f, h = g.new("on_true"), g.new("on_false")
        if g.mode == "graph":
            return f"tf.cond({condition}, lambda: {true}, lambda: {false})"
        with g.block(f"def {f}():"):
            g.emit(f"return {one(g, x)}")
        with g.block(f"def {h}():"):
            g.emit(f"return {false}")
        return f"tf.cond({condition}, {f}, {h})"
    return g.pick(
        [
            f"tf.cond({condition}, lambda: {true}, lambda: {false})",
            f"tf.cond({condition}, true_fn=lambda: {true}, false_fn=lambda: {x})",
            f"tf.case([(tf.cast({condition}, tf.bool), lambda: {true})], default=lambda: {false})",
            f"tf.switch_case(tf.constant({g.pick(['0', '1'])}), [lambda: {true}, lambda: {false}])",
        ]
    )


@step(0.6)
def tf_while_loop(g: Writer, x: str) -> str:
    update = g.pick(["tf.tanh({})", "{} * 0.5", "tf.sin({}) + 0.1", "{} + tf.constant([0.1, 0.2, 0.3])"]).format("a")
    rounds = g.pick(["2", "3", "6"])
    kind = g.random.randrange(3)
    if kind == 0:
        return f"tf.while_loop(lambda i, a: i < {rounds}, lambda i, a: (i + 1, {update}), (tf.constant(0), {x}))[1]"
    if kind == 1:
        return f"tf.while_loop(lambda i, a, b: i < {rounds}, lambda i, a, b: [i + 1, {update}, a + b], [0, {x}, {flowing(g, x)}])[{g.pick(['1', '2'])}]"
    i, a = g.new("final_i"), g.new()
    g.emit(
        f"{i}, {a} = tf.while_loop(cond=lambda i, a: tf.less(i, {rounds}), body=lambda i, a: (i + 1, {update} * {g.pick([x, '1.0'])}), loop_vars=(tf.constant(0), {x}))"
    )
    return a


@step(0.9)
def tf_mapping(g: Writer, x: str) -> str:
    other = g.pick([*g.live, x])
    inner = flowing_scalar(g)
    return g.pick(
        [
            f"tf.map_fn(lambda e: {inner}, {x})",
            f"tf.map_fn(lambda e: e * tf.reduce_sum({other}), {x})",
            f"tf.map_fn(lambda pair: pair[0] * pair[1], ({x}, {other}), fn_output_signature=tf.float32)",
            f"tf.map_fn(lambda i: {x}[i] * 2.0, tf.range(3), fn_output_signature=tf.float32)",
            f"tf.vectorized_map(lambda e: {inner}, {x})",
            f"tf.scan(lambda acc, e: acc * 0.5 + e, {x})",
            f"tf.scan(lambda acc, e: acc + {inner}, {x}, initializer=tf.constant(0.0))",
            f"tf.scan(lambda acc, e: e, {other}, initializer={x}[0])",
            f"tf.foldl(lambda acc, e: acc + e * {g.num()}, tf.stack([{x}, {other}]))",
            f"tf.foldr(lambda acc, e: acc * 0.5 + e, tf.stack([{x}, {other}]))",
            f"tf.map_fn(fn=lambda e: tf.stop_gradient(e) * e, elems={x})",
            f"tf.nest.map_structure(lambda item: item * {g.num()}, {{'a': {x}, 'b': {other}}})['a']",
        ]
    )


def flowing_scalar(g: Writer) -> str:
    return g.pick(["tf.sin(e)", "e * e", "tf.square(e) + 0.1", "tf.nn.softplus(e)", "e * 0.5", "tf.exp(-tf.square(e))"])


CUSTOM = {
    "right": ("tf.sin(x)", "dy * tf.cos(x)"),
    "straight": ("tf.round(x)", "dy"),
    "reverse": ("tf.identity(x)", "-dy"),
    "numpy": ("tf.numpy_function(np.sin, [x], tf.float32)", "dy * tf.cos(x)"),
    "clipped": ("tf.square(x)", "tf.clip_by_norm(dy * 2.0 * x, 1.0)"),
    "zero": ("tf.sin(x)", "tf.zeros_like(x)"),
    "sign": ("x * 2.0", "tf.sign(dy)"),
    "none": ("tf.sin(x)", "None"),
    "too-many": ("tf.sin(x)", "dy, dy"),
}


@step(2.2)
def custom_gradient(g: Writer, x: str) -> str:
    """A gradient of the program's own: right, straight-through, none at all, too many."""
    kinds = ["right", "straight", "reverse", "clipped"] + (["numpy"] if g.mode == "eager" else [])
    if g.cuts_left and g.chance(0.6):
        g.cuts_left -= 1
        kinds = ["none", "zero", "too-many", "none"]
    kind = g.pick(kinds)
    g.tag(f"custom-{kind}")
    value, gradient = CUSTOM[kind]

    def write() -> str:
        if kind in ("straight", "zero", "none") and g.chance(0.3):
            g.emit(f"value = {value}")
            return f"value, lambda dy: {gradient}"
        name = g.pick(["grad", "backward"])
        with g.block(f"def {name}(dy):" if not g.chance(0.2) else f"def {name}(*upstream):"):
            g.emit(f"return {gradient.replace('dy', 'upstream[0]') if 'upstream' in g.lines[-1] else gradient}")
        return f"{value}, {name}"

    call = g.function("x", write, decorators=["@tf.custom_gradient"], module=g.module)
    return f"{call}({x})"


@step(0.5)
def custom_gradient_two(g: Writer, x: str) -> str:
    other = g.pick([*g.live, x, fill(g, "tf.constant({v})")])

    def write() -> str:
        with g.block("def grad(dy):"):
            g.emit(
                f"return {g.pick(['dy * b, dy * a', 'dy * b, None', 'None, dy * a', 'dy * b, tf.zeros_like(b)', '[dy * b, dy * a]'])}"
            )
        return "a * b, grad"

    call = g.function("a, b", write, decorators=["@tf.custom_gradient"], module=g.module)
    return g.pick([f"{call}({x}, {other})", f"{call}({other}, {x})"])


@step(0.5)
def recompute(g: Writer, x: str) -> str:
    plain = g.function("x", lambda: flowing(g, "x") if g.chance(0.7) else body(g, "x", 1), module=g.module)
    return f"tf.recompute_grad({plain})({x})"


@step(0.6)
def python_function(g: Writer, x: str) -> str:
    inner = g.pick(["tf.sin(a)", "a * 2.0", "tf.square(a)", "a * tf.reduce_sum(a)"])
    return g.pick(
        [
            f"tf.ensure_shape(tf.py_function(lambda a: {inner}, [{x}], tf.float32), [3])",
            f"tf.ensure_shape(tf.py_function(func=lambda a: {inner}, inp=[{x}], Tout=tf.float32), [3])",
            f"tf.ensure_shape(tf.py_function(lambda a, b: a * b, [{x}, {g.pick([*g.live, x])}], Tout=tf.float32), [3])",
        ]
    )


@step(0.7)
def tensor_array(g: Writer, x: str) -> str:
    size = g.pick(["2", "3"])
    extra = g.pick(["", ", clear_after_read=False", ", dynamic_size=True"])
    array = g.bind(f"tf.TensorArray(tf.float32, size={size}{extra})", "array", "ta")
    if g.chance(0.5):
        index = g.new("i", "k")
        with g.block(f"for {index} in {g.pick(['range', 'range', 'tf.range'])}({size}):"):
            scale = f"tf.cast({index} + 1, tf.float32)" if "tf.range" in g.lines[-1] else f"float({index} + 1)"
            g.emit(f"{array} = {array}.write({index}, {x} * {scale})")
        return g.pick(
            [
                f"tf.reduce_sum({array}.stack(), axis=0)",
                f"{array}.stack()[1]",
                f"{array}.concat()[:3]",
                f"{array}.read(1)",
            ]
        )
    g.emit(f"{array} = {array}.unstack({x})" if size == "3" else f"{array} = {array}.unstack(tf.stack([{x}, {x}]))")
    return f"{array}.stack()" if size == "3" else g.pick([f"{array}.stack()[0]", f"{array}.read(0)"])


@step(0.5, "eager")
def data_loop(g: Writer, x: str) -> str:
    """Batches of a dataset meet the path: the batches are detached, what they meet is not.

    In a graph such a loop has no end: there another iterator ends it.
    """
    total, batch = g.bind(g.pick([x, "tf.zeros([3])"]), "total", "run"), g.new("batch", "row")
    source = g.pick(
        [
            f"tf.data.Dataset.from_tensor_slices(tf.constant([{g.vec()}, {g.vec()}]))",
            f"tf.data.Dataset.from_tensor_slices([{g.vec()}, {g.vec()}]).batch(1)",
            f"tf.data.Dataset.from_tensors({x}).repeat(2)",
            f"tf.data.Dataset.from_tensor_slices(tf.stack([{x}, {x}])).map(lambda item: item * 2.0)",
            "tf.data.Dataset.range(2).map(lambda n: tf.cast(n, tf.float32) * tf.ones([3]))",
        ]
    )
    header = f"for _, {batch} in zip(range(2), {source}):" if g.building else f"for {batch} in {source}:"
    with g.block(header):
        g.emit(f"{total} = {total} + tf.reshape({batch}, [3]) * {g.pick([x, x, '1.0'])}")
    return total


@step(0.8, "eager")
def variable_on_the_way(g: Writer, x: str) -> str:
    """A variable is written on the path: what was written is forgotten."""
    variable = g.bind(
        g.pick(["tf.Variable(tf.zeros([3]))", f"tf.Variable({g.vec()})", "tf.Variable(tf.ones([3]), trainable=False)"]),
        "buffer",
        "memory",
    )
    g.emit(f"{variable}.{g.pick(['assign', 'assign_add', 'assign_sub'])}({x})")
    if g.cuts_left:
        g.cuts_left -= 1
        g.tag("break-assign")
        return g.pick([f"({variable} * 1.0)", f"tf.sin({variable})", f"({variable} + {variable})"])
    return g.pick([f"({x} + {variable})", f"({variable} * {x})"])


@step(0.9, "eager")
def inner_tape(g: Writer, x: str) -> str:
    """The gradient of something inside is a value on the path."""
    tape = g.new("inner_tape", "sub_tape")
    with g.block(f"with tf.GradientTape({g.pick(['', 'persistent=True'])}) as {tape}:"):
        watched = g.chance(0.9)
        if watched:
            g.emit(f"{tape}.watch({x})")
        energy = g.bind(
            f"tf.reduce_sum({g.pick([chain(g, x, 1), f'tf.square({x})', f'{x} * {x} * {x}', f'3.0 * {x}'])})",
            "energy",
            "inner_loss",
        )
        inside = g.chance(0.2)
        if inside:
            slope = g.bind(f"{tape}.gradient({energy}, {x})", "slope", "du")
    if not inside:
        slope = g.bind(f"{tape}.gradient({energy}, {x})", "slope", "du")
    if g.chance(0.6):
        with g.block(f"if {slope} is None:"):
            g.emit(f"{slope} = {g.pick([f'tf.zeros_like({x})', x])}")
    return g.pick([slope, f"({slope} + {x})", f"tf.square({slope})", f"({x} - 0.1 * {slope})"])


@step(1.5, "eager")
def stop_recording(g: Writer, x: str) -> str:
    """A part is computed while the tape does not record."""
    if g.tape is None:
        return flowing(g, x)
    name = g.new()
    with g.block(f"with {g.tape}.stop_recording():"):
        g.emit(f"{name} = {flowing(g, x)}")
    if g.cuts_left and g.chance(0.6):
        g.cuts_left -= 1
        g.tag("break-stop-recording")
        return name
    return g.pick([f"({x} * {name})", f"({x} + {name})", x])


@step(0.3, "eager")
def watched_on_the_way(g: Writer, x: str) -> str:
    """The tape is told to watch a value that stands on the path."""
    if g.tape is None:
        return flowing(g, x)
    name = g.bind(flowing(g, x))
    g.emit(g.pick([f"{g.tape}.watch({name})", f"{g.tape}.watch([{name}, {x}])"]))
    return name


@step(0.3, "eager")
def layers_on_the_way(g: Writer, x: str) -> str:
    """A Keras layer made in place."""
    name = g.bind(
        g.pick(
            [
                "keras.layers.Dense(3, activation='tanh')",
                "keras.Sequential([keras.layers.Dense(4), keras.layers.Dense(3)])",
                "keras.layers.Dense(3, use_bias=False)",
                "keras.layers.LayerNormalization()",
                "keras.layers.Lambda(lambda v: tf.sin(v))",
                "keras.layers.Dropout(0.1)",
            ]
        ),
        "layer",
        "proj",
    )
    return (
        f"tf.reshape({name}({x}[None, :]{g.pick(['', ', training=True'])}), [3])"
        if "Lambda" not in g.lines[-1]
        else f"{name}({x})"
    )


@step(0.3)
def module_class(g: Writer, x: str) -> str:
    """A tf.Module with a variable of its own."""
    name, home = g.new("Affine", "Offset"), g.module
    text = (
        f"class {name}(tf.Module):\n    def __init__(self):\n        super().__init__()\n        self.scale = tf.Variable({g.vec()})\n\n"
        f"    def __call__(self, x):\n        return {g.pick(['x * self.scale', 'x + tf.stop_gradient(self.scale)', 'tf.sin(x) - self.scale'])}"
    )
    ref = g.define(text, name, home)
    if g.mode != "eager":
        return flowing(g, x)
    return f"{ref}()({x})"
