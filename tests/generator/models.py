"""Whole programs with Keras models: sequential, functional, subclassed, custom layers, train_step."""

# ruff: noqa: E501  (lines of the programs that are written here)

from __future__ import annotations

from dataclasses import dataclass

from .callables import class_text
from .frames import frame
from .operations import fill
from .registry import chain
from .sources import Source
from .writer import Writer


@dataclass(frozen=True)
class Model:
    """name: of the model; parts: layers of it that the program can name; twos: whether it gives two outputs."""

    name: str
    parts: tuple[str, ...] = ()


def dense(g: Writer, units: str | None = None) -> str:
    units = units or g.pick(["4", "5", "3"])
    extra = g.pick(
        [
            "",
            "",
            ", activation='tanh'",
            ", activation='relu'",
            ", activation=tf.nn.softplus",
            ", use_bias=False",
            f", name='layer_{g.random.randrange(10**6)}'",
            ", kernel_initializer='glorot_uniform'",
            ", activation='softmax'",
        ]
    )
    return f"{layers(g)}.Dense({units}{extra})"


def layers(g: Writer) -> str:
    return "keras.layers"


def middle(g: Writer) -> str:
    """A layer between two dense ones."""
    return layers(g) + g.pick(
        [
            ".BatchNormalization()",
            ".LayerNormalization()",
            ".Dropout(0.1)",
            ".Activation('tanh')",
            ".ReLU()",
            ".Reshape((-1,))",
            ".Lambda(lambda v: tf.sin(v))",
            ".LeakyReLU()",
            ".Flatten()",
            ".GaussianNoise(0.1)",
            ".Softmax()",
        ]
    )


def sequential(g: Writer, units: str = "3") -> Model:
    name = g.new("model", "net", "mlp")
    parts = [dense(g)] + ([middle(g)] if g.chance(0.4) else []) + [dense(g, units)]
    cut = g.cuts_left and g.chance(0.25)
    if cut:
        g.cuts_left -= 1
        g.tag("break-in-model")
        parts.insert(
            1,
            layers(g)
            + g.pick(
                [
                    ".Lambda(lambda v: tf.round(v))",
                    ".Lambda(lambda v: tf.stop_gradient(v))",
                    ".Lambda(lambda v: tf.sign(v))",
                ]
            ),
        )
    shape = "keras.Input(shape=(3,)), " if g.chance(0.5) else ""
    first = g.modules["main"].first
    if g.chance(0.25):
        first.append(f"{name} = keras.Sequential()")
        first.extend(f"{name}.add({part})" for part in [*([shape[:-2]] if shape else []), *parts])
    else:
        first.append(f"{name} = keras.Sequential([{shape}{', '.join(parts)}])")
    if g.chance(0.15):
        first.append(
            f"{name}.layers[0].trainable = False" if not shape or g.chance(0.5) else f"{name}.trainable = False"
        )
        g.tag("layer-frozen")
    g.tag("keras-sequential")
    return Model(name, (f"{name}.layers[0]", f"{name}.layers[-1]"))


def functional(g: Writer, units: str = "3") -> Model:
    """A functional model: a skip, a shared layer, two outputs of which one is used, a nested model."""
    name, i = g.new("model", "net"), g.new("inp")
    h, hidden = g.new("h"), g.new("dense")
    first = g.modules["main"].first
    first += [f"{i} = keras.Input(shape=(3,))", f"{hidden} = {dense(g, '3')}", f"{h} = {hidden}({i})"]
    kind = g.pick(["plain", "skip", "shared", "nested", "two", "unused", "concat", "ops"])
    g.tag("keras-functional", f"functional-{kind}")
    if kind == "skip":
        first.append(f"{h} = {layers(g)}.Add()([{h}, {i}])")
    elif kind == "shared":
        first.append(f"{h} = {hidden}({h})")
    elif kind == "nested":
        inner = sequential(g, "3").name
        first.append(f"{h} = {inner}({h})")
    elif kind == "concat":
        first.append(f"{h} = {layers(g)}.Concatenate()([{h}, {dense(g)}({i})])")
    elif kind == "unused":
        first.append(f"{g.new('unused')} = {dense(g)}({h})")
    elif kind == "ops":
        first.append(
            f"{h} = {fill(g, g.pick(['{x} * {n}', 'keras.ops.tanh({x})', '{x} + 1.0', 'keras.ops.stop_gradient({x})' if g.cuts_left else '-{x}']), x=h)}"
        )
    output = g.new("outp")
    first.append(f"{output} = {dense(g, units)}({h})")
    if kind == "two":
        first.append(f"{name} = keras.Model({i}, [{output}, {dense(g, '2')}({h})])")
        small = g.new("main_head")
        if g.chance(0.5):
            first.append(f"{small} = keras.Model({name}.input, {name}.outputs[0])")
        else:
            first.append(f"def {small}(batch):\n    return {name}(batch)[0]\n")
        g.tag("two-outputs")
        return Model(f"{small}|{name}", (hidden,))
    first.append(
        f"{name} = keras.Model({g.pick([f'{i}, {output}', f'inputs={i}, outputs={output}', f'[{i}], {output}'])})"
    )
    return Model(name, (hidden,))


def subclassed(g: Writer, units: str = "3") -> Model:
    """A subclassed model; its call is a path of its own."""
    name, cls = g.new("model", "net"), g.new("Net", "Encoder", "Critic")
    attributes = ["hidden", "out"] + (["spare"] if g.chance(0.15) else [])
    init = [
        "        super().__init__()",
        f"        self.hidden = {dense(g, '3')}",
        f"        self.out = {dense(g, units)}",
    ]
    if "spare" in attributes:
        init.append(f"        self.spare = {dense(g, '2')}")
        g.tag("unused-layer")
    extra = g.chance(0.4)
    if extra:
        init.append(
            f"        self.scale = {g.pick([f'tf.Variable({g.vec()})', f'keras.Variable({g.vec()})', f'self.add_weight(shape=(3,), initializer={chr(39)}ones{chr(39)})', f'tf.Variable({g.vec()}, trainable=False)'])}"
        )
    listed = g.chance(0.2)
    if listed:
        init.append("        self.stack = [keras.layers.Dense(3) for _ in range(2)]")
        g.tag("layer-list")
    with g.aside("main", indent=2, building=True) as call:
        g.emit("h = self.hidden(inputs)")
        if listed:
            g.emit("for layer in self.stack:", "    h = layer(h)")
        if extra:
            g.emit(
                g.pick(
                    [
                        "h = h * self.scale",
                        "h = tf.sin(h) + self.scale",
                        "h = h + tf.stop_gradient(self.scale)" if g.cuts_left else "h = h - self.scale",
                    ]
                )
            )
        row = g.bind("h[0]", "row")
        g.live = [row]
        changed = chain(g, row, 2)
        g.emit(
            f"h = h * 0.5 + tf.reshape({changed}, [3])[None, :]"
            if g.chance(0.3)
            else f"h = tf.reshape({changed}, [1, 3]) + tf.zeros_like(h)"
        )
        if g.chance(0.2):
            with g.block("if training:"):
                g.emit("h = tf.nn.dropout(h, rate=0.1)")
        g.emit("return self.out(h)")
    lines = ["    def __init__(self):", *init, "", "    def call(self, inputs, training=False):", *call]
    g.modules["main"].definitions.append(
        class_text(cls, lines, g.pick(["keras.Model", "keras.Model", "keras.layers.Layer"]))
    )
    g.lines.append(f"{name} = {cls}()") if g.indent == 0 else None
    g.tag("keras-subclassed")
    return Model(name, (f"{name}.hidden", f"{name}.out"))


def custom_layer(g: Writer, units: str = "3") -> Model:
    """An own layer with add_weight, used in a Sequential."""
    cls, name = g.new("Scaled", "Affine"), g.new("model", "layer_stack")
    frozen = ", trainable=False" if g.chance(0.15) else ""
    where = g.pick(["build", "init"])
    make = [
        f"        self.kernel = self.add_weight(shape=(3, 3), initializer={g.pick(['keras.initializers.RandomNormal()', repr('glorot_uniform')])}, name='kernel')",
        f"        self.bias = self.add_weight(shape=(3,), initializer='zeros'{frozen})",
    ]
    with g.aside("main", indent=2, building=True) as call:
        g.emit(
            "h = tf.matmul(inputs, self.kernel) + self.bias" if g.chance(0.8) else "h = tf.matmul(inputs, self.kernel)"
        )
        row = g.bind("h[0]", "row")
        g.live = [row]
        g.emit(
            f"return h + tf.reshape({chain(g, row, 1)}, [1, 3])"
            if g.chance(0.4)
            else f"return tf.reshape({chain(g, row, 1)}, [1, 3]) + 0.0 * tf.zeros_like(h)"
        )
    build = (
        ["    def build(self, shape):", *make]
        if where == "build"
        else ["    def __init__(self):", "        super().__init__()", *make]
    )
    g.modules["main"].definitions.append(
        class_text(cls, [*build, "", "    def call(self, inputs):", *call], "keras.layers.Layer")
    )
    g.lines.append(f"{name} = keras.Sequential([{cls}(), {dense(g, units)}])" if g.chance(0.6) else f"{name} = {cls}()")
    g.tag("custom-layer")
    return Model(name, ())


def any_model(g: Writer) -> Model:
    return g.weighted([(30, sequential), (42, functional), (28, subclassed), (16, custom_layer)])(g)


def data(g: Writer) -> tuple[str, str]:
    x, y = g.new("x_train", "batch_x"), g.new("y_train", "batch_y")
    make = g.pick(
        [
            "tf.random.normal([4, 3])",
            f"tf.constant([{g.vec()}, {g.vec()}])",
            f"np.array([{g.vec()}, {g.vec()}], dtype='float32')",
        ]
    )
    g.modules["main"].first.append(f"{x} = {make}")
    g.modules["main"].first.append(
        f"{y} = {make.replace('normal', 'uniform') if 'random' in make else f'tf.constant([{g.vec()}, {g.vec()}])'}"
    )
    return x, y


LOSSES = (
    "tf.reduce_mean(tf.square({y} - {p}))",
    "keras.losses.MeanSquaredError()({y}, {p})",
    "keras.losses.Huber()({y}, {p})",
    "tf.reduce_mean(keras.losses.MeanAbsoluteError(reduction=None)({y}, {p}))",
    "tf.reduce_sum(tf.nn.softmax({p}) * {y})",
    "keras.losses.CategoricalCrossentropy(from_logits=True)(tf.nn.softmax({y}), {p})",
    "tf.reduce_mean(tf.abs({p} - {y}))",
    "-tf.reduce_mean(tf.nn.log_softmax({p})[:, 0])",
    "tf.nn.l2_loss({p})",
    "tf.reduce_mean(tf.norm({p} + 0.1, axis=1))",
    "tf.reduce_mean(tf.keras.losses.MeanSquaredError(reduction='none')({y}, {p}))",
    "tf.reduce_mean(({y} - {p}) ** 2)",
)
BAD_LOSSES = (
    "keras.metrics.MeanSquaredError()({y}, {p})",
    "tf.reduce_mean(np.square({y} - {p}))",
    "np.mean(np.abs({y} - {p}))",
    "tf.reduce_mean(tf.cast(tf.argmax({p}, 1) == tf.argmax({y}, 1), tf.float32))",
    "tf.constant(float(tf.reduce_mean({p})))",
    "tf.reduce_mean(tf.round({p}) - {y})",
    "tf.reduce_mean(tf.one_hot(tf.argmax({p}, 1), 3) * {y})",
    "tf.reduce_mean({p}.numpy() - {y})",
    "tf.reduce_mean(tf.sign({p} - {y}))",
    "keras.losses.MeanSquaredError()({y}, tf.stop_gradient({p}))",
    "tf.reduce_mean(keras.metrics.binary_accuracy(tf.sigmoid({y}), {p}))",
)


def keras_loss(g: Writer, y: str, p: str) -> str:
    if g.cuts_left and g.chance(0.35):
        g.cuts_left -= 1
        g.tag("break-loss")
        return g.pick(BAD_LOSSES).format(y=y, p=p)
    return g.pick(LOSSES).format(y=y, p=p)


def model_sources(g: Writer, model: Model) -> str:
    name = model.name.rpartition("|")[2]
    options = [f"{name}.trainable_variables"] * 8 + [
        f"{name}.trainable_weights",
        f"{name}.variables",
        f"{name}.weights",
        f"{name}.trainable_variables[:1]",
        f"list({name}.trainable_variables)",
        f"[v for v in {name}.trainable_variables]",
        f"{name}.trainable_variables[::-1]",
        f"{name}.trainable_variables + []",
        f"[{name}.trainable_variables, []]",
        f"{name}.layers[-1].trainable_variables"
        if "layer" not in name and g.chance(0.0)
        else f"{name}.trainable_variables",
    ]
    for part in model.parts:
        options += (
            [f"{part}.trainable_variables", f"{part}.kernel", f"[{part}.kernel]"]
            if "layers[" not in part
            else [f"{part}.trainable_variables"]
        )
    if g.cuts_left and g.chance(0.25):
        g.cuts_left -= 1
        g.tag("break-bad-source")
        options = [name, f"{name}.get_weights()", f"[v.numpy() for v in {name}.trainable_variables]", f"{name}.name"]
    return g.pick(options)


def forward(g: Writer, model: Model, x: str) -> str:
    name = model.name.partition("|")[0]
    if g.cuts_left and g.chance(0.2):
        g.cuts_left -= 1
        g.tag("break-forward")
        return g.pick(
            [
                f"{name}({x}).numpy()",
                f"tf.stop_gradient({name}({x}))",
                f"tf.convert_to_tensor(np.array({name}({x})))",
                f"tf.round({name}({x}))",
                *(
                    []
                    if "|" in model.name
                    else [
                        f"{name}.predict({x}, verbose=0)",
                        f"keras.models.clone_model({name})({x})"
                        if "Sequential" in "".join(g.modules["main"].first) and "keras-sequential" in g.tags
                        else f"{name}({x}).numpy()",
                    ]
                ),
            ]
        )
    options = [f"{name}({x})"] * 3 + (
        [f"{name}({x}, training=True)", f"{name}({x}, training=False)"]
        if "|" not in model.name and "custom-layer" not in g.tags
        else []
    )
    return g.pick(options)


@frame(24)
def keras_script(g: Writer) -> None:
    """A model, a tape, a loss."""
    model = any_model(g)
    x, y = data(g)
    g.tag("keras-script")
    if g.chance(0.4):
        g.emit(f"{model.name.partition('|')[0]}({x})")
    early = g.bind(forward(g, model, x), "before") if g.cuts_left and g.chance(0.25) else None
    wrapper = g.pick(["", "", "function", "tf.function", "loop"])
    if wrapper in ("function", "tf.function"):

        def write() -> str:
            return keras_step(g, model, "xb", "yb", None)

        g.tag(f"keras-step-{wrapper}")
        call = g.function(
            "xb, yb",
            write,
            decorators=["@tf.function"] if wrapper == "tf.function" else [],
            mode="graph" if wrapper == "tf.function" else None,
            name=g.new("train_step"),
            module="main",
        )
        if wrapper == "tf.function":
            g.lines.insert(len(g.lines), f"{model.name.partition('|')[0]}({x})")
        g.emit(f"{call}({x}, {y})")
    elif wrapper == "loop":
        with g.block(f"for epoch in range({g.pick(['2', '3'])}):"):
            keras_step(g, model, x, y, early)
    else:
        keras_step(g, model, x, y, early)


def keras_step(g: Writer, model: Model, x: str, y: str, early: str | None) -> str:
    """The tape and the question."""
    tape = g.new("tape", "tape", "t")
    watch_input = g.chance(0.15)
    with g.block(f"with tf.GradientTape({g.pick(['', '', '', 'persistent=True'])}) as {tape}:"):
        if watch_input:
            x = g.bind(f"tf.convert_to_tensor({x})", "x_in")
            g.emit(f"{tape}.watch({x})")
        p = early or g.bind(forward(g, model, x), "pred", "logits")
        if g.chance(0.15) and g.mode == "eager":
            g.emit(
                g.pick(
                    [
                        f"print(float(tf.reduce_mean({p})))",
                        f"accuracy = np.mean({p})",
                        f"keras.metrics.Mean().update_state({p})",
                    ]
                )
            )
        loss = g.bind(keras_loss(g, y, p), "loss")
        if g.chance(0.1) and "|" not in model.name:
            g.emit(f"{loss} += sum({model.name}.losses)" if "custom-layer" not in g.tags else f"{loss} = {loss} * 1.0")
        if g.chance(0.1):
            g.emit(
                f"{loss} = {loss} + 0.01 * tf.add_n([tf.nn.l2_loss(v) for v in {model.name.rpartition('|')[2]}.trainable_variables])"
            )
            g.tag("regularised")
    grads = g.new("grads")
    g.emit(f"{grads} = {tape}.gradient({loss}, {model_sources(g, model)})")
    if watch_input and "persistent" in " ".join(g.lines):
        g.emit(f"{g.new('dx')} = {tape}.gradient({loss}, {x})")
    if g.chance(0.4) and g.mode == "eager":
        g.emit(f"print([None if d is None else d.shape for d in tf.nest.flatten({grads})])")
    if (
        g.mode == "eager"
        and g.chance(0.25)
        and f"{grads} = {tape}.gradient({loss}, {model.name}.trainable_variables)" in " ".join(g.lines)
    ):
        optimizer = g.new("optimizer")
        g.modules["main"].first.append(f"{optimizer} = keras.optimizers.{g.pick(['SGD(0.01)', 'Adam(0.01)'])}")
        with g.block(f"if None not in [d if d is None else 1 for d in {grads}]:"):
            g.emit(f"{optimizer}.apply_gradients(zip({grads}, {model.name}.trainable_variables))")
        g.tag("optimizer")
    return "None" if g.mode != "eager" else grads


@frame(3)
def train_step(g: Writer) -> None:
    """A train_step override, called by fit or by hand."""
    cls = g.new("Custom", "Trainable")
    first = g.modules["main"].first
    x, y = data(g)
    with g.aside("main", indent=2, mode=g.pick(["eager", "graph"])) as lines:
        eager = g.mode == "eager"
        g.emit("x, y = data")
        with g.block("with tf.GradientTape() as tape:"):
            p = g.bind(
                g.pick(
                    [
                        "self(x, training=True)",
                        "self(x)",
                        "tf.stop_gradient(self(x))" if g.cuts_left else "self(x, training=True)",
                    ]
                ),
                "y_pred",
            )
            loss = g.bind(keras_loss(g, "y", p) if eager else g.pick(LOSSES).format(y="y", p=p), "loss")
        grads = g.bind(
            f"tape.gradient({loss}, {g.pick(['self.trainable_variables', 'self.trainable_variables', 'self.trainable_weights', 'self.weights'])})",
            "grads",
        )
        g.emit(f"present = [(d, v) for d, v in zip({grads}, self.trainable_variables) if d is not None]")
        if g.chance(0.3):
            g.emit("if len(present) == len(self.trainable_variables):", "    self.optimizer.apply_gradients(present)")
        g.emit(f'return {{"loss": {loss}}}')
    first.append(class_text(cls, ["    def train_step(self, data):", *lines], "keras.Model") + "\n\n")
    inp = g.new("inp")
    hidden = g.new("hid")
    first += [
        f"{inp} = keras.Input(shape=(3,))",
        f"{hidden} = {dense(g)}({inp})",
        f"model_f = {cls}({inp}, {dense(g, '3')}({hidden}))",
    ]
    g.tag("train-step")
    if eager:
        first.append("model_f.compile(optimizer=keras.optimizers.SGD(0.01), run_eagerly=True)")
        g.emit(
            g.pick(
                [f"model_f.train_step(({x}, {y}))", f"model_f.fit(np.array({x}), np.array({y}), epochs=1, verbose=0)"]
            )
        )
    else:
        first.append("model_f.compile(optimizer='sgd')")
        g.emit(f"model_f.fit(np.array({x}), np.array({y}), epochs=1, verbose=0)")


@frame(3)
def adversarial(g: Writer) -> None:
    """Two models and two tapes: a generator and a critic."""
    gen, critic = sequential(g, "3").name, sequential(g, "1").name
    x, _ = data(g)
    g.tag("gan")
    mixed = g.cuts_left > 0 and g.chance(0.5)
    with g.block("with tf.GradientTape() as gen_tape, tf.GradientTape() as disc_tape:"):
        g.emit(f"fake = {gen}(tf.random.normal([4, 3]))")
        fake = "fake"
        if mixed and g.chance(0.5):
            fake = g.pick(["tf.stop_gradient(fake)", "fake.numpy()", "tf.constant(fake.numpy())"])
        g.emit(f"real_out, fake_out = {critic}({x}), {critic}({fake})")
        g.emit(
            "gen_loss = -tf.reduce_mean(fake_out)", "disc_loss = tf.reduce_mean(fake_out) - tf.reduce_mean(real_out)"
        )
    a, b = ("disc_loss", "real_out") if mixed and g.chance(0.5) else ("gen_loss", "disc_loss")
    g.emit(
        f"gen_grads = gen_tape.gradient({a}, {gen}.trainable_variables)",
        f"disc_grads = disc_tape.gradient({b}, {g.pick([critic, critic, gen]) if mixed else critic}.trainable_variables)",
    )
    g.emit("print([d is None for d in gen_grads], [d is None for d in disc_grads])")


@frame(3)
def physics(g: Writer) -> None:
    """Derivatives of a network by its input, inside the tape of its weights."""
    model = sequential(g, "1").name
    g.tag("pinn")
    x, _ = data(g)
    g.emit(f"pts = tf.convert_to_tensor({x})")
    with g.block("with tf.GradientTape() as tape:"):
        twice = g.chance(0.4)
        if twice:
            with g.block("with tf.GradientTape() as t2:"):
                g.emit("t2.watch(pts)")
                with g.block("with tf.GradientTape() as t1:"):
                    g.emit("t1.watch(pts)", f"u = {model}(pts)")
                g.emit("u_x = t1.gradient(u, pts)")
            g.emit("u_xx = t2.gradient(u_x, pts)", "if u_xx is None:", "    u_xx = tf.zeros_like(pts)")
        else:
            with g.block("with tf.GradientTape() as t1:"):
                if g.chance(0.85):
                    g.emit("t1.watch(pts)")
                g.emit(f"u = {model}({g.pick(['pts', 'pts', 'tf.sin(pts)'])})")
            g.emit("u_x = t1.gradient(u, pts)", "if u_x is None:", "    u_x = tf.zeros_like(pts)")
        g.emit(
            f"residual = {'u_xx' if twice else 'u_x'} {g.pick(['+ u', '- 1.0', '* u', ''])}",
            "loss = tf.reduce_mean(tf.square(residual))",
        )
    g.emit(f"grads = tape.gradient(loss, {model}.trainable_variables)", "print([d is None for d in grads])")


@frame(3)
def embedding(g: Writer) -> None:
    """Token ids through an embedding."""
    emb, head = g.new("emb"), g.new("head")
    first = g.modules["main"].first
    first += [
        "ids = tf.constant([[1, 2, 0], [3, 1, 1]])",
        f"{emb} = keras.layers.Embedding(5, 3)",
        f"{head} = {dense(g, '2')}",
    ]
    g.tag("embedding")
    pool = g.pick(
        [
            "tf.reduce_mean(e, axis=1)",
            "e[:, 0]",
            "keras.layers.Flatten()(e)",
            "keras.layers.GlobalAveragePooling1D()(e)",
            "keras.layers.LSTM(3)(e)",
            "tf.reduce_max(e, axis=1)",
        ]
    )
    with g.block("with tf.GradientTape() as tape:"):
        floats = g.chance(0.3)
        if floats:
            g.emit("soft = tf.cast(ids, tf.float32)", "tape.watch(soft)")
        g.emit(
            f"e = {emb}({'soft' if floats else 'ids'})",
            f"pooled = {pool}",
            f"loss = tf.reduce_mean({head}({g.pick(['pooled', 'pooled', 'tf.stop_gradient(pooled)' if g.cuts_left else 'pooled'])}))",
        )
    g.emit(
        f"grads = tape.gradient(loss, {emb}.trainable_variables + {head}.trainable_variables{' + [soft]' if floats else ''})",
        "print([d is None for d in grads])",
    )


@frame(2)
def conv_net(g: Writer) -> None:
    name = g.new("model")
    layer = g.pick(
        [
            "keras.layers.Conv2D(2, 3)",
            "keras.layers.Conv2D(2, 3, activation='relu', padding='same')",
            "keras.layers.DepthwiseConv2D(3)",
            "keras.layers.SeparableConv2D(2, 3)",
        ]
    )
    pool = g.pick(
        [
            "keras.layers.MaxPooling2D()",
            "keras.layers.AveragePooling2D(2)",
            "keras.layers.UpSampling2D()",
            "keras.layers.ZeroPadding2D()",
        ]
    )
    g.modules["main"].first += [
        f"{name} = keras.Sequential([{layer}, {pool}, keras.layers.{g.pick(['Flatten()', 'GlobalAveragePooling2D()'])}, {dense(g, '2')}])",
        "image = tf.random.uniform([1, 6, 6, 1])",
    ]
    g.tag("conv")
    with g.block("with tf.GradientTape() as tape:"):
        if g.chance(0.7):
            g.emit("tape.watch(image)")
        g.emit(
            f"seen = {g.pick(['image', 'image', 'tf.image.flip_left_right(image)', 'tf.image.resize(image, [6, 6])', 'tf.image.adjust_brightness(image, 0.1)', 'tf.image.adjust_contrast(image, 2.0)', 'tf.image.random_crop(image, [1, 6, 6, 1])', 'tf.image.per_image_standardization(image)', 'tf.cast(image * 255.0, tf.uint8) / 255' if g.cuts_left else 'image'])}"
        )
        g.emit(
            "seen = tf.cast(seen, tf.float32)",
            f"score = tf.reduce_max({name}(seen), axis=1)",
            f"score = {g.pick(['tf.reduce_sum(score)', 'score[0]', 'tf.reduce_sum(tf.cast(score > 0, tf.float32))' if g.cuts_left else 'score'])}",
        )
    g.emit(
        f"saliency = tape.gradient(score, {g.pick(['image', '[image] + ' + name + '.trainable_variables', name + '.trainable_variables'])})",
        "print(saliency is None)",
    )


_ = Source
