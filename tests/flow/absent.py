"""Fields, keys and results that are there on some ways only: the docstring is the verdict a source."""

import functools
import random
import types

import tensorflow as tf

a = tf.Variable(1.0)
b = tf.Variable(2.0)


class _Scale:
    def __init__(self, own):
        if own:
            self.own = a

    def of_its_own(self):
        return self.own * 1.0

    def kept(self):
        if not hasattr(self, "made"):
            self.made = tf.exp(a)
        return self.made


def a_field_that_was_perhaps_set():
    """sometimes none, sometimes none"""
    scale = _Scale(False)
    if random.random() > 2.0:
        scale.w = a
    with tf.GradientTape() as tape:
        y = getattr(scale, "w", b) * 1.0
    return tape.gradient(y, [a, b])


def a_field_and_what_the_class_has():
    """sometimes none, sometimes none"""

    class Plain:
        w = b

    plain = Plain()
    if random.random() > 2.0:
        plain.w = a
    with tf.GradientTape() as tape:
        y = plain.w * 1.0
    return tape.gradient(y, [a, b])


def a_field_that_was_perhaps_deleted():
    """sometimes none, sometimes none"""
    scale = _Scale(True)
    if random.random() < 2.0:
        del scale.own
    with tf.GradientTape() as tape:
        y = (scale.own if hasattr(scale, "own") else b) * 1.0
    return tape.gradient(y, [a, b])


def a_result_that_was_perhaps_kept_before_the_tape():
    """sometimes none"""
    scale = _Scale(False)
    if random.random() > 2.0:
        scale.kept()
    with tf.GradientTape() as tape:
        y = scale.kept() * 2.0
    return tape.gradient(y, a)


def a_result_that_a_decorator_perhaps_kept():
    """sometimes none"""

    @functools.lru_cache
    def scale():
        return tf.exp(a)

    if random.random() > 2.0:
        scale()
    with tf.GradientTape() as tape:
        y = scale() * 2.0
    return tape.gradient(y, a)


def a_key_that_is_perhaps_there():
    """sometimes none, sometimes none"""
    kept = {}
    if random.random() > 2.0:
        kept["w"] = a
    with tf.GradientTape() as tape:
        y = {"w": b, **kept}["w"] * kept.setdefault("w", b)
    return tape.gradient(y, [a, b])


def a_field_whose_absence_would_have_raised():
    """flows"""
    with tf.GradientTape() as tape:
        y = _Scale(random.random() < 2.0).of_its_own()
    return tape.gradient(y, a)


def a_key_and_one_that_is_perhaps_there():
    """flows, none"""
    kept = {"v": a}
    if random.random() > 2.0:
        kept["w"] = b
    with tf.GradientTape() as tape:
        y = kept["v"] * 1.0
    return tape.gradient(y, [a, b])


class _Items:
    def __init__(self, *items):
        self.items = list(items)

    @property
    def following(self):
        return self.items.pop(0)


def a_property_that_a_condition_asked():
    """none, flows"""
    items = _Items(a, b, a)
    with tf.GradientTape() as tape:
        assert items.following is not None
        y = items.following * 2.0
    return tape.gradient(y, [a, b])


def a_property_whose_truth_was_asked():
    """flows, none"""
    items = _Items(True, a, b)
    with tf.GradientTape() as tape:
        assert items.following
        y = items.items[0] * 1.0
    return tape.gradient(y, [a, b])


def a_method_that_a_class_perhaps_has_of_its_own():
    """unknown, unknown"""

    class Plain:
        def __call__(self):
            return b * 1.0

    class Derived(Plain):
        if random.random() > 2.0:

            def __call__(self):
                return a * 1.0

    with tf.GradientTape() as tape:
        y = Derived()()
    return tape.gradient(y, [a, b])


def what_nobody_gave_a_layer():
    """unknown"""
    layer = tf.keras.layers.Dense(1)
    with tf.GradientTape() as tape:
        y = getattr(layer, "of_its_own", b) * 1.0
    return tape.gradient(y, b)


def a_key_that_is_kept_when_it_is_first_asked_for():
    """flows"""
    kept = {}

    def scaled(k):
        if k not in kept:
            kept[k] = a * k
        return kept[k]

    with tf.GradientTape() as tape:
        y = scaled(1.0) + scaled(2.0) * scaled(1.0)
    return tape.gradient(y, a)


def an_object_in_a_list_that_a_loop_over_data_replaces():
    """sometimes none, sometimes none"""
    a, b = tf.Variable([1.0]), tf.Variable([2.0])
    held = [a]
    for _ in tf.data.Dataset.range(3).take(0):
        held[0] = b
    with tf.GradientTape() as tape:
        y = held[0] * 2.0
    return tape.gradient(y, [a, b])


def a_field_that_a_loop_without_a_round_would_set():
    """sometimes none, sometimes none"""
    a, b = tf.Variable([1.0]), tf.Variable([2.0])
    holder = types.SimpleNamespace()
    for _ in range(random.randint(0, 0)):
        holder.weight = a
    with tf.GradientTape() as tape:
        y = getattr(holder, "weight", b) * 1.0
    return tape.gradient(y, [a, b])


def the_very_one_of_two_that_was_used():
    """unknown"""
    chosen = a if random.random() > 2.0 else b
    with tf.GradientTape() as tape:
        y = chosen * 2.0
    return tape.gradient(y, chosen)


def what_is_missing_is_missing_when_clipped():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = b * 2.0
    clipped, _ = tf.clip_by_global_norm(tape.gradient(y, [a, b]), 1.0)
    with tf.GradientTape() as tape:
        z = a * 1.0 if clipped[0] is None else b * 1.0
    return tape.gradient(z, [a, b])


def several_that_are_clipped_beside_a_missing_one():
    """none, flows, flows"""
    u = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        clipped, _ = tf.clip_by_global_norm([None, b * 1.0, u * 1.0], 1.0)
        z = clipped[1] - clipped[2]
    return tape.gradient(z, [a, b, u])


def a_name_that_a_library_lacks_and_what_stands_for_it():
    """sometimes none"""
    mean_squared_error = getattr(tf.keras.losses, "mean_squared_error", None)
    with tf.GradientTape() as tape:
        y = a * 1.0
        if mean_squared_error is None:
            y = tf.round(a)
    return tape.gradient(y, a)


def a_name_that_a_library_has():
    """flows"""
    squared = getattr(tf.keras.losses, "MSE", None)
    with tf.GradientTape() as tape:
        y = tf.round(a) if squared is None else squared(tf.zeros([1, 2]), a * tf.ones([1, 2]))
    return tape.gradient(y, a)
