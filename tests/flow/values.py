"""Values, names, containers: each function is a program of its own; its docstring is the verdict a source."""

import copy
import dataclasses
import functools
import itertools
import operator
import random
from collections import OrderedDict, defaultdict, deque, namedtuple
from typing import Any, NamedTuple, TypedDict

import numpy as np
import tensorflow as tf

v = tf.Variable([1.0, 2.0, 3.0])
w = tf.Variable([0.5, -1.0, 2.0])


def generator_made_before_the_tape():
    """flows"""
    parts = (v * float(k) for k in range(1, 3))
    with tf.GradientTape() as tape:
        y = tf.add_n(list(parts))
    return tape.gradient(y, [v])


def list_made_before_the_tape():
    """none"""
    parts = [v * float(k) for k in range(1, 3)]
    with tf.GradientTape() as tape:
        y = tf.add_n(list(parts))
    return tape.gradient(y, [v])


def generator_consumed_after_the_tape():
    """none"""
    with tf.GradientTape() as tape:
        parts = (v * float(k) for k in range(1, 3))
    y = tf.add_n(list(parts))
    return tape.gradient(y, [v])


def generator_reads_late():
    """none, flows"""
    scale = v
    parts = (scale * float(k) for k in range(1, 3))
    scale = w
    with tf.GradientTape() as tape:
        y = sum(parts)
    return tape.gradient(y, [v, w])


def map_is_lazy():
    """flows"""
    parts = map(lambda k: v * k, [1.0, 2.0])
    with tf.GradientTape() as tape:
        y = sum(parts)
    return tape.gradient(y, [v])


def nonlocal_rebinds():
    """none, flows"""
    with tf.GradientTape() as tape:
        loss = v * 2.0

        def change():
            nonlocal loss
            loss = w * 3.0

        change()
    return tape.gradient(loss, [v, w])


def late_binding():
    """none, flows"""
    with tf.GradientTape() as tape:
        functions = []
        for each in (v, w):
            functions.append(lambda: each * 2.0)
        y = functions[0]()
    return tape.gradient(y, [v, w])


def default_binds_early():
    """flows, none"""
    with tf.GradientTape() as tape:
        functions = []
        for each in (v, w):
            functions.append(lambda each=each: each * 2.0)
        y = functions[0]()
    return tape.gradient(y, [v, w])


def mutable_default():
    """flows, flows"""

    def collect(item, seen=[]):  # noqa: B006
        seen.append(item)
        return seen

    with tf.GradientTape() as tape:
        collect(v * 1.0)
        y = tf.add_n(collect(w * 1.0))
    return tape.gradient(y, [v, w])


def star_in_the_middle():
    """none, flows"""
    with tf.GradientTape() as tape:
        first, *rest, last = [v * 1.0, w * 2.0, w * 3.0, v * 1.0]
        y = rest[0] + rest[1]
    return tape.gradient(y, [v, w])


def star_arguments():
    """flows, none"""

    def second(first, *others, keep=None, **rest):
        return others[0] if keep is None else rest["extra"]

    with tf.GradientTape() as tape:
        y = second(w, *[v * 2.0, w], **{"extra": w})
    return tape.gradient(y, [v, w])


def deleted_and_made_again():
    """none, flows"""
    with tf.GradientTape() as tape:
        items = {"a": v * 1.0, "b": w * 1.0}
        del items["a"]
        y = sum(items.values())
    return tape.gradient(y, [v, w])


def deleted_from_a_list():
    """none, flows"""
    with tf.GradientTape() as tape:
        items = [v * 1.0, w * 1.0]
        del items[0]
        y = items[0]
    return tape.gradient(y, [v, w])


def slice_assigned():
    """flows, none"""
    with tf.GradientTape() as tape:
        items = [w, w, w]
        items[1:] = [v * 2.0]
        y = items[-1]
    return tape.gradient(y, [v, w])


def walrus():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = (half := v * 0.5) + half
    return tape.gradient(y, [v, w])


def walrus_in_a_comprehension():
    """flows, flows"""
    with tf.GradientTape() as tape:
        squares = [last := item * item for item in (v, w)]
        y = last + squares[0]
    return tape.gradient(y, [v, w])


def matched_by_value():
    """none, flows"""

    def pick(kind):
        match kind:
            case "first":
                return v * 2.0
            case "second" | "other":
                return w * 2.0
            case _:
                return v + w

    with tf.GradientTape() as tape:
        y = pick("other")
    return tape.gradient(y, [v, w])


def matched_by_shape():
    """flows, none"""
    with tf.GradientTape() as tape:
        match [v * 1.0, w * 1.0, "rest"]:
            case [first, _, str()]:
                y = first
            case _:
                y = w
    return tape.gradient(y, [v, w])


def matched_by_guard():
    """none, flows"""
    number = 3
    with tf.GradientTape() as tape:
        match number:
            case int() if number > 5:
                y = v
            case int(n) if n > 2:
                y = w * float(n)
            case _:
                y = v + w
    return tape.gradient(y, [v, w])


def matched_mapping():
    """none, flows"""
    with tf.GradientTape() as tape:
        match {"loss": w * 2.0, "name": "x"}:
            case {"missing": y}:
                pass
            case {"loss": y}:
                pass
    return tape.gradient(y, [v, w])


@dataclasses.dataclass
class _Losses:
    main: object
    extra: object = None
    parts: list = dataclasses.field(default_factory=list)

    def total(self):
        return self.main if self.extra is None else self.main + self.extra


class _Pair(NamedTuple):
    left: object
    right: object = 1.0


def dataclass_total():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = _Losses(v * 1.0, extra=w * 2.0).total()
    return tape.gradient(y, [v, w])


def dataclass_default():
    """flows, none"""
    with tf.GradientTape() as tape:
        losses = _Losses(v * 1.0)
        losses.parts.append(w)
        y = losses.total()
    return tape.gradient(y, [v, w])


def dataclass_replaced():
    """none, flows"""
    with tf.GradientTape() as tape:
        y = dataclasses.replace(_Losses(v * 1.0), main=w * 2.0).total()
    return tape.gradient(y, [v, w])


def named_tuple_class():
    """flows, none"""
    with tf.GradientTape() as tape:
        pair = _Pair(v * 2.0)
        left, right = pair
        y = left * right
    return tape.gradient(y, [v, w])


def named_tuple_replaced():
    """none, flows"""
    point = namedtuple("point", "x y")
    with tf.GradientTape() as tape:
        y = point(v, v)._replace(y=w * 2.0).y
    return tape.gradient(y, [v, w])


def default_dict():
    """flows, flows"""
    with tf.GradientTape() as tape:
        losses = defaultdict(list)
        losses["a"].append(v * 1.0)
        losses["a"].append(w * 1.0)
        y = tf.add_n(losses["a"])
    return tape.gradient(y, [v, w])


def default_dict_of_numbers():
    """flows, none"""
    with tf.GradientTape() as tape:
        losses = defaultdict(float)
        losses["a"] += v * 1.0
        losses["b"] += w * 1.0
        y = losses["a"]
    return tape.gradient(y, [v, w])


def ordered_dict():
    """none, flows"""
    with tf.GradientTape() as tape:
        losses = OrderedDict(a=v * 1.0, b=w * 2.0)
        y = losses.pop("b")
    return tape.gradient(y, [v, w])


def deque_popleft():
    """flows, none"""
    with tf.GradientTape() as tape:
        queue = deque([v * 1.0, w * 1.0])
        y = queue.popleft()
    return tape.gradient(y, [v, w])


def set_default():
    """flows, none"""
    with tf.GradientTape() as tape:
        table = {}
        y = table.setdefault("a", v * 1.0)
        y = table.setdefault("a", w * 1.0)
    return tape.gradient(y, [v, w])


def dict_merged():
    """none, flows"""
    with tf.GradientTape() as tape:
        table = {"a": v * 1.0} | {"a": w * 1.0}
        y = table["a"]
    return tape.gradient(y, [v, w])


def zip_enumerate_sorted():
    """flows, none"""
    with tf.GradientTape() as tape:
        table = {"b": v * 1.0, "a": w * 1.0}
        y = 0.0
        for index, (name, item) in enumerate(sorted(table.items(), key=lambda pair: pair[0])):
            if index == 1:
                y = item
    return tape.gradient(y, [v, w])


def reversed_zip():
    """none, flows"""
    with tf.GradientTape() as tape:
        first, second = zip(*[(v * 1.0, 1), (w * 1.0, 2)])
        y = list(reversed(first))[0]
    return tape.gradient(y, [v, w])


def chained():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = sum(itertools.chain([v * 1.0], [w * 1.0]))
    return tape.gradient(y, [v, w])


def accumulated():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = list(itertools.accumulate([v, w]))[-1]
    return tape.gradient(y, [v, w])


def reduced():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = functools.reduce(lambda a, b: a * b, [v, w])
    return tape.gradient(y, [v, w])


def partial_applied():
    """flows, none"""

    def mix(a, b, scale=1.0):
        return a * scale

    with tf.GradientTape() as tape:
        y = functools.partial(mix, v, scale=2.0)(w)
    return tape.gradient(y, [v, w])


def conditional_expression_known():
    """flows, none"""
    use = True
    with tf.GradientTape() as tape:
        y = v * 2.0 if use else w * 2.0
    return tape.gradient(y, [v, w])


def short_circuit():
    """none, flows"""
    with tf.GradientTape() as tape:
        chosen = None or w
        y = chosen * 2.0
    return tape.gradient(y, [v, w])


def augmented_item():
    """flows, flows"""
    with tf.GradientTape() as tape:
        totals = [v * 1.0]
        totals[0] += w
        y = totals[0]
    return tape.gradient(y, [v, w])


def shallow_copy_of_a_list():
    """flows, none"""
    with tf.GradientTape() as tape:
        items = [v * 1.0]
        other = copy.copy(items)
        items[0] = w
        y = other[0]
    return tape.gradient(y, [v, w])


def aliased_list():
    """none, flows"""
    with tf.GradientTape() as tape:
        items = [v * 1.0]
        other = items
        items[0] = w * 1.0
        y = other[0]
    return tape.gradient(y, [v, w])


def nested_structure():
    """flows, flows, none"""
    x = tf.constant([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        y = {"b": [v * 1.0], "a": (w * 2.0,)}
    return tape.gradient(y, {"second": w, "first": v, "third": x})


def numpy_array_is_filled():
    """none, flows"""
    buffer = np.zeros(3, np.float32)
    with tf.GradientTape() as tape:
        buffer[:] = v.numpy()
        y = buffer * w
    return tape.gradient(y, [v, w])


def numpy_array_changed_by_an_alias():
    """flows"""
    mask = np.zeros(3, dtype="float32")
    view = mask
    view += 1.0
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(mask * v)
    return tape.gradient(loss, [v])


def numpy_array_filled_by_a_method():
    """flows"""
    mask = np.zeros(3, dtype="float32")
    mask.fill(1.0)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(mask * v)
    return tape.gradient(loss, [v])


def own_dict():
    """flows"""

    class Store:
        pass

    with tf.GradientTape() as tape:
        store = Store()
        store.__dict__["value"] = v
        loss = tf.reduce_sum(getattr(store, "value", None) * 2.0)
    return tape.gradient(loss, [v])


class _Both(TypedDict):
    first: Any
    second: Any


def typed_dict():
    """flows, flows"""
    with tf.GradientTape() as tape:
        pair = _Both(first=v * 2.0, second=w)
        y = tf.reduce_sum(pair["first"] * pair["second"])
    return tape.gradient(y, [v, w])


def random_choice():
    """flows, sometimes none"""
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(random.choice([v * 2.0, v * w]))
    return tape.gradient(y, [v, w])


def random_function():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = random.choice([tf.reduce_sum, tf.reduce_mean])(v * 2.0)
    return tape.gradient(y, [v, w])


def shuffled_list():
    """sometimes none, sometimes none"""
    parts = [v, w]
    random.shuffle(parts)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(parts[0] * 2.0)
    return tape.gradient(y, [v, w])


def shuffled_by_numpy():
    """sometimes none, sometimes none"""
    parts = [v, w]
    np.random.default_rng(0).shuffle(parts)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(parts[0] * 2.0)
    return tape.gradient(y, [v, w])


def index_by_weights_on_the_host():
    """none"""
    with tf.GradientTape() as tape:
        index = random.choices(range(3), weights=tf.nn.softmax(v).numpy())[0]
        y = tf.constant([1.0, 2.0, 4.0])[index] * 2.0
    return tape.gradient(y, [v])


def vectorised_function():
    """none"""
    smooth = np.vectorize(lambda number: max(number, 0.1 * number))
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.cast(smooth(v * 2.0), tf.float32))
    return tape.gradient(y, [v])


def bounded_deque():
    """unknown, unknown"""
    with tf.GradientTape() as tape:
        y = deque([v * 1.0, w * 1.0], maxlen=1)[0]
    return tape.gradient(y, [v, w])


def largest_by_a_key():
    """none, flows"""
    with tf.GradientTape() as tape:
        y = max([(1, v * 1.0), (2, w * 1.0)], key=operator.itemgetter(0))[1]
    return tape.gradient(y, [v, w])


def sorted_backwards_keeps_equals():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = sorted([v * 1.0, w * 1.0], key=lambda item: 0, reverse=True)[0]
    return tape.gradient(y, [v, w])


def sorted_by_numbers():
    """unknown, unknown"""
    with tf.GradientTape() as tape:
        items = sorted([tf.reduce_sum(v), tf.reduce_sum(w)])
        y = items[0] * items[1]
    return tape.gradient(y, [v, w])


def long_range_is_whole():
    """flows, none"""
    with tf.GradientTape() as tape:
        y = v if len(range(100)) == 100 else w
    return tape.gradient(y, [v, w])


@dataclasses.dataclass
class _Product:
    left: object

    def __post_init__(self):
        self.value = self.left * w


def made_after_the_fields():
    """flows, flows"""
    with tf.GradientTape() as tape:
        y = _Product(v).value
    return tape.gradient(y, [v, w])


def bound_by_a_text():
    """unknown"""
    scope = {"v": v}
    with tf.GradientTape() as tape:
        exec("y = v * 2.0", scope)
        y = scope["y"]
    return tape.gradient(y, [v])


def a_while_that_may_have_no_round():
    """sometimes none"""
    y = tf.constant([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        while tf.reduce_sum(y) > tf.random.uniform([], 0.0, 90.0):
            y = y * v * 0.1
    return tape.gradient(y, [v])


def difference_of_which_the_source_is_one_side():
    """unknown"""
    with tf.GradientTape() as tape:
        copy = tf.identity(v)
        tape.watch(copy)
        y = tf.reduce_sum(v - copy)
    return tape.gradient(y, [copy])


def difference_that_cancels():
    """zero"""
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(v - tf.identity(v))
    return tape.gradient(y, [v])


def a_zero_beside_what_is_no_number():
    """unknown"""
    zeros = tf.zeros([3])
    with tf.GradientTape() as tape:
        y = tf.math.squared_difference(v, tf.linalg.normalize(zeros)[0]) * zeros
    return tape.gradient(y, [v])


def a_zero_beside_a_number_past_the_edge():
    """unknown"""
    with tf.GradientTape() as tape:
        y = tf.where(v > 10.0, v * v * tf.math.log(tf.constant(-1.0)), 0.0)
    return tape.gradient(y, [v])


def a_zero_beside_an_infinity_of_pythons():
    """unknown"""
    with tf.GradientTape() as tape:
        y = v * v * float("inf") * tf.zeros([3])
    return tape.gradient(y, [v])


def a_zero_to_which_no_number_is_added():
    """zero"""
    zeros = tf.zeros([3])
    with tf.GradientTape() as tape:
        y = (v - tf.linalg.normalize(zeros)[0]) * zeros
    return tape.gradient(y, [v])


def one_of_two_tensors_as_a_source():
    """unknown"""
    w = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        first = w * 1.0
        second = first * 2.0
        chosen = first if float(tf.random.uniform([])) < 2.0 else second
        y = second * 3.0
    return tape.gradient(y, chosen)
