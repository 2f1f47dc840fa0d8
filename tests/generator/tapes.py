"""The tape around the path: how it is opened, what it watches, and how gradients are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from .operations import combine, fill
from .registry import chain, mixed
from .sources import Source
from .writer import Writer

TAPE_NAMES = ("tape", "tape", "t1", "grad_tape", "g", "outer")


@dataclass(frozen=True)
class Tape:
    """An opened tape: its name, and whether it can be asked more than once."""

    name: str
    persistent: bool = False


def path(g: Writer, sources: list[Source], length: int = 3) -> str:
    """A path from most of the sources to one vector."""
    used = [s for s in sources if not g.chance(0.06)] or sources[:1]
    g.live = [n for n in g.live if n not in {s.use for s in sources}]
    ends = [chain(g, s.use, g.random.randint(1, length)) for s in used]
    while len(ends) > 1:
        a, b = g.named(ends.pop()), ends.pop()
        ends.append(g.bind(combine(g, a, b)))
    return mixed(g, ends[0]) if g.chance(0.3) else ends[0]


SCALARS = (
    "tf.reduce_sum({x})",
    "tf.reduce_mean({x})",
    "tf.reduce_sum({x} * {x})",
    "tf.reduce_mean(tf.square({x} - {v}))",
    "tf.norm({x} + 3.0)",
    "tf.reduce_max({x})",
    "tf.reduce_logsumexp({x})",
    "{x}[0]",
    "sum(tf.unstack({x}))",
    "tf.nn.l2_loss({x})",
    "tf.add_n([tf.reduce_sum({x}), 1.0])",
    "tf.tensordot({x}, {x}, 1)",
    "tf.math.reduce_std({x} + tf.constant([0.0, 1.0, 3.0]))",
)
ODD = (
    "tf.reduce_sum({x}).numpy()",
    "float(tf.reduce_sum({x}))",
    "np.mean({x})",
    "0.0",
    "None",
    "tf.cast(tf.reduce_sum({x}), tf.int32)",
    "tf.reduce_sum({x}) > 0.0",
    "tf.argmax({x})",
    "tf.argsort({x})",
    "tf.histogram_fixed_width({x}, [-1.0, 1.0])",
    "[]",
)
"""What is no target, or none that a gradient reaches."""

LOSSES = (
    "keras.losses.MeanSquaredError()(tf.constant([{wanted}]), {x}[None, :])",
    "keras.losses.Huber()(tf.zeros([1, 3]), tf.expand_dims({x}, 0))",
    "keras.losses.CategoricalCrossentropy(from_logits=True)(tf.constant([[0.0, 1.0, 0.0]]), {x}[None, :])",
    "tf.nn.softmax_cross_entropy_with_logits([0.0, 1.0, 0.0], {x})",
    "keras.losses.SparseCategoricalCrossentropy(from_logits=True)(tf.constant([1]), {x}[None, :])",
)


def target(g: Writer, x: str) -> str:
    """The vector reduced to what is differentiated."""
    name = g.named(x)
    kind = g.weighted([(80, "scalar"), (8, "vector"), (5, "list"), (8, "odd"), (4, "loss")])
    if kind == "vector":
        return g.bind(name, "loss", "total")
    if kind == "list":
        g.tag("target-list")
        several = [f"[tf.reduce_sum({name}), {name}]", f"({name}, tf.reduce_sum({name}))", f'{{"a": {name}}}']
        return g.bind(g.pick(several), "losses", "targets")
    if kind == "odd" and g.cuts_left:
        g.cuts_left -= 1
        g.tag("target-odd")
        return g.bind(g.pick(ODD).replace("{x}", name), "loss", "total")
    if kind == "loss":
        g.tag("target-keras-loss")
        wanted = g.vec()
        return g.bind(g.pick(LOSSES).format(wanted=wanted, x=name), "loss")
    return g.bind(fill(g, g.pick(SCALARS), x=name), "loss", "total", "objective")


@contextmanager
def opened(g: Writer, sources: list[Source], persistent: bool = False, careful: bool = False) -> Iterator[Tape]:
    """A `with` block of a new tape, its sources watched (now and then too late, or not at all).

    careful: no break at the tape itself.
    """
    name = g.new(*TAPE_NAMES)
    persistent = persistent or g.chance(0.15)
    manual = g.chance(0.06)
    arguments = ["persistent=True"] if persistent and g.chance(0.8) else ["True"] if persistent else []
    if manual:
        g.tag("watch-accessed-false")
        arguments.append("watch_accessed_variables=False")
    header = opening(g, name, ", ".join(arguments), careful)
    broken = not careful and g.cuts_left > 0 and g.chance(0.28)
    watched = [s.watched for s in sources if s.watched]
    if manual:
        watched += [s.expr for s in sources if not s.watched and g.chance(0.8) and s.expr.isidentifier()]
    late: list[str] = []
    if broken:
        g.cuts_left -= 1
        kind = g.pick(["late", "never", "copy", "before", "use-before"])
        g.tag(f"break-watch-{kind}")
        if kind == "late":
            watched, late = [], watched
        elif kind == "never":
            watched = watched[1:]
        elif kind == "copy":
            watched = [f"tf.identity({w})" for w in watched]
        elif kind == "use-before" and sources:
            moved = g.bind(chain(g, sources[0].use, 1))
            g.live.append(moved)
            sources[0] = replace(sources[0], use=moved)
    g.tag(*(["persistent"] if persistent else []))
    with g.block(header):
        saved, g.tape = g.tape, name
        watch(g, name, watched)
        yield Tape(name, persistent)
        watch(g, name, late)
        g.tape = saved


def opening(g: Writer, name: str, arguments: str, careful: bool) -> str:
    """The header of the with statement; lines before it where it needs some."""
    roll = g.random.random()
    if roll < 0.78 or g.mode != "eager":
        return f"with tf.GradientTape({arguments}) as {name}:"
    if roll < 0.84:
        g.emit(f"{name} = tf.GradientTape({arguments})")
        g.tag("tape-made-before")
        return f"with {name}:"
    if roll < 0.88:
        return f'with tf.GradientTape({arguments}) as {name}, tf.name_scope("loss"):'
    if roll < 0.91:
        g.modules[g.module].imports.append("from tensorflow import GradientTape")
        g.modules[g.module].imports = list(dict.fromkeys(g.modules[g.module].imports))
        return f"with GradientTape({arguments}) as {name}:"
    if roll < 0.94:
        maker = g.function("", lambda: f"tf.GradientTape({arguments})", name=g.new("make_tape"))
        g.tag("tape-returned")
        return f"with {maker}() as {name}:"
    if roll < 0.98 and not careful and g.cuts_left:
        g.cuts_left -= 1
        g.tag("tape-not-called")
        return f"with tf.GradientTape as {name}:"
    return f"with tf.GradientTape({arguments}) as {name}:"


def watch(g: Writer, tape: str, watched: list[str]) -> None:
    if not watched:
        return
    g.tag("watch")
    roll = g.random.random()
    if roll < 0.6:
        g.emit(*[f"{tape}.watch({w})" for w in watched])
    elif roll < 0.9 or g.mode != "eager":
        g.emit(f"{tape}.watch([{', '.join(watched)}])")
    else:
        item = g.new("item", "each")
        g.emit(f"for {item} in [{', '.join(watched)}]:", f"    {tape}.watch({item})")


def ask(g: Writer, tape: Tape, loss: str, sources: list[Source], show: bool = True) -> str:
    """A gradient call after the tape; the name that the gradients go by."""
    exprs = [s.expr for s in sources]
    options = ""
    if g.chance(0.05):
        options = g.pick(
            [
                ", unconnected_gradients=tf.UnconnectedGradients.ZERO",
                ", unconnected_gradients='zero'",
                ", unconnected_gradients=tf.UnconnectedGradients.NONE",
            ]
        )
        g.tag("unconnected")
    listed = ", ".join(exprs)
    form = g.weighted(
        [
            (50, f"[{listed}]"),
            (8, f"({listed},)"),
            (8, "{" + ", ".join(f'"{chr(122 - i)}": {e}' for i, e in enumerate(exprs)) + "}"),
            (5, f"[{exprs[0]}, [{', '.join(exprs[1:])}]]"),
            (12, exprs[0]),
            (4, f"[*[{listed}]]"),
            (3, f"[v for v in [{listed}]]"),
            (3, f"list(({listed},))"),
            (3, f"[{exprs[-1]}] + [{listed}]"),
            (3, f"dict(a={exprs[0]}, b={exprs[-1]})"),
        ]
    )
    if g.chance(0.2):
        form = g.bind(form, "sources", "variables", "wrt")
    grads = g.new("grads", "grads", "dydx", "gradients")
    g.tag("ask")
    if g.chance(0.04):
        line = f"{tape.name}.gradient(target={loss}, sources={form}{options})"
    elif g.chance(0.03) and g.mode == "eager":
        line = f"{tape.name}.gradient({loss}, {form}, output_gradients=None{options})"
    else:
        line = f"{tape.name}.gradient({loss}, {form}{options})"
    if g.chance(0.04) and g.mode == "eager":
        g.tag("ask-by-name")
        line = line.replace(
            f"{tape.name}.gradient(", f"{g.bind(tape.name + '.gradient', 'gradient_of', 'differentiate')}("
        )
    if g.mode == "eager" and g.chance(0.05):
        g.tag("ask-in-try")
        g.emit(
            "try:",
            f"    {grads} = {line}",
            g.pick(
                ["except (AttributeError, TypeError) as error:", "except Exception as error:", "except ValueError:"]
            ),
            f"    {grads} = None",
        )
    else:
        g.emit(f"{grads} = {line}")
    if show and g.mode == "eager":
        g.emit(f"print({g.pick([grads, f'[item is None for item in tf.nest.flatten({grads})]'])})")
    return grads


def afterwards(g: Writer, tape: Tape, loss: str, sources: list[Source]) -> None:
    """What else may be done with a tape that was asked once."""
    if tape.persistent:
        if g.chance(0.7):
            ask(g, tape, loss, sources[::-1])
        if g.chance(0.3):
            g.emit(f"del {tape.name}")
        return
    if g.cuts_left and g.chance(0.3):
        g.cuts_left -= 1
        g.tag("spent-tape")
        ask(g, tape, loss, sources[:1])


def jacobian(g: Writer, tape: Tape, loss: str, x: str, sources: list[Source]) -> None:
    """A jacobian in place of a gradient."""
    g.tag("jacobian")
    name = g.new("jac", "hess")
    exprs = [s.expr for s in sources]
    extra = ", experimental_use_pfor=False" if g.chance(0.3 if tape.persistent else 0.08) else ""
    subject = g.pick([x, x, loss])
    g.emit(
        f"{name} = {tape.name}.jacobian({subject}, {g.pick([exprs[0], '[' + ', '.join(exprs) + ']'])}{extra})",
        f"print({name})",
    )


def section(
    g: Writer, sources: list[Source], write: Callable[[], str] | None = None, show: bool = True, careful: bool = False
) -> str:
    """A tape, a path under it, and the question; the name of the gradients."""
    with opened(g, sources, careful=careful) as tape:
        x = g.named(write() if write else path(g, sources))
        inside = g.chance(0.85) or g.mode != "eager"
        loss = target(g, x) if inside else x
        if g.chance(0.06):
            g.tag("asked-inside")
            return ask(g, tape, loss, sources, show)
    if not inside:
        g.tag("target-after-tape")
        loss = target(g, x) if g.cuts_left and g.chance(0.4) else x
    if g.mode == "eager" and g.chance(0.09):
        jacobian(g, tape, loss, x, sources)
        return "None"
    grads = ask(g, tape, loss, sources, show)
    if g.mode == "eager":
        afterwards(g, tape, loss, sources)
    return grads
