"""Compares one line of a fact file with what the libraries do. Imported only where TensorFlow is installed."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import facts_lab as lab
import facts_weights as weights
import propose_facts as propose
from packaging.specifiers import SpecifierSet

from tapelint.facts import Facts
from tapelint.facts.parse import bind, carries, full_name, header_name, kind_of, read_header, split_line
from tapelint.facts.table import FOLDER, NO_FACTS
from tapelint.facts.values import Input, Parameter, Singular
from tapelint.facts.words import Answer, read

MEASURED_ON = (3, 11)
CLASSES = {
    "Tensor": type(lab.tf.constant(1.0)),
    "Variable": type(lab.tf.Variable(1.0)),
    "KerasVariable": type(lab.keras.Variable(1.0)),
    "ndarray": lab.np.ndarray,
}
VERSIONS = {
    "tensorflow": lab.tf.__version__,
    "keras": lab.keras.__version__,
    "numpy": lab.np.__version__,
    "tf_keras": lab.tf_keras.__version__,
}


@dataclass(frozen=True)
class Line:
    """One line of a fact file, with the header above it."""

    path: Path
    number: int
    header: str
    text: str

    @property
    def where(self) -> str:
        """File and line."""
        return f"{self.path.name}:{self.number}"


def files() -> list[Path]:
    """The fact files."""
    return [path for path in sorted(FOLDER.glob("*.txt")) if path.name not in NO_FACTS]


def lines_of(path: Path) -> Iterator[Line]:
    """The headers and lines of a file; a header's text is the header."""
    header = ""
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        if not text.startswith(" "):
            header = text
        yield Line(path, number, header, text.strip())


def holds_here(versions: str) -> bool:
    """Whether a line speaks of the installed versions: `tensorflow>=2.18`."""
    found = re.fullmatch(r"(\w+)(.*?)\]?", versions)
    return not versions or (found is not None and SpecifierSet(found[2]).contains(VERSIONS[found[1]], prereleases=True))


def check(line: Line) -> str | None:
    """None if a header or a line is right, else what is wrong with it."""
    try:
        if line.text == line.header:
            return check_header(line)
        if line.text.startswith(("weights ", "inner ")):
            return check_weights(line)
        return check_line(line)
    except Exception as error:
        return f"{line.where}: {line.text}\n    {type(error).__name__}: {error}"


def check_line(line: Line) -> str | None:
    """None if a line is right, else what it says and what was observed."""
    versions, graph, expression, words = split_line(line.text)
    if not holds_here(versions):
        return None
    env = propose.env_of(expression)
    said = read(words, {name: carries(name) for name in leaves_in(line, expression)})
    if graph:
        seen = lab.observe_graph(expression, env)
        wrong = wrong_outcomes(said, seen)
    else:
        seen = lab.observe(expression, env)
        wrong = wrong_outcomes(said, seen) or wrong_result(said, seen) or wrong_points(said, seen, expression, env)
        wrong = wrong or wrong_range(said, expression, env)
    if not wrong:
        return None
    points = {} if graph or seen.error else propose.singular_words(expression, env, seen)
    extra = [] if graph or seen.error else propose.range_words(expression, env, seen)
    observed = propose.answer(seen, points, extra)
    if seen.message:
        observed += f"   ({seen.message.splitlines()[0][:100]})"
    return f"{line.where}: {line.text}\n    wrong: {wrong}\n    observed: {expression}  {observed}"


def leaves_in(line: Line, expression: str) -> list[str]:
    """The leaves that the reader of the file finds in an expression."""
    tree = ast.parse(expression, mode="eval").body
    name = full_name(header_name(line.header))
    if name != "operator []" and isinstance(tree, ast.Subscript) and isinstance(tree.slice, ast.Constant):
        tree = tree.value
    signatures = read_header(line.header)
    _, holders = bind(tree, name, kind_of(name, len(signatures)), signatures)
    return [leaf for found in holders.values() for leaf in found]


def wrong_outcomes(said: Answer, seen: lab.Seen) -> str:
    """Where the outcomes differ."""
    if said.error != seen.error:
        return f"the call raises {seen.error}" if seen.error else "the call raises nothing"
    if seen.error:
        return ""
    for name, expected in said.leaves.items():
        observed = seen.outcomes.get(name, "none")
        if observed == "detached" and not carries(name):
            observed = "none"
        if expected.outcome != observed:
            return f"{name} {observed}"
        if expected.outcome == "raises" and expected.error != seen.errors.get(name):
            return f"{name} raises {seen.errors.get(name)}"
        if wrong := wrong_details(name, expected, seen):
            return wrong
    return ""


def wrong_details(name: str, expected: Input, seen: lab.Seen) -> str:
    """Where linearity or the answer as a target differ."""
    if expected.outcome in ("flows", "zero") and name in seen.linearity:
        linearity = "other" if expected.linearity == "division" else expected.linearity
        if linearity != seen.linearity[name]:
            return f"{name} is {seen.linearity[name]}"
    target = expected.target_outcome or ""
    if expected.target_outcome == "raises":
        target = f"raises {expected.target_error}"
    again = expected.again_outcome or ""
    if expected.again_outcome == "raises":
        again = f"raises {expected.again_error}"
    if seen.linearity and again != seen.again.get(name, ""):
        return f"{name} again: {seen.again.get(name, 'nothing special')}"
    if carries(name) and seen.linearity is not None and target != seen.targets.get(name, ""):
        return f"{name} as target: {seen.targets.get(name, 'nothing special')}"
    return ""


def wrong_result(said: Answer, seen: lab.Seen) -> str:
    """Where kind, dtype, fields or recording differ."""
    if seen.error:
        return ""
    result = said.result
    for word, expected, observed in (
        ("kind", result.kind, seen.kind),
        ("dtype", result.dtype, seen.dtype),
        ("fields", result.names, seen.names if seen.kind == "tuple" else ()),
    ):
        if expected != observed:
            return f"the result's {word} is {observed or 'nothing'}"
    countable = seen.dtype.startswith(("int", "uint", "bool", "string", "q"))
    if result.kind in ("tensor", "tuple") and not countable and result.recorded != seen.recorded:
        return "recorded" if seen.recorded else "not recorded"
    return ""


def wrong_points(said: Answer, seen: lab.Seen, expression: str, env: dict[str, Any]) -> str:
    """Where a stated singular point is none, or one is not stated."""
    together = tuple(n for n, o in seen.outcomes.items() if o == "flows" and propose.simple(env[n]))
    for name, expected in said.leaves.items():
        if expected.outcome == "flows" and propose.is_matrix(env[name]):
            if wrong := wrong_matrices(name, expected, expression, env):
                return wrong
            continue
        if expected.outcome != "flows" or not propose.simple(env[name]):
            continue
        points = {point.at: point for point in expected.singular}
        if not points and expected.linearity in ("linear", "bilinear"):
            continue  # the derivative does not depend on this argument
        for at in {0.0, 1.0, -1.0, *points}:
            stated = points.get(at)
            others = together if stated and stated.together else ()
            point = lab.at_point(expression, env, name, at, others)
            observed = point and Singular(
                at,
                point.gradient,
                point.guarded,
                point.value,
                point.beyond,
                point.past,
                bool(others),
                point.everywhere,
            )
            if observed != stated:
                words = propose.point_words(point, at, bool(others)) if point else f"a finite gradient at {at}"
                return f"{name}: {words}"
    return ""


def wrong_matrices(name: str, expected: Input, expression: str, env: dict[str, Any]) -> str:
    """The same, of a matrix."""
    stated = {point.of: point for point in expected.singular if not point.together}
    if not stated and expected.linearity in ("linear", "bilinear"):
        return ""
    for of in lab.MATRICES:
        point = lab.at_matrix(expression, env, name, of)
        observed = point and Singular(0.0, point.gradient, point.guarded, point.value, of=of)
        if observed != stated.get(of):
            return f"{name}: {propose.point_words(point, of, False) if point else f'a finite gradient at {of}'}"
    return ""


def wrong_range(said: Answer, expression: str, env: dict[str, Any]) -> str:
    """Where a value was seen outside the stated bounds."""
    result = said.result
    if result.low is not None or result.high is not None or result.overflow:
        found = lab.extent(expression, env)
        if found is None:
            return "its bounds cannot be measured"
        low, high = found
        if result.low is not None and (low < result.low or (low == result.low and result.low_open)):
            return f"a value of {low}"
        if result.high is not None and (high > result.high or (high == result.high and result.high_open)):
            return f"a value of {high}"
        if result.overflow and high < 1e20:
            return f"no value above {high}"
    if result.spread:
        kept = lab.spread(expression, env)
        if kept != result.spread and not (result.spread == "sign" and kept == "within"):
            return f"it {'keeps the sign only' if kept == 'sign' else 'leaves the range of its arguments'}"
    return ""


def check_weights(line: Line) -> str | None:
    """None if a layer has the stated weights, in every experiment of its block."""
    fact = Facts.load().fact(full_name(header_name(line.header)))
    assert fact is not None
    for experiment in fact.experiments:
        if experiment.part is None and experiment.plain and experiment.error is None:
            wrong = weights.wrong(fact, split_line(experiment.text)[2], experiment.given)
            if wrong:
                return f"{line.where}: {line.text}\n    {experiment.text}\n    observed: {wrong}"
    return None


def check_header(line: Line) -> str | None:
    """None if a header has the library's parameters and each alias is the same object."""
    written, _, aliases = line.text.partition(" = ")
    name = header_name(written)
    head, _, rest = name.partition(".")
    if name.startswith("operator ") or not rest:
        return None
    if head in CLASSES:
        return check_method(line, CLASSES[head], rest)
    if head[0].isupper():
        return None
    thing = propose.resolve(name)
    wrong = [] if not callable(thing) else wrong_parameters(written, thing)
    for alias in aliases.split(", ") if aliases else ():
        if not any(other is thing or other == thing for other in named(alias)):
            wrong.append(f"{alias} is not {name}")
    return f"{line.where}: {line.text}\n    " + "\n    ".join(wrong) if wrong else None


def check_method(line: Line, owner: type, name: str) -> str | None:
    """The same for a method; what the class does not have must raise, which its lines say."""
    method = getattr(owner, name, None)
    if method is None or not callable(method):
        return None
    found = propose.signature(method)
    if found is None or "**" in found or found.startswith("*"):
        return None
    if fits(read_header(line.text)[0], found):
        return None
    return f"{line.where}: {line.text}\n    observed: {found}"


def named(alias: str) -> list[Any]:
    """The objects that an alias may stand for: names of TensorFlow 1, and Keras under tf."""
    found = []
    for text in (alias, "tf.compat.v1." + alias.removeprefix("tf."), "tf." + alias):
        try:
            found.append(propose.resolve(text))
        except (AttributeError, NameError):
            continue
    return found


def wrong_parameters(written: str, thing: Any) -> list[str]:
    """Where a header's parameters are not those that Python sees."""
    lists = read_header(written)
    observed = [propose.own_signature(thing)]
    if isinstance(thing, type) and len(lists) > 1:
        observed.append(propose.call_signature(thing) or "")
    wrong = []
    for mine, theirs in zip(lists, observed, strict=False):
        if theirs != "*args" and not fits(mine, theirs):
            wrong.append(f"observed: ({theirs})")
    return wrong


def fits(written: tuple[Parameter, ...], signature: str) -> bool:
    """Whether a header's parameters are those of a signature.

    Headers are of the Python that they were measured on. On a later one, with later libraries, a function may take more
    than a header says, as long as a call may leave that out, and may call otherwise what is handed over by position.
    """
    observed = read_header(f"f({signature})")[0]
    if [(p.name, p.star) for p in written] == [(p.name, p.star) for p in observed]:
        return True
    if sys.version_info[:2] == MEASURED_ON:
        return False
    known = {p.name for p in written}
    added = [p for p in observed if p.name not in known]
    kept = [p.name for p in observed if p.name in known]
    if kept == [p.name for p in written]:
        return all(p.star or p.has_default for p in added)
    return len(written) == len(observed) == 1
