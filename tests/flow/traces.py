"""Graph functions that are called again, and what else happens once: the docstring is the verdict a source."""

import contextlib
import random
import types

import keras
import tensorflow as tf

x = tf.constant([1.0, 2.0, 3.0])
v = tf.Variable([1.0, 2.0, 3.0])
w = tf.Variable([0.5, -1.0, 2.0])
s = tf.Variable(2.0)
_flag = True


def traced_before_the_flag_changed():
    """flows, none"""
    flags = [True]

    @tf.function
    def f():
        return v * 1.0 if flags[0] else w * 1.0

    f()
    flags[0] = False
    with tf.GradientTape() as tape:
        y = f()
    return tape.gradient(y, [v, w])


def traced_before_the_global_changed():
    """flows, none"""
    global _flag

    @tf.function
    def f():
        return v * 1.0 if _flag else w * 1.0

    f()
    _flag = False
    with tf.GradientTape() as tape:
        y = f()
    _flag = True
    return tape.gradient(y, [v, w])


def what_python_counts_is_counted_once():
    """flows, none"""
    n = [0]

    @tf.function
    def f(k):
        n[0] += 1
        return v * 1.0 if n[0] == 1 else w * 1.0

    f(1)
    f(1)
    with tf.GradientTape() as tape:
        y = f(1)
    return tape.gradient(y, [v, w])


def traced_again_for_another_number():
    """none, flows"""
    n = [0]

    @tf.function
    def f(k):
        n[0] += 1
        return v * 1.0 if n[0] == 1 else w * 1.0

    f(1)
    f(1)
    with tf.GradientTape() as tape:
        y = f(2)
    return tape.gradient(y, [v, w])


def appended_once():
    """flows, none"""
    out = []

    @tf.function
    def f():
        out.append(1)
        return v * 1.0

    f()
    f()
    with tf.GradientTape() as tape:
        y = f() if len(out) == 1 else w * 1.0
    return tape.gradient(y, [v, w])


def the_list_when_it_was_traced():
    """flows, none"""
    items = [v]

    @tf.function
    def f():
        return items[0] * 1.0

    f()
    items[0] = w
    with tf.GradientTape() as tape:
        y = f()
    return tape.gradient(y, [v, w])


def the_tensor_when_it_was_traced():
    """none, flows"""
    a = v * 1.0

    @tf.function
    def f():
        return a * w

    f()
    with tf.GradientTape() as tape:
        a = v * 2.0
        y = f()
    return tape.gradient(y, [v, w])


def the_field_when_it_was_traced():
    """flows, none"""

    class A:
        def __init__(self, z):
            self.z = z

        @tf.function
        def f(self):
            return self.z * 1.0

    a = A(v)
    a.f()
    a.z = w
    with tf.GradientTape() as tape:
        y = a.f()
    return tape.gradient(y, [v, w])


def one_trace_by_a_signature():
    """flows, none"""
    n = [0]

    @tf.function(input_signature=[tf.TensorSpec([3])])
    def f(a):
        n[0] += 1
        return a * (v if n[0] == 1 else w)

    f(x)
    with tf.GradientTape() as tape:
        y = f(x + 1.0)
    return tape.gradient(y, [v, w])


def traced_once_inside_another():
    """flows, none"""
    n = [0]

    @tf.function
    def g():
        n[0] += 1
        return v * 1.0 if n[0] == 1 else w * 1.0

    @tf.function
    def f():
        return g() + g()

    with tf.GradientTape() as tape:
        y = f()
    return tape.gradient(y, [v, w])


def traced_ahead():
    """flows, none"""
    flags = [True]

    @tf.function
    def f():
        return v * 1.0 if flags[0] else w * 1.0

    c = f.get_concrete_function()
    flags[0] = False
    with tf.GradientTape() as tape:
        y = c()
    return tape.gradient(y, [v, w])


def a_variable_made_in_the_first_trace():
    """flows, flows"""

    class M:
        def __init__(self):
            self.z = None

        @tf.function
        def __call__(self):
            if self.z is None:
                self.z = tf.Variable([1.0, 2.0, 3.0])
            return self.z * v

    mod = M()
    mod()
    with tf.GradientTape() as tape:
        y = mod()
    return tape.gradient(y, [mod.z, v])


def lifted_out_of_the_graph():
    """none, flows"""

    @tf.function
    def f():
        with tf.init_scope():
            a = v * 1.0
        return a * w

    with tf.GradientTape() as tape:
        y = f()
    return tape.gradient(y, [v, w])


def lifted_out_of_the_tape():
    """none, flows"""
    with tf.GradientTape() as tape:
        with tf.init_scope():
            a = v * 1.0
        y = a * w
    return tape.gradient(y, [v, w])


def an_object_with_a_call_of_its_own():
    """none, flows"""

    class M(keras.Model):
        def __init__(self):
            super().__init__()
            self.d = keras.layers.Dense(1, use_bias=False)
            self.e = keras.layers.Dense(1, use_bias=False)

        def call(self, a):
            return self.d(a)

    mod = M()
    mod.call = lambda a: mod.e(a)
    mod.d.build((None, 3))
    mod(x[None])
    with tf.GradientTape() as tape:
        y = mod(x[None])
    return tape.gradient(y, [mod.d.kernel, mod.e.kernel])


def a_layer_with_another_call():
    """flows, unknown"""
    d = keras.layers.Dense(1, use_bias=False)
    d.build((None, 3))

    def call(self, a):
        return tf.matmul(a, self.kernel) * s

    d.call = types.MethodType(call, d)
    with tf.GradientTape() as tape:
        y = d(x[None])
    return tape.gradient(y, [d.kernel, s])


def called_when_the_stack_is_left():
    """none, flows"""
    out = []
    with contextlib.ExitStack() as st:
        st.callback(out.append, w)
        out.append(v)
    with tf.GradientTape() as tape:
        y = out[-1] * 1.0
    return tape.gradient(y, [v, w])


def handed_on_to_another_stack():
    """none, none"""
    with contextlib.ExitStack() as st:
        tape = st.enter_context(tf.GradientTape())
        y = v * 1.0
        st.pop_all().close()
        y = y * w
    return tape.gradient(y, [v, w])


def a_default_given_by_name():
    """flows, none"""
    box = []

    @tf.function
    def f(a, b=1.0):
        box.append(1)
        return a * b * (v if len(box) == 1 else w)

    f(x)
    with tf.GradientTape() as tape:
        y = f(x, b=1.0)
    return tape.gradient(y, [v, w])


def what_a_loop_of_tensorflow_counts():
    """unknown, unknown"""
    box = []

    def f(a):
        box.append(a)
        return a * 2.0

    with tf.GradientTape() as tape:
        tf.map_fn(f, v)
        y = len(box) * w if len(box) == 3 else v * 1.0
    return tape.gradient(y, [v, w])


def both_branches_of_a_graph_are_traced():
    """unknown, unknown"""
    box = []

    @tf.function
    def f():
        return tf.cond(s > 1.0, lambda: (box.append(1), v * 1.0)[1], lambda: (box.append(1), w * 1.0)[1])

    with tf.GradientTape() as tape:
        f()
        y = v * 1.0 if len(box) == 2 else w * 1.0
    return tape.gradient(y, [v, w])


def a_row_of_ragged_rows():
    """unknown, unknown"""
    with tf.GradientTape() as tape:
        rt = tf.ragged.stack([v * 1.0, w[:2]])
        y = tf.reduce_sum(rt[1])
    return tape.gradient(y, [v, w])


def a_field_of_an_argument():
    """flows, none"""

    class C:
        pass

    c = C()
    c.z = v

    @tf.function
    def f(o):
        return o.z * 1.0

    f(c)
    c.z = w
    with tf.GradientTape() as tape:
        y = f(c)
    return tape.gradient(y, [v, w])


def a_trace_for_each_word():
    """flows, none"""

    @tf.function
    def f(mode):
        return {"a": v, "b": w}[mode] * 1.0

    f("a")
    f("b")
    with tf.GradientTape() as tape:
        y = f("a")
    return tape.gradient(y, [v, w])


def traced_on_one_way_only():
    """unknown, unknown"""
    flags = [True]

    @tf.function
    def f():
        return v * 1.0 if flags[0] else w * 1.0

    if random.random() > 2:
        f()
    flags[0] = False
    with tf.GradientTape() as tape:
        y = f()
    return tape.gradient(y, [v, w])


def two_graph_functions_of_one():
    """none, flows"""
    n = [0]

    def g():
        n[0] += 1
        return v * 1.0 if n[0] == 1 else w * 1.0

    a, b = tf.function(g), tf.function(g)
    a()
    with tf.GradientTape() as tape:
        y = b()
    return tape.gradient(y, [v, w])


def a_graph_function_made_anew():
    """none, flows"""
    n = [0]

    def g():
        n[0] += 1
        return v * 1.0 if n[0] == 1 else w * 1.0

    with tf.GradientTape() as tape:
        for _ in range(2):
            y = tf.function(g)()
    return tape.gradient(y, [v, w])


def a_trace_for_tensors_of_any_shape():
    """unknown, unknown"""
    held = [v]

    @tf.function(reduce_retracing=True)
    def f(t):
        return tf.reduce_sum(t) * held[0]

    f(tf.ones([2]))
    f(tf.ones([3]))
    held[0] = w
    with tf.GradientTape() as tape:
        y = f(tf.ones([4]))
    return tape.gradient(y, [v, w])


def traced_ahead_for_what_is_described():
    """flows, none"""
    held = [v]

    @tf.function
    def f(t):
        return t * held[0]

    concrete = f.get_concrete_function(tf.TensorSpec([3]))
    held[0] = w
    with tf.GradientTape() as tape:
        y = concrete(x) + f(x)
    return tape.gradient(y, [v, w])


def an_object_that_equals_the_one_in_the_trace():
    """unknown, unknown"""

    class Scale:
        def __init__(self, held):
            self.held = held

        def __eq__(self, other):
            return isinstance(other, Scale)

        def __hash__(self):
            return 1

        @tf.function
        def f(self):
            return self.held * 2.0

    Scale(v).f()
    with tf.GradientTape() as tape:
        y = Scale(w).f()
    return tape.gradient(y, [v, w])


def what_python_does_with_each_call_of_a_graph():
    """unknown, unknown"""
    count = []

    @tf.function
    def f(t):
        return tf.numpy_function(lambda a: (count.append(1), a)[1], [t], tf.float32)

    f(x)
    f(x)
    with tf.GradientTape() as tape:
        y = v * 1.0 if len(count) == 2 else w * 1.0
    return tape.gradient(y, [v, w])


def a_variable_that_each_object_makes():
    """none, flows"""

    class Scale(tf.Module):
        def __init__(self):
            super().__init__()
            self.scale = None

        @tf.function
        def __call__(self, t):
            if self.scale is None:
                self.scale = tf.Variable(2.0)
            return t * self.scale

    first, second = Scale(), Scale()
    first(x)
    with tf.GradientTape() as tape:
        y = second(x)
    return tape.gradient(y, [first.scale, second.scale])
