"""Functions, classes, control flow: each function is a program of its own; its docstring is the verdict a source."""

import functools

import tensorflow as tf

v = tf.Variable([1.0, 2.0, 3.0])
w = tf.Variable([0.5, -1.0, 2.0])


def recursion():
    """flows, none"""

    def power(x, n):
        return x if n == 1 else x * power(x, n - 1)

    with tf.GradientTape() as tape:
        y = power(v, 5)
    return tape.gradient(y, [v, w])


def recursion_without_an_end():
    """unknown, none"""

    def halve(x):
        return x if tf.reduce_sum(x) < 0.01 else halve(x * 0.5)

    with tf.GradientTape() as tape:
        y = halve(v)
    return tape.gradient(y, [v, w])


def recursion_that_ends_with_a_variable():
    """unknown, unknown"""

    def count(n):
        return count(n - 1) if n > 0 else v * 2.0

    with tf.GradientTape() as tape:
        y = count(60)
    return tape.gradient(y, [v, w])


def recursion_that_ends_with_a_field():
    """unknown, unknown"""

    class Counter:
        def __init__(self):
            self.last = v * 1.0

        def go(self, n):
            if n > 0:
                self.go(n - 1)
            else:
                self.last = w * 2.0

    with tf.GradientTape() as tape:
        counter = Counter()
        counter.go(60)
        y = counter.last + w
    return tape.gradient(y, [v, w])


def decorated_many_times():
    """unknown, unknown"""

    def forward(function):
        return lambda *args: function(*args)

    def double():
        return v * 2.0

    for _ in range(12):
        for _ in range(12):
            double = forward(double)
    with tf.GradientTape() as tape:
        y = forward(forward(forward(double)))()
    return tape.gradient(y, [v, w])


def generator_that_yields_in_a_with_block():
    """unknown, unknown"""

    def scaled():
        with tf.name_scope("scaled"):
            yield v * 2.0

    with tf.GradientTape() as tape:
        y = 0.0
        for part in scaled():
            y = y + part
    return tape.gradient(y, [v, w])


def decorator_that_wraps():
    """flows, none"""

    def twice(function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            return function(*args, **kwargs) * 2.0

        return inner

    @twice
    def mix(x):
        return x * x

    with tf.GradientTape() as tape:
        y = mix(v)
    return tape.gradient(y, [v, w])


def decorator_that_cuts():
    """none, none"""

    def detached(function):
        def inner(*args):
            return tf.stop_gradient(function(*args))

        return inner

    @detached
    def mix(x):
        return x * x

    with tf.GradientTape() as tape:
        y = mix(v) * 1.0
    return tape.gradient(y, [v, w])


def decorator_with_arguments():
    """none, flows"""

    def choose(which):
        def wrap(function):
            return lambda a, b: function(a if which == "first" else b)

        return wrap

    @choose("second")
    def mix(x):
        return x * 2.0

    with tf.GradientTape() as tape:
        y = mix(v, w)
    return tape.gradient(y, [v, w])


class _Base:
    shared = 2.0

    def __init__(self, scale):
        self.scale = scale
        self._cache = None

    @property
    def doubled(self):
        return self.scale * self.shared

    @doubled.setter
    def doubled(self, value):
        self.scale = value / 2.0

    @classmethod
    def made(cls, scale):
        return cls(scale)

    @staticmethod
    def cut(x):
        return tf.stop_gradient(x)

    def __call__(self, x):
        return x * self.scale

    def apply(self, x):
        return self(x)

    def __add__(self, other):
        return self.scale + other.scale

    def __getitem__(self, index):
        return self.scale[index]

    def __len__(self):
        return 3

    def __iter__(self):
        yield self.scale
        yield self.scale * 2.0

    def __enter__(self):
        return self.scale

    def __exit__(self, *error):
        return False


class _Child(_Base):
    def __init__(self, scale, shift):
        super().__init__(scale)
        self.shift = shift

    def __call__(self, x):
        return super().__call__(x) + self.shift


def property_read():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = _Base(v).doubled
    return tape.gradient(y, [v, w])


def property_written():
    """none, flows"""
    with tf.GradientTape() as tape:
        held = _Base(v)
        held.doubled = w * 1.0
        y = held.scale
    return tape.gradient(y, [v, w])


def class_method():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = _Base.made(v).scale * 1.0
    return tape.gradient(y, [v, w])


def static_method_cuts():
    """none, none"""
    with tf.GradientTape() as tape:
        y = _Base.cut(v) + _Base(v).cut(w)
    return tape.gradient(y, [v, w])


def inherited_call():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = _Child(v, w).apply(tf.ones(3))
    return tape.gradient(y, [v, w])


def callable_object_passed():
    """flows, none"""

    def use(model):
        return model(tf.ones(3))

    with tf.GradientTape() as tape:
        y = use(_Base(v))
    return tape.gradient(y, [v, w])


def operator_of_a_class():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = _Base(v) + _Base(w)
    return tape.gradient(y, [v, w])


def item_of_an_object():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = _Base(v)[0]
    return tape.gradient(y, [v, w])


def iterated_object():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = sum(_Base(v))
    return tape.gradient(y, [v, w])


def entered_object():
    """flows, none"""
    with tf.GradientTape() as tape:
        with _Base(v) as inside:
            y = inside * 2.0
    return tape.gradient(y, [v, w])


def state_set_by_another_method():
    """none, flows"""

    class Trainer:
        def __init__(self):
            self.loss = None

        def forward(self):
            self.loss = w * 2.0

        def step(self):
            with tf.GradientTape() as tape:
                self.forward()
            return tape.gradient(self.loss, [v, w])

    return Trainer().step()


def class_attribute_shared():
    """flows, none"""

    class Holder:
        item = v

    with tf.GradientTape() as tape:
        y = Holder().item * 2.0
    return tape.gradient(y, [v, w])


def getattr_by_name():
    """none, flows"""
    held = _Child(v, w)
    with tf.GradientTape() as tape:
        y = getattr(held, "sh" + "ift") * 2.0
    return tape.gradient(y, [v, w])


def early_return():
    """flows, none"""

    def mix(x, flag):
        if flag:
            return x * 2.0
        return w * 2.0

    with tf.GradientTape() as tape:
        y = mix(v, True)
    return tape.gradient(y, [v, w])


def guard_that_raises():
    """flows, none"""

    def mix(x, n):
        if n < 0:
            raise ValueError("negative")
        return x * n

    with tf.GradientTape() as tape:
        y = mix(v, 3)
    return tape.gradient(y, [v, w])


def finally_runs_on_return():
    """none, flows"""
    seen = []

    def mix():
        try:
            return v * 2.0
        finally:
            seen.append(w * 2.0)

    with tf.GradientTape() as tape:
        mix()
        y = seen[0]
    return tape.gradient(y, [v, w])


def finally_overrides_the_return():
    """none, flows"""

    def mix():
        try:
            return v * 2.0
        finally:
            return w * 2.0  # noqa: B012

    with tf.GradientTape() as tape:
        y = mix()
    return tape.gradient(y, [v, w])


def handler_runs():
    """none, flows"""
    with tf.GradientTape() as tape:
        try:
            raise KeyError("x")
            y = v * 2.0
        except KeyError:
            y = w * 2.0
    return tape.gradient(y, [v, w])


def else_of_a_try():
    """none, flows"""
    with tf.GradientTape() as tape:
        try:
            y = v * 2.0
        except ImportError:
            pass
        else:
            y = w * 2.0
    return tape.gradient(y, [v, w])


def break_out():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = v
        for k in range(5):
            if k == 2:
                break
            y = y * 2.0
        else:
            y = w
    return tape.gradient(y, [v, w])


def else_of_a_loop():
    """none, flows"""
    with tf.GradientTape() as tape:
        y = v
        for k in range(5):
            if k > 7:
                break
        else:
            y = w
    return tape.gradient(y, [v, w])


def continue_skips():
    """none, flows"""
    with tf.GradientTape() as tape:
        y = 0.0
        for each in (v, w):
            if each is v:
                continue
            y = y + each
    return tape.gradient(y, [v, w])


def while_counts_far():
    """sometimes none, sometimes none"""
    with tf.GradientTape() as tape:
        y = v * 1.0
        n = 0
        while n < 100:
            n += 1
            if n > 50:
                y = w * 1.0
    return tape.gradient(y, [v, w])


def long_for():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = v * 1.0
        for k in range(40):
            y = y * w if k % 2 else y
    return tape.gradient(y, [v, w])


def moved_through_names():
    """flows"""
    with tf.GradientTape() as tape:
        a, b, c, d = 0.0, 0.0, 0.0, 0.0
        for _ in range(16):
            a, b, c, d = v * 2.0, a, b, c
        y = tf.reduce_sum(d)
    return tape.gradient(y, [v])


def generator_function():
    """flows, flows"""

    def parts():
        yield v * 1.0
        for each in (w,):
            yield each * 2.0

    with tf.GradientTape() as tape:
        y = tf.add_n(list(parts()))
    return tape.gradient(y, [v, w])


def generator_made_outside():
    """flows"""

    def parts():
        yield v * 1.0
        yield v * 2.0

    waiting = parts()
    with tf.GradientTape() as tape:
        y = tf.add_n(list(waiting))
    return tape.gradient(y, [v])


def generator_delegates():
    """flows, flows"""

    def inner():
        yield v * 1.0

    def outer():
        yield from inner()
        yield w * 1.0

    with tf.GradientTape() as tape:
        y = sum(outer())
    return tape.gradient(y, [v, w])


def both_branches_known():
    """flows, none"""

    def loss(use_aux=False, training=True):
        total = v * 2.0
        if use_aux and training:
            total = total + w
        return total

    with tf.GradientTape() as tape:
        y = loss()
    return tape.gradient(y, [v, w])


def constants_of_the_module():
    """flows, none"""
    settings = {"aux": 0, "depth": 2}
    with tf.GradientTape() as tape:
        y = v
        for _ in range(settings["depth"]):
            y = y * 2.0
        if settings["aux"] > 0:
            y = y + w
    return tape.gradient(y, [v, w])


def global_rebound():
    """none, flows"""
    global late  # noqa: PLW0603
    late = v * 1.0

    def change():
        global late  # noqa: PLW0603
        late = w * 1.0

    with tf.GradientTape() as tape:
        change()
        y = late * 1.0
    return tape.gradient(y, [v, w])


def variable_augmented():
    """raises RuntimeError, raises RuntimeError"""
    local = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        local += 1.0
        y = local * v
    return tape.gradient(y, [v, w])


def lambda_in_a_dict():
    """none, flows"""
    losses = {"first": lambda: v * 2.0, "second": lambda: w * 2.0}
    with tf.GradientTape() as tape:
        y = losses["second"]()
    return tape.gradient(y, [v, w])


def method_kept():
    """flows, none"""
    held = _Base(v)
    method = held.apply
    with tf.GradientTape() as tape:
        y = method(tf.ones(3))
    return tape.gradient(y, [v, w])


def cached_result():
    """none"""

    @functools.lru_cache
    def compute():
        return v * 2.0

    compute()
    with tf.GradientTape() as tape:
        y = compute() * 1.0
    return tape.gradient(y, [v])


def type_of_an_object():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = type(_Base(w))(v).scale * 1.0
    return tape.gradient(y, [v, w])


def chained_comparison():
    """flows, none"""
    n = 3
    with tf.GradientTape() as tape:
        y = v * 1.0 if 0 < n < 5 else w
    return tape.gradient(y, [v, w])


def assert_narrows():
    """flows, none"""
    held = None
    for each in (v,):
        held = each
    assert held is not None
    with tf.GradientTape() as tape:
        y = held * 1.0
    return tape.gradient(y, [v, w])


def dispatched_by_type():
    """sometimes none, sometimes none"""

    @functools.singledispatch
    def scaled(number, values):
        return values * v

    @scaled.register(int)
    def _(number, values):
        return values * w

    with tf.GradientTape() as tape:
        y = scaled(3, tf.ones(3))
    return tape.gradient(y, [v, w])


def generator_asked_twice():
    """flows, flows"""

    def doubling():
        value = v
        while True:
            yield value
            value = value * 2.0

    with tf.GradientTape() as tape:
        values = doubling()
        next(values)
        y = next(values) * w
    return tape.gradient(y, [v, w])


def result_of_a_generator():
    """none, flows"""

    def inner():
        yield v
        return w

    def outer():
        found = yield from inner()
        yield found * 2.0

    with tf.GradientTape() as tape:
        y = list(outer())[1]
    return tape.gradient(y, [v, w])


def handler_around_a_call_that_raises():
    """none"""
    x = v
    try:
        x = w.value() * 2.0
        tf.GradientTape().watch(x)
        x = v * 3.0
    except AttributeError:
        x = w * 2.0
    with tf.GradientTape() as tape:
        y = x * 2.0
    return tape.gradient(y, [v])


def handler_beyond_a_finally():
    """none, flows"""
    with tf.GradientTape() as tape:
        try:
            try:
                y = v * 2.0
                raise KeyError
            finally:
                print("left")
        except KeyError:
            y = w * 2.0
    return tape.gradient(y, [v, w])


def function_that_waited_in_a_queue():
    """unknown"""
    import queue

    waiting = queue.Queue()
    waiting.put(lambda t: t * v)
    with tf.GradientTape() as tape:
        y = waiting.get()(w)
    return tape.gradient(y, [v])


def classes_in_a_registry_of_their_base():
    """flows, none"""

    class Loss:
        known = {}

        def __init_subclass__(cls, name="", **kwargs):
            super().__init_subclass__(**kwargs)
            Loss.known[name] = cls

    class Squared(Loss, name="squared"):
        def __call__(self, x):
            return x**2

    class Rounded(Loss, name="rounded"):
        def __call__(self, x):
            return tf.round(x)

    with tf.GradientTape() as tape:
        y = Loss.known["squared"]()(v) + Loss.known["rounded"]()(w)
    return tape.gradient(y, [v, w])


def class_of_a_metaclass():
    """flows"""

    class Meta(type):
        def __call__(cls, *args):
            made = super().__call__(*args)
            made.extra = v * 2.0
            return made

    class Made(metaclass=Meta):
        pass

    with tf.GradientTape() as tape:
        y = Made().extra
    return tape.gradient(y, [v])


def handler_of_a_key_that_is_missing():
    """none, flows"""
    known = {}
    with tf.GradientTape() as tape:
        try:
            y = known["loss"]
        except KeyError:
            y = w * 2.0
    return tape.gradient(y, [v, w])


def handler_of_a_text_that_is_no_number():
    """none, flows"""
    with tf.GradientTape() as tape:
        try:
            y = v * int("seven")
        except ValueError:
            y = w * 2.0
    return tape.gradient(y, [v, w])


def handler_of_an_index_out_of_range():
    """none, flows"""
    with tf.GradientTape() as tape:
        try:
            y = v * [1.0][3]
        except IndexError:
            y = w * 2.0
    return tape.gradient(y, [v, w])


def handler_of_what_cannot_happen():
    """flows, none"""
    with tf.GradientTape() as tape:
        try:
            y = tf.tanh(v)
        except ImportError:
            y = w * 2.0
    return tape.gradient(y, [v, w])


class _Carried(Exception):
    def __init__(self, value):
        self.value = value


def value_that_an_exception_carries():
    """flows, none"""
    with tf.GradientTape() as tape:
        try:
            raise _Carried(v * 2.0)
        except _Carried as carried:
            y = carried.value
    return tape.gradient(y, [v, w])


def exception_between_two_assignments():
    """flows, none"""
    known = {}
    with tf.GradientTape() as tape:
        y = tf.zeros([3])
        try:
            y = v * 1.0
            known["missing"]
            y = w * 1.0
        except KeyError:
            pass
    return tape.gradient(y, [v, w])


def block_that_ends_before_its_end():
    """flows, none"""
    import contextlib

    with contextlib.suppress(ZeroDivisionError):
        with tf.GradientTape() as tape:
            y = v * 1.0
            1 / 0
            y = w * 1.0
    return tape.gradient(y, [v, w])


def a_long_loop_over_numbers_that_rebinds():
    """sometimes none"""
    held = v
    for step in range(9):
        with tf.GradientTape() as tape:
            y = sum(held * float(i) for i in range(8)) + sum(w * held * float(i) for i in range(8, 16))
        tape.gradient(y, held)
        if step == 7:
            held = tf.constant([1.0, 2.0, 3.0]) * 2.0
    with tf.GradientTape() as tape:
        y = sum(tf.square(held * float(i) + w) for i in range(1, 9))
    return tape.gradient(y, held)


def kwonly_default():
    """unknown, unknown"""
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    def f(*, w=a): return w * 1.0
    f.__kwdefaults__["w"] = b
    with tf.GradientTape() as tape:
        z = f()
    return tape.gradient(z, [a, b])


class _Named(type):
    def __new__(cls, name, bases, fields):
        return super().__new__(cls, name, bases, fields)


class _NamedTwice(_Named):
    def __new__(cls, name, bases, fields):
        return super(_NamedTwice, cls).__new__(cls, name, bases, fields)

    def __call__(cls, factor):
        made = cls.__new__(cls, factor)
        made.__init__(factor)
        return made


def a_metaclass_that_makes_objects():
    """flows"""

    class Scaled(metaclass=_NamedTwice):
        def __init__(self, factor):
            self.factor = factor

    with tf.GradientTape() as tape:
        y = Scaled(v).factor * 2.0
    return tape.gradient(y, v)
