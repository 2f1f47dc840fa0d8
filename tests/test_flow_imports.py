"""Values through files: every form of import leads to the same function."""

from __future__ import annotations

from pathlib import Path

import pytest

from tapelint.facts import Facts
from tapelint.flow import stirring
from tapelint.program import analyse
from tapelint.project import Project
from tapelint.source import Source

HELPERS = """\
import tensorflow as tf
SCALE = 2.0
def keep(x):
    return x * SCALE
def cut(x):
    return tf.stop_gradient(x)
class Mixer:
    factor = 3.0
    def mix(self, x):
        return keep(x) * self.factor
"""
MAIN = """\
import tensorflow as tf
{imports}
v = tf.Variable([1.0, 2.0])
with tf.GradientTape() as tape:
    y = {call}
print(tape.gradient(y, v))
"""
FORMS = [
    ("import helpers", "helpers.keep(v)", "flows"),
    (
        "import helpers\nfrom helpers import SCALE\nvars(helpers)['SCALE'] = 0",
        "v if SCALE else tf.stop_gradient(v)",
        "flows",
    ),
    (
        "import helpers\nfrom helpers import SCALE\nvars(helpers)['SCALE'] = 0",
        "v if helpers.SCALE else tf.stop_gradient(v)",
        "none",
    ),
    ("import helpers\nsetattr(helpers, input(), 0)", "v if helpers.SCALE else tf.stop_gradient(v)", "sometimes none"),
    (
        "import helpers\nvars(helpers).update(eval(input()))",
        "v if helpers.SCALE else tf.stop_gradient(v)",
        "sometimes none",
    ),
    ("import helpers as h", "h.cut(v)", "none"),
    ("from helpers import keep, cut as gone", "gone(keep(v))", "none"),
    ("from helpers import *", "keep(v)", "flows"),
    ("from package import keep", "keep(v)", "flows"),
    ("from package import inner", "inner.cut(v)", "none"),
    ("import package.inner", "package.inner.keep(v)", "flows"),
    ("import package.inner as deep", "deep.keep(v)", "flows"),
    ("from package.inner import Mixer", "Mixer().mix(v)", "flows"),
    ("from package.renamed import away", "away(v)", "none"),
    ("from circle.one import first", "first(v)", "flows"),
    ("from library import shared", "shared(v)", "none"),
    ("def later(x):\n    from helpers import cut\n    return cut(x)", "later(v)", "none"),
    ("try:\n    import helpers\nexcept ImportError:\n    helpers = None", "helpers.keep(v)", "flows"),
    ("import importlib\nhelpers = importlib.import_module('helpers')", "helpers.cut(v)", "none"),
    ("from half.one import use", "use(v)", "none"),
    ("import half.one\nimport half.two", "half.two.use(v)", "none"),
    ("import half.one, half.two", "half.two.known(v)", "sometimes none"),
    ("import quiet_user\nfrom registry import KNOWN", "KNOWN['round'](v)", "none"),
    ("import missing", "missing.keep(v)", "flows"),  # on trust: it comes from outside
    ("from round.one import nobody", "nobody(v)", "unknown"),
    ("from whole import parts", "parts.shared(v)", "none"),
    ("from starred import *", "cut(v)", "none"),
    ("from starred import *", "Mixer().mix(v)", "flows"),
    ("from fallback import cut", "cut(v)", "unknown"),
    ("from fallback import *", "cut(v)", "unknown"),
    ("import settings\nsettings.STOP = True\nimport gate", "gate.through(v)", "none"),
    ("import gate\nimport settings\nsettings.STOP = True", "gate.through(v)", "flows"),
    ("import gate\nimport settings\nsettings.STOP = True", "gate.asked(v)", "none"),
    ("import gate, importlib, settings\nsettings.STOP = True\nimportlib.reload(gate)", "gate.through(v)", "none"),
    ("import gate, sys\nsys.modules['settings'].STOP = True", "gate.asked(v)", "none"),
    ("from settings import STOP\nimport settings\nsettings.STOP = True", "tf.round(v) if STOP else v", "flows"),
    ("import plugin\nfrom registry import KNOWN", "KNOWN['cut'](v)", "none"),
    ("__import__('plugin')\nfrom registry import KNOWN", "KNOWN['cut'](v)", "none"),
    ("import stirring.quiet\nfrom registry import KNOWN", "KNOWN['round'](v)", "none"),
    ("import subclassing.quiet\nfrom subclassing.base import Base", "Base.known[0]().run(v)", "none"),
    ("from listed import *", "_own(v)", "none"),
    ("import lazy", "lazy.made(v)", "none"),
    ("import helpers\nvars(helpers)['keep'] = helpers.cut", "helpers.keep(v)", "none"),
    ("import helpers\nhelpers.__dict__.update(keep=helpers.cut)", "helpers.keep(v)", "none"),
    ("import package.inner\nfrom package import inner", "inner.cut(v)", "none"),
    ("import patched", "tf.square(v)", "unknown"),
    ("try:\n    import broken\n    f = tf.square\nexcept RuntimeError:\n    f = tf.round", "f(v)", "sometimes none"),
    ("import choice\nchoice.choose()", "choice.keep(v)", "flows"),
    ("from package.inner import Mixer\nimport choice", "choice.hidden(v)", "unknown"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with modules, a package, a circle of imports and a `src` folder."""
    files = {
        "pyproject.toml": "",
        "helpers.py": HELPERS,
        "package/__init__.py": "from .inner import keep\n",
        "package/inner.py": HELPERS,
        "package/renamed.py": "from . import inner as other\naway = other.cut\n",
        "starred/__init__.py": "from .names import *\n",
        "starred/names.py": "from .inner import *\n",
        "starred/inner.py": HELPERS,
        "fallback.py": "try:\n    from elsewhere import *\nexcept ImportError:\n    from helpers import *\n",
        "circle/one.py": (
            "from circle import two\ndef first(x):\n    return two.second(x)\ndef third(x):\n    return x * 2.0\n"
        ),
        "circle/two.py": "from circle import one\ndef second(x):\n    return one.third(x)\n",
        "round/one.py": "from round.two import nobody\n",
        "round/two.py": "from round.one import nobody\n",
        "half/__init__.py": "",
        "half/one.py": (
            "from helpers import cut, keep\nchosen = cut\nfrom half.two import use\nchosen = keep\nLATE = True\n"
        ),
        "half/two.py": (
            "import tensorflow as tf\nfrom half import one\nfrom half.one import chosen\n"
            "LATE = getattr(one, 'LATE', False)\n"
            "def use(x):\n    return chosen(x)\n"
            "def known(x):\n    return tf.identity(x) if not LATE else tf.stop_gradient(x)\n"
        ),
        "quiet_user.py": "from stirring.quiet import *\n",
        "whole/__init__.py": "from whole import parts\n",
        "whole/parts.py": "import tensorflow as tf\ndef shared(x):\n    return tf.floor(x)\n",
        "choice.py": (
            "import sys\nimport tensorflow as tf\nkeep = hidden = tf.stop_gradient\ndef choose():\n"
            "    setattr(sys.modules[__name__], 'keep', tf.identity)\n"
            "    setattr(sys.modules[__name__], 'hidden', tf.identity)\n"
        ),
        "settings.py": "STOP = False\n",
        "gate.py": (
            "import tensorflow as tf\nimport settings\nSTOP = settings.STOP\n"
            "def through(x):\n    return tf.stop_gradient(x) if STOP else x * 1.0\n"
            "def asked(x):\n    return tf.stop_gradient(x) if settings.STOP else x * 1.0\n"
        ),
        "registry.py": "KNOWN = {}\ndef register(f):\n    KNOWN[f.__name__] = f\n    return f\n",
        "plugin.py": (
            "import tensorflow as tf\nimport registry\n"
            "@registry.register\ndef cut(x):\n    return tf.stop_gradient(x)\n"
        ),
        "stirring/__init__.py": "from .names import something\n",
        "stirring/names.py": "from . import deep\nsomething = 1\n",
        "stirring/deep.py": (
            "import tensorflow as tf\nfrom registry import KNOWN\nif True:\n    KNOWN['round'] = tf.round\n"
        ),
        "stirring/quiet.py": "",
        "subclassing/__init__.py": "from . import own\n",
        "subclassing/base.py": (
            "class Base:\n    known = []\n    def __init_subclass__(cls):\n        Base.known.append(cls)\n"
        ),
        "subclassing/own.py": (
            "import tensorflow as tf\nfrom .base import Base\n"
            "class Own(Base):\n    def run(self, x):\n        return tf.round(x)\n"
        ),
        "subclassing/quiet.py": "",
        "listed.py": "import tensorflow as tf\n__all__ = ['_own']\n_own = tf.stop_gradient\n",
        "lazy/__init__.py": (
            "import importlib\ndef __getattr__(name):\n"
            "    return getattr(importlib.import_module('.inner', __name__), name)\n"
        ),
        "lazy/inner.py": "import tensorflow as tf\nmade = tf.stop_gradient\n",
        "patched.py": "import tensorflow as tf\ntf.square = tf.stop_gradient\n",
        "broken.py": "raise RuntimeError('broken')\n",
        "src/library/__init__.py": "from ._parts import shared\n",
        "src/library/_parts.py": "import tensorflow as tf\ndef shared(x):\n    return tf.floor(x)\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


TAPE = """
class GradientTape:
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def gradient(self, target, source): return None
def Variable(value): return value
def double(value): return value.storage
"""


@pytest.mark.parametrize(
    ("imports", "name"),
    [
        ("import ours.tape as tape", "tape"),
        ("import ours.tape", "ours.tape"),
        ("from ours import tape", "tape"),
        ("from ours.sub.tapes import tape", "tape"),
    ],
)
def test_a_tape_library_of_the_project_itself(imports: str, name: str, tmp_path: Path) -> None:
    (tmp_path / "ours/sub").mkdir(parents=True)
    for path, text in {"__init__.py": "", "tape.py": TAPE, "sub/__init__.py": ""}.items():
        (tmp_path / "ours" / path).write_text(text)
    (tmp_path / "ours/sub/tapes.py").write_text("from .. import tape\n")
    path = tmp_path / "main.py"
    path.write_text(
        f"{imports}\nx = {name}.Variable(2.0)\nwith {name}.GradientTape() as g:\n    y = {name}.double(x) * 3\n"
        "    z = round(float(x))\ng.gradient(y, x)\ng.gradient(z, x)\n"
    )

    def verdicts(*tape_modules: str) -> list[str]:
        facts = Facts.load(tape_modules=tape_modules)
        found = analyse(Source.read(path), Project(tmp_path), facts).gradients
        return [source.verdict for gradient in found for source in gradient.sources]

    assert verdicts() == ["unknown", "unknown"]
    assert verdicts("ours.tape") == ["flows", "none"]


@pytest.mark.parametrize(("imports", "call", "verdict"), FORMS, ids=[f"{i.splitlines()[0]} {c}" for i, c, _ in FORMS])
def test_forms_of_import(imports: str, call: str, verdict: str, folder: Path) -> None:
    path = folder / "main.py"
    path.write_text(MAIN.format(imports=imports, call=call))
    (gradient,) = analyse(Source.read(path), Project(folder), Facts.load()).gradients
    assert [source.verdict for source in gradient.sources] == [verdict]


REGISTRY = """\
KNOWN = {}
FLAGS = {"stop": False}
DEFAULT = None
class Base:
    stop = False
def register(f):
    KNOWN[f.__name__] = f
    return f
def set_default(f):
    global DEFAULT
    DEFAULT = f
"""
LARGE = [
    ("@registry.register\ndef cut{0}(x):\n    return tf.stop_gradient(x)\n", "registry.KNOWN['cut3'](v)", "unknown"),
    ("registry.FLAGS['stop'] = True\n", "tf.floor(v) if registry.FLAGS['stop'] else v", "sometimes none"),
    ("registry.Base.stop = True\n", "tf.floor(v) if registry.Base().stop else v", "sometimes none"),
    ("registry.set_default(tf.stop_gradient)\n", "registry.DEFAULT(v) if registry.DEFAULT else v", "unknown"),
    ("registry.DEFAULT = tf.stop_gradient\n", "registry.DEFAULT(v) if registry.DEFAULT else v", "unknown"),
    ("tf.square = tf.floor\n", "tf.square(v)", "unknown"),
    ("SIZE = {0}\n", "tf.floor(v) if registry.FLAGS['stop'] else v", "flows"),
]


@pytest.mark.parametrize(("body", "call", "verdict"), LARGE, ids=[body.splitlines()[0] for body, _, _ in LARGE])
def test_a_package_too_large_to_be_run(body: str, call: str, verdict: str, tmp_path: Path) -> None:
    """What its modules do to each other is in doubt, where they do anything."""
    (tmp_path / "large").mkdir()
    many = range(2 * stirring.MOST_FILES)
    (tmp_path / "large/__init__.py").write_text("".join(f"from . import m{i}\n" for i in many))
    (tmp_path / "large/registry.py").write_text(REGISTRY)
    for index in many:
        text = "import tensorflow as tf\nfrom large import registry\n" + body.format(index)
        (tmp_path / f"large/m{index}.py").write_text(text)
    path = tmp_path / "main.py"
    path.write_text(MAIN.format(imports="import large\nfrom large import registry", call=call))
    (gradient,) = analyse(Source.read(path), Project(tmp_path), Facts.load()).gradients
    assert [source.verdict for source in gradient.sources] == [verdict]


COMMAND = """\
import click
import tensorflow as tf
v = tf.Variable(1.0)
{decorated}
with tf.GradientTape() as tape:
    y = {call}
tape.gradient(y, v)
"""
COMMANDS = [
    ('@click.command()\n@click.option("--rate")\ndef f(rate):\n    return v * rate', "f()", "flows"),
    ('@click.option("--rate")\ndef f(rate=None):\n    return v * rate', "f()", "flows"),
    ("@click.x\ndef f(stop=True):\n    return tf.stop_gradient(v) if stop else v", "f()", "sometimes none"),
    ("@click.x\ndef f(stop=True):\n    return tf.stop_gradient(v) if stop else v", "f(True)", "none"),
    (
        "@click.x\nclass F:\n    def __init__(self, stop=True):\n        self.stop = stop\n"
        "    def f(self):\n        return tf.stop_gradient(v) if self.stop else v",
        "F().f()",
        "sometimes none",
    ),
    ("class F(click.X):\n    stop = True\nf = F()", "tf.stop_gradient(v) if f.stop else v", "sometimes none"),
    ("class F(click.X):\n    stop: bool = True\nf = F(stop=False)", "tf.stop_gradient(v) if f.stop else v", "flows"),
    (
        "class F(click.X):\n    stop: bool = True\nf = F(**click.y())",
        "tf.stop_gradient(v) if f.stop else v",
        "sometimes none",
    ),
    ("", "tf.stop_gradient(v) if click.x else v", "sometimes none"),
    ("", "tf.stop_gradient(v) if click.x is None else v", "sometimes none"),
    ("", "tf.stop_gradient(v) if callable(click.x) else v", "sometimes none"),
    ("", "tf.stop_gradient(v) if isinstance(click.x, str) else v", "sometimes none"),
    ("", "tf.stop_gradient(v) if click else v", "none"),
    ("import abc\n@abc.x\ndef f(stop=True):\n    return tf.stop_gradient(v) if stop else v", "f()", "none"),
]


@pytest.mark.parametrize(("decorated", "call", "verdict"), COMMANDS, ids=[f"{d} {c}" for d, c, _ in COMMANDS])
def test_what_a_library_that_cannot_be_seen_may_give(decorated: str, call: str, verdict: str, tmp_path: Path) -> None:
    path = tmp_path / "main.py"
    path.write_text(COMMAND.format(decorated=decorated, call=call))
    (gradient,) = analyse(Source.read(path), Project(tmp_path), Facts.load()).gradients
    assert [source.verdict for source in gradient.sources] == [verdict]
