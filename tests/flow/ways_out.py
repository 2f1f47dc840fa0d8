"""Exceptions and their handlers, finally blocks, managers: the docstring is the verdict a source."""

import contextlib

import numpy as np
import tensorflow as tf


class _Record:
    def __init__(self, box, v):
        self.box, self.v = box, v

    def __enter__(self):
        return self

    def __exit__(self, kind, value, tb):
        if kind is not None:
            self.box.append(self.v * 2.0)
        return False


@contextlib.contextmanager
def _cm(box, v):
    yield
    box.append(v * 2.0)


@contextlib.contextmanager
def _cm_fin(box, v):
    try:
        yield
    finally:
        box.append(v * 2.0)


def fin_inner_outer():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        z = a * 1.0
        try:
            try:
                raise ValueError
            finally:
                z = b * 1.0
        except ValueError:
            pass
    return tape.gradient(z, [a, b])


def handler_other():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        try:
            raise KeyError
        except ValueError:
            z = a * 1.0
        except LookupError:
            z = b * 1.0
    return tape.gradient(z, [a, b])


def handler_outer():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        try:
            try:
                raise KeyError
            except ValueError:
                z = a * 1.0
        except LookupError:
            z = b * 1.0
    return tape.gradient(z, [a, b])


def handler_reraise():
    """flows, none"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        try:
            try:
                raise KeyError("x")
            except LookupError:
                z = a * 1.0
                raise
        except ValueError:
            z = z * b
        except KeyError:
            z = z * 2.0
    return tape.gradient(z, [a, b])


def own_class_tree():
    """flows, none"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)

    class E(ValueError):
        pass

    class F(E):
        pass

    with tf.GradientTape() as tape:
        try:
            raise F(a * 2.0)
        except KeyError:
            z = b * 1.0
        except E as e:
            z = e.args[0]
    return tape.gradient(z, [a, b])


def own_init_super():
    """flows, none"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)

    class E(Exception):
        def __init__(self, t):
            super().__init__("msg", t * 2.0)
            self.t = t

    with tf.GradientTape() as tape:
        try:
            raise E(a)
        except E as e:
            z = e.args[1] * e.t
    return tape.gradient(z, [a, b])


def exit_sees_exception():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    box = [a * 1.0]
    with tf.GradientTape() as tape:
        try:
            with _Record(box, b):
                raise ValueError
        except ValueError:
            pass
    return tape.gradient(box[-1], [a, b])


def exit_sees_none():
    """flows, none"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        box = [a * 1.0]
        with _Record(box, b):
            pass
    return tape.gradient(box[-1], [a, b])


def cm_raise_no_after():
    """flows, none"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        box = [a * 1.0]
        try:
            with _cm(box, b):
                raise ValueError
        except ValueError:
            pass
    return tape.gradient(box[-1], [a, b])


def cm_raise_finally():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        box = [a * 1.0]
        try:
            with _cm_fin(box, b):
                raise ValueError
        except ValueError:
            pass
    return tape.gradient(box[-1], [a, b])


def return_with_then_finally():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    box = [a]

    class M:
        def __enter__(self):
            pass

        def __exit__(self, *e):
            box[0] = b

    def f():
        try:
            with M():
                return 1.0
        finally:
            box.append(box[0] * 1.0)

    with tf.GradientTape() as tape:
        f()
        z = box[-1]
    return tape.gradient(z, [a, b])


def break_with_finally():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        z = a * 1.0
        while True:
            try:
                if z is None:
                    continue
                break
            finally:
                z = b * 1.0
    return tape.gradient(z, [a, b])


def continue_finally_break():
    """flows, none"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        z = a * 1.0
        for v in [a, b]:
            try:
                continue
            finally:
                z = v * 1.0
                break
    return tape.gradient(z, [a, b])


def finally_return_swallows():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)

    def f():
        try:
            raise ValueError
        finally:
            return b * 1.0

    with tf.GradientTape() as tape:
        z = f()
    return tape.gradient(z, [a, b])


def finally_return_swallows_in_try():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)

    def f():
        try:
            raise ValueError
        finally:
            return b * 1.0

    with tf.GradientTape() as tape:
        try:
            z = f()
        except ValueError:
            z = a * 1.0
    return tape.gradient(z, [a, b])


def raise_in_callee_finally():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    box = [a]

    def f():
        try:
            raise ValueError
        finally:
            box[0] = b

    with tf.GradientTape() as tape:
        try:
            f()
        except ValueError:
            z = box[0] * 1.0
    return tape.gradient(z, [a, b])


def except_group_tuple():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        try:
            raise IndexError
        except (ValueError, KeyError):
            z = a * 1.0
        except (TypeError, IndexError):
            z = b * 1.0
    return tape.gradient(z, [a, b])


def raise_class_var():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    Err = KeyError
    with tf.GradientTape() as tape:
        try:
            raise Err
        except Err:
            z = b * 1.0
    return tape.gradient(z, [a, b])


def loop_try_counts():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        for k in range(3):
            try:
                if k < 2:
                    raise RuntimeError
                z = b * 1.0
            except RuntimeError:
                z = a * 1.0
    return tape.gradient(z, [a, b])


def aug_attr_once():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)

    class C:
        pass

    cs = [C(), C()]
    cs[0].w, cs[1].w = a * 1.0, b * 1.0
    it = iter(cs)
    with tf.GradientTape() as tape:
        next(it).w += b
    return tape.gradient(cs[0].w, [a, b])


def aug_pop_key():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    d = {"p": a * 1.0, "q": b * 1.0}
    ks = ["p", "q"]
    with tf.GradientTape() as tape:
        d[ks.pop()] *= b
    return tape.gradient(d["q"], [a, b])


class _SwallowSome:
    def __enter__(self):
        return self

    def __exit__(self, kind, value, tb):
        return kind is KeyError


def try_loop_continue():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    z = tf.constant(0.0)
    with tf.GradientTape() as tape:
        for v in [a, b]:
            try:
                if v is a:
                    continue
                z = z + v
            finally:
                z = z * 1.0
    return tape.gradient(z, [a, b])


def try_break_finally():
    """flows, none"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    z = tf.constant(1.0)
    with tf.GradientTape() as tape:
        for v in [a, b]:
            try:
                break
            finally:
                z = z * v
    return tape.gradient(z, [a, b])


def exc_carries():
    """flows, none"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)

    class E(Exception):
        pass

    with tf.GradientTape() as tape:
        try:
            raise E(a * 2.0, b)
        except E as e:
            z = e.args[0]
    return tape.gradient(z, [a, b])


def cm_swallow_kind():
    """unknown, unknown"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        z = a * 1.0
        with _SwallowSome():
            {}["k"]
            z = b * 1.0
    return tape.gradient(z, [a, b])


def cm_swallow_other_kind():
    """flows, none"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        z = a * 1.0
        try:
            with _SwallowSome():
                raise ValueError
            z = b * 1.0
        except ValueError:
            z = z * 2.0
    return tape.gradient(z, [a, b])


def closing_order():
    """flows, none"""
    a, b = tf.Variable(5.0), tf.Variable(3.0)
    box = []

    class R:
        def close(self):
            box.append(a * 2.0)

    with tf.GradientTape() as tape:
        with contextlib.closing(R()):
            box.append(b * 2.0)
    return tape.gradient(box[-1], [a, b])


def contextdecorator():
    """none, flows"""
    a, b = tf.Variable(5.0), tf.Variable(3.0)
    box = [a]

    class D(contextlib.ContextDecorator):
        def __enter__(self):
            box[0] = b

        def __exit__(self, *e):
            box[0] = a

    @D()
    def f():
        return box[0] * 1.0

    with tf.GradientTape() as tape:
        z = f()
    return tape.gradient(z, [a, b])


v = tf.Variable(2.0)


w = tf.Variable(3.0)


def nested_raise():
    """none, flows"""

    def f():
        raise RuntimeError

    def g():
        f()
        return v * 1.0

    with tf.GradientTape() as tape:
        try:
            y = g()
        except RuntimeError:
            y = w * 1.0
    return tape.gradient(y, [v, w])


def raise_uncaught_kind():
    """flows, none"""

    def f():
        raise RuntimeError

    with tf.GradientTape() as tape:
        y = v * 1.0
        try:
            try:
                f()
                y = v * w
            except ValueError:
                y = w * 1.0
        except RuntimeError:
            y = y * 2.0
    return tape.gradient(y, [v, w])


def py_raise_generator_midway():
    """unknown, unknown"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)

    def g():
        yield a * 1.0
        raise ValueError

    with tf.GradientTape() as tape:
        z = b * 1.0
        try:
            for v in g():
                z = v
            z = z * b
        except ValueError:
            pass
    return tape.gradient(z, [a, b])


def exception_chaining():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)

    class E(Exception):
        pass

    def f():
        try:
            raise KeyError
        except KeyError as e:
            raise E(b) from e

    with tf.GradientTape() as tape:
        try:
            f()
            z = a * 1.0
        except KeyError:
            z = a * 2.0
        except E as e:
            z = e.args[0] * 1.0
    return tape.gradient(z, [a, b])


def with_enter_raises():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)

    class M:
        def __enter__(self):
            raise ValueError

        def __exit__(self, *e):
            return True

    with tf.GradientTape() as tape:
        z = a * 1.0
        try:
            with M():
                z = a * 2.0
        except ValueError:
            z = b * 1.0
    return tape.gradient(z, [a, b])


def with_exit_raises():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)

    class M:
        def __enter__(self):
            return self

        def __exit__(self, *e):
            raise ValueError

    with tf.GradientTape() as tape:
        try:
            with M():
                z = a * 2.0
        except ValueError:
            z = b * 1.0
    return tape.gradient(z, [a, b])


class _E(Exception):
    pass


def _boom():
    raise KeyError


class _M:
    def __init__(self, box, v):
        self.box, self.v = box, v

    def __enter__(self):
        return self

    def __exit__(self, k, v, t):
        self.box[0] = self.v
        return None


def raise_supo():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        z = a * 1.0
        try:
            with contextlib.suppress(ZeroDivisionError):
                raise KeyError("k")
                z = a * b
        except KeyError:
            z = b * 1.0
    return tape.gradient(z, [a, b])


def raise_funfin():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        box = [a]

        def f():
            try:
                raise KeyError("k")
                return 1.0
            except KeyError:
                return 2.0
            finally:
                box[0] = b

        f()
        z = box[0] * 1.0
    return tape.gradient(z, [a, b])


def own_other():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        try:
            try:
                raise _E(b)
                z = a * 1.0
            except ZeroDivisionError:
                z = a * b
        except _E:
            z = b * 1.0
    return tape.gradient(z, [a, b])


def own_withm():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        box = [a]
        z = a * 1.0
        try:
            with _M(box, b):
                raise _E(b)
        except _E:
            pass
        z = box[0] * 1.0
    return tape.gradient(z, [a, b])


def callee_rer():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        try:
            try:
                _boom()
                z = a * 1.0
            except KeyError:
                z = b * 1.0
                raise
        except Exception:
            z = z * 2.0
    return tape.gradient(z, [a, b])


def tf_other():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        try:
            try:
                tf.add(tf.constant([1.0, 2.0]), tf.constant([1.0, 2.0, 3.0]))
                z = a * 1.0
            except ZeroDivisionError:
                z = a * b
        except tf.errors.InvalidArgumentError:
            z = b * 1.0
    return tape.gradient(z, [a, b])


def tf_supo():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        z = a * 1.0
        try:
            with contextlib.suppress(ZeroDivisionError):
                tf.add(tf.constant([1.0, 2.0]), tf.constant([1.0, 2.0, 3.0]))
                z = a * b
        except tf.errors.InvalidArgumentError:
            z = b * 1.0
    return tape.gradient(z, [a, b])


@contextlib.contextmanager
def _ignoring_lookups():
    try:
        yield
    except KeyError:
        pass


def an_exception_that_a_stack_of_managers_swallows():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = w * 1.0
        with contextlib.ExitStack() as stack:
            stack.enter_context(contextlib.suppress(KeyError))
            raise KeyError("k")
            y = v * 1.0
    return tape.gradient(y, [w, v])


def an_exception_that_a_generator_catches_around_its_yield():
    """flows"""
    with tf.GradientTape() as tape:
        y = w * 1.0
        with _ignoring_lookups():
            y = y * {}["k"]
    return tape.gradient(y, w)


def exceptions_that_are_named_elsewhere():
    """unknown, unknown"""
    errors = (KeyError, IndexError)
    with tf.GradientTape() as tape:
        y = w * 1.0
        with contextlib.suppress(*errors):
            y = v * {}["k"]
    return tape.gradient(y, [w, v])


def pairs_that_may_be_wrapped_once_more():
    """flows"""

    def rows(wrapped):
        return ((v, v),) if wrapped else (v, v)

    with tf.GradientTape() as tape:
        a, b = rows(tf.random.uniform([]) > 2.0)
        y = a * b
    return tape.gradient(y, v)


def a_loop_that_has_no_round():
    """sometimes none, sometimes none"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        z = b
        for _ in range(np.random.randint(0, 1)):
            z = a
        z = z * 1.0
    return tape.gradient(z, [a, b])


def a_loop_that_every_round_leaves():
    """sometimes none, sometimes none"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        for _ in range(np.random.randint(0, 1)):
            z = a * 1.0
            break
        else:
            z = b * 1.0
    return tape.gradient(z, [a, b])


def an_exception_that_an_inner_try_does_not_catch():
    """none, flows"""
    a, b = tf.Variable([1.0, 2.0]), tf.Variable([3.0, 4.0])
    with tf.GradientTape() as tape:
        z = a * 1.0
        try:
            try:
                tf.add(tf.constant(2), tf.constant([1.0, 2.0, 3.0]))
                z = a * b
            except ZeroDivisionError:
                pass
        except tf.errors.InvalidArgumentError:
            z = b * 1.0
    return tape.gradient(z, [a, b])


def tf_where_of_numbers():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        try:
            z = tf.where(a > 0.0, 1.0, -1.0)
        except ValueError:
            z = a
        z = z * b
    return tape.gradient(z, [a, b])
