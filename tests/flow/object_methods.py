"""What objects do by methods with double underscores, and by their classes: the docstring is the verdict a source."""

import random

import tensorflow as tf

v = tf.Variable([1.0, 2.0, 3.0])
w = tf.Variable([0.5, -1.0, 2.0])
_hooks = []


def added_in_place():
    """flows, flows"""

    class A:
        def __init__(self):
            self.t = v * 1.0

        def __iadd__(self, o):
            self.t = self.t * o
            return self

    with tf.GradientTape() as tape:
        a = A()
        a += w
        y = a.t
    return tape.gradient(y, [v, w])


def membership_by_a_method():
    """flows, none"""

    class S:
        def __contains__(self, e):
            self.e = e
            return True

    s = S()
    with tf.GradientTape() as tape:
        y = v * float(s.e) if 3 in s else w * 1.0
    return tape.gradient(y, [v, w])


def a_default_beside_a_method_for_the_missing():
    """flows, flows"""

    class A:
        def __getattr__(self, n):
            if n == "z":
                return v
            raise AttributeError(n)

    with tf.GradientTape() as tape:
        y = getattr(A(), "q", w) * getattr(A(), "z", 1.0)
    return tape.gradient(y, [v, w])


def what_a_method_for_the_missing_has():
    """none, flows"""

    class A:
        def __getattr__(self, n):
            if n == "z":
                return v
            raise AttributeError(n)

    with tf.GradientTape() as tape:
        y = v * 1.0 if hasattr(A(), "q") else w * 1.0
    return tape.gradient(y, [v, w])


def an_object_in_front_of_another():
    """none, flows"""

    class P:
        def __init__(self, o):
            object.__setattr__(self, "_o", o)

        def __getattr__(self, n):
            return getattr(self._o, n)

        def __setattr__(self, n, val):
            setattr(self._o, n, val)

    class A:
        pass

    a = A()
    p = P(a)
    p.z = v
    p.z = w
    with tf.GradientTape() as tape:
        y = a.z * p.z
    return tape.gradient(y, [v, w])


def a_field_that_fills_itself():
    """flows, none"""

    class A:
        def __getattr__(self, n):
            val = w * 2.0
            self.__dict__[n] = val
            return val

    a = A()
    a.q
    with tf.GradientTape() as tape:
        y = a.q * v
    return tape.gradient(y, [v, w])


def equal_objects_in_a_set():
    """sometimes none, sometimes none"""

    class A:
        def __init__(self, k):
            self.k = k

        def __eq__(self, o):
            return self.k == o.k

        def __hash__(self):
            return hash(self.k)

    with tf.GradientTape() as tape:
        y = v * 1.0 if len({A(1), A(1)}) == 1 else w * 1.0
    return tape.gradient(y, [v, w])


def a_class_that_its_metaclass_changes():
    """none, flows"""

    class M(type):
        def __new__(mcs, n, b, d):
            d["z"] = w
            return super().__new__(mcs, n, b, d)

    class A(metaclass=M):
        z = v

    with tf.GradientTape() as tape:
        y = A.z * 1.0
    return tape.gradient(y, [v, w])


def a_property_that_is_tested():
    """flows, none"""

    class Task:
        def __init__(self, flag):
            self._flag = flag

        @property
        def scale(self):
            return None if self._flag > 0.5 else 2.0

    task = Task(random.random() * 0.4)
    factor = task.scale or 1.0
    with tf.GradientTape() as tape:
        y = v * factor
    return tape.gradient(y, [v, w])


def an_object_in_a_text():
    """flows, none"""

    class A:
        def __init__(self):
            self.n = 0

        def __str__(self):
            self.n += 1
            return "a"

    a = A()
    f"{a}"
    with tf.GradientTape() as tape:
        y = v * 1.0 if a.n == 1 else w * 1.0
    return tape.gradient(y, [v, w])


def an_object_that_does_something_at_its_end():
    """unknown, unknown"""

    class A:
        def __del__(self):
            _hooks.append(1)

    _hooks.clear()
    a = A()
    del a
    with tf.GradientTape() as tape:
        y = v * 1.0 if _hooks else w * 1.0
    return tape.gradient(y, [v, w])


def a_slice_is_told_from_a_number():
    """flows, flows"""

    class A:
        def __getitem__(self, q):
            return v * 1.0 if isinstance(q, slice) else w * 1.0

    with tf.GradientTape() as tape:
        y = A()[0:1] + A()[0]
    return tape.gradient(y, [v, w])


def the_other_order():
    """none, flows"""

    class A:
        def __sub__(self, o):
            return NotImplemented

        def __rsub__(self, o):
            return w * 1.0

    with tf.GradientTape() as tape:
        y = v - A()
    return tape.gradient(y, [v, w])


def super_of_a_method_by_place_only():
    """flows, flows"""

    class A:
        def f(self, x, /):
            return x * v

    class B(A):
        def f(self, x, /):
            return super().f(x) * w

    with tf.GradientTape() as tape:
        y = B().f(1.0)
    return tape.gradient(y, [v, w])


def super_of_a_method_under_a_condition():
    """flows, flows"""

    class A:
        def f(self, x):
            return x * v

    class B(A):
        if len([1, 2]) == 2:

            def f(self, x):
                return super().f(x) * w

    with tf.GradientTape() as tape:
        y = B().f(1.0)
    return tape.gradient(y, [v, w])
