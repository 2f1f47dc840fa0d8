"""Steps through what the standard library, structures and Keras's own functions make of a tensor."""

# ruff: noqa: E501  (lines of the programs that are written here)

from __future__ import annotations

from .operations import combine, fill, flowing
from .registry import chain, one, step
from .writer import Writer

ITERATED = """
list(itertools.accumulate([{x}, {y}, {x}], lambda a, b: a + b))[-1]
list(itertools.accumulate([{x}, {y}]))[0]
list(itertools.chain([{x}], [{y}]))[1]
list(itertools.chain.from_iterable([[{x}], [{y}]]))[0]
list(itertools.starmap(lambda a, b: a * b, [({x}, {n}), ({y}, {n})]))[0]
list(itertools.islice([{x}, {y}, {x}], 1, 2))[0]
list(itertools.zip_longest([{x}, {y}], [{n}], fillvalue=1.0))[1][0]
list(itertools.product([{x}, {y}], [{n}]))[1][0]
next(itertools.repeat({x}, 2))
functools.reduce(lambda a, b: a * b, [{x}, {y}, tf.constant({v})])
functools.reduce(operator.add, [{x}, {y}])
functools.partial(tf.multiply, {x})({n})
functools.partial(tf.where, x={x}, y={y})({x} > 0.0)
operator.mul({x}, {n})
operator.itemgetter(1)([{x}, {y}])
operator.itemgetter("b")({{"a": {x}, "b": {y}}})
[*({x}, {y}), {x}][1]
{{**{{"a": {x}}}, "b": {y}}}["a"]
dict(zip(["a", "b"], [{x}, {y}]))["b"]
collections.deque([{x}, {y}], maxlen=1)[0]
collections.OrderedDict(first={x}, second={y})["first"]
collections.ChainMap({{"a": {x}}}, {{"a": {y}, "b": {y}}})["a"]
copy.copy([{x}, {y}])[0]
list(reversed([{x}, {y}]))[0]
list(filter(lambda item: item is not None, [None, {x}]))[0]
[a for pair in [({x}, {y})] for a in pair][1]
[row for row in {x}][0] * {y}
(lambda *args, **kwargs: args[0] * kwargs["scale"])({x}, scale={y})
(lambda a, /, b, *, c=1.0: a * b * c)({x}, {y})
(lambda first, *rest: rest[-1] if rest else first)({x}, {y})
[item for index, item in enumerate([{x}, {y}]) if index % 2 == 0][0]
min([(2, {x}), (1, {y})], key=lambda pair: pair[0])[1]
max({x}, {y}, key=lambda item: 0)
sum([{x}, {y}], start=tf.zeros([3]))
getattr(collections.namedtuple("Pair", "left right")({x}, {y}), "left")
collections.namedtuple("Pair", ["left", "right"])({x}, {y})._replace(left={y}).left
tf.nest.pack_sequence_as({{"b": 0, "a": 0}}, [{x}, {y}])["a"]
tf.nest.flatten({{"b": {x}, "a": {y}}})[0]
tf.nest.map_structure(lambda a, b: a * b, ({x}, {y}), ({y}, {x}))[1]
tf.nest.map_structure(tf.stop_gradient, [{x}, {y}])[0] * {y}
""".strip().split("\n")

OF_KERAS = """
keras.ops.add({x}, {y})
keras.ops.multiply({x}, {n})
keras.ops.stack([{x}, {y}])[0]
keras.ops.concatenate([{x}, {y}])[:3]
keras.ops.mean(keras.ops.stack([{x}, {y}]), axis=0)
keras.ops.sum({x}) * {y}
keras.ops.matmul({x}[None, :], keras.ops.array({m}))[0]
keras.ops.softmax({x})
keras.ops.relu({x} + 0.03)
keras.ops.sigmoid({x})
keras.ops.exp(keras.ops.tanh({x}))
keras.ops.cast({x}, "float32")
keras.ops.reshape({x}, (3,))
keras.ops.expand_dims({x}, 0)[0]
keras.ops.take({x}, [2, 1, 0])
keras.ops.flip({x})
keras.ops.clip({x}, -40.0, 40.0)
keras.ops.maximum({x}, {y})
keras.ops.stop_gradient({x}) * {y}
keras.ops.einsum("i,i->i", {x}, {y})
keras.ops.norm({x} + 4.0) * {y}
keras.ops.split(keras.ops.concatenate([{x}, {y}]), 2)[1]
keras.ops.one_hot([0, 1, 2], 3)[0] * {x}
keras.ops.where({x} > {y}, {x}, {y})
keras.ops.scatter_update({x}, [[0]], [{n}])
keras.ops.slice({x}, (0,), (3,))
keras.ops.unstack({x})[0] * {y}
keras.ops.logsumexp(keras.ops.stack([{x}, {y}]), axis=0)
keras.ops.vectorized_map(lambda row: row * 2.0, {x})
keras.ops.map(lambda row: row + 1.0, {x})
keras.ops.cond(keras.ops.size({x}) > 2, lambda: {x} * 1.0, lambda: {y} * 1.0)
keras.ops.fori_loop(0, 2, lambda i, a: a * 0.9, {x})
keras.layers.Add()([{x}[None, :], {y}[None, :]])[0]
keras.layers.Multiply()([{x}[None, :], {y}[None, :]])[0]
keras.layers.Concatenate()([{x}[None, :], {y}[None, :]])[0, :3]
keras.layers.Average()([{x}[None, :], {y}[None, :]])[0]
keras.layers.Dot(axes=1)([{x}[None, :], {y}[None, :]])[0] * {x}
keras.layers.Reshape((3, 1))({x}[None, :])[0, :, 0]
keras.layers.Rescaling(0.5)({x}[None, :])[0]
keras.layers.Lambda(lambda a: a * 2.0)({x}[None, :])[0]
keras.layers.Softmax()({x}[None, :])[0]
keras.layers.ReLU()({x}[None, :] + 0.01)[0]
keras.layers.RepeatVector(2)({x}[None, :])[0, 1]
keras.layers.Permute((2, 1))({x}[None, :, None])[0, 0]
keras.layers.UnitNormalization()({x}[None, :] + 0.1)[0]
keras.layers.BatchNormalization()({x}[None, :])[0]
keras.activations.get("tanh")({x})
keras.activations.get(None)({x})
keras.losses.get("mse")({x}[None, :], {y}[None, :]) * {y}
keras.losses.MeanAbsoluteError(reduction="sum")({x}, {y}) * {x}
keras.losses.cosine_similarity({x}, {y}) * {x}
keras.losses.huber({x}[None, :], {y}[None, :]) * {x}
keras.utils.normalize({x}[None, :])[0] * {y}
""".strip().split("\n")

OF_DTYPES = """
tf.cast(tf.cast({x}, tf.float64) * tf.cast({y}, tf.float64), tf.float32)
tf.cast(tf.cast({x}, "float16"), "float32")
tf.cast({x} > {y}, tf.float32) * {x}
tf.cast(tf.range(3), tf.float32) * {x}
tf.range(3.0) * {x}
tf.linspace(0.0, 1.0, 3) * {x}
tf.one_hot(1, 3) * {x}
tf.eye(3)[0] * {x}
tf.saturate_cast({x}, tf.float32)
tf.dtypes.cast({x}, {y}.dtype)
tf.math.imag(tf.complex({x}, {y}))
tf.math.abs(tf.complex({x}, {y} + 3.0))
tf.bitcast(tf.bitcast({x}, tf.int32), tf.float32) * {y}
np.arange(3.0).astype("float32") * {x}
np.asarray([1.0, 2.0, 3.0], dtype=np.float32) + {x}
{x} * np.linspace(0.5, 1.5, 3).astype(np.float32)
np.float32(np.pi) * {x}
{x} + float(np.mean([1.0, 2.0]))
tf.constant(np.outer([1.0, 2.0, 3.0], [1.0, 0.5, 0.2]), tf.float32)[0] * {x}
tf.numpy_function(np.sin, [{x}], tf.float32) * {y}
tf.gather({x}, tf.constant([0, 2, 1])) * {y}
tf.gather(tf.stack([{x}, {y}]), 1)
tf.nn.embedding_lookup(tf.stack([{x}, {y}]), [1])[0]
tf.image.resize({x}[None, :, None, None], [3, 1], method=tf.image.ResizeMethod.BILINEAR)[0, :, 0, 0]
tf.vectorized_map(lambda pair: pair[0] * pair[1], ({x}, {y}))
tf.foldl(lambda a, b: a + b, {x}) * {y}
tf.foldr(lambda a, b: a * 0.5 + b, {x}) * {y}
tf.map_fn(lambda pair: pair[0] + pair[1], ({x}, {y}), fn_output_signature=tf.float32)
tf.scan(lambda a, b: a + b, {x}, initializer=tf.constant(0.0)) * {y}
tf.custom_gradient(lambda a: (a * 2.0, lambda dy: dy * 2.0))({x})
tf.recompute_grad(lambda a: tf.tanh(a) * 2.0)({x})
tf.ragged.constant([[1.0], [2.0, 3.0]]).flat_values * {x}
tf.sparse.sparse_dense_matmul(tf.sparse.eye(3), {x}[:, None])[:, 0]
tf.linalg.solve(tf.eye(3) * 2.0, {x}[:, None])[:, 0]
tf.linalg.LinearOperatorDiag({x}).matvec({y})
tf.Variable({y}) * {x}
""".strip().split("\n")


def written(g: Writer, x: str, templates: list[str]) -> str:
    """One of these expressions with the vector and another that is alive."""
    others = [name for name in g.live if name != x]
    template = g.pick(templates)
    for module in ("itertools", "collections", "operator", "functools", "copy"):
        if f"{module}." in template:
            line = f"import {module}"
            imports = g.modules[g.module].imports
            if module == "itertools" and line not in imports:
                imports.append(line)
    other = g.pick(others) if others else g.bind(flowing(g, x))
    return g.bind(fill(g, template, x=x, y=other))


@step(0.8, "eager")
def itertools_and_structures(g: Writer, x: str) -> str:
    return written(g, x, ITERATED)


@step(0.8, "eager")
def keras_functions(g: Writer, x: str) -> str:
    return written(g, x, OF_KERAS)


@step(0.8, "eager")
def dtypes_and_arrays(g: Writer, x: str) -> str:
    return written(g, x, OF_DTYPES)


@step(0.7, "eager", "graph")
def chosen_case(g: Writer, x: str) -> str:
    """Cases whose predicates are known."""
    other = g.named(flowing(g, x))
    first, second = g.pick(["True", "False"]), g.pick(["True", "False"])
    return g.bind(
        g.pick(
            [
                f"tf.case([(tf.constant({first}), lambda: {x} * 1.0), (tf.constant({second}), lambda: {other} * 2.0)], default=lambda: tf.constant({g.vec()}))",
                f"tf.switch_case(tf.constant({g.pick(['0', '1', '2'])}), {{0: lambda: {x} * 1.0, 1: lambda: {other} * 2.0}}, default=lambda: tf.constant({g.vec()}))",
                f"tf.cond(tf.less({g.pick(['1, 2', '2, 1'])}), lambda: {x} * 1.0, lambda: tf.constant({g.vec()}))",
            ]
        )
    )


@step(0.6, "eager")
def nested_structures(g: Writer, x: str) -> str:
    """A structure that is built, changed and taken apart again."""
    name, other = g.new("state", "tree", "bundle"), g.named(one(g, x))
    g.emit(f'{name} = {{"net": [{x}, {{"inner": {other}}}], "extra": ({other}, {x})}}')
    if g.chance(0.5):
        g.emit(f'{name}["net"].append({flowing(g, x)})')
    if g.chance(0.4):
        g.emit(f'{name}["net"][0] = {flowing(g, other)}')
    if g.chance(0.3):
        g.emit(f"{name}.update(extra=({x},), more={other})")
    if g.chance(0.3):
        g.emit(f'{name}.setdefault("late", []).append({x})')
    return g.bind(
        g.pick(
            [
                f'{name}["net"][0]',
                f'{name}["net"][1]["inner"]',
                f'{name}["net"][-1] if not isinstance({name}["net"][-1], dict) else {x}',
                f'{name}["extra"][0]',
                f'{name}.get("extra", [None])[-1]',
                f'{name}.pop("net")[0]',
                f"tf.add_n([leaf for leaf in tf.nest.flatten({name})])",
                f'tf.nest.map_structure(lambda leaf: leaf * 2.0, {name})["net"][1]["inner"]',
            ]
        )
    )


@step(0.5, "eager")
def generator_pipeline(g: Writer, x: str) -> str:
    """Generators one after the other, `yield from`, and `next`."""
    first, second = g.new("source_of"), g.new("scaled_of")
    text = f"def {first}(a):\n    yield a\n    yield from (a * k for k in [0.5, 2.0])"
    g.modules[g.module].definitions.append(text)
    g.modules[g.module].definitions.append(
        f"def {second}(items):\n    for item in items:\n        yield {g.pick(['item * 2.0', 'tf.sin(item)', 'tf.stop_gradient(item) + item'])}"
    )
    return g.bind(
        g.pick(
            [
                f"sum({second}({first}({x})))",
                f"list({second}({first}({x})))[{g.pick(['0', '1', '-1'])}]",
                f"next({second}({first}({x})))",
                f"tf.add_n(list({second}({first}({x}))))",
            ]
        )
    )


@step(0.5, "eager")
def star_targets(g: Writer, x: str) -> str:
    """Unpacking with stars and nested targets, swaps, chained assignment."""
    a, b, rest = g.new(), g.new(), g.new("rest", "others")
    other = g.named(flowing(g, x))
    kind = g.random.randrange(4)
    if kind == 0:
        g.emit(f"{a}, *{rest} = {x}, {other}, tf.constant({g.vec()})")
        return g.bind(g.pick([a, f"{rest}[0]", f"{rest}[-1] * {a}", f"sum({rest}) + {a}"]))
    if kind == 1:
        g.emit(f"({a}, ({b}, *{rest})) = ({x}, ({other}, {x}, {other}))")
        return g.bind(g.pick([a, b, f"{rest}[0] * {b}"]))
    if kind == 2:
        g.emit(f"{a} = {b} = {x}", f"{a} = {other}", f"{a}, {b} = {b}, {a}")
        return g.bind(g.pick([a, b, combine(g, a, b)]))
    g.emit(f"for {a}, *{rest} in [({x}, {other}), ({other}, {x})]:", f"    {b} = {a} * 2.0 + {rest}[0]")
    return g.bind(g.pick([b, a, f"{rest}[0]"]))


@step(0.5, "eager")
def tape_of_rows(g: Writer, x: str) -> str:
    """Rows that are put together while the data is walked through."""
    rows = g.new("rows", "outputs")
    g.emit(f"{rows} = []")
    with g.block(f"for row_i in tf.range({g.pick(['2', '3'])}):"):
        g.emit(f"{rows}.append({chain(g, x, 1)} * tf.cast(row_i + 1, tf.float32))")
    return g.bind(
        g.pick([f"tf.stack({rows})[0]", f"tf.reduce_sum(tf.stack({rows}), axis=0)", f"{rows}[-1]", f"sum({rows})"])
    )
