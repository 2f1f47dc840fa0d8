"""Whole programs without Keras models: scripts, functions, trainers, loops, several tapes, second order."""

# ruff: noqa: E501  (lines of the programs that are written here)

from __future__ import annotations

from collections.abc import Callable

from . import tapes
from .callables import class_text
from .operations import fill, flowing
from .registry import chain
from .sources import Source, extra_vector, make_sources
from .writer import Writer

Frame = Callable[[Writer], None]
FRAMES: list[tuple[float, Frame]] = []


def frame(weight: float) -> Callable[[Frame], Frame]:
    def register(function: Frame) -> Frame:
        FRAMES.append((weight, function))
        return function

    return register


def start(g: Writer, most: int = 3) -> list[Source]:
    sources = make_sources(g, g.random.randint(1, most))
    g.live = [extra_vector(g)]
    return sources


@frame(14)
def script(g: Writer) -> None:
    sources = start(g)
    if g.chance(0.25):
        before = g.bind(chain(g, g.pick(sources).use if g.cuts_left and g.chance(0.5) else g.live[0], 1))
        g.live.append(before)
    tapes.section(g, sources)
    if g.chance(0.15):
        g.tag("two-sections")
        tapes.section(g, sources)


@frame(6)
def in_function(g: Writer) -> None:
    """The tape in a function of its own, the sources its parameters or seen from outside."""
    sources = start(g)
    passed = [s for s in sources if s.expr.isidentifier() and s.use == s.expr]
    names = {s.expr: f"{s.expr}_in" if g.chance(0.5) else s.expr for s in passed}
    inner = [
        Source(names[s.expr], names[s.expr], s.watched and names[s.expr]) if s.expr in names else s for s in sources
    ]

    def write() -> str:
        g.live = [s.use for s in inner]
        return tapes.section(g, list(inner), show=g.chance(0.5))

    call = g.function(
        ", ".join(names.values()), write, name=g.new("train_step", "compute", "gradients_of", "run"), module="main"
    )
    given = ", ".join(names)
    result = g.bind(f"{call}({given})", "result", "got")
    g.emit(f"print({result})")
    if g.chance(0.2):
        g.emit(f"{call}({given})")


@frame(6)
def loss_function(g: Writer) -> None:
    """A loss function, called under a tape that a second function owns."""
    sources = start(g)
    g.tag("loss-function")

    def loss() -> str:
        g.live = list(g.shared)
        return tapes.target(g, tapes.path(g, sources))

    call = g.function("", loss, name=g.new("loss_fn", "objective_of"), module="main")
    wrapped = g.chance(0.3)
    if wrapped:
        name = g.new("value_and_grad")
        g.define(
            f"def {name}(function, wrt):\n    with tf.GradientTape() as tape:\n{watch_lines(sources)}        value = function()\n"
            f"    return value, tape.gradient(value, wrt)",
            name,
            "main",
        )
        g.emit(f"value, grads = {name}({call}, [{', '.join(s.expr for s in sources)}])", "print(grads)")
        g.tag("value-and-grad")
        return
    with tapes.opened(g, sources) as tape:
        value = g.bind(f"{call}()", "loss")
    tapes.ask(g, tape, value, sources)


def watch_lines(sources: list[Source]) -> str:
    return "".join(f"        tape.watch({s.watched})\n" for s in sources if s.watched)


@frame(7)
def trainer(g: Writer) -> None:
    """A class that keeps variables, and perhaps the tape, on self."""
    names = [g.new("w", "b", "scale", "bias") for _ in range(g.random.randint(1, 3))]
    init = [f"        self.{n} = tf.Variable({g.vec()}{', trainable=False' if g.chance(0.06) else ''})" for n in names]
    cached = g.chance(0.15)
    if cached:
        init.append(
            f"        self.cached = {fill(g, g.pick(['tf.sin({x})', 'tf.exp({x})', '{x} * {n}']), x='self.' + names[0])}"
        )
        g.tag("computed-in-init")
    sources = [Source(f"self.{n}", f"self.{n}") for n in names]
    with g.aside("main", indent=2) as forward:
        g.live = ["x", *(s.use for s in sources), *(["self.cached"] if cached else [])]
        g.emit(
            f"return {tapes.path(g, [*sources[1:], Source('x', 'x')] if g.chance(0.2) else [*sources, Source('x', 'x')])}"
        )
    with g.aside("main", indent=2) as step:
        on_self = g.chance(0.25)
        with tapes.opened(g, []) as tape:
            g.emit(f"out = self.forward({g.pick(['x', 'x', 'tf.sin(x)'])})")
            loss = tapes.target(g, "out")
        if on_self:
            g.tag("tape-on-self")
            g.emit(f"self.tape, self.loss = {tape.name}, {loss}", "return self.differentiate()")
        else:
            grads = tapes.ask(g, tape, loss, sources, show=False)
            update(g, sources, grads)
            g.emit(f"return {grads}")
    lines = [
        "    def __init__(self):",
        *init,
        "",
        "    def forward(self, x):",
        *forward,
        "",
        "    def train_step(self, x):",
        *step,
    ]
    if on_self:
        lines += [
            "",
            "    def differentiate(self):",
            f"        return self.tape.gradient(self.loss, [{', '.join(s.expr for s in sources)}])",
        ]
    name = g.new("Trainer", "Model", "Fitter")
    g.modules["main"].definitions.append(class_text(name, lines, g.pick(["", "", "tf.Module"])))
    made = g.bind(f"{name}()", "trainer", "fitter")
    data = g.bind(f"tf.constant({g.vec()})", "data")
    with g.block(f"for _ in range({g.pick(['1', '2', '3'])}):"):
        g.emit(f"print({made}.train_step({data}))")


def update(g: Writer, sources: list[Source], grads: str) -> None:
    """A step of gradient descent, written so that it survives missing gradients."""
    if g.chance(0.5):
        return
    source = sources[0]
    first = g.new("first_grad")
    g.emit(f"{first} = tf.nest.flatten({grads})[0]")
    with g.block(f"if {first} is not None:"):
        g.emit(f"{source.expr}.assign_sub(0.1 * {first})")


def to_apply(g: Writer, sources: list[Source], grads: str) -> str:
    """Write the pairs of a gradient and its variable where there are both; their name."""
    wrt = ", ".join(s.expr for s in sources)
    return g.bind(
        f"[(d, v) for d, v in zip(tf.nest.flatten({grads}), [{wrt}]) if d is not None and isinstance(v, tf.Variable)]",
        "pairs",
    )


@frame(8)
def training_loop(g: Writer) -> None:
    """Rounds of descent: variables are written, or a name is bound to a tensor and the next round has no source."""
    sources = start(g, 2)
    kind = g.weighted([(4, "assign"), (3, "rebind"), (2, "optimizer"), (1, "watched"), (1, "augmented")])
    plain = [s for s in sources if s.expr.isidentifier() and s.use == s.expr]
    if not plain:
        kind = "assign"
    g.tag(f"update-{kind}")
    rounds, index = g.pick(["1", "2", "3", "3", "15"]), g.new("epoch", "step")
    g.loops += 1
    if kind == "optimizer":
        optimizer = g.bind(g.pick(["keras.optimizers.SGD(0.05)", "keras.optimizers.Adam(0.01)"]), "optimizer", "opt")
    with g.block(f"for {index} in range({rounds}):"):
        careful = kind in ("assign", "optimizer")
        grads = tapes.section(
            g,
            sources if careful else plain[:1] + [s for s in sources if s is not plain[0]],
            show=False,
            careful=careful,
        )
        if kind == "assign":
            update(g, [s for s in sources if s.expr.isidentifier()] or sources, grads) if not sources[
                0
            ].watched else None
        elif kind == "optimizer":
            pairs = to_apply(g, sources, grads)
            g.emit(f"if {pairs}:", f"    {optimizer}.apply_gradients({pairs})")
        else:
            name, first = plain[0].expr, g.new("first_grad")
            g.emit(f"{first} = tf.nest.flatten({grads})[0]")
            with g.block(f"if {first} is None:"):
                g.emit(g.pick(["break", "continue", f"{first} = tf.zeros([3])"]))
            g.emit(
                {
                    "rebind": f"{name} = {name} - 0.1 * {first}",
                    "augmented": f"{name} -= 0.1 * {first}",
                    "watched": f"{name} = tf.Variable({name} - 0.1 * {first})",
                }[kind]
            )


@frame(6)
def inside_tf_function(g: Writer) -> None:
    """The whole step in a tf.function."""
    sources = start(g, 2)
    strict = g.chance(0.35)
    g.tag("step-in-tf-function")

    def write() -> str:
        g.live = list(g.shared)
        grads = tapes.section(g, list(sources), show=False)
        result = g.new("result")
        g.emit(f"{result} = [tf.zeros([]) if item is None else item for item in tf.nest.flatten({grads})]")
        return result

    decorator = (
        "@tf.function(autograph=False)"
        if strict
        else g.pick(["@tf.function", "@tf.function()", "@tf.function(reduce_retracing=True)"])
    )
    call = g.function(
        "",
        write,
        decorators=[decorator],
        mode="strict" if strict else "graph",
        name=g.new("train_step", "step_fn"),
        module="main",
    )
    g.emit(f"print({call}())")
    if g.chance(0.3):
        g.emit(f"{call}()")


@frame(7)
def second_order(g: Writer) -> None:
    """A gradient of a gradient."""
    sources = start(g, 2)
    source = sources[0]
    outside = g.cuts_left > 0 and g.chance(0.3)
    guard = g.chance(0.6)
    g.tag("second-order")
    with tapes.opened(g, sources, careful=True) as outer:
        with tapes.opened(g, sources, careful=True) as inner:
            energy = g.bind(f"tf.reduce_sum({tapes.path(g, sources, 2)})", "energy", "inner_loss")
        if not outside:
            first = after_inner(g, inner, energy, source, guard)
            second = g.bind(f"tf.reduce_sum({chain(g, first, 1)})", "penalty", "curvature")
            if g.chance(0.3):
                second = g.bind(f"{second} + {energy}", "total")
    if outside:
        g.cuts_left -= 1
        g.tag("break-inner-outside")
        first = after_inner(g, inner, energy, source, True)
        second = g.bind(f"tf.reduce_sum({first})", "penalty")
    tapes.ask(g, outer, second, sources)


def after_inner(g: Writer, inner: tapes.Tape, energy: str, source: Source, guard: bool) -> str:
    first = g.bind(f"{inner.name}.gradient({energy}, {source.expr})", "dy", "du")
    if guard:
        g.emit(f"if {first} is None:", f"    {first} = {g.pick(['tf.zeros([3])', 'tf.ones([3])'])}")
    return first if source.expr == source.use else g.bind(f"{first} * tf.ones([3])", "dy", "du")


@frame(3)
def persistent_higher(g: Writer) -> None:
    """One persistent tape asked inside its own block, and again after it."""
    sources = start(g, 2)
    with tapes.opened(g, sources, persistent=True, careful=True) as tape:
        x = g.named(tapes.path(g, sources, 2))
        energy = g.bind(f"tf.reduce_sum({x})", "energy")
        first = after_inner(g, tape, energy, sources[0], True)
        second = g.bind(f"tf.reduce_sum({chain(g, first, 1)})", "penalty")
    g.tag("second-order-persistent")
    tapes.ask(g, tape, second, sources)
    if g.chance(0.5):
        tapes.ask(g, tape, energy, sources)


@frame(4)
def hessian(g: Writer) -> None:
    sources = start(g, 2)
    with tapes.opened(g, sources, careful=True) as outer:
        with tapes.opened(g, sources, careful=True) as inner:
            energy = g.bind(f"tf.reduce_sum({tapes.path(g, sources, 2)})", "energy")
        inner_call = g.pick(["gradient", "gradient", "jacobian"])
        first = g.bind(f"{inner.name}.{inner_call}({energy}, {sources[0].expr})", "slope")
        g.emit(f"if {first} is None:", f"    {first} = {g.pick([sources[0].use, 'tf.zeros([3])'])}")
    g.tag("hessian")
    g.emit(
        f"hess = {outer.name}.jacobian({first}, {g.pick([sources[0].expr, '[' + ', '.join(s.expr for s in sources) + ']'])}{g.pick(['', ', experimental_use_pfor=True'])})",
        "print(hess)",
    )


@frame(3)
def batch_jacobian(g: Writer) -> None:
    name = g.new("batch", "points")
    g.modules["main"].first.append(
        f"{name} = tf.{g.pick(['constant', 'Variable', 'constant'])}([{g.vec()}, {g.vec()}])"
    )
    watched = g.chance(0.75)
    g.tag("batch-jacobian", *([] if watched else ["batch-jacobian-unwatched"]))
    body = g.function("row", lambda: chain_of(g, "row"), module="main")
    tape = g.new("tape")
    with g.block(f"with tf.GradientTape() as {tape}:"):
        if watched:
            g.emit(f"{tape}.watch({name})")
        g.emit(
            f"out = {g.pick([f'tf.stack([{body}({name}[0]), {body}({name}[1])])', f'tf.map_fn({body}, {name})', f'tf.square({name}) * 2.0', f'tf.nn.softmax({name})', f'tf.round({name})', f'tf.constant({name}.numpy())'])}"
        )
    g.emit(f"jac = {tape}.batch_jacobian(out, {name})", "print(jac)")


def chain_of(g: Writer, name: str) -> str:
    g.live = [name]
    return flowing(g, flowing(g, name)) if g.chance(0.7) else chain(g, name, 1)


@frame(11)
def several_tapes(g: Writer) -> None:
    """Two tapes at once, one after the other, of the same name, or mixed up."""
    sources = start(g, 3)
    kind = g.pick(["together", "sequence", "shadowed", "wrong", "re-entered", "reset"])
    g.tag(f"tapes-{kind}")
    a, b = g.new("gen_tape", "tape_a"), g.new("disc_tape", "tape_b")
    wrt = ", ".join(s.expr for s in sources)
    if kind == "together":
        with g.block(f"with tf.GradientTape() as {a}, tf.GradientTape() as {b}:"):
            tapes.watch(g, a, [s.watched for s in sources if s.watched])
            first = g.bind(f"tf.reduce_sum({tapes.path(g, sources, 2)})", "gen_loss")
            second = g.bind(f"tf.reduce_mean({tapes.path(g, sources[-1:], 2)})", "disc_loss")
        for tape, loss in [(a, first), (b, g.pick([second, first]))]:
            tapes.ask(g, tapes.Tape(tape), loss, sources)
    elif kind in ("sequence", "wrong", "shadowed"):
        b = a if kind == "shadowed" else b
        with g.block(f"with tf.GradientTape() as {a}:"):
            tapes.watch(g, a, [s.watched for s in sources if s.watched])
            first = g.bind(f"tf.reduce_sum({tapes.path(g, sources, 2)})", "loss_a")
        if kind == "shadowed" and g.chance(0.5):
            tapes.ask(g, tapes.Tape(a), first, sources)
        with g.block(f"with tf.GradientTape() as {b}:"):
            tapes.watch(g, b, [s.watched for s in sources if s.watched])
            start_of = f"({first} * tf.ones([3]))" if g.chance(0.3) else None
            path = tapes.path(g, [*sources[:1], Source(start_of, start_of)] if start_of else sources[:1], 1)
            second = g.bind(f"tf.reduce_sum({path})", "loss_b")
        tapes.ask(g, tapes.Tape(b), first if kind == "wrong" and g.chance(0.5) else second, sources)
        if kind != "shadowed":
            tapes.ask(g, tapes.Tape(a), g.pick([first, second]), sources)
    else:
        re_entered(g, a, kind, sources, wrt)


def re_entered(g: Writer, tape: str, kind: str, sources: list[Source], wrt: str) -> None:
    g.emit(f"{tape} = tf.GradientTape({g.pick(['', 'persistent=True'])})")
    with g.block(f"with {tape}:"):
        tapes.watch(g, tape, [s.watched for s in sources if s.watched])
        first = g.bind(tapes.path(g, sources, 2), "part_a")
        if kind == "reset":
            if g.chance(0.6):
                g.emit(f"{tape}.reset()")
            if g.chance(0.5):
                tapes.watch(g, tape, [s.watched for s in sources if s.watched])
            first = g.bind(g.pick([f"{first} * 2.0", f"{first} * {sources[0].use}", f"tf.sin({sources[0].use})"]))
    if kind == "re-entered":
        between = g.bind(flowing(g, first)) if g.chance(0.3) else first
        with g.block(f"with {tape}:"):
            first = g.bind(g.pick([flowing(g, between), f"{between} * {sources[0].use}"]))
    g.emit(f"grads = {tape}.gradient(tf.reduce_sum({first}), [{wrt}])", "print(grads)")


@frame(6)
def tape_passed(g: Writer) -> None:
    """The tape is handed to a function, or comes from one that also computes the loss."""
    sources = start(g, 2)
    kind = g.pick(["to-gradient", "to-forward", "returned", "manager"])
    g.tag(f"tape-passed-{kind}")
    wrt = ", ".join(s.expr for s in sources)
    if kind == "to-gradient":
        call = g.function(
            "tape, loss, wrt",
            lambda: g.pick(
                [
                    "tape.gradient(loss, wrt)",
                    "tape.gradient(tf.reduce_sum(loss), wrt)" if g.cuts_left else "tape.gradient(loss, wrt)",
                ]
            ),
            module="main",
        )
        with tapes.opened(g, sources) as tape:
            loss = g.bind(f"tf.reduce_sum({tapes.path(g, sources)})", "loss")
        g.emit(f"print({call}({tape.name}, {loss}, [{wrt}]))")
    elif kind == "to-forward":

        def write() -> str:
            g.live = list(g.shared)
            tapes.watch(g, "tape", [s.watched for s in sources if s.watched])
            g.tape = "tape"
            return tapes.path(g, sources, 2)

        call = g.function("tape", write, module="main")
        with tapes.opened(g, []) as tape:
            loss = g.bind(f"tf.reduce_sum({call}({tape.name}))", "loss")
        tapes.ask(g, tape, loss, sources)
    elif kind == "returned":

        def forward() -> str:
            g.live = list(g.shared)
            with tapes.opened(g, sources) as tape:
                loss = g.bind(f"tf.reduce_sum({tapes.path(g, sources, 2)})", "loss")
            return f"{tape.name}, {loss}"

        call = g.function("", forward, module="main")
        tape_name, loss = g.new("tape"), g.new("loss")
        g.emit(f"{tape_name}, {loss} = {call}()")
        tapes.ask(g, tapes.Tape(tape_name), loss, sources)
    else:
        name = g.new("recording")
        g.define(
            f"@contextlib.contextmanager\ndef {name}():\n    with tf.GradientTape() as tape:\n        yield tape",
            name,
            "main",
        )
        tape_name = g.new("tape")
        with g.block(f"with {name}() as {tape_name}:"):
            tapes.watch(g, tape_name, [s.watched for s in sources if s.watched])
            loss = g.bind(f"tf.reduce_sum({tapes.path(g, sources, 2)})", "loss")
        tapes.ask(g, tapes.Tape(tape_name), loss, sources)


@frame(5)
def meta_learning(g: Writer) -> None:
    """An inner update that the outer gradient goes through, or does not."""
    sources = start(g, 2)
    source = sources[0]
    g.tag("meta-learning")
    with tapes.opened(g, sources, careful=True) as outer:
        fast = g.bind(g.pick([source.use, source.use, f"tf.identity({source.use})", f"{source.use} * 1.0"]), "fast")
        with g.block(f"for {g.new('inner_step')} in range({g.pick(['1', '2', '3'])}):"):
            inner = g.new("inner_tape")
            with g.block(f"with tf.GradientTape() as {inner}:"):
                if g.chance(0.9):
                    g.emit(f"{inner}.watch({fast})")
                energy = g.bind(f"tf.reduce_sum({chain(g, fast, 2)})", "inner_loss")
            grad = g.bind(f"{inner}.gradient({energy}, {fast})", "inner_grad")
            g.emit(f"if {grad} is None:", f"    {grad} = tf.zeros([3])")
            if g.cuts_left and g.chance(0.7):
                g.cuts_left -= 1
                g.tag("break-first-order")
                grad = g.pick([f"tf.stop_gradient({grad})", f"{grad}.numpy()", f"tf.constant({grad}.numpy())"])
            g.emit(f"{fast} = {fast} - 0.1 * {grad}")
        loss = g.bind(f"tf.reduce_sum({chain(g, fast, 1)})", "outer_loss")
    tapes.ask(g, outer, loss, sources)


@frame(6)
def saliency(g: Writer) -> None:
    """A sliced, cast, or intermediate source."""
    sources = start(g, 2)
    base = sources[0]
    kind = g.pick(["slice-after", "slice-inside", "intermediate", "intermediate-after", "cast-outside"])
    g.tag(f"derived-{kind}")
    part = ""
    if kind == "cast-outside":
        part = g.bind(
            g.pick([f"tf.cast({base.use}, tf.float64)", f"tf.convert_to_tensor({base.use})", f"{base.use} / 2.0"]),
            "image",
            "scaled_in",
        )
    with tapes.opened(g, sources, careful=True) as tape:
        if part and g.chance(0.7):
            g.emit(f"{tape.name}.watch({part})")
        x = g.bind(flowing(g, base.use if not part else f"tf.cast({part}, tf.float32)"), "feat")
        if kind == "slice-inside":
            part = g.bind(f"{base.use}[:2]", "part")
        if kind == "intermediate":
            part = x
        loss = g.bind(f"tf.reduce_sum({chain(g, x, 2)})", "loss")
        if kind == "slice-inside" and g.chance(0.6):
            loss = g.bind(f"{loss} + tf.reduce_sum({part})", "loss")
    if kind == "slice-after":
        part = g.bind(g.pick([f"{base.use}[:1]", f"{base.use} * 1.0", f"tf.identity({base.use})"]), "part")
    if kind == "intermediate-after":
        part = g.bind(f"{x} * 1.0", "part")
    tapes.ask(g, tape, loss, [*sources, Source(part, part)])


@frame(3)
def gradients_each(g: Writer) -> None:
    """One call a source or a target, in a loop or a comprehension."""
    sources = start(g, 3)
    persistent = g.chance(0.8)
    with tapes.opened(g, sources, persistent=persistent, careful=True) as tape:
        losses = [
            g.bind(
                f"tf.reduce_sum({tapes.path(g, g.random.sample(sources, g.random.randint(1, len(sources))), 2)})",
                "loss",
            )
            for _ in range(2)
        ]
    g.tag("gradient-each")
    wrt = ", ".join(s.expr for s in sources)
    g.emit(
        g.pick(
            [
                f"print([{tape.name}.gradient({losses[0]}, v) for v in [{wrt}]])",
                f"print([{tape.name}.gradient(item, [{wrt}]) for item in [{', '.join(losses)}]])",
                f"for item in [{', '.join(losses)}]:\n    print({tape.name}.gradient(item, [{wrt}]))",
                f"print({{name: {tape.name}.gradient({losses[1]}, v) for name, v in zip('abcdef', [{wrt}])}})",
                f"print(list(map(lambda v: {tape.name}.gradient({losses[0]}, v), [{wrt}])))",
            ]
        )
    )
