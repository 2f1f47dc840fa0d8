"""One source and the rules -> diagnostics. A function of its arguments: nothing is printed, written or kept."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from tapelint import fix
from tapelint.diagnostic import LEVELS, Diagnostic, Fix, Span
from tapelint.fix import Edits, spell
from tapelint.fix.edits import is_literal
from tapelint.fix.fused import fused
from tapelint.fix.uses import is_harmless
from tapelint.ignores import Comment
from tapelint.project import Project
from tapelint.rule import IT, SOURCES, Registered, Rule, What, listed
from tapelint.source import Source, SourceError, qualified_name
from tapelint.views import Analysis, Block, Gradient, Place, Tape

if TYPE_CHECKING:
    import libcst

    from tapelint.facts import Facts

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Settings:
    """How rules are run. `pedantic`: also what nothing is known of. `inactive`: codes and names of rules not run.

    `options` are those of rules by their codes, where they are not the rule's defaults.
    """

    pedantic: bool = False
    inactive: frozenset[str] = frozenset()
    options: Mapping[str, object] = field(default_factory=dict)


class RuleCrash(Exception):
    """A rule raised an exception: an internal error of that rule. `diagnostics` is what all the others found."""

    def __init__(self, message: str, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__(message)
        self.diagnostics = tuple(diagnostics)


def check(
    source: Source, project: Project, facts: Facts, rules: Iterable[Rule], settings: Settings | None = None
) -> list[Diagnostic]:
    """What the rules say about a file, in its order: joined, and without what comments suppress.

    Findings may lie in another file of the project, one that the path of a gradient leads through.
    SourceError when the file does not parse; RuleCrash, at the end, when a rule raised.
    """
    from tapelint.program import analyse

    return report(analyse(source, project, facts), source, project, facts, rules, settings)


def trace(source: Source, project: Project, facts: Facts) -> list[Gradient]:
    """Every gradient call of a file, in its order, with a verdict for each source."""
    from tapelint.program import analyse

    return list(analyse(source, project, facts).gradients)


def report(
    analysis: Analysis,
    source: Source,
    project: Project,
    facts: Facts,
    rules: Iterable[Rule],
    settings: Settings | None = None,
) -> list[Diagnostic]:
    """As `check`, of a file that has been analysed."""
    rules, settings = list(rules), settings or Settings()
    run = _Run(rules, source, project, facts, settings)
    if any(each.what == "tape" for rule in rules for each in rule.checks):
        analysis = replace(analysis, blocks=tuple(_with_syntax(source, analysis.blocks)))
    kept, unused = _unsuppressed(joined(run.over(_views(analysis))), source, project, settings)
    kept.extend(run.over([("unused ignore", "", comment) for comment in unused]))
    kept.sort(key=lambda diagnostic: diagnostic.sort_key)
    if run.crashes:
        raise RuleCrash("; ".join(dict.fromkeys(run.crashes)), kept)
    return kept


def _with_syntax(source: Source, blocks: Iterable[Block]) -> Iterable[Block]:
    """The blocks with their libcst nodes; those that the run never came to have nothing but their syntax."""
    from tapelint.blocks import find_blocks

    syntax = {found.span: found for found in find_blocks(source) if found.body is not None}
    for block in blocks:
        found = syntax.pop(block.span, None)
        yield replace(block, node=found.node) if found else block
    for span, found in syntax.items():
        place = Place(found.tape_span, source.short(found.tape_span))
        persistent = found.keywords.get("persistent", found.keywords.get("0")) == "True"
        watches = found.keywords.get("watch_accessed_variables", found.keywords.get("1")) != "False"
        yield Block(span, Tape(place, found.name, persistent, watches, ""), node=found.node)


View = tuple[What, str, object]  # what it is, its reason or kind, and itself


def _views(analysis: Analysis) -> list[View]:
    """Everything that checks are run over, each thing once."""
    blocks, gradients = analysis.blocks, analysis.gradients
    every: list[View] = [("gradient", "", gradient) for gradient in gradients]
    every += [("tape", "", block) for block in blocks]
    parts: list[Gradient | Block] = [*gradients, *blocks]
    every += [("cut", cut.reason, cut) for part in parts for cut in part.cuts]
    every += [("problem", each.kind, each) for part in [*parts, analysis] for each in part.problems]
    every += [("condition", each.kind, each) for block in blocks for each in block.conditions]
    every += [("singularity", each.kind, each) for block in blocks for each in block.singularities]
    return [*every, ("file", "", analysis)]


@dataclass
class _Run:
    rules: Sequence[Rule]
    source: Source
    project: Project
    facts: Facts
    settings: Settings
    crashes: list[str] = field(default_factory=list)

    def over(self, views: Sequence[View]) -> list[Diagnostic]:
        return [found for rule in self.rules for each in rule.checks for found in self._ask(rule, each, views)]

    def _context(self, rule: Rule) -> Questions:
        options = self.settings.options.get(rule.code) or (rule.options() if rule.options else None)
        mine: bool | None = getattr(options, "pedantic", None)
        pedantic = self.settings.pedantic if mine is None else mine
        return Questions(self.source, self.project, self.facts, pedantic, options)

    def _ask(self, rule: Rule, each: Registered, views: Sequence[View]) -> list[Diagnostic]:
        context = self._context(rule) if each.wants_context else None
        found: list[Diagnostic] = []
        for what, kind, view in views:
            if what == each.what and (kind in each.among or not each.among):
                try:
                    found.extend(each.check(view, context) if context else each.check(view))
                except Exception as error:
                    reason = " ".join(str(error).split())
                    self.crashes.append(f"{rule.code} {rule.name}: {type(error).__name__}: {reason}")
        return found


# ------------------------------------------------------------------------- joining


def joined(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """One finding for each rule and place, with the sources of all: what is said is what the gravest of them says."""
    groups: dict[tuple[str, Span], list[Diagnostic]] = {}
    for diagnostic in found:
        groups.setdefault((diagnostic.code, diagnostic.span), []).append(diagnostic)
    return [_join(group) for group in groups.values()]


def _join(group: Sequence[Diagnostic]) -> Diagnostic:
    gravest = max(group, key=lambda diagnostic: LEVELS.index(diagnostic.level))
    sources = tuple(dict.fromkeys(source for diagnostic in group for source in diagnostic.sources))
    fixes = gravest.fixes or next((diagnostic.fixes for diagnostic in group if diagnostic.fixes), ())
    message, help = (_named(text, sources) for text in (gravest.message, gravest.help))
    return replace(gravest, message=message, help=help, sources=sources, fixes=fixes)


def _named(text: str, sources: Sequence[str]) -> str:
    return text.replace(SOURCES, listed(sources)).replace(IT, "them" if len(sources) > 1 else "it")


def _unsuppressed(
    found: Iterable[Diagnostic], source: Source, project: Project, settings: Settings
) -> tuple[list[Diagnostic], list[Comment]]:
    """What no comment suppresses, and the file's own comments that suppress nothing.

    Comments of another file are obeyed there but not judged: they may be meant for what other files make of it.
    """
    by_path: dict[str, list[Diagnostic]] = {source.path: []}
    for diagnostic in found:
        by_path.setdefault(diagnostic.span.path, []).append(diagnostic)
    kept: list[Diagnostic] = []
    unused: list[Comment] = []
    for path, diagnostics in by_path.items():
        file = source if path == source.path else project.readable(path)
        if file is None:
            kept.extend(diagnostics)
            continue
        left, idle = file.ignores.filter(diagnostics, settings.inactive)
        kept.extend(left)
        if file is source:
            unused = idle
    return kept, unused


# --------------------------------------------------------------- what a rule may ask


class Questions:
    """What a rule's check may ask beside its view: `rule.Context`, for one rule, one file and what it imports."""

    def __init__(self, source: Source, project: Project, facts: Facts, pedantic: bool, options: object) -> None:
        self._source = source
        self._project = project
        self._facts = facts
        self._pedantic = pedantic
        self._options = options

    @property
    def pedantic(self) -> bool:
        return self._pedantic

    def options(self, kind: type[T]) -> T:
        if not isinstance(self._options, kind):
            raise TypeError(f"the rule was not made with options={kind.__name__}")
        return self._options

    def equivalent(self, qualified: str) -> str | None:
        return self._facts.equivalent(qualified)

    def in_tensorflow(self, qualified: str, place: Place, result: str = "") -> Fix | None:
        found = self._facts.replacement(qualified)
        file = self._file(place.span)
        call = _call(file, place.span) if file and found else None
        if found is None or file is None or call is None or self.used_as_array(place, result):
            return None
        if not found.fits(len(call.args), [keyword.arg for keyword in call.keywords if keyword.arg]):
            return None
        # Of two arrays TensorFlow may refuse one for its dtype, where NumPy takes the wider.
        values = [*call.args, *(keyword.value for keyword in call.keywords)]
        safe = sum(not is_literal(value) for value in values) < 2 and not _goes_on(file, place.span, result)
        message = f"Use `{self.spelled(found.name, place)}`"
        return self.fix("replace_callee", message, place, found.name, found.keywords, safe=safe)

    def fused(self, place: Place, rank: int | None = None) -> Fix | None:
        file = self._file(place.span)
        found = fused(file, place.span, rank) if file else None
        if found is None:
            return None
        message = f"Use `{self.spelled(found.function, place)}`"
        return self.fix("replace_and_delete", message, place, found.text, found.unneeded, safe=found.whole)

    def differentiable(self, place: Place) -> Fix | None:
        file = self._file(place.span)
        call = _call(file, place.span) if file else None
        if call is None:
            return None
        inputs = [*call.args[1:2], *(each.value for each in call.keywords if each.arg == "inp")]
        # Of several inputs TensorFlow may refuse one for its dtype, where NumPy takes the wider.
        safe = len(inputs) == 1 and isinstance(inputs[0], ast.List | ast.Tuple) and len(inputs[0].elts) == 1
        message = f"Use `{self.spelled('tensorflow.py_function', place)}`"
        return self.fix("py_function", message, place, self._facts.replacement, self._flows, safe=safe)

    def _flows(self, qualified: str) -> bool:
        """Whether the gradient passes a library function for each of its arguments."""
        fact = self._facts.fact(qualified)
        inputs = fact.effect({}).inputs if fact else {}
        return bool(inputs) and all(each.outcome == "flows" for each in inputs.values())

    def used_as_array(self, place: Place, name: str = "") -> bool:
        file = self._file(place.span)
        if file is None:
            return False
        names = [each for each in (file.code(place.span), name) if each]
        if any(re.search(_ASKED_OF.format(re.escape(each)), file.text) for each in names):
            return True
        asked = (node for node in ast.walk(file.tree) if isinstance(node, ast.Attribute) and node.attr not in _SHARED)
        return any(_is_operand(file, node.value, place.span) for node in asked)

    def spelled(self, qualified: str, near: Place | Span) -> str:
        span = _span(near)
        file = self._file(span)
        said = spell(file, qualified, span) if file else None
        return said[0] if said else qualified

    def text(self, span: Span) -> str:
        file = self._file(span)
        return file.code(span) if file else ""

    def node(self, span: Span) -> libcst.CSTNode | None:
        import libcst

        file = self._file(span)
        if file is None:
            return None
        try:
            nodes = file.definition(span).nodes_at(span)
        except SourceError:
            return None
        found: Collection[libcst.CSTNode] = [node for node in nodes if isinstance(node, libcst.BaseExpression)]
        return next(iter([*found, *nodes]), None)

    def fix(self, name: str, message: str, place: Place | Span, *arguments: Any, safe: bool = False) -> Fix | None:
        span = _span(place)
        file = self._file(span)
        build: Callable[..., Edits] = getattr(fix, name)
        edits = build(file, span, *arguments) if file else ()
        # What lies in another file may be used by more than is seen from here.
        if file is None or not edits:
            return None
        return Fix(message, edits, safe and file is self._source and is_harmless(file, name, span))

    def _file(self, span: Span) -> Source | None:
        return self._source if span.path == self._source.path else self._project.readable(span.path)


_SHARED = ("shape", "dtype", "ndim")
"""What a tensor has as well as an array."""

_ASKED_OF = r"(?<![\w.]){}\.(?!shape\b|dtype\b|ndim\b)[A-Za-z]"


def _is_operand(source: Source, node: ast.expr, span: Span) -> bool:
    """Whether a span is an operand, at any depth, of an expression."""
    if isinstance(node, ast.BinOp):
        return _is_operand(source, node.left, span) or _is_operand(source, node.right, span)
    if isinstance(node, ast.UnaryOp):
        return _is_operand(source, node.operand, span)
    return node.lineno == span.start.line and source.span(node) == span


def _goes_on(source: Source, span: Span, name: str) -> bool:
    """Whether NumPy is handed, in another call, what the one at a span gives a name: there the path ends once more."""
    functions = (n for n in source.nodes if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)))
    around = [n for n in functions if source.span(n).contains(span)]
    for node in ast.walk(around[-1] if around else source.tree):
        if isinstance(node, ast.Call) and qualified_name(source, node.func).partition(".")[0] == "numpy":
            values = (*node.args, *(word.value for word in node.keywords))
            given = [inner for value in values for inner in ast.walk(value)]
            if any(getattr(inner, "id", None) == name for inner in given):
                return True
    return False


def _call(source: Source, span: Span) -> ast.Call | None:
    """The call at a span, if all its arguments are written out: none has a star."""
    call = source.call_at(span)
    if call is None or any(isinstance(each, ast.Starred) for each in call.args):
        return None
    return None if any(keyword.arg is None for keyword in call.keywords) else call


def _span(place: Place | Span) -> Span:
    return place if isinstance(place, Span) else place.span
