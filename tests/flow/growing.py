"""Lists that grow or shrink while a loop goes over them, and what code that is not followed fills."""

import random

import tensorflow as tf

v = tf.Variable([1.0, 2.0, 3.0])
w = tf.Variable([0.5, -1.0, 2.0])
u = tf.Variable([0.5, 1.0, 2.0])


def a_list_of_what_is_to_be_done():
    """flows, none"""
    todo, done = ["a"], {}
    with tf.GradientTape() as tape:
        for name in todo:
            done[name] = v * 2.0 if name == "b" else w * 2.0
            if name == "a":
                todo.append("b")
        y = done["b"]
    return tape.gradient(y, [v, w])


def a_search_through_a_graph():
    """none, none, flows"""
    behind = {"a": ["b", "c"], "b": ["d"], "c": [], "d": []}
    weights = {"a": v, "b": w, "c": u, "d": v}
    found = ["a"]
    with tf.GradientTape() as tape:
        for name in found:
            found.extend(n for n in behind[name] if n not in found)
        y = weights[found[2]] * 1.0
    return tape.gradient(y, [v, w, u])


def a_list_that_enumerate_goes_over_grows():
    """none, flows"""
    todo, last = [v], None
    with tf.GradientTape() as tape:
        for index, each in enumerate(todo):
            last = each * 1.0
            if index == 0:
                todo.append(w)
    return tape.gradient(last, [v, w])


def a_list_that_a_generator_goes_over_grows():
    """flows, flows"""
    todo = [v]
    with tf.GradientTape() as tape:
        y = sum(each for each in todo if each is not v or not todo.append(w))
    return tape.gradient(y, [v, w])


def a_list_that_shrinks():
    """flows, none, flows"""
    todo = [v, w, u]
    with tf.GradientTape() as tape:
        y = tf.zeros(3)
        for each in todo:
            y += each
            if each is v:
                todo.remove(each)
    return tape.gradient(y, [v, w, u])


def a_list_that_is_left_while_it_grows():
    """flows, flows, none"""
    todo = [v]
    with tf.GradientTape() as tape:
        y = tf.zeros(3)
        for each in todo:
            y += each
            todo.append(w)
            if len(todo) > 3:
                break
    return tape.gradient(y, [v, w, u])


def a_dict_that_grows():
    """unknown, unknown"""
    weights = {"v": v}
    with tf.GradientTape() as tape:
        y = tf.zeros(3)
        for name in weights:
            y += weights[name]
            weights["w"] = w
    return tape.gradient(y, [v, w])


def what_is_sent_to_a_generator():
    """unknown"""
    out = []

    def sink():
        while True:
            out.append((yield))

    into = sink()
    next(into)
    with tf.GradientTape() as tape:
        into.send(w * 2.0)
        y = out[0]
    return tape.gradient(y, w)


def a_list_that_an_iterator_goes_over_grows():
    """unknown, unknown"""
    todo = [v]
    with tf.GradientTape() as tape:
        y = tf.zeros(3)
        for each in iter(todo):
            y += each
            if each is v:
                todo.append(w)
    return tape.gradient(y, [v, w])


def one_of_two_that_grows_while_it_is_gone_over():
    """unknown, unknown"""
    todo = [v] if random.random() < 2 else tf.constant(1.0)
    with tf.GradientTape() as tape:
        y = tf.zeros(3)
        for each in todo:
            y += each
            todo.append(w)
            if len(todo) > 3:
                break
    return tape.gradient(y, [v, w])
