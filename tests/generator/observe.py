"""Run programs on TensorFlow and write down what each gradient call gave, source by source.

Many programs run in one process. `GradientTape.gradient`, `jacobian` and `batch_jacobian` are wrapped while they do:
the wrapper notes the outcome for the line of the program that asked, whether that line runs eagerly or is traced.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import itertools
import os
import random
import re
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
SECONDS = 20
"""How long one program may run."""

ALARMS = 5
"""After how many, two seconds apart, a program is ended wherever it is."""

FOLDER = "tape-program-"

Place = tuple[str, int]

THROWN_AWAY = "tf.function only supports singleton tf.Variables"
"""What TensorFlow says where it traces anew, for the first trace made variables: no graph has what that one gave."""

RESIDUE = 1e-6
"""Below this a gradient may be what is left where terms cancel: a few units in the last place of a float32."""


@dataclass
class Call:
    """One gradient call of a program.

    method: gradient, jacobian or batch_jacobian. sources: for each source, in TensorFlow's order, the set of what came:
    flows, none, zero, `raises Type`, and residue (nothing above what rounding leaves of numbers near 1).
    elsewhere: the same, with other numbers in the program.
    lengths: the numbers of sources seen. runs: how often it was reached.
    """

    method: str
    sources: list[set[str]] = field(default_factory=list)
    elsewhere: list[set[str]] = field(default_factory=list)
    lengths: set[int] = field(default_factory=set)
    runs: int = 0

    def note(self, position: int, outcome: str) -> None:
        outcomes_at(self.sources, position).add(outcome)


def size(largest: float) -> str:
    """The outcome of a gradient with this largest absolute value."""
    return "zero" if largest == 0 else "residue" if largest < RESIDUE else "flows"


def outcomes_at(sets: list[set[str]], position: int) -> set[str]:
    while len(sets) <= position:
        sets.append(set())
    return sets[position]


@dataclass
class Observation:
    """What a program did. error: the exception that ended it, `Type: text`, and the line of main.py it came through."""

    calls: dict[Place, Call] = field(default_factory=dict)
    error: str = ""
    error_place: Place | None = None

    def join(self, other: Observation) -> None:
        """Add what the same lines did with other numbers."""
        for place, call in other.calls.items():
            mine = self.calls.setdefault(place, Call(call.method))
            mine.lengths |= call.lengths
            mine.runs += call.runs
            for sets in (call.sources, call.elsewhere):
                for position, outcomes in enumerate(sets):
                    outcomes_at(mine.elsewhere, position).update(outcomes)


class TooLong(BaseException):
    """A program that ran out of time."""


class Observer:
    """Runs programs. Use it as a context: TensorFlow's tape is wrapped while it is open."""

    def __init__(self, seconds: float = SECONDS) -> None:
        import keras
        import tensorflow as tf
        from tensorflow.python.util import tf_stack

        tf.get_logger().setLevel("ERROR")
        self.tf, self.keras, self.stack = tf, keras, tf_stack
        self.seconds = seconds
        self.root, self.now = "", Observation()
        self.traced: list[tuple[Call, int]] = []
        self.inside = 0
        self.originals: dict[str, Callable[..., Any]] = {}

    def __enter__(self) -> Observer:
        for name in ("gradient", "jacobian", "batch_jacobian"):
            self.originals[name] = getattr(self.tf.GradientTape, name)
            setattr(self.tf.GradientTape, name, self.wrapper(name))
        gc.collect()
        gc.freeze()
        return self

    def __exit__(self, *error: object) -> None:
        for name, original in self.originals.items():
            setattr(self.tf.GradientTape, name, original)
        gc.unfreeze()

    # one program

    def run(self, files: dict[str, str]) -> Observation:
        """Run a program in a fresh folder."""
        with tempfile.TemporaryDirectory(prefix=FOLDER) as folder:
            root = os.path.realpath(folder)
            for name, text in files.items():
                path = Path(root, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            self.root, self.now, self.inside, self.traced = root + os.sep, Observation(), 0, []
            with self.surroundings(root, "keras" in "".join(files.values())):
                self.execute(Path(root, "main.py"))
        return self.now

    @contextlib.contextmanager
    def surroundings(self, root: str, uses_keras: bool) -> Iterator[None]:
        """What a program must find: its folder first, fixed seeds, a quiet terminal; what it leaves is removed."""
        import numpy as np

        before, bytecode = set(sys.modules), sys.dont_write_bytecode
        sys.path.insert(0, root)
        sys.dont_write_bytecode = True
        importlib.invalidate_caches()
        random.seed(0)
        np.random.seed(0)
        self.tf.random.set_seed(0)
        if uses_keras:
            self.keras.utils.clear_session(free_memory=False)
        try:
            with (
                warnings.catch_warnings(),
                contextlib.redirect_stdout(io.StringIO()),
                contextlib.redirect_stderr(io.StringIO()),
            ):
                warnings.simplefilter("ignore")
                yield
        finally:
            sys.path.remove(root)
            sys.dont_write_bytecode = bytecode
            sys.path_importer_cache.pop(root, None)
            for name in set(sys.modules) - before:
                if str(getattr(sys.modules[name], "__file__", "") or "").startswith(root):
                    del sys.modules[name]

    def execute(self, path: Path) -> None:
        alarms, tracing = itertools.count(1), sys.gettrace()

        def out_of_time(number: int, frame: FrameType | None) -> None:
            if self.end_at_its_next_line(frame) and next(alarms) >= ALARMS:
                raise TooLong

        previous = signal.signal(signal.SIGALRM, out_of_time)
        signal.setitimer(signal.ITIMER_REAL, self.seconds, 2)
        try:
            code: CodeType = compile(path.read_text(), str(path), "exec")
            exec(code, {"__name__": "__main__", "__file__": str(path)})
        except (Exception, SystemExit, TooLong) as error:
            self.now.error = f"{type(error).__name__}: {str(error)[:300]}"
            self.now.error_place = self.place_of(error)
            if THROWN_AWAY in str(error):
                for call, index in self.traced:
                    call.sources[index].discard("none")
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)
            sys.settrace(tracing)

    def end_at_its_next_line(self, frame: FrameType | None) -> bool:
        """Raise TooLong where the program goes on to a line of its own; false if it is not running.

        What is raised in the middle of TensorFlow can leave a graph open, in which all later programs would run.
        """

        def end(frame: FrameType, event: str, argument: object) -> None:
            sys.settrace(None)
            raise TooLong

        while frame is not None and not frame.f_code.co_filename.startswith(self.root):
            frame = frame.f_back
        if frame is not None:
            frame.f_trace = end
            sys.settrace(lambda *_: None)
        return frame is not None

    def place_of(self, error: BaseException) -> Place | None:
        """The innermost line of the program that an exception came through."""
        place, trace = None, error.__traceback__
        while trace is not None:
            name = trace.tb_frame.f_code.co_filename
            if name.startswith(self.root):
                place = (name[len(self.root) :], trace.tb_lineno)
            trace = trace.tb_next
        return place

    def caller(self) -> Place | None:
        """The line of the program that asks; lines of AutoGraph's copies are mapped back by TensorFlow itself."""
        frame: FrameType | None = sys._getframe(2)
        while frame is not None:
            name = frame.f_code.co_filename
            if name.startswith(self.root):
                return name[len(self.root) :], frame.f_lineno
            if "__autograph_generated_file" in name:
                break
            frame = frame.f_back
        for entry in reversed(self.stack.extract_stack()):
            # The copy may have been made for an equal function of a program that ran before, in another folder.
            if found := re.search(rf"{FOLDER}[^/\\]+[/\\](.*)$", entry.filename):
                return found[1], entry.lineno
        return None

    # the wrapped methods

    def wrapper(self, method: str) -> Callable[..., Any]:
        original = self.originals[method]

        def asked(tape: Any, target: Any = None, sources: Any = None, *rest: Any, **options: Any) -> Any:
            sources = options.pop("source", sources) if method == "batch_jacobian" else sources
            place = None if self.inside else self.caller()
            if place is None:
                return original(tape, target, sources, *rest, **options)
            call = self.now.calls.setdefault(place, Call(method))
            call.runs += 1
            return self.ask(call, original, tape, target, sources, rest, options)

        return asked

    def ask(
        self,
        call: Call,
        original: Callable[..., Any],
        tape: Any,
        target: Any,
        sources: Any,
        rest: tuple[Any, ...],
        options: dict[str, Any],
    ) -> Any:
        """Ask TensorFlow, with NONE in place of ZERO so that a missing gradient shows; give what was wanted."""
        tf = self.tf
        position = {"gradient": 1, "jacobian": 0, "batch_jacobian": 0}[call.method]
        wanted = (
            rest[position]
            if len(rest) > position
            else options.get("unconnected_gradients", tf.UnconnectedGradients.NONE)
        )
        zeros = wanted in ("zero", tf.UnconnectedGradients.ZERO)
        if zeros:
            rest = rest[:position]
            options = {**options, "unconnected_gradients": tf.UnconnectedGradients.NONE}
        flat = tf.nest.flatten(sources)
        call.lengths.add(len(flat))
        self.inside += 1
        try:
            result = original(tape, target, sources, *rest, **options)
        except Exception as error:
            for index in range(len(flat)):
                call.note(index, f"raises {type(error).__name__}")
            raise
        finally:
            self.inside -= 1
        given = tf.nest.flatten(result)
        unconnected = [source for g, source in zip(given, flat, strict=True) if g is None]
        if zeros and any(isinstance(source, self.keras.Variable) for source in unconnected):
            for index in range(len(flat)):
                call.note(index, "raises AttributeError")
            raise AttributeError("a Keras variable has no handle from which TensorFlow makes zeros")
        for index in range(len(flat)):
            self.note(call, index, given[index])
        if zeros:
            return tf.nest.map_structure(lambda item, source: self.filled(item, source, target), result, sources)
        return result

    def filled(self, item: Any, source: Any, target: Any) -> Any:
        return item if item is not None else self.tf.zeros_like(source)

    def note(self, call: Call, index: int, gradient: Any) -> None:
        tf = self.tf
        if gradient is None:
            call.note(index, "none")
            if not tf.executing_eagerly():
                self.traced.append((call, index))
            return
        values = gradient.values if isinstance(gradient, tf.IndexedSlices) else gradient
        if tf.is_symbolic_tensor(values):
            self.note_later(call, index, values)
            return
        call.note(index, size(float(self.largest(values))))

    def note_later(self, call: Call, index: int, values: Any) -> None:
        """In a graph the value is only known when the graph runs."""
        tf = self.tf

        def seen(largest: Any) -> Any:
            call.note(index, size(float(largest)))
            return largest

        outcomes_at(call.sources, index)
        tf.numpy_function(seen, [self.largest(tf.stop_gradient(values))], tf.float64, stateful=True)

    def largest(self, values: Any) -> Any:
        """The largest absolute value; 0 of none."""
        tf = self.tf
        return tf.cast(tf.reduce_max(tf.concat([tf.reshape(tf.abs(values), [-1]), [0]], 0)), tf.float64)


def observe(programs: list[dict[str, str]]) -> list[Observation]:
    """Run programs, each given by its files, one after the other."""
    with Observer() as observer:
        return [observer.run(files) for files in programs]
