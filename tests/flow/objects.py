"""Objects of the program's own classes: their operators, and when a layer has its variables."""

import copy
from types import SimpleNamespace
from unittest import mock

import keras
import tensorflow as tf
import tf_keras

_open = []


class _Circuit:
    def __init__(self):
        self.gates = []

    def __enter__(self):
        _open.append(self)
        return self

    def __exit__(self, *error):
        _open.pop()

    def __iadd__(self, gate):
        self.gates.append(gate)
        return self

    def __contains__(self, angle):
        self.gates.append(_Gate(angle))
        return True

    def __lt__(self, angle):
        self.gates.append(_Gate(angle))
        return True

    def __invert__(self):
        return self.total() * 2.0

    def total(self):
        return sum([gate.angle for gate in self.gates], 0.0)


class _Gate:
    def __init__(self, angle):
        self.angle = angle


class _Wire:
    def __or__(self, gate):
        _open[-1].gates.append(gate)
        return self

    def __rshift__(self, gate):
        _open[-1].gates.append(gate)


def kept_by_an_operator():
    """flows"""
    angle = tf.Variable(0.5)
    with tf.GradientTape() as tape:
        with _Circuit() as circuit:
            _Wire() | _Gate(tf.sin(angle))
        y = circuit.total()
    return tape.gradient(y, angle)


def kept_by_a_shift_of_either_wire():
    """flows"""
    angle = tf.Variable(0.5)
    wires = {"a": _Wire(), "b": _Wire()}
    with tf.GradientTape() as tape:
        with _Circuit() as circuit:
            wires["ab"[len(wires) // 4]] >> _Gate(tf.sin(angle))
        y = circuit.total()
    return tape.gradient(y, angle)


def kept_in_place():
    """flows"""
    angle = tf.Variable(0.5)
    with tf.GradientTape() as tape:
        circuit = _Circuit()
        circuit += _Gate(angle * 2.0)
        y = circuit.total()
    return tape.gradient(y, angle)


def kept_by_a_comparison():
    """flows, flows"""
    angle, other = tf.Variable(0.5), tf.Variable(0.25)
    with tf.GradientTape() as tape:
        circuit = _Circuit()
        if circuit < angle * 2.0 and other * 3.0 in circuit:
            y = ~circuit
    return tape.gradient(y, [angle, other])


class _Scale(keras.layers.Layer):
    def build(self, shape):
        self.k = self.add_weight(shape=(3,), initializer="ones")
        super().build(shape)

    def call(self, x):
        return self.scaled(x)

    def scaled(self, x):
        if not self.built:
            self.build(x.shape)
        return x * self.k


def built_by_hand():
    """flows"""
    layer = _Scale()
    layer.build((3,))
    with tf.GradientTape() as tape:
        y = layer.scaled(tf.ones([3]))
    return tape.gradient(y, layer.trainable_variables)


def built_by_the_method_that_needs_it():
    """flows"""
    layer = _Scale()
    layer.scaled(tf.ones([3]))
    with tf.GradientTape() as tape:
        y = layer(tf.ones([3]))
    return tape.gradient(y, layer.trainable_variables)


def variables_of_the_old_backend():
    """flows, flows, flows"""

    a, b = tf.keras.backend.variable([1, 2, 3]), tf.keras.backend.zeros((3,))
    c = tf_keras.backend.ones((3,))
    with tf.GradientTape() as tape:
        y = a * 2.0 + b + c
    return tape.gradient(y, [a, b, c])


def _dense(library=keras):
    layer = library.layers.Dense(1)
    layer(tf.ones([1, 1]))
    return layer


def a_tensor_in_the_place_of_a_kernel():
    """flows"""
    w, layer = tf.Variable([[2.0]]), _dense(tf_keras)
    with tf.GradientTape() as tape:
        layer.kernel = w * 2.0
        y = layer(tf.ones([1, 1]))
    return tape.gradient(y, w)


def a_tensor_put_among_the_fields():
    """flows"""
    w, layer = tf.Variable([[2.0]]), _dense()
    with tf.GradientTape() as tape:
        layer.__dict__["_kernel"] = w * 2.0
        y = layer(tf.ones([1, 1]))
    return tape.gradient(y, w)


def a_field_whose_name_is_not_known():
    """flows"""
    w, layer = tf.Variable([[2.0]]), _dense()
    name = f"_{layer.kernel.name}"
    with tf.GradientTape() as tape:
        vars(layer)[name] = w * 2.0
        y = layer(tf.ones([1, 1]))
    return tape.gradient(y, w)


def another_activation():
    """flows"""
    w, layer = tf.Variable([[2.0]]), _dense()
    layer.activation = lambda z: z * w
    with tf.GradientTape() as tape:
        y = layer(tf.ones([1, 1]))
    return tape.gradient(y, w)


class _Scaled(keras.layers.Dense):
    def build(self, shape):
        self.scale = self.add_weight(shape=(), initializer="ones")
        super().build(shape)

    def call(self, x):
        return super().call(x) * self.scale


class _Stopped(keras.layers.Dense):
    def call(self, x):
        return tf.stop_gradient(super().call(x))


class _Normalised(keras.layers.Dense):
    def call(self, x):
        self._kernel = self.scale * 2.0
        return super().call(x)


def a_call_that_builds_on_a_concrete_layer():
    """flows, flows, flows"""
    layer = _Scaled(1)
    layer(tf.ones([1, 1]))
    with tf.GradientTape() as tape:
        y = layer(tf.ones([1, 1]))
    return tape.gradient(y, layer.trainable_variables)


def a_call_that_stops_what_a_concrete_layer_gives():
    """none, none"""
    layer = _Stopped(1)
    layer(tf.ones([1, 1]))
    with tf.GradientTape() as tape:
        y = layer(tf.ones([1, 1]))
    return tape.gradient(y, layer.trainable_variables)


def a_kernel_that_a_derived_layer_computes():
    """flows"""
    layer = _Normalised(1)
    layer.scale = w = tf.Variable([[2.0]])
    with tf.GradientTape() as tape:
        y = layer(tf.ones([1, 1]))
    return tape.gradient(y, w)


def a_call_of_the_library_that_is_patched():
    """unknown"""
    w, layer = tf.Variable([[2.0]]), _dense()
    with tf.GradientTape() as tape:
        with mock.patch.object(keras.layers.Dense, "__call__", lambda self, x: x @ w):
            y = layer(tf.ones([1, 1]))
    return tape.gradient(y, w)


class _Vec:
    def __init__(self, x): self.x = x
    def __add__(self, o): return _Vec(self.x + (o.x if isinstance(o, _Vec) else o))
    def __radd__(self, o): return _Vec(tf.stop_gradient(self.x) + o)
    def __iadd__(self, o):
        self.x = self.x * 0.0 + o
        return self
    def __mul__(self, o): return NotImplemented
    def __getitem__(self, i): return self.x * float(i)
    def __len__(self): return 3
    def __eq__(self, o): return True
    def __contains__(self, o): return False
    def __call__(self, y): return self.x * y
    def __matmul__(self, o): return self.x * o.x
    def __neg__(self): return _Vec(tf.stop_gradient(self.x))


def op_eq_in():
    """sometimes none, sometimes none"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        z = (a if 3 in [_Vec(b)] else b) * 1.0
    return tape.gradient(z, [a, b])


def class_comp_scope():
    """flows, none"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    w = a
    class C:
        w = b
        ws = [w for _ in [w]]
        vs = [x for x in [w]]
    with tf.GradientTape() as tape:
        z = C.ws[0] * 1.0
    return tape.gradient(z, [a, b])


def attr_copy():
    """flows, none"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    box = SimpleNamespace(w=a)
    old = copy.copy(box)
    box.w = b
    box = old
    with tf.GradientTape() as tape:
        z = box.w * 1.0
    return tape.gradient(z, [a, b])


def func_tffun():
    """flows, none"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    def box(): pass
    box.w = a
    @tf.function
    def f():
        return box.w * 1.0
    f()
    box.w = b
    with tf.GradientTape() as tape:
        z = f()
    return tape.gradient(z, [a, b])


class _Holder(tf.Module):
    def __init__(self, held):
        super().__init__()
        self.held = held


def a_list_that_a_module_holds_is_another_one():
    """sometimes none, sometimes none"""
    a, b = tf.Variable(1.0), tf.Variable(1.0)
    held = [a]
    holder = _Holder(held)
    with tf.GradientTape() as tape:
        y = a * 1.0 if holder.held is held else b * 1.0
    return tape.gradient(y, [a, b])
