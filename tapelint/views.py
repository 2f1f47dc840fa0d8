"""What rules and reports see of an analysed file: frozen values, in the words of the field.

Flow fills them in once a file has been run through; nothing here computes. A place that is reached several times
(in rounds of a loop, from several callers) is one value, its findings joined.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tapelint.diagnostic import Span, Step

if TYPE_CHECKING:
    import libcst

Outcome = Literal["none", "zero", "raises"]

Reason = Literal[
    "operation",  # `call` has no gradient for this argument (round, argmax, stop_gradient, tf.Variable(tensor), ...)
    "detached",  # `call` returns a NumPy or Python value (np.square, .numpy(), float, math.exp, Model.predict ...)
    "external",  # `call` belongs to a library that knows no tensors (scipy, cv2, PIL ...)
    "integer",  # the value becomes an integer, boolean or string here (`call` is the cast, or whatever made it)
    "zero",  # the gradient of `call` is always zero
    "constant",  # the output of `call` cannot change (softmax over one element, ...)
    "unregistered",  # the gradient call raises: `call` has no gradient registered
    "custom gradient",  # a tf.custom_gradient function returns None, or too few, here
    "outside",  # differentiable, but no tape records when it runs; `detail` says when
    "unwatched",  # the tape does not know the source; `detail` says why
    "unrelated",  # the target is not computed from the source; `detail` says what the source is instead
    "branch",  # only a branch that does not run, or not always, joins source and target
]
"""Why a path ends. `detail` refines:

outside      "before" (the with block), "after", "stopped" (stop_recording), "reset", "other tape", "no tape"
             (at import, in __init__ ...), "inner gradient" (taken outside the outer tape), "dataset",
             "dataset loop" (in a graph)
integer      "index" (its only use is to look something up)
operation    "function argument" (a Keras variable handed to a tf.function), "filled" (an assignment to a variable
             that was made while the tape records), "noise" (compared with random numbers), "part indices" (what is
             called `indices` of the named tuple that comes out)
unwatched    "tensor", "non-trainable", "watching is off", "late" (watched after its use), "rebound"
             (once a variable, now a tensor), "integer", "numpy"
unregistered "rows" (it has one, which refuses the `IndexedSlices` that a look-up sends back)
zero         "again" (a second derivative is), "beside" (a loop or a branch of a graph uses the source, but does not
             compute from it what is asked for)
constant     "start" (because of zeros in another source, which learns: it can change after the first update)
branch       "pick" (an index picks one of several)
unrelated    "derived" (made from what the target uses, beside the path), "unused", "other model", "swapped"
             (the target is what the source was computed from), "copy", "not in tape", "differentiated" (the target is
             made of derivatives, which it does not change)
"""


@dataclass(frozen=True, slots=True)
class Place:
    """An expression and its text on one line, as the user wrote it."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Cut:
    """A place where every gradient of some sources ends.

    `call` is the qualified name of what cuts ("numpy.square", "Tensor.numpy", "tensorflow.round", "operator //",
    "builtins.float", "scipy.special.erf"), "" where no call does. `place` is the expression to edit. `argument` is
    the argument through which the path comes, `result` how the user calls what comes out (a name it is assigned to,
    else its text). `certain`: on every way through and for every value; otherwise it is for some, or the target may be
    something that left the code that can be seen. `others`: other sources of the call have their gradient. `rest` holds
    the other places that matter, by a word ("with", "watch", "definition", "variable", "assignment", "condition",
    "callers call", "inner gradient"; "once" if the place is passed only when an object or a closure is made).
    """

    reason: Reason
    outcome: Outcome
    place: Place
    statement: Span
    call: str = ""
    detail: str = ""
    error: str = ""
    result: str = ""
    argument: Place | None = None
    sources: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    certain: bool = True
    in_graph: bool = False
    others: bool = False
    rest: tuple[tuple[str, Place], ...] = ()

    def other(self, word: str) -> Place | None:
        """The place in `rest` under `word`."""
        return dict(self.rest).get(word)


ProblemKind = Literal[
    "spent tape",  # a second gradient call on a tape that is not persistent
    "tape never entered",  # gradient on a tape whose with block never ran
    "tape not called",  # with tf.GradientTape as tape
    "impossible source",  # a model, a NumPy array, a str ... as source
    "impossible target",  # None, a NumPy or Python value as target
    "impossible watch",  # tape.watch of an array, a number, a keras.Variable
    "jacobian without pfor",  # experimental_use_pfor=False on a tape that is not persistent
    "batch_jacobian shape",
    "misspelt argument",
    "numpy in graph",  # NumPy on a tensor inside tf.function
    "numpy() in graph",  # .numpy() inside tf.function
    "condition in graph",  # a Python condition on a tensor in tf.function without AutoGraph
    "augmented variable",  # v -= ... on a tf.Variable
    "no sources",  # an empty list: the variables were read before the model was built
    "swapped zip",  # zip(variables, gradients)
    "used zip",  # an iterator that was consumed before
    "no minimize",  # optimizer.minimize with Keras 3
    "update arguments",  # apply_gradients(gradients, variables)
    "update mismatch",  # gradients of one list zipped with another list of variables
    "update refused",  # a list of gradients taken for a tensor, a part of a variable assigned to, and the like
    "lost update",  # a loop's own name is given another value, or `map` is never asked for its items
    "unknown variable",  # an optimizer of Keras 3 is applied to what it was not built with
    "raised before",  # any other exception that surely ends the program before a gradient call
    "custom gradient count",  # a custom gradient returns too few or too many
    "unused layer",  # made in __init__, never called
    "gradient inside tape",
    "update inside tape",
    "persistent tape kept",
    "rebound source",  # from the second round on the name is no longer a variable
]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong, or worth knowing, that is not a cut: a call that raises, a tape misused, an update misdone.

    `error` is the exception's name where one is raised, else "".
    """

    kind: ProblemKind
    place: Place
    statement: Span
    error: str = ""
    text: str = ""
    sources: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    certain: bool = True
    rest: tuple[tuple[str, Place], ...] = ()

    def other(self, word: str) -> Place | None:
        """The place in `rest` under `word`."""
        return dict(self.rest).get(word)


@dataclass(frozen=True, slots=True)
class SourceVerdict:
    """One source of a gradient call: its name as a user would write it, the verdict, and the steps that prove it.

    `why_unknown`: what is not known of the way, where the verdict is unknown, or flows on trust only.
    """

    expression: str
    verdict: str
    steps: tuple[Step, ...] = ()
    why_unknown: str = ""


@dataclass(frozen=True, slots=True)
class Tape:
    """One place where a tape is made. `name` is the name it is given first ("" if none)."""

    place: Place
    name: str
    persistent: bool
    watch_accessed_variables: bool
    library: str
    known_library: bool = True


@dataclass(frozen=True, slots=True)
class Gradient:
    """One gradient call: `gradient`, `jacobian` or `batch_jacobian`.

    `reached`: whether it is run at all; not if an exception certainly ended the program before. `assumed`: whether it
    is run only because nothing that is seen calls the function around it: nothing is known of its arguments.
    """

    place: Place
    method: str
    tape: Tape | None
    target: Place | None
    sources: tuple[SourceVerdict, ...]
    sources_place: Place | None = None
    cuts: tuple[Cut, ...] = ()
    problems: tuple[Problem, ...] = ()
    zeros_for_none: bool = False
    in_graph: bool = False
    in_loop: bool = False
    statement: Span | None = None
    reached: bool = True
    assumed: bool = False


ConditionKind = Literal["if", "while", "ternary", "and", "or", "not", "assert", "comprehension", "match"]
ConditionEffect = Literal[
    "raises",  # OperatorNotAllowedInGraphError
    "changes",  # a source is used in one branch only
    "records",  # only the branch taken is recorded; every source is in both
    "converted",  # AutoGraph makes it a tf.cond or tf.while_loop
]


@dataclass(frozen=True, slots=True)
class Condition:
    """A Python condition on a tensor that a tape's target or source depends on.

    `drops` are the sources that one branch leaves out, `uses` the place that uses them in the other.
    """

    kind: ConditionKind
    place: Place
    test: Place
    effect: ConditionEffect
    statement: Span
    drops: tuple[str, ...] = ()
    uses: Place | None = None
    steps: tuple[Step, ...] = ()
    known_library: bool = True


@dataclass(frozen=True, slots=True)
class Singularity:
    """An operation whose gradient (or value) is not finite at a point that its argument can be seen to reach.

    evidence: "certain" (the argument is that point), "possible" (it can be, `because` says how), "unknown" (nothing
    is known of it; rules stay silent unless asked). `kind` is the family: "division", "root", "log", "power",
    "inverse" (acos, asin, atanh, acosh, atan2), "overflow", "matrix" (a singular one), "point" (any other function).
    `hidden_by` is the tf.where that selects the other branch.
    `certain`: the argument is that point, and the gradient comes by, on every way through.
    `whole`: all of the argument is `at` something, not one element of it. `rank` is its number of axes, where it is
    known. `rest` holds other places by a word: "condition", and
    "whole", the expression that an exponential overflows in.
    """

    kind: Literal["division", "root", "log", "power", "inverse", "overflow", "point", "matrix"]
    call: str
    place: Place
    argument: Place
    statement: Span
    at: str
    result: Literal["inf", "nan", "inf or nan"]
    evidence: Literal["certain", "possible", "unknown"]
    because: str = ""
    numerator: Place | None = None
    hidden_by: Place | None = None
    sources: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    known_library: bool = True
    not_negative: bool = False
    rest: tuple[tuple[str, Place], ...] = ()
    rank: int | None = None
    certain: bool = False
    whole: bool = False

    def other(self, word: str) -> Place | None:
        """The place in `rest` under `word`."""
        return dict(self.rest).get(word)


@dataclass(frozen=True, slots=True)
class Operation:
    """One library or operator call that a tape recorded, or could have, joined over the times it ran."""

    call: str
    place: Place
    statement: Span
    recorded: bool
    arguments: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """One place where a tape records: a with block, or a tape entered otherwise, and what happened in it.

    `span` is the whole with statement, `node` its libcst node (None where the tape is entered otherwise, and where no
    rule is run over blocks). `escapes`: the tape leaves the code that can be seen.
    """

    span: Span
    tape: Tape
    operations: tuple[Operation, ...] = ()
    conditions: tuple[Condition, ...] = ()
    singularities: tuple[Singularity, ...] = ()
    problems: tuple[Problem, ...] = ()
    gradients: tuple[Gradient, ...] = ()
    cuts: tuple[Cut, ...] = ()
    escapes: bool = False
    node: libcst.CSTNode | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that one file's run found. Problems that belong to no tape stand in `problems`."""

    path: str
    blocks: tuple[Block, ...] = ()
    gradients: tuple[Gradient, ...] = ()
    problems: tuple[Problem, ...] = field(default=())
