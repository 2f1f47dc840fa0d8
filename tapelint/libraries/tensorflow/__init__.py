"""TensorFlow: variables, graphs, functions with a gradient of their own, data sets."""
