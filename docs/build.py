"""Write the pages of rules from their docstrings, and that of the settings from their schema: `python docs/build.py`.

A test fails when they are stale.
"""

from __future__ import annotations

from inspect import cleandoc
from pathlib import Path

from tapelint import schema, toml
from tapelint.config import Config
from tapelint.plugins import load_rules
from tapelint.rule import Rule

FOLDER = Path(__file__).parent
GROUPS = {
    "TL0": "About tapelint itself",
    "TL1": "The path is cut",
    "TL2": "Python control flow",
    "TL3": "Numbers",
    "TL4": "Use of the tape",
    "TL5": "The training step",
}


def there() -> dict[str, str]:
    """The pages as they lie there."""
    paths = [*(FOLDER / "rules").glob("*.md"), FOLDER / "configuration.md"]
    return {path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8") for path in paths if path.exists()}


def pages() -> dict[str, str]:
    """The text of every page by the name of its file."""
    rules = [rule for rule in load_rules()[0] if rule.code.startswith("TL")]
    of_rules = {f"rules/{rule.name}.md": page(rule) for rule in rules}
    return of_rules | {"rules/README.md": index(rules), "configuration.md": settings()}


def page(rule: Rule) -> str:
    """One rule's page."""
    head = f"# {rule.name} ({rule.code})\n\n**{rule.summary}**\n"
    facts = f"Reports at most as: {rule.level}. Precision: {rule.precision}."
    examples = (
        "The examples assume `import numpy as np`, `import tensorflow as tf` and `import keras`. A comment such as\n"
        f"`# {rule.level}: {rule.name}` marks the line that is reported, `# tf: none` says what TensorFlow returns.\n"
    )
    return f"{head}\n{facts}\n\n{rule.description}\n\n{options(rule)}---\n\n{examples}"


def options(rule: Rule) -> str:
    """What settings may say of a rule; "" where that is nothing."""
    if rule.options is None:
        return ""
    about = cleandoc(rule.options.__doc__ or "")
    where = f"`[tool.tapelint.rule-options.{rule.name}]`"
    return f"Options, in {where} of the [settings](../configuration.md): {about}\n\n"


def settings() -> str:
    """The page of the settings."""
    defaults = Config(folder="")
    parts = [INTRODUCTION]
    for key in schema.described():
        default = getattr(defaults, key.name.replace("-", "_"))
        shown = "an empty table" if key.takes.startswith("a table") else f"`{toml.written(default)}`"
        example = key.example if key.example.startswith("[") else f"[tool.tapelint]\n{key.example}"
        takes = f"It is {key.takes}. Default: {shown}."
        parts.append(f"### {key.name}\n\n{key.description}\n\n{takes}\n\n```toml\n{example}\n```\n")
    return "\n".join(parts)


INTRODUCTION = """# Settings

They stand in `[tool.tapelint]` of a `pyproject.toml`, or in a `tapelint.toml` without that table's name. All of
them may be left out.

## Where they are read

For each file that is checked, from the nearest `tapelint.toml` or `pyproject.toml` with a table `[tool.tapelint]`
in its folder or in one above; `tapelint.toml` comes first where both are in one folder. One file is used as a
whole: nothing is taken from another one further up. A `pyproject.toml` that does not speak of tapelint is passed
over. Patterns and paths in it are meant from the folder that it is in.

- `--config FILE` takes this file for all that is checked, whatever lies nearer;
- `--isolated` reads none;
- what the command line says beats what a file says. `--select` replaces `select`, `extend-select` and `ignore` of
  the file; `--extend-select`, `--ignore` and `--exclude` add to it.

A key that does not exist, a value of another kind and a rule that nobody knows end the run with exit status 2 and
one line, which names the place and the nearest word that is known:

```text
tapelint: error: pyproject.toml:7: unknown key 'exclud'; did you mean 'exclude'?
```

`tapelint config PATH` shows what holds for a file or a folder, and for each key where it came from: a line of a
file, an option, or the default. With `--format json` it is an object, for programs.

## The keys

This part is made from the schema that files are checked against, by `python docs/build.py`.
"""


def index(rules: list[Rule]) -> str:
    """The page that lists all rules."""
    lines = ["# Rules", "", "Made from the rules' docstrings by `python docs/build.py`.", ""]
    for start, title in GROUPS.items():
        lines += [f"## {start}xx: {title}", "", "| code | name | what it finds |", "| --- | --- | --- |"]
        of_group = [rule for rule in rules if rule.code.startswith(start)]
        lines += [f"| {rule.code} | [{rule.name}]({rule.name}.md) | {rule.summary} |" for rule in of_group]
        lines.append("")
    return "\n".join(lines)


def main() -> None:
    (FOLDER / "rules").mkdir(exist_ok=True)
    wanted = pages()
    for name in there().keys() - wanted:
        (FOLDER / name).unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
