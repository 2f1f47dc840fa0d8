"""Functions of Python's own library: the docstring is the verdict a source."""

import collections
import functools
import itertools
import operator
import weakref

import tensorflow as tf

v = tf.Variable([1.0, 2.0, 3.0])
w = tf.Variable([0.5, -1.0, 2.0])


def a_cache_of_one():
    """none, flows"""
    c = [v]

    @functools.lru_cache(maxsize=1)
    def f(n):
        return c[0] * 1.0

    with tf.GradientTape() as tape:
        f(1)
        c[0] = w
        f(2)
        y = f(1)
    return tape.gradient(y, [v, w])


def cached_by_position_and_by_name():
    """none, flows"""
    c = [v]

    @functools.lru_cache(None)
    def f(n):
        return c[0] * 1.0

    with tf.GradientTape() as tape:
        f(1)
        c[0] = w
        y = f(n=1)
    return tape.gradient(y, [v, w])


def a_cached_property_deleted():
    """flows, flows"""

    class A:
        @functools.cached_property
        def q(self):
            return v * 2.0

    a = A()
    assert a.q is not None
    with tf.GradientTape() as tape:
        del a.q
        y = a.q * w
    return tape.gradient(y, [v, w])


def a_cached_property_set():
    """none, flows"""

    class A:
        @functools.cached_property
        def q(self):
            return v * 2.0

    a = A()
    a.q = w
    with tf.GradientTape() as tape:
        y = a.q * 1.0
    return tape.gradient(y, [v, w])


def a_method_dispatched_by_type():
    """sometimes none, sometimes none"""

    class A:
        @functools.singledispatchmethod
        def f(self, a):
            return w * 1.0

        @f.register
        def _(self, a: str):
            return v * 1.0

    with tf.GradientTape() as tape:
        y = A().f("x")
    return tape.gradient(y, [v, w])


def a_partial_method():
    """flows, flows"""

    class A:
        def f(self, k, z):
            return z * k

        g = functools.partialmethod(f, w)

    with tf.GradientTape() as tape:
        y = A().g(v)
    return tape.gradient(y, [v, w])


def an_attribute_getter():
    """none, flows"""

    class A:
        def __init__(self):
            self.a = v
            self.b = w

    with tf.GradientTape() as tape:
        y = operator.attrgetter("b")(A()) * 1.0
    return tape.gradient(y, [v, w])


def a_method_caller():
    """flows, flows"""

    class A:
        def f(self, k):
            return k * v

    with tf.GradientTape() as tape:
        y = operator.methodcaller("f", w)(A())
    return tape.gradient(y, [v, w])


def an_item_set_by_a_function():
    """none, flows"""
    items = [v]
    with tf.GradientTape() as tape:
        operator.setitem(items, 0, w)
        y = items[0] * 1.0
    return tape.gradient(y, [v, w])


def a_list_grown_by_a_function():
    """none, flows"""
    items = [v]
    with tf.GradientTape() as tape:
        operator.iadd(items, [w])
        y = items[-1] * 1.0
    return tape.gradient(y, [v, w])


def an_item_deleted_by_a_function():
    """none, flows"""
    items = [v, w]
    with tf.GradientTape() as tape:
        operator.delitem(items, 0)
        y = items[0] * 1.0
    return tape.gradient(y, [v, w])


def a_chain_reads_late():
    """none, flows"""
    items = [v]
    with tf.GradientTape() as tape:
        c = itertools.chain(items, [1.0])
        items[0] = w
        y = sum(c)
    return tape.gradient(y, [v, w])


def one_iterator_twice_in_a_zip():
    """flows, none"""
    it = iter([v, w, v, w])
    with tf.GradientTape() as tape:
        y = sum(a for a, b in zip(it, it, strict=False))
    return tape.gradient(y, [v, w])


def what_a_slice_leaves():
    """none, flows"""
    it = iter([v, w])
    with tf.GradientTape() as tape:
        list(itertools.islice(it, 1))
        y = next(it) * 1.0
    return tape.gradient(y, [v, w])


def a_key_moved_to_the_end():
    """none"""
    w = tf.Variable(2.0)
    steps = collections.OrderedDict(a=tf.square, b=tf.stop_gradient)
    steps.move_to_end("a")
    with tf.GradientTape() as tape:
        y = next(iter(steps.values()))(w)
    return tape.gradient(y, w)


def the_first_pair_popped():
    """flows"""
    w = tf.Variable(2.0)
    steps = collections.OrderedDict(a=tf.square, b=tf.stop_gradient)
    _, step = steps.popitem(last=False)
    with tf.GradientTape() as tape:
        y = step(w)
    return tape.gradient(y, w)


def a_named_tuple_with_defaults():
    """none"""
    w = tf.Variable(2.0)
    steps = collections.namedtuple("Steps", "first second third", defaults=(tf.stop_gradient,))
    with tf.GradientTape() as tape:
        first, *rest = steps(tf.square, tf.sin)
        y = rest[-1](first(w))
    return tape.gradient(y, w)


def keys_that_are_written():
    """flows, none"""
    w, v = tf.Variable(2.0), tf.Variable(1.0)
    steps = {f"step_{i:02d}": f for i, f in enumerate([tf.square, tf.stop_gradient])}
    with tf.GradientTape() as tape:
        y = steps["step_%02d" % 0](w) + steps["step_{:02d}".format(1)](v)
    return tape.gradient(y, [w, v])


def events_of_a_class_of_ones_own():
    """none, flows"""

    class Trainer:
        def __init__(self, *weights):
            self.hooks = collections.defaultdict(list)
            self.weights, self.frozen = weights, False

        def on(self, event):
            return lambda hook: self.hooks[event].append(hook)

        def emit(self, event):
            for hook in self.hooks[event]:
                hook(self)

    trainer = Trainer(tf.Variable(2.0), tf.Variable(3.0))

    @trainer.on("end")
    def freeze(trainer):
        trainer.frozen = True

    trainer.emit("end")
    with tf.GradientTape() as tape:
        first, second = trainer.weights
        y = (tf.stop_gradient(first) if trainer.frozen else first) * second
    return tape.gradient(y, trainer.weights)


class _Kept:
    def __init__(self, value):
        self.value = value
        self.log = []

    @functools.singledispatch
    def note(self, factor):
        self.log.append(v * factor)


def a_method_that_dispatches():
    """flows"""
    kept = _Kept(v)
    with tf.GradientTape() as tape:
        kept.note(2.0)
    return tape.gradient(kept.log[0], v)


def what_is_referred_to_weakly():
    """flows"""
    kept = _Kept(v)
    seen = weakref.ref(kept)
    with tf.GradientTape() as tape:
        y = seen().value * 2.0
    return tape.gradient(y, v)


def what_has_perhaps_gone():
    """sometimes none"""
    seen = weakref.ref(v)
    with tf.GradientTape() as tape:
        y = seen() * 2.0
    return tape.gradient(y, v)
