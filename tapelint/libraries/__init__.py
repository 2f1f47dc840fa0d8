"""What calls into TensorFlow, Keras, NumPy and Python do to values: facts applied, and what facts cannot say.

Here lies what all rooms use: `world` answers what a run asks, `registry` has the handlers, which `assemble` puts there,
each under the name of a function or under the kind of a value and the name of a method; `apply` is a fact applied to a
call; `arguments`, `names`, `natures` and `structures` tell what a call is given.

To read, folder by folder: `shapes` (how many axes, how wide numbers are), `numerics` (which numbers), `refusals` (what
is refused, and with which exception), then the libraries themselves: `python`, `numpy`, `tensorflow`, `keras`.
"""
