"""Updates that raise in a try block, and those that do not; the docstring is the verdict of each source."""

import random

import keras
import tensorflow as tf

w = tf.Variable([2.0, 3.0])
b = tf.Variable(3.0)


def _asked_of_anything(sources):
    with tf.GradientTape() as tape:
        y = tf.add_n([source * source for source in sources])
    return tape.gradient(y, sources)


def _raises(act, error):
    with tf.GradientTape() as tape:
        try:
            act()
            y = tf.reduce_sum(w)
        except error:
            y = b * 1.0
    return tape.gradient(y, [w, b])


def _built():
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.build([w])
    return optimizer


def what_an_optimizer_was_not_built_with():
    """none, flows"""
    optimizer = _built()
    return _raises(lambda: optimizer.apply_gradients([(tf.zeros(()), b)]), ValueError)


def what_an_optimizer_was_built_with():
    """unknown, unknown"""
    optimizer = _built()
    return _raises(lambda: optimizer.apply_gradients([(tf.zeros([2]), w)]), ValueError)


def no_pairs_at_all():
    """none, flows"""
    return _raises(lambda: _built().apply_gradients([]), ValueError)


def a_part_of_a_variable_is_set():
    """none, flows"""

    def act():
        w[0] = 1.0

    return _raises(act, TypeError)


def a_part_of_a_tensor_is_set_in_a_graph():
    """none, flows"""

    @tf.function
    def act(x):
        x[0] = 1.0
        return x

    return _raises(lambda: act(tf.ones([2])), TypeError)


def a_tensor_is_assigned_to():
    """none, flows"""
    return _raises(lambda: tf.identity(w).assign_sub(w), AttributeError)


def a_part_of_a_variable_is_assigned_to():
    """unknown, unknown"""
    return _raises(lambda: w[0].assign(2.0), AttributeError)


def what_an_assignment_gives_is_assigned_to():
    """unknown, unknown"""
    return _raises(lambda: w.assign_sub([0.0, 0.0]).assign_add([0.0, 0.0]), AttributeError)


def a_layer_is_iterated():
    """none, flows"""
    return _raises(lambda: list(zip([w], keras.layers.Dense(1))), TypeError)


def a_list_of_unlike_tensors_is_clipped():
    """none, flows"""
    return _raises(lambda: tf.clip_by_norm([w * 1.0, b * 1.0], 1.0), tf.errors.InvalidArgumentError)


def a_list_of_unlike_tensors_is_clipped_in_a_graph():
    """none, flows"""
    act = tf.function(lambda: tf.clip_by_value([w * 1.0, b * 1.0], 0.0, 1.0))
    return _raises(act, ValueError)


def a_list_of_like_tensors_is_clipped():
    """unknown, unknown"""
    return _raises(lambda: tf.clip_by_norm([w * 1.0, w * 2.0], 1.0), tf.errors.InvalidArgumentError)


def parts_of_gradients_of_what_is_not_known(sources=None):
    """flows"""
    gradients = _asked_of_anything(sources or [w])
    gradients[0] = gradients[0] * 2.0
    gradients += [w]
    with tf.GradientTape() as tape:
        y = w * 2.0
    return tape.gradient(y, w)


def added_to_what_may_be_none():
    """unknown"""
    total = None if random.random() > 2.0 else w * 1.0
    with tf.GradientTape() as tape:
        total += w
    return tape.gradient(total, w)
