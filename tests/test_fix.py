"""Edits on awkward formatting. In a program `«` and `»` mark the node, `⟦` and `⟧` a second one."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from tapelint import fix
from tapelint.diagnostic import Edit, Position, Span
from tapelint.source import Source

TF = "import tensorflow as tf\n"


def marked(code: str) -> tuple[Source, list[Span]]:
    """The source without its marks, and the marked spans."""
    opened: list[int] = []
    spans: list[tuple[int, int]] = []
    text = ""
    for character in code:
        if character in "«⟦":
            opened.append(len(text))
        elif character in "»⟧":
            spans.append((opened.pop(), len(text)))
        else:
            text += character
    source = Source.from_text(text, "a.py")
    order = sorted(spans, key=lambda span: code.index("⟦") == span[0] if "⟦" in code else 0)
    return source, [Span("a.py", source.position(start), source.position(end)) for start, end in order]


def fixed(builder: str, code: str, *arguments: Any) -> str | None:
    """The text after the edits; None where there are none. The same is asked of it with CRLF and in a method."""
    answers = []
    for newline, indent in (("\n", ""), ("\r\n", ""), ("\n", "\t\t")):
        lines = [indent + line if line.strip() else line for line in code.split("\n")]
        head = ["class A:", "\tdef é(self):"] if indent else []
        source, spans = marked(newline.join([*head, *lines]))
        edits = getattr(fix, builder)(source, spans[0], *arguments, *spans[1:])
        if not edits:
            answers.append(None)
            continue
        text = fix.apply(source, edits)
        ast.parse(text)
        assert text.count("\r") == (text.count("\n") if newline == "\r\n" else 0)
        back = text.split(newline)[len(head) :]
        answers.append("\n".join(line.removeprefix(indent) for line in back))
    assert answers[0] == answers[1]
    if "import" not in code and answers[0] and "import" not in answers[0]:
        assert answers[0] == answers[2]
    return answers[0]


def test_apply() -> None:
    source = Source.from_text("é = a\r\nb", "a.py")

    def edit(line: int, column: int, end: int, text: str) -> Edit:
        return Edit(Span("a.py", Position(line, column), Position(line, end)), text)

    edits = [edit(2, 1, 2, "c"), edit(1, 5, 6, "x"), edit(1, 1, 1, "1"), edit(1, 1, 1, "2"), edit(2, 2, 2, "!")]
    assert fix.apply(source, edits) == "12é = x\r\nc!"
    assert fix.apply(source, []) == source.text


@pytest.mark.parametrize(
    ("code", "text", "after"),
    [
        ("y = «a» * b", "c + d", "y = (c + d) * b"),
        ("y = «a» + b", "c + d", "y = c + d + b"),
        ("y = b + «a»", "c + d", "y = b + (c + d)"),
        ("y = b + «a»", "c * d", "y = b + c * d"),
        ("y = -«a»", "c ** d", "y = -c ** d"),
        ("y = «a» ** b", "-c", "y = (-c) ** b"),
        ("y = «a».b", "c + d", "y = (c + d).b"),
        ("y = «a».b", "1", "y = (1).b"),
        ("y = f(«a»)", "c + d", "y = f(c + d)"),
        ("y = f(«a», b)", "c if d else e", "y = f(c if d else e, b)"),
        ("y = f(a=«a»)", "(c, d)", "y = f(a=(c, d))"),
        ("y = not «a»", "c == d", "y = not c == d"),
        ("y = «a» < b", "c == d", "y = (c == d) < b"),
        ("y = («a»)\n", "c +\\\n  d", "y = (c +\\\n  d)\n"),
        ("y = «a»\n", "c\n  + d", "y = (c\n  + d)\n"),
        ("y = [x for x in «a»]", "b if c else d", "y = [x for x in (b if c else d)]"),
        ("y = «(a, b)»[0]", "c", "y = c[0]"),
        ("y = «a»", "def", None),
        ("y = x[«a»:b]", "lambda: c", "y = x[lambda: c:b]"),
        ("if «a»: pass", "b := c", "if (b := c): pass"),
        ("y = «a»", "b := c", "y = (b := c)"),
    ],
)
def test_replace(code: str, text: str, after: str | None) -> None:
    assert fixed("replace", code, text) == after


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("y = «x.numpy()»", "y = x"),
        ("y = -«x.numpy()»", "y = -x"),
        ("y = «(a + b).numpy()» * 2", "y = (a + b) * 2"),
        ("y = «f(\n    x,  # why\n).numpy()»  # é", "y = f(\n    x,  # why\n)  # é"),
        ("y = («x\n    .numpy()»)", "y = (x)"),
        ("y = («x  # é\n    .numpy()»)", None),
        ("y = «x . numpy ( )».mean()", "y = x.mean()"),
        ("y = «numpy()»", None),
        ("y = [«'é'.numpy()», 1]", "y = ['é', 1]"),
    ],
)
def test_drop_method_call(code: str, after: str | None) -> None:
    assert fixed("drop_method_call", code) == after


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("y = «tf.constant(v)»", "y = v"),
        ("y = «tf.constant(a + b)» * 2", "y = (a + b) * 2"),
        ("y = «tf.constant((a + b))» * 2", "y = (a + b) * 2"),
        ("y = 2 * «float( a [ 0 ] )»", "y = 2 * a [ 0 ]"),
        ("y = «tf.constant(\n    v,\n)»", "y = v"),
        ("y = «tf.constant(\n    v\n    + w,\n    tf.float32)»", "y = (v\n    + w)"),
        ("y = «tf.constant(  # why\n    v)»", None),
        ("y = «tf.constant(*v)»", None),
        ("y = «tf.constant()»", None),
        ("y = «float(x)» if a else b", "y = x if a else b"),
        ("return_ = f'{«float(x)»}'", "return_ = f'{x}'"),
    ],
)
def test_unwrap_call(code: str, after: str | None) -> None:
    assert fixed("unwrap_call", code) == after


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("t = «tf.GradientTape()»", "t = tf.GradientTape(persistent=True)"),
        ("t = «tf.GradientTape( )»", "t = tf.GradientTape( persistent=True)"),
        ("t = «T(a)»", "t = T(a, persistent=True)"),
        ("t = «T(a, )»", "t = T(a, persistent=True )"),
        ("t = «T(a, b=(1))» # é", "t = T(a, b=(1), persistent=True) # é"),
        ("t = «T(\n    a,\n    b,\n)»", "t = T(\n    a,\n    b,\n    persistent=True,\n)"),
        ("t = «T(\n    a,\n    b\n)»", "t = T(\n    a,\n    b,\n    persistent=True\n)"),
        ("t = «T(\n    a,\n    b,  # why\n)»", "t = T(\n    a,\n    b,  # why\n    persistent=True,\n)"),
        ("t = «T(\n    a,\n    b  # why\n)»", "t = T(\n    a,\n    b,  # why\n    persistent=True,\n)"),
        ("t = «T(a,\n      b)»", "t = T(a,\n      b,\n      persistent=True)"),
        ("t = «T(persistent = False, a=1)»", "t = T(persistent = True, a=1)"),
        ("t = «T(**k)»", "t = T(**k, persistent=True)"),
        ("t = «T(x for x in y)»", None),
        ("t = «T»", None),
        ("with «tf.GradientTape()» as t: y = 1", "with tf.GradientTape(persistent=True) as t: y = 1"),
    ],
)
def test_add_keyword(code: str, after: str | None) -> None:
    assert fixed("add_keyword", code, "persistent", "True") == after


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("y = «np.square(x)»", "y = tf.square(x)"),
        ("y = «np.mean(\n    x,  # why\n    axis = 0)»", "y = tf.square(\n    x,  # why\n    over = 0)"),
        ("y = «(np.square) (x)»", "y = tf.square (x)"),
        ("y = «np . square(x)» + 1", "y = tf.square(x) + 1"),
        ("y = «np.square»", None),
    ],
)
def test_replace_callee(code: str, after: str | None) -> None:
    assert fixed("replace_callee", code, "tf.square", {"axis": "over"}) == after


def test_calls() -> None:
    assert fixed("rename_method", "y = «a. numpy_function (f, [x])»", "py_function") == "y = a. py_function (f, [x])"
    assert fixed("call_instead_of_predict", "y = «m.predict(x, verbose = 0)»") == "y = m(x)"
    assert fixed("call_instead_of_predict", "y = «self.m[0] .predict(verbose=0, x=x)»") == "y = self.m[0](x=x)"
    assert fixed("call_instead_of_predict", "y = «m.predict(x,  # why\n  batch_size=3)»") is None
    assert fixed("remove_argument", "y = «f(a, b, c=1)»", 0) == "y = f(b, c=1)"
    assert fixed("remove_argument", "y = «f(a, b, c=1,)»", "c") == "y = f(a, b,)"
    assert fixed("remove_argument", "y = «f(a)»", 0) == "y = f()"
    assert fixed("remove_argument", "y = «f(a)»", "b") is None
    assert fixed("swap_arguments", "z = «zip( a, (b + c) )»") == "z = zip( (b + c), a )"
    assert fixed("add_call", "with «tf.GradientTape» as t:\n    pass") == "with tf.GradientTape() as t:\n    pass"
    assert fixed("wrap_argument", "y = f(«a + b», c)", "tf.cast(", ", d)") == "y = f(tf.cast(a + b, d), c)"


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("y = 1 / «x»", "y = 1 / (x + 1e-7)"),
        ("y = 1 / («x»)", "y = 1 / (x + 1e-7)"),
        ("y = 1 / («a * b»)", "y = 1 / (a * b + 1e-7)"),
        ("y = tf.sqrt(«a if b else c»)", "y = tf.sqrt((a if b else c) + 1e-7)"),
        ("y = tf.sqrt(«a\n  * b»)", "y = tf.sqrt((a\n  * b) + 1e-7)"),
        ("y = tf.sqrt(x=«-a»)", "y = tf.sqrt(x=-a + 1e-7)"),
        ("y = tf.sqrt(«a & b»)", "y = tf.sqrt((a & b) + 1e-7)"),
        ("y = 1 / «f(x)» ** 2", "y = 1 / (f(x) + 1e-7) ** 2"),
    ],
)
def test_add_epsilon(code: str, after: str | None) -> None:
    assert fixed("add_epsilon", code) == after


def test_operator_to_call() -> None:
    assert fixed("operator_to_call", "y = «a / b»", "f") == "y = f(a, b)"
    assert fixed("operator_to_call", "y = («(a + b)\n   / (c, d)[0]»)", "f") == "y = (f(a + b, (c, d)[0]))"
    assert fixed("operator_to_call", "y = (a  # é\n   / b)\nz = («a  # é\n   / b»)", "f") is None
    assert fixed("operator_to_call", "y = «a / b» / c", "f") == "y = f(a, b) / c"


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("«with a as t:\n    y = 1»", "with a as t:\n    t.watch(x)\n    y = 1"),
        ("«with a as t:\n    # c\n\ty = 1»", "with a as t:\n\tt.watch(x)\n    # c\n\ty = 1"),
        ("«with a as t:  # why\n\n    # c\n    y = 1»", "with a as t:  # why\n    t.watch(x)\n\n    # c\n    y = 1"),
        ("«with a as t: y = 1»", "with a as t: t.watch(x); y = 1"),
        ("«with a as t: y = 1; z = 2»  # é", "with a as t: t.watch(x); y = 1; z = 2  # é"),
        ("«with (\n    a as t,\n    b\n):\n  @dec\n  def f(): pass»",
         "with (\n    a as t,\n    b\n):\n  t.watch(x)\n  @dec\n  def f(): pass"),
        ("«with a as t: \\\n    y = 1»", "with a as t: \\\n    t.watch(x); y = 1"),
        ("«while a:\n        y = 1»\nz = 2", "while a:\n        t.watch(x)\n        y = 1\nz = 2"),
        ("«y = 1»", None),
    ],
)  # fmt: skip
def test_insert_first_in_block(code: str, after: str | None) -> None:
    assert fixed("insert_first_in_block", code, "t.watch(x)") == after


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("«y = f(x)»\n⟦with a as t:\n    z = y⟧", "with a as t:\n    y = f(x)\n    z = y"),
        ("«y = f(x)»  # é\n\n# c\n⟦with a as t:\n  z = y⟧\n", "\n# c\nwith a as t:\n  y = f(x)  # é\n  z = y\n"),
        ("«y = f(\n    x,\n)»\n⟦with a as t:\n    z = y⟧", "with a as t:\n    y = f(\n        x,\n    )\n    z = y"),
        ("«y = f(x)»\n⟦with a as t: z = y⟧", "with a as t: y = f(x); z = y"),
        ("«y = f(x)\nz = y»\n⟦with a as t:\n    w = z⟧", "with a as t:\n    y = f(x)\n    z = y\n    w = z"),
        ("«y = f(x)»\nw = 1\n⟦with a as t:\n    z = y⟧", None),
        ("«y = '''a\nb'''»\n⟦with a as t:\n    z = y⟧", None),
        ("w = 1; «y = f(x)»\n⟦with a as t:\n    z = y⟧", None),
        ("if b:\n    «y = f(x)»\n⟦with a as t:\n    z = y⟧", None),
        ("if b:\n    «y = f(x)»\n    ⟦with a as t:\n        z = y⟧",
         "if b:\n    with a as t:\n        y = f(x)\n        z = y"),
    ],
)  # fmt: skip
def test_move_statement_into_block(code: str, after: str | None) -> None:
    assert fixed("move_statement_into_block", code) == after


def test_statements() -> None:
    assert fixed("replace_statement", "a; «x = x - g»; b", "x.assign_sub(g)") == "a; x.assign_sub(g); b"
    assert fixed("delete_statement", "a = 1\n«b = 2»  # é\nc = 3") == "a = 1\nc = 3"
    assert fixed("delete_statement", "a = 1\n«b = 2»") == "a = 1\n"
    assert fixed("delete_statement", "if a:\n    «b = 2»\nc = 3") == "if a:\n    pass\nc = 3"
    assert fixed("delete_statement", "a = 1; «b = 2»") == "a = 1; pass"
    assert fixed("insert_before", "if a:\n    «b = 2»", "c = 3") == "if a:\n    c = 3\n    b = 2"
    assert fixed("insert_before", "if a: «b = 2»", "c = 3") is None
    assert fixed("insert_after", "if a:\n  «b = (\n2)»", "c = 3") == "if a:\n  b = (\n2)\n  c = 3"
    assert fixed("insert_after", "«b = 2»  # é\nd", "c = 3\ne = 4") == "b = 2  # é\nc = 3\ne = 4\nd"


@pytest.mark.parametrize(
    ("code", "after"),
    [
        (TF + "y = «np.f(x)»", TF + "y = tf.square(x)"),
        ("import tensorflow.compat.v2 as T\ny = «np.f(x)»", "import tensorflow.compat.v2 as T\ny = T.square(x)"),
        ("import tensorflow\ny = «np.f(x)»", "import tensorflow\ny = tensorflow.square(x)"),
        ("from tensorflow import square as s\ny = «np.f(x)»", "from tensorflow import square as s\ny = s(x)"),
        ("import numpy as np\ny = «np.f(x)»", "import numpy as np\nimport tensorflow as tf\ny = tf.square(x)"),
        ("y = «np.f(x)»\n", "import tensorflow as tf\n\ny = tf.square(x)\n"),
        ("#!/bin/x\n# licence\n\ny = «np.f(x)»", "#!/bin/x\n# licence\n\nimport tensorflow as tf\n\ny = tf.square(x)"),
        ("'''doc'''\ny = «np.f(x)»", "'''doc'''\n\nimport tensorflow as tf\ny = tf.square(x)"),
        ("'''doc'''\nfrom __future__ import a\ny = «np.f(x)»",
         "'''doc'''\nfrom __future__ import a\n\nimport tensorflow as tf\ny = tf.square(x)"),
        ("tf = 1\ny = «np.f(x)»", "import tensorflow\n\ntf = 1\ny = tensorflow.square(x)"),
        ("tf = tensorflow = 1\ny = «np.f(x)»", None),
        ("def f():\n    import tensorflow as tf\n    return «np.f(x)»",
         "def f():\n    import tensorflow as tf\n    return tf.square(x)"),
    ],
)  # fmt: skip
def test_names_are_said_as_the_file_says_them(code: str, after: str | None) -> None:
    if "__future__" in code:
        code, after = code.replace(" a\n", " annotations\n"), (after or "").replace(" a\n", " annotations\n")
    assert fixed("replace_callee", code, "tensorflow.square") == after


def test_qualified_names_within_a_text() -> None:
    code = "from tensorflow import math\nimport numpy\ny = «a» * 2"
    after = (
        "from tensorflow import math\nimport numpy\nimport tensorflow as tf\ny = math.log(tf.abs('tensorflow.abs')) * 2"
    )
    assert fixed("replace", code, "tensorflow.math.log(tensorflow.abs('tensorflow.abs'))") == after


def test_ensure_import() -> None:
    source = Source.from_text("import os\nimport numpy as np", "a.py")
    assert fix.ensure_import(source, "import numpy as np") is None
    edit = fix.ensure_import(source, "from tensorflow import math")
    assert edit
    assert fix.apply(source, [edit]) == "import os\nimport numpy as np\nfrom tensorflow import math"


def test_byte_order_mark_and_lone_carriage_returns_stay() -> None:
    source = Source.from_text("\ufeffx = a.numpy()\ry = 1\r", "a.py")
    call = next(node for node in ast.walk(source.tree) if isinstance(node, ast.Call))
    text = fix.apply(source, fix.drop_method_call(source, source.span(call)))
    assert source.encode(text) == b"\xef\xbb\xbfx = a\ry = 1\r"


def moved_to_the_end(text: str) -> str | None:
    """After the second top-level statement has been moved into the first, a `with`."""
    source = Source.from_text(text, "a.py")
    block, statement = (source.span(node) for node in source.tree.body[:2])
    edits = fix.move_statement_to_end_of_block(source, statement, block)
    return fix.apply(source, edits) if edits else None


def test_move_statement_to_end_of_block() -> None:
    assert moved_to_the_end("with t:\n\ty = 1\nz = 2\nw = 3\n") == "with t:\n\ty = 1\n\tz = 2\nw = 3\n"
    assert moved_to_the_end("with t:\r\n  y = 1\r\n\r\nz = 2\r\n") == "with t:\r\n  y = 1\r\n  z = 2\r\n\r\n"
    assert moved_to_the_end("with t:\n    y = 1\n# why\nz = f(\n    2,\n)\n") == (
        "with t:\n    y = 1\n    # why\n    z = f(\n        2,\n    )\n"
    )
    assert moved_to_the_end("with t: y = 1\nz = 2\n") is None
    assert moved_to_the_end("with t:\n    y = 1\nz = '''a\nb'''\n") is None
    assert moved_to_the_end("with t:\n    y = 1\nz = 2; w = 3\n") is None
