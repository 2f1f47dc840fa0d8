"""The table of all facts: names are indexed when it is loaded, a block is read when it is asked for."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Mapping, Sequence, Set
from functools import cache
from pathlib import Path

from tapelint.facts.choose import Experiment
from tapelint.facts.parse import full_name, header_name, read_block, read_header
from tapelint.facts.values import Fact, FactError, Input, Parameter, Replacement
from tapelint.facts.words import read

FOLDER = Path(__file__).parent
TABLES = (
    *("modules", "equivalents", "floats", "reals", "backward", "nones", "unlike", "dtypes", "widths", "natures"),
    *("objects", "names", "fits", "fits_numpy", "whole", "settings", "ranks", "lists", "protocols", "operands"),
    *("positional", "several", "undtyped", "strangers", "kernels", "truths", "casts"),
)
NO_FACTS = frozenset(f"{name}.txt" for name in TABLES)


class Facts:
    """The built-in facts and a project's own. Nothing in it changes after loading, but for what it has read already."""

    def __init__(
        self,
        blocks: Mapping[str, str],
        modules: Mapping[str, str],
        own: Mapping[str, Fact],
        tape_modules: Sequence[str] = (),
    ) -> None:
        self.tape_modules = tuple(tape_modules)
        self._blocks = blocks
        self._modules = modules
        self._own = own
        self._read: dict[str, Fact] = dict(own)
        self._prefixes: frozenset[str] | None = None

    @classmethod
    def load(cls, extra: Mapping[str, str] | None = None, tape_modules: Sequence[str] = ()) -> Facts:
        """The built-in tables and a project's own facts (a name and its words). Raises FactError on a malformed one.

        `tape_modules` are the qualified names of modules that are tape libraries of their own.
        """
        blocks, modules = _index()
        own = {name: _own(name, words) for name, words in (extra or {}).items()}
        return cls(blocks, modules, own, tape_modules)

    def fact(self, qualified: str) -> Fact | None:
        """What is known of a name, by any of its aliases; None if nothing is."""
        found = self._read.get(qualified)
        if found is not None:
            return found
        name = self._find(qualified)
        if name is None:
            return None
        fact = self._own.get(name) or self._read_once(name)
        self._read[qualified] = fact
        return fact

    def canonical(self, qualified: str) -> str | None:
        """The name of the entry that answers for a name, None if there is none."""
        fact = self.fact(qualified)
        return fact.name if fact else None

    def names(self) -> list[str]:
        """Every name and alias of the built-in facts and the project's."""
        return [*self._blocks, *self._own]

    def has_prefix(self, qualified: str) -> bool:
        """Whether a name is a module or namespace of something known, such as "tensorflow.math"."""
        if self._prefixes is None:
            found: set[str] = set(self._modules)
            for name in (*self._blocks, *self._own):
                while (cut := name.rfind(".")) > 0:
                    name = name[:cut]
                    if name in found:
                        break
                    found.add(name)
            self._prefixes = frozenset(found)
        if qualified in self._prefixes:
            return True
        other = self._other_module(qualified)
        return other is not None and self.has_prefix(other)

    def equivalent(self, qualified: str) -> str | None:
        """TensorFlow's function that does the same as one of NumPy's or math's; what a call may give: `replacement`."""
        found = _equivalents().get(qualified)
        return found[1] if found else None

    def replacement(self, qualified: str) -> Replacement | None:
        """The same, with the parameters that a call may give so that only its callee need be changed."""
        found = _equivalents().get(qualified)
        if found is None:
            return None
        allowed = read_header(found[0])[0]
        fact = self.fact(found[1])
        theirs = [p.name for p in fact.parameters if not p.star] if fact else []
        renamed = {p.name: new for p, new in zip(allowed, theirs, strict=False) if not p.star and not p.keyword_only}
        return Replacement(found[1], allowed, renamed)

    def makes_floats(self, qualified: str, experiment: str) -> bool:
        """Whether a function, by the name of its fact, gives floats of whole numbers too.

        `experiment`: the line of the fact that the call is like.
        """
        calls = _floats().get(qualified, ())
        return len(calls) == 1 or experiment.partition("  ")[0] in calls

    def makes_reals(self, qualified: str) -> bool:
        """Whether a function, by the name of its fact, gives real numbers of complex ones."""
        return qualified in _reals()

    def _read_once(self, name: str) -> Fact:
        block = self._blocks[name]
        own = full_name(header_name(block.partition("\n")[0]))
        if own not in self._read:
            self._read[own] = read_block(block)
        return self._read[own]

    def _find(self, name: str) -> str | None:
        for _ in range(6):
            if name in self._own or name in self._blocks:
                return name
            other = self._other_module(name)
            if other is None:
                break
            name = other
        return None

    def _other_module(self, name: str) -> str | None:
        cut = len(name)
        while cut > 0:
            target = self._modules.get(name[:cut])
            if target is not None:
                return target + name[cut:]
            cut = name.rfind(".", 0, cut)
        return None


@cache
def _index() -> tuple[dict[str, str], dict[str, str]]:
    blocks: dict[str, str] = {}
    for path in sorted(FOLDER.glob("*.txt")):
        if path.name in NO_FACTS:
            continue
        for block in path.read_text(encoding="utf-8").split("\n\n"):
            block = block.strip("\n")
            while block.startswith("#"):
                block = block.partition("\n")[2].lstrip("\n")
            if not block:
                continue
            header, _, aliases = block.partition("\n")[0].partition(" = ")
            blocks[full_name(header_name(header))] = block
            if aliases:
                for alias in aliases.split(", "):
                    blocks[full_name(alias)] = block
    return blocks, _pairs("modules.txt")


@cache
def _equivalents() -> dict[str, tuple[str, str]]:
    """By the left function's name: its signature as it stands there, and the right function's name."""
    return {full_name(header_name(left)): (left, right) for left, right in _pairs("equivalents.txt").items()}


def rows(file: str) -> list[list[str]]:
    """The lines of a table, taken apart at double spaces, without its comments."""
    lines = (FOLDER / file).read_text(encoding="utf-8").splitlines()
    return [line.split("  ") for line in lines if not line.startswith("#")]


@cache
def _reals() -> frozenset[str]:
    return frozenset(full_name(row[0]) for row in rows("reals.txt"))


@cache
def _floats() -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, call in rows("floats.txt"):
        found.setdefault(full_name(name), []).append(call)
    return found


@cache
def whose_backward_pass(word: str) -> frozenset[str]:
    """The operations whose backward pass does something: "hands back", "refuses rows" ...; see backward.txt."""
    return frozenset(full_name(name) for name, said, _ in rows("backward.txt") if said == word)


def looks_up_rows(name: str) -> Set[str] | None:
    """Whether the gradient through an operation has rows only, and the arguments that it must be given for it: see
    backward.txt.
    """
    return _lookups().get(name)


@cache
def _lookups() -> dict[str, Set[str]]:
    found = ((full_name(name), call) for name, said, call in rows("backward.txt") if said == "looks up rows")
    return {name: frozenset(re.findall(r"(\w+)=", call)) for name, call in found}


@cache
def is_there(qualified: str, spelled: str) -> bool:
    """Whether TensorFlow and Keras have a name, as far as is known: names.txt has those of some modules.

    `spelled`: as the program has it, which may be a name of `tf.keras` or `tf.losses`; "" where it is of a library's
    own making.
    """
    if not spelled:
        return True
    in_tensorflow = spelled.startswith("tensorflow.")
    cut = qualified.find(".")
    while cut > 0:
        following = qualified.find(".", cut + 1)
        home = qualified[:cut]
        names = _names().get(f"tensorflow.{home}") if in_tensorflow else None
        names = names if names is not None else _names().get(home)
        word = qualified[cut + 1 : following if following > 0 else None]
        if names is not None and word not in names and not (cut == len("tensorflow") and word in PACKAGES):
            return False
        cut = following
    return True


PACKAGES = ("compat", "compiler", "core", "keras", "lite", "python", "tools")
"""What lies in TensorFlow and is imported by itself."""


@cache
def _names() -> Mapping[str, Set[str]]:
    return {full_name(f"{module}.")[:-1]: frozenset(names.split()) for module, names in rows("names.txt")}


def of_none(function: str, parameter: str) -> str:
    """What a function does, by the name of its fact, if None stands for a tensor that it needs: the exception, "fine",
    or "unclear". Holds of TensorFlow's functions, and of Keras's operations. With "[]" after the parameter: if it
    stands in a list of tensors; "" where that was not tried.
    """
    return _nones().get((function, parameter), "" if parameter.endswith("[]") else "ValueError")


@cache
def _nones() -> dict[tuple[str, str], str]:
    return {(full_name(name), parameter): said for name, parameter, said in rows("nones.txt")}


def of_stranger(function: str, parameter: str) -> str:
    """What a function does, by the name of its fact, in eager code if something stands for a tensor of which none is
    made, such as a function or a layer: the exception, "fine", or "unclear". Holds of what `of_none` holds of.
    """
    return _strangers().get((function, parameter), "ValueError")


@cache
def _strangers() -> dict[tuple[str, str], str]:
    return {(full_name(name), parameter): said for name, parameter, said in rows("strangers.txt")}


def refused(nature: str, place: int) -> str:
    """What a gradient call makes of something of this nature in one of its places, by the column of natures.txt: the
    exception, "fine", or an exception with "?" before it, which hangs on what is not known here.
    """
    return _natures()[nature][place]


@cache
def _natures() -> dict[str, list[str]]:
    return {nature: said for nature, *said in rows("natures.txt")}


@cache
def nature_of(name: str) -> str:
    """The nature of what a library's function, class or attribute gives, by its qualified name; see objects.txt.

    "" is for tensors, and for what is not known; "?plain" for what may be an object of a class, or a plain number.
    """
    known = _objects().get(name)
    if known is not None:
        return known
    first, dot, _ = name.partition(".")
    is_class = first == "tensorflow" and name.rpartition(".")[2][:1].isupper()
    return "?plain" if dot and (is_class or first in PLAIN_MODULES) else ""


PLAIN_MODULES = sys.stdlib_module_names - {"collections", "typing", "types"}
"""The modules of Python's library that give no tensors but those that they are given, and no structures of them."""


@cache
def _objects() -> dict[str, str]:
    return {full_name(name): nature for name, _, nature in rows("objects.txt")}


@cache
def unlike() -> Mapping[str, Mapping[tuple[str, str], tuple[str, str]]]:
    """The exceptions, in eager code and in a graph, of a function that is given other numbers beside tensors of floats:
    by the name of its fact, then by the parameter and the kind of numbers (as in unlike.txt). "-" for none.
    """
    found: dict[str, dict[tuple[str, str], tuple[str, str]]] = {}
    for name, parameters, kinds, eager, graph in rows("unlike.txt"):
        for parameter in parameters.split(", "):
            found.setdefault(full_name(name), {}).update({(parameter, kind): (eager, graph) for kind in kinds})
    return found


@cache
def dtypes() -> Mapping[str, Mapping[tuple[frozenset[str], str], tuple[str, str]]]:
    """What a function makes of tensors none of which are of the numbers that it is for: by the name of its fact, then
    by the parameters and the kind of numbers (as in dtypes.txt), the exceptions in eager code and in a graph: "-" for
    none, "perhaps" where it hangs on more, "unclear" where it is now this one, now that one.
    """
    found: dict[str, dict[tuple[frozenset[str], str], tuple[str, str]]] = {}
    for name, parameters, kinds, eager, graph in rows("dtypes.txt"):
        names = frozenset(parameters.split(", "))
        found.setdefault(full_name(name), {}).update({(names, kind): (eager, graph) for kind in kinds})
    return found


@cache
def fits() -> Mapping[str, Sequence[tuple[tuple[str, ...], frozenset[tuple[str, ...]]]]]:
    """What a function refuses of what its experiments were not made with, by the name of its fact: some parameters, and
    what is refused for them, each a rank or a letter (as in fits.txt, and fits_numpy.txt).
    """
    found: dict[str, list[tuple[tuple[str, ...], frozenset[tuple[str, ...]]]]] = {}
    for name, parameters, refused in (*rows("fits.txt"), *rows("fits_numpy.txt")):
        given = frozenset(map(tuple, refused.split()))
        found.setdefault(full_name(name), []).append((tuple(parameters.split(", ")), given))
    return found


@cache
def settings() -> Mapping[str, Mapping[str, str]]:
    """What a function refuses where its experiments have whole numbers, by the name of its fact and the parameter: the
    letters of settings.txt.
    """
    found: dict[str, dict[str, str]] = {}
    for name, parameter, refused in rows("settings.txt"):
        found.setdefault(full_name(name), {})[parameter] = refused
    return found


@cache
def gives_several(name: str) -> str:
    """Whether a function of NumPy or Python, by the name of its fact, gives several things: "alike" where one can be
    made of them, "unlike" where that is not sure, "" where it gives one.
    """
    return _several().get(name, "")


@cache
def _several() -> Mapping[str, str]:
    return {full_name(name): said for name, said in rows("several.txt")}


@cache
def positional(name: str) -> Set[str]:
    """The parameters of a function, by the name of its fact, whose names it does not take."""
    return _positional().get(name, frozenset())


@cache
def _positional() -> Mapping[str, Set[str]]:
    return {full_name(name): frozenset(parameters.split()) for name, parameters in rows("positional.txt")}


@cache
def always_of(name: str) -> str:
    """The dtype of what a function gives whatever floats it is given, by the name of its fact, or "unclear"; "" where
    it is that of the floats, or the one that the fact names.
    """
    return _always().get(name, "")


@cache
def _always() -> Mapping[str, str]:
    return {full_name(name): dtype for name, dtype in rows("widths.txt")}


def made_of_truths(name: str) -> str:
    """What a function, by the name of its fact, gives of truths: the letter of a dtype, "?" where that is not known."""
    return _of_truths().get(name, "?")


@cache
def _of_truths() -> Mapping[str, str]:
    return {full_name(name): letter for name, letter in rows("truths.txt")}


@cache
def casts() -> Mapping[str, Mapping[tuple[str, str], frozenset[str]]]:
    """What a function, by the name of its fact, casts to the dtype of an argument without a gradient: by the parameter
    of that and the letter of its dtype the parameters.
    """
    found: dict[str, dict[tuple[str, str], frozenset[str]]] = {}
    for name, parameter, letter, lost in rows("casts.txt"):
        found.setdefault(full_name(name), {})[parameter, letter] = frozenset(lost.split(", "))
    return found


@cache
def keeps_whole(name: str) -> bool:
    """Whether a function or an operator, by the name of its fact, gives whole numbers of the dtype of those that it is
    given, as it was measured.
    """
    return name in _keeping()


@cache
def _keeping() -> frozenset[str]:
    return frozenset(full_name(name) for (name,) in rows("whole.txt"))


def ignores_dtype(name: str) -> bool:
    """Whether a function, by the name of its fact, gives numbers of the same dtype whatever dtype it is asked for."""
    return name in _undtyped()


@cache
def _undtyped() -> frozenset[str]:
    return frozenset(full_name(name) for (name,) in rows("undtyped.txt"))


def looked_at(name: str) -> str:
    """Which shapes Python's part of a function, by the name of its fact, looks at before a kernel refuses them: the
    word of kernels.txt; "" where only the kernel does.
    """
    return _looked_at().get(name, "")


@cache
def _looked_at() -> Mapping[str, str]:
    return {full_name(name): word for name, word, _, _ in rows("kernels.txt")}


def asks_list(function: str, parameter: str, kind: str) -> bool:
    """Whether a function, by the name of its fact, asks a list of numbers ("l"), or one number ("n"), for what only
    tensors have; false where it does not, or where that was not tried.
    """
    return (function, parameter, kind) in _lists()


@cache
def _lists() -> Set[tuple[str, str, str]]:
    return {(full_name(name), parameter, kind) for name, parameter, kinds in rows("lists.txt") for kind in kinds}


@cache
def refused_ranks(layer: str) -> Set[int]:
    """The numbers of axes of a tensor that a layer of Keras refuses."""
    return _ranks().get(layer, frozenset())


@cache
def _ranks() -> Mapping[str, Set[int]]:
    return {full_name(name): frozenset(map(int, said.split())) for name, said in rows("ranks.txt")}


def _pairs(file: str) -> dict[str, str]:
    path = FOLDER / file
    pairs = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        left, equals, right = line.partition(" = ")
        if equals and not line.startswith("#"):
            pairs[full_name(left.strip())] = full_name(right.strip())
    return pairs


def _own(name: str, words: object) -> Fact:
    """A project's fact: `flows`, `raises ValueError`, or by parameter, in order: `x flows, y none`."""
    line = f'"{name}" = {words!r}'
    if not isinstance(words, str) or not words.strip() or not all(part.isidentifier() for part in name.split(".")):
        raise FactError(f"a fact is a dotted name and its words: {line}")
    firsts = [clause.split()[0] for clause in words.split(",") if clause.strip()]
    named = [first for first in firsts if first not in _RESERVED]
    try:
        answer = read(words, dict.fromkeys(named or ("args", "kwargs"), True))
    except ValueError as error:
        raise FactError(f"{error} in {line}") from error
    parameters = tuple(Parameter(each) for each in named) or (Parameter("args", "*"), Parameter("kwargs", "**"))
    inputs: dict[str, Input] = answer.leaves
    experiment = Experiment({}, inputs, answer.result, answer.error, line)
    return Fact(name, "function", parameters, experiments=(experiment,))


_RESERVED = frozenset(
    {
        "flows", "none", "zero", "detached", "raises", "call", "as", "linear", "bilinear", "square",
        "division", "piecewise", "other", "inf", "nan", "not", "recorded", "positive", "from", "above", "to",
        "below", "keeps", "within", "fields", "tensor", "numpy", "python", "variable", "None", "object",
        "tuple", "overflows", "same", "argument", "bool", "string", "complex", "float", "int", "float16",
        "float32", "float64", "int32", "int64",
    }
)  # fmt: skip


Refusals = Mapping[str, Mapping[str, str]]
"""By place and kind of value the exception."""


@cache
def protocols() -> Mapping[str, Refusals]:
    """What Python's own functions and operations raise of what stands for `_` in an expression."""
    found: dict[str, Refusals] = {}
    for block in (FOLDER / "protocols.txt").read_text(encoding="utf-8").split("\n\n")[1:]:
        lines = block.rstrip("\n").split("\n")
        told = dict(_refusals(line) for line in lines if line.startswith("  "))
        found.update({line: told for line in lines if not line.startswith("  ")})
    return found


def _refusals(line: str) -> tuple[str, dict[str, str]]:
    place, _, said = line.strip().partition(": ")
    each = (part.split(" ") for part in said.split(", "))
    return place, {letter: error for error, letters in each for letter in letters}


@cache
def calls_of_protocols() -> Mapping[tuple[str, int], Sequence[tuple[int, Sequence[ast.expr], str]]]:
    """Of the expressions that are calls of a function: by its name and the number of its arguments the place of `_`,
    all arguments, and the expression.
    """
    found: dict[tuple[str, int], list[tuple[int, Sequence[ast.expr], str]]] = {}
    for expression in protocols():
        statement = ast.parse(expression).body[0]
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(call, ast.Call):
            name = ast.unparse(call.func)
            full = full_name(name if "." in name else f"builtins.{name}")
            place = next(i for i, a in enumerate(call.args) if isinstance(a, ast.Name) and a.id == "_")
            found.setdefault((full, len(call.args)), []).append((place, call.args, expression))
    return found


KINDS_OF_OPERANDS = "tdhijbcvuwxyklmnefgqNEFGQ1234567890TDHIJBC"
"""The kinds of operands, in the order in which operands.txt tells of them; the last are tensors of a graph."""
REFUSALS = {
    "T": "TypeError", "V": "ValueError", "I": "InvalidArgumentError", "A": "AttributeError", "U": "UFuncTypeError",
    "M": "NotImplementedError", "P": "UnimplementedError",
}  # fmt: skip
RESULTS = {
    "f": "float32", "d": "float64", "h": "float16", "i": "int32", "l": "int64", "b": "bool", "c": "complex64",
}  # fmt: skip
"""What operands.txt writes for an exception, and for the dtype of a result."""


@cache
def operands() -> Mapping[tuple[str, str, str], str]:
    """What operators make of two operands: by operator, place and kind on the left a letter for each on the right."""
    return {(name, place, left): said for name, place, left, said in rows("operands.txt")}
