"""Hold what `tapelint` says about programs against what TensorFlow did."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .observe import Call, Observation, Place

RIGHT, WRONG, MISS, QUIET, SOMETIMES, BY_VALUE, BY_ROUNDING, IGNORED = (
    "right",
    "wrong",
    "miss",
    "quiet",
    "sometimes",
    "by value",
    "by rounding",
    "ignored",
)
TOO_STRONG, NEVER_NONE = "too strong", "never none"

KERNEL_ERRORS = {"raises InvalidArgumentError", "raises UnknownError"}
"""Raised while a backward operation ran, by the shapes and numbers that it met: no verdict speaks of these."""

RENAMED = {"raises LookupError", "raises IndexError", "raises ZeroDivisionError"}
"""Seen at a call within code that AutoGraph converts; what leaves that code is a StagingError."""


@dataclass(frozen=True)
class Finding:
    """One source of one gradient call, as it was said and as it was.

    key: which program. index: the source's position (-1: tapelint lists another number of sources).
    said: tapelint's verdict. seen: what TensorFlow did, in all runs. judged: one of

    - right; wrong (TensorFlow did otherwise); too strong (so in some runs only, where no data decides);
    - sometimes (said `sometimes none`, and it was), never none (said so, and never was);
    - by value (said flows; TensorFlow gave zeros in every run: a path, perhaps a dead one);
    - by rounding (said zero; in some runs there was left what rounding leaves of terms that cancel);
    - miss (said unknown where there is a problem); quiet (said unknown, nothing is wrong); ignored (not to be judged).
    """

    key: str
    place: Place
    index: int
    said: str
    seen: frozenset[str]
    judged: str

    @property
    def kind(self) -> tuple[str, ...]:
        """What this disagreement has in common with others."""
        return (self.judged, self.said.split()[0], *sorted(self.seen))


@dataclass
class Comparison:
    """findings: one per source. alarms: error findings of rules about cut paths and tapes in programs where all flows.

    problems: files that tapelint could not analyse.
    """

    findings: list[Finding] = field(default_factory=list)
    alarms: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def of(self, *judged: str) -> list[Finding]:
        return [finding for finding in self.findings if finding.judged in judged]


def judge(said: str, here: frozenset[str], elsewhere: frozenset[str] = frozenset(), failed: bool = False) -> str:
    """One verdict against the outcomes of one source.

    here: with the numbers that tapelint read. elsewhere: with other numbers. failed: an exception ended the program.
    """
    word = said.split()[0]
    tiny = here | elsewhere <= {"zero", "residue"}
    if word == "zero" and tiny and "residue" in here | elsewhere:
        return BY_ROUNDING
    here, elsewhere = (frozenset("flows" if o == "residue" else o for o in part) for part in (here, elsewhere))
    seen = here | elsewhere
    kinds = {outcome.split()[0] for outcome in seen}
    if seen & KERNEL_ERRORS and word != "raises":
        return IGNORED
    if not kinds:
        return RIGHT if word == "raises" and failed else IGNORED
    if word == "unknown":
        return QUIET if kinds == {"flows"} else MISS
    if word == "sometimes":
        return SOMETIMES if "none" in kinds else NEVER_NONE
    if word == "flows":
        if kinds == {"zero"}:
            return BY_VALUE
        mine = {outcome.split()[0] for outcome in here}
        return RIGHT if kinds <= {"flows", "zero"} else WRONG if not kinds & mine & {"flows", "zero"} else TOO_STRONG
    if word not in kinds:
        return WRONG
    if word == "raises":
        return (
            RIGHT
            if "raises" in said.split()[-1]
            or said in seen
            or (said == "raises StagingError" and seen & RENAMED)
            or {said[7:], *(o[7:] for o in seen)} <= {"AttributeError", "TypeError"}
            else WRONG
        )
    # Zero may be said for the numbers that stand in the program; none is a matter of its paths.
    return RIGHT if kinds == {word} or (word == "zero" and here == {word}) else TOO_STRONG


def told(folder: Path, verb: str) -> dict[str, Any]:
    """The JSON answer of one run over a folder."""
    command = [sys.executable, "-m", "tapelint", verb, "--format", "json", "--no-cache", "."]
    paths = [os.environ.get("PYTHONPATH", ""), str(Path(__file__).parents[2])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise RuntimeError(
            f"`tapelint {verb}` printed no JSON (exit {done.returncode}): {(done.stderr or done.stdout)[-800:]}"
        ) from None
    return answer


def write(folder: Path, programs: Mapping[str, Mapping[str, str]]) -> None:
    """Each program into a folder of its own, which is a project of its own."""
    for key, files in programs.items():
        for name, text in files.items():
            path = folder / key / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        (folder / key / "pyproject.toml").write_text("")


def compare(
    programs: Mapping[str, Mapping[str, str]], observations: Mapping[str, Observation], alarms: bool = True
) -> Comparison:
    """Ask tapelint about all programs at once, and judge every source that TensorFlow was asked for.

    programs: files by key; a key is the name of a folder. alarms: ask `check`, too.
    """
    result = Comparison()
    with tempfile.TemporaryDirectory(prefix="tape-programs-") as name:
        folder = Path(name)
        write(folder, programs)
        answer = told(folder, "trace")
        checked = told(folder, "check") if alarms else {"diagnostics": []}
    said: dict[tuple[str, Place], list[list[str]]] = {}
    for entry in answer["gradients"]:
        key, _, path = Path(entry["path"]).as_posix().partition("/")
        said.setdefault((key, (path, entry["line"])), []).append([source["verdict"] for source in entry["sources"]])
    result.problems += [f"{error['path']}: {error['message']}" for error in answer.get("errors", [])]
    for key in programs:
        for place, call in observations[key].calls.items():
            result.findings += judged_call(key, place, call, said.get((key, place), []), observations[key])
    unreached = {key for key, place in said if key in observations and place not in observations[key].calls}
    result.alarms = false_alarms(checked["diagnostics"], {k: o for k, o in observations.items() if k not in unreached})
    return result


def judged_call(
    key: str, place: Place, call: Call, said: Sequence[list[str]], observation: Observation
) -> list[Finding]:
    """The sources of one call. Without an answer, or with two for the line, all are unknown."""
    verdicts = said[0] if len(said) == 1 else []
    sources = [frozenset(outcomes) for outcomes in call.sources]
    others = [frozenset(outcomes) for outcomes in call.elsewhere] + [frozenset()] * len(sources)
    if call.lengths != {len(sources)}:
        return []
    if len(verdicts) != len(sources):
        alike = set(verdicts)
        if verdicts and len(verdicts) != 1 and alike != {"unknown"}:
            return [Finding(key, place, -1, f"counts {len(verdicts)} sources, not {len(sources)}", frozenset(), WRONG)]
        verdicts = (verdicts[:1] or ["unknown"]) * len(sources)
    return [
        Finding(key, place, index, verdict, seen | other, judge(verdict, seen, other, bool(observation.error)))
        for index, (verdict, seen, other) in enumerate(zip(verdicts, sources, others, strict=False))
    ]


def false_alarms(
    diagnostics: Sequence[Mapping[str, Any]], observations: Mapping[str, Observation]
) -> list[tuple[str, str]]:
    """Error findings about cut paths and tapes where every gradient flowed: the program, and what was said.

    observations: of programs that came to all of their gradient calls; of others nobody can tell.
    """
    fine = set()
    for key, observation in observations.items():
        asked = [source for call in observation.calls.values() for source in call.sources]
        # A call for an empty list of sources gives nothing: whether that is an alarm to raise is not for us to say.
        empty = any(0 in call.lengths for call in observation.calls.values())
        if asked and not empty and not observation.error and all(outcomes == {"flows"} for outcomes in asked):
            fine.add(key)
    alarms = []
    for found in diagnostics:
        key = Path(found["path"]).as_posix().partition("/")[0]
        if key in fine and found["level"] == "error" and found["code"][:3] in ("TL1", "TL4"):
            alarms.append(
                (
                    key,
                    f"{found['code']} {found['name']} at {found['path']}:{found['start']['line']}: {found['message']}",
                )
            )
    return alarms
