"""Code that Python or Keras runs where nothing is written of it, and that changes what is read later."""

import keras
import numpy as np
import tensorflow as tf

a = tf.Variable(1.0)
b = tf.Variable(2.0)
_now = [a]


class _Box:
    def __init__(self, held):
        self.held = held


_box = _Box(a)


class _SetByName:
    def __hash__(self):
        setattr(_box, "held", b)
        return 1


class _SetByCall:
    def put(self):
        _box.held = b

    def __len__(self):
        self.put()
        return 0

    def __iter__(self):
        return iter(())


class _Hinting:
    def __length_hint__(self):
        _box.held = b
        return 0

    def __iter__(self):
        return iter(())


def a_field_that_a_hash_sets_by_its_name():
    """unknown, unknown"""
    _box.held = a
    with tf.GradientTape() as tape:
        found = {_SetByName()}
        y = _box.held * float(len(found))
    return tape.gradient(y, [a, b])


def a_length_that_a_list_asks_for():
    """unknown, unknown"""
    _box.held = a
    with tf.GradientTape() as tape:
        list(_SetByCall())
        y = _box.held * 1.0
    return tape.gradient(y, [a, b])


def a_hint_of_a_length_that_a_list_asks_for():
    """unknown, unknown"""
    _box.held = a
    with tf.GradientTape() as tape:
        list(_Hinting())
        y = _box.held * 1.0
    return tape.gradient(y, [a, b])


class _Meta(type):
    @property
    def weight(cls):
        return b


class _OfMeta(metaclass=_Meta):
    weight = a


def a_property_of_a_metaclass_goes_first():
    """none, flows"""
    with tf.GradientTape() as tape:
        y = _OfMeta.weight * 1.0
    return tape.gradient(y, [a, b])


class _Renamed(dict):
    def keys(self):
        return ["x"]

    def __getitem__(self, key):
        return b


def a_dict_made_of_a_dict_with_methods_of_its_own():
    """unknown, unknown"""
    with tf.GradientTape() as tape:
        y = dict(_Renamed(x=a))["x"] * 1.0
    return tape.gradient(y, [a, b])


class _Switching(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        _now[0] = b


def a_callback_that_writes_elsewhere():
    """unknown, unknown"""
    _now[0] = a
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.ones([1, 1]), np.ones([1, 1]), verbose=0, callbacks=[_Switching()])
    with tf.GradientTape() as tape:
        y = _now[0] * 1.0
    return tape.gradient(y, [a, b])


_calls = []


class _Counting(keras.layers.Layer):
    def call(self, inputs):
        _calls.append(1)
        return inputs * (a if len(_calls) == 1 else b)


def a_layer_that_counts_in_a_sequential_model():
    """unknown, unknown"""
    _calls.clear()
    model = keras.Sequential([_Counting()])
    with tf.GradientTape() as tape:
        y = model(tf.ones([1, 1]))
    return tape.gradient(y, [a, b])


def _counted(shape, dtype=None):
    _calls.append(1)
    return tf.ones(shape)


def an_initializer_that_counts():
    """unknown, unknown"""
    _calls.clear()
    layer = keras.layers.Dense(1, kernel_initializer=_counted)
    with tf.GradientTape() as tape:
        layer(tf.ones([1, 1]))
        y = a * 1.0 if _calls else b * 1.0
    return tape.gradient(y, [a, b])


def _made():
    _now[0] = b
    yield 1.0


def a_generator_of_a_dataset():
    """unknown, unknown"""
    _now[0] = a
    with tf.GradientTape() as tape:
        for _ in tf.data.Dataset.from_generator(_made, output_signature=tf.TensorSpec([])):
            pass
        y = _now[0] * 1.0
    return tape.gradient(y, [a, b])


def _scaled(held):
    def scale():
        return held * 1.0

    return scale


def a_cell_that_is_written():
    """unknown, unknown"""
    scale = _scaled(a)
    scale.__closure__[0].cell_contents = b
    with tf.GradientTape() as tape:
        y = scale()
    return tape.gradient(y, [a, b])


def several_handlers_of_a_group():
    """unknown, unknown"""
    with tf.GradientTape() as tape:
        try:
            raise ExceptionGroup("both", [ValueError(), KeyError()])
        except* ValueError:
            v = a
        except* KeyError:
            v = b
        y = v * 1.0
    return tape.gradient(y, [a, b])


class _Failing(Exception):
    def __init__(self):
        raise KeyError


def an_exception_that_cannot_be_made():
    """unknown, unknown"""
    with tf.GradientTape() as tape:
        try:
            raise _Failing
        except _Failing:
            v = a
        except KeyError:
            v = b
        y = v * 1.0
    return tape.gradient(y, [a, b])


def a_dropout_that_drops_nothing():
    """flows"""
    x = tf.constant([1.0])
    z = tf.nn.dropout(x, 0.0)
    with tf.GradientTape() as tape:
        tape.watch(z)
        y = x * 1.0
    return tape.gradient(y, x)


def a_dropout_of_what_is_watched():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = tf.nn.dropout(a * tf.ones([3]), 0.0)
    return tape.gradient(y, [a, b])


def a_sum_of_one_tensor_that_is_watched():
    """unknown"""
    c = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        z = tf.add_n([c])
        tape.watch(z)
        y = c * 1.0
    return tape.gradient(y, z)


def a_layer_that_gives_back_what_is_watched():
    """unknown"""
    c = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        z = keras.layers.Dropout(0.5)(c)
        tape.watch(z)
        y = c * 1.0
    return tape.gradient(y, z)
