"""One file: its text, its `ast`, spans in characters, imports, ignore comments, and the CST of one definition.

Two trees meet here and nowhere else: `ast`, which the flow engine reads, and libcst, which blocks and fixes read.
Spans join them. libcst is imported only when a definition is asked for.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
import warnings
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tapelint.diagnostic import Position, Span
from tapelint.ignores import Ignores, find_ignores
from tapelint.notebook import Notebook, NotebookError

if TYPE_CHECKING:
    import libcst as cst
    from libcst.metadata import CodeRange

Answer = TypeVar("Answer")

SAME_AS_TENSORFLOW = ("tensorflow.compat.v2", "tensorflow.compat.v1")
"""Modules that have what TensorFlow has."""

_TAPE = b"GradientTape"  # also the end of `DistributedGradientTape`
_NEWLINE = re.compile(r"\r\n|\r|\n")
_BOM = "\ufeff"


class SourceError(Exception):
    """A file that cannot be read, decoded or parsed; `message` is one line."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(path, message)
        self.path = path
        self.message = " ".join(message.split())

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


def names_tape(data: bytes) -> bool:
    """Whether these bytes of a file name a gradient tape; one that does not matters only if it runs that of another."""
    return _TAPE in data


class Source:
    """One file's text and what can be read off it; everything but the text is made when it is first asked for."""

    def __init__(self, path: str, text: str, encoding: str = "utf-8", notebook: Notebook | None = None) -> None:
        self.path = path
        self.text = text
        self.encoding = encoding
        self._notebook = notebook
        self._ascii = text.isascii()

    @classmethod
    def read(cls, path: str | Path) -> Source:
        """The file at `path`, decoded as Python would; nothing is parsed. SourceError when that cannot be done."""
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            raise SourceError(str(path), f"cannot be read: {error.strerror or error}") from error
        return cls.from_bytes(data, str(path))

    @classmethod
    def from_bytes(cls, data: bytes, path: str) -> Source:
        """The same from bytes that were read already. Of a notebook (`.ipynb`) the text is that of its code cells."""
        if path.endswith(".ipynb"):
            try:
                notebook = Notebook.read(data)
            except NotebookError as error:
                raise SourceError(path, f"cannot be read: {error}") from error
            return cls(path, notebook.text, "utf-8", notebook)
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
            text = data.decode(encoding)
        except (SyntaxError, UnicodeError, LookupError) as error:
            raise SourceError(path, f"cannot be decoded: {error}") from error
        return cls(path, text, encoding)

    @classmethod
    def from_text(cls, text: str, path: str = "<text>") -> Source:
        """A source that is no file, or not as it lies on the disk."""
        if text.startswith(_BOM):
            return cls(path, text[1:], "utf-8-sig")
        return cls(path, text)

    def __repr__(self) -> str:
        return f"Source({self.path!r})"

    def encode(self, text: str) -> bytes:
        """`text` as bytes of this file: the same encoding, the same byte order mark, the rest of the notebook.

        SourceError for a notebook whose cells cannot be told apart in `text`.
        """
        if self._notebook is None:
            return text.encode(self.encoding)
        try:
            return self._notebook.encode(text)
        except NotebookError as error:
            raise SourceError(self.path, f"cannot be written: {error}") from error

    def with_text(self, text: str) -> Source:
        """The same file with other text, as fixes make it; nothing is written."""
        notebook = self._notebook.with_text(text) if self._notebook else None
        return Source(self.path, text, self.encoding, notebook)

    # ------------------------------------------------------------------ text

    @cached_property
    def mentions_tape(self) -> bool:
        """Whether the text names a gradient tape."""
        return _TAPE.decode() in self.text

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends, split where Python splits; after a last newline one empty line follows."""
        if "\r" not in self.text:
            return self.text.split("\n")
        return _NEWLINE.split(self.text)

    @cached_property
    def newline(self) -> str:
        """The line end that this file uses (the first one that it has)."""
        found = _NEWLINE.search(self.text)
        return found.group() if found else "\n"

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _NEWLINE.finditer(self.text))]

    def offset(self, position: Position) -> int:
        """Where `position` lies in `text`; a place outside the text becomes the nearest one inside."""
        line = min(max(position.line, 1), len(self._starts))
        return self._starts[line - 1] + min(max(position.column - 1, 0), len(self.lines[line - 1]))

    def position(self, offset: int) -> Position:
        """The line and column of an offset in `text`."""
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def code(self, span: Span) -> str:
        """The text of a span of this file."""
        return self.text[self.offset(span.start) : self.offset(span.end)]

    def short(self, node: ast.AST | Span, limit: int = 60) -> str:
        """The text of a node on one line, for messages, cut with `…` when longer than `limit` characters."""
        code = self.code(node if isinstance(node, Span) else self.span(node))
        if "\n" in code or "\r" in code:
            if "#" in code and not isinstance(node, Span):
                code = ast.unparse(node)
            code = re.sub(r"(?<=[(\[{]) | (?=[)\]}])", "", " ".join(code.split()))
            code = re.sub(r",(?=[)\]])(?<!\(\w,)", "", code)
        return code if len(code) <= limit else code[: limit - 1] + "…"

    @cached_property
    def _answers(self) -> dict[object, object]:
        return {}

    def answer(self, find: Callable[[Source], Answer]) -> Answer:
        """What `find` reads off the file, read once for the life of the object."""
        if find not in self._answers:
            self._answers[find] = find(self)
        return self._answers[find]  # type: ignore[return-value]

    @property
    def is_notebook(self) -> bool:
        """Whether its text is that of the cells of a notebook, which people run in another order, too."""
        return self._notebook is not None

    def cell_of(self, line: int) -> tuple[int, int] | None:
        """The notebook cell (from 1) and the line in it; None for a file that is no notebook."""
        return self._notebook.cell_of(line) if self._notebook else None

    @cached_property
    def parts(self) -> Mapping[int, str]:
        """What people see of the file: of a notebook the text of each code cell by its number, else all of it as 0."""
        return dict(self._notebook.shown()) if self._notebook else {0: self.text}

    @cached_property
    def shown_lines(self) -> list[str]:
        """`lines` as people see them: in a notebook as they are in the cells. The columns are those of `lines`."""
        return "\n\n".join(self.parts.values()).split("\n") if self._notebook else self.lines

    @property
    def language(self) -> str:
        """Of a notebook in another language than Python that language; it has no code then. "" for other files."""
        return self._notebook.language if self._notebook else ""

    @cached_property
    def unread(self) -> str:
        """Which cells of a notebook could not be read, and were left out; "" where all could."""
        broken = [cell for cell in self._notebook.cells if cell.unread] if self._notebook else []
        if not broken:
            return ""
        told = "; ".join(f"cell {cell.number}, line {cell.line}: {cell.unread}" for cell in broken)
        return f"cannot be parsed: {told} (the other cells are read)"

    # ------------------------------------------------------------------- ast

    @cached_property
    def tree(self) -> ast.Module:
        """The file's `ast`. SourceError when it does not parse."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(self.text)
        except SyntaxError as error:
            raise SourceError(self.path, self._why_unparsable(error)) from error
        except (RecursionError, MemoryError) as error:
            raise SourceError(self.path, "cannot be parsed: nested too deeply") from error
        except ValueError as error:
            raise SourceError(self.path, f"cannot be parsed: {error}") from error

    @cached_property
    def nodes(self) -> Sequence[ast.AST]:
        """All nodes of the tree, as `walk` gives them. SourceError when the file does not parse."""
        return walk(self.tree)

    def _why_unparsable(self, error: SyntaxError) -> str:
        cell = self.cell_of(error.lineno or 0)
        where = f"cell {cell[0]}, line {cell[1]}: " if cell else f"line {error.lineno}: " if error.lineno else ""
        if "nested" in error.msg or not _newer_python_may_read(self.text):
            return f"cannot be parsed: {where}{error.msg}"
        running = f"{sys.version_info.major}.{sys.version_info.minor}"
        return f"cannot be parsed: {where}newer syntax than Python {running}, which runs tapelint ({error.msg})"

    def call_at(self, span: Span) -> ast.Call | None:
        """The call that stands at a span; None where there is none."""
        calls = (n for n in self.nodes if isinstance(n, ast.Call) and n.lineno == span.start.line)
        return next((call for call in calls if self.span(call) == span), None)

    def span(self, node: ast.AST) -> Span:
        """Where a node stands. One without a place of its own spans its children; a module spans the file."""
        line: int | None = getattr(node, "lineno", None)
        if line is None:
            return self._span_of_children(node)
        end_line: int = getattr(node, "end_lineno", None) or line
        column: int = node.col_offset  # type: ignore[attr-defined]
        end_column: int = getattr(node, "end_col_offset", None) or 0
        if self._ascii:
            return Span(self.path, Position(line, column + 1), Position(end_line, end_column + 1))
        start = Position(line, self._characters(line, column) + 1)
        return Span(self.path, start, Position(end_line, self._characters(end_line, end_column) + 1))

    def _characters(self, line: int, column: int) -> int:
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        if text.isascii():
            return column
        return len(text.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "replace"))

    def _span_of_children(self, node: ast.AST) -> Span:
        if isinstance(node, ast.Module):
            return Span(self.path, Position(1, 1), self.position(len(self.text)))
        spans = [self.span(child) for child in ast.walk(node) if hasattr(child, "lineno")]
        if not spans:
            return Span(self.path, Position(1, 1), Position(1, 1))
        return Span(self.path, min(s.start for s in spans), max(s.end for s in spans))

    def span_between(self, first: ast.AST | Span, last: ast.AST | Span) -> Span:
        """From the start of the first to the end of the last."""
        start = first if isinstance(first, Span) else self.span(first)
        end = last if isinstance(last, Span) else self.span(last)
        return Span(self.path, start.start, end.end)

    @cached_property
    def imports(self) -> Mapping[str, str]:
        """What each name imported at module level stands for: `tf` -> `tensorflow`, `x` -> `..pkg.x` (relative).

        `if` and `try` are looked into; what stands in a handler or an `else` does not replace what stands before it.
        """
        return imports_of(self.tree.body)

    # --------------------------------------------------------------- ignores

    @cached_property
    def ignores(self) -> Ignores:
        """The comments that suppress findings."""
        return find_ignores(self.path, self.text, self.lines, self._cell_number)

    def _cell_number(self, line: int) -> int:
        cell = self.cell_of(line)
        return cell[0] if cell else 0

    # ---------------------------------------------------------------- libcst

    def definition(self, span: Span) -> Definition:
        """The CST of the smallest function, class or top-level statement that holds `span`, with its positions.

        SourceError when neither it nor what is around it can be read by libcst.
        """
        units = self._units_around(span)
        for first, last in reversed(units):
            key = (first, last)
            if key not in self._definitions:
                self._definitions[key] = Definition.parse(self, first, last)
            definition = self._definitions[key]
            if definition is not None:
                return definition
        raise SourceError(self.path, f"line {span.start.line}: libcst cannot read this")

    @cached_property
    def _definitions(self) -> dict[tuple[int, int], Definition | None]:
        return {}

    def _units_around(self, span: Span) -> list[tuple[int, int]]:
        """Line ranges around a span, from the whole file to the smallest unit."""
        found = [(1, len(self.lines))]
        body: list[ast.stmt] = self.tree.body
        while body:
            for first, last, statement in _units(body):
                if first <= span.start.line and span.end.line <= last:
                    found.append((first, last))
                    body = statement.body if isinstance(statement, ast.ClassDef) else []
                    break
            else:
                break
        return found

    def units(self) -> Iterator[Span]:
        """The stretches that can be parsed by themselves: top-level statements, and in classes the statements of their
        bodies (a class's header goes with none of them)."""

        def walk(body: list[ast.stmt]) -> Iterator[Span]:
            for first, last, statement in _units(body):
                if isinstance(statement, ast.ClassDef) and statement.body[0].lineno > statement.lineno:
                    yield from walk(statement.body)
                else:
                    yield Span(self.path, Position(first, 1), Position(last, len(self.lines[last - 1]) + 1))

        return walk(self.tree.body)


def _units(body: list[ast.stmt]) -> Iterator[tuple[int, int, ast.stmt]]:
    """First line (decorators included), last line and the first statement of each; what shares a line goes together."""
    pending: tuple[int, int, ast.stmt] | None = None
    for statement in body:
        first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", ()))])
        last = statement.end_lineno or statement.lineno
        if pending and first <= pending[1]:
            pending = (pending[0], max(last, pending[1]), pending[2])
            continue
        if pending:
            yield pending
        pending = (first, last, statement)
    if pending:
        yield pending


_WORDS = frozenset(
    ("ctx", "id", "attr", "arg", "name", "asname", "module", "level", "kind", "type_comment", "is_async", "simple"),
)
"""Fields of nodes that hold no nodes, or contexts."""
_MIXED = frozenset(("keys", "kw_defaults", "names", "kwd_attrs"))
"""Fields that may hold something else beside nodes."""
_INNER: dict[type[ast.AST], tuple[tuple[str, bool], ...]] = {ast.Name: (), ast.Constant: ()}
"""The fields of each kind of node that may hold nodes, and whether they hold something else besides."""


def walk(node: ast.AST) -> list[ast.AST]:
    """A node and all below it, level by level: as `ast.walk`, but sooner, and without contexts (`Load`, `Store`)."""
    found = [node]
    for each in found:  # it grows meanwhile
        if _INNER.get(type(each)) != ():
            found += below(each)
    return found


def below(node: ast.AST) -> list[ast.AST]:
    """The nodes right below a node, without contexts."""
    kind = type(node)
    fields = _INNER.get(kind)
    if fields is None:
        fields = _INNER[kind] = tuple((name, name in _MIXED) for name in kind._fields if name not in _WORDS)
    found: list[ast.AST] = []
    for name, mixed in fields:
        value = getattr(node, name, None)
        if value.__class__ is list:
            found += [item for item in value if isinstance(item, ast.AST)] if mixed else value
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def class_body(node: ast.ClassDef) -> list[ast.stmt]:
    """What a class's body may run, in order: also what stands under its conditions."""
    found: list[ast.stmt] = []
    todo: list[ast.AST] = list(node.body[::-1])
    while todo:
        each = todo.pop()
        if isinstance(each, ast.stmt):
            found.append(each)
        if not isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            blocks = [getattr(each, name, ()) for name in ("body", "handlers", "cases", "orelse", "finalbody")]
            todo += [inner for block in blocks for inner in block][::-1]
    return found


def last_name(node: ast.AST | None) -> str:
    """`c` of `a.b.c` and of `c`; "" for what is neither a name nor an attribute."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def qualified_name(source: Source, node: ast.AST) -> str:
    """The qualified name of what a library has under a dotted name of the file; "" for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in source.imports:
        return ""
    name = ".".join([source.imports[node.id], *reversed(parts)])
    for same in SAME_AS_TENSORFLOW:
        if name.startswith(same + "."):
            name = "tensorflow" + name.removeprefix(same)
    return name.replace("tensorflow.keras.ops.", "keras.ops.")


def imports_of(body: Iterable[ast.stmt]) -> dict[str, str]:
    """What the imports in a body bind, as in `Source.imports`; functions and classes in it are not looked into."""
    found: dict[str, str] = {}
    _collect_imports(body, found, replace=True)
    return found


def _collect_imports(body: Iterable[ast.stmt], found: dict[str, str], replace: bool) -> None:
    def put(name: str, target: str) -> None:
        if replace or name not in found:
            found[name] = target

    for statement in body:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                if alias.asname:
                    put(alias.asname, alias.name)
                else:
                    top = alias.name.partition(".")[0]
                    put(top, top)
        elif isinstance(statement, ast.ImportFrom):
            prefix = "." * statement.level + (statement.module + "." if statement.module else "")
            for alias in statement.names:
                if alias.name != "*":
                    put(alias.asname or alias.name, prefix + alias.name)
        elif isinstance(statement, ast.If):
            _collect_imports(statement.body, found, replace)
            _collect_imports(statement.orelse, found, False)
        elif isinstance(statement, ast.Try | ast.TryStar):
            _collect_imports(statement.body, found, replace)
            for handler in statement.handlers:
                _collect_imports(handler.body, found, False)
            _collect_imports([*statement.orelse, *statement.finalbody], found, replace)
        elif isinstance(statement, ast.With):
            _collect_imports(statement.body, found, replace)


# ----------------------------------------------------------------- the CST of a piece


class Definition:
    """A piece of a file as libcst reads it, with places in the file.

    `module` holds it (below one `if` where it is indented in the file); `span` is the piece, whole lines.
    """

    def __init__(self, source: Source, span: Span, module: cst.Module, shift: int) -> None:
        self.source = source
        self.span = span
        self.module = module
        self._shift = shift

    @classmethod
    def parse(cls, source: Source, first: int, last: int) -> Definition | None:
        """Lines `first` to `last`, or None where libcst cannot read them."""
        import libcst

        span = Span(source.path, Position(first, 1), Position(last, len(source.lines[last - 1]) + 1))
        code = source.code(span)
        indented = code[:1] in (" ", "\t")
        # An indented definition is no module; below an `if` it is, and only its line numbers change.
        text = f"if 1:{source.newline}{code}" if indented else code
        if len(text) > _TOO_SHORT_TO_BE_DEEP and _is_deep(source.tree, first, last):
            return None
        try:
            module = libcst.parse_module(text)
        except (libcst.ParserSyntaxError, RecursionError, ValueError):
            return None
        return cls(source, span, module, first - 1 - int(indented))

    @cached_property
    def _places(self) -> Mapping[cst.CSTNode, CodeRange]:
        from libcst.metadata import MetadataWrapper, PositionProvider

        try:
            return MetadataWrapper(self.module, unsafe_skip_copy=True).resolve(PositionProvider)
        except (RecursionError, KeyError) as error:  # libcst gives up in either way where code is nested too deeply
            line = self.span.start.line
            raise SourceError(self.source.path, f"line {line}: nested too deeply for libcst") from error

    @cached_property
    def _nodes(self) -> Mapping[tuple[int, int, int, int], tuple[cst.CSTNode, ...]]:
        found: dict[tuple[int, int, int, int], tuple[cst.CSTNode, ...]] = {}
        for node in self._places:
            place = self._place(node)
            found[place] = (*found.get(place, ()), node)
        return found

    def _place(self, node: cst.CSTNode) -> tuple[int, int, int, int]:
        """Lines of the parsed text and columns from 0: as libcst has them, but parentheses belong to tuples and
        generators, as in `ast`."""
        import libcst

        start, end = self._places[node].start, self._places[node].end
        if isinstance(node, libcst.Tuple | libcst.GeneratorExp) and node.lpar:
            start, end = self._places[node.lpar[-1]].start, self._places[node.rpar[0]].end
        return start.line, start.column, end.line, end.column

    def span_of(self, node: cst.CSTNode) -> Span:
        """Where a node of this definition stands in the file."""
        line, column, end_line, end_column = self._place(node)
        start, end = Position(line + self._shift, column + 1), Position(end_line + self._shift, end_column + 1)
        return Span(self.source.path, start, end)

    def nodes_at(self, span: Span) -> tuple[cst.CSTNode, ...]:
        """All nodes that stand exactly at `span`, as `Source.span` gives it for a node of `ast`."""
        start, end, shift = span.start, span.end, self._shift
        return self._nodes.get((start.line - shift, start.column - 1, end.line - shift, end.column - 1), ())

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """The node that holds `node`."""
        return self._parents.get(node)

    @cached_property
    def _parents(self) -> Mapping[cst.CSTNode, cst.CSTNode]:
        found: dict[cst.CSTNode, cst.CSTNode] = {}
        stack: list[cst.CSTNode] = [self.module]
        while stack:
            node = stack.pop()
            for child in children(node):
                found[child] = node
                stack.append(child)
        return found


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The nodes right below `node`, field by field (libcst's own `children` visits and rebuilds the whole subtree)."""
    import libcst

    for name in _field_names(type(node)):
        value = getattr(node, name)
        if isinstance(value, libcst.CSTNode):
            yield value
        elif isinstance(value, list | tuple):
            yield from (item for item in value if isinstance(item, libcst.CSTNode))


@cache
def _field_names(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


# libcst's parser ends the process when code is nested some thousand levels deep, so it is never shown such code.
_TOO_SHORT_TO_BE_DEEP = 600
_DEEP = 300


def _is_deep(tree: ast.Module, first: int, last: int) -> bool:
    """Whether what stands on these lines is nested too deeply for libcst."""
    stack: list[tuple[ast.AST, int]] = [(node, 1) for node in tree.body]
    while stack:
        node, depth = stack.pop()
        if depth > _DEEP:
            return True
        if isinstance(node, ast.stmt) and not (node.lineno <= last and first <= (node.end_lineno or last)):
            continue
        if isinstance(node, ast.BoolOp):
            depth += len(node.values)  # libcst nests them
        stack.extend((child, depth + 1) for child in ast.iter_child_nodes(node))
    return False


def _newer_python_may_read(text: str) -> bool:
    """Whether libcst, which knows the syntax of newer Pythons too, can read a text that `ast` cannot."""
    depth = deepest = 0
    for bracket in re.findall(r"[()\[\]{}]", text):
        depth += 1 if bracket in "([{" else -1
        deepest = max(deepest, depth)
    if deepest > _DEEP or max(map(len, text.splitlines()), default=0) > 10 * _DEEP:
        return False
    import libcst

    try:
        libcst.parse_module(text)
    except (libcst.ParserSyntaxError, RecursionError, ValueError):
        return False
    return True
