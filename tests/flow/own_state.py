"""What a thread or a context has of its own, and fields that come and go; the docstring is the verdict."""

import contextlib
import contextvars
import random
import threading
import types

import tensorflow as tf

_local = threading.local()
_detached = contextvars.ContextVar("detached", default=False)
_mode = contextvars.ContextVar("mode")


def _stack():
    if not hasattr(_local, "stack"):
        _local.stack = [{"detach": False}]
    return _local.stack


@contextlib.contextmanager
def _options(**given):
    _stack().append({**_stack()[-1], **given})
    try:
        yield
    finally:
        _stack().pop()


@contextlib.contextmanager
def _detaching():
    token = _detached.set(True)
    try:
        yield
    finally:
        _detached.reset(token)


def _by_stack(w):
    return tf.stop_gradient(w) if _stack()[-1]["detach"] else w * 2.0


def _by_variable(w):
    return tf.stop_gradient(w) if _detached.get() else w * 2.0


def a_threads_stack():
    """none"""
    w = tf.Variable(1.0)
    with tf.GradientTape() as tape, _options(detach=True):
        y = _by_stack(w)
    return tape.gradient(y, w)


def a_threads_stack_after_its_block():
    """flows"""
    w = tf.Variable(1.0)
    try:
        with _options(detach=True):
            raise RuntimeError
    except RuntimeError:
        pass
    with tf.GradientTape() as tape:
        y = _by_stack(w)
    return tape.gradient(y, w)


def a_context_variable():
    """none"""
    w = tf.Variable(1.0)
    with tf.GradientTape() as tape, _detaching():
        y = _by_variable(w)
    return tape.gradient(y, w)


def a_context_variable_after_its_block():
    """flows"""
    w = tf.Variable(1.0)
    with _detaching():
        pass
    with tf.GradientTape() as tape:
        y = _by_variable(w)
    return tape.gradient(y, w)


def a_context_variable_without_a_value():
    """raises LookupError"""
    w = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y = w * _mode.get()
    return tape.gradient(y, w)


def a_local_of_another_thread():
    """unknown"""
    w = tf.Variable(1.0)
    _local.cut = True
    seen = []

    def work():
        seen.append(getattr(_local, "cut", False))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    with tf.GradientTape() as tape:
        y = tf.stop_gradient(w) if seen[0] else w * 1.0
    return tape.gradient(y, w)


def a_field_of_any_name():
    """sometimes none"""
    w = tf.Variable(1.0)
    space = types.SimpleNamespace()
    for name in random.choice([["c"], ["c", "d"]]):
        setattr(space, name, 1)
    with tf.GradientTape() as tape:
        y = w * 1.0 if hasattr(space, "c") else tf.stop_gradient(w)
    return tape.gradient(y, w)
