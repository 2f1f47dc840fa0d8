"""Steps that are Python: names, control flow and containers."""

from __future__ import annotations

from .operations import COMBINING, combine, fill, flowing
from .registry import chain, one, step
from .writer import Writer

FLAGS = ("USE_AUX", "TRAINING", "DEBUG", "WITH_BIAS", "NORMALIZE")


def flag(g: Writer) -> str:
    """A condition that can be decided without running: module constants, literals, shapes, counts."""
    kind = g.random.randrange(9)
    if kind < 3 and g.module == "main":
        name = g.pick(FLAGS)
        if name not in g.used:
            g.used.add(name)
            g.modules["main"].first.append(f"{name} = {g.pick(['True', 'False'])}")
        return g.pick([name, f"not {name}", f"{name} is True"])
    if kind == 3 and g.module == "main":
        if "MODE" not in g.used:
            g.used.add("MODE")
            g.modules["main"].first.append(f'MODE = "{g.pick(["full", "light"])}"')
        return g.pick(['MODE == "full"', 'MODE != "full"', 'MODE in ("full", "other")', 'MODE.startswith("f")'])
    return g.pick(
        ["True", "False", "len([1, 2]) > 1", "3 < 2", "(1 if 0 else 0)", "not []", "None is None", "2 ** 2 == 4"]
    )


@step(1.2)
def branch_on_flag(g: Writer, x: str) -> str:
    """Both branches written, only one can run."""
    result = g.new()
    if g.chance(0.3):
        g.emit(f"{result} = {flowing(g, x)}")
        with g.block(f"if {flag(g)}:"):
            g.emit(f"{result} = {chain(g, result if g.chance(0.6) else x, 2)}")
        return result
    with g.block(f"if {flag(g)}:"):
        g.emit(f"{result} = {chain(g, x, 2)}")
    if g.chance(0.25):
        with g.block(f"elif {flag(g)}:"):
            g.emit(f"{result} = {one(g, x)}")
    with g.block("else:"):
        g.emit(f"{result} = {chain(g, x, 1) if g.chance(0.7) else fill(g, 'tf.constant({v})')}")
    return result


@step(1.0, "eager", "graph")
def branch_on_tensor(g: Writer, x: str) -> str:
    """A branch that the data decides."""
    result = g.new()
    g.emit(f"{result} = {flowing(g, x)}")
    with g.block(f"if {g.threshold(x)}:"):
        g.emit(f"{result} = {chain(g, g.pick([x, result]), 2)}")
    if g.chance(0.6):
        with g.block("else:"):
            g.emit(f"{result} = {chain(g, x, 1)}")
    return result


@step(0.5)
def conditional_expression(g: Writer, x: str) -> str:
    left, right = g.named(flowing(g, x)), g.named(one(g, x))
    condition = g.threshold(x) if g.mode == "eager" and g.chance(0.4) else flag(g)
    return f"({left} if {condition} else {right})"


@step(0.4)
def boolean_operators(g: Writer, x: str) -> str:
    name = g.bind(g.pick(["None", "[]", "0", '""']), "maybe", "cached")
    if g.mode == "eager" and g.chance(0.3):
        return f"({name} or {x})"
    return g.pick([f"({x} if not {name} else {name})", f"({name} and 1 or {x})" if g.mode == "eager" else x])


@step(0.8)
def rebind(g: Writer, x: str) -> str:
    name = g.bind(x)
    for _ in range(g.random.randint(1, 3)):
        g.emit(f"{name} = {flowing(g, name)}")
    return g.pick([name, name, x])


@step(0.8)
def augmented(g: Writer, x: str) -> str:
    """An augmented assignment makes a new tensor; the old name keeps the old one."""
    name = g.bind(g.pick([x, f"{x} * 1.0", fill(g, "tf.zeros([3])"), fill(g, "np.array({v}, dtype='float32')")]))
    other = g.pick([x, x, *g.live])
    for _ in range(g.random.randint(1, 2)):
        g.emit(f"{name} {g.pick(['+=', '-=', '*=', '+='])} {g.pick([other, g.num(), f'{other} * {g.num()}'])}")
    return g.pick([name, name, name, f"({name} + {x})"])


@step(0.8)
def unpack(g: Writer, x: str) -> str:
    a, b, c = g.new(), g.new(), g.new()
    left = g.pick([x, flowing(g, x)])
    other = g.pick([*g.live, x, fill(g, "tf.constant({v})")])
    line = g.pick(
        [
            f"{a}, {b}, {c} = {left}, {other}, None",
            f"{a}, ({b}, {c}) = {left}, ({other}, {x})",
            f"{a}, *{c} = [{left}, {other}, {x}]",
            f"*{c}, {a} = ({other}, {x}, {left})",
            f"({a}, {b}), *{c} = ({left}, {other}), 1, 2",
            f"[{a}, {b}] = [{left}, {other}]",
            f"{a} = {b} = {left}",
        ]
    )
    g.emit(line)
    if f"*{c}" in line and b not in line.split(" = ")[0].replace("(", "").replace(")", "").split(", "):
        return g.pick([a, f"{c}[0]", f"{c}[-1]", f"sum({c}, {a})"])
    if g.chance(0.4) and not line.startswith(f"{a} = "):
        g.emit(f"{a}, {b} = {b}, {a}")
    return g.pick([a, b, f"({a} + {b})"])


@step(0.5)
def walrus(g: Writer, x: str) -> str:
    name = g.new()
    expression = flowing(g, x)
    kind = g.random.randrange(3)
    if kind == 0:
        return f"(({name} := {expression}) + {name} * {g.num()})"
    if kind == 1:
        with g.block(f"if ({name} := {expression}) is not None:"):
            g.emit(f"{name} = {chain(g, name, 1)}")
        return name
    g.emit(f"print([{name} := {expression}, 1][1])")
    return name


@step(0.4)
def deleted(g: Writer, x: str) -> str:
    name = g.bind(flowing(g, x))
    kept = g.bind(name)
    g.emit(f"del {name}")
    return kept


@step(0.5)
def match_statement(g: Writer, x: str) -> str:
    if g.mode == "graph":
        return branch_on_flag(g, x)
    result = g.new()
    subject, patterns = g.pick(
        [
            ('"relu"', ['"tanh"', '"relu"', "_"]),
            ("(1, 2)", ["(1, k)", "(2, k)", "_"]),
            (f"({x}, {g.num()})", ["[left, right]", "_", "None"][:2]),
            (f'{{"kind": "a", "value": {x}}}', ['{"kind": "b"}', '{"kind": "a", "value": got}', "_"]),
            ("3", ["1 | 2", "int(n) if n > 2", "_"]),
        ]
    )
    with g.block(f"match {subject}:"):
        for pattern in patterns:
            with g.block(f"case {pattern}:"):
                start = "left" if "left" in pattern else "got" if "got" in pattern else x
                g.emit(f"{result} = {one(g, start)}")
    return result


@step(1.0)
def for_range(g: Writer, x: str) -> str:
    """A loop of known length; sometimes longer than anybody would unroll."""
    name = g.bind(g.pick([x, x, flowing(g, x)]))
    extra = g.bind(fill(g, "tf.zeros([3])")) if g.chance(0.3) else None
    index = g.new("i", "step", "k")
    rounds = g.pick(["2", "3", "3", "4", "20"]) if g.mode != "strict" else "2"
    with g.block(f"for {index} in range({rounds}):"):
        if extra and g.chance(0.5):
            g.emit(f"{extra} = {name} * 0.5")
        condition = g.pick([f"{index} == 0", f"{index} > 0", f"{index} % 2 == 0", f"{index} == 1"])
        kind = g.random.randrange(5) if g.mode == "eager" else 0
        if kind == 1:
            with g.block(f"if {condition}:"):
                g.emit("continue")
        if kind == 2:
            with g.block(f"if {condition}:"):
                g.emit("break")
        g.loops += 1
        g.emit(f"{name} = tf.tanh({chain(g, name, 1)})")
        g.loops -= 1
        if kind == 3:
            with g.block(f"if {condition}:"):
                g.emit(f"{name} = {one(g, x)}")
    return f"({name} + {extra})" if extra else name


@step(0.7)
def pipeline_loop(g: Writer, x: str) -> str:
    """Values move one name further in each round, so that x arrives only after some of them."""
    size = g.random.randint(2, 5)
    names = [g.bind(fill(g, "tf.constant({v})")) for _ in range(size)]
    rounds = g.pick([str(size - 1), str(size), "16"])
    with g.block(f"for _ in range({rounds}):"):
        fed = g.pick([x, f"{x} * {g.num()}", f"tf.tanh({x} + {names[-1]})"])
        g.emit(f"{', '.join(names)} = {', '.join([fed, *names[:-1]])}")
    return g.pick([names[-1], names[-1], f"({names[-1]} + {names[0]})"])


@step(0.8)
def for_items(g: Writer, x: str) -> str:
    name = g.bind(g.pick([x, "tf.zeros([3])", "0.0"]))
    other = g.pick([*g.live, x])
    item, index = g.new("item", "part", "w"), g.new("i", "pos")
    header = g.pick(
        [
            f"for {item} in [{x}, {other}]:",
            f"for {index}, {item} in enumerate([{x}, {other}]):",
            f"for {index}, {item} in zip({g.vec()}, [{x}, {other}, {x}]):",
            f"for {item} in ({x}, {other}, {g.num()}):",
            f"for {item} in reversed([{x}, {other}]):",
            f'for {index}, {item} in {{"a": {x}, "b": {other}}}.items():',
            f'for {item} in {{"a": {x}, "b": {other}}}.values():',
            f"for {item} in {g.vec()}:",
            f"for {item} in [{other}, {x}][:1]:",
        ]
    )
    with g.block(header):
        update = g.pick([f"{name} + {item}", f"{name} * 0.5 + {item}", f"{name} + tf.tanh({x} * {item})"])
        g.emit(f"{name} = {update}")
    return f"({name} * tf.ones([3]))"


@step(0.7)
def while_counter(g: Writer, x: str) -> str:
    count, name = g.bind("0", "count", "n", "tries"), g.bind(x)
    limit = g.pick(["2", "3", "15"])
    loop_else = g.chance(0.2) and g.mode == "eager"
    with g.block(f"while {count} < {limit}:"):
        g.emit(f"{count} += 1")
        if g.mode == "eager" and g.chance(0.25):
            with g.block(f"if {count} == 2:"):
                g.emit(g.pick(["break", "continue"]))
        g.emit(f"{name} = tf.sin({chain(g, name, 1)})")
    if loop_else:
        with g.block("else:"):
            g.emit(f"{name} = {flowing(g, name)}")
    return name


@step(0.5, "eager", "graph")
def while_tensor(g: Writer, x: str) -> str:
    """A loop whose length depends on the data: a bounded number of rounds."""
    name, count = g.bind(x), g.bind("0", "count", "turn")
    if g.mode == "eager":
        g.varied = True
    with g.block(f"while tf.reduce_sum(tf.square({name})) > {g.positive()} and {count} < 6:"):
        g.emit(
            f"{name} = {g.pick(['{0} * 0.6', 'tf.tanh({0}) * 0.7', '{0} - 0.3 * {0}']).format(name)}", f"{count} += 1"
        )
    return name


@step(0.6)
def while_true(g: Writer, x: str) -> str:
    if g.mode != "eager":
        return while_counter(g, x)
    name, count = g.bind(x), g.bind("0", "count", "rounds")
    with g.block("while True:"):
        g.emit(f"{name} = {flowing(g, name)}", f"{count} += 1")
        with g.block(f"if {count} >= {g.pick(['2', '3'])}:"):
            g.emit("break")
    return f"tf.tanh({name})"


@step(1.0)
def list_append(g: Writer, x: str) -> str:
    """States collected in a list and joined."""
    items = g.bind(g.pick(["[]", "list()", f"[{x}]"]), "states", "items", "outs")
    current = g.bind(x)
    with g.block(f"for {g.new('i', 'step')} in range({g.pick(['2', '3', '14'])}):"):
        g.emit(f"{current} = {flowing(g, current)}")
        value = g.pick([current, f"tf.tanh({current})", f"{current} * {g.num()}"])
        g.emit(
            g.pick(
                [
                    f"{items}.append({value})",
                    f"{items} += [{value}]",
                    f"{items}.extend([{value}])",
                    f"{items} = {items} + [{value}]",
                    f"{items}.insert(0, {value})",
                ]
            )
        )
    return g.pick(
        [
            f"tf.reduce_sum(tf.stack({items}), axis=0)",
            f"tf.add_n({items})",
            f"sum({items})",
            f"{items}[-1]",
            f"{items}[0]",
            f"tf.stack({items}, axis=1)[:, 0]",
            f"tf.reduce_mean({items}, axis=0)",
            f"tf.concat({items}, 0)[:3]",
            f"tf.stack({items}[1:])[0]",
        ]
    )


@step(0.8)
def list_edit(g: Writer, x: str) -> str:
    other = g.pick([*g.live, fill(g, "tf.constant({v})")])
    items = g.bind(f"[{x}, {other}]", "items", "pair", "parts")
    edit = g.pick(
        [
            f"{items}[0] = {flowing(g, x)}",
            f"{items}[1] = {x}",
            f"{items}[-1] = {flowing(g, items + '[0]')}",
            f"{items}.reverse()",
            f"{items}.append({items}.pop(0))",
            f"{items}[0], {items}[1] = {items}[1], {items}[0]",
            f"{items}[:1] = [{other}, {x}]",
            f"del {items}[1]",
            f"{items} *= 2",
            f"{items}.insert(1, {x})",
            f"{items}[0] += {g.num()}",
            f"{items}.clear(); {items}.extend([{x}, {x}])",
            f"{items}.remove({items}[0])",
        ]
    )
    if "remove" in edit or (g.mode != "eager" and (";" in edit or "del" in edit)):
        edit = f"{items}[0] = {flowing(g, x)}"
    alias = g.bind(items, "alias", "view") if g.chance(0.3) else items
    g.emit(edit)
    return g.pick([f"{alias}[0]", f"{alias}[-1]", f"sum({alias})", f"tf.add_n({alias})"])


@step(0.8)
def comprehension(g: Writer, x: str) -> str:
    other = g.pick([*g.live, x])
    return g.pick(
        [
            f"tf.add_n([item * k for k, item in zip({g.vec(2)}, [{x}, {other}])])",
            f"sum(item for item in ({x}, {other}))",
            f"[{x} * k for k in {g.vec()} if k != 9][1]",
            f"tf.stack([item for pair in [({x}, {other})] for item in pair])[1]",
            f"{{k: v for k, v in [('a', {x}), ('b', {other})]}}['a']",
            f"{{name: tf.sin(v) for name, v in dict(p={x}).items()}}['p']",
            f"list(tf.cos(v) for v in [{x}, {other}])[0]",
            f"max(len(row) for row in [[1], [2, 3]]) * {x}",
            f"tf.reduce_sum([v * {g.num()} for v in tf.unstack({x})]) * tf.ones([3])",
            f"[pair[1] for pair in enumerate([{other}, {x}])][1]",
            f"[v for v in [{x}, None, {other}] if v is not None][-1]",
            f"[a * b for a, b in zip([{x}], [{other}])][0]",
            f"list(filter(lambda v: v is not None, [None, {x}]))[0]",
            f"list(map(lambda a, b: a * b, [{x}], [{other}]))[0]",
            f"[*[{other}], {x}][1]",
            f"{{**dict(a={other}), 'a': {x}}}['a']",
        ]
    )


@step(0.8)
def dictionary(g: Writer, x: str) -> str:
    other = g.pick([*g.live, fill(g, "tf.constant({v})"), fill(g, "tf.zeros([3])")])
    d = g.bind(
        g.pick(
            [
                f'{{"main": {x}, "aux": {other}}}',
                f"dict(main={x}, aux={other})",
                f'{{"aux": {other}}}',
                f"collections.OrderedDict(main={x}, aux={other})"
                if g.mode == "eager"
                else f"dict(main={x}, aux={other})",
            ]
        ),
        "losses",
        "outs",
        "table",
    )
    g.emit(f'{d}["main"] = {flowing(g, x)}')
    edit = g.pick(
        [
            f'{d}["extra"] = {flowing(g, x)}',
            f"{d}.update(aux={x})",
            f'{d}["main"] += {other}',
            f'{d}.setdefault("main", {other})',
            f'{d}.setdefault("new", {x})',
            f'{d}.pop("aux")',
            f'{d}["aux"] = {d}["main"]',
            f'{d} = {{**{d}, "main": {x}}}',
            f"{d} = dict({d}, aux=1.0)",
        ]
    )
    g.emit(edit)
    return g.pick(
        [
            f'{d}["main"]',
            f'{d}.get("main")',
            f'{d}.get("missing", {x})',
            f"sum({d}.values())",
            f'{d}.pop("main")',
            f"tf.add_n(list({d}.values()))" if "1.0" not in edit else f'{d}["main"]',
            f"{d}[list({d})[0]]",
            f'[v for k, v in {d}.items() if k == "main"][0]',
            f"tf.nest.flatten({d})[0] * tf.ones([3])",
        ]
    )


@step(1.6, "eager")
def try_statement(g: Writer, x: str) -> str:
    name = g.bind(x)
    kind = g.random.randrange(5)
    g.tag(f"try-{kind}")
    with g.block("try:"):
        g.emit(f"{name} = {chain(g, name, 1)}")
        if kind == 1:
            g.emit('raise ValueError("stop here")')
        if kind == 4:
            g.emit(f"{name} = tf.reshape({name}, [2, 2])")
    if kind == 0:
        with g.block("finally:"):
            g.emit(f"{name} = {flowing(g, name)}")
        return name
    with g.block(
        g.pick(["except ValueError:", "except (ValueError, TypeError) as error:", "except Exception:"])
        if kind != 4
        else "except tf.errors.InvalidArgumentError:"
    ):
        g.emit(f"{name} = {one(g, x)}")
    if kind == 2:
        with g.block("else:"):
            g.emit(f"{name} = {flowing(g, name)}")
    if kind == 3:
        with g.block("finally:"):
            g.emit("print('done')")
    return name


@step(0.4, "eager")
def generators(g: Writer, x: str) -> str:
    """A generator function, consumed at once."""
    name = g.new("walk", "emit_parts", "produce")

    def body() -> None:
        kind = g.random.randrange(3)
        if kind == 0:
            with g.block(f"for {g.new('i')} in range(3):"):
                g.emit(f"x = {flowing(g, 'x')}", "yield x")
        elif kind == 1:
            g.emit("yield x", f"yield {flowing(g, 'x')}")
        else:
            g.emit(f"yield from [x, {flowing(g, 'x')}]")

    call = f"{g.function('x', body, name=name)}({x})"
    if g.chance(0.4):
        total = g.bind("tf.zeros([3])", "total")
        with g.block(f"for {name}_item in {call}:"):
            g.emit(f"{total} = {total} + {name}_item")
        return total
    return g.pick(
        [
            f"sum({call})",
            f"next({call})",
            f"list({call})[-1]",
            f"tf.stack(list({call}))[1]",
            f"[*{call}][0]",
            f"functools.reduce(lambda a, b: a + b, {call})",
        ]
    )


@step(0.5, "eager")
def in_place_array(g: Writer, x: str) -> str:
    """A NumPy buffer that is filled from a tensor: the buffer is detached."""
    buffer = g.bind("np.zeros(3, dtype='float32')", "buffer")
    g.emit(g.pick([f"{buffer}[:] = {x}", f"{buffer}[0] = {x}[0]", f"{buffer} += {x}", f"{buffer}[1:] = {x}[1:]"]))
    return g.pick([f"({buffer} * {x})", f"tf.constant({buffer})", f"({buffer} + {x})", buffer])


@step(0.5)
def two_ways(g: Writer, x: str) -> str:
    """The path forks and joins again."""
    left, right = g.bind(chain(g, x, 1)), g.bind(chain(g, x, 1))
    g.live += [left, right]
    return combine(g, left, right)


@step(0.4, "eager", "graph")
def same_condition_twice(g: Writer, x: str) -> str:
    """Two branches that the same flag decides."""
    name = g.bind(flowing(g, x))
    condition = g.bind(flag(g), "enabled", "active")
    with g.block(f"if {condition}:"):
        g.emit(f"{name} = {one(g, x)}")
    g.emit(f"{name} = {flowing(g, name)}")
    with g.block(f"if {g.pick([condition, 'not ' + condition])}:"):
        g.emit(f"{name} = {name} * {g.num()}")
    return name


@step(0.5, "eager")
def with_contexts(g: Writer, x: str) -> str:
    name = g.new()
    header = g.pick(
        [
            'with tf.name_scope("part"):',
            "with contextlib.suppress(ValueError):",
            'with tf.device("/cpu:0"):',
            "with contextlib.nullcontext():",
            "with tf.control_dependencies([]):",
            f"with contextlib.nullcontext({x}) as {name}:",
        ]
    )
    if f"as {name}:" not in header:
        g.emit(f"{name} = {x}")
    with g.block(header):
        g.emit(f"{name} = {chain(g, name, 1)}")
    return name


@step(0.3)
def mixed_template(g: Writer, x: str) -> str:
    """Two different joins of the same two vectors."""
    other = g.pick([*g.live, x])
    first = g.bind(fill(g, g.pick(COMBINING), a=x, b=other))
    return fill(g, g.pick(COMBINING), a=first, b=other)
