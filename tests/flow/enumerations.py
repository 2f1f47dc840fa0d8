"""Members of enumerations; the docstring is the verdict of each source."""

import enum

import tensorflow as tf

w = tf.Variable(2.0)
b = tf.Variable(3.0)


class Kind(str, enum.Enum):
    PLAIN = "plain"
    STOPPED = "stopped"

    @property
    def stops(self):
        return self is Kind.STOPPED

    def picked(self):
        return w * 1.0 if self == "plain" else b * 1.0


class Level(enum.IntEnum):
    LOW = 1
    HIGH = enum.auto()


class Word(enum.StrEnum):
    ALPHA = enum.auto()
    BETA = enum.auto()


class Shade(enum.Enum):
    RED = ("r", 1)
    ROSE = ("r", 1)
    BLUE = ("b", 2)

    @classmethod
    def _missing_(cls, value):
        return cls.BLUE


def a_method_of_a_text():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = Kind.PLAIN.picked()
    return tape.gradient(y, [w, b])


def a_property_of_a_text_made_of_its_value():
    """none, flows"""
    with tf.GradientTape() as tape:
        y = tf.stop_gradient(w) if Kind("stopped").stops else w * 1.0
        z = y * b
    return tape.gradient(z, [w, b])


def a_number_by_its_name():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = {"LOW": b, "HIGH": w}[Level.HIGH.name] * 1.0
    return tape.gradient(y, [w, b])


def a_number_is_of_its_class_and_no_plain_number():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = w * 1.0 if isinstance(Level.LOW, Level) and Level.LOW == 1 and Level.LOW is Level(1) else b * 1.0
    return tape.gradient(y, [w, b])


def a_word_as_it_is_shown():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = {"alpha": b, "beta": w, "x alpha": b}[Word.BETA.value] * {"x alpha": 1.0}[f"x {Word.ALPHA}"]
    return tape.gradient(y, [w, b])


def a_text_as_it_is_shown_by_some_pythons():
    """sometimes none, sometimes none"""
    with tf.GradientTape() as tape:
        y = w * 1.0 if f"{Kind.PLAIN}" == "plain" else b * 1.0
    return tape.gradient(y, [w, b])


def two_names_of_one():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = w * 1.0 if Shade.RED is Shade.ROSE else b * 1.0
    return tape.gradient(y, [w, b])


def what_stands_for_a_missing_one():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = w * 1.0 if Shade("zzz") is Shade.BLUE else b * 1.0
    return tape.gradient(y, [w, b])


def a_value_that_no_member_has():
    """none, flows"""
    with tf.GradientTape() as tape:
        try:
            Level(7)
            y = w * 1.0
        except ValueError:
            y = b * 1.0
    return tape.gradient(y, [w, b])


def by_all_of_them():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = tf.add_n([{"LOW": w, "HIGH": b}[level.name] * float(level) for level in Level])
    return tape.gradient(y, [w, b])
