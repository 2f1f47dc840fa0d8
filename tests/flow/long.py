"""Long texts and lists, of which not all is followed by itself; the docstring is the verdict a source."""

import sys

import tensorflow as tf


def a_text_that_is_repeated():
    """flows"""
    x = tf.Variable(2.0)
    line = "-" * 40 + "\n"
    line = 2 * line + "end"
    with tf.GradientTape() as tape:
        y = x * 2.0 if line.startswith("-") else tf.constant(1.0)
    return tape.gradient(y, x)


def a_text_that_is_repeated_so_often_as_is_not_known():
    """flows"""
    x = tf.Variable(2.0)
    times = len(sys.argv)
    line = "-" * (10 * times) + "\n" + 3 * str(times) + "x"
    print(line * 2 + "end")
    with tf.GradientTape() as tape:
        y = x * 2.0
    return tape.gradient(y, x)


def the_letters_of_a_long_text():
    """flows"""
    x = tf.Variable(2.0)
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!?+-*/"
    values = dict.fromkeys(letters, x)
    with tf.GradientTape() as tape:
        y = values["/"] * 2.0
    return tape.gradient(y, x)


def the_last_letter_of_a_long_text():
    """sometimes none"""
    x = tf.Variable(2.0)
    letters = tuple("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!?+-*/")
    with tf.GradientTape() as tape:
        y = x * 2.0
        if letters[-1] == "/":
            y = tf.constant(1.0)
    return tape.gradient(y, x)


def a_long_loop_that_meets_another_variable_late():
    """flows, unknown"""
    x, w = tf.Variable(1.0), tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = x * 1.0
        for each in [x] * 16 + [w]:
            y = y + each
    return tape.gradient(y, [x, w])


def a_long_loop_that_meets_another_function_late():
    """sometimes none"""
    x = tf.Variable(2.0)
    steps = [lambda v: v * 2.0] * 15 + [lambda v: tf.constant(3.0)]
    with tf.GradientTape() as tape:
        y = x * 1.0
        for step in steps:
            y = step(y)
    return tape.gradient(y, x)


def a_long_loop_that_meets_none_late():
    """sometimes none"""
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = x * 1.0
        for each in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, None]:
            if each is None:
                y = tf.constant(1.0)
    return tape.gradient(y, x)


def a_long_loop_that_meets_a_text_late():
    """sometimes none"""
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = x * 1.0
        for each in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, "a"]:
            y = tf.constant(1.0) if isinstance(each, str) else y * float(each)
    return tape.gradient(y, x)
