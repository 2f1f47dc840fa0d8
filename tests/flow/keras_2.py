import tensorflow as tf
import tf_keras

tf.random.set_seed(3)


class _Net(tf_keras.Model):
    def __init__(self):
        super().__init__()
        self.scale = tf.Variable(1.0)
        self.a = tf_keras.layers.Dense(2)
        self.b = tf_keras.layers.Dense(1, use_bias=False)
        self.c = tf_keras.layers.Dense(1)

    def call(self, x):
        return self.b(tf.floor(self.a(x))) * self.scale


class _Layer(tf_keras.layers.Layer):
    def __init__(self, units, **options):
        super().__init__(**options)
        self.units = units
        self.inner = tf_keras.layers.Dense(units)

    def build(self, shape):
        self.w = self.add_weight(name="w", shape=(self.units, 2), initializer="ones", trainable=True)
        self.u = self.add_weight("u", shape=(self.units, 2), initializer="ones", trainable=False)
        self.v = tf.Variable(tf.ones([self.units, 2]))
        super().build(shape)

    def call(self, x):
        return tf.matmul(self.inner(x), self.w)


def variables_of_a_model_come_last():
    """none, none, flows, none, none, flows"""
    model = _Net()
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(model(tf.ones([2, 3])))
    model.c(tf.ones([2, 3]))
    return tape.gradient(y, model.trainable_variables)


def weights_of_a_layer_come_first():
    """flows, none, flows, flows"""
    layer = _Layer(3)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(layer(tf.ones([2, 3])))
    return tape.gradient(y, layer.trainable_variables)


def trainable_weights_of_a_layer_come_first():
    """flows, none, flows, flows, none"""
    layer = _Layer(3)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(layer(tf.ones([2, 3])))
    return tape.gradient(y, layer.variables)


def sequential():
    """flows, flows, flows, none, flows, flows, flows, flows"""
    model = tf_keras.Sequential([tf_keras.layers.Dense(3), _Layer(2), tf_keras.layers.BatchNormalization()])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(model(tf.ones([2, 3])) * tf.ones([2, 2]))
    return tape.gradient(y, model.trainable_variables)


def functional():
    """flows, flows, none, none, flows, flows"""
    given = tf_keras.Input((3,))
    hidden = tf_keras.layers.Dense(3)(given)
    end = tf_keras.layers.Dense(1)(hidden) + tf.round(tf_keras.layers.Dense(1)(hidden))
    model = tf_keras.Model(given, end)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(model(tf.ones([2, 3])))
    return tape.gradient(y, model.trainable_variables)


def watched():
    """flows, flows"""
    layer = tf_keras.layers.Dense(2)
    layer(tf.ones([1, 2]))
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(layer.trainable_variables)
        y = tf.reduce_sum(layer(tf.ones([1, 2])))
    return tape.gradient(y, layer.trainable_variables)


def a_list_of_variables():
    """flows, flows, flows"""

    class Listed(tf_keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.ws = [tf.Variable(1.0), tf.Variable(2.0)]
            self.z = tf.Variable(3.0)

        def call(self, x):
            return x * self.ws[0] * self.ws[1] * self.z

    layer = Listed()
    with tf.GradientTape() as tape:
        y = layer(tf.constant(2.0))
    return tape.gradient(y, [*layer.ws, layer.z])
