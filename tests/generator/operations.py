"""Steps that are one expression: a vector in, a vector out. Most keep the gradient, some cut it, some only look so."""

from __future__ import annotations

from collections.abc import Callable

from .writer import Writer

Step = Callable[[Writer, str], str]

FLOWING = """
tf.sin({x})
tf.tanh({x})
tf.sigmoid({x})
tf.nn.softplus({x})
tf.nn.relu({x} + 0.05)
tf.nn.elu({x})
tf.nn.leaky_relu({x})
tf.nn.softmax({x})
tf.nn.log_softmax({x})
tf.nn.gelu({x})
tf.nn.silu({x})
tf.math.cos({x})
tf.math.atan({x})
tf.math.erf({x})
tf.math.softsign({x})
tf.math.log(1.0 + tf.square({x}))
tf.math.log1p(tf.abs({x}))
tf.math.asinh({x})
tf.sqrt(1.0 + tf.square({x}))
tf.math.rsqrt(2.0 + tf.square({x}))
tf.exp(tf.tanh({x}))
tf.square({x})
tf.abs({x})
abs({x})
-{x}
{x} ** 2
{x} * {n}
{n} * {x}
{x} + {n}
{n} - {x}
{x} / {p}
{x} / (1.0 + tf.square({x}))
{x} * {x}
{x} - tf.reduce_mean({x})
{x} + tf.reduce_sum({x}, keepdims=True)
{x} * tf.constant({v})
tf.constant({v}) - {x}
tf.multiply({x}, {n})
tf.add({x}, {n})
tf.subtract({x}, {v})
tf.divide({x}, {p})
tf.pow({x}, 2.0)
tf.maximum({x}, {n})
tf.minimum({x}, {v})
tf.math.squared_difference({x}, {v})
tf.clip_by_value({x}, -30.0, 30.0)
tf.where({x} > {n}, {x}, 0.5 * {x})
tf.where({x} > 0.0, tf.square({x}), {x})
tf.identity({x})
tf.constant({x})
tf.convert_to_tensor({x})
tf.cast({x}, tf.float32)
tf.cast(tf.cast({x}, tf.float64), tf.float32)
tf.cast(tf.cast({x}, tf.complex64) * 2.0, tf.float32)
tf.reshape({x}, [3])
tf.reshape(tf.reshape({x}, [3, 1]), [-1])
tf.squeeze(tf.expand_dims({x}, 0), 0)
{x}[:, None][:, 0]
{x}[::-1]
{x}[tf.newaxis, :][0]
tf.reverse({x}, [0])
tf.roll({x}, 1, 0)
tf.concat([{x}[:1], {x}[1:]], 0)
tf.concat([{x}, {x}], 0)[:3]
tf.stack(tf.unstack({x}))
tf.stack([{x}[0], {x}[1], {x}[2]])
tf.stack([{x}, 2.0 * {x}])[1]
tf.gather({x}, [2, 0, 1])
tf.gather({x}, tf.argsort(tf.stop_gradient({x})))
tf.tile({x}, [2])[:3]
tf.pad({x}, [[1, 0]])[1:]
tf.slice({x}, [0], [3])
tf.split(tf.concat([{x}, {x}], 0), 2)[0]
tf.boolean_mask({x}, [True, True, True])
tf.repeat({x}, 2)[::2]
tf.transpose(tf.expand_dims({x}, 0))[:, 0]
tf.broadcast_to({x}, [2, 3])[0]
tf.meshgrid({x}, {x})[0][0]
tf.cumsum({x})
tf.math.cumprod(0.5 * {x})
tf.sort({x})
tf.math.top_k({x}, 3).values
tf.math.top_k({x}, 3)[0]
tf.linalg.normalize({x})[0]
tf.math.l2_normalize({x} + 0.1, axis=0)
tf.linalg.matvec(tf.constant({m}), {x})
tf.matmul(tf.constant({m}), {x}[:, None])[:, 0]
tf.linalg.diag_part(tf.linalg.diag({x}))
tf.reshape(tf.matmul({x}[None, :], {m}), [3])
tf.einsum("ij,j->i", tf.constant({m}), {x})
tf.einsum("i,i->i", {x}, {x})
tf.tensordot({x}, tf.constant({m}), axes=1)
tf.reduce_sum(tf.stack([{x}, {x} * {n}]), axis=0)
tf.reduce_logsumexp(tf.stack([{x}, 2.0 * {x}]), axis=0)
tf.reduce_max(tf.stack([{x}, 0.5 * {x}]), axis=0)
tf.add_n([{x}, {x}])
tf.math.accumulate_n([{x}, {x}])
tf.math.divide_no_nan({x}, {p})
tf.math.multiply_no_nan({x}, {p})
tf.math.floormod({x}, 5.0)
tf.tensor_scatter_nd_update({x}, [[0]], [{n}])
tf.tensor_scatter_nd_add({x}, [[1]], {x}[:1])
tf.math.unsorted_segment_sum({x}, [2, 1, 0], 3)
tf.math.segment_sum({x}, [0, 1, 2])
tf.scatter_nd([[0], [1], [2]], {x}, [3])
tf.nest.map_structure(tf.sin, [{x}, {x}])[0]
tf.nest.flatten(({x}, {{"k": {x}}}))[1]
tf.ensure_shape({x}, [3])
tf.fill([3], 1.0) * {x}
tf.ones_like({x}) * {x}
tf.random.normal([3], mean={x})
tf.nn.bias_add({x}[None, :], tf.constant({v}))[0]
tf.nn.dropout({x}, rate=0.1)
tf.nn.conv1d({x}[None, :, None], tf.constant([[[{n}]]]), 1, "SAME")[0, :, 0]
tf.math.real(tf.complex({x}, {x}))
tf.grad_pass_through(tf.round)({x})
tf.quantization.fake_quant_with_min_max_args({x}, -6.0, 6.0)
tf.debugging.check_numerics({x}, "bad")
tf.keras.activations.gelu({x})
keras.ops.tanh({x})
keras.ops.square({x})
keras.ops.where({x} > 0.0, {x}, 0.1 * {x})
keras.ops.convert_to_tensor({x})
keras.activations.relu({x} + 0.02)
keras.layers.Activation("tanh")({x})
keras.layers.Dense(3)({x}[None, :])[0]
keras.layers.LayerNormalization()({x}[None, :])[0]
keras.layers.Flatten()({x}[None, :, None])[0]
np.float32(1.5) * {x}
{x} * np.ones(3, dtype="float32")
np.array({v}, dtype="float32") - {x}
{x} + np.float32({n})
({x}[None, :] @ np.array({m}, dtype="float32"))[0]
sum([{x}, {x}])
sum({x} * w_k for w_k in {v})
max([{x}, {x}], key=lambda item: 1)
sorted([(1, {x}), (0, 2.0 * {x})], key=lambda item: item[0])[0][1]
list(map(tf.sin, [{x}, {x}]))[1]
[k_item * {n} for k_item in [{x}]][0]
dict(a={x}, b={v})["a"]
(lambda arg: arg * {n})({x})
functools.reduce(lambda left, right: left + right, [{x}, {x} * {n}])
functools.reduce(operator.mul, [{x}, {x}])
operator.add({x}, {n})
tf.stack([item * {n} for item in tf.unstack({x})])
tf.stack([item for item in {x}])
tf.stack([{x}[i_k] for i_k in range(3)])
tf.convert_to_tensor([{x}[0], {x}[1], {x}[2]])
tf.add_n([part for part in ({x}, {x} * 2.0) if part is not None])
({x} if {x} is not None else tf.zeros([3]))
({x} if isinstance({x}, tf.Tensor) else {x} * 1.0)
copy.copy([{x}])[0]
(({x}, {v}), {n})[0][0]
next(iter([{x}, {v}]))
[{x}, {v}].pop(0)
tf.math.add({x}, y={n})
tf.math.multiply(x={x}, y={v})
tf.where(condition=tf.constant([True, False, True]), x={x}, y={n})
tf.gather(params={x}, indices=[0, 1, 2])
tf.reduce_sum(input_tensor={x}, keepdims=True) * tf.ones([3])
""".strip().splitlines()

CUTTING = """
tf.round({x})
tf.floor({x})
tf.math.ceil({x})
tf.math.rint({x})
{x} // 0.5
tf.math.floordiv({x}, 0.5)
tf.cast(tf.cast({x}, tf.int32), tf.float32)
tf.cast({x} > 0.1, tf.float32)
tf.cast(tf.greater({x}, 0.1), tf.float32)
tf.cast(tf.math.is_finite({x}), tf.float32)
tf.cast(tf.logical_and({x} > 0.0, {x} < 1.0), tf.float32)
tf.stop_gradient({x})
tf.stop_gradient(2.0 * {x})
tf.zeros_like({x})
tf.ones_like({x})
tf.one_hot(tf.argmax({x}), 3)
tf.one_hot(tf.cast({x}, tf.int32), 3)[0]
tf.cast(tf.argsort({x}), tf.float32)
tf.cast(tf.math.top_k({x}, 3).indices, tf.float32)
tf.cast(tf.math.count_nonzero({x}), tf.float32) * tf.ones([3])
tf.cast(tf.shape({x})[0], tf.float32) * tf.ones([3])
tf.cast(tf.size({x}), tf.float32) * tf.ones([3])
tf.fill([3], float({x}.shape[0]))
tf.where({x} > 0.0, 1.0, -1.0)
tf.where({x} > 0.0, tf.ones([3]), tf.zeros([3]))
tf.gather(tf.constant({v}), tf.argmax(tf.stack([{x}, {x}]), axis=0))
tf.gather(tf.constant({v}), tf.cast(tf.abs({x}), tf.int32) % 3)
tf.cast(tf.searchsorted(tf.constant([-1.0, 0.0, 1.0]), {x}), tf.float32)
tf.random.shuffle({x})
tf.cast(tf.histogram_fixed_width({x}, [-1.0, 1.0], nbins=3), tf.float32)
tf.cast(tf.random.categorical({x}[None, :], 3), tf.float32)[0]
tf.cast(tf.random.uniform([3]) < {x}, tf.float32)
tf.numpy_function(np.sin, [{x}], tf.float32)
tf.numpy_function(lambda a: a * np.float32(2.0), [{x}], tf.float32)
keras.ops.stop_gradient({x})
keras.ops.round({x})
keras.ops.floor({x})
keras.ops.cast({x} > 0.0, "float32")
keras.ops.one_hot(keras.ops.argmax({x}), 3)
keras.metrics.MeanSquaredError()(tf.constant({v}), {x}) * tf.ones([3])
""".strip().splitlines()

EAGER_CUTTING = """
tf.stack(list(tf.data.Dataset.from_tensor_slices({x})))
next(iter(tf.data.Dataset.from_tensors({x}).map(tf.sin)))
tf.constant({x}.numpy())
{x}.numpy()
{x}.numpy() * 2.0
tf.constant({x}.numpy().tolist())
tf.convert_to_tensor(np.array({x}))
np.sin({x})
np.square({x})
np.add({x}, {x})
np.maximum({x}, 0.0)
np.where({x} > 0.0, {x}, 0.0)
tf.convert_to_tensor(np.tanh({x}))
tf.constant(np.clip({x}, -1.0, 1.0))
np.array([float(item) for item in {x}], dtype="float32")
np.asarray({x})
np.concatenate([{x}, {x}])[:3]
np.stack([{x}, {x}])[0]
np.mean({x}) * tf.ones([3])
float(tf.reduce_sum({x})) * tf.ones([3])
float({x}[0]) * tf.ones([3])
{x}[0].numpy() * tf.ones([3])
int({x}[0]) * tf.ones([3])
tf.constant([float({x}[0]), float({x}[1]), 1.0])
math.tanh({x}[0]) * tf.ones([3])
math.exp(-abs({x}[1])) * tf.constant({v})
tf.constant([math.sin(item) for item in {x}])
tf.fill([3], float(tf.reduce_mean({x})))
keras.ops.convert_to_numpy({x})
keras.ops.convert_to_tensor(keras.ops.convert_to_numpy({x}))
tf.Variable({x}) * 1.5
tf.Variable({x} * 1.0)
tf.Variable(tf.zeros([3])).assign({x})
tf.constant(copy.deepcopy({x}).numpy())
tf.make_ndarray(tf.make_tensor_proto({x}.numpy())) * tf.ones([3])
{x}.numpy().item(0) * tf.ones([3])
np.linalg.norm({x}) * tf.ones([3])
np.dot({x}, np.eye(3, dtype="float32"))
tf.constant(np.cumsum({x}), dtype=tf.float32)
""".strip().splitlines()

ZERO = """
tf.sign({x})
tf.math.sign({x} * 2.0)
keras.ops.sign({x})
{x} * 0.0
tf.multiply({x}, 0.0)
{x} * tf.zeros([3])
tf.clip_by_value({x}, 40.0, 41.0)
tf.nn.relu(-50.0 - tf.square(tf.tanh({x})))
tf.maximum(tf.tanh({x}), 3.0)
tf.ensure_shape(tf.py_function(lambda a: np.sin(a), [{x}], tf.float32), [3])
tf.linalg.band_part({x}[None, :] * tf.zeros([3, 3]), 0, 0)[0]
tf.pow({x}, 0.0)
{x} ** 0
""".strip().splitlines()

RAISING = """
tf.image.adjust_contrast({x}[None, :, None], 2.0)[0, :, 0]
tf.random.poisson([], tf.abs({x}))
tf.unique({x})[0]
tf.linalg.lu(tf.linalg.diag({x}) + 2.0 * tf.eye(3))[0][0]
tf.image.resize({x}[None, :, None], [1, 3], method="area")[0, :, 0]
tf.constant([{x}[0], {x}[1], {x}[2]])
round({x})
math.sin({x})
tf.reshape({x}, [2, 2])
{x}.assign({x})
""".strip().splitlines()

HARMLESS = """
{x} + tf.stop_gradient({y} - {x})
{x} + tf.stop_gradient(tf.round({x}) - {x})
{x} + tf.stop_gradient(tf.sign({x}) - {x})
{x} * tf.stop_gradient({y})
{x} * tf.stop_gradient(tf.nn.softmax({x}))
{x} + tf.cast({x} > 0.0, tf.float32)
{x} * tf.cast({x} > -9.0, tf.float32)
{x} * tf.one_hot(tf.argmax({x}), 3) + 0.1 * {x}
{x} + tf.round({x})
{x} - tf.floor({x})
{x} + tf.zeros_like({x})
tf.where(tf.round({x}) > 0.0, {x}, 2.0 * {x})
tf.gather({x}, tf.argsort({x}))
{x} / tf.cast(tf.size({x}), tf.float32)
{x} * float({x}.shape[0])
{x} + tf.sign({x})
{x} + tf.random.normal([3])
tf.stop_gradient({x}) * {x}
tf.stop_gradient(tf.reduce_max({x})) - {x}
{x} + tf.numpy_function(np.cos, [{x}], tf.float32)
""".strip().splitlines()

EAGER_HARMLESS = """
{x} * {x}.numpy()
{x}.numpy() * {x}
{x} + np.mean({x})
{x} * np.float32(np.max(np.abs({x})) + 1.0)
{x} - float(tf.reduce_max({x}))
{x} * (1.0 + abs(float({x}[0])))
{x} + tf.constant({y}.numpy())
{x} / np.linalg.norm(np.ones(3))
{x} * np.asarray({y})
{x} * int(np.ceil(1.5))
{x} + tf.Variable({y})
{x} * math.exp(float({y}[0]) * 0.1)
""".strip().splitlines()

LOGS = """
print("mean", tf.reduce_mean({x}))
print(f"max {{float(tf.reduce_max({x})):.3f}}")
print({x}.numpy().mean())
print("norm", np.linalg.norm({x}))
history = [float(tf.reduce_sum({x}))]
snapshot = {x}.numpy().copy()
rounded = tf.round({x})
best = int(tf.argmax({x}))
stats = {{"mean": np.mean({x}), "std": np.std({x})}}
keras.metrics.Mean().update_state({x})
assert {x}.shape == (3,)
tf.debugging.assert_all_finite({x}, "not finite")
frozen = tf.stop_gradient({x})
monitor = [tf.sign({x}), np.sin({x}), {x}.numpy()]
""".strip().splitlines()

COMBINING = """
{a} + {b}
{a} * {b}
{a} - {b}
{b} - {a}
{a} / (1.0 + tf.square({b}))
tf.add({a}, {b})
tf.multiply({a}, {b})
tf.maximum({a}, {b})
tf.where({a} > {b}, {a}, {b})
tf.where({b} > 0.0, {a}, {b})
tf.add_n([{a}, {b}])
sum([{a}, {b}])
sum(({a}, {b}), tf.zeros([3]))
tf.reduce_sum(tf.stack([{a}, {b}]), axis=0)
tf.reduce_mean(tf.stack([{a}, {b}], axis=1), axis=1)
tf.concat([{a}[:2], {b}[:1]], 0)
tf.reduce_max(tf.stack([{a}, {b}]), axis=0)
{a} * tf.reduce_sum({b})
{a} + 0.1 * tf.tensordot({a}, {b}, 1)
tf.linalg.matvec(tf.tensordot({a}, {b}, axes=0), {b})
tf.einsum("i,i->i", {a}, {b})
tf.math.squared_difference({a}, {b})
tf.tensor_scatter_nd_update({a}, [[0]], {b}[:1])
tf.stack([{a}[0], {b}[1], {a}[2]])
tf.math.multiply_no_nan({a}, {b})
{a} * tf.nn.softmax({b})
tf.nn.sigmoid({b}) * {a}
tf.math.divide_no_nan({a}, 2.0 + tf.abs({b}))
keras.ops.add({a}, {b})
keras.ops.concatenate([{a}, {b}])[1:4]
tf.exp(-tf.square({b})) * {a}
tf.reduce_sum([{a}, {b}], axis=0)
np.float32(0.5) * {a} + {b}
keras.layers.Add()([{a}, {b}])
keras.layers.Concatenate(axis=0)([{a}, {b}])[:3] + {b}
""".strip().splitlines()

HALF_CUTTING = """
{a} + tf.stop_gradient({b})
{a} * tf.stop_gradient({b})
{a} + tf.round({b})
tf.where({b} > 0.0, {a}, 0.5)
tf.gather({a}, tf.argsort({b}))
tf.where({b} > 0.0, {a}, -{a})
{a} * tf.cast({b} > 0.0, tf.float32)
{a} + 0.0 * {b}
{a} + tf.sign({b})
{a} * tf.one_hot(tf.argmax({b}), 3)
tf.concat([{a}[:3], {b}], 0)[:3]
[{a}, {b}][0] * {n}
{{"a": {a}, "b": {b}}}["a"] * {n}
({a} if True else {b})
(({a} or {b}) if False else {a} * {n})
tf.stack([{a}, {b}])[0]
tf.reshape({a}, tf.shape({b}))
tf.broadcast_to({a}, tf.shape({b}))
tf.ones_like({b}) * {a}
tf.tensor_scatter_nd_update({b}, [[0], [1], [2]], {a})
""".strip().splitlines()

EAGER_HALF_CUTTING = """
{a} * {b}.numpy()
{a} + np.sin({b})
{a} * float(tf.reduce_mean({b}))
{a} + tf.constant({b}.numpy())
{a} + tf.Variable({b})
{a} * np.array({b})
""".strip().splitlines()


def fill(g: Writer, template: str, **names: str) -> str:
    """The template with the given names, and fresh numbers for {n} {p} {v} {m}."""
    values = {"n": g.num, "p": g.positive, "v": g.vec, "m": g.matrix}
    made = {key: make() for key, make in values.items() if "{" + key + "}" in template}
    return template.format(**names, **made)


UNFIT_FOR_GRAPHS = ("Dense(", "LayerNormalization(", "in {x}]", "tf.Variable(")
"""They make variables, or walk over a tensor out of AutoGraph's sight."""


def flowing(g: Writer, x: str) -> str:
    g.tag("op")
    template = g.pick(FLOWING)
    while g.mode != "eager" and any(part in template for part in UNFIT_FOR_GRAPHS):
        template = g.pick(FLOWING)
    return fill(g, template, x=atom(x))


def cutting(g: Writer, x: str) -> str:
    """A deliberate break; in a graph most of those that need eager tensors raise."""
    kind = g.weighted([(40, "cut"), (36, "eager-cut"), (14, "zero"), (10, "raise")])
    if kind == "eager-cut" and g.mode != "eager" and g.chance(0.6):
        kind = "cut"
    g.tag(f"break-{kind}")
    if kind == "eager-cut" and g.mode != "eager":
        # A data set that is walked over while a graph is built never ends.
        return fill(g, g.pick([template for template in EAGER_CUTTING if "Dataset" not in template]), x=atom(x))
    table = {"cut": CUTTING, "eager-cut": EAGER_CUTTING, "zero": ZERO, "raise": RAISING}[kind]
    return fill(g, g.pick(table), x=atom(x))


def harmless(g: Writer, x: str) -> str:
    """What looks like a break and is none."""
    table = HARMLESS + EAGER_HARMLESS if g.mode == "eager" else HARMLESS
    g.tag("harmless")
    name = g.named(x)
    return fill(g, g.pick(table), x=name, y=g.pick([*g.live, name]))


def log(g: Writer, x: str) -> str:
    """A line beside the path; the vector goes on unchanged."""
    name = g.named(x)
    if g.mode == "eager":
        g.tag("log-line")
        g.emit(g.pick(LOGS).format(x=name))
    return name


def combine(g: Writer, a: str, b: str) -> str:
    g.tag("combine")
    return fill(g, g.pick(COMBINING), a=g.named(a), b=g.named(b))


def half_cut(g: Writer, a: str, b: str) -> str:
    """Joins two vectors so that only the first one keeps its gradient (or both: some only look like a break)."""
    table = HALF_CUTTING + EAGER_HALF_CUTTING if g.mode == "eager" else HALF_CUTTING
    g.tag("half-cut")
    return fill(g, g.pick(table), a=g.named(a), b=g.named(b))


def atom(expression: str) -> str:
    """The expression as an operand."""
    return expression if expression.isidentifier() or closed(expression) else f"({expression})"


def closed(expression: str) -> bool:
    """Whether the whole expression is one name, call, attribute or subscript."""
    depth = 0
    for character in expression:
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif depth == 0 and not (character.isalnum() or character in "._"):
            return False
    return not expression[:1].isdigit() and expression[:1] not in "([{"
