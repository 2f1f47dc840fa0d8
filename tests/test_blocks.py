"""Every form in which people make and enter tapes."""

from __future__ import annotations

import libcst as cst
import pytest

from tapelint.blocks import block_at, find_blocks, find_calls
from tapelint.source import Source

FORMS = [
    ("with tf.GradientTape() as tape:\n    pass", ["with tape"]),
    ("with GradientTape(persistent=True) as g: y = x", ["with g"]),
    ("from tensorflow import GradientTape as GT\nwith GT() as t:\n    pass", ["with t"]),
    ("def f():\n    from tensorflow import GradientTape as GT\n    with GT() as t:\n        pass", ["with t"]),
    ("from tensorflow.python.eager import backprop\nwith backprop.GradientTape() as t:\n    pass", ["with t"]),
    ("import tape\nwith tape.GradientTape() as g:\n    pass", ["with g"]),
    ("Tape = tf.GradientTape\ndef f():\n    with Tape() as t:\n        pass", ["with t"]),
    ("T = functools.partial(tf.GradientTape, persistent=True)\nwith T() as t:\n    pass", ["with t"]),
    ("class Mine(tf.GradientTape):\n    pass\nwith Mine() as t:\n    pass", ["with t"]),
    ("with tf.GradientTape() as a, tf.GradientTape() as b:\n    pass", ["with a", "with b"]),
    ("with (\n    tf.GradientTape() as a,\n    open(f) as h,\n    tf.GradientTape() as b,\n):\n    pass",
     ["with a", "with b"]),
    ("with tf.GradientTape() as a:\n    with tf.GradientTape() as b:\n        pass", ["with a", "with b"]),
    ("with tf.GradientTape():\n    pass", ["with "]),
    ("with tf.GradientTape() as self.t:\n    pass", ["with self.t"]),
    ("with tf.GradientTape as tape:\n    pass", ["uncalled tape"]),
    ("tape = tf.GradientTape()\nwith tape:\n    pass", ["made tape", "entered tape"]),
    ("tape = tf.GradientTape()\nwith tape as t:\n    pass", ["made tape", "entered t"]),
    ("g = tf.GradientTape()\nwith g:\n    pass", ["made g", "entered g"]),
    ("class A:\n def __init__(self):\n  self.rec = tf.GradientTape()\n def f(self):\n  with self.rec:\n   pass",
     ["made self.rec", "entered self.rec"]),
    ("def f(outer_tape):\n    with outer_tape:\n        pass\nf(tf.GradientTape())", ["entered outer_tape", "made "]),
    ("t: tf.GradientTape = tf.GradientTape()", ["made t"]),
    ("tape = tf.GradientTape()\ntape.__enter__()", ["made tape"]),
    ("tape = stack.enter_context(tf.GradientTape())", ["made "]),
    ("with tf.GradientTape() as tape:\n    with tape.stop_recording():\n        pass", ["with tape", "stopped "]),
    ("with tf.GradientTape() as tape:\n pass\ntape = hvd.DistributedGradientTape(tape)", ["with tape", "wrapped tape"]),
    ("with hvd.DistributedGradientTape(tf.GradientTape()) as t:\n    pass", ["with t", "made "]),
    ("with (tape := tf.GradientTape()):\n    pass", ["with tape", "made tape"]),
    ("with (tf.GradientTape() if a else tf.GradientTape(True)) as t:\n    pass", ["with t", "made ", "made "]),
    ("async def f():\n    async with lock, open(x):\n        with tf.GradientTape() as t: pass", ["with t"]),
    ("if a:\n    try:\n        pass\n    finally:\n        with tf.GradientTape() as t: pass", ["with t"]),
    ("'''GradientTape'''\n# with tf.GradientTape() as t:\nx = 'tf.GradientTape()'", []),
    ("with open(x) as f, tapes as g:\n    pass  # GradientTape", []),
    ("def f(t: tf.GradientTape) -> None:\n    isinstance(t, tf.GradientTape)", []),
    ("with open(x) as tape:\n    pass", []),
]  # fmt: skip


@pytest.mark.parametrize(("code", "forms"), FORMS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_forms(code: str, forms: list[str], newline: str) -> None:
    source = Source.from_text(code.replace("\n", newline))
    blocks = find_blocks(source)
    assert [f"{block.form} {block.name}" for block in blocks] == forms
    for block in blocks:
        text = source.code(block.span)
        assert isinstance(block.node, cst.With if "with" in text[:10] else cst.Call)
        assert block.span.contains(block.tape_span)
        assert text.endswith(("pass", "y = x", ")"))
        if block.body is None:
            assert block.span == block.tape_span
        else:
            assert block.span.contains(block.body)


def test_keywords() -> None:
    code = "t = tf.GradientTape(\n    True,\n    watch_accessed_variables=not (\n        a),  # why\n)\n"
    [block] = find_blocks(Source.from_text(code))
    assert block.keywords == {"0": "True", "watch_accessed_variables": "not (a)"}


def test_a_file_without_a_tape_is_not_parsed() -> None:
    source = Source.from_text("with tape: (")
    assert find_blocks(source) == []
    assert find_calls(source) == []
    assert "tree" not in vars(source)


def test_calls() -> None:
    source = Source.from_text(
        "def f(g):\n"
        "    with tf.GradientTape() as g:\n"
        "        g.watch([x])\n"
        "    a = g.gradient(y, [x], unconnected_gradients='zero')\n"
        "    b = self.inner.tape.batch_jacobian(\n        y, x)\n"
        "    other.watch(x); other.reset(); plot.jacobian(y)\n"
        "    g.reset()\n"
    )
    calls = find_calls(source)
    assert [(call.tape, call.method) for call in calls] == [
        ("g", "watch"), ("g", "gradient"), ("self.inner.tape", "batch_jacobian"), ("plot", "jacobian"), ("g", "reset"),
    ]  # fmt: skip
    assert {key: source.code(span) for key, span in calls[1].arguments.items()} == {
        "0": "y", "1": "[x]", "unconnected_gradients": "'zero'",
    }  # fmt: skip


def test_block_at() -> None:
    source = Source.from_text(
        "class A:\n    def f(self):\n        with tf.GradientTape() as a, tf.GradientTape() as b:\n            x\n"
    )
    [first, _] = find_blocks(source)
    found = block_at(source, first.span)
    assert found
    assert (found.name, found.node) == ("a", first.node)
    assert block_at(source, first.tape_span) is None
