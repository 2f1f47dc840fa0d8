"""When tapes record, by the state that they are in: the docstring of each program is the verdict a source."""

import contextlib

import tensorflow as tf


def entered_twice():
    """raises ValueError"""
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape, tape:
        y = x * 2.0
    return tape.gradient(y, x)


def asked_while_paused_and_again_for_what_was_before():
    """none"""
    w = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y = w * w
        with tape.stop_recording():
            g = tape.gradient(y, w)
    return tape.gradient(y, w)


def reset_after_the_block():
    """raises ValueError"""
    w = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = w * 2.0
    tape.reset()
    return tape.gradient(y, w)


def paused_after_the_block():
    """raises ValueError"""
    w = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = w * 2.0
    with tape.stop_recording():
        z = y * 2.0
    return tape.gradient(y, w)


def watched_by_a_spent_tape():
    """raises AttributeError"""
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    g = tape.gradient(y, x)
    tape.watch(x)
    with tape:
        z = x * 3.0
    return tape.gradient(z, x)


def watched_while_paused():
    """none"""
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        with tape.stop_recording():
            tape.watch(x)
        q = x * 3.0
    return tape.gradient(q, x)


def watched_while_no_tape_runs():
    """none"""
    x = tf.constant(2.0)
    with tf.GradientTape(persistent=True) as tape:
        pass
    tape.watch(x)
    with tape:
        y = x * x
    return tape.gradient(y, x)


def watched_while_another_tape_runs():
    """flows, flows"""
    x = tf.constant(2.0)
    w = tf.Variable(3.0)
    with tf.GradientTape() as other:
        with tf.GradientTape(persistent=True) as tape:
            y = w * 2.0
        tape.watch(x)
        with tape:
            z = x * y
    return tape.gradient(z, [w, x])


def entered_in_a_graph_and_asked_outside():
    """unknown"""
    w = tf.Variable(2.0)
    tape = tf.GradientTape()

    @tf.function
    def f():
        with tape:
            y = w * 2.0
        return y

    y = f()
    return tape.gradient(y, w)


def paused_while_a_graph_is_traced_that_is_handed_the_tape():
    """flows"""
    w = tf.Variable(2.0)

    @tf.function
    def f(tape):
        with tape.stop_recording():
            return w * 2.0

    with tf.GradientTape() as tape:
        y = f(tape)
    return tape.gradient(y, w)


def reset_while_a_graph_is_traced():
    """unknown"""
    w = tf.Variable(2.0)

    @tf.function
    def f(tape):
        y = w * 2.0
        tape.reset()
        return y

    with tf.GradientTape() as tape:
        y = f(tape)
    return tape.gradient(y, w)


def a_tensor_that_leaves_its_graph_in_a_dict():
    """unknown"""
    w = tf.Variable([2.0, 3.0])
    store = {}

    @tf.function
    def f(x):
        store["h"] = x * w
        return x * w

    with tf.GradientTape() as tape:
        z = f(tf.constant([1.0, 2.0]))
    return tape.gradient(store["h"], w)


def a_source_that_leaves_its_graph():
    """unknown"""
    w = tf.Variable([2.0, 3.0])

    class M(tf.Module):
        @tf.function
        def __call__(self, x):
            self.h = x * w
            return self.h * 2.0

    m = M()
    with tf.GradientTape() as tape:
        z = m(tf.constant([1.0, 2.0]))
        l = tf.reduce_sum(z)
    return tape.gradient(l, m.h)


def asked_in_a_while_that_is_traced_once():
    """flows"""
    w = tf.Variable(1.0)

    @tf.function
    def step(x):
        with tf.GradientTape() as tape:
            l = w * x
        i = tf.constant(0)
        g = tf.zeros([])
        while i < 3:
            g = g + tape.gradient(l, w)
            i += 1
        return g

    return step(tf.constant(1.0))


def entered_again_by_a_helper():
    """raises ValueError"""
    w = tf.Variable([1.0, 2.0])

    def outer(tape):
        with tape:
            return w * 2.0

    with tf.GradientTape() as tape:
        y = outer(tape)
    return tape.gradient(y, w)


def reset_in_one_branch_of_a_graph():
    """none"""
    w = tf.Variable(2.0)

    @tf.function
    def f(x):
        with tf.GradientTape() as tape:
            l = w * x
            if x > 0:
                tape.reset()
        return tape.gradient(l, w)

    return f(tf.constant(-1.0)) if False else f(tf.constant(1.0))


def kept_from_a_graph():
    """unknown"""
    w = tf.Variable(2.0)

    class M:
        @tf.function
        def f(self, x):
            with tf.GradientTape() as self.tape:
                l = w * x
            return l

    m = M()
    l = m.f(tf.constant(1.0))
    return m.tape.gradient(l, w)


def losses_kept_from_graphs():
    """unknown"""
    w = tf.Variable(2.0)
    losses = []

    @tf.function
    def f(x):
        losses.append(w * w)
        return w * x

    with tf.GradientTape() as tape:
        y = f(tf.constant(1.0))
        y = y + tf.add_n(losses)
    return tape.gradient(y, w)


def asked_while_paused_and_again():
    """flows"""
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = x * x
        with tape.stop_recording():
            g = tape.gradient(y, x)
            x.assign_sub(0.1 * g)
        z = x * x
    return tape.gradient(z, x)


def asked_in_a_loop_that_writes_into_an_array():
    """flows"""
    w = tf.Variable(2.0)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            l = w * w
        gs = tf.TensorArray(tf.float32, 3)
        for i in tf.range(3):
            gs = gs.write(i, tape.gradient(l, w))
        return gs.stack()

    return step()


def asked_in_both_branches_of_a_cond():
    """raises RuntimeError"""
    w = tf.Variable(2.0)

    @tf.function
    def step(x):
        with tf.GradientTape() as tape:
            l = w * x
        return tf.cond(x > 0, lambda: tape.gradient(l, w), lambda: -tape.gradient(l, w))

    return step(tf.constant(-1.0))


def handed_on_to_a_graph_within():
    """none"""
    w = tf.Variable(2.0)

    @tf.function
    def inner(tape, y):
        return tape.gradient(y, w)

    @tf.function
    def f(x):
        with tf.GradientTape() as tape:
            y = w * x
        return inner(tape, y)

    return f(tf.constant(1.0))


def paused_in_a_loop_of_a_graph():
    """flows"""
    w = tf.Variable(2.0)

    @tf.function
    def f():
        with tf.GradientTape() as tape:
            y = w * w
            for _ in tf.range(2):
                with tape.stop_recording():
                    y = y + w * 2.0
        return tape.gradient(y, w)

    return f()


def variables_watched_while_paused():
    """none"""
    w = tf.Variable([1.0, 2.0])
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        with tape.stop_recording():
            tape.watch(w)
        y = w * w
    return tape.gradient(y, w)


def paused_in_rows_one_by_one():
    """none"""
    w = tf.Variable(2.0)
    with tf.GradientTape() as tape:

        def a(t):
            with tape.stop_recording():
                return w * t

        y = tf.map_fn(a, tf.constant([1.0, 2.0]))
    return tape.gradient(y, w)


def paused_in_rows_at_once():
    """flows"""
    w = tf.Variable(2.0)
    with tf.GradientTape() as tape:

        def a(t):
            with tape.stop_recording():
                return w * t

        y = tf.vectorized_map(a, tf.constant([1.0, 2.0]))
    return tape.gradient(y, w)


def reset_in_a_loop_that_may_have_no_round():
    """unknown"""
    w = tf.Variable(2.0)
    ds = tf.data.Dataset.range(3)
    with tf.GradientTape() as tape:
        for b in ds:
            tape.reset()
            y = w * 2.0
    return tape.gradient(y, w)


def reset_in_a_loop_of_a_graph():
    """unknown"""
    w = tf.Variable(2.0)

    @tf.function
    def f():
        with tf.GradientTape() as tape:
            for _ in tf.range(2):
                tape.reset()
            y = w * 2.0
        return tape.gradient(y, w)

    return f()


def asked_in_both_branches_of_a_graph():
    """raises RuntimeError"""
    w = tf.Variable(2.0)

    @tf.function
    def f():
        with tf.GradientTape() as tape:
            y = w * w
        if tf.reduce_sum(w) > 0:
            g = tape.gradient(y, w)
        else:
            g = -tape.gradient(y, w)
        return g

    return f()


def asked_in_a_loop_that_is_traced_once():
    """flows"""
    w = tf.Variable(2.0)

    @tf.function
    def f():
        with tf.GradientTape() as tape:
            y = w * w
        g = tf.zeros([])
        for _ in tf.range(2):
            g += tape.gradient(y, w)
        return g

    return f()


def paused_while_a_graph_is_traced():
    """flows"""
    w = tf.Variable(2.0)

    @tf.function
    def f():
        with tape.stop_recording():
            return w * 2.0

    with tf.GradientTape() as tape:
        y = f()
    return tape.gradient(y, w)


def a_tensor_that_leaves_its_graph():
    """unknown"""
    w = tf.Variable(2.0)
    h = []

    @tf.function
    def f(x):
        h.append(w * x)
        return w * x

    with tf.GradientTape() as tape:
        f(tf.constant(1.0))
        y = h[0] * 2.0
    return tape.gradient(y, w)


def reset_now_and_then():
    """unknown"""
    w = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        h = tf.zeros([])
        for b in tf.data.Dataset.range(3):
            h = h + w
            if int(b) % 2 == 1:
                g = tape.gradient(h, w)
                tape.reset()
                h = tf.stop_gradient(h)
    return tape.gradient(h, w)


def asked_in_a_round_that_does_not_come():
    """unknown"""
    w = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = w * w

    def last(y):
        for _ in range(3):
            g = tape.gradient(y, w)
            if tf.abs(g) > 1.0:
                return g
        return None

    return last(y)


def asked_in_a_round_that_comes():
    """raises RuntimeError"""
    w = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = w * w
    for x in [1.0, 2.0]:
        if x > 5.0:
            break
        g = tape.gradient(y, w)
    return tape.gradient(y, w)


def perhaps_stopped():
    """sometimes none"""
    many = len(tf.config.list_physical_devices()) > 50
    v = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        with tape.stop_recording() if many else contextlib.nullcontext():
            y = v * 3.0
        z = y * 2.0
    return tape.gradient(z, v)


def perhaps_within_an_init_scope():
    """unknown"""
    many = len(tf.config.list_physical_devices()) > 50
    v = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        with tf.init_scope() if many else contextlib.nullcontext():
            y = v * 3.0
    return tape.gradient(y, v)


def one_of_two_tapes_is_entered():
    """sometimes none"""
    many = len(tf.config.list_physical_devices()) > 50
    one, two = tf.GradientTape(), tf.GradientTape()
    v = tf.Variable(2.0)
    with one if many else two:
        y = v * 3.0
    return two.gradient(y, v)


def asked_for_each_of_some_in_a_comprehension():
    """unknown"""
    x = tf.Variable([1.0, 2.0])
    rows = range(int(tf.random.uniform([], 2, 4, tf.int32)))
    with tf.GradientTape() as tape:
        y = x * x
    return [tape.gradient(y, x) for _ in rows]


def asked_for_the_first_of_some_in_a_generator():
    """flows"""
    x = tf.Variable([1.0, 2.0])
    rows = range(int(tf.random.uniform([], 2, 4, tf.int32)))
    with tf.GradientTape() as tape:
        y = x * x
    return next(tape.gradient(y, x) for _ in rows)
