"""Options of rules: what a rule declares, what settings say, what the rule gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tapelint.config import ConfigError, Configs
from tapelint.options import options_of
from tapelint.plugins import load_rules
from tapelint.rule import Rule

RULE = '''
"""A rule with options."""

from __future__ import annotations

from dataclasses import dataclass

from tapelint import Analysis, Context, Position, Rule, Span


@dataclass(frozen=True)
class Options:
    """`most-lines`: how long a file may be."""

    most_lines: int = 10
    words: tuple[str, ...] = ("a", "b")


rule = Rule(__name__, code="XX201", options=Options)


@rule.on_file
def check(file: Analysis, ask: Context):
    options = ask.options(Options)
    yield rule.at(Span(file.path, Position(1, 1), Position(1, 2)), f"{options.most_lines} {options.words}")
'''


@pytest.fixture
def rules(tmp_path: Path) -> list[Rule]:
    path = tmp_path / "rule_with_options.py"
    path.write_text(RULE)
    found, errors = load_rules([path])
    assert errors == []
    return found


def options(rules: list[Rule], folder: Path, text: str) -> dict[str, object]:
    (folder / "tapelint.toml").write_text(text)
    return options_of(rules, Configs().of_folder(str(folder)))


def test_what_the_rule_gets(rules: list[Rule], tmp_path: Path) -> None:
    kind = next(rule.options for rule in rules if rule.code == "XX201")
    assert kind is not None
    assert options(rules, tmp_path, "")["XX201"] == kind()
    said = "[rule-options.rule-with-options]\nmost-lines = 3\nwords = ['c']\n"
    assert options(rules, tmp_path, said)["XX201"] == kind(3, ("c",))
    assert options(rules, tmp_path, "rule-options = {xx201 = {most-lines = 3}}")["XX201"] == kind(3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rule-with-optins = {}", "no rule is called 'rule-with-optins'; did you mean 'rule-with-options'?"),
        ("numpy-in-graph = {a = 1}", "numpy-in-graph has no options"),
        ("XX201.lines = 1", "rule-options.XX201 has no option 'lines'; did you mean 'most-lines'?"),
        ("XX201.most-lines = 'a'", "rule-options.XX201.most-lines: expected int, got str"),
        ("XX201.words = ['a', 1]", "rule-options.XX201.words[1]: expected str, got int"),
    ],
)
def test_mistakes_are_named(rules: list[Rule], tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        options(rules, tmp_path, f"\n[rule-options]\n{text}\n")
    assert str(caught.value).endswith(said) and "tapelint.toml:3: " in str(caught.value)


def test_a_rule_whose_options_have_no_defaults_is_none(tmp_path: Path) -> None:
    path = tmp_path / "rule_with_options.py"
    path.write_text(RULE.replace("most_lines: int = 10", "most_lines: int"))
    errors = load_rules([path])[1]
    assert "no dataclass whose fields all have defaults" in str(errors[0])
