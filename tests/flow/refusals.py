"""What TensorFlow and Keras refuse before a gradient is asked for: the docstring is the verdict a source."""

import copy

import keras
import tensorflow as tf

keras.utils.set_random_seed(1)
x = tf.constant([[0.3, -0.5, 0.7], [0.2, 0.9, -0.4]])
whole = tf.constant([1, 0, 2])
v = tf.Variable([1.0, 2.0, 3.0])
w = tf.Variable(2.0)


class Net(keras.Model):
    def __init__(self, units=3):
        super().__init__()
        self.units = units
        self.inside = keras.layers.Dense(units)

    def call(self, inputs):
        return self.inside(inputs)


class Configured(Net):
    def __init__(self, units=3, **others):
        super().__init__(units)

    def get_config(self):
        return {"units": self.units}


class Late(keras.Model):
    def __init__(self):
        super().__init__()
        self.inside = None

    def call(self, inputs):
        if self.inside is None:
            self.inside = keras.layers.Dense(2)
        return self.inside(inputs)


class LateBesideAnother(Late):
    def __init__(self):
        super().__init__()
        self.first = keras.layers.Dense(3)

    def call(self, inputs):
        return super().call(self.first(inputs))


def _model():
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="hidden"), keras.layers.Dense(1)])


def whole_numbers_beside_floats():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = whole - v
    return tape.gradient(y, v)


def whole_numbers_that_are_cast():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.cast(whole, tf.float32) - v
    return tape.gradient(y, v)


def a_mean_by_a_size():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(v) / tf.size(v)
    return tape.gradient(y, v)


def a_mean_by_a_length():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(v) / v.shape[0]
    return tape.gradient(y, v)


def a_float_beside_whole_numbers():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = tf.argmax(v) * 0.5
    return tape.gradient(y, v)


def a_keras_variable_beside_whole_numbers():
    """flows"""
    scale = keras.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        y = scale * whole
    return tape.gradient(y, scale)


def whole_numbers_in_a_graph():
    """raises TypeError"""
    @tf.function
    def step():
        with tf.GradientTape() as tape:
            y = whole * v
        return tape.gradient(y, v)

    return step()


def a_truth_as_a_mask():
    """unknown"""
    with tf.GradientTape() as tape:
        y = v * (v > 1.5)
    return tape.gradient(y, v)


def labels_of_a_loss():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tf.nn.sigmoid_cross_entropy_with_logits(labels=whole, logits=v)
    return tape.gradient(y, v)


def labels_of_a_loss_that_casts():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.nn.softmax_cross_entropy_with_logits(labels=whole, logits=v)
    return tape.gradient(y, v)


def a_tuple_by_mistake():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = (tf.reduce_sum(v),)
        y = y + 0.1
    return tape.gradient(y, v)


def a_list_of_the_same_twice():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = [v * w] * 2
    return tape.gradient(y, [v, w])


def a_penalty_on_a_missing_gradient():
    """raises ValueError, raises ValueError"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as tape:
            y = v * w
        penalty = tf.norm(tape.gradient(y, x))
    return outer.gradient(penalty, [v, w])


def a_step_by_a_missing_gradient():
    """raises TypeError"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as tape:
            y = w * 3.0
        moved = v - 0.1 * tape.gradient(y, v)
    return outer.gradient(moved, v)


def a_sum_with_a_missing_gradient():
    """raises ValueError"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(v * v)
        penalty = tf.add_n([tf.reduce_sum(v), tape.gradient(y, w)])
    return outer.gradient(penalty, v)


def a_norm_without_the_missing_gradient():
    """flows, none"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(v * v * v)
        penalty = tf.linalg.global_norm(tape.gradient(y, [v, w]))
    return outer.gradient(penalty, [v, w])


def zeros_for_a_keras_variable():
    """raises AttributeError, raises AttributeError, raises AttributeError, raises AttributeError"""
    model = _model()
    with tf.GradientTape() as tape:
        y = model.layers[0](x)
    return tape.gradient(y, model.trainable_variables, unconnected_gradients="zero")


def the_output_of_a_sequential_model():
    """raises AttributeError"""
    model = _model()
    parts = keras.Model(model.inputs, [model.get_layer("hidden").output, model.output])
    with tf.GradientTape() as tape:
        hidden, y = parts(x)
    return tape.gradient(y, hidden)


def the_outputs_of_a_sequential_model():
    """flows"""
    model = _model()
    parts = keras.Model(model.inputs, [model.get_layer("hidden").output, *model.outputs])
    with tf.GradientTape() as tape:
        hidden, y = parts(x)
    return tape.gradient(y, hidden)


def the_output_of_a_call_on_symbols():
    """flows, flows, flows, flows, flows, flows"""
    model = _model()
    symbols = keras.Input((3,))
    whole_model = keras.Model(symbols, keras.layers.Dense(1)(model(symbols)))
    parts = keras.Model(symbols, [model.output, whole_model.output])
    with tf.GradientTape() as tape:
        _, y = parts(x)
    return tape.gradient(y, whole_model.trainable_variables)


def parts_of_a_model_that_was_called():
    """flows, flows, none, none"""
    model = keras.Sequential([keras.layers.Dense(2, name="hidden"), keras.layers.Dense(1)])
    model(x)
    part = keras.Model(model.inputs, model.get_layer("hidden").output)
    with tf.GradientTape() as tape:
        y = part(x)
    return tape.gradient(y, model.trainable_variables)


def a_layer_of_a_model_inside():
    """raises ValueError"""
    inside = _model()
    symbols = keras.Input((3,))
    model = keras.Model(symbols, keras.layers.Dense(1)(inside(symbols)))
    parts = keras.Model(model.inputs, [inside.get_layer("hidden").output, model.output])
    with tf.GradientTape() as tape:
        hidden, y = parts(x)
    return tape.gradient(y, hidden)


def several_outputs_taken_for_an_array():
    """raises TypeError, raises TypeError, raises TypeError, raises TypeError"""
    symbols = keras.Input((3,))
    model = keras.Model(symbols, [keras.layers.Dense(2)(symbols), keras.layers.Dense(1)(symbols)])
    with tf.GradientTape() as tape:
        y = model(x)[:, 0]
    return tape.gradient(y, model.trainable_variables)


def a_copy_of_a_projects_model():
    """raises TypeError, raises TypeError"""
    model = Net()
    model(x)
    target = copy.deepcopy(model)
    with tf.GradientTape() as tape:
        y = target(x)
    return tape.gradient(y, model.trainable_variables)


def a_clone_without_a_configuration():
    """raises TypeError"""
    model = Net()
    model(x)
    target = keras.models.clone_model(model)
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, target.trainable_variables)


def a_clone_with_a_configuration():
    """none, none"""
    model = Configured()
    model(x)
    target = keras.models.clone_model(model)
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, target.trainable_variables)


def a_clone_of_a_lambda():
    """raises ValueError"""
    model = keras.Sequential([keras.layers.Dense(2), keras.layers.Lambda(lambda t: t * 2.0)])
    target = keras.models.clone_model(model)
    with tf.GradientTape() as tape:
        y = target(x)
    return tape.gradient(y, target.trainable_variables)


def a_clone_of_a_wrapper():
    """none, none, none, none, none, none, none, none"""
    inner = keras.layers.TimeDistributed(keras.layers.Dense(2))
    model = keras.Sequential([keras.Input((2, 3)), inner, keras.layers.Bidirectional(keras.layers.GRU(2))])
    target = keras.models.clone_model(model)
    with tf.GradientTape() as tape:
        y = model(x[None])
    return tape.gradient(y, target.trainable_variables)


def a_layer_made_in_call():
    """raises ValueError, raises ValueError"""
    model = Late()
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, model.trainable_variables)


def a_layer_made_while_another_is_built():
    """flows, flows, flows, flows"""
    model = LateBesideAnother()
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, model.trainable_variables)


def a_new_layer_for_a_built_model():
    """raises ValueError, raises ValueError"""
    model = Net()
    model(x)
    model.inside = keras.layers.Dense(1)
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, model.trainable_variables)


def a_new_layer_before_the_first_call():
    """flows, flows"""
    model = Net()
    model.inside = keras.layers.Dense(1)
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, model.trainable_variables)


def a_kernel_without_a_setter():
    """raises AttributeError"""
    layer = keras.layers.Dense(1)
    layer.build((None, 3))
    with tf.GradientTape() as tape:
        layer.kernel = tf.reshape(v, [3, 1])
        y = layer(x)
    return tape.gradient(y, v)


def a_bias_that_can_be_set():
    """flows"""
    layer = keras.layers.Dense(3)
    layer.build((None, 3))
    with tf.GradientTape() as tape:
        layer.bias = v * 2.0
        y = layer(x)
    return tape.gradient(y, v)


def a_prediction_in_a_graph():
    """raises AttributeError"""
    model = _model()

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(v) * tf.reduce_sum(model.predict(x, verbose=0))
        return tape.gradient(y, v)

    return step()


def one_step_of_a_prediction():
    """flows, flows, flows, flows"""
    model = _model()
    with tf.GradientTape() as tape:
        y = model.predict_step(x)
    return tape.gradient(y, model.trainable_variables)


def weights_in_a_graph():
    """raises NotImplementedError, raises NotImplementedError, raises NotImplementedError, raises NotImplementedError"""
    model = _model()

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            y = model(x)
        model.get_weights()
        return tape.gradient(y, model.trainable_variables)

    return step()


def a_constant_of_a_tensor_in_a_graph():
    """raises TypeError"""
    @tf.function
    def step(given):
        with tf.GradientTape() as tape:
            y = tf.constant(given * v)
        return tape.gradient(y, v)

    return step(tf.constant(2.0))


def a_constant_of_tensors():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = tf.constant([v * 2.0, v])
    return tape.gradient(y, v)


def a_sum_that_starts_as_a_whole_number():
    """raises TypeError"""
    @tf.function
    def step():
        with tf.GradientTape() as tape:
            y = 0
            for i in tf.range(3):
                y += v[i]
        return tape.gradient(y, v)

    return step()


def a_name_that_is_set_anew_in_each_round():
    """flows"""
    @tf.function
    def step():
        with tf.GradientTape() as tape:
            y, each = 0.0, 0
            for i in tf.range(3):
                each = v[i]
                y += each
        return tape.gradient(y, v)

    return step()


def the_rest_of_a_shape_beside_a_list():
    """flows"""
    w = tf.Variable(2.0)
    unknown = tf.reshape(tf.range(6.0), [-1, *[2, 1][: int(tf.random.uniform([], 1.0, 2.0))]])
    with tf.GradientTape() as tape:
        y = tf.ones(unknown.shape[:-1] + [2]) * w
    return tape.gradient(y, [w])


def numbers_that_keep_their_bits():
    """flows"""
    w = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.bitcast(tf.bitcast(w, tf.int32), tf.float32) * tf.constant(2.0) + w
    return tape.gradient(y, [w])


def whole_numbers_of_keras():
    """flows"""
    w = tf.Variable([1.0, 2.0])
    count = keras.Variable(3)
    with tf.GradientTape() as tape:
        y = w * tf.cast(count + tf.constant(2), tf.float32)
    return tape.gradient(y, [w])


def without_a_gradient_behind_a_metric():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.unique(keras.metrics.MeanSquaredError()(x[0], v) * tf.ones([3]))[0]
    return tape.gradient(y, [v])


def list_int_mul():
    """flows"""
    with tf.GradientTape() as tape:
        y = [1, 2] * w
    return tape.gradient(y, w)


def dict_plus():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = {"a": v} + v
    return tape.gradient(y, v)


def dict_times_const():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = v * {"a": 1.0}
    return tape.gradient(y, v)


def set_plus():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = v + {1.0}
    return tape.gradient(y, v)


def string_plus():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = v + "a"
    return tape.gradient(y, v)


def dict_compare():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = v * 1.0 if v == {"a": 1} else v * 2.0
    return tape.gradient(y, v)


def func_plus():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = v + (lambda: 1.0)
    return tape.gradient(y, v)


def obj_plus():
    """raises ValueError"""
    class C: pass
    with tf.GradientTape() as tape:
        y = v + C()
    return tape.gradient(y, v)


def var_eq_none():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = v * 1.0 if v == None else v * 2.0
    return tape.gradient(y, v)


def tensor_eq_none():
    """flows"""
    t = tf.constant(1.0)
    with tf.GradientTape() as tape:
        y = v * 1.0 if t == None else v * 2.0
    return tape.gradient(y, v)


def a_tensor_is_told_from_none_by_itself():
    """none"""
    t = tf.constant(1.0)
    with tf.GradientTape() as tape:
        y = v * 1.0 if t == None else tf.constant(2.0)
    return tape.gradient(y, v)


def a_tensor_of_a_graph_is_told_from_none():
    """flows"""
    @tf.function(autograph=False)
    def traced():
        with tf.GradientTape() as tape:
            t = v * 1.0
            y = t * 2.0 if t != None else tf.constant(1.0)
        return tape.gradient(y, v)

    return traced()


def var_ne_none():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = v * 1.0 if v != None else v * 2.0
    return tape.gradient(y, v)


def a_part_between_numbers_that_are_not_whole():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = w[0.5:]
    return tape.gradient(y, w)


def a_key_of_several_numbers():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = w[tf.constant([0, 1])]
    return tape.gradient(y, w)


def a_place_behind_the_end():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = tf.ones([2])[5] * w
    return tape.gradient(y, w)


def a_part_without_a_step():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.ones([2])[::0] * w
    return tape.gradient(y, w)


def a_target_and_a_source_that_are_none():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = tf.sparse.from_dense([1.0, 2.0])
    return tape.gradient(y, Net)


def a_batch_of_what_has_perhaps_no_axis():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.nn.compute_average_loss(v * 2.0, global_batch_size=6)
    return tape.batch_jacobian(y, v)
