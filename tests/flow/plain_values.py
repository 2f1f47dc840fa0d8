"""What is asked of numbers, lists, functions and tensors that they have not; the docstring is the verdict a source."""

import keras
import tensorflow as tf

keras.utils.set_random_seed(1)
v = tf.Variable([1.0, 2.0])
number = 3.0


def _model():
    return keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])


def a_number_that_is_called():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = v * number(2.0)
    return tape.gradient(y, v)


def none_that_is_called():
    """unknown"""
    activation = None
    with tf.GradientTape() as tape:
        y = v * activation(2.0)
    return tape.gradient(y, v)


def a_tensor_that_is_called():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = (v * 2.0)(0)
    return tape.gradient(y, v)


def losses_that_are_called():
    """raises TypeError, raises TypeError"""
    model = _model()
    with tf.GradientTape() as tape:
        y = model(v[None]) + sum(model.losses())
    return tape.gradient(y, model.trainable_variables)


def variables_of_an_optimizer_that_are_called():
    """raises TypeError"""
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.build([v])
    with tf.GradientTape() as tape:
        y = v * float(len(optimizer.variables()))
    return tape.gradient(y, v)


def variables_of_an_optimizer_one_by_one():
    """flows"""
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.build([v])
    for each in optimizer.variables:
        each.assign(tf.zeros_like(each))
    with tf.GradientTape() as tape:
        y = v * 2.0
    return tape.gradient(y, v)


def the_numbers_of_a_number():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = v * number.numpy()
    return tape.gradient(y, v)


def the_shape_of_a_list():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = v * [1.0, 2.0].shape[0]
    return tape.gradient(y, v)


def a_part_of_a_function():
    """raises TypeError"""

    def scale():
        return 2.0

    with tf.GradientTape() as tape:
        y = v * scale[0]
    return tape.gradient(y, v)


def the_name_of_a_tensor():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = v * 2.0
        print(y.name)
    return tape.gradient(y, v)


def the_name_of_a_tensor_in_a_graph():
    """flows"""

    @tf.function
    def double(x):
        y = x * 2.0
        print(y.name, y.op, y.graph)
        return y

    with tf.GradientTape() as tape:
        y = double(v)
    return tape.gradient(y, v)


def the_operation_of_a_variable():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = v * 2.0
        print(v.name, v.op)
    return tape.gradient(y, v)


def a_tensor_without_a_name():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * 2.0
        if hasattr(y, "name"):
            y = tf.stop_gradient(y)
    return tape.gradient(y, v)


def a_part_of_what_a_model_gives_by_a_name():
    """raises TypeError, raises TypeError"""
    model = _model()
    with tf.GradientTape() as tape:
        y = model(v[None])["logits"]
    return tape.gradient(y, model.trainable_variables)


def parts_of_what_a_model_gives_by_their_names():
    """flows, flows"""
    symbol = keras.Input((2,))
    model = keras.Model(symbol, {"logits": keras.layers.Dense(1)(symbol)})
    with tf.GradientTape() as tape:
        y = model(v[None])["logits"]
    return tape.gradient(y, model.trainable_variables)


def the_name_of_a_loss():
    """raises AttributeError, raises AttributeError"""
    model = _model()
    with tf.GradientTape() as tape:
        y = keras.losses.MeanSquaredError()(tf.ones((1, 1)), model(v[None]))
        print(y.name)
    return tape.gradient(y, model.trainable_variables)
