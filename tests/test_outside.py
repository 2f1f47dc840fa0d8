"""What comes from outside is taken to be differentiable, and no claim is built on it."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tapelint.facts import Facts
from tapelint.program import analyse
from tapelint.project import Project
from tapelint.source import Source

PROGRAMS = {
    "a loss and a model": (
        "flows",
        """
        def step(model, loss_fn, x, y):
            with tf.GradientTape() as tape:
                loss, extra = loss_fn(y, model(x, training=True))
                loss = tf.reduce_mean(loss) + sum(model.losses)
            return tape.gradient(loss, model.trainable_variables)
        """,
    ),
    "one of two results of a model": (
        "unknown",
        """
        def step(model, x, y):
            with tf.GradientTape() as tape:
                mean, _ = model(x, training=True)
                loss = tf.reduce_mean((mean - y) ** 2)
            return tape.gradient(loss, model.trainable_variables)
        """,
    ),
    "a result of a model by its name": (
        "unknown",
        """
        def step(model, x):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(model(x)["logits"])
            return tape.gradient(loss, model.trainable_variables)
        """,
    ),
    "a watched input": (
        "flows",
        """
        def slope(f, x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = f(x).value
            return tape.gradient(y, x)
        """,
    ),
    "a module with a parameter of an unseen class, and a layer": (
        "unknown",
        """
        import unseen

        class Parameter(unseen.Variable):
            def __init__(self, value):
                super().__init__(value)

        class Kernel(tf.Module):
            def __init__(self):
                super().__init__()
                self.variance = Parameter(1.0)
                self.layer = tf.keras.layers.Dense(1)

        def slope(x):
            kernel = Kernel()
            with tf.GradientTape() as tape:
                y = x * kernel.variance
            return tape.gradient(y, kernel.trainable_variables)
        """,
    ),
    "watched after it was used": (
        "unknown",
        """
        def slope(f, x):
            with tf.GradientTape() as tape:
                y = f(x).value
                tape.watch(x)
            return tape.gradient(y, x)
        """,
    ),
    "called before the tape": (
        "unknown",
        """
        def slope(f, x):
            y = f(x)
            with tf.GradientTape() as tape:
                tape.watch(x)
                z = y * 2.0
            return tape.gradient(z, x)
        """,
    ),
    "a name that promises no gradient": (
        "unknown",
        """
        def slope(model, x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = model.predict(x) * 2.0
            return tape.gradient(y, x)
        """,
    ),
    "no zero is claimed through it": (
        "unknown",
        """
        def slope(f, x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = tf.sign(f(x))
            return tape.gradient(y, x)
        """,
    ),
    "a gradient that may be None": (
        "unknown",
        """
        def slope(f, x, w):
            with tf.GradientTape(persistent=True) as tape:
                tape.watch([x, w])
                y = f(x)
            g = tape.gradient(y, x)
            if g is None:
                y = w * 1.0
            return tape.gradient(y, w)
        """,
    ),
    "a model of as many layers as somebody wants": (
        "flows",
        """
        class Net:
            def __init__(self, units):
                self.model = tf.keras.Sequential()
                for n in units:
                    self.model.add(tf.keras.layers.Dense(n))

            def step(self, x):
                with tf.GradientTape() as tape:
                    loss = tf.reduce_sum(self.model(x) ** 2)
                return tape.gradient(loss, self.model.trainable_variables)
        """,
    ),
    "such a model, and a loss that does not use it": (
        "unknown",
        """
        class Net:
            def __init__(self, units):
                self.model = tf.keras.Sequential()
                for n in units:
                    self.model.add(tf.keras.layers.Dense(n))

            def step(self, x, other):
                y = self.model(x)
                with tf.GradientTape() as tape:
                    loss = tf.reduce_sum(other(y))
                return tape.gradient(loss, self.model.trainable_variables)
        """,
    ),
    "a class whose base is not seen": (
        "flows",
        """
        from somewhere import Base

        class Net(Base):
            def train_step(self, data):
                x, y = data
                with tf.GradientTape() as tape:
                    loss = self.compiled_loss(y, self(x, training=True))
                return tape.gradient(loss, self.trainable_variables)
        """,
    ),
    "a model that is cut out of another": (
        "flows",
        """
        def cam(model, name, image, index):
            outputs = [model.get_layer(name).output, model.output]
            cut = tf.keras.models.Model([model.inputs], outputs)
            with tf.GradientTape() as tape:
                features, predictions = cut(image)
                loss = predictions[:, index]
            return tape.gradient(loss, features)
        """,
    ),
    "and its input": (
        "flows",
        """
        def pattern(model, name, index):
            cut = tf.keras.Model(inputs=model.inputs, outputs=model.get_layer(name).output)
            image = tf.Variable(tf.random.uniform((1, 8, 8, 3)))
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(cut(image)[:, :, :, index])
            return tape.gradient(loss, image)
        """,
    ),
    "the layer does not come from the model's output": (
        "unknown",
        """
        def cam(model, name, image):
            cut = tf.keras.models.Model([model.inputs], [model.get_layer(name).output, model.output])
            with tf.GradientTape() as tape:
                features, predictions = cut(image)
                loss = tf.reduce_sum(features)
            return tape.gradient(loss, predictions)
        """,
    ),
    "names that come from an import of all": (
        "flows",
        """
        from elsewhere import *

        def residual():
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = model(x)
            return tape.gradient(y, x)
        """,
    ),
    "what a function gives back for others to call": (
        "flows",
        """
        def outer():
            def inner(f, x):
                with tf.GradientTape() as tape:
                    tape.watch(x)
                    y = f(x)
                return tape.gradient(y, x)
            return [inner]
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
    told = gradients[-1].sources[0].why_unknown
    assert told.startswith("on trust: ") == (wanted == "flows")
