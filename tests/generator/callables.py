"""Steps that are functions and classes of the program's own."""

# ruff: noqa: E501  (lines of the programs that are written here)

from __future__ import annotations

from .language import flag
from .operations import fill, flowing
from .registry import chain, one, step
from .writer import Writer


def parameter(g: Writer) -> str:
    """A parameter's name; now and then one that hides a name of the module."""
    if g.shared and g.chance(0.15):
        hidden = [name for name in g.shared if name.isidentifier()]
        if hidden:
            g.tag("hidden-name")
            return g.pick(hidden)
    return g.pick(["x", "v", "inputs", "tensor", "a"])


def body(g: Writer, name: str, length: int | None = None) -> str:
    g.live = [name]
    return chain(g, name, length)


@step(1.6)
def helper(g: Writer, x: str) -> str:
    """A plain function, maybe in another module."""
    name = parameter(g)
    return f"{g.function(name, lambda: body(g, name))}({x})"


@step(0.8)
def helper_two(g: Writer, x: str) -> str:
    other = g.pick([*g.live, x, fill(g, "tf.constant({v})")])

    def write() -> str:
        g.live = ["a", "b"]
        return chain(g, g.pick(["a", "b", "a"]), 2)

    call = g.function("a, b", write)
    return g.pick(
        [
            f"{call}({x}, {other})",
            f"{call}(b={x}, a={other})",
            f"{call}(*[{x}, {other}])",
            f"{call}(**{{'a': {x}, 'b': {other}}})",
            f"{call}({other}, b={x})",
        ]
    )


@step(0.7)
def default_argument(g: Writer, x: str) -> str:
    def write() -> str:
        g.emit("y = x * scale")
        with g.block("if square:"):
            g.emit("y = tf.square(y)")
        with g.block("if extra is None:"):
            g.emit(f"extra = {fill(g, 'tf.constant({v})')}")
        g.live = ["x", "y", "extra"]
        return chain(g, g.pick(["y", "(y + extra)"]), 1)

    call = g.function("x, scale=0.5, *, square=False, extra=None", write)
    return g.pick(
        [
            f"{call}({x})",
            f"{call}({x}, square=True)",
            f"{call}({x}, {g.pick([*g.live, '2.0'])})",
            f"{call}({fill(g, 'tf.constant({v})')}, extra={x})",
            f"{call}(scale={x}, x=1.5)",
        ]
    )


@step(0.7)
def returns_many(g: Writer, x: str) -> str:
    """A helper that returns a tuple, a dict, or something on the side."""
    kind = g.random.randrange(4)

    def write() -> str:
        g.live = ["x"]
        a, b = g.named(chain(g, "x", 1)), g.named(one(g, "x"))
        return [f"{a}, {b}", f'{{"first": {a}, "second": {b}}}', f"[{a}, {b}]", f"({a}, {{'aux': {b}}})"][kind]

    call = f"{g.function('x', write)}({x})"
    if kind == 1:
        result = g.bind(call, "result", "outputs")
        return g.pick([f'{result}["first"]', f'{result}["second"]', f"sum({result}.values())"])
    a, b = g.new(), g.new()
    g.emit(f"{a}, {b} = {call}")
    if kind == 3:
        return g.pick([a, f'{b}["aux"]'])
    return g.pick([a, b, f"({a} - {b})"])


@step(0.8)
def early_return(g: Writer, x: str) -> str:
    name = parameter(g)

    def write() -> str:
        g.live = [name]
        condition = flag(g) if g.chance(0.6) or g.mode == "strict" else g.threshold(name)
        condition = g.pick(
            [condition, condition, f"{name} is None", f"{name}.shape[0] != 3", "mode == 'skip'", "mode != 'skip'"]
        )
        with g.block(f"if {condition}:"):
            if g.mode == "eager" and g.chance(0.15):
                g.emit('raise ValueError("not allowed")')
            else:
                g.emit(f"return {g.pick([name, flowing(g, name), fill(g, 'tf.constant({v})')])}")
        return chain(g, name, 2)

    return f"{g.function(name + ', mode=' + repr(g.pick(['skip', 'run'])), write)}({x})"


@step(0.6)
def recursion(g: Writer, x: str) -> str:
    name = g.new("repeat", "descend")

    def write() -> str:
        with g.block(g.pick(["if depth == 0:", "if depth <= 0:"])):
            g.emit(f"return {g.pick(['x', 'tf.tanh(x)'])}")
        g.live = ["x"]
        inner = flowing(g, "x") if g.chance(0.7) else chain(g, "x", 1)
        return g.pick(
            [
                f"{name}({inner}, depth - 1)",
                f"tf.sin({name}({inner}, depth - 1))",
                f"{name}({inner}, depth - 1) + x" if g.chance(0.5) else f"{name}(tf.tanh({inner}), depth - 1)",
            ]
        )

    home = g.module
    return f"{g.function('x, depth', write, name=name, module=home)}({x}, {g.pick(['1', '2', '3'])})"


@step(0.3)
def mutual_recursion(g: Writer, x: str) -> str:
    ping, pong = g.new("ping"), g.new("pong")
    home = g.module

    def first() -> str:
        with g.block("if n <= 0:"):
            g.emit("return x")
        return f"{pong}({flowing(g, 'x')}, n - 1)"

    g.function("x, n", first, name=ping, module=home)
    call = g.function("x, n", lambda: f"{ping}({flowing(g, 'x')}, n - 1) if n > 0 else x", name=pong, module=home)
    return f"{call}({x}, {g.pick(['2', '3', '4'])})"


@step(0.6)
def lambdas(g: Writer, x: str) -> str:
    f, other = g.new("fn", "act", "squash"), g.pick([*g.live, x])
    kind = g.random.randrange(6)
    if kind == 0:
        g.emit(f"{f} = lambda v: {flowing(g, 'v')}")
        return f"{f}({x})"
    if kind == 1:
        g.emit(f"{f} = lambda v, w={other}: v * w")
        return g.pick([f"{f}({x})", f"{f}({x}, {x})", f"{f}({fill(g, 'tf.constant({v})')})"])
    if kind == 2:
        g.emit(f"{f} = [lambda v, k=k: v * k for k in {g.vec()}]")
        return f"{f}[{g.pick(['0', '1', '-1'])}]({x})"
    if kind == 3:
        g.emit(f"{f} = {{'sin': tf.sin, 'own': lambda v: {flowing(g, 'v')}, 'cut': tf.round}}")
        return f"{f}[{g.pick(['$sin$', '$own$', '$own$']).replace('$', chr(39))}]({x})"
    if kind == 4:
        g.emit(f"{f} = lambda *vs: vs[0] + vs[-1]")
        return f"{f}({x}, {other})"
    g.emit(f"{f} = (lambda outer: lambda v: v + outer)({other})")
    return f"{f}({x})"


@step(0.9, "eager", "strict")
def closures(g: Writer, x: str) -> str:
    """A local function that sees the names around it, as they are when it is called."""
    captured = g.bind(flowing(g, x))
    f = g.new("inner_fn", "local", "term")
    with g.block(f"def {f}({g.pick(['v', 'w'])}=1.0):"):
        g.live = [*g.live, captured]
        g.emit(f"return {chain(g, captured, 1)}")
    if g.chance(0.5):
        g.emit(f"{captured} = {g.pick([fill(g, 'tf.constant({v})'), flowing(g, captured)])}")
    if g.chance(0.3):
        return f"(lambda call: call())({f})"
    return f"{f}()"


@step(0.5, "eager", "strict")
def nonlocal_name(g: Writer, x: str) -> str:
    """A local function writes a name of the function around it."""
    name, inner = g.new("state", "carry"), g.new("update", "advance")

    def write() -> str:
        g.emit(f"{name} = {g.pick(['x', fill(g, 'tf.constant({v})')])}")
        with g.block(f"def {inner}(w):"):
            g.emit(f"nonlocal {name}", f"{name} = {g.pick([f'{name} + w', 'w', f'{name} * tf.sin(w)'])}")
        for _ in range(g.random.randint(1, 2)):
            g.emit(f"{inner}({flowing(g, 'x')})")
        return name

    return f"{g.function('x', write)}({x})"


@step(0.5, "eager")
def global_name(g: Writer, x: str) -> str:
    """A helper leaves its result in a global of its module."""
    name, home = g.new("LAST", "CACHE", "STATE"), g.module
    kind = g.random.randrange(3)
    start = fill(g, "tf.constant({v})") if kind == 0 else "{}" if kind == 1 else "[]"
    g.modules[home].first.append(f"{name} = {start}") if home == "main" else g.define(f"{name} = {start}", name, home)

    def write() -> str:
        value = flowing(g, "x")
        if kind == 0:
            g.emit(f"global {name}", f"{name} = {value}")
        else:
            g.emit(f'{name}["last"] = {value}' if kind == 1 else f"{name}.append({value})")
        return g.pick(["x * 0.5", "x", "tf.zeros([3])"])

    call = g.function("x", write, module=home)
    read = g.function("", lambda: [name, f'{name}["last"]', f"{name}[-1]"][kind], module=home)
    result = g.bind(f"{call}({x})")
    return g.pick([f"{read}()", f"({read}() + {result})", [name, f"{name}['last']", f"{name}[0]"][kind]])


@step(0.5)
def partials(g: Writer, x: str) -> str:
    call = g.function(
        "a, b, power=1.0",
        lambda: g.pick(["a * b * power", "a * tf.sin(b)", "tf.stop_gradient(a) + b", "a + power * b"]),
    )
    other = g.pick([*g.live, x, g.num()])
    f = g.bind(
        g.pick(
            [
                f"functools.partial({call}, {x})",
                f"functools.partial({call}, b={x})",
                f"functools.partial({call}, {other}, power=2.0)",
            ]
        ),
        "bound",
        "prepared",
    )
    if "b=" in g.lines[-1]:
        return f"{f}(a={other})" if g.chance(0.5) else f"{f}({other})"
    return f"{f}({x})"


@step(0.6)
def decorated(g: Writer, x: str) -> str:
    """A decorator that calls what it wraps, and does something of its own."""
    home = g.module
    wrapper = g.new("logged", "scaled", "timed")
    kind = g.random.randrange(4)
    effect = [
        "result = function(*args, **kwargs)",
        "result = function(*args, **kwargs) * 2.0",
        "result = function(*[tf.sin(item) for item in args])",
        "result = tf.stop_gradient(function(*args))",
    ]
    if kind == 3 and not g.cuts_left:
        kind = 0
    wraps = ["    @functools.wraps(function)"] if g.chance(0.6) else []
    text = "\n".join(
        [
            f"def {wrapper}(function):",
            *wraps,
            "    def call(*args, **kwargs):",
            f"        {effect[kind]}",
            "        return result",
            "",
            "    return call",
        ]
    )
    g.define(text, wrapper, home)
    call = g.function("x", lambda: body(g, "x", 1), decorators=[f"@{wrapper}"], module=home)
    return f"{call}({x})"


@step(0.4)
def decorator_with_argument(g: Writer, x: str) -> str:
    home, factory = g.module, g.new("repeated", "weighted")
    text = (
        f"def {factory}(times):\n    def wrap(function):\n        def call(v):\n            for _ in range(times):\n"
        f"                v = function(v)\n            return v\n\n        return call\n\n    return wrap"
    )
    g.define(text, factory, home)
    call = g.function(
        "x", lambda: f"tf.tanh({body(g, 'x', 1)})", decorators=[f"@{factory}({g.pick(['1', '2'])})"], module=home
    )
    return f"{call}({x})"


@step(0.5)
def variadic(g: Writer, x: str) -> str:
    other = g.pick([*g.live, x, g.num()])
    kind = g.random.randrange(4)
    parameters, result, calls = [
        ("*args", "args[0] + args[-1]", [f"({x}, {other})", f"(*[{other}, {x}])"]),
        ("first, *rest", "first if not rest else rest[0] * 2.0", [f"({x})", f"({other}, {x})"]),
        ("**options", 'options["x"] * options.get("gain", 1.5)', [f"(x={x})", f"(x={x}, gain={other})"]),
        ("x, /, *, gain=1.0, **rest", "tf.sin(x) * gain", [f"({x}, gain={other})", f"({x}, unused={other})"]),
    ][kind]
    call = g.function(parameters, lambda: result)
    return call + g.pick(calls)


@step(0.5)
def function_as_argument(g: Writer, x: str) -> str:
    call = g.function(
        "function, x", lambda: g.pick(["function(x)", "function(function(x))", "function(x) + x", "x * function(x)"])
    )
    inner = g.pick(
        ["tf.sin", "tf.tanh", g.function("x", lambda: body(g, "x", 1)), "lambda w: w * 0.5", "tf.nn.softplus"]
    )
    return f"{call}({inner}, {x})"


@step(0.4)
def mutable_default(g: Writer, x: str) -> str:
    def write() -> str:
        g.emit("seen.append(x)")
        return "sum(seen)"

    call = g.function("x, seen=[]", write, module=g.module)
    return g.pick([f"{call}({x})", f"{call}({x}, [])"])


# classes


def class_text(name: str, lines: list[str], base: str = "") -> str:
    return "\n".join([f"class {name}{'(' + base + ')' if base else ''}:", *lines])


@step(1.2)
def stateful_object(g: Writer, x: str) -> str:
    """State on self, from __init__ or left by another method."""
    name, home = g.new("Box", "Block", "Head", "Gate"), g.module
    stored = g.pick([x, fill(g, "tf.constant({v})"), g.num()])
    with g.aside(home, indent=2) as first:
        g.emit("self.gain = gain", "self.last = None", "self.history = []")
    with g.aside(home, indent=2) as call:
        g.live = ["x"]
        g.emit(f"self.last = {chain(g, 'x', 1)}", f"self.history.append({g.pick(['x', 'self.last'])})")
        g.emit(f"return {g.pick(['self.last', 'self.last * self.gain', 'x', 'self.scale(x)', 'self.history[-1]'])}")
    with g.aside(home, indent=2) as scale:
        g.live = ["x", "self.gain"]
        g.emit(f"return {chain(g, g.pick(['x * self.gain', 'x']), 1)}")
    method = g.pick(["__call__", "forward", "run"])
    lines = [
        "    def __init__(self, gain):",
        *first,
        "",
        f"    def {method}(self, x):",
        *call,
        "",
        "    def scale(self, x):",
        *scale,
    ]
    made = g.bind(f"{g.define(class_text(name, lines), name, home)}({stored})", "box", "obj", "part")
    result = g.bind(f"{made}({x})" if method == "__call__" else f"{made}.{method}({x})")
    return g.pick(
        [result, f"{made}.last", f"{made}.history[0]", f"({result} + {made}.last)", f"{made}.scale({result})"]
    )


@step(0.8)
def method_kinds(g: Writer, x: str) -> str:
    """Properties, static and class methods, class attributes, inheritance."""
    name, home = g.new("Base", "Unit", "Scale"), g.module
    with g.aside(home, indent=2) as lines:
        g.live = ["x"]
        g.emit(f"return {chain(g, 'x', 1)}")
    text = [
        "    factor = 1.5",
        "",
        "    def __init__(self, value):",
        "        self.value = value",
        "",
        "    @property",
        "    def doubled(self):",
        f"        return {g.pick(['self.value * 2.0', 'self.value * self.factor', 'tf.sin(self.value)'])}",
        "",
        "    @staticmethod",
        "    def act(x):",
        *lines,
        "",
        "    @classmethod",
        "    def build(cls, value):",
        "        return cls(value * 0.5)",
        "",
        "    def head(self, x):",
        "        return self.act(x) + self.value",
    ]
    ref = g.define(class_text(name, text), name, home)
    if g.chance(0.5):
        child = g.new("Child", "Deep", "Wide")
        override = g.pick(
            [
                ["    def head(self, x):", f"        return super().head(x) * {g.num()}"],
                [
                    "    def __init__(self, value):",
                    "        super().__init__(value)",
                    "        self.value = tf.tanh(value)",
                ],
                ["    @staticmethod", "    def act(x):", f"        return {flowing(g, 'x')}"],
                ["    @property", "    def doubled(self):", f"        return {flowing(g, 'self.value')}"],
            ]
        )
        ref = g.define(class_text(child, override, name), child, home)
        g.tag("inheritance")
    made = g.bind(g.pick([f"{ref}({x})", f"{ref}.build({x})"]), "unit", "node")
    return g.pick(
        [
            f"{made}.doubled",
            f"{made}.act({x})",
            f"{ref}.act({x})",
            f"{made}.head({x})",
            f"({made}.value * {made}.factor)",
            f"getattr({made}, 'value')",
            f"{made}.head(x={x})",
        ]
    )


@step(0.5)
def operators_of_a_class(g: Writer, x: str) -> str:
    name, home = g.new("Pair", "Wrapped"), g.module
    text = [
        "    def __init__(self, value):",
        "        self.value = value",
        "",
        "    def __add__(self, other):",
        f"        return {name}(self.value + getattr(other, 'value', other))",
        "",
        "    def __mul__(self, k):",
        f"        return {name}(self.value * k)",
        "",
        "    def __getitem__(self, i):",
        "        return self.value * float(i + 1)",
        "",
        "    def __len__(self):",
        "        return 3",
        "",
        "    def __iter__(self):",
        "        return iter([self.value, self.value * 2.0])",
        "",
        "    def __call__(self):",
        "        return tf.sin(self.value)",
    ]
    made = g.bind(f"{g.define(class_text(name, text), name, home)}({x})", "wrapped", "pair")
    return g.pick(
        [
            f"({made} + {x}).value",
            f"({made} * {g.num()}).value",
            f"{made}[1]",
            f"sum({made})",
            f"{made}()",
            f"list({made})[1]",
            f"({made} + {made}).value",
        ]
    )


@step(0.5)
def records(g: Writer, x: str) -> str:
    """Dataclasses and named tuples."""
    name, home = g.new("Outputs", "Batch", "Record"), g.module
    other = g.pick([*g.live, fill(g, "tf.constant({v})")])
    if g.chance(0.5):
        text = f"{name} = collections.namedtuple({name!r}, ['main', 'aux'])"
    else:
        text = f"@dataclasses.dataclass\nclass {name}:\n    main: object\n    aux: object = None"
    made = g.bind(
        f"{g.define(text, name, home)}({g.pick([f'{x}, {other}', f'main={x}, aux={other}', f'aux={other}, main={x}'])})",
        "rec",
        "outputs",
    )
    if "namedtuple" in text:
        return g.pick([f"{made}.main", f"{made}[0]", f"{made}._replace(aux={x}).aux", f"sum({made})"])
    return g.pick([f"{made}.main", f"({made}.main * {made}.aux)", f"dataclasses.replace({made}, aux={x}).aux"])


@step(0.5, "eager")
def attributes(g: Writer, x: str) -> str:
    """Attributes set from outside, by setattr, on aliases of one object."""
    name, home = g.new("Store", "Bag"), g.module
    made = g.bind(f"{g.define(class_text(name, ['    pass']), name, home)}()", "bag", "store")
    alias = g.bind(made, "same") if g.chance(0.5) else made
    g.emit(
        g.pick(
            [
                f"{made}.value = {x}",
                f"setattr({made}, 'value', {x})",
                f"{alias}.value = {flowing(g, x)}",
                f"{made}.__dict__['value'] = {x}",
            ]
        )
    )
    if g.chance(0.5):
        g.emit(
            g.pick(
                [
                    f"{alias}.value = {flowing(g, made + '.value')}",
                    f"{alias}.value += {g.num()}",
                    f"{made}.other = {alias}.value",
                ]
            )
        )
    return g.pick([f"{made}.value", f"{alias}.value", f"getattr({alias}, 'value', None)", f"vars({made})['value']"])


@step(0.4, "eager")
def context_manager(g: Writer, x: str) -> str:
    name, home = g.new("Scope", "Session"), g.module
    text = [
        "    def __init__(self, value):",
        "        self.value = value",
        "",
        "    def __enter__(self):",
        f"        return {g.pick(['self', 'self.value', 'tf.sin(self.value)'])}",
        "",
        "    def __exit__(self, *error):",
        f"        {g.pick(['return None', 'self.value = None', 'return False'])}",
    ]
    self_given = "return self" in text[4] and "value" not in text[4]
    ref = g.define(class_text(name, text), name, home)
    got, result = g.new("entered", "got"), g.new()
    with g.block(f"with {ref}({x}) as {got}:"):
        g.emit(f"{result} = {one(g, got + '.value' if self_given else got)}")
    return result
