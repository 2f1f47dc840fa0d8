"""The comments that suppress findings: which rules they name, on which lines, and which of them were for nothing."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tapelint.diagnostic import Diagnostic, Edit, Fix, Position, Span

_TAPELINT = re.compile(r"#\s*tapelint:\s*(ignore-file|ignore)\b(?!-)\s*(\[[^\]]*\]?)?", re.IGNORECASE)
_NOQA = re.compile(r"#\s*noqa\b(?!-)(?:\s*:\s*([A-Z]+[0-9]+\b(?:[,\s]+[A-Z]+[0-9]+\b)*))?", re.IGNORECASE)
_OUR_CODE = re.compile(r"TL\d+", re.IGNORECASE)
_OWN_RULE = frozenset({"tl001", "unused-ignore"})


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment that suppresses findings.

    `span` is the directive in it, `form` is `ignore`, `ignore-file` or `noqa`, `names` are the rules that it names
    (none: all of them), `first` and `last` are the lines on which it suppresses. From `Ignores.filter` come two more:
    `unused`, the names that suppressed nothing, and `fix`, which removes them.
    """

    span: Span
    form: str
    names: tuple[str, ...]
    first: int
    last: int
    unused: tuple[str, ...] = ()
    fix: Fix | None = None

    def words_for(self, diagnostic: Diagnostic) -> list[str]:
        """The words by which it suppresses that finding: names, or "" for a bare comment; none where it does not."""
        if diagnostic.span.path != self.span.path or not self.first <= diagnostic.span.start.line <= self.last:
            return []
        if not self.names:
            return [""]
        wanted = {diagnostic.code.lower(), diagnostic.name.lower()}
        return [name for name in self.names if name.lower() in wanted]


class Ignores:
    """The comments of one file that suppress findings, in the file's order; `lines` are those of the file."""

    def __init__(self, comments: tuple[Comment, ...], lines: Sequence[str]) -> None:
        self.comments = comments
        self._lines = lines

    def suppresses(self, diagnostic: Diagnostic) -> bool:
        """Whether a comment suppresses this finding."""
        return any(comment.words_for(diagnostic) for comment in self.comments)

    def filter(
        self, diagnostics: Iterable[Diagnostic], inactive: Collection[str] = ()
    ) -> tuple[list[Diagnostic], list[Comment]]:
        """The findings that no comment suppresses, and the comments that name something for nothing.

        `inactive` are codes and names of rules that were not run: nothing is said of those, nor of a bare comment if
        there are any. A `noqa` is judged only by the codes of tapelint that it names.
        """
        kept: list[Diagnostic] = []
        used: set[tuple[Comment, str]] = set()
        for diagnostic in diagnostics:
            hits = {(comment, word) for comment in self.comments for word in comment.words_for(diagnostic)}
            used |= hits
            if not hits:
                kept.append(diagnostic)
        excused = _OWN_RULE | {name.lower() for name in inactive}
        unused = []
        for comment in self.comments:
            words = [word for word in _judged(comment, bool(inactive)) if word.lower() not in excused]
            idle = tuple(word for word in words if (comment, word) not in used)
            if idle:
                fix = Fix("Remove the unused suppression", (self._removal(comment, idle),), safe=True)
                unused.append(replace(comment, unused=tuple(filter(None, idle)), fix=fix))
        return kept, unused

    def addition(self, found: Diagnostic, shown: Sequence[str], newline: str) -> Edit | None:
        """The edit that writes a comment which ignores a finding, or its rule into the comment that is there.

        It stands behind the statement where that is one line and stays short, else on a line of its own above it;
        `shown` are the lines as people see them. None where there is no statement, or the finding is about a comment.
        """
        line = found.span.start.line
        reach = next((reach for reach in _statements(self._lines) if reach[0] <= line <= reach[1]), None)
        if reach is None or {found.code.lower(), found.name.lower()} & _OWN_RULE:
            return None
        for comment in self.comments:
            if comment.form == "ignore" and comment.first <= line <= comment.last and all(map(_is_word, comment.names)):
                names = ", ".join([*comment.names, found.name])
                return Edit(comment.span, f"# tapelint: ignore[{names}]")
        path, first, text = found.span.path, reach[0], f"# tapelint: ignore[{found.name}]"
        code = self._lines[first - 1]
        behind = f"{code.rstrip()}  {text}"
        if reach == (first, first) and len(behind) <= _SHORT and code == shown[first - 1]:
            start = Position(first, len(code.rstrip()) + 1)
            return Edit(Span(path, start, Position(first, len(code) + 1)), f"  {text}")
        start = Position(first, 1)
        indent = code[: len(code) - len(code.lstrip())]
        return Edit(Span(path, start, start), f"{indent}{text}{newline}")

    def _removal(self, comment: Comment, idle: tuple[str, ...]) -> Edit:
        """The edit that takes the words out of the comment, or the comment out of the file."""
        span = comment.span
        left = [name for name in comment.names if name not in idle]
        if left:
            names = ", ".join(dict.fromkeys(left))
            return Edit(span, f"# noqa: {names}" if comment.form == "noqa" else f"# tapelint: {comment.form}[{names}]")
        line = self._lines[span.start.line - 1]
        before, after = line[: span.start.column - 1], line[span.end.column - 1 :].strip()
        if after:
            return Edit(Span(span.path, span.start, _end(span, line)), after if after[0] == "#" else f"# {after}")
        if before.strip():
            start = Position(span.start.line, len(before.rstrip()) + 1)
            return Edit(Span(span.path, start, _end(span, line)), "")
        if span.start.line < len(self._lines):
            below = Position(span.start.line + 1, 1)
            return Edit(Span(span.path, Position(span.start.line, 1), below), "")
        return Edit(Span(span.path, Position(span.start.line, 1), _end(span, line)), "")


_SHORT = 88  # within which formatters leave lines alone


def _is_word(name: str) -> bool:
    return re.fullmatch(r"[\w-]+", name) is not None


def _end(span: Span, line: str) -> Position:
    return Position(span.end.line, len(line) + 1)


def _judged(comment: Comment, some_inactive: bool) -> tuple[str, ...]:
    if comment.form == "noqa":
        return tuple(name for name in comment.names if _OUR_CODE.fullmatch(name))
    return comment.names or (() if some_inactive else ("",))


def find_ignores(path: str, text: str, lines: Sequence[str], part_of: Callable[[int], int] = lambda line: 0) -> Ignores:
    """The suppressing comments of the file at `path`, which has this text and these lines.

    `part_of` says in which part a line stands: a comment does not belong to a statement of another.
    """
    if not (_TAPELINT.search(text) or _NOQA.search(text)):
        return Ignores((), lines)
    found = [comment for place in _comments(lines, part_of) for comment in _parse(path, len(lines), *place)]
    return Ignores(tuple(found), lines)


def _parse(path: str, length: int, line: int, column: int, text: str, reach: tuple[int, int]) -> Iterator[Comment]:
    """The directives in one comment, which stands at `line` and `column` (from 0) and belongs to the lines `reach`."""

    def span(match: re.Match[str]) -> Span:
        end = match.start() + len(match.group().rstrip())
        return Span(path, Position(line, column + match.start() + 1), Position(line, column + end + 1))

    for match in _TAPELINT.finditer(text):
        form, bracket = match.group(1).lower(), match.group(2)
        names: tuple[str, ...] = ()
        if bracket:
            # What is not closed, or names nothing, must not suppress everything: it stays a name that fits no rule.
            inner = bracket[1:-1] if bracket.endswith("]") else ""
            names = tuple(inner.replace(",", " ").split()) or (bracket.strip(),)
        first, last = (1, length) if form == "ignore-file" else reach
        yield Comment(span(match), form, names, first, last)
    for match in _NOQA.finditer(text):
        yield Comment(span(match), "noqa", tuple((match.group(1) or "").replace(",", " ").split()), *reach)


def _comments(lines: Sequence[str], part_of: Callable[[int], int]) -> Iterator[tuple[int, int, str, tuple[int, int]]]:
    """Each comment: line, column from 0, text, and the first and last line of the statement it belongs to.

    That is the statement on whose lines it stands (of a compound one its header); for one between statements the next
    one, decorators and what they decorate together.
    """
    waiting: list[tuple[int, int, str]] = []
    for found in _comments_and_statements(lines):
        if isinstance(found, tokenize.TokenInfo):
            waiting.append((*found.start, found.string))
            continue
        part = part_of(found[0])
        yield from ((*each, found if part_of(each[0]) == part else _NOWHERE) for each in waiting)
        waiting = []
    yield from ((*comment, _NOWHERE) for comment in waiting)  # after the last statement


def _statements(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The first and last line of each statement, as far as a comment that belongs to it reaches."""
    return (found for found in _comments_and_statements(lines) if not isinstance(found, tokenize.TokenInfo))


def _comments_and_statements(lines: Sequence[str]) -> Iterator[tokenize.TokenInfo | tuple[int, int]]:
    """The comments, and for each statement, where it ends, its first and last line."""
    text = "\n".join(lines) + "\n"
    statement = line = 0  # where the statement and its present line start; 0 between
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token
            elif token.type == tokenize.NEWLINE:
                if not lines[line - 1].lstrip().startswith("@"):
                    yield statement, token.start[0]
                    statement = 0
                line = 0
            elif not line and token.type not in _BETWEEN:
                line = token.start[0]
                statement = statement or line
    except (tokenize.TokenError, SyntaxError):
        pass


_NOWHERE = (1, 0)
_BETWEEN = {tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
