"""Dataclasses, named tuples, enumerations: the docstring is the verdict a source."""

import collections
import contextlib
import dataclasses
import enum
import typing

import tensorflow as tf

v = tf.Variable([1.0, 2.0, 3.0])
w = tf.Variable([0.5, -1.0, 2.0])


def a_field_that_is_not_given():
    """flows, flows"""

    @dataclasses.dataclass
    class A:
        a: object
        b: object = dataclasses.field(init=False)
        c: object = None

        def __post_init__(self):
            self.b = self.a * 2.0

    with tf.GradientTape() as tape:
        o = A(v, w)
        y = o.b * o.c
    return tape.gradient(y, [v, w])


def a_field_for_after_only():
    """flows, flows"""

    @dataclasses.dataclass
    class A:
        a: object
        s: dataclasses.InitVar[object] = None

        def __post_init__(self, s):
            self.a = self.a * s

    with tf.GradientTape() as tape:
        y = A(v, w).a
    return tape.gradient(y, [v, w])


def fields_by_name_only():
    """none, flows"""

    @dataclasses.dataclass
    class A:
        a: object
        _: dataclasses.KW_ONLY
        b: object = None

    with tf.GradientTape() as tape:
        y = A(v, b=w).b * 1.0
    return tape.gradient(y, [v, w])


def one_field_by_name_only():
    """flows, none"""

    @dataclasses.dataclass
    class A:
        a: object = dataclasses.field(kw_only=True)
        b: object = None

    with tf.GradientTape() as tape:
        y = A(v, a=w).b * 1.0
    return tape.gradient(y, [v, w])


def a_variable_of_the_class():
    """flows, none"""

    @dataclasses.dataclass
    class A:
        k: typing.ClassVar[object] = 3.0
        a: object = None

    with tf.GradientTape() as tape:
        y = A(v).a * A.k
    return tape.gradient(y, [v, w])


def frozen():
    """flows, none"""

    @dataclasses.dataclass(frozen=True)
    class A:
        a: object

    with tf.GradientTape() as tape:
        o = A(v)
        with contextlib.suppress(dataclasses.FrozenInstanceError):
            o.a = w
        y = o.a * 1.0
    return tape.gradient(y, [v, w])


def replaced_and_finished_again():
    """none, flows"""

    @dataclasses.dataclass
    class A:
        a: object
        b: object = None

        def __post_init__(self):
            self.b = self.a * 2.0

    with tf.GradientTape() as tape:
        o = A(v)
        p = dataclasses.replace(o, a=w)
        y = p.b
    return tape.gradient(y, [v, w])


def copies_in_a_dict():
    """none, none"""

    @dataclasses.dataclass
    class A:
        a: object
        b: object

    with tf.GradientTape() as tape:
        d = dataclasses.asdict(A(v, w))
        y = d["a"] * 1.0
    return tape.gradient(y, [v, w])


def a_default_is_taken_when_the_class_is_made():
    """flows, none"""

    @dataclasses.dataclass
    class A:
        a: object = v

    A.a = w
    with tf.GradientTape() as tape:
        y = A().a * 1.0
    return tape.gradient(y, [v, w])


def made_by_a_function():
    """unknown, unknown"""
    A = dataclasses.make_dataclass("A", ["a", "b"])
    with tf.GradientTape() as tape:
        y = A(v, w).a * 1.0
    return tape.gradient(y, [v, w])


def replaced_in_a_method():
    """none, flows"""

    class A(typing.NamedTuple):
        a: object
        b: object

        def swap(self):
            return self._replace(a=self.b, b=self.a)

    with tf.GradientTape() as tape:
        y = A(v, w).swap().a * 1.0
    return tape.gradient(y, [v, w])


def a_member_by_its_value():
    """flows, none"""

    class E(enum.Enum):
        A = 1
        B = 2

    with tf.GradientTape() as tape:
        e = E(1)
        y = v * 1.0 if e is E.A else w * 1.0
    return tape.gradient(y, [v, w])


def a_method_of_a_member():
    """none, flows"""

    class E(enum.Enum):
        A = 1
        B = 2

        def f(self):
            return v * 1.0 if self is E.A else w * 1.0

    with tf.GradientTape() as tape:
        y = E.B.f()
    return tape.gradient(y, [v, w])


def a_member_is_true():
    """flows, none"""

    class E(enum.Enum):
        A = 0

    with tf.GradientTape() as tape:
        y = v * 1.0 if E.A else w * 1.0
    return tape.gradient(y, [v, w])


def a_member_is_not_its_value():
    """none, flows"""

    class E(enum.Enum):
        A = 1

    with tf.GradientTape() as tape:
        y = v * 1.0 if E.A == 1 else w * 1.0
    return tape.gradient(y, [v, w])


def all_members():
    """flows, flows"""

    class E(enum.Enum):
        A = "a"
        B = "b"

    d = {"a": v, "b": w}
    with tf.GradientTape() as tape:
        y = sum(d[e.value] for e in E)
    return tape.gradient(y, [v, w])


def numbered_members():
    """flows, none"""

    class E(enum.IntEnum):
        A = enum.auto()
        B = enum.auto()

    with tf.GradientTape() as tape:
        y = v * 1.0 if E.B == 2 else w * 1.0
    return tape.gradient(y, [v, w])


def equal_records_as_keys():
    """sometimes none, sometimes none"""

    @dataclasses.dataclass(frozen=True)
    class K:
        a: int

    d = {K(1): v, K(1): w}
    with tf.GradientTape() as tape:
        y = d[K(1)] * 1.0 + sum(d.values())
    return tape.gradient(y, [v, w])


def a_descriptor_as_a_default():
    """none, unknown"""

    class D:
        def __get__(self, o, c):
            return w if o is None else o._q

        def __set__(self, o, val):
            o._q = val * 2.0

    @dataclasses.dataclass
    class A:
        q: object = D()

    with tf.GradientTape() as tape:
        y = A().q
    return tape.gradient(y, [v, w])


def a_record_made_by_a_derived_class():
    """unknown, unknown"""

    @dataclasses.dataclass
    class P:
        z: object

    class A(P):
        def __init__(self, a):
            super().__init__(z=a * w)

    with tf.GradientTape() as tape:
        y = A(v).z
    return tape.gradient(y, [v, w])


def members_of_several_values():
    """flows, none"""

    class E(enum.Enum):
        A = (1.0, "p")
        B = (2.0, "q")

        def __init__(self, k, n):
            self.k = k
            self.n = n

    with tf.GradientTape() as tape:
        y = v * E.B.k if E.B.n == "q" else w
    return tape.gradient(y, [v, w])


def a_property_of_a_member():
    """none, flows"""

    class E(enum.Enum):
        A = 1

        @property
        def z(self):
            return w * float(self.value)

        @classmethod
        def default(cls):
            return cls.A

    with tf.GradientTape() as tape:
        y = E.default().z
    return tape.gradient(y, [v, w])


def a_class_of_named_tuples_within_a_class():
    """flows, none"""

    class Generator:
        State = collections.namedtuple("State", ["seeds", "scale"])

        def first(self):
            return self.State(tf.constant([1, 2]), v * 2.0)

        def following(self, state):
            noise = tf.random.stateless_normal([3], state.seeds, stddev=state.scale)
            return noise, self.State(state.seeds + 1, state.scale)

    with tf.GradientTape() as tape:
        generator = Generator()
        noise, state = generator.following(generator.first())
        y = state.scale
    return tape.gradient(y, [v, w])
