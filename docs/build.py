"""Write the pages of rules from the rules' docstrings: `python docs/build.py`. A test fails when they are stale."""

from __future__ import annotations

from pathlib import Path

from tapelint.plugins import load_rules
from tapelint.rule import Rule

FOLDER = Path(__file__).parent / "rules"
GROUPS = {
    "TL0": "About tapelint itself",
    "TL1": "The path is cut",
    "TL2": "Python control flow",
    "TL3": "Numbers",
    "TL4": "Use of the tape",
    "TL5": "The training step",
}


def pages() -> dict[str, str]:
    """The text of every page by the name of its file."""
    rules = [rule for rule in load_rules()[0] if rule.code.startswith("TL")]
    return {f"{rule.name}.md": page(rule) for rule in rules} | {"README.md": index(rules)}


def page(rule: Rule) -> str:
    """One rule's page."""
    head = f"# {rule.name} ({rule.code})\n\n**{rule.summary}**\n"
    facts = f"Reports at most as: {rule.level}. Precision: {rule.precision}."
    examples = (
        "The examples assume `import numpy as np`, `import tensorflow as tf` and `import keras`. A comment such as\n"
        f"`# {rule.level}: {rule.name}` marks the line that is reported, `# tf: none` says what TensorFlow returns.\n"
    )
    return f"{head}\n{facts}\n\n{rule.description}\n\n---\n\n{examples}"


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
    FOLDER.mkdir(exist_ok=True)
    wanted = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
