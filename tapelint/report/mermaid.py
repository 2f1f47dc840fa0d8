"""The path of a finding as a Mermaid flowchart: its steps from the source to the gradient call.

The break is framed in red, and dotted is the way from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from tapelint.diagnostic import Diagnostic, Step
from tapelint.report import Result
from tapelint.report.common import Paths, begins, is_gradient_call, plain, stations, text_of

_CODE = 48
_WORDS = 160
_COMPACT = '%%{init: {"flowchart": {"rankSpacing": 24, "nodeSpacing": 24, "padding": 8, "wrappingWidth": 480}}}%%'
# Only strokes, so that the graph can be read on a light page and on a dark one.
_STYLES = (
    "classDef cut stroke:#d1242f,stroke-width:3px",
    "classDef ask stroke:#8250df,stroke-width:2px",
    "classDef more stroke-dasharray:4",
)
# Everything else has a meaning somewhere in Mermaid, in its Markdown or in the HTML that it makes.
_MEANING = re.compile(r"[^\w ,.:()=+/-]|^[-+]|(?<=^\d)\.")


def graph(result: Result, found: Diagnostic, paths: Paths) -> str:
    """The flowchart of the steps of `found`, without a fence around it; its text is short whatever the finding is."""
    shown, left_out = stations(found)
    nodes = {step: f"s{number}" for number, (_, step) in enumerate(shown, 1)}
    lines = [_COMPACT, "flowchart TD"]
    for told, step in shown:
        kind = "cut" if step.span == found.span else "ask" if is_gradient_call(result, step) else ""
        lines.append(f"  {nodes[step]}[{_label(result, step, told, paths)}]{f':::{kind}' if kind else ''}")
    drawn: set[str] = set()
    broken = max((index for index, step in enumerate(found.steps) if step.span == found.span), default=len(found.steps))
    for index, (before, after) in enumerate(pairwise(found.steps)):
        if before in nodes and after in nodes and before != after:
            edge = f"  {nodes[before]} {'-.->' if index >= broken else '-->'} {nodes[after]}"
            lines += [] if edge in drawn else [edge]
            drawn.add(edge)
    return "\n".join([*lines, *_gap(shown, nodes, left_out), *(f"  {style}" for style in _STYLES)])


def _gap(shown: list[tuple[str, Step]], nodes: dict[Step, str], left_out: int) -> Iterator[str]:
    """Where steps are left out, a node that says how many."""
    if left_out:
        numbers = [int(told.split(",")[0]) for told, _ in shown]
        for index, (before, after) in enumerate(pairwise(numbers)):
            if after > before + 1:
                yield f'  more{index}["{after - before - 1} more steps"]:::more'
                yield f"  {nodes[shown[index][1]]} --> more{index} --> {nodes[shown[index + 1][1]]}"


def _label(result: Result, step: Step, told: str, paths: Paths) -> str:
    code = " ".join(text_of(result, step.span).split())
    place = f"{paths.shown(step.span.path)}:{begins(result, step.span)}"
    lines = (f"{place}: {_cut(code, _CODE)}" if code else place, f"{told}: {_cut(plain(step.message), _WORDS)}")
    return f'"{"<br>".join(map(_escaped, lines))}"'


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."


def _escaped(text: str) -> str:
    """`text` as a label takes it: Mermaid reads `#35;` as the character with that number."""
    return _MEANING.sub(lambda found: f"#{ord(found[0])};", " ".join(text.split()))
