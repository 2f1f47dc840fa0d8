"""Text for people: each finding with its steps in an excerpt of the code, and what would mend it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TextIO

from rich.console import Console
from rich.text import Text

from tapelint.diagnostic import Diagnostic, Fix, Span
from tapelint.report import Options, Result
from tapelint.report.common import Paths, begins, closing_lines, end_of, is_gradient_call, stations
from tapelint.report.excerpt import GUTTER, Mark, excerpt, margin
from tapelint.report.patch import Hunk, hunks
from tapelint.report.screen import Screen, clean, line_of, wrap

_LEVELS = {"error": "bold red", "warning": "bold yellow", "note": "bold cyan"}
_STEP = "bright_blue"
_CALL = "magenta"
_WIDTH_OF_FILES = 160


def render(result: Result, stream: TextIO, options: Options) -> str:
    """The findings as blocks with a blank line between, then the closing lines."""
    console, screen = terminal(stream, options)
    findings = _Findings(result, screen)
    parts: list[Text] = []
    for found in result.diagnostics:
        parts.extend(findings.block(found))
        parts.append(Text())
    if options.closing:
        parts.extend(_closing(result, screen))
    return printed(console, parts)


def render_trace(result: Result, stream: TextIO, options: Options) -> str:
    """The gradient calls with a verdict a source and its steps."""
    from tapelint.report.trace import trace_lines

    console, screen = terminal(stream, options)
    return printed(console, list(trace_lines(result, screen, options.closing)))


def terminal(stream: TextIO, options: Options) -> tuple[Console, Screen]:
    """The console that knows which colours `stream` takes, and the screen that text is laid out for.

    Text is broken to the width of a terminal only: in files and pipes a message stays on its line.
    """
    is_terminal = _is_terminal(stream)
    encoding = getattr(stream, "encoding", None) or "utf-8"
    console = Console(
        file=stream,
        force_terminal=options.color,
        no_color=False if options.color else None,
        highlight=False,
        markup=False,
        emoji=False,
    )
    if console.legacy_windows or (options.color is None and os.environ.get("NO_COLOR")):
        console = Console(file=stream, color_system=None, highlight=False, markup=False, emoji=False)
    width = options.width or (console.width if is_terminal else _WIDTH_OF_FILES)
    wraps = is_terminal or options.width is not None
    return console, Screen(width, wraps, encoding, is_terminal)


def printed(console: Console, parts: Sequence[Text]) -> str:
    """The lines as the console prints them, with its colours if it has any."""
    with console.capture() as capture:
        for part in parts:
            console.print(part, soft_wrap=True)
    return capture.get()


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except (AttributeError, ValueError):
        return False


def _closing(result: Result, screen: Screen) -> Iterator[Text]:
    style = "bold" if result.diagnostics or result.errors else "green"
    for number, line in enumerate(closing_lines(result)):
        for part in wrap(line, screen.width) if screen.wraps else [line]:
            yield Text(part, style=style if number == 0 else "")


class _Findings:
    """Blocks of text, one a finding."""

    def __init__(self, result: Result, screen: Screen) -> None:
        self.result = result
        self.screen = screen
        self.paths = Paths(result.cwd)

    def block(self, found: Diagnostic) -> Iterator[Text]:
        marks = self.marks(found)
        texts: dict[tuple[str, int | None], list[Mark]] = {}
        for mark in marks:
            texts.setdefault((mark.span.path, self.cell(mark.span)), []).append(mark)
        gutter = max(len(str(begins(self.result, end_of(mark.span)).line)) for mark in marks)
        yield from self.header(found)
        yield Text.assemble((" " * gutter + "--> ", GUTTER), self.where(found.span, found.cell))
        home = found.span.path, self.cell(found.span)
        for number, (text, here) in enumerate(texts.items()):
            if number:
                yield margin(gutter)
            if number or text != home:
                yield Text.assemble((" " * gutter + "::: ", GUTTER), self.where(here[0].span))
            yield margin(gutter)
            above = here[0].span.start.line - begins(self.result, here[0].span).line
            yield from excerpt(self.result.text_of(text[0]), here, gutter, self.screen, above)
        yield margin(gutter)
        for fix in found.fixes:
            yield from self.fix(fix, gutter, found.span.path)
        if found.help and not found.fixes:
            yield from self.advice(found.help, gutter)

    def cell(self, span: Span) -> int | None:
        """The notebook cell that a span is in: each one is a text of its own."""
        return begins(self.result, span).cell

    def header(self, found: Diagnostic) -> Iterator[Text]:
        start = f"{found.level}[{found.code}]: "
        first, *more = self.broken(start, found.message, 4)
        url = next((rule.url for rule in self.result.rules if rule.code == found.code), "")
        style = _LEVELS[found.level]
        head = Text.assemble((start.removesuffix(": "), style), (f": {first}", "bold"))
        if url and self.screen.is_terminal:
            head.stylize(f"link {url}", len(found.level) + 1, len(start) - 3)
        yield head
        for line in more:
            yield Text("    " + line, style="bold")

    def broken(self, start: str, text: str, indent: int) -> list[str]:
        """The lines of `text` after `start`; from the second one on they stand `indent` cells from the left."""
        text = clean(text)
        if not self.screen.wraps:
            return [text]
        first, *_ = wrap(text, self.screen.width - len(start))
        rest = text[len(first) :].lstrip()
        return [first, *(wrap(rest, self.screen.width - indent) if rest else [])]

    def where(self, span: Span, cell: int | None = None) -> str:
        return f"{clean(self.paths.shown(span.path))}:{begins(self.result, span, cell)}"

    def marks(self, found: Diagnostic) -> list[Mark]:
        """The steps, numbered, and the primary span if no step stands on it."""
        style = _LEVELS[found.level]
        marks = []
        if all(step.span != found.span for step in found.steps):
            marks.append(Mark(found.span, "^", "", style, main=True))
        for span, label, is_call in self.labels(found):
            if span == found.span:
                marks.append(Mark(span, "^", label, style, main=True))
            elif is_call:
                marks.append(Mark(span, "~", label, _CALL))
            else:
                marks.append(Mark(span, "-", label, _STEP))
        return marks

    def labels(self, found: Diagnostic) -> Iterator[tuple[Span, str, bool]]:
        """Each place once with what is said there: a round of a loop that says the same again adds its number."""
        shown, left_out = stations(found)
        for told, step in shown:
            more = f" ({left_out} more steps)" if left_out and step is shown[-1][1] else ""
            yield step.span, f"{told}: {step.message}{more}", is_gradient_call(self.result, step)

    def advice(self, text: str, gutter: int) -> Iterator[Text]:
        start = " " * (gutter - 1) + "help: "
        first, *more = self.broken(start, text, len(start))
        yield Text.assemble((start, "bold green"), first)
        for line in more:
            yield Text(" " * len(start) + line)

    def fix(self, fix: Fix, gutter: int, home: str) -> Iterator[Text]:
        way = "(safe; --fix applies it)" if fix.safe else "(unsafe; --fix --unsafe-fixes applies it)"
        yield from self.advice(f"{fix.message} {way}", gutter)
        for path in dict.fromkeys(edit.span.path for edit in fix.edits):
            edits = [edit for edit in fix.edits if edit.span.path == path]
            if path != home:
                yield Text(" " * (gutter + 1) + f"in {self.paths.shown(path)}:")
            for hunk in hunks(edits, self.result.text_of(path), path):
                yield from self.hunk(hunk, gutter)

    def hunk(self, hunk: Hunk, gutter: int) -> Iterator[Text]:
        margin = " " * (gutter + 1)
        if hunk.before is not None:
            yield Text(f"{margin}  {self.code(hunk.before)}")
        for line in hunk.removed:
            yield Text(f"{margin}- {self.code(line)}".rstrip(), style="red")
        for line in hunk.added:
            yield Text(f"{margin}+ {self.code(line)}".rstrip(), style="green")

    def code(self, line: str) -> str:
        return "".join(line_of(line, self.screen.encoding).glyphs)
