"""What calls into TensorFlow, Keras, NumPy and Python do to values: facts applied, and what facts cannot say."""
