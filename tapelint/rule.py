"""A rule: what a rule's file makes with its name, and how its checks turn what they see into diagnostics.

    rule = Rule(__name__, code="TL101")

    @rule.on_cut("detached")
    def check(cut: Cut) -> Iterator[Diagnostic]:
        if called(cut, "numpy.*"):
            yield rule.cut(cut, f"NumPy computes `{cut.result}`")

The module's docstring is the rule's documentation, its first line the summary, its file's name the rule's name.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from fnmatch import fnmatchcase
from functools import partial
from inspect import cleandoc, signature
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from tapelint.diagnostic import Diagnostic, Fix, Level, Span, Step
from tapelint.views import (
    Block,
    Condition,
    Cut,
    Gradient,
    Outcome,
    Place,
    Problem,
    ProblemKind,
    Reason,
    Singularity,
)

if TYPE_CHECKING:
    import libcst

Precision = Literal["very-high", "high", "medium", "low"]
Reported = Cut | Problem | Condition | Singularity | Gradient | Block | Place | Span
Check = Callable[..., Iterable[Diagnostic]]
C = TypeVar("C", bound=Check)
T = TypeVar("T")
What = Literal["gradient", "tape", "cut", "problem", "condition", "singularity", "file", "unused ignore"]
SingularityKind = Literal["division", "root", "log", "power", "inverse", "overflow", "point", "matrix"]

# In a message: the sources' names, and "it" or "them", put in when findings at one place are joined.
SOURCES, IT = "{sources}", "{it}"

_CODE = re.compile(r"[A-Z]{2,}[0-9]{3,}")


class RuleError(ValueError):
    """A rule that is not made as a rule must be; the text is one line."""


class Context(Protocol):
    """What a check may ask for beside the view it is given: a check with a second parameter gets one.

    Every method that makes a fix gives None where the edit would not be sure: the help has to say it in words then.
    """

    @property
    def pedantic(self) -> bool:
        """Whether the user asked, of this rule or of all, for findings of which nothing is proven."""
        ...

    def options(self, kind: type[T]) -> T:
        """The options of this rule, of the class that it was made with, as the settings have them."""
        ...

    def spelled(self, qualified: str, near: Place | Span) -> str:
        """How the file says a qualified name: "tensorflow.square" is `tf.square` where tensorflow is imported as tf."""
        ...

    def equivalent(self, qualified: str) -> str | None:
        """TensorFlow's own function for one of NumPy's, if it takes the same arguments and gives the same."""
        ...

    def in_tensorflow(self, qualified: str, place: Place, result: str = "") -> Fix | None:
        """The fix that lets TensorFlow's own function do what the call at a place, of `qualified`, does.

        None, too, if something is asked of the `result`, the name it goes by, that only an array has.
        """
        ...

    def fused(self, place: Place, rank: int | None = None) -> Fix | None:
        """The fix that writes in one call, finite everywhere, what an expression makes by hand: `log(1 + exp(x))`.

        `rank` is the number of axes of what the exponential is taken of, where it is known.
        """
        ...

    def differentiable(self, place: Place) -> Fix | None:
        """The fix that turns a call of `tf.numpy_function` into one of `tf.py_function` whose body is TensorFlow's."""
        ...

    def used_as_array(self, place: Place, name: str = "") -> bool:
        """Whether the file asks something of an expression, or of the name it goes by, that a tensor does not have."""
        ...

    def text(self, span: Span) -> str:
        """The text of a span."""
        ...

    def node(self, span: Span) -> libcst.CSTNode | None:
        """The libcst node that stands exactly at a span, for the rare rule that must look at syntax."""
        ...

    def fix(self, name: str, message: str, place: Place | Span, *arguments: Any, safe: bool = False) -> Fix | None:
        """The fix that `tapelint.fix` calls `name`, at a place, with the arguments that it takes."""
        ...


@dataclass(frozen=True)
class Pedantic:
    """`pedantic`: whether this rule reports what nothing is known of, too; as the key `pedantic` says, if left out."""

    pedantic: bool | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """A check: what it is run over, of which reasons or kinds (none: of all), and whether it takes a context."""

    what: What
    among: frozenset[str]
    check: Check
    wants_context: bool


class Rule:
    """One rule: its name, its documentation, its checks.

    `module` is `__name__` of the file that makes it. `level` is the gravest level at which it reports, `precision`
    how sure it is, `tags` are words for reports. `options` is a frozen dataclass whose fields all have defaults: what
    settings may say of this rule, and its docstring what that means. Raises RuleError for a malformed code, a missing
    docstring, or options without defaults.
    """

    def __init__(
        self,
        module: str,
        *,
        code: str,
        level: Level = "error",
        precision: Precision = "very-high",
        tags: Sequence[str] = (),
        url: str = "",
        options: type[Any] | None = None,
    ) -> None:
        self.name = module.rpartition(".")[2].replace("_", "-")
        self.code, self.level, self.precision = code, level, precision
        self.tags, self.url = tuple(tags), url
        self.options = options
        self.documentation = cleandoc(sys.modules[module].__doc__ or "")
        if not _CODE.fullmatch(code):
            raise RuleError(f"the code of {self.name} is {code!r}: two letters or more, then three digits or more")
        if not self.documentation:
            raise RuleError(f"{code} {self.name} has no docstring: it is the rule's documentation")
        if options is not None and not _has_defaults(options):
            raise RuleError(f"the options of {self.name} are no dataclass whose fields all have defaults")
        self.checks: list[Registered] = []

    def __repr__(self) -> str:
        return f"Rule({self.code} {self.name})"

    @property
    def summary(self) -> str:
        """The first line of the documentation."""
        return self.documentation.partition("\n")[0].strip()

    @property
    def description(self) -> str:
        """The documentation below its first line, in Markdown."""
        return self.documentation.partition("\n")[2].strip()

    # ------------------------------------------------------------- registering
    # A check gets one view, and a `Context` if it has a second parameter.

    def on_gradient(self, check: C) -> C:
        """Run `check` over every gradient call, a `Gradient`."""
        return self._register("gradient", (), check)

    def on_tape(self, check: C) -> C:
        """Run `check` over every place where a tape records, a `Block`."""
        return self._register("tape", (), check)

    def on_cut(self, *reasons: Reason) -> Callable[[C], C]:
        """Run a check over every `Cut`, or those of the given reasons: of gradients, and of what leaves with a tape."""
        return partial(self._register, "cut", reasons)

    def on_problem(self, *kinds: ProblemKind) -> Callable[[C], C]:
        """Run a check over every `Problem`, or those of the given kinds: of gradients, tapes and the file."""
        return partial(self._register, "problem", kinds)

    def on_condition(self, check: C) -> C:
        """Run `check` over every Python `Condition` on a tensor."""
        return self._register("condition", (), check)

    def on_singularity(self, *kinds: SingularityKind) -> Callable[[C], C]:
        """Run a check over every `Singularity`, or those of the given kinds."""
        return partial(self._register, "singularity", kinds)

    def on_file(self, check: C) -> C:
        """Run `check` once a file, over its `Analysis`."""
        return self._register("file", (), check)

    def on_unused_ignore(self, check: C) -> C:
        """Run `check` over every ignore comment that suppressed nothing, a `source.Comment`."""
        return self._register("unused ignore", (), check)

    def _register(self, what: What, among: Sequence[str], check: C) -> C:
        self.checks.append(Registered(what, frozenset(among), check, len(signature(check).parameters) > 1))
        return check

    # --------------------------------------------------------------- reporting

    def at(
        self,
        where: Reported,
        message: str,
        *,
        level: Level | None = None,
        fix: Fix | None = None,
        help: str = "",
        sources: Sequence[str] | None = None,
        steps: Sequence[Step] | None = None,
    ) -> Diagnostic:
        """A finding at a place, with the sources and steps that the view carries.

        `level` is by default the rule's own where the view is certain, else a warning at most. `{sources}` in the
        message becomes their names once the findings at one place are joined, `{it}` "it" or "them".
        """
        if level is None:
            level = self.level
            if level == "error" and not getattr(where, "certain", True):
                level = "warning"
        if sources is None:
            sources = _names(where)
        if steps is None:
            steps = getattr(where, "steps", ())
        return Diagnostic(
            code=self.code,
            name=self.name,
            level=level,
            message=message,
            span=_span(where),
            sources=tuple(sources),
            steps=tuple(steps),
            fixes=(fix,) if fix else (),
            help=help,
        )

    def cut(
        self, cut: Cut, because: str, *, level: Level | None = None, fix: Fix | None = None, help: str = ""
    ) -> Diagnostic:
        """A finding about a cut: what becomes of the gradient, in the words for it, and why."""
        return self.at(cut, f"{fate(cut)}: {because}", level=level, fix=fix, help=help)

    def singular(self, found: Singularity, *, fix: Fix | None = None, help: str = "") -> Diagnostic:
        """A finding about an operation that is not finite at a point that its argument reaches."""
        of = f" of {SOURCES}" if found.sources else ""
        why = f" ({found.because})" if found.because else ""
        whole = found.whole or not found.rank or called(found, *_OF_THE_WHOLE)
        inner = f"what `{found.place.text}` divides by" if found.argument == found.place else ""
        subject = inner or (f"`{found.argument.text}`" if whole else f"an element of `{found.argument.text}`")
        if found.evidence == "certain":
            when = "here" if found.certain or not found.known_library else "on some ways through"
            where = f": {subject} is {found.at} {when}{why}"
        else:
            can = "can be" if found.evidence == "possible" else "may be"
            where = f" where {subject} is {found.at}, and it {can}{why}"
        return self.at(found, f"the gradient{of} is {_RESULTS[found.result]}{where}", fix=fix, help=help)


def _has_defaults(kind: type[Any]) -> bool:
    if not is_dataclass(kind):
        return False
    return all(each.default is not MISSING or each.default_factory is not MISSING for each in fields(kind))


_OF_THE_WHOLE = ("*norm", "*_std", "*.std")  # one number of all elements, or of those along an axis
_RESULTS = {"inf": "infinite", "nan": "NaN", "inf or nan": "infinite or NaN"}


def fate(cut: Cut) -> str:
    """What becomes of the gradient at a cut: "no gradient reaches {sources}"."""
    if not cut.sources:
        return _WITHOUT_SOURCE[cut.outcome, cut.certain]
    if cut.outcome == "raises":
        error = cut.error or "an error"
        return f"the gradient of {SOURCES} {'raises' if cut.certain else 'may raise'} {error}"
    if cut.reason == "constant" and cut.detail == "start":
        return f"the gradient of {SOURCES} is zero at first"
    return _FATES[cut.outcome, cut.certain]


_FATES: dict[tuple[Outcome, bool], str] = {
    ("none", True): f"no gradient reaches {SOURCES}",
    ("none", False): f"the gradient of {SOURCES} may be None",
    ("zero", True): f"the gradient of {SOURCES} is always zero",
    ("zero", False): f"the gradient of {SOURCES} may be zero",
}
_WITHOUT_SOURCE: dict[tuple[Outcome, bool], str] = {
    ("none", True): "no gradient passes",
    ("none", False): "a gradient may be None",
    ("zero", True): "the gradient is always zero",
    ("zero", False): "the gradient may be zero",
    ("raises", True): "the gradient call raises an error",
    ("raises", False): "the gradient call may raise an error",
}


def listed(names: Sequence[str], most: int = 3) -> str:
    """Names in a sentence: "`a`", "`a` and `b`", "`a`, `b` and 4 more"; "it" for none."""
    marked = [f"`{name}`" for name in dict.fromkeys(names)]
    if not marked:
        return "it"
    if len(marked) > most:
        marked = [*marked[: most - 1], f"{len(marked) - most + 1} more"]
    return " and ".join([", ".join(marked[:-1]), marked[-1]]) if len(marked) > 1 else marked[0]


def called(cut: Cut | Singularity, *patterns: str) -> bool:
    """Whether the call that cuts has one of these qualified names; `*` stands for anything ("numpy.*")."""
    return any(fnmatchcase(cut.call, pattern) for pattern in patterns)


def _names(where: Reported) -> tuple[str, ...]:
    if isinstance(where, Gradient):
        return tuple(source.expression for source in where.sources)
    if isinstance(where, Condition):
        return where.drops
    return getattr(where, "sources", ())


def _span(where: Reported) -> Span:
    if isinstance(where, Span):
        return where
    return where.span if isinstance(where, Place | Block) else where.place.span
