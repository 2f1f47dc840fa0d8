"""How often a rule's findings are right: measured on TensorFlow, over the fixtures and over random programs.

    python -m tests.precision --count 2000 --seed 5000000   # writes tests/precision.txt

A finding (an error or a warning) is confirmed if the gradient of one of the sources that it names is missing, zero or
not finite at the call that it speaks of, or if TensorFlow raises there. In a fixture that is what its line is marked
with, which `test_fixtures.py` holds against TensorFlow. Random programs are run here, those whose branches hang on
data with several sets of numbers. A finding whose gradient call no run came to is not counted, nor is an update of
another variable that raises nothing: no gradient shows it.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generator.observe import Observation

    from tapelint import Diagnostic
    from tapelint.testing import Case

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "precision.txt"
LEAST = {"very-high": 0.99, "high": 0.9, "medium": 0.7, "low": 0.0}
"""What share of the findings of a rule must be confirmed for each word."""

NOT_OF_GRADIENTS = ("unused-ignore", "unused-layer")
"""Rules that say nothing of a gradient: TensorFlow cannot confirm them."""

OF_UPDATES = ("update-misuse",)
"""Rules that say something of what comes after the gradient: what follows confirms them."""


@dataclass
class Measured:
    """How many of the findings of a rule were confirmed."""

    confirmed: int = 0
    found: int = 0

    @property
    def share(self) -> float:
        return self.confirmed / self.found if self.found else 1.0

    def add(self, confirmed: bool) -> None:
        self.found += 1
        self.confirmed += confirmed


def fixtures(folder: Path = ROOT / "fixtures") -> dict[str, Measured]:
    """By rule, over the cases of the fixtures that are run."""
    from tapelint.testing import cases

    measured: dict[str, Measured] = defaultdict(Measured)
    for case in cases(folder):
        if not case.fixture.not_run:
            for found in case.findings:
                if found.level != "note" and found.name not in NOT_OF_GRADIENTS:
                    measured[found.name].add(_as_marked(case, found))
    return measured


def _as_marked(case: Case, found: Diagnostic) -> bool:
    lines = {step.span.start.line for step in found.steps} | {found.span.start.line}
    marks = case.marks("tf")
    after = [mark for mark in marks if found.name in OF_UPDATES and mark.line > found.span.start.line]
    asked = after or [mark for mark in marks if mark.line in lines] or marks
    return any(set(re.split(r", | then ", mark.text)) != {"flows"} for mark in asked)


def programs(seeds: Iterable[int]) -> dict[str, Measured]:
    """By rule, over the random programs of these seeds."""
    from generator.campaign import variants
    from generator.compare import told, write
    from generator.programs import make
    from generator.shrink import joined

    made = {str(seed): make(seed) for seed in seeds}
    with _observer() as observer:
        seen = {
            key: joined(observer, [program.files, *(variants(program, 2) if program.varied else [])])
            for key, program in made.items()
        }
    with tempfile.TemporaryDirectory(prefix="tape-programs-") as name:
        write(Path(name), {key: program.files for key, program in made.items()})
        traced, checked = told(Path(name), "trace"), told(Path(name), "check")
    expressions = {
        (entry["path"], entry["line"]): [source["expression"] for source in entry["sources"]]
        for entry in traced["gradients"]
    }
    measured: dict[str, Measured] = defaultdict(Measured)
    for found in checked["diagnostics"]:
        key = PurePosixPath(found["path"]).parts[0]
        confirmed = _as_seen(found, seen[key], expressions) if found["level"] != "note" else None
        if confirmed is not None and found["name"] not in NOT_OF_GRADIENTS:
            measured[found["name"]].add(confirmed)
    return measured


def _as_seen(
    found: Mapping[str, Any], seen: Observation, expressions: Mapping[tuple[str, int], list[str]]
) -> bool | None:
    """Whether TensorFlow did what a finding says; None where no run came there."""
    places = [(found["path"], found["start"]["line"])]
    places += [(step["path"], step["start"]["line"]) for step in found["steps"]]
    if seen.error_place and any(seen.error_place == _within(*place) for place in places):
        return True
    for path, line in reversed(places):
        call = seen.calls.get(_within(path, line))
        if call is None:
            continue
        names = expressions.get((path, line), [])
        named = {index for index, name in enumerate(names) if name in found["sources"]}
        outcomes: set[str] = set()
        for sets in (call.sources, call.elsewhere):
            for index, each in enumerate(sets):
                if not named or index in named or len(names) != len(call.sources):
                    outcomes |= each
        if 0 in call.lengths:  # no source, no gradient
            return True
        if found["name"] in OF_UPDATES and "Error" not in found["message"]:
            return True if outcomes - {"flows"} else None  # what is done with the gradients shows in none of them
        return bool(outcomes - {"flows"}) if outcomes else None
    return None


def _within(path: str, line: int) -> tuple[str, int]:
    """A place as the program knows it: without the folder of the program."""
    return str(PurePosixPath(*PurePosixPath(path).parts[1:])), line


def _observer() -> Any:
    from generator.observe import Observer, outcomes_at

    class NumbersToo(Observer):
        """Notes gradients that are not finite as well."""

        def note(self, call: Any, index: int, gradient: Any) -> None:
            super().note(call, index, gradient)
            values = getattr(gradient, "values", gradient)
            known = values is not None and not self.tf.is_symbolic_tensor(values) and values.dtype.is_floating
            if known and not bool(self.tf.reduce_all(self.tf.math.is_finite(values))):
                outcomes_at(call.sources, index).add("not finite")

    return NumbersToo()


def read(path: Path = DATA) -> dict[str, tuple[Measured, Measured]]:
    """What was measured: by rule, over the fixtures and over random programs."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        words = line.partition("#")[0].split()
        if words:
            first, second = (Measured(*map(int, word.split("/"))) for word in words[1:3])
            found[words[0]] = first, second
    return found


def lines(of_fixtures: Mapping[str, Measured], of_programs: Mapping[str, Measured]) -> Iterator[str]:
    nothing = Measured()
    for name in sorted({*of_fixtures, *of_programs}):
        both = (each.get(name, nothing) for each in (of_fixtures, of_programs))
        yield " ".join([f"{name:<36}", *(f"{f'{m.confirmed}/{m.found}':>10}" for m in both)]).rstrip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=2000, help="how many random programs")
    parser.add_argument("--seed", type=int, default=5_000_000, help="the first program's seed")
    options = parser.parse_args()
    of_programs = programs(range(options.seed, options.seed + options.count))
    head = [
        f"# Errors and warnings that TensorFlow confirmed, of all: in fixtures, in {options.count} random programs.",
        f"# Written by `python -m tests.precision --count {options.count} --seed {options.seed}`.",
    ]
    DATA.write_text("\n".join([*head, *lines(fixtures(), of_programs)]) + "\n", encoding="utf-8")
    print(DATA.read_text(encoding="utf-8"), end="")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))
    main()
