"""`trace` as text: each gradient call, under it a line a source with its verdict, under that the steps that prove it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.cells import cell_len
from rich.text import Text

from tapelint.diagnostic import Step
from tapelint.report import Result
from tapelint.report.common import Paths, begins, plural, text_of
from tapelint.report.screen import Screen, clean, cut_line, line_of, wrap
from tapelint.views import Gradient, SourceVerdict

_STYLES = {
    "flows": "green",
    "none": "red",
    "zero": "red",
    "raises": "red",
    "sometimes": "yellow",
    "unknown": "bright_black",
}
_CODE = 40


def trace_lines(result: Result, screen: Screen) -> Iterator[Text]:
    """The lines of the whole report."""
    paths = Paths(result.cwd)
    for gradient in result.gradients:
        yield from _call(result, gradient, paths, screen)
        yield Text()
    yield Text(_summary(result), style="bold")


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
    home = gradient.place.span.path
    places = [_place(result, step, home, paths) for step in source.steps]
    across = max(map(cell_len, places), default=0)
    for number, (step, place) in enumerate(zip(source.steps, places, strict=True), 1):
        yield from _step(number, step, " " * (across - cell_len(place)) + place, result, screen)


def _place(result: Result, step: Step, home: str, paths: Paths) -> str:
    """Line and column; the path before them where it is not the call's own file."""
    place = str(begins(result, step.span))
    return place if step.span.path == home else clean(f"{paths.shown(step.span.path)}:{place}")


def _step(number: int, step: Step, place: str, result: Result, screen: Screen) -> Iterator[Text]:
    head = f"    {place}  "
    code = _code(text_of(result, step.span), screen, _CODE)
    message = f"{number}: {clean(step.message)}"
    room = max(screen.width - cell_len(head), 20)
    lines = wrap(message, room) if screen.wraps else [message]
    fits = code and cell_len(lines[-1]) + cell_len(code) + 4 <= room
    for index, line in enumerate(lines):
        shown = Text.assemble((head if index == 0 else " " * cell_len(head), "bright_blue"), line)
        if fits and index == len(lines) - 1:
            shown.append(f"    {code}", style="bright_black")
        yield shown


def _code(text: str, screen: Screen, most: int) -> str:
    line = line_of(" ".join(text.split()), screen.encoding)
    return cut_line(line, 0, min(line.width, most))


def _summary(result: Result) -> str:
    verdicts = Counter(source.verdict for gradient in result.gradients for source in gradient.sources)
    files = len({gradient.place.span.path for gradient in result.gradients})
    if not files:
        return "No gradient calls."
    told = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
    calls = f"{plural(len(result.gradients), 'gradient call')} in {plural(files, 'file')}"
    return f"{calls}, {plural(sum(verdicts.values()), 'source')}" + (f": {told}" if told else "")
