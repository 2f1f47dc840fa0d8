"""Gradients of gradients: each function is a program of its own; its docstring is the verdict a source."""

import keras
import tensorflow as tf

v = tf.Variable([1.0, 2.0, 3.0])
w = tf.Variable([0.5, -1.0, 2.0])


def a_custom_gradient_of_zeros_again():
    """none, none"""

    @tf.custom_gradient
    def still(x):
        return tf.sin(x), lambda *upstream: tf.zeros_like(x)

    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.math.squared_difference(w * w, still(v))
        dy = inner.gradient(y, v)
        loss = tf.reduce_sum(tf.tanh(dy * dy))
    return outer.gradient(loss, [v, w])


def a_custom_gradient_that_ignores_what_comes_down_again():
    """flows, none"""

    @tf.custom_gradient
    def slope(x):
        return tf.sin(x), lambda upstream: tf.cos(x)

    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = w * w * slope(v)
        dy = inner.gradient(y, v)
        loss = tf.reduce_sum(dy)
    return outer.gradient(loss, [v, w])


def rows_that_tanh_refuses_when_it_is_differentiated_again():
    """raises TypeError"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.tanh(tf.scatter_nd([[0], [1], [2]], v * v, [3]))
        dy = inner.gradient(y, v)
    return outer.gradient(dy, [v])


def rows_that_come_to_something_else():
    """flows, flows"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.tanh(w) * tf.scatter_nd([[0], [1], [2]], tf.tanh(v * w), [3])
        dy = inner.gradient(y, v)
    return outer.gradient(dy, [v, w])


def a_jacobian_of_what_is_computed_again():
    """unknown"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(tf.recompute_grad(lambda x: x * x)(v))
        dy = inner.jacobian(y, v)
    return outer.gradient(dy, [v])


def rows_of_a_gradient_that_tanh_refuses():
    """raises TypeError"""
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(tf.exp(tf.tanh(v)))
        dy = tape.gradient(y, v)
        z = tf.gather(dy, [2, 0])
    return tape.gradient(z, [v])


def what_is_computed_again_under_a_gradient_that_is_settled():
    """unknown"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            z = tf.recompute_grad(tf.abs)(v * v)
            y = tf.reduce_sum(tf.where(z > 0.0, w, z))
        dy = inner.gradient(y, v)
    return outer.gradient(dy, [v])


def a_variable_given_back_by_what_is_computed_again_before_the_tape():
    """none, flows"""
    same = tf.recompute_grad(tf.convert_to_tensor)(v)
    kept = tf.recompute_grad(lambda a: a)(w)
    with tf.GradientTape() as tape:
        y = kept * same * w
    return tape.gradient(y, [v, w])


def rows_that_a_sum_of_segments_picks_again():
    """raises TypeError"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(tf.tanh(tf.math.segment_sum(v, [0, 1, 2])))
        g = inner.gradient(y, v)
    return outer.gradient(g, [v])


def a_mean_of_segments_again():
    """flows"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(tf.tanh(tf.math.segment_mean(v, [0, 1, 2])))
        g = inner.gradient(y, v)
    return outer.gradient(g, [v])


def what_raises_only_in_a_branch_that_data_does_not_take():
    """unknown"""
    any_number = tf.Variable(tf.random.normal([3]))
    with tf.GradientTape(persistent=True) as tape:
        bent, straight = tf.math.softsign(any_number), any_number * 2.0
        y = bent if tf.reduce_mean(any_number) >= 97.0 else straight
        g = tape.gradient(y * y, any_number)
    return tape.gradient(g, [any_number])


def recomputed_below_a_graph_that_is_linear():
    """unknown"""

    @tf.function
    def head(x):
        return 1.0 - x

    with tf.GradientTape() as outer:
        fast = v * 1.0
        with tf.GradientTape() as inner:
            inner.watch(fast)
            loss = head(tf.recompute_grad(tf.abs)(fast))
        fast = fast - 0.1 * inner.gradient(loss, fast)
    return outer.gradient(fast, [v])


def recomputed_below_a_graph_that_is_not_linear():
    """raises NotImplementedError"""

    @tf.function
    def head(x):
        return tf.sin(x)

    with tf.GradientTape() as outer:
        fast = v * 1.0
        with tf.GradientTape() as inner:
            inner.watch(fast)
            loss = head(tf.recompute_grad(tf.abs)(fast))
        g = inner.gradient(loss, fast)
    return outer.gradient(g, [v])


def what_comes_down_to_a_python_function():
    """none, unknown"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.py_function(lambda a: a * tf.reduce_sum(a), [v], tf.float32) * w
        g = inner.gradient(y, v)
    return outer.gradient(g, [v, w])


def a_zero_that_meets_an_infinite_derivative():
    """unknown"""
    zeros = tf.zeros([3])
    with tf.GradientTape() as tape:
        tape.watch(zeros)
        y = tf.sign(tf.math.log(zeros))
    return tape.gradient(y, [zeros])


def a_graph_function_within_a_graph_again():
    """flows, unknown"""

    @tf.function
    def inside(a, b):
        return tf.sin(a) + b

    @tf.function
    def run():
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                y = inside(v, w)
            g = inner.gradient(y, v)
        return outer.gradient(g, [v, w])

    return run()


def a_branch_within_a_graph_again():
    """unknown, flows"""

    @tf.function
    def run():
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                y = tf.cond(tf.reduce_sum(v) > 0.0, lambda: v * w, lambda: v)
            g = inner.gradient(y, v)
        return outer.gradient(g, [v, w])

    return run()


def a_product_in_a_graph_again():
    """none, flows"""

    @tf.function
    def run():
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                y = v * w
            g = inner.gradient(y, v)
        return outer.gradient(g, [v, w])

    return run()


def one_of_two_results_of_a_graph_function_again():
    """flows, unknown"""

    @tf.function
    def two(a, b):
        return tf.sin(a), b * 2.0

    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = two(v, w)[0]
        g = inner.gradient(y, v)
    return outer.gradient(g, [v, w])


def rows_that_come_down_in_a_jacobian():
    """unknown"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(tf.tanh(tf.scatter_nd([[0], [1], [2]], v * v, [3])))
        g = inner.jacobian(y, v)
    return outer.jacobian(g, [v])


@tf.custom_gradient
def _flat(x):
    return tf.sin(x), lambda dy: tf.zeros_like(x)


def recomputed_from_a_variable():
    """raises NotImplementedError"""
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(tf.recompute_grad(lambda x: x * 3.0)(v))
        first = tape.gradient(y, v)
        z = tf.reduce_sum(first * first + v)
    return tape.gradient(z, [v])


def recomputed_below_a_gradient_that_looks_at_a_tensor():
    """raises NotImplementedError"""
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        m = tf.recompute_grad(lambda x: x * 3.0)(v * 1.0)
        first = tape.gradient(tf.reduce_sum(_flat(m) + m), v)
        z = tf.reduce_sum(first * first + v)
    return tape.gradient(z, [v])


def the_biases_of_steps_and_of_a_wrapped_layer():
    """flows, flows, flows, flows, flows"""
    steps = tf.random.normal([2, 4, 3], seed=1)
    inner = keras.layers.TimeDistributed(keras.layers.Dense(2, activation="tanh"))
    model = keras.Sequential([keras.Input((4, 3)), inner, keras.layers.GRU(2)])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as tape:
            tape.watch(steps)
            y = tf.reduce_sum(model(steps))
        penalty = tf.reduce_sum(tape.gradient(y, steps) ** 2)
    return outer.gradient(penalty, model.trainable_variables)


def a_layer_for_each_step_that_is_linear():
    """flows, none"""
    steps = tf.random.normal([2, 4, 3], seed=1)
    model = keras.layers.TimeDistributed(keras.layers.Dense(2))
    model(steps)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as tape:
            tape.watch(steps)
            y = tf.reduce_sum(model(steps))
        penalty = tf.reduce_sum(tape.gradient(y, steps) ** 2)
    return outer.gradient(penalty, model.trainable_variables)


def rows_beside_rows():
    """raises TypeError"""
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.square(tf.gather(v, [0, 1]))
        first = inner.gradient(y, v)
        z = first * first
    return outer.gradient(z, [v])


def one_of_the_rows():
    """raises TypeError"""
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.square(tf.gather(v, [0, 1]))
        z = inner.gradient(y, v)[0]
    return outer.gradient(z, [v])


def rows_beside_a_tensor():
    """flows"""
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.square(tf.gather(v, [0, 1]))
        z = inner.gradient(y, v) * v
    return outer.gradient(z, [v])


def rows_that_are_asked_again_in_a_graph():
    """raises AttributeError"""
    v = tf.Variable([1.0, 2.0])

    @tf.function
    def run():
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                y = tf.square(tf.gather(v, [0, 1]))
            first = inner.gradient(y, v)
        return outer.gradient(first, [v])

    return run()


@tf.function
def _traced(x):
    return tf.math.softsign(x)


def a_graph_that_a_further_tape_sees():
    """raises LookupError"""
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape():
        with tf.GradientTape() as inner:
            y = _traced(v)
        first = inner.gradient(y, [v])
    return first


def a_graph_that_only_its_own_tape_sees():
    """flows"""
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        y = _traced(v)
    return tape.gradient(y, [v])


def a_derivative_along_a_tangent_of_what_is_linear():
    """unknown"""
    x = tf.Variable([0.3, 0.7])
    with tf.GradientTape() as tape:
        with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as forward:
            y = tf.reduce_mean(x)
        slope = forward.jvp(y)
    return tape.gradient(slope, x)


def what_is_computed_beside_a_derivative_along_a_tangent():
    """flows"""
    x = tf.Variable([0.3, 0.7])
    with tf.GradientTape() as tape:
        with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as forward:
            y = x * x
        forward.jvp(y)
    return tape.gradient(y, x)


def a_norm_of_matrices():
    """flows"""
    matrix = tf.Variable([[2.0, 0.3], [0.3, 1.5]])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as tape:
            y = tf.linalg.norm(matrix, ord="fro", axis=[0, 1])
        g = tape.gradient(y, matrix)
    return outer.gradient(g, matrix)


def a_zero_that_hangs_on_its_argument():
    """unknown"""
    matrix = tf.Variable([[2.0, 0.3], [0.3, 1.5]])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as tape:
            y = tf.linalg.slogdet(matrix)[0]
        g = tape.gradient(y, matrix)
    return outer.gradient(g, matrix)


def gradient_of_whole_numbers_is_zero_and_recorded():
    """unknown"""
    w = tf.Variable([[2.0, 1.0]])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.math.top_k(w * w, 1).indices
        g = inner.gradient(y, w)
    return outer.gradient(g, w)


def rows_of_an_embedding_are_no_tensor():
    """raises AttributeError"""
    table = tf.Variable(tf.ones([3, 2]))
    with tf.GradientTape() as outer:
        with tf.GradientTape() as tape:
            y = tf.nn.embedding_lookup([table], [0, 2], max_norm=1.0)
        g = tape.gradient(y, table)
    return outer.gradient(g, table)


def rows_that_keras_takes_along_the_first_axis():
    """raises AttributeError"""
    table = tf.Variable(tf.ones([3, 2]))
    with tf.GradientTape() as outer:
        with tf.GradientTape() as tape:
            y = keras.ops.take(table, [0, 2], axis=0) * w[0]
        g = tape.gradient(y, table)
    return outer.gradient(g, w)


def rows_as_a_tensor():
    """flows"""
    table = tf.Variable(tf.ones([3, 2]))
    with tf.GradientTape() as outer:
        with tf.GradientTape() as tape:
            y = keras.ops.take(table, [0, 2], axis=0) * w[0]
        g = tf.convert_to_tensor(tape.gradient(y, table))
    return outer.gradient(g, w)


def numbers_that_keras_takes_of_all():
    """flows"""
    table = tf.Variable(tf.ones([3, 2]))
    with tf.GradientTape() as outer:
        with tf.GradientTape() as tape:
            y = keras.ops.take(table, [0, 2]) * w[0]
        g = tape.gradient(y, table)
    return outer.gradient(g, w)


def what_is_drawn_around_a_mean():
    """none"""
    mean = tf.Variable([0.3, 0.7])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.random.stateless_parameterized_truncated_normal([2], [1, 2], mean)
        g = inner.gradient(y, mean)
    return outer.gradient(g, mean)


def rows_beside_what_no_gradient_comes_down_to():
    """raises AttributeError"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            nearest = tf.argmin((w[None] - 1.0) ** 2, axis=1)
            loss = tf.reduce_sum(tf.gather(w, nearest) ** 2)
        dw = inner.gradient(loss, w)
    return outer.gradient(dw, w)


def rows_beside_what_no_tape_saw():
    """raises AttributeError"""
    before = tf.reduce_sum(w * 2.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            loss = tf.reduce_sum(tf.gather(w, [0, 1]) ** 2) * before
        dw = inner.gradient(loss, w)
    return outer.gradient(dw, w)


def rows_beside_the_whole():
    """flows"""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            loss = tf.reduce_sum(tf.gather(w, [0, 1]) ** 2) * tf.reduce_sum(w)
        dw = inner.gradient(loss, w)
    return outer.gradient(dw, w)


def a_product_across_another_vector():
    """none, flows"""
    u, v = tf.Variable([1.0, 2.0, 3.0]), tf.Variable([3.0, 1.0, 2.0])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.linalg.cross(u, v)
        g = inner.gradient(y, u, output_gradients=tf.constant([1.0, 2.0, 4.0]))
    return outer.gradient(g, [u, v])


def a_jacobian_of_something_linear():
    """none"""
    x = tf.Variable([1.0, -2.0, 3.0])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.where(x > 0.0, x, 0.1 * x) * tf.constant([1.0, 2.0, 3.0])
        slopes = inner.jacobian(y, x)
    return outer.gradient(slopes, x)


def a_jacobian_of_something_linear_row_by_row():
    """none"""
    x = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as outer:
        with tf.GradientTape(persistent=True) as inner:
            y = tf.cumsum(tf.reverse(x, [0]))
        slopes = inner.jacobian(y, x, experimental_use_pfor=False)
    return outer.jacobian(slopes, x)


def a_jacobian_for_a_vector_that_hangs_on_a_matrix():
    """none, flows"""
    x, m = tf.Variable([1.0, 2.0, 3.0]), tf.Variable(tf.ones([3, 3]))
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.linalg.matvec(m, x)
        slopes = inner.jacobian(y, x)
    return outer.gradient(slopes, [x, m])


def a_jacobian_of_something_linear_for_two():
    """unknown, flows"""
    x, m = tf.Variable([1.0, 2.0, 3.0]), tf.Variable(tf.ones([3, 3]))
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.linalg.matvec(m, x)
        slopes, _ = inner.jacobian(y, [x, m])
    return outer.gradient(slopes, [x, m])


def a_jacobian_through_what_has_no_second_derivative():
    """unknown"""
    x, y = tf.Variable([1.0, -2.0, 3.0]), tf.constant([9.0, 9.0, 9.0])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            rounded = tf.quantization.fake_quant_with_min_max_args(x, -6.0, 6.0)
            z = tf.reduce_sum(tf.reduce_max(tf.stack([y, tf.tanh(rounded)]), axis=0))
        slopes = inner.jacobian(z, x)
    return outer.jacobian(slopes, x)
