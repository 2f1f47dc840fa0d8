"""`trace` as text: each gradient call, a line a source with its verdict, and under it the steps that prove it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from tapelint.report import Result
from tapelint.report.common import Paths, begins, failures, plural, text_of
from tapelint.report.screen import Screen, clean, cut_line, hanging, line_of

if TYPE_CHECKING:
    from tapelint.views import Gradient, SourceVerdict

_STYLES = {
    "flows": "green",
    "none": "red",
    "zero": "red",
    "raises": "red",
    "sometimes": "yellow",
    "unknown": "bright_black",
}
_CODE = 48
_WORDS = 64


def trace_lines(result: Result, screen: Screen, closing: bool = True) -> Iterator[Text]:
    """The lines of the whole report, `closing` ones that count included."""
    paths = Paths(result.cwd)
    for gradient in result.gradients:
        yield from _call(result, gradient, paths, screen)
        yield Text()
    if not closing:
        return
    yield Text(_summary(result), style="bold")
    if result.errors:
        yield Text(failures(result))


def _call(result: Result, gradient: Gradient, paths: Paths, screen: Screen) -> Iterator[Text]:
    span = gradient.place.span
    where = f"{paths.shown(span.path)}:{begins(result, span)}: "
    yield Text.assemble((clean(where) + " ", "bold"), _code(gradient.place.text, screen, 200))
    for source in gradient.sources:
        yield from _source(result, gradient, source, paths, screen)
    if not gradient.sources:
        yield Text("  no source is known", style="bright_black")


def _source(result: Result, gradient: Gradient, source: SourceVerdict, paths: Paths, screen: Screen) -> Iterator[Text]:
    style = _STYLES.get(source.verdict.split(" ")[0], "")
    why = f" ({clean(source.why_unknown)})" if source.why_unknown else ""
    yield Text.assemble(f"  {_code(source.expression, screen, 60)}: ", (source.verdict, style), (why, "bright_black"))
    places = [str(begins(result, step.span)) for step in source.steps]
    across = max(map(len, places), default=0)
    words = [f"{number}: {clean(step.message)}" for number, step in enumerate(source.steps, 1)]
    aside = min(max(map(cell_len, words), default=0), _WORDS)
    file = gradient.place.span.path
    for step, place, message in zip(source.steps, places, words, strict=True):
        if step.span.path != file:
            file = step.span.path
            yield Text(f"    in {clean(paths.shown(file))}", style="bright_blue")
        code = _code(text_of(result, step.span), screen, _CODE)
        yield from _step(f"    {place:>{across}}  ", message, code, aside, screen)


def _step(head: str, message: str, code: str, aside: int, screen: Screen) -> Iterator[Text]:
    """A step, its code `aside` cells right of where the words begin; without code where there is no room for it."""
    room = max(screen.width - cell_len(head), 20)
    lines = hanging(message, room) if screen.wraps else [message]
    for index, line in enumerate(lines):
        shown = Text.assemble((head if index == 0 else " " * cell_len(head), "bright_blue"), line)
        space = " " * (aside - cell_len(line)) + "  "
        if code and index == len(lines) - 1 and cell_len(line) + len(space) + cell_len(code) <= room:
            shown.append(space + code, style="bright_black")
        yield shown


def _code(text: str, screen: Screen, most: int) -> str:
    line = line_of(" ".join(text.split()), screen.encoding)
    return cut_line(line, 0, min(line.width, most))


def _summary(result: Result) -> str:
    verdicts = Counter(source.verdict for gradient in result.gradients for source in gradient.sources)
    files = len({gradient.place.span.path for gradient in result.gradients})
    if not files:
        return "No gradient calls"
    told = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
    calls = f"{plural(len(result.gradients), 'gradient call')} in {plural(files, 'file')}"
    return f"{calls}, {plural(sum(verdicts.values()), 'source')}" + (f": {told}" if told else "")
