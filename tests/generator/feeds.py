"""Whole programs whose data come from outside, step by step: data sets, generators, replay buffers."""

# ruff: noqa: E501  (lines of the programs that are written here)

from __future__ import annotations

from . import tapes
from .frames import frame, start, to_apply
from .outside import HELPERS
from .sources import Source
from .writer import Writer

PAIRS = """
for {x}, {y} in tf.data.Dataset.from_tensor_slices(({m}, {m})):
for {x}, {y} in tf.data.Dataset.from_tensor_slices(({m}, {m})).shuffle(4).repeat(2).take(3):
for {i}, ({x}, {y}) in enumerate(tf.data.Dataset.from_tensor_slices((np.array({m}, dtype="float32"), {m}))):
for {x}, {y} in tf.data.Dataset.zip((tf.data.Dataset.from_tensor_slices({m}), tf.data.Dataset.from_tensor_slices({m}))):
for {x}, {y} in tf.data.Dataset.from_tensor_slices(({m}, {m})).map(lambda a, b: (a * 2.0, b)).prefetch(1):
for {x}, {y} in tf.data.Dataset.from_tensor_slices({m}).map(lambda row: (row, tf.sin(row))):
for {x}, {y} in tf.data.Dataset.from_generator(_pairs, output_types=(tf.float32, tf.float32), output_shapes=([3], [3])):
for {x}, {y} in tf.data.Dataset.from_generator(_pairs, output_signature=(tf.TensorSpec([3], tf.float32), tf.TensorSpec([3], tf.float32))).cache():
for {x}, {y} in _pairs():
for {i}, ({x}, {y}) in enumerate(_pairs()):
for {x}, {y} in zip({m}, np.array({m}, dtype="float32")):
for {x}, {y} in zip(np.load(_file(np.array({m}, dtype="float32"))), np.array({m}, dtype="float32")):
for {x}, {y} in _Pairs({m}):
for {x}, {y} in list(_Pairs({m}))[:2]:
for {x}, {y} in map(lambda row: (tf.constant(row), tf.constant(row) * 0.5), {m}):
for {x}, {y} in ((row, row[::-1]) for row in np.array({m}, dtype="float32")):
for {x}, {y} in tf.data.Dataset.from_tensor_slices(({m}, {m})).as_numpy_iterator():
""".strip().split("\n")

RECORDS = """
for {r} in tf.data.Dataset.from_tensor_slices({{"x": {m}, "y": {m}}}):
for {r} in tf.data.Dataset.from_tensor_slices({{"x": {m}, "y": {m}}}).map(lambda row: {{**row, "x": row["x"] * 0.5}}):
for {r} in tf.data.Dataset.from_tensor_slices({{"x": {m}, "y": {m}}}).filter(lambda row: tf.reduce_sum(row["x"]) > -90.0):
for {r} in tf.data.Dataset.from_generator(_records, output_signature={{"x": tf.TensorSpec([3], tf.float32), "y": tf.TensorSpec([3], tf.float32)}}):
for {i}, {r} in enumerate(_records()):
for {r} in _records():
for {r} in [dict(zip(["x", "y"], row)) for row in _pairs()]:
for {r} in random.sample(list(_records()), 2):
for {r} in map(json.loads, ['{{"x": {v}, "y": {v}}}', '{{"x": {v}, "y": {v}}}']):
""".strip().split("\n")

SUPPLY = {
    "_pairs": 'def _pairs():\n    rng = np.random.default_rng(0)\n    for _ in range(3):\n        row = rng.normal(size=3).astype("float32")\n        yield row, np.sin(row)',
    "_records": 'def _records():\n    for k in range(3):\n        yield {"x": np.full(3, 0.5 + k, dtype="float32"), "y": np.ones(3, dtype="float32")}',
    "_Pairs": 'class _Pairs:\n    def __init__(self, rows):\n        self.rows = np.array(rows, dtype="float32")\n\n    def __len__(self):\n        return len(self.rows)\n\n    def __getitem__(self, index):\n        if index >= len(self):\n            raise IndexError(index)\n        return self.rows[index], self.rows[index] * 2.0',
    "_file": HELPERS["_file"],
}


@frame(5)
def data_loop(g: Writer) -> None:
    """Steps over data that comes in pairs, or in records."""
    sources = start(g, 2)
    x, y, record, index = g.new("features", "xb"), g.new("labels", "yb"), g.new("batch", "sample"), g.new("step")
    in_records = g.chance(0.4)
    header = g.pick(RECORDS if in_records else PAIRS)
    first = g.modules["main"].first
    first[:0] = [text for name, text in SUPPLY.items() if f"{name}(" in header or f"{name}," in header]
    if "_pairs" in header and SUPPLY["_pairs"] not in first:
        first.insert(0, SUPPLY["_pairs"])
    header = header.format(x=x, y=y, r=record, i=index, m=g.matrix(), v=g.vec())
    g.tag("data-loop")
    g.loops += 1
    with g.block(header):
        if in_records:
            one, two = (f'tf.convert_to_tensor({record}["{key}"])' for key in "xy")
            g.emit(f"{x}, {y} = {one}, {two}" if g.chance(0.5) else f"{x} = {one}\n{y} = {two}")
        elif g.chance(0.5):
            x, y = g.bind(f"tf.cast({x}, tf.float32)"), g.bind(f"tf.convert_to_tensor({y})")
        else:
            g.emit(f"{x} = tf.constant(np.asarray({x}), tf.float32)", f"{y} = tf.constant(np.asarray({y}), tf.float32)")
        g.live = [x, y]
        grads = tapes.section(g, sources, show=False, careful=True)
        update(g, sources, grads)


def update(g: Writer, sources: list[Source], grads: str) -> None:
    if g.chance(0.4):
        return
    pairs = to_apply(g, sources, grads)
    g.used |= {"change", "kept"}
    with g.block(f"for change, kept in {pairs}:"):
        g.emit("kept.assign_sub(0.05 * change)")


@frame(3)
def replay(g: Writer) -> None:
    """A replay buffer of transitions, from which a batch is drawn."""
    sources = start(g, 2)
    memory, kind = g.new("memory", "buffer"), g.pick(["tuple", "namedtuple", "dict"])
    g.tag("replay")
    first = g.modules["main"].first
    if kind == "namedtuple":
        first.insert(0, 'Transition = collections.namedtuple("Transition", ["state", "action", "reward"])')
    made = {
        "tuple": "({s}, {a}, {r})",
        "namedtuple": "Transition({s}, {a}, {r})",
        "dict": '{{"state": {s}, "action": {a}, "reward": {r}}}',
    }[kind].format(s="np.random.rand(3).astype(np.float32)", a="np.random.randint(2)", r="float(k)")
    g.emit(f"{memory} = {g.pick(['[]', 'collections.deque(maxlen=10)'])}")
    with g.block("for k in range(4):"):
        g.emit(f"{memory}.append({made})")
    drawn = g.bind(
        g.pick([f"random.sample({memory}, 2)", f"random.choices({memory}, k=2)", f"list({memory})[-2:]"]), "drawn"
    )
    if kind == "dict":
        g.emit(
            f'states = np.stack([t["state"] for t in {drawn}])',
            f'rewards = np.array([t["reward"] for t in {drawn}], dtype="float32")',
        )
    elif kind == "namedtuple" and g.chance(0.5):
        g.emit(
            f"batch = Transition(*zip(*{drawn}))",
            "states, rewards = np.array(batch.state), np.array(batch.reward, dtype=np.float32)",
        )
    else:
        g.emit(
            f"states, actions, rewards = {g.pick([f'zip(*{drawn})', f'map(np.array, zip(*{drawn}))'])}",
            "states, rewards = np.array(states), np.array(rewards, dtype=np.float32)",
        )
    g.emit(
        "state = tf.convert_to_tensor(states, dtype=tf.float32)[0]", "reward = tf.constant(rewards)[0] * tf.ones([3])"
    )
    g.live = ["state", "reward"]
    tapes.section(g, sources)
