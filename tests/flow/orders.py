"""What is sorted, and what comes in an order that nobody can tell."""

import itertools

import tensorflow as tf

v = tf.Variable([1.0, 2.0, 3.0])
w = tf.Variable([0.5, -1.0, 2.0])
u = tf.Variable([0.5, 1.0, 2.0])


def whole_tuples_are_keys():
    """none, flows"""
    rows = sorted([("a", 2, v), ("a", 1, w)], key=lambda row: (row[0], row[1]))
    with tf.GradientTape() as tape:
        y = rows[0][2] * 1.0
    return tape.gradient(y, [v, w])


def the_largest_by_a_tuple():
    """none, flows"""
    score = {"v": (1, 5), "w": (1, 9)}
    with tf.GradientTape() as tape:
        y = {"v": v, "w": w}[max(score, key=score.get)] * 1.0
    return tape.gradient(y, [v, w])


def the_smallest_pair():
    """none, flows"""
    with tf.GradientTape() as tape:
        y = min((2, v), (1, w))[1] * 1.0
    return tape.gradient(y, [v, w])


def variables_in_an_order_that_is_not_known():
    """unknown, unknown"""
    both = sorted([v, w], key=lambda each: hash(each.name))
    with tf.GradientTape() as tape:
        y = both[0] * 1.0
    return tape.gradient(y, [v, w])


def the_first_of_a_set_of_small_numbers():
    """flows, none, none"""
    every = [v, w, u]
    with tf.GradientTape() as tape:
        y = every[list({2, 0})[0]] * 1.0
    return tape.gradient(y, every)


def the_last_of_a_set_of_texts():
    """sometimes none, sometimes none"""
    weights = {"v": v, "w": w}
    with tf.GradientTape() as tape:
        for name in {"v", "w"}:
            y = weights[name] * 2.0
    return tape.gradient(y, [v, w])


def all_of_a_set_of_texts():
    """flows, flows, none"""
    weights = {"v": v, "w": w, "u": u}
    with tf.GradientTape() as tape:
        y = tf.zeros(3)
        for name in {"v", "w"}:
            y += weights[name] * 2.0
    return tape.gradient(y, [v, w, u])


def the_sum_over_a_set():
    """flows, flows, none"""
    weights = {"v": v, "w": w, "u": u}
    with tf.GradientTape() as tape:
        y = sum(weights[name] for name in {"v", "w"})
    return tape.gradient(y, [v, w, u])


def the_first_over_a_set():
    """unknown, unknown, none"""
    weights = {"v": v, "w": w, "u": u}
    with tf.GradientTape() as tape:
        y = sum(itertools.islice((weights[name] for name in {"v", "w"}), 1))
    return tape.gradient(y, [v, w, u])


def one_taken_out_of_a_set():
    """unknown, unknown, none"""
    weights = {"v": v, "w": w, "u": u}
    names = {"v", "w"}
    with tf.GradientTape() as tape:
        y = weights[names.pop()] * 1.0
    return tape.gradient(y, [v, w, u])


def a_default_comes_last():
    """none, flows"""
    with tf.GradientTape() as tape:
        parts = {"w": w * 1.0}
        parts.setdefault("v", v)
        y = parts[next(iter(parts))]
    return tape.gradient(y, [v, w])
