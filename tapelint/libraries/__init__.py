"""What calls into TensorFlow, Keras, NumPy and Python's built-ins do to values: facts applied, and what facts cannot say."""
