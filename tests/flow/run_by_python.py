"""Code that Python runs by itself, and what classes do to classes; the docstring is the verdict of each source."""

import inspect
import re
import threading

import numpy as np
import tensorflow as tf

w = tf.Variable(2.0)
b = tf.Variable(3.0)
_rows = []


class Amount:
    def __init__(self, held):
        self.held = held

    def __abs__(self):
        return self.held * 1.0

    def __round__(self, digits=None):
        return self.held * 2.0

    def __divmod__(self, other):
        return self.held * 3.0, other

    def __float__(self):
        return 4.0


class Numbered:
    def __getitem__(self, index):
        return [w, b][index] * 1.0


class Named:
    def keys(self):
        return ["w", "b"]

    def __getitem__(self, name):
        return {"w": w, "b": b}[name] * 1.0


class Comparing:
    def __eq__(self, other):
        _rows.append(w * 1.0)
        return True


class Whole(type):
    def __getitem__(cls, name):
        return {"w": w, "b": b}[name]

    def __len__(cls):
        return 0

    def first(cls):
        return w * 1.0


class Registry(metaclass=Whole):
    pass


class Plugin:
    def apply(self):
        return tf.constant(0.0)


class Weighting(Plugin):
    def apply(self):
        return w * 1.0


class Slot:
    def __set_name__(self, owner, name):
        self.slot = "_" + name

    def __get__(self, held, cls=None):
        return getattr(held, self.slot)

    def __set__(self, held, value):
        setattr(held, self.slot, value)


class Holder:
    first: tf.Variable = Slot()
    second, third = Slot(), Slot()


class Hooks:
    def on_start(self):
        _rows.append(w * 1.0)


def numbers_by_the_methods_of_a_class():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = abs(Amount(w)) + divmod(Amount(b), 2)[0] * float(Amount(w)) + round(Amount(b))
    return tape.gradient(y, [w, b])


def items_by_their_numbers():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = tf.add_n(list(Numbered()))
    return tape.gradient(y, [w, b])


def a_dict_of_an_object_with_keys():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = dict(Named())["w"] + dict(**Named())["b"]
    return tape.gradient(y, [w, b])


def a_comparison_that_does_something():
    """unknown"""
    with tf.GradientTape() as tape:
        found = Comparing() in [Comparing()]
        y = _rows[-1] if found else tf.constant(0.0)
    return tape.gradient(y, w)


def what_a_metaclass_gives_its_classes():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = b * 1.0 if Registry else Registry["w"] * Registry.first()
    return tape.gradient(y, [w, b])


def the_classes_that_extend_one():
    """flows"""
    with tf.GradientTape() as tape:
        y = tf.add_n([each().apply() for each in Plugin.__subclasses__()])
    return tape.gradient(y, w)


def descriptors_that_are_told_their_names():
    """flows, flows"""
    held = Holder()
    held.first, held.third = w, b
    with tf.GradientTape() as tape:
        y = held.first * held.third
    return tape.gradient(y, [w, b])


def whichever_methods_there_are():
    """unknown"""
    hooks = Hooks()
    with tf.GradientTape() as tape:
        for name in dir(hooks):
            if name.startswith("on_"):
                getattr(hooks, name)()
        y = _rows[-1] if _rows else tf.constant(0.0)
    return tape.gradient(y, w)


def all_members():
    """unknown"""
    hooks = Hooks()
    with tf.GradientTape() as tape:
        for name, member in inspect.getmembers(hooks):
            if name.startswith("on_"):
                member()
        y = _rows[-1] if _rows else tf.constant(0.0)
    return tape.gradient(y, w)


def a_function_that_a_library_calls():
    """unknown"""
    rows = []
    with tf.GradientTape() as tape:
        re.sub("a|b", lambda match: rows.append(w * 2.0) or "", "ab")
        y = sum(rows, tf.constant(0.0))
    return tape.gradient(y, w)


def what_another_thread_computes():
    """unknown, unknown"""
    kept = {}

    def work():
        kept["y"] = w * 1.0

    with tf.GradientTape() as tape:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        y = kept["y"] * b
    return tape.gradient(y, [w, b])


def a_function_that_numpy_calls():
    """unknown"""
    rows = []

    def kept(x):
        rows.append(w * 2.0)
        return x

    with tf.GradientTape() as tape:
        np.vectorize(kept)(np.ones(2))
        y = tf.add_n(rows)
    return tape.gradient(y, w)


def what_is_computed_for_a_format():
    """flows"""
    rows = []
    with tf.GradientTape() as tape:
        f"{1.0:{rows.append(w * 2.0) or '.2f'}}"  # noqa: B018
        y = rows[0] * 1.0
    return tape.gradient(y, w)


def the_items_that_are_taken_perhaps():
    """sometimes none"""
    table = {}
    with tf.GradientTape() as tape:
        [table.setdefault(i, v * 1.0) for i, v in enumerate((w, b)) if np.random.rand() > 0.5]
        y = table[0] * 1.0 if 0 in table else tf.constant(1.0)
    return tape.gradient(y, w)


class Single(type):
    made = {}

    def __call__(cls, *args):
        if cls not in cls.made:
            cls.made[cls] = super().__call__(*args)
        return cls.made[cls]


class Registering(type):
    known = {}

    def __new__(mcs, name, bases, space, **given):
        space["factor"] = 2.0
        made = super().__new__(mcs, name, bases, space)
        mcs.known[name] = made
        return made

    def __init__(cls, name, bases, space):
        super().__init__(name, bases, space)
        cls.place = len(Registering.known)


class Only(metaclass=Single):
    def __init__(self):
        self.w = tf.Variable(1.0)


class Scaled(metaclass=Registering):
    def apply(self):
        return w * self.factor


class Shifted(Scaled):
    def apply(self):
        return b + self.factor


def an_object_that_its_metaclass_makes_once():
    """flows"""
    only = Only()
    with tf.GradientTape() as tape:
        y = Only().w * 2.0
    return tape.gradient(y, only.w)


def classes_that_their_metaclass_keeps():
    """none, flows"""
    with tf.GradientTape() as tape:
        y = Registering.known["Shifted"]().apply() * float(Shifted.place)
    return tape.gradient(y, [w, b])


def numpy_function_gives_other_numbers_than_it_promised():
    """flows"""
    counts = tf.constant([1, 2])
    with tf.GradientTape() as tape:
        shifted = tf.numpy_function(lambda q: q + 1, [counts], tf.float32)
        y = w * tf.cast(shifted + counts, tf.float32)
    return tape.gradient(y, w)


def numpy_function_gives_whole_numbers_beside_a_float():
    """raises InvalidArgumentError"""
    counts = tf.constant([1, 2])
    with tf.GradientTape() as tape:
        y = w * tf.numpy_function(lambda q: q + 1, [counts], tf.float32)
    return tape.gradient(y, w)


def py_function_makes_a_tensor_of_a_list():
    """flows"""
    with tf.GradientTape() as tape:
        first, second = tf.py_function(lambda both: both * 2.0, [[w * 1.0, w * 3.0]], tf.float32)
        y = first * second
    return tape.gradient(y, w)
