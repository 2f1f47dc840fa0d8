"""Generators, iterators and what is computed late: the docstring is the verdict a source."""

import itertools
import random

import tensorflow as tf

v = tf.Variable([1.0, 2.0, 3.0])
w = tf.Variable([0.5, -1.0, 2.0])


def a_generator_kept_that_is_not_run_to_its_end():
    """unknown, unknown"""
    out = []

    def g():
        try:
            for i in range(3):
                yield v * float(i + 1)
        finally:
            out.append(w * 1.0)

    with tf.GradientTape() as tape:
        it = g()
        for _a in it:
            break
        y = _a + (out[0] if out else 0.0)
    return tape.gradient(y, [v, w])


def what_an_exhausted_generator_carries():
    """unknown, unknown"""

    def g():
        yield v
        return w * 2.0

    with tf.GradientTape() as tape:
        it = g()
        next(it)
        try:
            next(it)
        except StopIteration as e:
            y = e.value
    return tape.gradient(y, [v, w])


def any_stops_at_the_first():
    """unknown, unknown"""
    items = []

    def f(e):
        items.append(e)
        return True

    with tf.GradientTape() as tape:
        any(f(e) for e in [v, w])
        y = sum(items) * 1.0
    return tape.gradient(y, [v, w])


def all_stops_at_the_first():
    """unknown, unknown"""
    items = []

    def f(e):
        items.append(e)
        return len(items) < 1

    with tf.GradientTape() as tape:
        all(f(e) for e in [v, w])
        y = sum(items) * 1.0
    return tape.gradient(y, [v, w])


def a_generator_that_an_exception_is_thrown_into():
    """unknown, unknown"""

    def g():
        cur = v
        while True:
            try:
                yield cur * 1.0
            except KeyError:
                cur = w

    with tf.GradientTape() as tape:
        it = g()
        next(it)
        it.throw(KeyError())
        y = next(it)
    return tape.gradient(y, [v, w])


def the_rest_of_a_generator():
    """none, flows"""
    with tf.GradientTape() as tape:
        g = (e * 2.0 for e in [v, w])
        next(g)
        y = sum(g)
    return tape.gradient(y, [v, w])


def an_iterator_of_two_loops():
    """unknown, unknown"""

    class It:
        def __init__(self, items):
            self.items = items
            self.i = 0

        def __iter__(self):
            return self

        def __next__(self):
            if self.i >= len(self.items):
                raise StopIteration
            self.i += 1
            return self.items[self.i - 1]

    it = It([v, w])
    with tf.GradientTape() as tape:
        for _a in it:
            break
        for _b in it:
            break
        y = _b * 1.0
    return tape.gradient(y, [v, w])


def a_generator_that_is_closed():
    """unknown, unknown"""
    out = [v * 1.0]

    def g():
        try:
            yield 1
            yield 2
        finally:
            out[0] = w * 3.0

    with tf.GradientTape() as tape:
        out[0] = v * 2.0
        it = g()
        next(it)
        it.close()
        y = out[0]
    return tape.gradient(y, [v, w])


def tapes_between_the_items_of_a_generator():
    """flows, none"""
    w, unused = tf.Variable(1.0), tf.Variable(2.0)
    for x in (float(number) + 1.0 for number in range(3)):
        with tf.GradientTape() as tape:
            y = x * w
        found = tape.gradient(y, [w, unused])
    return found


def a_loop_that_changes_what_its_generator_reads():
    """unknown, unknown"""
    box = [v]

    def g():
        for _ in range(2):
            yield box[0] * 1.0

    with tf.GradientTape() as tape:
        y = 0.0
        for e in g():
            y = y + e
            box[0] = w
    return tape.gradient(y, [v, w])


def a_tape_that_is_entered_between_two_items():
    """unknown, unknown"""

    def g():
        yield v * 1.0
        yield w * 1.0

    it = g()
    a = next(it)
    with tf.GradientTape() as tape:
        b = next(it)
        y = a + b
    return tape.gradient(y, [v, w])


def a_generator_over_data():
    """sometimes none, sometimes none"""

    def g():
        for a in tf.data.Dataset.range(5):
            yield v * float(a)

    with tf.GradientTape() as tape:
        items = list(g())
        y = items[4] * 1.0 if len(items) == 5 else w * 1.0
    return tape.gradient(y, [v, w])


def a_generator_that_counts():
    """unknown, unknown"""

    class A:
        def __init__(self):
            self.n = 0

        def items(self):
            for z in [v, w]:
                self.n += 1
                yield z * float(self.n)

    a = A()
    with tf.GradientTape() as tape:
        for e in a.items():
            if a.n == 1:
                y = e
    return tape.gradient(y, [v, w])


def late_binding_gen():
    """unknown, unknown"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    fs = (lambda: v * 2.0 for v in (a, b))
    with tf.GradientTape() as tape:
        z = [f() for f in fs][0]
    return tape.gradient(z, [a, b])


def late_binding_gen_list():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    fs = list(lambda: v * 2.0 for v in (a, b))
    with tf.GradientTape() as tape:
        z = fs[0]()
    return tape.gradient(z, [a, b])


def aug_assign_subscript_once():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    i = iter([0, 1])
    xs = [a * 1.0, b * 1.0]
    with tf.GradientTape() as tape:
        xs[next(i)] += b
    return tape.gradient(xs[0], [a, b])


def tee_two():
    """unknown, unknown"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    i, j = itertools.tee(v * 2.0 for v in [a, b])
    with tf.GradientTape() as tape:
        x = next(i)
    y = next(j)
    return tape.gradient(y, [a, b])


def product_pairs():
    """flows, none"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        ps = list(itertools.product([a, b], repeat=2))
        z = ps[1][1] * ps[1][0]
        y = ps[0][0] * ps[0][1]
    return tape.gradient(y, [a, b])


def combinations():
    """none, flows, flows"""
    a, b, c = tf.Variable(2.0), tf.Variable(3.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        ps = list(itertools.combinations([a, b, c], 2))
        z = ps[-1][0] * ps[-1][1]
    return tape.gradient(z, [a, b, c])


def takewhile_consumes():
    """flows, none"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    it = iter([1, 5, 2, 3])
    list(itertools.takewhile(lambda n: n < 3, it))
    with tf.GradientTape() as tape:
        z = a * 1.0 if next(it) == 2 else b * 1.0
    return tape.gradient(z, [a, b])


def dropwhile():
    """flows, none"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        xs = list(itertools.dropwhile(lambda n: n < 3, [1, 5, 2]))
        z = (a if xs[1] == 2 else b) * 1.0
    return tape.gradient(z, [a, b])


def compress():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        z = list(itertools.compress([a, b], [0, 1]))[0] * 1.0
    return tape.gradient(z, [a, b])


def filterfalse():
    """none, flows"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        z = list(itertools.filterfalse(lambda v: v is a, [a, b]))[0] * 1.0
    return tape.gradient(z, [a, b])


def pairwise():
    """none, flows, none"""
    a, b, c = tf.Variable(2.0), tf.Variable(3.0), tf.Variable(4.0)
    with tf.GradientTape() as tape:
        z = list(itertools.pairwise([a, b, c]))[1][0] * 1.0
    return tape.gradient(z, [a, b, c])


def gen_nested_for_break():
    """flows, flows"""
    a, b = tf.Variable(5.0), tf.Variable(3.0)
    def g():
        for v in [a, b]:
            yield v * 1.0
    it = g()
    with tf.GradientTape() as tape:
        for z in it:
            break
        for y in it:
            z = z * 0.5 + y
    return tape.gradient(z, [a, b])


def what_a_shorter_sequence_leaves():
    """none, flows, flows"""
    weights = [tf.Variable([1.0]), tf.Variable([2.0]), tf.Variable([3.0])]
    rest = iter(weights)
    first = [weight for _, weight in zip(range(1), rest)]
    with tf.GradientTape() as tape:
        y = sum(weight * weight for weight in rest)
    return tape.gradient(y, weights)


def what_is_asked_for_before_the_shorter_sequence():
    """none, none, flows"""
    weights = [tf.Variable([1.0]), tf.Variable([2.0]), tf.Variable([3.0])]
    rest = iter(weights)
    first = [weight for weight, _ in zip(rest, range(1))]
    with tf.GradientTape() as tape:
        y = sum(weight * weight for weight in rest)
    return tape.gradient(y, weights)


def what_a_slice_leaves_of_unknown_data():
    """flows"""
    weight = tf.Variable(1.0)
    batches = iter(tf.data.Dataset.range(4))
    first = list(itertools.islice(batches, 2))
    with tf.GradientTape() as tape:
        y = sum(weight * tf.cast(batch, tf.float32) for batch in batches)
    return tape.gradient(y, weight)


def a_range_of_unknown_length_in_step():
    """sometimes none"""
    rounds = int(random.random() * 0) + 1
    with tf.GradientTape() as tape:
        y = v
        for _, step in zip(range(rounds), [tf.square, tf.stop_gradient]):
            y = step(y)
    return tape.gradient(y, v)


def _raises_after_one():
    yield v * 1.0
    raise ValueError("no more")


def a_generator_that_raises_after_what_is_asked_for():
    """unknown, unknown"""
    with tf.GradientTape() as tape:
        y = next(_raises_after_one())
    return tape.gradient(y, [v, w])


def an_expression_of_which_the_first_item_is_asked_for():
    """unknown, unknown"""
    with tf.GradientTape() as tape:
        y = next(int(w) if i else v * 1.0 for i in range(3))
    return tape.gradient(y, [v, w])


def an_expression_of_which_the_first_item_raises():
    """raises TypeError, raises TypeError"""
    with tf.GradientTape() as tape:
        y = sum(int(x) * v for x in [w, v])
    return tape.gradient(y, [v, w])


def a_generator_that_is_left_before_it_raises():
    """unknown, unknown"""

    def g():
        yield v * 1.0
        int(w)

    with tf.GradientTape() as tape:
        for y in g():
            break
    return tape.gradient(y, [v, w])


def iterators_that_are_only_shown():
    """flows, flows"""
    rest = (each for each in (v, w))
    print(rest, f"{rest}", str(rest), {"rest": rest}, hash(rest))
    with tf.GradientTape() as tape:
        y = sum(each * each for each in rest)
    return tape.gradient(y, [v, w])


def an_iterator_whose_items_are_shown():
    """raises TypeError, raises TypeError"""
    rest = (each for each in (v, w))
    print(*rest)
    with tf.GradientTape() as tape:
        y = sum(each * each for each in rest)
    return tape.gradient(y, [v, w])


def columns_of_nobody_knows_how_many_rows():
    """flows, none"""
    pairs = [(v, w, "a") for _ in range(random.randint(2, 3))]
    firsts, seconds, _ = zip(*pairs)
    with tf.GradientTape() as tape:
        y = 0.0
        for first, second in zip(firsts, seconds):
            if first.shape.ndims != v.shape.ndims:
                raise ValueError
            y += first * tf.round(second)
    return tape.gradient(y, [v, w])


def counted_pairs():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = tf.zeros(3)
        for i, (a, b) in enumerate(zip([1.0, 2.0], [v, v])):
            y = y + a * b if i == 0 else y + a * tf.round(w)
    return tape.gradient(y, [v, w])


def counted_pairs_of_which_more_is_taken_meanwhile():
    """unknown"""
    pairs = zip([v, v, w], [1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        y = tf.zeros(3)
        for i, (a, b) in enumerate(pairs):
            y = y + a * b
            if i == 0:
                next(pairs)
    return tape.gradient(y, w)
