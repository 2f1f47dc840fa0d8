"""Iterators that are gone over beside others; the docstring is the verdict of each source."""

import tensorflow as tf

w = tf.Variable(2.0)
v = tf.Variable(3.0)


def over_a_reversed_list():
    """flows, flows"""
    x = 0.0
    with tf.GradientTape() as tape:
        for f, q in zip([32.0, 16.0], reversed([w * 1.0, v * 2.0])):
            x = x + f * q
    return tape.gradient(x, [w, v])


def over_a_kept_iterator():
    """none, flows"""
    with tf.GradientTape() as tape:
        xs = reversed([w * 1.0, v * 2.0])
        x = 0.0
        for f, q in zip([32.0], xs):
            x = x + f * q
    return tape.gradient(x, [w, v])


def taken_meanwhile():
    """unknown, unknown"""
    with tf.GradientTape() as tape:
        xs = iter([w * 1.0, v * 2.0, w * 3.0])
        x = 0.0
        for f, q in zip([32.0, 16.0], xs):
            x = x + f * q
            next(xs, None)
    return tape.gradient(x, [w, v])


def grown_meanwhile():
    """unknown, unknown"""
    with tf.GradientTape() as tape:
        ys = [w * 1.0]
        x = 0.0
        for f, q in zip([32.0, 16.0], ys):
            x = x + f * q
            ys.append(v * 2.0)
    return tape.gradient(x, [w, v])


def one_left_over():
    """flows, none"""
    with tf.GradientTape() as tape:
        xs = iter([w * 1.0, v * 2.0])
        x = 0.0
        for q, f in zip(xs, [32.0]):
            x = x + f * q
        for q in xs:
            x = x + q
    return tape.gradient(x, [w, v])


def one_left_over_behind():
    """flows, flows"""
    with tf.GradientTape() as tape:
        xs = iter([w * 1.0, v * 2.0])
        x = 0.0
        for f, q in zip([32.0], xs):
            x = x + f * q
        for q in xs:
            x = x + q
    return tape.gradient(x, [w, v])


def enumerated():
    """flows, zero"""
    with tf.GradientTape() as tape:
        xs = reversed([w * 1.0, v * 2.0])
        x = 0.0
        for i, (f, q) in enumerate(zip([32.0, 16.0], xs)):
            x = x + f * q * float(i)
    return tape.gradient(x, [w, v])


def mapped():
    """flows, flows"""
    with tf.GradientTape() as tape:
        xs = map(lambda q: q * 2.0, reversed([w * 1.0, v * 2.0]))
        x = 0.0
        for f, q in zip([32.0, 16.0], xs):
            x = x + f * q
    return tape.gradient(x, [w, v])


def left_by_an_exception_that_does_not_come():
    """flows"""
    with tf.GradientTape() as tape:
        y = w * 2.0
        for i, (tensor, rank) in enumerate(zip([w, y], [0, 0])):
            if tensor.shape.ndims != rank:
                raise ValueError(f"tensor {i} has the shape {tensor.shape}")
    return tape.gradient(y, w)


def all_of_pairs_in_pairs():
    """flows"""
    with tf.GradientTape() as tape:
        y = w * 2.0
        sizes = [[tensor.shape.ndims] for tensor in (w, y)]
        if not all(all(a == b for a, b in zip(each, sizes[0])) for each in sizes):
            raise ValueError("shapes differ")
    return tape.gradient(y, w)


def a_kept_iterator_goes_on_after_a_break():
    """unknown, unknown"""
    pairs = zip([w, v], [1.0, 2.0])
    with tf.GradientTape() as tape:
        y = 0.0
        for _, (q, f) in enumerate(pairs):
            y = y + q * f
            break
        for q, _ in pairs:
            y = y + tf.round(q)
    return tape.gradient(y, [w, v])


def what_writes_on_the_way_is_not_run_to_the_end():
    """unknown"""
    seen = []
    with tf.GradientTape() as tape:
        for _, q in zip([1, 2], map(lambda q: seen.append(q) or q, [w, v])):
            if q is w:
                break
        y = tf.add_n([q * 1.0 for q in seen])
    return tape.gradient(y, v)
