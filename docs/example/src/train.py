import numpy as np
import tensorflow as tf

w = tf.Variable([0.5, -0.2, 0.1])
x = tf.random.normal([3])

with tf.GradientTape() as tape:
    error = np.square(w * x - 1.0)
    loss = tf.reduce_mean(error)

w.assign_sub(0.1 * tape.gradient(loss, w))
