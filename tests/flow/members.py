"""What objects of TensorFlow and of the program have, and what they lack: the docstring is the verdict a source."""

import tensorflow as tf


v = tf.Variable(2.0)


class _Cfg:
    def __init__(self, **kw):
        self.__dict__.update(kw)


class _Cfg2:
    def __init__(self, **kw):
        for k, x in kw.items():
            setattr(self, k, x)


class _Cfg3:
    def __init__(self, d):
        vars(self).update(d)


class _Cfg4:
    def __init__(self, d):
        self.__dict__ = d


class _Lazy:
    def __init__(self):
        self.ready = False

    def build(self):
        for n in ("w",):
            setattr(self, n, v)

    def __call__(self, x):
        if not self.ready:
            self.build()
        return x * self.w


class _Base:
    def __call__(self):
        return self.k * 1.0


class _Sub(_Base):
    def __init__(self):
        self.k = v


def cfg1():
    """flows"""
    c = _Cfg(foo=v)
    with tf.GradientTape() as tape:
        y = c.foo * 1.0
    return tape.gradient(y, v)


def cfg1_loaded():
    """flows"""
    import json

    c = _Cfg(**json.loads('{"foo": 2.0}'))
    with tf.GradientTape() as tape:
        y = c.foo * v
    return tape.gradient(y, v)


def cfg2_loaded():
    """flows"""
    import json

    c = _Cfg2(**json.loads('{"foo": 2.0}'))
    with tf.GradientTape() as tape:
        y = c.foo * v
    return tape.gradient(y, v)


def cfg3_loaded():
    """flows"""
    import json

    c = _Cfg3(json.loads('{"foo": 2.0}'))
    with tf.GradientTape() as tape:
        y = c.foo * v
    return tape.gradient(y, v)


def cfg4_loaded():
    """unknown"""
    import json

    c = _Cfg4(json.loads('{"foo": 2.0}'))
    with tf.GradientTape() as tape:
        y = c.foo * v
    return tape.gradient(y, v)


def lazy():
    """flows"""
    c = _Lazy()
    with tf.GradientTape() as tape:
        y = c(2.0)
    return tape.gradient(y, v)


def sub():
    """flows"""
    with tf.GradientTape() as tape:
        y = _Sub()()
    return tape.gradient(y, v)


def base_only():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = _Base()() * v
    return tape.gradient(y, v)


def obj_attr_of_class_set_later():
    """flows"""

    class C:
        pass

    c = C()
    setattr(C, "w", v)
    with tf.GradientTape() as tape:
        y = c.w * 1.0
    return tape.gradient(y, v)


def obj_attr_in_callee():
    """flows"""

    class C:
        pass

    def fill(o):
        o.w = v

    c = C()
    list(map(fill, [c]))
    with tf.GradientTape() as tape:
        y = c.w * 1.0
    return tape.gradient(y, v)


def obj_attr_del():
    """flows"""

    class C:
        pass

    c = C()
    c.w = v
    del c.w
    with tf.GradientTape() as tape:
        try:
            y = c.w * 1.0
        except AttributeError:
            y = v * 2.0
    return tape.gradient(y, v)


def obj_dunder():
    """flows"""

    class C:
        """doc"""

        x: int = 1

    c = C()
    with tf.GradientTape() as tape:
        y = v * float(len(c.__doc__) + len(c.__class__.__name__) + len(c.__module__) + len(c.__annotations__))
    return tape.gradient(y, v)


def obj_init_return_self():
    """flows"""

    class C:
        def w_(self, x):
            self.w = x
            return self

    c = C().w_(v)
    with tf.GradientTape() as tape:
        y = c.w * 1.0
    return tape.gradient(y, v)


def module_setattr():
    """flows"""

    class M(tf.Module):
        def __init__(self, n):
            super().__init__()
            for i in range(n):
                setattr(self, f"w{i}", tf.Variable(1.0))

    m = M(2)
    with tf.GradientTape() as tape:
        y = m.w1 * v
    return tape.gradient(y, v)


def module_track():
    """flows"""
    m = tf.Module()
    m.w = v
    with tf.GradientTape() as tape:
        y = m.w * 1.0
    return tape.gradient(y, m.trainable_variables)


def module_once():
    """flows"""

    class M(tf.Module):
        @tf.Module.with_name_scope
        def __call__(self, x):
            if not hasattr(self, "w"):
                self.w = tf.Variable(2.0)
            return x * self.w

    m = M()
    with tf.GradientTape() as tape:
        y = m(v)
    return tape.gradient(y, v)


def module_getattr_default():
    """flows"""
    m = tf.Module()
    with tf.GradientTape() as tape:
        y = v * getattr(m, "scale", 2.0)
    return tape.gradient(y, v)


def tensor_getattr_default():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * 2.0
        y = getattr(y, "values", y)
    return tape.gradient(y, v)


def slices_attr():
    """flows"""
    e = tf.Variable([[1.0], [2.0]])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.gather(e, [0]))
    g = tape.gradient(y, e)
    g.values, g.indices, g.dense_shape
    with tf.GradientTape() as tape:
        y = v * 2.0
    return tape.gradient(y, v)


def slices_attr_lookup():
    """flows"""
    e = tf.Variable([[1.0], [2.0]])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.nn.embedding_lookup(e, [0]) ** 2)
    g = tape.gradient(y, e)
    n = g.values
    with tf.GradientTape() as tape:
        y = v * 2.0
    return tape.gradient(y, v)


def slices_in_function():
    """flows"""
    e = tf.Variable([[1.0], [2.0]])

    @tf.function
    def f():
        return tf.reduce_sum(tf.gather(e, [0]) ** 2)

    with tf.GradientTape() as tape:
        y = f()
    g = tape.gradient(y, e)
    n = g.values
    with tf.GradientTape() as tape:
        y = v * 2.0
    return tape.gradient(y, v)


def slices_getitem():
    """flows"""
    e = tf.Variable([[1.0], [2.0]])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(e.sparse_read([0]))
    g = tape.gradient(y, e)
    n = g.values
    with tf.GradientTape() as tape:
        y = v * 2.0
    return tape.gradient(y, v)


def topk_values():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.math.top_k(v * tf.ones(3), 2).values)
    return tape.gradient(y, v)


def numpy_size():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * float(v.numpy().size)
    return tape.gradient(y, v)


def tape_stored():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * 1.0
    tape.note = 3
    tape.note
    getattr(tape, "foo", None)
    hasattr(tape, "bar")
    return tape.gradient(y, v)


def tape_foo():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = v * 2.0
    tape.foo
    return tape.gradient(y, v)


w = tf.Variable([1.0, 2.0])


class _M(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable(1.0)

    def __call__(self, x):
        return x * self.w


def tape_hasattr():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * 2.0 if hasattr(tape, "foo") else v * 3.0
    return tape.gradient(y, v)


def module_attr():
    """raises AttributeError"""
    m = _M()
    with tf.GradientTape() as tape:
        y = m.foo * v
    return tape.gradient(y, v)


def module_plain():
    """raises AttributeError"""
    m = tf.Module()
    with tf.GradientTape() as tape:
        y = m.kernel * v
    return tape.gradient(y, v)


def dense_values():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = v * 2.0
        g = v * 1.0
    tape2 = tf.GradientTape()
    with tape2:
        y2 = v * 2.0
    g = tape2.gradient(y2, v)
    g.values
    return tape.gradient(y, v)


def dense_values_inner():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        with tf.GradientTape() as t2:
            y = v * v
        g = t2.gradient(y, v)
        z = g.values * 1.0
    return tape.gradient(z, v)


def tensor_size():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = (w * 2.0).size * v
    return tape.gradient(y, v)


e = tf.Variable([[1.0], [2.0]])


def r2():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        with tf.GradientTape() as t2:
            y = tf.reduce_sum(e.sparse_read([0]) ** 2)
        g = t2.gradient(y, e)
        z = g * 2.0
    return tape.gradient(z, e)


def r4():
    """raises TypeError"""
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.gather(e, [0]) ** 2)
    g = tape.gradient(y, e)
    g.values
    g * 2.0
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.gather(e, [0]) ** 2)
    return tape.gradient(y, e)


def a_method_that_is_given_by_a_name_made_at_run_time():
    """flows"""

    class Circuit:
        @classmethod
        def register(cls):
            for name in ("turn", "flip"):
                setattr(cls, name.upper(), lambda self, x: x * v)

    Circuit.register()
    with tf.GradientTape() as tape:
        y = Circuit().TURN(2.0)
    return tape.gradient(y, v)


def a_method_that_is_given_by_an_unknown_name():
    """flows"""

    class Circuit:
        pass

    for name in sorted(n for n in dir(tf.Module) if not n.startswith('_')):
        setattr(Circuit, name, lambda self, *args: v * 1.0)
    with tf.GradientTape() as tape:
        y = v * 2.0 + Circuit().with_name_scope()
    return tape.gradient(y, v)


def what_the_program_gave_a_variable_by_another_name():
    """flows"""
    setattr(v, "ta" + "g", 3.0)
    with tf.GradientTape() as tape:
        y = v * v.tag
    return tape.gradient(y, v)


def what_tensors_lack_and_variables_have():
    """flows, flows"""
    fast = [tf.Variable(1.0), tf.Variable(2.0)]
    for _ in range(2):
        with tf.GradientTape() as tape:
            tape.watch([each for each in fast if not hasattr(each, "assign")])
            y = fast[0] ** 2 * fast[1]
        fast = [each - 0.1 * gradient for each, gradient in zip(fast, tape.gradient(y, fast))]
    with tf.GradientTape() as tape:
        tape.watch([each for each in fast if tf.is_tensor(each) and not hasattr(each, "assign")])
        y = fast[0] ** 2 * fast[1]
    return tape.gradient(y, fast)
