"""Flags, whose members are bits; the docstring is the verdict of each source."""

import enum
import tensorflow as tf

v = tf.Variable([1.0, 2.0])
c = tf.constant([1.0, 2.0])


class Reg(enum.Flag):
    NONE = 0
    L1 = enum.auto()
    L2 = enum.auto()
    BOTH = L1 | L2


class Bits(enum.IntFlag):
    A = 1
    B = 2
    C = 4


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


def flag_in():
    """none"""
    how = Reg.L2
    with tf.GradientTape() as tape:
        y = v * 2.0 if Reg.L1 in how else c
    return tape.gradient(y, v)


def flag_in2():
    """flows"""
    how = Reg.L2 | Reg.L1
    with tf.GradientTape() as tape:
        y = v * 2.0 if Reg.L1 in how else c
    return tape.gradient(y, v)


def flag_and():
    """none"""
    how = Reg.L2
    with tf.GradientTape() as tape:
        y = v * 2.0 if how & Reg.L1 else c
    return tape.gradient(y, v)


def flag_and2():
    """flows"""
    how = Reg.BOTH
    with tf.GradientTape() as tape:
        y = c
        if how & Reg.L1:
            y = v * 2.0
    return tape.gradient(y, v)


def flag_none():
    """none"""
    how = Reg.NONE
    with tf.GradientTape() as tape:
        y = v * 2.0 if how else c
    return tape.gradient(y, v)


def flag_eq():
    """flows"""
    how = Reg.L1 | Reg.L2
    with tf.GradientTape() as tape:
        y = v * 2.0 if how == Reg.BOTH else c
    return tape.gradient(y, v)


def flag_is():
    """flows"""
    how = Reg.L1 | Reg.L2
    with tf.GradientTape() as tape:
        y = v * 2.0 if how is Reg.BOTH else c
    return tape.gradient(y, v)


def flag_xor():
    """flows"""
    how = Reg.BOTH ^ Reg.L1
    with tf.GradientTape() as tape:
        y = v * 2.0 if how == Reg.L2 else c
    return tape.gradient(y, v)


def flag_not():
    """flows"""
    how = ~Reg.L1
    with tf.GradientTape() as tape:
        y = v * 2.0 if Reg.L2 in how else c
    return tape.gradient(y, v)


def flag_aug():
    """flows"""
    how = Reg.NONE
    how |= Reg.L1
    with tf.GradientTape() as tape:
        y = v * 2.0 if Reg.L1 in how else c
    return tape.gradient(y, v)


def flag_value():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * float(Reg.L2.value) if Reg.L2.value == 2 else c
    return tape.gradient(y, v)


def flag_dict():
    """flows"""
    losses = {Reg.L1: v * 2.0, Reg.L2: c}
    with tf.GradientTape() as tape:
        losses = {Reg.L1: v * 2.0, Reg.L2: c}
        y = losses[Reg.BOTH & Reg.L1]
    return tape.gradient(y, v)


def bits_in():
    """none"""
    how = Bits.A | Bits.C
    with tf.GradientTape() as tape:
        y = v * 2.0 if Bits.B in how else c
    return tape.gradient(y, v)


def bits_and():
    """flows"""
    how = Bits.A | 4
    with tf.GradientTape() as tape:
        y = v * 2.0 if how & Bits.C else c
    return tape.gradient(y, v)


def bits_num():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * (Bits.A | Bits.B)
    return tape.gradient(y, v)


def bits_cmp():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * 2.0 if Bits.A < Bits.C else c
    return tape.gradient(y, v)


def level_cmp():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * 2.0 if Level.HIGH > Level.LOW else c
    return tape.gradient(y, v)


def level_num():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * Level.HIGH
    return tape.gradient(y, v)


def flag_loop():
    """flows"""
    with tf.GradientTape() as tape:
        y = c
        for r in Reg:
            if r is Reg.L1:
                y = y + v
    return tape.gradient(y, v)


def flag_loop2():
    """flows"""
    with tf.GradientTape() as tape:
        y = c
        for r in Reg.BOTH:
            if r is Reg.L1:
                y = y + v
    return tape.gradient(y, v)


def flag_call():
    """flows"""
    how = Reg(3)
    with tf.GradientTape() as tape:
        y = v * 2.0 if Reg.L1 in how else c
    return tape.gradient(y, v)


def flag_call1():
    """flows"""
    how = Reg(1)
    with tf.GradientTape() as tape:
        y = v * 2.0 if how is Reg.L1 else c
    return tape.gradient(y, v)


def flag_bool():
    """none"""
    how = bool(Reg.L1 & Reg.L2)
    with tf.GradientTape() as tape:
        y = v * 2.0 if how else c
    return tape.gradient(y, v)


def flag_match():
    """none"""
    how = Reg.L2
    with tf.GradientTape() as tape:
        match how:
            case Reg.L1:
                y = v * 2.0
            case Reg.L2:
                y = c
    return tape.gradient(y, v)


class Own(enum.Flag):
    A = 1
    B = 2

    def __bool__(self):
        return False


class Odd(enum.IntFlag):
    A = 1
    B = 2

    @classmethod
    def _missing_(cls, value):
        return cls.A

    def scaled(self, x):
        return x * float(self.value)

    @property
    def both(self):
        return self is Reg.BOTH


class Meth(enum.Flag):
    A = 1
    B = 2
    C = A | B

    def scaled(self, x):
        return x * float(self.value)

    @property
    def is_c(self):
        return self == Meth.C


def meth():
    """flows"""
    with tf.GradientTape() as tape:
        y = Meth.B.scaled(v)
    return tape.gradient(y, v)


def meth2():
    """unknown"""
    with tf.GradientTape() as tape:
        y = (Meth.B | Meth.A).scaled(v) if (Meth.B | Meth.A).is_c else c
    return tape.gradient(y, v)


def bits_str():
    """flows"""
    names = {"A": v * 1.0, "B": c}
    with tf.GradientTape() as tape:
        names = {"A": v * 1.0, "B": c}
        y = names[Bits.A.name]
    return tape.gradient(y, v)


def bits_dict():
    """flows"""
    with tf.GradientTape() as tape:
        names = {1: v * 1.0, 2: c}
        y = names[Bits.A]
    return tape.gradient(y, v)


def bits_list():
    """flows"""
    with tf.GradientTape() as tape:
        y = [c, v * 1.0, c][Bits.A]
    return tape.gradient(y, v)


def bits_eq():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * 1.0 if Bits.A == 1 else c
    return tape.gradient(y, v)


def flag_eq_one():
    """none"""
    with tf.GradientTape() as tape:
        y = v * 1.0 if Reg.L1 == 1 else c
    return tape.gradient(y, v)


def flag_isinstance():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * 1.0 if isinstance(Reg.L1 | Reg.L2, Reg) else c
    return tape.gradient(y, v)


def flag_isint():
    """none"""
    with tf.GradientTape() as tape:
        y = v * 1.0 if isinstance(Reg.L1, int) else c
    return tape.gradient(y, v)


def bits_isint():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * 1.0 if isinstance(Bits.A, int) else c
    return tape.gradient(y, v)


def flag_len():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * 1.0 if len(Reg.BOTH) == 2 else c
    return tape.gradient(y, v)


def flag_classlen():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * 1.0 if len(Reg) == 2 else c
    return tape.gradient(y, v)


def flag_set():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * 1.0 if Reg.L1 in {Reg.L1, Reg.BOTH} else c
    return tape.gradient(y, v)


def flag_tuple():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * 1.0 if (Reg.L1 | Reg.L2) in (Reg.L1, Reg.BOTH) else c
    return tape.gradient(y, v)


def flag_named():
    """flows"""
    with tf.GradientTape() as tape:
        y = v * 1.0 if Reg["L1"] is Reg.L1 else c
    return tape.gradient(y, v)


def flag_reduce():
    """flows"""
    import functools, operator

    with tf.GradientTape() as tape:
        how = functools.reduce(operator.or_, [Reg.L1, Reg.L2])
        y = v * 1.0 if Reg.L2 in how else c
    return tape.gradient(y, v)


def bits_pow():
    """flows"""
    with tf.GradientTape() as tape:
        y = v**Bits.B
    return tape.gradient(y, v)


def flag_badnum():
    """raises ValueError"""
    with tf.GradientTape() as tape:
        y = v * 1.0
        Reg(9)
    return tape.gradient(y, v)


def flag_try():
    """none"""
    with tf.GradientTape() as tape:
        try:
            Reg(9)
            y = v * 1.0
        except ValueError:
            y = c
    return tape.gradient(y, v)
