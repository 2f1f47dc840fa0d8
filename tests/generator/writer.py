"""The state of a program that is being written: lines, names, modules, and two streams of random choices.

The *structure* stream decides what the program looks like, the *data* stream which numbers stand in it. Variants of
a program share the first and differ in the second, so they agree line by line: where a branch depends on data, the
variants take different ways and their outcomes can be joined.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

T = TypeVar("T")

VECTOR = 3
"""Every tensor that is handed from step to step has the shape [VECTOR]."""

WORDS = [
    "h",
    "z",
    "out",
    "value",
    "score",
    "feat",
    "mixed",
    "hidden",
    "signal",
    "part",
    "state",
    "energy",
    "rate",
    "level",
    "inner",
    "moved",
    "probe",
    "latent",
    "acc",
    "res",
    "total_in",
    "cell",
    "gain_in",
    "u",
    "q",
    "r",
]
IMPORTS = {
    "np": "import numpy as np",
    "tf": "import tensorflow as tf",
    "keras": "import keras",
    "math": "import math",
    "functools": "import functools",
    "contextlib": "import contextlib",
    "dataclasses": "import dataclasses",
    "copy": "import copy",
    "collections": "import collections",
    "operator": "import operator",
    **{name: f"import {name}" for name in ("argparse", "configparser", "csv", "h5py", "io", "json", "os", "pickle")},
    **{name: f"import {name}" for name in ("random", "yaml")},
}


DRIVEN = "work"
"""The file that a script calls."""

_NOT_IN_A_FUNCTION = re.compile(
    r"\b(?:global|globals|locals|vars|await|yield|__main__|from main|import main)\b|\"\"\"|import \*"
)


@dataclass(frozen=True)
class Program:
    """One program: its files by relative path, and what it was made from.

    seed and variant: what `make` was called with. tags: constructs that occur in it.
    varied: a branch depends on data, so other variants may go another way.
    """

    seed: int
    variant: int
    files: dict[str, str]
    tags: frozenset[str]
    varied: bool


@dataclass
class Module:
    """One file in the making: explicit import lines, what runs first, and definitions."""

    imports: list[str] = field(default_factory=list)
    first: list[str] = field(default_factory=list)
    definitions: list[str] = field(default_factory=list)
    exports: list[str] = field(default_factory=list)


class Writer:
    """Writes one program. `lines` is the text of the function (or main body) at hand, `live` its vector names."""

    def __init__(self, seed: int, variant: int = 0) -> None:
        self.seed, self.variant = seed, variant
        self.random = Random(seed)
        self.data = Random(f"{seed}/{variant}")
        self.tags: set[str] = set()
        self.varied = False
        self.used: set[str] = {"x", "y", "t", "v"}
        self.modules: dict[str, Module] = {"main": Module()}
        self.module = "main"
        self.styles: dict[tuple[str, str], str] = {}
        self.lines: list[str] = []
        self.indent = 0
        self.live: list[str] = []
        self.shared: list[str] = []
        self.tape: str | None = None
        self.mode = "eager"
        self.depth = 0
        self.loops = 0
        self.building = False
        self.cuts_left = self.random.choices([0, 1, 2], [36, 44, 20])[0]

    # choices

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def pick(self, options: Sequence[T]) -> T:
        return self.random.choice(options)

    def weighted(self, options: Sequence[tuple[float, T]]) -> T:
        return self.random.choices([o for _, o in options], [w for w, _ in options])[0]

    def tag(self, *names: str) -> None:
        self.tags.update(names)

    # numbers

    def num(self) -> str:
        """A number of the data stream, as text: never zero, of either sign."""
        return repr(round(self.data.choice([-1, 1]) * self.data.uniform(0.2, 1.9), 2))

    def positive(self) -> str:
        return repr(round(self.data.uniform(0.2, 1.9), 2))

    def vec(self, length: int = VECTOR) -> str:
        return "[" + ", ".join(self.num() for _ in range(length)) + "]"

    def matrix(self, rows: int = VECTOR, columns: int = VECTOR) -> str:
        return "[" + ", ".join(self.vec(columns) for _ in range(rows)) + "]"

    def threshold(self, x: str) -> str:
        """A condition on the values of x: which way it goes depends on the data."""
        if self.mode == "eager":
            self.varied = True
        self.tag("branch-on-tensor")
        reduce = self.pick(["tf.reduce_sum({})", "tf.reduce_mean({})", "{}[0]", "tf.reduce_max({})"]).format(x)
        return f"{reduce} {self.pick(['>', '<', '>=', '<='])} {round(self.data.uniform(-1.0, 1.0), 2)!r}"

    # names and lines

    def new(self, *words: str) -> str:
        """A name that nothing in the program has yet."""
        word = self.pick(words or WORDS)
        name, number = word, 2
        while name in self.used:
            name, number = f"{word}{number}", number + 1
        self.used.add(name)
        return name

    def emit(self, *lines: str) -> None:
        for line in "\n".join(lines).split("\n"):
            self.lines.append("    " * self.indent + line if line else "")

    def bind(self, expression: str, *words: str) -> str:
        """Write `name = expression`; the name."""
        name = self.new(*words)
        self.emit(f"{name} = {expression}")
        return name

    def named(self, expression: str) -> str:
        return expression if expression.isidentifier() else self.bind(expression)

    @contextmanager
    def block(self, header: str) -> Iterator[None]:
        """Lines written inside stand indented under the header."""
        self.emit(header)
        self.indent += 1
        mark, live = len(self.lines), list(self.live)
        yield
        if len(self.lines) == mark:
            self.emit("pass")
        self.indent -= 1
        self.live = live

    @contextmanager
    def nested(self) -> Iterator[None]:
        self.depth += 1
        yield
        self.depth -= 1

    # functions and modules

    @contextmanager
    def aside(
        self, module: str | None = None, indent: int = 1, mode: str | None = None, building: bool = False
    ) -> Iterator[list[str]]:
        """Write elsewhere for a while: the lines are given, nothing of the place at hand is visible.

        building: what is written may be run by Keras in a graph, to build a layer.
        """
        saved = (self.lines, self.indent, self.live, self.module, self.mode, self.tape, self.loops, self.building)
        self.lines, self.indent, self.live, self.tape, self.loops = [], indent, [], None, 0
        self.module, self.mode = module or self.module, mode or self.mode
        self.building = self.building or building
        self.depth += 1
        yield self.lines
        self.depth -= 1
        self.lines, self.indent, self.live, self.module, self.mode, self.tape, self.loops, self.building = saved

    def function(
        self,
        parameters: str,
        body: Callable[[], str | None],
        *,
        name: str | None = None,
        decorators: Sequence[str] = (),
        module: str | None = None,
        mode: str | None = None,
    ) -> str:
        """Define a function at the top of a module; how it is called from the place at hand.

        body writes the statements and gives the returned expression (None: it wrote its own return).
        """
        name = name or self.new("make", "apply", "compute", "transform", "block", "head", "mix", "shape_of", "refine")
        home = module or self.place()
        with self.aside(home, mode=mode) as lines:
            result = body()
            if result is not None:
                self.emit(f"return {result}")
        text = "\n".join([*decorators, f"def {name}({parameters}):", *lines])
        self.modules[home].definitions.append(text)
        return self.reference(name, home)

    def define(self, text: str, name: str, module: str | None = None) -> str:
        """Put the text of a definition into a module; how its name is written from the place at hand."""
        home = module or self.module
        self.modules[home].definitions.append(text)
        return self.reference(name, home)

    def place(self) -> str:
        """A module for a new function: this one, or one further down (so that imports have no circle)."""
        if not self.chance(0.25):
            return self.module
        order = ["main", "helpers", "lib.blocks", "lib.parts", "util_ops"]
        later = order[order.index(self.module) + 1 :] if self.module in order else []
        if not later:
            return self.module
        home = self.pick(later)
        self.modules.setdefault(home, Module())
        return home

    def reference(self, name: str, home: str) -> str:
        """How a name of another module is written here; writes the import when it is the first time."""
        if home == self.module:
            return name
        here = self.modules[self.module]
        style = self.styles.setdefault((self.module, home), self.import_style(home))
        self.tag("module", f"import-{style}")
        last = home.rpartition(".")[2]
        if style == "module":
            line, written = f"import {home}", f"{home}.{name}"
        elif style == "alias":
            line, written = f"import {home} as {last}_m", f"{last}_m.{name}"
        elif style == "from-package":
            line, written = f"from lib import {last}", f"{last}.{name}"
        elif style == "relative":
            line, written = f"from .{last} import {name}", name
        elif style == "reexport":
            line, written = f"from lib import {name}", name
            self.modules[home].exports.append(name)
        elif style == "name-alias":
            line, written = f"from {home} import {name} as {name}_fn", f"{name}_fn"
        else:
            line, written = f"from {home} import {name}", name
        if line not in here.imports:
            here.imports.append(line)
        return written

    def import_style(self, home: str) -> str:
        styles = ["module", "alias", "name", "name", "name-alias"]
        if home.startswith("lib."):
            styles += ["relative"] * 5 if self.module.startswith("lib.") else ["from-package", "reexport"]
        return self.pick(styles)

    # the finished text

    def finish(self) -> Program:
        files = {}
        driven = self.is_driven()
        for name, module in self.modules.items():
            body = self.lines if name == "main" else []
            if driven and name == "main":
                module, body = self.driven(module)
                files |= self.driver()
                name = DRIVEN
            if name in ("main", DRIVEN) or module.definitions or module.first:
                files[name.replace(".", "/") + ".py"] = self.text(module, body)
        if any(name.startswith("lib/") for name in files):
            exports = [(n, e) for n, m in self.modules.items() for e in dict.fromkeys(m.exports)]
            files["lib/__init__.py"] = "".join(f"from .{n.rpartition('.')[2]} import {e}\n" for n, e in exports)
        return Program(self.seed, self.variant, files, frozenset(self.tags), self.varied)

    def is_driven(self) -> bool:
        """Whether the program becomes a function of another file, which a script without a tape calls."""
        own = self.modules["main"]
        text = "\n".join([*own.first, *own.definitions, *self.lines])
        if _NOT_IN_A_FUNCTION.search(text) or Random(f"{self.seed}/driven").random() > 0.1:
            return False
        self.tag("driven by a script")
        return True

    def driven(self, module: Module) -> tuple[Module, list[str]]:
        """The file of the function; what else it defines stands in it where it needs what is made there."""
        made = {word for line in self.lines for word in re.findall(r"\w+", line.partition("=")[0])}
        needed = {word for text in module.definitions for word in re.findall(r"\w+", text)}
        body = "\n".join(self.lines)
        if made & needed:
            body = "\n".join([*module.first, *module.definitions, body])
            module = Module(module.imports)
        return module, ["def run():", textwrap.indent(body, "    ")]

    def driver(self) -> dict[str, str]:
        """The script."""
        choice = Random(f"{self.seed}/driver")
        line, call = choice.choice(
            [(f"import {DRIVEN}", f"{DRIVEN}.run()"), (f"from {DRIVEN} import run as start", "start()")]
        )
        body = choice.choice([[call], ['if __name__ == "__main__":', f"    {call}"]])
        if choice.random() < 0.5:
            body = ["def main():", f"    {call}", "", "", *(each.replace(call, "main()") for each in body)]
        return {"main.py": "\n".join([line, "", "", *body]) + "\n"}

    def text(self, module: Module, body: list[str]) -> str:
        parts = ["\n".join(module.first), *module.definitions, "\n".join(body)]
        rest = "\n\n\n".join(part for part in parts if part)
        needed = [line for word, line in IMPORTS.items() if re.search(rf"(?<![\w.]){word}\.", rest)]
        if not any(line.startswith("import keras") for line in module.imports):
            needed = [self.keras_import() if line == IMPORTS["keras"] else line for line in needed]
        else:
            needed = [line for line in needed if line != IMPORTS["keras"]]
        return "\n".join([*needed, *module.imports]) + "\n\n\n" + rest + "\n"

    def keras_import(self) -> str:
        return "import keras" if self.seed % 3 else "from tensorflow import keras"
