"""Settings that a program reads, or that are written under names that are not known; the docstring is the verdict."""

import os
import sys
import sysconfig

import tensorflow as tf

w = tf.Variable(2.0)


class _Settings:
    shared = True

    def __init__(self, **given):
        self.stop = True
        for name, value in given.items():
            setattr(self, name, value)


def _named():
    return {os.environ.get("NAME", "stop"): False}


def as_they_are_made():
    """none"""
    settings = _Settings(rate=1.0)
    with tf.GradientTape() as tape:
        y = tf.stop_gradient(w) if settings.stop else w * 2.0
    return tape.gradient(y, w)


def as_they_are_given():
    """flows"""
    settings = _Settings(stop=False)
    with tf.GradientTape() as tape:
        y = tf.stop_gradient(w) if settings.stop else w * 2.0
    return tape.gradient(y, w)


def under_names_that_are_not_known():
    """sometimes none"""
    settings = _Settings(**_named())
    with tf.GradientTape() as tape:
        y = tf.stop_gradient(w) if settings.stop else w * 2.0
    return tape.gradient(y, w)


def one_of_the_class():
    """sometimes none"""
    settings = _Settings()
    setattr(settings, os.environ.get("NAME", "shared"), False)
    with tf.GradientTape() as tape:
        y = tf.stop_gradient(w) if settings.shared else w * 2.0
    return tape.gradient(y, w)


def what_a_command_is_told():
    """sometimes none"""
    with tf.GradientTape() as tape:
        y = tf.stop_gradient(w) if len(sys.argv) > 100 else w * 2.0
    return tape.gradient(y, w)


def what_a_module_holds():
    """sometimes none"""
    with tf.GradientTape() as tape:
        y = tf.stop_gradient(w) if sysconfig._CONFIG_VARS else w * 2.0
    return tape.gradient(y, w)


def what_a_module_may_hold_none_in():
    """sometimes none"""
    with tf.GradientTape() as tape:
        y = tf.stop_gradient(w) if sysconfig._USER_BASE is None else w * 2.0
    return tape.gradient(y, w)


def a_function_of_a_library():
    """none"""
    with tf.GradientTape() as tape:
        y = tf.stop_gradient(w) if tf.nn.relu else w * 2.0
    return tape.gradient(y, w)
