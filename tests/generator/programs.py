"""`make(seed)`: one random program. The same seed gives the same text, on any machine.

Seeds and not a property-testing library draw the programs: thousands of them are run in one TensorFlow process and
read by one tapelint process, and what is made smaller afterwards is the text itself, statement by statement.
"""

from __future__ import annotations

import re

from . import callables, feeds, language, models, structures, wrappers
from .frames import FRAMES
from .writer import Program, Writer

LOADED = (language, callables, wrappers, models, structures, feeds)
"""The modules whose steps and frames are registered by importing them."""


def make(seed: int, variant: int = 0) -> Program:
    """The program of a seed. variant: other numbers in the same structure."""
    g = Writer(seed, variant)
    g.modules["main"].first.append("tf.random.set_seed(1)")
    function = g.weighted(FRAMES)
    g.tag(f"frame-{function.__name__}")
    function(g)
    if g.chance(0.15) and not seen_from_outside(g):
        wrap_main(g)
    return g.finish()


def seen_from_outside(g: Writer) -> bool:
    """Whether a function or class of the file uses a name that the body makes."""
    made = {name.strip() for line in g.lines for name in line.split(" = ")[0].split(",") if " = " in line}
    text = "\n".join([*g.modules["main"].definitions, *g.modules["main"].first])
    return any(name.isidentifier() and re.search(rf"\b{name}\b", text) for name in made)


def wrap_main(g: Writer) -> None:
    """Put the body into a function that is called at the end."""
    g.tag("main-function")
    body = ["    " + line if line else "" for line in g.lines]
    g.lines = ["def main():", *body, "", "", 'if __name__ == "__main__":', "    main()"]
