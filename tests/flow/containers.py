"""Lists, dicts and sets that change while they are used: the docstring is the verdict a source."""

import bisect
import collections
import heapq
import types

import tensorflow as tf

x = tf.constant([1.0, 2.0, 3.0])
v = tf.Variable([1.0, 2.0, 3.0])
w = tf.Variable([0.5, -1.0, 2.0])


def keys_that_are_equal_numbers():
    """flows, none"""
    d = {1: v}
    d[1.0] = w
    d[True] = v if len(d) == 1 else w
    with tf.GradientTape() as tape:
        y = d[1] * 1.0
    return tape.gradient(y, [v, w])


def what_shows_a_dict_shows_it_as_it_is():
    """flows, flows"""
    d = {"a": v}
    vals = d.values()
    d["b"] = w
    with tf.GradientTape() as tape:
        y = sum(vals)
    return tape.gradient(y, [v, w])


def keys_that_are_asked_late():
    """flows, none"""
    d = {}
    ks = d.keys()
    d["b"] = w
    with tf.GradientTape() as tape:
        y = v * 1.0 if "b" in ks else w * 1.0
    return tape.gradient(y, [v, w])


def a_deque_turned():
    """flows, none"""
    d = collections.deque([v, w, 1.0])
    d.rotate(1)
    with tf.GradientTape() as tape:
        y = d[1] * 1.0
    return tape.gradient(y, [v, w])


def a_heap():
    """sometimes none, sometimes none"""
    h = [(3, v), (1, w)]
    heapq.heapify(h)
    with tf.GradientTape() as tape:
        y = h[0][1] * 1.0
    return tape.gradient(y, [v, w])


def a_list_kept_in_order():
    """sometimes none, sometimes none"""
    h = [1, 3]
    bisect.insort(h, 2)
    with tf.GradientTape() as tape:
        y = v * 1.0 if h[1] == 2 else w * 1.0
    return tape.gradient(y, [v, w])


def a_loop_over_a_list_that_grows():
    """flows, flows"""
    items = [v]
    with tf.GradientTape() as tape:
        y = 0.0
        for e in items:
            if len(items) < 3:
                items.append(w)
            y = y + e
    return tape.gradient(y, [v, w])


def a_loop_over_a_list_that_shrinks():
    """none, flows"""
    items = [v, v, w]
    seen = []
    for e in items:
        seen.append(e)
        if len(items) == 3:
            items.pop(0)
    with tf.GradientTape() as tape:
        y = seen[1] * 1.0
    return tape.gradient(y, [v, w])


def values_changed_in_a_loop_over_them():
    """flows, flows"""
    d = {"a": v, "b": v}
    with tf.GradientTape() as tape:
        y = 0.0
        for _k, e in d.items():
            d["b"] = w
            y = y + e
    return tape.gradient(y, [v, w])


def a_set_has_nothing_twice():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = v * float(len({1})) if len({1, 2}) == 2 else w * 1.0
    return tape.gradient(y, [v, w])


def a_set_as_a_key():
    """sometimes none, sometimes none"""
    d = {frozenset([1, 2]): v}
    with tf.GradientTape() as tape:
        y = d.get(frozenset([2, 1]), w) * 1.0
    return tape.gradient(y, [v, w])


def the_least_of_nothing():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = min([], default=v) * 1.0
    return tape.gradient(y, [v, w])


def the_fields_of_a_namespace():
    """none, flows"""
    n = types.SimpleNamespace(a=v)
    n.__dict__["a"] = w
    with tf.GradientTape() as tape:
        y = n.a * 1.0
    return tape.gradient(y, [v, w])


def fields_as_arguments():
    """none, flows"""
    n = types.SimpleNamespace(a=v, b=w)
    with tf.GradientTape() as tape:
        y = (lambda a, b: b * 1.0)(**vars(n))
    return tape.gradient(y, [v, w])


def every_second_item():
    """none, flows"""
    items = [v, w, v, w]
    items[::2] = [w, w]
    with tf.GradientTape() as tape:
        y = sum(items)
    return tape.gradient(y, [v, w])


def a_slice_deleted():
    """none, flows"""
    items = [v, v, w]
    del items[:2]
    with tf.GradientTape() as tape:
        y = items[0] * 1.0
    return tape.gradient(y, [v, w])


def items_changed_in_a_loop_over_their_numbers():
    """none, flows"""
    items = [v, v]
    for i, _e in enumerate(items):
        items[i] = w
    with tf.GradientTape() as tape:
        y = items[0] * 1.0
    return tape.gradient(y, [v, w])


def reversed_when_it_is_asked_for():
    """none, flows"""
    items = [v, w]
    it = reversed(items)
    items[0] = 2.0
    with tf.GradientTape() as tape:
        y = list(it)[-1] * w
    return tape.gradient(y, [v, w])


def what_shows_a_dict_in_a_tuple():
    """flows, flows"""
    d = {"a": v}
    t = (d.values(), 1)
    d["b"] = w
    with tf.GradientTape() as tape:
        y = sum(t[0])
    return tape.gradient(y, [v, w])


def what_shows_a_dict_in_a_field():
    """none, flows"""

    class A:
        pass

    a = A()
    d = {"a": v}
    a.vals = d.values()
    d["a"] = w
    with tf.GradientTape() as tape:
        y = sum(a.vals)
    return tape.gradient(y, [v, w])


def items_changed_in_a_loop_over_pairs():
    """unknown, unknown"""
    a, b = [v, v], [1.0, 2.0]
    with tf.GradientTape() as tape:
        y = 0.0
        for p, q in zip(a, b, strict=False):
            a[1] = w
            y = y + p * q
    return tape.gradient(y, [v, w])


def list_remove_by_eq():
    """sometimes none, sometimes none"""
    a, b = tf.Variable(5.0), tf.Variable(5.0)
    xs = [a, b]
    xs.remove(b)
    with tf.GradientTape() as tape:
        z = xs[0] * 1.0
    return tape.gradient(z, [a, b])


def a_key_of_which_a_part_is_not_known():
    """flows, flows"""
    scale = tf.Variable([1.0, 2.0])
    slots = {}
    key = (scale.ref(), "moment")
    if key not in slots:
        slots[key] = tf.Variable(tf.zeros_like(scale))
    slots[key].assign(slots[key] * 0.9 + 0.1)
    with tf.GradientTape() as tape:
        y = slots[key] * scale
    return tape.gradient(y, [scale, slots[key]])
