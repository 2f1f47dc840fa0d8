"""What AutoGraph makes of Python, and refuses: each function is a program; its docstring is the verdict a source."""

import functools

import tensorflow as tf

x = tf.Variable([1.0, 2.0, 3.0])
w = tf.Variable(2.0)
c = tf.constant([1.0, 2.0, 3.0])


def _positive(t):
    if tf.reduce_sum(t) > 0:
        return t * w
    else:
        return t * 3.0


def _larger(a, b):
    if tf.reduce_sum(a) > tf.reduce_sum(b):
        return a
    else:
        return b


def _asked(body):
    @tf.function
    def run():
        with tf.GradientTape() as tape:
            y = body()
        return tape.gradient(y, [w])

    return run()


def a_name_that_one_arm_leaves_undefined():
    """raises ValueError"""

    def body():
        if w > 0.0:
            y = w * 2.0
        return y

    return _asked(body)


def none_in_the_other_arm():
    """raises ValueError"""

    def body():
        y = None
        if w > 0.0:
            y = w * 2.0
        return y

    return _asked(body)


def nothing_is_returned_in_the_end():
    """raises ValueError"""

    def body():
        if w > 0.0:
            return w * 2.0

    return _asked(body)


def a_whole_number_in_the_other_arm():
    """raises TypeError"""

    def body():
        if w > 0.0:
            y = 3
        else:
            y = w * 1.0
        return y

    return _asked(body)


def a_whole_number_returned_instead():
    """raises TypeError"""

    def body():
        if w > 0.0:
            return w * 2.0
        return 0

    return _asked(body)


def a_list_in_the_other_arm():
    """raises TypeError"""

    def body():
        if w > 0.0:
            y = [w, w * 2.0]
        else:
            y = [w]
        return y

    return _asked(body)


def other_keys_in_the_other_arm():
    """raises TypeError"""

    def body():
        if w > 0.0:
            y = {"a": w * 1.0}
        else:
            y = {"b": w * 2.0}
        return y

    return _asked(body)


def the_same_number_in_both_arms():
    """none"""

    def body():
        if w > 0.0:
            y = 3.0
        else:
            y = 3.0
        return y

    return _asked(body)


def the_number_that_was_there_before():
    """none"""

    def body():
        y = 2.0
        if w > 0.0:
            y = 2.0
        return y

    return _asked(body)


def other_shapes_in_the_arms():
    """flows"""

    def body():
        if w > 0.0:
            y = w * c
        else:
            y = w
        return y

    return _asked(body)


def an_exception_in_one_arm():
    """raises TypeError"""

    def body():
        y = w * 1.0
        if y > 30.0:
            raise TypeError
        return y

    return _asked(body)


def a_sum_that_takes_the_shape_of_its_parts():
    """raises ValueError"""

    def body():
        y = 0.0
        for _ in tf.range(3):
            y = y + c * w
        return y

    return _asked(body)


def a_sum_while_a_tensor_says_so():
    """raises ValueError"""

    def body():
        y = tf.zeros([])
        while tf.reduce_sum(y) < 3.0:
            y = y + c * w
        return y

    return _asked(body)


def a_sum_that_begins_with_a_whole_number():
    """raises TypeError"""

    def body():
        y = 0
        for _ in tf.range(3):
            y = y + w
        return y

    return _asked(body)


def a_shape_that_may_change():
    """flows"""

    def body():
        y = tf.zeros([1])
        for _ in tf.range(3):
            tf.autograph.experimental.set_loop_options(shape_invariants=[(y, tf.TensorShape([None]))])
            y = tf.concat([y, [w]], 0)
        return y

    return _asked(body)


def a_tuple_that_grows():
    """raises TypeError"""

    def body():
        y = (w * 1.0,)
        for _ in tf.range(3):
            y = y + (w * 2.0,)
        return y[0]

    return _asked(body)


def what_a_loop_defines():
    """flows"""

    def body():
        for _ in tf.range(3):
            y = w * 2.0
        return y

    return _asked(body)


def what_only_a_round_uses():
    """flows"""

    def body():
        y = w * 2.0
        for _ in tf.range(2):
            k = w * 3.0
            k = tf.stack([k, k])
            y = y * k[0]
        return y

    return _asked(body)


def a_return_from_within_a_loop():
    """raises NotImplementedError"""

    def body():
        y = w * 1.0
        for _ in tf.range(3):
            y = y * w
            if y > 3.0:
                return y
        return y

    return _asked(body)


def a_tensor_that_ends_a_loop_of_python():
    """raises NotImplementedError"""

    def body():
        y = w * 1.0
        for _ in range(3):
            y = y * w
            if y > 30.0:
                break
        return y

    return _asked(body)


def a_tensor_that_ends_what_runs_for_ever():
    """raises NotImplementedError"""

    def body():
        y = w * 1.0
        while True:
            y = y * w
            if y > 30.0:
                break
        return y

    return _asked(body)


def a_tensor_that_skips_a_round_of_python():
    """flows"""

    def body():
        y = w * 1.0
        for _ in range(3):
            if y > 30.0:
                continue
            y = y * w
        return y

    return _asked(body)


def a_condition_that_becomes_a_tensor():
    """raises NotImplementedError"""

    def body():
        y, more = w * 1.0, True
        while more:
            y = y * w
            more = y < 30.0
        return y

    return _asked(body)


def a_loop_over_numbered_rows():
    """raises OperatorNotAllowedInGraphError"""

    def body():
        y = 0.0
        for i, t in enumerate(c):
            y = y + t * w * i
        return y

    return _asked(body)


def a_loop_over_rows():
    """flows"""

    def body():
        y = 0.0
        for t in c:
            y = y + t * w
        return y

    return _asked(body)


def a_list_of_rows():
    """raises OperatorNotAllowedInGraphError"""

    def body():
        return sum([t * w for t in c])

    return _asked(body)


def rows_as_arguments():
    """raises OperatorNotAllowedInGraphError"""

    def body():
        return tf.stack([*c]) * w

    return _asked(body)


def rows_that_are_sorted():
    """flows"""

    def body():
        return tf.stack(sorted(c * w))

    return _asked(body)


def rows_from_the_last_to_the_first():
    """raises TypeError"""

    def body():
        return list(reversed(c * w))[0]

    return _asked(body)


def a_condition_in_what_map_calls():
    """raises OperatorNotAllowedInGraphError"""

    def body():
        return list(map(_positive, [c * w]))[0]

    return _asked(body)


def a_condition_in_what_reduce_calls():
    """raises OperatorNotAllowedInGraphError"""

    def body():
        return functools.reduce(_larger, [c * w, c])

    return _asked(body)


def a_condition_in_a_vectorized_map():
    """raises OperatorNotAllowedInGraphError"""

    def body():
        return tf.vectorized_map(_positive, c * w)

    return _asked(body)


def a_python_bool_for_a_graphs_condition():
    """raises TypeError"""

    def body():
        return tf.cond(True, lambda: w * 2.0, lambda: w * 3.0)

    return _asked(body)


def a_condition_in_a_function_of_converted_code():
    """flows"""

    def body():
        def one(t):
            return t * w if t > 0.0 else t * 2.0

        return tf.vectorized_map(one, c * w)

    return _asked(body)


def a_condition_in_what_is_recomputed():
    """raises OperatorNotAllowedInGraphError"""

    def body():
        return tf.recompute_grad(_positive)(c * w)

    return _asked(body)


def a_vectorized_map_in_eager_code():
    """raises AttributeError"""
    with tf.GradientTape() as tape:
        y = tf.vectorized_map(lambda t: t.numpy() * w, c)
    return tape.gradient(y, [w])


def a_negated_truth_that_is_asserted():
    """raises OperatorNotAllowedInGraphError"""

    @tf.function
    def f(t):
        assert not t > 0
        return t * w

    with tf.GradientTape() as tape:
        y = f(tf.constant(-1.0))
    return tape.gradient(y, w)


def any_truth_of_a_generator_expression():
    """raises OperatorNotAllowedInGraphError"""

    @tf.function
    def f():
        return x * w if any(part > 0 for part in tf.unstack(x)) else x

    with tf.GradientTape() as tape:
        y = f()
    return tape.gradient(y, w)


def a_tensor_looked_for_in_a_list():
    """raises OperatorNotAllowedInGraphError"""

    @tf.function
    def f(t):
        return t * w if t in [1.0, 2.0] else t

    with tf.GradientTape() as tape:
        y = f(tf.constant(1.0))
    return tape.gradient(y, w)


def a_loop_with_an_else_is_not_converted():
    """raises OperatorNotAllowedInGraphError"""

    @tf.function
    def f(t):
        for _ in range(2):
            t = t * 2.0
        else:
            t = t * w
        return t if t > 0 else -t

    with tf.GradientTape() as tape:
        y = f(tf.constant(1.0))
    return tape.gradient(y, w)


def a_match_that_asks_no_tensor():
    """flows"""

    @tf.function
    def f(t, mode):
        match mode:
            case "scale":
                return t * w
        return t

    with tf.GradientTape() as tape:
        y = f(tf.constant(1.0), "scale")
    return tape.gradient(y, w)


def a_name_that_a_comprehension_has_for_itself():
    """flows"""
    x = tf.Variable([0.3, 0.7])

    @tf.function
    def asked():
        with tf.GradientTape() as tape:
            y = x * 1.0
            if tf.reduce_sum(y) > 0.0:
                for _, item in enumerate([y, y]):
                    y = y + item
            else:
                y = y * 2.0
        return [item for item in [tape.gradient(y, x)]]

    return asked()
