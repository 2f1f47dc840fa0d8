"""JSON for programs: a stable contract.

Paths are relative to the working directory, with forward slashes. Lines and columns count from 1, columns in
characters; ends are exclusive. In a notebook a `cell` (from 1) stands beside each `line`, which counts within it.

`check` gives one object:

    {"diagnostics": [DIAGNOSTIC...], "errors": [ERROR...]}

    DIAGNOSTIC  {"code", "name", "level", "message", "path", "start": PLACE, "end": PLACE, "sources": [string...],
                 "steps": [STEP...], "fixes": [FIX...]}
    PLACE       {"line", "column"}
    STEP        {"path", "start": PLACE, "end": PLACE, "message"}
    FIX         {"message", "safe", "edits": [{"path", "start": PLACE, "end": PLACE, "replacement"}...]}
    ERROR       {"path", "message"}

`level` is error, warning or note. The steps lead from the source to the break to the target. An edit replaces the
text between its places; where they are equal it inserts.

`trace` gives one object:

    {"gradients": [GRADIENT...], "errors": [ERROR...]}

    GRADIENT    {"path", "line", "column", "method", "target", "sources": [SOURCE...]}
    SOURCE      {"expression", "verdict", "because": [STEP...]}

`line` and `column` are where the expression of the call starts; `method` is gradient, jacobian or batch_jacobian;
`target` is the target's text, null where there is none. `verdict` is flows, none, zero, "raises X", "sometimes none"
or unknown; for unknown, the one step of `because` says why, where that is known.

The text is ASCII, with one finding or gradient call a line.
"""

from __future__ import annotations

from collections.abc import Iterable
from json import dumps
from typing import TYPE_CHECKING, Any, TextIO

from tapelint.diagnostic import Diagnostic, Fix, Position, Span, Step
from tapelint.report import Options, Result
from tapelint.report.common import Paths, place

if TYPE_CHECKING:
    from tapelint.views import Gradient, SourceVerdict


def render(result: Result, stream: TextIO, options: Options) -> str:
    """The findings and errors of `result` as one JSON object."""
    shape = _Shape(result)
    return _object("diagnostics", map(shape.diagnostic, result.diagnostics), shape.errors())


def render_trace(result: Result, stream: TextIO, options: Options) -> str:
    """The gradient calls and errors of `result` as one JSON object."""
    shape = _Shape(result)
    return _object("gradients", map(shape.gradient, result.gradients), shape.errors())


def _object(key: str, items: Iterable[Any], errors: Iterable[Any]) -> str:
    return f'{{"{key}": {_array(items)}, "errors": {_array(errors)}}}\n'


def _array(items: Iterable[Any]) -> str:
    body = ",\n  ".join(map(dumps, items))
    return f"[\n  {body}\n]" if body else "[]"


class _Shape:
    """The objects of the contract, made from a result."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.paths = Paths(result.cwd)

    def place(self, path: str, position: Position, cell: int | None = None) -> dict[str, int]:
        found = place(self.result, path, position, cell)
        shown = {"line": found.line, "column": found.column}
        return shown if found.cell is None else {"cell": found.cell, **shown}

    def ends(self, span: Span, cell: int | None = None) -> dict[str, Any]:
        return {
            "path": self.paths.shown(span.path),
            "start": self.place(span.path, span.start, cell),
            "end": self.place(span.path, span.end, cell),
        }

    def step(self, step: Step) -> dict[str, Any]:
        return {**self.ends(step.span), "message": step.message}

    def fix(self, fix: Fix) -> dict[str, Any]:
        edits = [{**self.ends(edit.span), "replacement": edit.replacement} for edit in fix.edits]
        return {"message": fix.message, "safe": fix.safe, "edits": edits}

    def diagnostic(self, found: Diagnostic) -> dict[str, Any]:
        return {
            "code": found.code,
            "name": found.name,
            "level": found.level,
            "message": found.message,
            **self.ends(found.span, found.cell),
            "sources": list(found.sources),
            "steps": [self.step(step) for step in found.steps],
            "fixes": [self.fix(fix) for fix in found.fixes],
        }

    def gradient(self, gradient: Gradient) -> dict[str, Any]:
        span = gradient.place.span
        return {
            "path": self.paths.shown(span.path),
            **self.place(span.path, span.start),
            "method": gradient.method,
            "target": gradient.target.text if gradient.target else None,
            "sources": [self.source(source, span) for source in gradient.sources],
        }

    def source(self, source: SourceVerdict, call: Span) -> dict[str, Any]:
        steps = source.steps
        if not steps and source.why_unknown:
            steps = (Step(call, source.why_unknown),)
        return {
            "expression": source.expression,
            "verdict": source.verdict,
            "because": [self.step(step) for step in steps],
        }

    def errors(self) -> list[dict[str, str]]:
        return [{"path": self.paths.shown(error.path), "message": error.message} for error in self.result.errors]
