"""Arrays and scalars of NumPy: what they have, and what of them a program never comes to; the docstring is the verdict
of each source."""

import keras
import numpy as np
import tensorflow as tf

v = tf.Variable(2.0)
rows = tf.Variable([[1.0, 2.0], [3.0, 4.0]])


def a_scalar_has_no_numbers_of_a_tensor():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = v * np.float32(2.0).numpy()
    return tape.gradient(y, v)


def numbers_that_are_an_array_already():
    """raises AttributeError"""
    scale = np.asarray(rows)
    with tf.GradientTape() as tape:
        y = rows * np.exp(scale).numpy()
    return tape.gradient(y, rows)


def numbers_of_what_has_them():
    """flows"""
    scale = rows.numpy().max()
    with tf.GradientTape() as tape:
        y = rows * (scale.numpy() if hasattr(scale, "numpy") else scale)
    return tape.gradient(y, rows)


def a_method_of_scalars_alone():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * (2.0 if np.float32(2.0).is_integer() else v)
    return tape.gradient(y, v)


def a_shape_of_a_number():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = tf.zeros((2.0).shape) * v
    return tape.gradient(y, v)


def what_a_list_has_where_an_array_may_stand():
    """flows"""
    held = [1.0, 2.0]
    with tf.GradientTape() as tape:
        y = v * getattr(held, "mean", lambda: 3.0)()
    return tape.gradient(y, v)


def truths_on_the_processor_within_a_graph():
    """raises AttributeError"""

    @tf.function
    def step(x):
        return v * tf.cast((x > 0.0).cpu(), tf.float32)

    with tf.GradientTape() as tape:
        y = step(tf.constant(1.0))
    return tape.gradient(y, v)


def whole_numbers_that_a_graph_never_makes():
    """unknown"""

    @tf.function
    def step(x):
        return v * x[0, 0]

    with tf.GradientTape() as tape:
        y = step(tf.constant([1, 2]))
    return tape.gradient(y, v)


def whole_numbers_that_are_not_there():
    """raises InvalidArgumentError"""
    with tf.GradientTape() as tape:
        y = v * tf.constant([1, 2])[0, 0]
    return tape.gradient(y, v)


def the_only_number_of_several():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = v * tf.constant([1.0, 2.0]).numpy().item()
    return tape.gradient(y, v)


def an_array_of_too_few_axes_as_a_target():
    """unknown"""
    with tf.GradientTape() as tape:
        y = np.linalg.det(v)
    return tape.gradient(y, v)


def a_shape_of_floats():
    """unknown"""
    with tf.GradientTape() as tape:
        y = v * np.zeros(np.array([2.0]))
    return tape.gradient(y, v)


def a_shape_of_whole_numbers():
    """zero"""
    with tf.GradientTape() as tape:
        y = v * np.zeros((2, 3), np.float32)
    return tape.gradient(y, v)


def a_row_by_the_number_of_a_tensor():
    """flows"""
    table = np.eye(3, dtype=np.float32)
    with tf.GradientTape() as tape:
        y = v * table[tf.constant(1)]
    return tape.gradient(y, v)


def rows_by_the_places_in_an_array():
    """none"""
    places = tf.constant([1, 0])
    with tf.GradientTape() as tape:
        y = tf.constant(rows.numpy()[places.numpy()])
    return tape.gradient(y, rows)


def a_row_by_a_variable_of_floats():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.constant(np.eye(3, dtype=np.float32)[v])
    return tape.gradient(y, v)


def a_text_that_is_read_as_bytes():
    """flows"""
    name = tf.constant("2.0").numpy().decode("utf-8")
    words = np.array(["2.0", "3.0"])
    with tf.GradientTape() as tape:
        y = v * float(name) * float(words[0].strip())
    return tape.gradient(y, v)


def what_an_array_of_unknown_things_holds():
    """flows"""
    held = np.array(sorted([keras.layers.Dense(1), keras.layers.Dense(2)], key=id))
    with tf.GradientTape() as tape:
        y = v * float(held[0].units)
    return tape.gradient(y, v)


def normal_numbers_by_whole_ones():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.round(v) + tf.random.normal([2], 0, 1)
    return tape.gradient(y, v)


def a_layer_of_whole_numbers_that_are_drawn():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.keras.layers.Embedding(5, 2)(np.random.randint(0, 5, size=(1, 3))) * v
    return tape.gradient(y, v)


def a_place_that_is_chosen_by_chance():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.math.log(rows[0, np.random.choice(2, p=np.squeeze(rows[0]) / np.sum(rows[0]))])
    return tape.gradient(y, rows)


def a_row_that_is_chosen_before_the_tape():
    """none"""
    y = rows[np.random.choice(2)]
    with tf.GradientTape() as tape:
        z = y * v
    return tape.gradient(z, y)


def odds_of_a_tensor():
    """unknown"""
    odds = rows[0] / tf.reduce_sum(rows[0])
    with tf.GradientTape() as tape:
        y = tf.math.log(odds[np.random.choice(2, p=odds)])
    return tape.gradient(y, rows)


def rows_in_an_order_that_is_drawn():
    """flows"""
    order = np.random.permutation(2)
    with tf.GradientTape() as tape:
        y = tf.gather(rows, order[:1]) * np.ones((4, 2), np.float32)[np.random.permutation(4)]
    return tape.gradient(y, rows)
