"""Reports: one module a format, each a function from a `Result` to text.

`write` prints what `tapelint check` found, `write_trace` what `tapelint trace` shows. A format's module is imported
only when it is asked for, so that the plain ones cost neither rich nor anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from tapelint.diagnostic import Diagnostic, FileError, Level

if TYPE_CHECKING:
    from tapelint.views import Gradient

__all__ = [
    "FORMATS",
    "SUMMARY",
    "TRACE_FORMATS",
    "FileError",
    "Options",
    "Result",
    "RuleInfo",
    "lines_of",
    "write",
    "write_trace",
]

FORMATS: tuple[str, ...] = ("text", "concise", "json", "github", "gitlab", "junit", "markdown", "sarif")
TRACE_FORMATS: tuple[str, ...] = ("text", "json")

# Where a step of GitHub Actions says the file is that the page of the run shows: steps append Markdown to it.
SUMMARY = "GITHUB_STEP_SUMMARY"


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What reports say about a rule.

    `code` is "TL101" and `name` "numpy-call"; `summary` is one sentence, `description` the whole documentation in
    Markdown; `level` is the gravest level at which the rule reports by default; `precision` is how sure it is, one of
    very-high, high, medium, low; `url` is its page, "" if it has none.
    """

    code: str
    name: str
    summary: str
    description: str = ""
    level: Level = "error"
    precision: str = "high"
    tags: tuple[str, ...] = ()
    url: str = ""


def lines_of(path: str) -> list[str]:
    """The lines of a UTF-8 file without their ends; nothing where it cannot be read.

    Lines end as Python's do: at LF, CRLF and CR, and at no other character.
    """
    try:
        text = Path(path).read_bytes().decode("utf-8-sig", errors="replace")
    except OSError:
        return []
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


@dataclass(frozen=True, slots=True)
class Result:
    """All that one run has to say.

    `diagnostics` is what `check` found, `gradients` what `trace` lists, `errors` the files that could not be analysed,
    `rules` the rules that ran. `cwd` is what paths are shown relative to, `root` the repository (None: there is none).
    `text_of` gives the lines of a file without their ends, for excerpts and fingerprints; it returns an empty list
    where it cannot. `fails` says whether a finding makes the run fail. `checked` counts the files looked at,
    `with_tape` those of them that have a tape, `driving` those that have none and run one of another file, `calls` the
    gradient calls that are run, `fixed` the fixes that were
    applied, `known` the findings left out because a baseline knows them. None where a number is not known.

    Spans of a notebook count lines in the text of all its code cells, as `text_of` gives it; `cell_of` gives, for the
    path of a notebook and such a line, the number of its cell (from 1) and the line within it. It is asked for
    notebooks only.
    """

    diagnostics: Sequence[Diagnostic] = ()
    gradients: Sequence[Gradient] = ()
    errors: Sequence[FileError] = ()
    rules: Sequence[RuleInfo] = ()
    cwd: Path = field(default_factory=Path.cwd)
    root: Path | None = None
    text_of: Callable[[str], Sequence[str]] = lines_of
    checked: int | None = None
    with_tape: int | None = None
    driving: int = 0
    calls: int | None = None
    fixed: int = 0
    known: int = 0
    cell_of: Callable[[str, int], tuple[int, int] | None] = lambda path, line: None
    fails: Callable[[Diagnostic], bool] = lambda found: found.level != "note"


@dataclass(frozen=True, slots=True)
class Options:
    """How to print. None leaves the choice to the stream and the environment.

    `color` and `width` (in terminal cells) concern text only, as does `closing`: whether the last lines count what was
    found. `category` names the run in SARIF: runs of different
    categories of one commit stand beside each other. `version` is tapelint's own; "" asks the installed package.
    """

    color: bool | None = None
    width: int | None = None
    category: str = "tapelint"
    version: str = ""
    closing: bool = True


def write(result: Result, format: str, stream: TextIO, options: Options | None = None) -> None:
    """Print what `check` found to `stream` in one of `FORMATS`. Raises ValueError for any other word."""
    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}; known are {', '.join(FORMATS)}")
    _write(format, "render", result, stream, options or Options())


def write_trace(result: Result, format: str, stream: TextIO, options: Options | None = None) -> None:
    """Print the gradient calls to `stream` in one of `TRACE_FORMATS`. Raises ValueError for any other word."""
    if format not in TRACE_FORMATS:
        raise ValueError(f"unknown format {format!r}; known are {', '.join(TRACE_FORMATS)}")
    _write(format, "render_trace", result, stream, options or Options())


def _write(format: str, function: str, result: Result, stream: TextIO, options: Options) -> None:
    render: Callable[[Result, TextIO, Options], str] = getattr(import_module(f"tapelint.report.{format}"), function)
    text = render(replace(result, text_of=cache(result.text_of)), stream, options)
    stream.write(_encodable(text, getattr(stream, "encoding", None) or "utf-8"))


def _encodable(text: str, encoding: str) -> str:
    """`text` as the stream can take it: what has no place in its encoding is escaped."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.replace("…", "...").encode(encoding, errors="backslashreplace").decode(encoding)
    return text
