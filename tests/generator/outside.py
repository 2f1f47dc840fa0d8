"""Data that comes from outside the program: from files, archives, texts, data sets, settings."""

# ruff: noqa: E501  (lines of the programs that are written here)

from __future__ import annotations

from .writer import Writer

VECTORS = """
np.load(_file(np.array({v}, dtype="float32")))
np.load(_archive(x=np.array({v}), y=np.array({v})))["x"].astype("float32")
np.loadtxt(io.StringIO("{s}")).astype(np.float32)
np.loadtxt(io.StringIO("{s}\\n{t}"), dtype="float32")[1]
np.genfromtxt(io.StringIO("a b c\\n{s}"), names=True)["b"] * np.ones(3, dtype="float32")
np.genfromtxt(io.StringIO("{s}"), dtype=np.float32)
np.frombuffer(np.array({v}, dtype="float32").tobytes(), dtype="float32")
np.array("{s}".split(), dtype="float32")
np.asarray([float(part) for part in "{s}".split()], dtype=np.float32)
tf.constant(json.loads('{{"x": {v}, "y": 1}}')["x"])
tf.constant(json.load(io.StringIO('[{{"row": {v}}}]'))[0]["row"], dtype=tf.float32)
tf.constant([float(value) for value in next(csv.reader(io.StringIO("{c}")))])
tf.constant([float(row["b"]) for row in csv.DictReader(io.StringIO("a,b\\n1,{n}\\n2,{n}\\n3,{n}"))])
tf.constant(pickle.loads(pickle.dumps({{"x": {v}}}))["x"])
pickle.load(io.BytesIO(pickle.dumps(np.array({v}, dtype="float32"))))
tf.constant(yaml.safe_load("x: {v}")["x"])
tf.fill([3], float(os.environ.get("TAPE_SCALE", "{n}")))
tf.constant({v}) * float(os.getenv("TAPE_SCALE") or "{n}")
tf.ones([3]) * _options().scale
tf.ones([3]) * float(_settings()["model"]["scale"])
tf.constant(_settings().getfloat("model", "scale"), shape=[3])
tf.io.decode_csv("{c}", [[0.0], [0.0], [0.0]])
tf.stack(tf.io.decode_csv(tf.constant("{c}"), record_defaults=[0.0, 0.0, 0.0]))
tf.strings.to_number(tf.strings.split("{s}"))
tf.io.parse_tensor(tf.io.serialize_tensor(tf.constant({v})), tf.float32)
tf.io.parse_single_example(_example({v}), {{"x": tf.io.FixedLenFeature([3], tf.float32)}})["x"]
tf.io.decode_raw(tf.constant(np.array({v}, dtype="float32").tobytes()), tf.float32)
next(iter(tf.data.Dataset.from_tensors({v})))
next(iter(tf.data.Dataset.from_tensor_slices([{v}, {v}]).shuffle(2)))
tf.data.Dataset.from_tensors(np.array({v}, dtype="float32")).get_single_element()
list(tf.data.Dataset.from_tensor_slices({{"x": [{v}], "y": [{v}]}}))[0]["y"]
list(tf.data.Dataset.from_tensor_slices([{v}, {v}]).as_numpy_iterator())[-1]
next(tf.data.Dataset.from_tensor_slices(({v}, {v})).batch(3).as_numpy_iterator())[1]
next(iter(tf.data.Dataset.from_generator(lambda: iter([{v}]), output_signature=tf.TensorSpec([3], tf.float32))))
tf.data.experimental.get_single_element(tf.data.Dataset.from_tensors(({v}, 1)))[0]
tf.convert_to_tensor(_stored({v})["data"][:], dtype=tf.float32)
_stored({v})["data"][()]
tf.constant(_table({v})[0].value)
np.stack([row["x"] for row in _rows({v})])[0].astype("float32")
np.array([item for item in _queue({v})], dtype="float32")[0]
np.mean([row["x"] for row in _rows({v})], axis=0, dtype=np.float32)
_rows({v})[np.random.randint(2)]["x"].astype(np.float32)
random.choice(_rows({v}))["x"].astype("float32")
random.sample(_queue({v}), 1)[0]
""".strip().split("\n")

HELPERS = {
    "_file": "def _file(values):\n    kept = io.BytesIO()\n    np.save(kept, values)\n    kept.seek(0)\n    return kept",
    "_archive": "def _archive(**values):\n    kept = io.BytesIO()\n    np.savez(kept, **values)\n    kept.seek(0)\n    return kept",
    "_options": 'def _options():\n    parser = argparse.ArgumentParser()\n    parser.add_argument("--scale", type=float, default=1.3)\n    return parser.parse_args([])',
    "_settings": 'def _settings():\n    parser = configparser.ConfigParser()\n    parser.read_string("[model]\\nscale = 0.7\\n")\n    return parser',
    "_example": 'def _example(values):\n    feature = tf.train.Feature(float_list=tf.train.FloatList(value=values))\n    return tf.train.Example(features=tf.train.Features(feature={"x": feature})).SerializeToString()',
    "_stored": 'def _stored(values):\n    store = h5py.File(io.BytesIO(), "w")\n    store["data"] = np.array(values, dtype="float32")\n    return store',
    "_table": '@dataclasses.dataclass\nclass Row:\n    name: str\n    value: list\n\n\ndef _table(values):\n    return [Row("a", values), Row(name="b", value=values)]',
    "_rows": 'def _rows(values):\n    return [{"x": np.array(values), "id": k} for k in range(2)]',
    "_queue": 'def _queue(values):\n    kept = collections.deque(maxlen=4)\n    for _ in range(3):\n        kept.append(np.array(values, dtype="float32"))\n    return list(kept)',
}


def vector(g: Writer) -> str:
    """The text of a vector of floats that comes from outside; the helpers it needs are defined."""
    way = g.pick(VECTORS)
    g.tag("from-outside")
    for name, text in HELPERS.items():
        if f"{name}(" in way and text not in g.modules["main"].first:
            g.modules["main"].first.insert(0, text)
    s, t = (" ".join(g.num() for _ in range(3)) for _ in range(2))
    return way.format(v=g.vec(), s=s, t=t, c=s.replace(" ", ","), n=g.positive())
