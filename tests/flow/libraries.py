"""TensorFlow's and Keras's own control: each function is a program of its own; its docstring is the verdict a source."""

import keras
import numpy as np
import tensorflow as tf
import tensorflow.experimental.numpy as tnp

v = tf.Variable([1.0, 2.0, 3.0])
w = tf.Variable([0.5, -1.0, 2.0])


def _in_graph(body):
    """The gradients of a body that is traced with its tape; 77 stands for None, which a graph cannot return."""

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            y = body()
        return [tf.constant(77.0) if g is None else g for g in tape.gradient(y, [v, w])]

    return [None if g.shape == () and float(g) == 77.0 else g for g in step()]


def loop_that_cuts_in_a_graph():
    """zero, zero"""
    return _in_graph(lambda: tf.while_loop(lambda i, y: i < 2, lambda i, y: (i + 1, tf.floor(y * w)), [0, v * 1.0])[1])


def loop_that_cuts_eagerly():
    """none, none"""
    with tf.GradientTape() as tape:
        y = tf.while_loop(lambda i, y: i < 2, lambda i, y: (i + 1, tf.floor(y * w)), [0, v * 1.0])[1]
    return tape.gradient(y, [v, w])


def branches_that_both_cut_in_a_graph():
    """none, none"""
    return _in_graph(lambda: tf.cond(tf.reduce_sum(v) > 0, lambda: tf.floor(v), lambda: tf.round(w)))


def other_results_of_a_branch():
    """zero, zero"""
    return _in_graph(lambda: tf.cond(tf.reduce_sum(v) > 0, lambda: (v * w, tf.ones(3)), lambda: (v, tf.zeros(3)))[1])


def mapped_in_a_graph():
    """flows, zero"""
    return _in_graph(lambda: tf.map_fn(lambda row: row * 2.0 + tf.floor(w[0]), v))


def mapped_at_once():
    """flows, none"""
    return _in_graph(lambda: tf.vectorized_map(lambda row: row * 2.0 + tf.floor(w[0]), v * 1.0))


def scanned():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = tf.scan(lambda state, row: state + tf.floor(row * w[0]), v * 1.0)
    return tape.gradient(y, [v, w])


def array_of_tensors():
    """flows, flows"""
    with tf.GradientTape() as tape:
        array = tf.TensorArray(tf.float32, size=2)
        array = array.write(0, v * 1.0)
        array = array.write(1, w * 1.0)
        y = array.stack()
    return tape.gradient(y, [v, w])


def read_from_an_array():
    """flows, none"""
    with tf.GradientTape() as tape:
        array = tf.TensorArray(tf.float32, size=2, clear_after_read=False)
        array = array.write(0, v * 1.0).write(1, w * 1.0)
        y = array.read(0)
    return tape.gradient(y, [v, w])


def other_results_of_a_graph_function():
    """flows, zero"""

    @tf.function
    def both():
        return v * 2.0, w * 2.0

    with tf.GradientTape() as tape:
        y, _ = both()
    return tape.gradient(y, [v, w])


def one_result_of_a_graph_function():
    """flows, none"""

    @tf.function
    def one():
        w * 2.0
        return v * 2.0

    with tf.GradientTape() as tape:
        y = one()
    return tape.gradient(y, [v, w])


def data_set_over_a_variable():
    """none, flows"""
    with tf.GradientTape() as tape:
        y = 0.0
        for row in tf.data.Dataset.from_tensor_slices(v * 1.0):
            y = y + row * w
    return tape.gradient(y, [v, w])


def custom_gradient_used():
    """flows"""

    @tf.custom_gradient
    def straight(x):
        return tf.round(x), lambda dy: dy

    with tf.GradientTape() as tape:
        y = straight(v)
    return tape.gradient(y, [v])


def custom_gradient_that_gives_none():
    """none"""

    @tf.custom_gradient
    def cut(x):
        return x * 2.0, lambda dy: None

    with tf.GradientTape() as tape:
        y = cut(v)
    return tape.gradient(y, [v])


def straight_through():
    """flows"""
    with tf.GradientTape() as tape:
        y = v + tf.stop_gradient(tf.round(v) - v)
    return tape.gradient(y, [v])


def recomputed():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = tf.recompute_grad(lambda x: tf.sin(x) + tf.floor(x))(v)
    return tape.gradient(y, [v, w])


def python_function():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.py_function(lambda x: x * x, [v], tf.float32)
    return tape.gradient(y, [v])


def numpy_function():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.numpy_function(np.sin, [v], tf.float32)
    return tape.gradient(y, [v])


class _Module(tf.Module):
    def __init__(self):
        super().__init__()
        self.b = tf.Variable(1.0)
        self.a = tf.Variable(2.0)
        self.rest = [tf.Variable(3.0)]

    def __call__(self, x):
        return x * self.a


def module_variables_in_order():
    """flows, none, none"""
    module = _Module()
    with tf.GradientTape() as tape:
        y = module(v)
    return tape.gradient(y, module.trainable_variables)


class _Scale(keras.layers.Layer):
    def build(self, shape):
        self.gain = self.add_weight(shape=(shape[-1],), initializer="ones", name="gain")
        self.moved = self.add_weight(shape=(shape[-1],), trainable=False, name="moved")

    def call(self, inputs):
        return inputs * self.gain + self.moved


class _Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = keras.layers.Dense(4, activation="tanh")
        self.unused = keras.layers.Dense(2)
        self.scale = _Scale()

    def call(self, inputs, training=False):
        return self.scale(self.first(inputs))


def own_layer():
    """flows, none"""
    layer = _Scale()
    layer(tf.ones([2, 3]))
    with tf.GradientTape() as tape:
        y = layer(tf.ones([2, 3]))
    return tape.gradient(y, layer.weights)


def own_model():
    """flows, flows, flows"""
    net = _Net()
    net(tf.ones([2, 3]))
    with tf.GradientTape() as tape:
        y = net(tf.ones([2, 3]), training=True)
    return tape.gradient(y, net.trainable_variables)


def sequential():
    """flows, flows, none, none"""
    net = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), keras.layers.Dense(1)])
    with tf.GradientTape() as tape:
        y = net.layers[0](tf.ones([2, 3]))
    return tape.gradient(y, net.trainable_variables)


def functional():
    """flows, flows, none, none"""
    inputs = keras.Input((3,))
    hidden = keras.layers.Dense(4)(inputs)
    net = keras.Model(inputs, [hidden, keras.layers.Dense(1)(hidden)])
    with tf.GradientTape() as tape:
        y, _ = net(tf.ones([2, 3]))
    return tape.gradient(y, net.trainable_variables)


def shared_layer():
    """flows, flows"""
    shared = keras.layers.Dense(3)
    inputs = keras.Input((3,))
    net = keras.Model(inputs, shared(shared(inputs)))
    with tf.GradientTape() as tape:
        y = net(tf.ones([2, 3]))
    return tape.gradient(y, net.trainable_variables)


def nested_models():
    """flows, flows, flows, flows"""
    inner = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)])
    outer = keras.Sequential([inner, keras.layers.Dense(1)])
    outer(tf.ones([2, 3]))
    with tf.GradientTape() as tape:
        y = outer(tf.ones([2, 3]))
    return tape.gradient(y, outer.trainable_variables)


def functional_subclass():
    """flows, flows"""

    class Net(keras.Model):
        pass

    inputs = keras.Input((3,))
    net = Net(inputs, keras.layers.Dense(2)(inputs))
    with tf.GradientTape() as tape:
        y = net(tf.ones([2, 3]))
    return tape.gradient(y, net.trainable_variables)


def extended_dense():
    """flows, flows"""

    class Cosine(keras.layers.Dense):
        def call(self, inputs):
            return tf.cos(super().call(inputs))

    layer = Cosine(2)
    with tf.GradientTape() as tape:
        y = layer(tf.ones([2, 3]))
    return tape.gradient(y, layer.trainable_variables)


def cloned():
    """none, none"""
    net = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    copy = keras.models.clone_model(net)
    with tf.GradientTape() as tape:
        y = copy(tf.ones([2, 3]))
    return tape.gradient(y, net.trainable_variables)


def copied_weights():
    """none, none"""
    layer = keras.layers.Dense(2)
    layer.build((None, 3))
    with tf.GradientTape() as tape:
        kernel, bias = layer.get_weights()
        y = tf.matmul(tf.ones([2, 3]), kernel) + bias
    return tape.gradient(tf.reduce_sum(y) * tf.reduce_sum(v), layer.trainable_variables)


def normalised():
    """flows, flows, none, none"""
    layer = keras.layers.BatchNormalization()
    layer.build((None, 3))
    with tf.GradientTape() as tape:
        y = layer(tf.random.normal([4, 3]), training=True) * tf.random.normal([4, 3])
    return tape.gradient(y, layer.weights)


def predicted():
    """none, none"""
    net = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    with tf.GradientTape() as tape:
        y = net.predict(np.ones((2, 3), "float32"), verbose=0) * tf.reduce_sum(v)
    return tape.gradient(y, net.trainable_variables)


def frozen_layer():
    """flows, flows"""
    net = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), keras.layers.Dense(1)])
    net.layers[0].trainable = False
    with tf.GradientTape() as tape:
        y = net(tf.ones([2, 3]))
    return tape.gradient(y, net.trainable_variables)


def loss_and_metric():
    """flows, flows"""
    layer = keras.layers.Dense(1)
    loss = keras.losses.MeanSquaredError()
    metric = keras.metrics.Mean()
    with tf.GradientTape() as tape:
        y = loss(tf.ones([2, 1]), layer(tf.ones([2, 3])))
        metric.update_state(y)
    return tape.gradient(y, layer.trainable_variables)


def metric_as_loss():
    """none, none"""
    layer = keras.layers.Dense(1)
    with tf.GradientTape() as tape:
        y = keras.metrics.MeanSquaredError()(tf.ones([2, 1]), layer(tf.ones([2, 3])))
    return tape.gradient(y, layer.trainable_variables)


def strategy_runs():
    """flows"""
    strategy = tf.distribute.get_strategy()

    def step(x):
        with tf.GradientTape() as tape:
            y = v * x
        return tape.gradient(y, [v])

    return strategy.run(step, args=(tf.ones(3),))


def rebound_keras_variable():
    """sometimes none"""
    moving = keras.Variable([1.0, 2.0])
    grads = None
    for _ in range(2):
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(tf.square(moving))
        grads = tape.gradient(y, [moving])
        if grads[0] is not None:
            moving -= 0.1 * grads[0]
    return grads


def regularisation():
    """flows, none"""
    layer = keras.layers.Dense(1, kernel_regularizer="l2")
    layer.build((None, 3))
    with tf.GradientTape() as tape:
        layer(tf.ones([2, 3]))
        y = tf.add_n(layer.losses)
    return tape.gradient(y, layer.trainable_variables)


def float_in_a_graph():
    """flows"""

    @tf.function
    def mix(x):
        return x * float(x[0])

    with tf.GradientTape() as tape:
        y = tf.reduce_sum(mix(v))
    return tape.gradient(y, [v])


def same_tensor_after_the_tape():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * 2.0
    z = tf.convert_to_tensor(y)
    return tape.gradient(z, [v])


def recurrent_cell():
    """flows, flows, flows"""
    cell = keras.layers.LSTMCell(2)
    with tf.GradientTape() as tape:
        _, state = cell(tf.ones([1, 3]), [tf.ones([1, 2]), tf.ones([1, 2])])
        y = state[1]
    return tape.gradient(y, cell.trainable_variables)


def recurrent_cell_from_host():
    """none, none, none"""
    cell = keras.layers.GRUCell(2)
    with tf.GradientTape() as tape:
        out, _ = cell(tf.ones([1, 3]), [tf.ones([1, 2])])
        y = tf.reduce_sum(tf.constant(out.numpy()))
    return tape.gradient(y, cell.trainable_variables)


def case_of_constants():
    """none, flows"""
    with tf.GradientTape() as tape:
        y = tf.case([(tf.constant(False), lambda: v * 2.0), (tf.constant(True), lambda: w * 1.0)], default=lambda: v)
    return tape.gradient(y, [v, w])


def switch_of_a_constant():
    """none, flows"""
    with tf.GradientTape() as tape:
        y = tf.switch_case(tf.constant(1), [lambda: v * 2.0, lambda: w * 3.0])
    return tape.gradient(y, [v, w])


def loss_by_its_name():
    """flows, none"""
    loss = keras.losses.get("mse")
    with tf.GradientTape() as tape:
        y = loss(tf.ones(3), v * 2.0)
    return tape.gradient(y, [v, w])


def enumeration_as_an_argument():
    """raises LookupError"""
    image = tf.Variable(tf.ones([1, 4, 4, 3]))
    with tf.GradientTape() as tape:
        y = tf.image.resize(image, [2, 2], method=tf.image.ResizeMethod.AREA)
    return tape.gradient(y, [image])


class _Factor(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.factor = self.add_weight(shape=(3,), initializer="ones", name="factor")

    def call(self, inputs):
        return inputs * self.factor


def output_of_an_own_layer():
    """flows, none, none"""
    inputs = keras.Input((3,))
    scale = _Factor()
    model = keras.Model(inputs, [keras.layers.Dense(2)(scale(inputs)), scale.output])
    with tf.GradientTape() as tape:
        y = model(tf.ones([1, 3]))[1]
    return tape.gradient(y, model.trainable_variables)


def states_of_random_layers():
    """flows, flows, none, flows, flows"""
    model = keras.Sequential([keras.layers.Dense(3), keras.layers.Dropout(0.1), keras.layers.Dense(2)])
    with tf.GradientTape() as tape:
        y = model(tf.ones([1, 3]))
    return tape.gradient(y, model.variables)


def range_of_floats():
    """flows, flows"""
    steps = tf.range(3.0)
    with tf.GradientTape() as tape:
        tape.watch(steps)
        y = steps * v
    return tape.gradient(y, [steps, v])


def scaled_attention():
    """flows"""
    layer = keras.layers.Attention(use_scale=True)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(layer([tf.random.normal([2, 5, 4]), tf.random.normal([2, 5, 4])]) ** 2)
    return tape.gradient(y, layer.trainable_variables)


def operator_keeps_its_tensor():
    """unknown, flows"""
    with tf.GradientTape() as tape:
        y = tf.linalg.LinearOperatorDiag(v).matvec(w) + w
    return tape.gradient(y, [v, w])


def rows_at_once_differentiated_twice():
    """unknown"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(tf.vectorized_map(lambda row: row * 2.0, v * 1.0))
        total = tf.reduce_sum(tf.sin(inner.gradient(y, v)))
    return outer.gradient(total, [v])


def complex_modulus_differentiated_twice():
    """unknown"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(tf.abs(tf.complex(v, w + 3.0)))
        total = tf.reduce_sum(inner.gradient(y, v))
    return outer.gradient(total, [v])


def numbers_of_a_captured_tensor():
    """none"""
    captured = tf.constant([1.0, 2.0, 3.0])

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            y = v * captured.numpy()
        return tape.gradient(y, [v])

    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.round(step()[0] * v))
    return tape.gradient(y, [v])


def cast_by_keras():
    """flows"""
    with tf.GradientTape() as tape:
        y = keras.ops.cast(v, "float32") * 2.0
    return tape.gradient(y, [v])


def a_layer_that_returns_its_state_in_a_graph():
    """flows"""
    layer = keras.layers.GRU(2, return_state=True)
    both = keras.layers.Bidirectional(keras.layers.GRU(2, return_state=True))

    @tf.function
    def step(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            _, state = layer(x)
            _, forward, _ = both(x)
            y = tf.reduce_sum(state) + tf.reduce_sum(forward)
        return tape.gradient(y, x)

    with tf.GradientTape() as tape:
        z = tf.reduce_sum(v * step(tf.ones([1, 2, 1]))[0, 0, 0])
    return tape.gradient(z, [v])


def attention_with_its_scores():
    """flows"""
    layer = keras.layers.MultiHeadAttention(1, 2)
    x = tf.reshape(v, [1, 3, 1])
    with tf.GradientTape() as tape:
        mixed, scores = layer(tf.reshape(v, [1, 3, 1]), x, return_attention_scores=True)
        y = tf.reduce_sum(mixed) + tf.reduce_sum(tf.square(scores))
    return tape.gradient(y, [v])


def cast_of_a_variable_to_its_own_dtype():
    """flows"""
    with tf.GradientTape() as tape:
        with tape.stop_recording():
            y = tf.cast(v, tf.float32)
    return tape.gradient(y, [v])


def cast_of_a_variable_to_another_dtype():
    """none"""
    with tf.GradientTape() as tape:
        with tape.stop_recording():
            y = tf.cast(v, tf.float64)
    return tape.gradient(y, [v])


def cast_of_a_variable_that_may_be_of_the_dtype():
    """flows"""
    kept = tf.Variable(tf.ones([3]))
    with tf.GradientTape() as tape:
        with tape.stop_recording():
            y = tf.cast(kept, tf.float32)
    return tape.gradient(y, [kept])


def cast_of_a_variable_differentiated_twice():
    """flows"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.cast(v, "float32") ** 3.0
        slope = inner.gradient(y, v)
    return outer.gradient(slope, [v])


def cast_of_a_variable_before_the_tape():
    """flows"""
    same = tf.cast(v, tf.float32)
    with tf.GradientTape() as tape:
        y = same * 2.0
    return tape.gradient(y, [v])


def cast_of_a_variable_to_integers_and_back():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.cast(tf.cast(v, tf.int32), tf.float32)
    return tape.gradient(y, [v])


def cast_of_a_variable_while_the_tape_records():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.cast(v, tf.float32) ** 2.0)
    return tape.gradient(y, [v])


def a_variable_that_keras_gives_back():
    """flows"""
    same = keras.ops.convert_to_tensor(v)
    with tf.GradientTape() as tape:
        y = same * 2.0
    return tape.gradient(y, [v])


def real_part_of_real_numbers():
    """flows"""
    with tf.GradientTape() as tape:
        x = v * 2.0
        with tape.stop_recording():
            y = tf.math.real(x)
    return tape.gradient(y, [v])


def leaves_are_packed_by_sorted_key():
    """flows, none"""
    with tf.GradientTape() as tape:
        packed = tf.nest.pack_sequence_as({"b": 0, "a": (0, [0])}, [v, 1.0, w])
        y = packed["a"][0] * 2.0
    return tape.gradient(y, [v, w])


def leaves_by_numbers_as_keys():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = tf.nest.flatten({10: w, 9: v})[0] * 2.0
    return tape.gradient(y, [v, w])


def a_structure_that_may_be_one_of_two():
    """unknown, unknown"""
    held = [[w], v] if float(tf.random.uniform([])) < 2.0 else v
    with tf.GradientTape() as tape:
        y = tf.nest.flatten(held)[-1] * 2.0
    return tape.gradient(y, [v, w])


def a_custom_gradient_of_a_variable_that_was_assigned():
    """flows"""

    @tf.custom_gradient
    def block(a, b):
        def back(dy):
            return dy * b, dy * a

        return a * b, back

    kept = tf.Variable([1.0, 2.0])
    for _ in range(2):
        with tf.GradientTape() as tape:
            slope = tape.gradient(block(kept, kept), kept)
        if slope is not None:
            kept.assign_sub(0.1 * slope)
    with tf.GradientTape() as tape:
        y = block(kept, kept)
    return tape.gradient(y, [kept])


def a_layer_that_gives_back_its_input():
    """flows, flows"""

    class Same(tf.keras.layers.Layer):
        def call(self, x):
            return x

    given = tf.keras.Input((3,))
    model = tf.keras.Model(given, tf.keras.layers.Dense(1)(Same()(given)))
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(model(tf.ones([2, 3])))
    return tape.gradient(y, model.trainable_variables)


def closure_handed_to_a_library():
    """flows"""
    rows = tf.RaggedTensor.from_row_splits(w, [0, 1, 3])
    with tf.GradientTape() as tape:
        y = tf.ragged.map_flat_values(lambda t: t * v, rows)
    return tape.gradient(y.flat_values, [v])


def closure_in_a_loop_of_keras():
    """unknown, unknown"""
    with tf.GradientTape() as tape:
        y = keras.ops.fori_loop(0, 3, lambda i, a: a * v, w * 2.0)
    return tape.gradient(y, [v, w])


def closure_as_a_regularizer():
    """flows, none"""
    dense = keras.layers.Dense(2, kernel_regularizer=lambda kernel: v[0] * tf.reduce_sum(kernel**2))
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(dense(tf.ones([1, 3]))) + sum(dense.losses)
    return tape.gradient(y, [v, w])


def closure_as_an_activity_regularizer():
    """flows, flows"""
    dense = keras.layers.Dense(2, use_bias=False, activity_regularizer=lambda out: v[0] * tf.reduce_sum(out**2))
    x = tf.ones([1, 3])
    with tf.GradientTape() as tape:
        dense(x)
        y = sum(dense.losses)
    return tape.gradient(y, [v, dense.kernel])


def activity_losses_of_a_model():
    """flows, flows"""
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2), keras.layers.ActivityRegularization(l2=0.1)])
    with tf.GradientTape() as tape:
        model(tf.ones([1, 3]))
        y = tf.add_n(model.losses)
    return tape.gradient(y, model.trainable_variables)


def closure_between_the_steps_of_a_layer():
    """unknown, none"""
    rnn = keras.layers.SimpleRNN(2, activation=lambda t: t * v[0])
    with tf.GradientTape() as tape:
        y = rnn(tf.ones([1, 4, 3]))
    return tape.gradient(y, [v, w])


class _Cell(keras.layers.Layer):
    state_size = 3
    output_size = 3

    def call(self, inputs, states):
        h = inputs * v + states[0]
        return h, [h]


def closure_of_a_cell():
    """flows"""
    with tf.GradientTape() as tape:
        y = keras.layers.RNN(_Cell())(tf.ones([1, 4, 3]))
    return tape.gradient(y, [v])


def closure_that_a_model_is_compiled_with():
    """flows"""

    def loss(truth, predicted):
        return tf.reduce_mean((truth - v * predicted) ** 2)

    model, x = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3)]), tf.ones([1, 3])
    model.compile(loss=loss, optimizer="sgd")
    with tf.GradientTape() as tape:
        y = model.compute_loss(x=x, y=x, y_pred=model(x))
    return tape.gradient(y, [v])


def a_cast_to_its_own_dtype_gives_back_the_tensor():
    """flows, none"""
    with tf.GradientTape() as tape:
        h = v * 2.0
        same = tf.cast(h, tf.float32)
        other = tf.identity(h)
        y = h * h
    return tape.gradient(y, [same, other])


def a_cast_that_is_used():
    """flows, flows"""
    x = np.ones(3, np.float32)
    with tf.GradientTape() as tape:
        given = tf.cast(x, tf.float32)
        tape.watch(given)
        h = tf.cast(v * given, tf.float32)
        y = h * h
    return tape.gradient(y, [given, h])


def array_of_objects():
    """unknown, unknown"""
    array = np.empty(2, dtype=object)
    with tf.GradientTape() as tape:
        array[0], array[1] = v * 2.0, w
        y = array[0] + array[1]
    return tape.gradient(y, [v, w])


def a_wrapper_of_a_layer():
    """flows, flows, flows"""

    class Scaled(keras.layers.Wrapper):
        def build(self, shape):
            super().build(shape)
            self.gain = self.add_weight(shape=(), initializer="ones")

        def call(self, x):
            return self.layer(x) * self.gain

    scaled = Scaled(keras.layers.Dense(2))
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(scaled(tf.ones([1, 3])))
    return tape.gradient(y, scaled.trainable_variables)


def recomputed_from_a_constant_of_it():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.recompute_grad(lambda x: tf.constant(x))(v)
    return tape.gradient(y, [v])


def a_target_without_a_gradient_that_another_source_leads_to():
    """raises LookupError, raises LookupError"""
    with tf.GradientTape() as tape:
        y = tf.histogram_fixed_width(v * tf.stop_gradient(w), [-1.0, 1.0])
    return tape.gradient(y, [w, tf.constant(1.0)])


def a_target_without_a_gradient_that_nothing_leads_to():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.histogram_fixed_width(tf.constant([1.0, 2.0]), [-1.0, 1.0])
    return tape.gradient(y, [w])


def a_loop_of_one_variable_whose_body_gives_no_list():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = tf.while_loop(lambda y: tf.reduce_sum(y) < 20.0, lambda y: y * v, [v * 1.0])
    return tape.gradient(y, [v])


def a_loop_of_one_number_whose_body_gives_no_list():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = tf.while_loop(lambda y: y < 20.0, lambda y: y * 2.0, [tf.reduce_sum(v)])
    return tape.gradient(y, [v])


def a_loop_of_one_variable_in_a_graph():
    """flows, none"""
    return _in_graph(lambda: tf.while_loop(lambda y: tf.reduce_sum(y) < 20.0, lambda y: y * v, [v * 1.0])[0])


def a_loop_whose_body_forgets_a_variable():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = tf.while_loop(lambda y, z: tf.reduce_sum(y) < 20.0, lambda y, z: (y * z,), [v * 1.0, v * 1.0])
    return tape.gradient(y, [v])


def a_loop_that_is_given_an_array():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.while_loop(lambda i, y: i < 2, lambda i, y: (i + 1, y * 0.5), (0, np.square(v)))[1]
    return tape.gradient(y, [v])


def np_out_arg():
    """flows"""
    a = tf.Variable([2.0, 1.0])
    n = np.zeros(2, np.float32)
    np.add(n, 1.0, out=n)
    with tf.GradientTape() as tape:
        z = tf.reduce_sum(a * n)
    return tape.gradient(z, [a])


def np_object_array_view():
    """unknown, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    n = np.array([None, None], dtype=object)
    m = n[::-1]
    m[0] = a
    with tf.GradientTape() as tape:
        z = n[1] * b
    return tape.gradient(z, [a, b])


def tape_watch_module_subclass():
    """none, flows, none"""
    class Sub(tf.Module):
        def __init__(self):
            super().__init__()
            self.k = tf.Variable(1.0)
    class M(tf.Module):
        def __init__(self):
            super().__init__(name="m")
            self.z = Sub()
            self.b = {"q": Sub(), "p": Sub()}
    m = M()
    with tf.GradientTape() as tape:
        z = m.b["q"].k * 1.0
    return tape.gradient(z, m.trainable_variables)


def an_array_of_objects_computes_with_tensors():
    """unknown"""
    with tf.GradientTape() as tape:
        held = np.array([v * 1.0, v * 2.0], dtype=object)
        y = np.dot(held, np.array([1.0, 2.0], dtype=object))
    return tape.gradient(y, v)


def an_array_of_objects_from_one_of_floats():
    """unknown"""
    with tf.GradientTape() as tape:
        held = np.zeros(2).astype(object)
        held[0] = v * 3.0
        y = np.sum(held)
    return tape.gradient(y, v)


def arrays_of_another_dtype_are_stacked():
    """flows"""
    with tf.GradientTape() as tape:
        y = tnp.stack([v, tf.ones([3], tf.float64)])
    return tape.gradient(y, v)


def fields_of_an_iteration():
    """flows"""
    with tf.GradientTape() as tape:
        operator = tf.linalg.LinearOperatorDiag([1.0, 2.0, 3.0], is_self_adjoint=True, is_positive_definite=True)
        y = tf.linalg.experimental.conjugate_gradient(operator, v).x
    return tape.gradient(y, v)


def a_solution_without_a_gradient():
    """raises ValueError"""
    square = tf.Variable([[2.0, 0.3], [0.3, 1.5]])
    with tf.GradientTape() as tape:
        y = tf.linalg.lstsq(square, square, fast=False)
    return tape.gradient(y, square)


def the_single_element_of_a_data_set_that_holds_a_variable():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.data.Dataset.from_tensors(v).get_single_element() * v
    return tape.gradient(y, v)


def the_single_element_of_a_data_set_of_numbers():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.data.Dataset.from_tensors([1.0, 2.0, 3.0]).get_single_element() * v
    return tape.gradient(y, v)


def a_cast_while_nothing_is_recorded_of_what_is_not_known():
    """unknown"""
    with tf.GradientTape() as tape:
        x = tf.raw_ops.Mul(x=v, y=v * 2.0)
        with tape.stop_recording():
            y = tf.cast(x, tf.float32)
    return tape.gradient(y, v)


def a_tensor_that_a_graph_has_captured_and_gives_back():
    """none"""
    with tf.GradientTape() as tape:
        h = v * 2.0
        same = tf.function(lambda: h)()
        y = h * h
    return tape.gradient(y, same)


def moments_of_whole_numbers():
    """flows"""
    n = tf.constant([[1, 2, 3], [4, 5, 6]])
    with tf.GradientTape() as tape:
        y = tf.cast(tf.nn.moments(n, 0)[0], tf.float32) * v
    return tape.gradient(y, v)


def numbers_drawn_by_a_tensor_of_bounds():
    """flows"""
    rows = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape() as tape:
        y = tf.random.normal([], mean=rows) * 2.0
    return tape.batch_jacobian(y, rows)


def a_loss_of_tensorflow_itself():
    """flows"""
    with tf.GradientTape() as tape:
        loss = tf.losses.MSE(v * 2.0, [1.0, 2.0, 3.0])
    return tape.gradient(loss, v)


def a_metric_of_tensorflow_itself():
    """none"""
    error = tf.metrics.Mean()
    with tf.GradientTape() as tape:
        error.update_state(v)
        loss = error.result()
    return tape.gradient(loss, v)
