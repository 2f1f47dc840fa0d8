"""What a file of settings may say: every key with its type and what it means.

This is the one place where keys are described. Files are checked against it, and `docs/configuration.md` is made from
it. It is loaded only where a file has settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, get_type_hints

import msgspec
from msgspec import Meta

Strings = Annotated[tuple[str, ...], Meta(title="a list of strings")]
Text = Annotated[str, Meta(title="a string")]
Modules = Annotated[
    tuple[Annotated[str, Meta(pattern=r"^[^\W\d]\w*(\.[^\W\d]\w*)*$")], ...],
    Meta(title="a list of names of modules"),
]
Truth = Annotated[bool, Meta(title="true or false")]
Severity = Annotated[Literal["error", "warning", "note"], Meta(title="one of 'error', 'warning', 'note'")]
Ignores = Annotated[dict[str, tuple[str, ...]], Meta(title="a table of patterns, each with a list of strings")]
Answers = Annotated[dict[str, str], Meta(title="a table of calls, each with a string")]
RuleOptions = Annotated[dict[str, dict[str, Any]], Meta(title="a table of rules, each with a table")]


def _about(description: str, example: str) -> Meta:
    return Meta(description=description, examples=[example])


class Table(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """The keys of `[tool.tapelint]`, all of which may be left out."""

    select: Annotated[
        Strings,
        _about(
            "The rules that run: codes, names, beginnings of codes that end in a digit, or `ALL`. What says more of a "
            'code wins: `select = ["TL101"]` beats `ignore = ["TL1"]`.',
            'select = ["TL1", "singular-division"]',
        ),
    ]
    extend_select: Annotated[
        Strings,
        _about(
            "Rules that run beside those of `select`; where that is `ALL`, exceptions from `ignore`.",
            'ignore = ["TL3"]\nextend-select = ["singular-log"]',
        ),
    ]
    ignore: Annotated[
        Strings,
        _about("The rules that do not run, in the words of `select`.", 'ignore = ["persistent-tape-kept"]'),
    ]
    per_file_ignores: Annotated[
        Ignores,
        _about(
            "Rules that do not run on some files: patterns as in a `.gitignore`, from the folder of the file of "
            "settings, each with a list in the words of `select`.",
            '[tool.tapelint.per-file-ignores]\n"tests/" = ["TL3"]\n"*_generated.py" = ["ALL"]',
        ),
    ]
    exclude: Annotated[
        Strings,
        _about(
            "What is left out when folders are searched: patterns as in a `.gitignore`, from the folder of the file of "
            "settings. It replaces the built-in list. Files that are named on the command line are looked at all the "
            "same, unless `--force-exclude` is given.",
            'exclude = [".git", ".venv", "third_party/"]',
        ),
    ]
    extend_exclude: Annotated[
        Strings,
        _about("What is left out beside `exclude`.", 'extend-exclude = ["legacy/", "*_generated.py"]'),
    ]
    fail_level: Annotated[
        Severity,
        _about("The least grave level of a finding for which the exit status is 1.", 'fail-level = "error"'),
    ]
    unsafe_fixes: Annotated[
        Truth,
        _about(
            "Whether `--fix` and `--diff` also make the fixes that may change more than the gradient.",
            "unsafe-fixes = true",
        ),
    ]
    pedantic: Annotated[
        Truth,
        _about(
            "Whether numbers of which nothing is known are reported too: every division that could be by zero.",
            "pedantic = true",
        ),
    ]
    tape_modules: Annotated[
        Modules,
        _about(
            "Modules, by the names that programs import, that are tape libraries of their own: their `GradientTape` "
            "opens a tape, their functions count as differentiable, and what breaks a path is a warning. A library "
            "from which a file takes `GradientTape` counts as one without being named; a module of the project itself "
            "has to be named, or its code is followed like any other.",
            'tape-modules = ["tape", "ourlib.autodiff"]',
        ),
    ]
    baseline: Annotated[
        Text,
        _about(
            "A file of known findings, from the folder of the file of settings: they are not reported. "
            "`tapelint --write-baseline FILE` makes it.",
            'baseline = "tapelint-baseline.json"',
        ),
    ]
    rules: Annotated[
        Strings,
        _about(
            "Files with rules of your own, or folders of such files, from the folder of the file of settings.",
            'rules = ["tools/lint"]',
        ),
    ]
    rule_options: Annotated[
        RuleOptions,
        _about(
            "Options of single rules: a table for each, by its name or code. The page of a rule says which it has; "
            "`pedantic` of a rule beats the key above.",
            "[tool.tapelint.rule-options.singular-division]\npedantic = true",
        ),
    ]
    facts: Annotated[
        Answers,
        _about(
            "What your own functions do to a gradient: the qualified name, then `flows`, `none`, `zero` or `raises X` "
            "for all arguments, or for each parameter, in order.",
            '[tool.tapelint.facts]\n"mylib.ops.quantize" = "none"\n"mylib.ops.blend" = "x flows, weights none"',
        ),
    ]


@dataclass(frozen=True, slots=True)
class Key:
    """One key for its readers: its name in files, what it takes, what it means, an example in TOML."""

    name: str
    takes: str
    description: str
    example: str


def described() -> list[Key]:
    """Every key, in the order in which they are documented."""
    properties = msgspec.json.schema(Table)["$defs"]["Table"]["properties"]
    return [Key(name, about["title"], about["description"], about["examples"][0]) for name, about in properties.items()]


def names() -> tuple[str, ...]:
    """The names of all keys."""
    return Table.__struct_encode_fields__


class Wrong(Exception):
    """A value that does not fit: at which keys, and what was expected."""

    def __init__(self, keys: tuple[str, ...], expected: str) -> None:
        super().__init__(keys, expected)
        self.keys = keys
        self.expected = expected


def values(table: Mapping[str, Any]) -> dict[str, Any]:
    """What a table says, by the names of the fields of `Table`. Raises Wrong for the first value that does not fit."""
    types = _types()
    found = {}
    for key, value in table.items():
        if key not in types:
            raise Wrong((key,), "")
        name, type = types[key]
        try:
            found[name] = msgspec.convert(value, type)
        except msgspec.ValidationError:
            raise _wrong(key, value, type) from None
    return found


def _wrong(key: str, value: object, type: Any) -> Wrong:
    """What to say of a value: of a table with one wrong entry, that entry."""
    takes = next(each.takes for each in described() if each.name == key)
    if isinstance(value, dict):
        inner = next(part for part, item in value.items() if not _fits({part: item}, type))
        return Wrong((key, inner), takes.partition(", each with ")[2])
    return Wrong((key,), takes)


def _fits(value: object, type: Any) -> bool:
    try:
        msgspec.convert(value, type)
    except msgspec.ValidationError:
        return False
    return True


@cache
def _types() -> Mapping[str, tuple[str, Any]]:
    """The name of the field and its type by the key in a file."""
    hints = get_type_hints(Table, include_extras=True)
    return {
        key: (name, hints[name])
        for key, name in zip(Table.__struct_encode_fields__, Table.__struct_fields__, strict=True)
    }
