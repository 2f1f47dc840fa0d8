"""Sets, dicts and lists that change in place, what they are made from, compare as and refuse."""

import tensorflow as tf

v = tf.Variable([1.0, 2.0, 3.0])
w = tf.Variable([0.5, -1.0, 2.0])
u = tf.Variable([0.5, 1.0, 2.0])


def a_set_changed_in_place():
    """flows, none"""
    seen = set()

    def visit(names):
        names |= {"x", "y"}
        names -= {"x"}
        names &= {"y", "z"}

    visit(seen)
    with tf.GradientTape() as tape:
        y = v * 1.0 if seen == {"y"} else w * 1.0
    return tape.gradient(y, [v, w])


def a_set_that_never_changes():
    """none, flows"""
    first = second = frozenset({"a"})
    first |= {"b"}
    with tf.GradientTape() as tape:
        y = v * 1.0 if "b" in second else w * 1.0
    return tape.gradient(y, [v, w])


def a_set_that_takes_in_several():
    """flows, none"""
    seen = set()
    seen.update(["x"], ["y"])
    with tf.GradientTape() as tape:
        y = v * 1.0 if "y" in seen else w * 1.0
    return tape.gradient(y, [v, w])


def keys_without_some():
    """flows, none, flows"""
    weights = {"v": v, "w": w, "u": u}
    with tf.GradientTape() as tape:
        y = sum(weights[name] * 1.0 for name in weights.keys() - {"w"})
    return tape.gradient(y, [v, w, u])


def nothing_is_left():
    """none"""
    with tf.GradientTape() as tape:
        y = w * 1.0
        for _ in {"v", "w"} - {"v", "w"}:
            y = y * v
    return tape.gradient(y, v)


def a_list_repeated_in_place():
    """flows, none"""
    first = second = [v]
    second *= 2
    with tf.GradientTape() as tape:
        y = first[-1] * 1.0 if len(first) == 2 else w * 1.0
    return tape.gradient(y, [v, w])


def a_dict_of_pairs_that_are_lists():
    """flows, none"""
    weights = dict([["v", v], ["w", w]])
    with tf.GradientTape() as tape:
        y = weights["v"] * 2.0
    return tape.gradient(y, [v, w])


def a_dict_of_texts_cut_in_two():
    """none, flows"""
    options = dict(pair.split("=") for pair in "lr=0.1,stop=yes".split(","))
    with tf.GradientTape() as tape:
        y = tf.stop_gradient(v) * w if options["stop"] == "yes" else v * w
    return tape.gradient(y, [v, w])


def a_dict_of_an_object_with_keys():
    """flows, none"""

    class Weights:
        def __init__(self):
            self.held = {"v": v, "w": w}

        def keys(self):
            return self.held.keys()

        def __getitem__(self, key):
            return self.held[key]

    with tf.GradientTape() as tape:
        y = dict(Weights())["v"] * 2.0
    return tape.gradient(y, [v, w])


def keys_that_are_given_one_value():
    """flows, none"""
    weights = dict.fromkeys(["a", "b"], v)
    with tf.GradientTape() as tape:
        y = weights["b"] * 1.0
    return tape.gradient(y, [v, w])


def a_place_in_a_list():
    """none, flows"""
    names = ["v", "w"]
    with tf.GradientTape() as tape:
        y = [v, w][names.index("w")] * 1.0
    return tape.gradient(y, [v, w])


def containers_compared():
    """flows, none"""
    same = [1, 2] == [1, 2] and {"a": 1} != {"a": 2}
    with tf.GradientTape() as tape:
        y = v * 1.0 if same and (1, 2) < (1, 3) else w * 1.0
    return tape.gradient(y, [v, w])


def a_part_of_a_text():
    """flows, none"""
    names = sorted(["b10", "b9"], key=lambda name: int(name[1:]))
    with tf.GradientTape() as tape:
        y = v * 1.0 if names[-1] == "b10" else w * 1.0
    return tape.gradient(y, [v, w])


def a_list_is_no_key():
    """none, flows"""
    with tf.GradientTape() as tape:
        try:
            there = [1] in {}  # noqa: F841
            y = v * 1.0
        except TypeError:
            y = w * 1.0
    return tape.gradient(y, [v, w])


def none_has_no_items():
    """none, flows"""
    with tf.GradientTape() as tape:
        try:
            rows = [each for each in None]  # noqa: F841
            y = v * 1.0
        except TypeError:
            y = w * 1.0
    return tape.gradient(y, [v, w])


def texts_and_numbers_have_no_order():
    """sometimes none, sometimes none"""
    with tf.GradientTape() as tape:
        try:
            rows = sorted([1, "a"])  # noqa: F841
            y = v * 1.0
        except TypeError:
            y = w * 1.0
    return tape.gradient(y, [v, w])


def too_many_to_unpack():
    """none, flows"""
    with tf.GradientTape() as tape:
        try:
            first, second = (1, 2, 3)
            y = v * first * second
        except ValueError:
            y = w * 1.0
    return tape.gradient(y, [v, w])


def what_may_not_be_there_is_taken_out():
    """unknown, unknown"""
    weights = {"v": v} if tf.random.uniform([]) > 2.0 else {}
    with tf.GradientTape() as tape:
        try:
            y = weights.pop("v") * 1.0
        except KeyError:
            y = w * 1.0
    return tape.gradient(y, [v, w])
