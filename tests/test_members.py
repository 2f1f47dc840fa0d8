"""What is listed of TensorFlow's objects is what they have."""

import tensorflow as tf

from tapelint.libraries import members


def test_members_are_theirs() -> None:
    with tf.GradientTape() as tape:
        pass
    assert {name for name in dir(tape) if not name.startswith("__")} == members.TAPE
    assert {name for name in dir(tf.Variable(1.0)) if not name.startswith("_")} == members.VARIABLE
    eager = {name for name in dir(tf.constant(1.0)) if not name.startswith("_")}
    traced: set[str] = set()
    tf.function(lambda x: traced.update(name for name in dir(x) if not name.startswith("_"))).get_concrete_function(
        tf.constant(1.0)
    )
    assert eager | traced == members.TENSOR
    sliced = {name for name in dir(tf.Variable([1.0])[0]) if not name.startswith("_")}
    assert sliced - eager == members.OF_SLICES
    assert {name for name in dir(tf.Module()) if not name.startswith("_")} == members.MODULE


def test_what_tensors_lack() -> None:
    for value in (tf.Variable(1.0), tf.constant(1.0)):
        assert not [name for name in members.NOT_OF_TENSORS if hasattr(value, name)]
