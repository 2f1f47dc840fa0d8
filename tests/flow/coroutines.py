"""Coroutines, threads, code that is a text, private names: the docstring is the verdict a source."""

import asyncio
import concurrent.futures

import tensorflow as tf

x = tf.constant([1.0, 2.0, 3.0])
v = tf.Variable([1.0, 2.0, 3.0])
w = tf.Variable([0.5, -1.0, 2.0])
_cur = v


def _pick():
    return _cur * 1.0


def a_coroutine_that_is_not_awaited():
    """flows, none"""
    box = [v]

    async def f():
        box[0] = w

    with tf.GradientTape() as tape:
        c = f()
        y = box[0] * 1.0
    c.close()
    return tape.gradient(y, [v, w])


def a_coroutine_reads_when_it_is_awaited():
    """none, flows"""
    box = [v]

    async def f():
        return box[0] * 1.0

    with tf.GradientTape() as tape:
        c = f()
        box[0] = w
        y = asyncio.run(c)
    return tape.gradient(y, [v, w])


def a_task_runs_later():
    """unknown, unknown"""
    box = [v]

    async def f():
        box[0] = w

    async def main():
        task = asyncio.create_task(f())
        y = box[0] * 1.0
        await task
        return y

    with tf.GradientTape() as tape:
        y = asyncio.run(main())
    return tape.gradient(y, [v, w])


def two_at_once():
    """flows, none"""

    async def f(a):
        return a * 2.0

    async def main():
        return await asyncio.gather(f(v), f(w))

    with tf.GradientTape() as tape:
        y = asyncio.run(main())[0]
    return tape.gradient(y, [v, w])


def mapped_in_other_threads():
    """flows, unknown"""
    with tf.GradientTape() as tape:
        with concurrent.futures.ThreadPoolExecutor() as ex:
            y = sum(ex.map(lambda e: e * 2.0, [v, w]))
        y = y + v
    return tape.gradient(y, [v, w])


def a_private_name_of_the_base():
    """flows, none"""

    class A:
        def __init__(self):
            self.__z = v

        def get(self):
            return self.__z * 1.0

    class B(A):
        def __init__(self):
            super().__init__()
            self.__z = w

    with tf.GradientTape() as tape:
        y = B().get()
    return tape.gradient(y, [v, w])


def an_object_of_another_class():
    """unknown, unknown"""

    class A:
        def f(self):
            return v * 1.0

    class B:
        def f(self):
            return w * 1.0

    a = A()
    a.__class__ = B
    with tf.GradientTape() as tape:
        y = a.f()
    return tape.gradient(y, [v, w])


def a_global_set_by_its_text():
    """none, flows"""
    globals()["_cur"] = w
    with tf.GradientTape() as tape:
        y = _pick()
    return tape.gradient(y, [v, w])


def code_that_is_a_text():
    """unknown, unknown"""
    items = [v]
    exec("items[0] = w")
    with tf.GradientTape() as tape:
        y = items[0] * 1.0
    return tape.gradient(y, [v, w])


def a_name_given_twice():
    """flows, flows"""

    def f(a, /, **k):
        return a * k["a"]

    with tf.GradientTape() as tape:
        y = f(v, a=w)
    return tape.gradient(y, [v, w])


def other_defaults():
    """unknown, unknown"""

    def f(z=v):
        return z * 1.0

    f.__defaults__ = (w,)
    with tf.GradientTape() as tape:
        y = f()
    return tape.gradient(y, [v, w])


def an_attribute_of_a_function():
    """none, flows"""

    def f():
        return f.z * 1.0

    f.z = v
    f.z = w
    with tf.GradientTape() as tape:
        y = f()
    return tape.gradient(y, [v, w])


def what_an_exception_of_python_carries():
    """none, flows"""
    try:
        raise ValueError("m", w)
    except ValueError as e:
        z = e.args[1]
    with tf.GradientTape() as tape:
        y = z * 1.0
    return tape.gradient(y, [v, w])


def a_field_set_in_a_coroutine():
    """none, flows"""
    import asyncio

    class A:
        def __init__(self):
            self.z = v

        async def go(self):
            self.z = w

    a = A()
    asyncio.run(a.go())
    with tf.GradientTape() as tape:
        y = a.z * 1.0
    return tape.gradient(y, [v, w])
