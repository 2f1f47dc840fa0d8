"""What a fact says, as frozen values. Nothing here knows the form of the files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tapelint.facts.choose import Experiment

Outcome = Literal["flows", "none", "zero", "detached", "raises", "unknown"]
Linearity = Literal["linear", "bilinear", "square", "division", "zero", "piecewise", "other", "unclear"]
SingularOf = Literal["number", "row", "column", "diagonal", "dependent", "indefinite"]
ResultKind = Literal["tensor", "numpy", "python", "variable", "none", "object", "tuple"]


class FactError(ValueError):
    """A line of a fact file, or of a project's own facts, that cannot be read; the message shows the line."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: `star` is "", "*" or "**"; `default` is the text of its default, None if it has none."""

    name: str
    star: Literal["", "*", "**"] = ""
    default: str | None = None
    keyword_only: bool = False

    @property
    def has_default(self) -> bool:
        """Whether a call may leave it out."""
        return self.default is not None


@dataclass(frozen=True, slots=True)
class Weight:
    """One weight of a layer. `when`: the constructor parameter that decides whether it exists, and the truth or the
    text that it must have.
    """

    name: str
    trainable: bool = True
    when: tuple[str, bool | str] | None = None
    outcome: Outcome = "flows"


@dataclass(frozen=True, slots=True)
class Singular:
    """A point of an argument where the gradient is not finite, or ("error") where the call or the gradient call raises.

    `of` says what is there: "number": one element, and it is `at`; "row", "column", "diagonal": a whole row or column
    of a matrix, or an element of its diagonal, is 0; "dependent": its columns depend on each other; "indefinite": it
    has a negative eigenvalue. `everywhere`: only where all elements are there. `guarded`: an upstream gradient of 0
    still gives 0. `value`: what the result itself is there. `beyond`: the side on which results are NaN ("below",
    "above" or None). `past`: the side on which the gradient is not finite anywhere. `together`: only where every other
    argument that carries a gradient is there as well (atan2 at 0, 0).
    """

    at: float
    gradient: Literal["inf", "nan", "error"]
    guarded: bool = False
    value: Literal["finite", "inf", "nan"] = "finite"
    beyond: Literal["below", "above"] | None = None
    past: Literal["below", "above"] | None = None
    together: bool = False
    everywhere: bool = False
    of: SingularOf = "number"


@dataclass(frozen=True, slots=True)
class Input:
    """What happens to the gradient of one argument.

    linearity says on what the derivative depends, as a second tape sees it: "linear": on no argument; "bilinear": on
    the others only, not on this one; "square": on this one, linearly; "division": on the others and on this one, as
    of a denominator; "zero": the gradient is always zero; "piecewise": a second derivative exists and is zero;
    "unclear": it hangs on an argument that is not known.
    `variable_outcome` is set where a tf.Variable differs from a tensor, `keras_variable_outcome` for a keras.Variable,
    `graph_outcome` where a tf.function differs from eager code; `target_outcome` where the result, taken itself as the
    target, differs from what a further operation on it sees (integer results), and `graph_target_outcome` where that
    differs in a tf.function. `again_outcome` is set where the
    gradient cannot itself be differentiated by what comes down from above: a second tape sees "none", or "raises".
    """

    outcome: Outcome
    error: str | None = None
    linearity: Linearity = "other"
    singular: tuple[Singular, ...] = ()
    variable_outcome: Outcome | None = None
    keras_variable_outcome: Outcome | None = None
    graph_outcome: Outcome | None = None
    target_outcome: Outcome | None = None
    graph_target_outcome: Outcome | None = None
    target_error: str | None = None
    again_outcome: Outcome | None = None
    again_error: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What comes out of a call.

    dtype: "same" as the arguments that carry a gradient, or its name; "argument": as the parameter `dtype` says.
    low and high bound every value that finite arguments between -50 and 50 give; *_open: the bound itself is not met.
    spread: "within": each value lies between the least and the greatest value of the arguments; "sign": arguments
    that are not negative give values that are not negative; "" says nothing.
    names: the fields of a named tuple.
    """

    kind: ResultKind = "tensor"
    dtype: str = "same"
    parts: tuple[Effect | None, ...] | None = None
    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False
    overflow: bool = False
    recorded: bool = True
    spread: Literal["", "within", "sign"] = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """The answer of one experiment: what happens to each argument, by parameter, and to the result.

    A parameter that no experiment covers is absent from `inputs`: nothing is known of it. `error` is raised by the call
    itself, `graph_error` by the call inside tf.function, `variable_error` by the call on a tf.Variable (as one of the
    `refusing_variables`, parameters),
    `keras_variable_error` on a keras.Variable, `graph_variable_error` on a tf.Variable inside tf.function.
    """

    inputs: Mapping[str, Input]
    result: Result
    error: str | None = None
    graph_error: str | None = None
    variable_error: str | None = None
    keras_variable_error: str | None = None
    graph_variable_error: str | None = None
    refusing_variables: frozenset[str] = frozenset()
    experiment: str = ""


@dataclass(frozen=True, slots=True)
class Replacement:
    """A function that can stand for another without a change to the call's positional arguments.

    `parameters`: what the call may give. `keywords`: the new names of arguments given by keyword.
    """

    name: str
    parameters: tuple[Parameter, ...]
    keywords: Mapping[str, str]

    def fits(self, positional: int, keywords: Iterable[str]) -> bool:
        """Whether a call with so many positional arguments and these keywords, and no `*` or `**`, may be changed."""
        plain = [p.name for p in self.parameters if not p.star and not p.keyword_only]
        given = {*plain[:positional], *keywords}
        wanted = {p.name for p in self.parameters if not p.star and not p.has_default}
        many = any(p.star == "*" for p in self.parameters)
        free = {p.name for p in self.parameters if not p.star} - set(plain[:positional])
        return (many or positional <= len(plain)) and wanted <= given and set(keywords) <= free


@dataclass(frozen=True, slots=True)
class Fact:
    """All that is known of one function, method, operator, layer, loss, metric or property.

    `parameters` are in positional order; those of a class are of its constructor, and `call_parameters` of its
    `__call__`. `weights` are a layer's own, in the order of Keras 3's `layer.weights`; `inner` names the constructor
    parameters whose layers' weights come after them (a wrapper that copies a layer names it twice).
    """

    name: str
    kind: str
    parameters: tuple[Parameter, ...]
    call_parameters: tuple[Parameter, ...] = ()
    weights: tuple[Weight, ...] = ()
    inner: tuple[str, ...] = ()
    experiments: tuple[Experiment, ...] = field(default=(), repr=False)

    def effect(self, given: Mapping[str, object], unknown: frozenset[str] | set[str] = frozenset()) -> Effect:
        """The answer of the experiment that fits a call best.

        `given`: the constants of the call by parameter (numbers, strings, booleans, None; a dtype by its name;
        sequences as tuples; NUMPY for an array, TENSOR for what may carry a gradient). `unknown`: the parameters that
        are given something that is not known; where the answer hangs on one of them, the outcome is "unknown".
        """
        from tapelint.facts.choose import choose

        return choose(self, given, unknown)

    @property
    def tried(self) -> frozenset[str]:
        """The parameters that are given something in an experiment."""
        return frozenset().union(*(each.parameters for each in self.experiments))

    @property
    def decided_by(self) -> frozenset[str]:
        """The parameters whose value changes what happens to a gradient."""
        from tapelint.facts.choose import decided_by

        return decided_by(self)
