"""Functions and methods that nobody calls: what other code may have done before they are called is in doubt."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tapelint.facts import Facts
from tapelint.program import analyse
from tapelint.project import Project
from tapelint.source import Source

PROGRAMS = {
    "both results of a model": (
        "flows",
        """
        def step(model, x, y):
            with tf.GradientTape() as tape:
                mean, spread = model(x, training=True)
                loss = tf.reduce_mean((mean - y) ** 2 / spread)
            return tape.gradient(loss, model.trainable_variables)
        """,
    ),
    "a column of what a model gives": (
        "flows",
        """
        def step(model, x):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(model(x)[:, 0])
            return tape.gradient(loss, model.trainable_variables)
        """,
    ),
    "a tape that another method enters": (
        "unknown",
        """
        class Recorder:
            def __init__(self):
                self.tape = tf.GradientTape()
            def forward(self, x):
                with self.tape:
                    self.y = x * x
            def backward(self, w):
                return self.tape.gradient(self.y, w)
        """,
    ),
    "a tape that no other method mentions": (
        "raises RuntimeError",
        """
        class Recorder:
            def __init__(self):
                self.tape = tf.GradientTape()
            def backward(self, y, w):
                return self.tape.gradient(y, w)
        """,
    ),
    "gradients of whatever the caller gives, changed one by one": (
        "flows",
        """
        def halved(model, x, sources):
            with tf.GradientTape(persistent=True) as tape:
                y = model(x)
            given = tape.gradient(y, sources)
            for i in range(len(given)):
                given[i] = given[i] * 0.5
            given += [y]
            return tape.gradient(y, model.trainable_variables)
        """,
    ),
    "a list that another function fills": (
        "flows",
        """
        STEPS = []
        def push(step):
            STEPS.append(step)
        def slope(w):
            with tf.GradientTape() as tape:
                tape.watch(w)
                y = tf.zeros_like(w)
                for step in STEPS:
                    y = y + step * w
            return tape.gradient(y, w)
        """,
    ),
    "a list that nobody fills": (
        "none",
        """
        STEPS = []
        class Slope:
            def of(self, w):
                y = tf.constant(1.0)
                with tf.GradientTape() as tape:
                    tape.watch(w)
                return tape.gradient(y, w)
        """,
    ),
    "a field of an object in a field": (
        "sometimes none",
        """
        class Inner:
            active = False
            def __call__(self, x):
                return x * x if self.active else tf.stop_gradient(x)
        class Outer:
            def __init__(self):
                self.inner = Inner()
            def activate(self):
                self.inner.active = True
            def slope(self, x):
                with tf.GradientTape() as tape:
                    tape.watch(x)
                    y = self.inner(x)
                return tape.gradient(y, x)
        """,
    ),
    "an attribute that another method sets": (
        "sometimes none",
        """
        class Net:
            def build(self):
                self.ready = True
            def slope(self, x):
                with tf.GradientTape() as tape:
                    tape.watch(x)
                    y = x * 2.0 if hasattr(self, "ready") else tf.stop_gradient(x)
                return tape.gradient(y, x)
        """,
    ),
    "an attribute that nobody sets": (
        "none",
        """
        class Net:
            def slope(self, x):
                with tf.GradientTape() as tape:
                    tape.watch(x)
                    y = x * 2.0 if hasattr(self, "ready") else tf.stop_gradient(x)
                return tape.gradient(y, x)
        """,
    ),
    "a field of a thread": (
        "sometimes none",
        """
        import threading
        LOCAL = threading.local()
        def slope(x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = x * 2.0 if getattr(LOCAL, "on", False) else tf.stop_gradient(x)
            return tape.gradient(y, x)
        """,
    ),
    "a flag in a dict that another method updates": (
        "sometimes none",
        """
        class Toggle:
            def __init__(self):
                self.modes = {"train": False}
            def set(self, **modes):
                self.modes.update(modes)
            def slope(self, w):
                with tf.GradientTape() as tape:
                    tape.watch(w)
                    y = w * 2.0 if self.modes["train"] else tf.stop_gradient(w)
                return tape.gradient(y, w)
        """,
    ),
    "a flag in a list of a module": (
        "sometimes none",
        """
        MODE = ["off"]
        def switch():
            MODE[0] = "on"
        def slope(w):
            with tf.GradientTape() as tape:
                tape.watch(w)
                y = w * 2.0 if MODE[0] == "on" else tf.stop_gradient(w)
            return tape.gradient(y, w)
        """,
    ),
    "a list of constants that nobody changes": (
        "none",
        """
        MODE = ["off"]
        def slope(w):
            with tf.GradientTape() as tape:
                tape.watch(w)
                y = w * 2.0 if MODE[0] == "on" else tf.stop_gradient(w)
            return tape.gradient(y, w)
        """,
    ),
    "a flag of a class": (
        "sometimes none",
        """
        class Flags:
            on = False
            @classmethod
            def enable(cls):
                cls.on = True
        def slope(w):
            with tf.GradientTape() as tape:
                tape.watch(w)
                y = w * 2.0 if Flags.on else tf.stop_gradient(w)
            return tape.gradient(y, w)
        """,
    ),
    "a field of an object of a module": (
        "sometimes none",
        """
        class Toggle:
            def __init__(self):
                self.on = False
            def switch(self):
                self.on = True
        TOGGLE = Toggle()
        def slope(w):
            with tf.GradientTape() as tape:
                tape.watch(w)
                y = w * 2.0 if TOGGLE.on else tf.stop_gradient(w)
            return tape.gradient(y, w)
        """,
    ),
    "a table of functions that another function fills": (
        "unknown",
        """
        TABLE = {"a": tf.square}
        def fill():
            TABLE["b"] = tf.sin
        def slope(x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = TABLE["b"](x) if "b" in TABLE else tf.stop_gradient(x)
            return tape.gradient(y, x)
        """,
    ),
    "a name that a later function binds": (
        "flows",
        """
        def slope(x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = x * scale()
            return tape.gradient(y, x)
        def scale():
            return 2.0
        """,
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_verdict(name: str, tmp_path: Path) -> None:
    wanted, text = PROGRAMS[name]
    path = tmp_path / "program.py"
    path.write_text("import tensorflow as tf\n\n" + textwrap.dedent(text))
    gradients = analyse(Source.read(path), Project(tmp_path), Facts.load()).gradients
    assert [s.verdict for s in gradients[-1].sources] == [wanted]
