"""Python as gradients see it: outcomes, the graph, values, state, expressions, statements, functions, classes.

Knows no TensorFlow: what a library does is asked of the `World` that an interpreter is given.
"""
