"""Rules are found wherever they come from; what is broken is named and stops nothing else."""

from __future__ import annotations

import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from tapelint import plugins, testing
from tapelint.plugins import GROUP, load_rules

RULE = '''"""What it finds.

More about it.
"""
from tapelint import Rule
rule = Rule(__name__, code="{code}")
'''


def write(folder: Path, name: str, code: str) -> str:
    path = folder / f"{name}.py"
    path.write_text(RULE.format(code=code))
    return str(path)


def test_built_in_rules_come_through_the_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    rules, errors = load_rules()
    assert not errors
    assert {"TL001", "TL100", "TL101", "TL503"} <= {rule.code for rule in rules}
    files = {path.stem for path in (Path(__file__).parents[1] / "rules").glob("*.py")} - {"__init__"}
    assert {rule.name.replace("-", "_") for rule in rules} == files
    monkeypatch.setattr(plugins, "entry_points", lambda group: [])
    assert load_rules() == ([], [])


def test_local_files_and_folders(tmp_path: Path) -> None:
    write(tmp_path, "own_rule", "XY001")
    write(tmp_path, "_helper", "XY009")
    for local in ([str(tmp_path)], [str(tmp_path / "own_rule.py")], [tmp_path / "own_rule.py"]):
        rules, errors = load_rules(local)
        assert not errors
        own = next(rule for rule in rules if rule.code == "XY001")
        assert (own.name, own.summary, own.description) == ("own-rule", "What it finds.", "More about it.")


def test_what_is_broken_is_named(tmp_path: Path) -> None:
    texts = {
        "syntax": "def",
        "raises": "raise ValueError('not today\\nnor tomorrow')",
        "no_rule": '"""Nothing."""',
        "no_doc": 'from tapelint import Rule\nrule = Rule(__name__, code="XY003")',
        "bad_code": '"""A rule."""\nfrom tapelint import Rule\nrule = Rule(__name__, code="1")',
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.py").write_text(text)
    write(tmp_path, "fine", "XY002")
    rules, errors = load_rules([tmp_path, tmp_path / "missing.py"])
    assert "XY002" in {rule.code for rule in rules}
    said = {Path(error.plugin).stem: str(error) for error in errors}
    assert set(said) == {*texts, "missing"}
    assert all("\n" not in each for each in said.values())
    assert "ValueError: not today nor tomorrow" in said["raises"]


@pytest.mark.parametrize(("name", "code"), [("numpy_call", "XY001"), ("other_name", "TL101")])
def test_codes_and_names_are_unique(tmp_path: Path, name: str, code: str) -> None:
    before, _ = load_rules()
    rules, errors = load_rules([write(tmp_path, name, code)])
    assert [rule.code for rule in rules] == [rule.code for rule in before]
    assert len(errors) == 1 and "is taken by plugin 'builtin'" in errors[0].message


def test_a_rule_named_twice_is_loaded_once(tmp_path: Path) -> None:
    path = write(tmp_path, "twice", "XY001")
    rules, errors = load_rules([path, path])
    assert len([rule for rule in rules if rule.code == "XY001"]) == 1
    assert not errors


def test_entry_points_of_every_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "their_rules"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "helper.py").write_text("")  # a module without a rule is no error in a package
    write(package, "in_package", "XY001")
    write(tmp_path, "their_module", "XY002")
    monkeypatch.syspath_prepend(str(tmp_path))
    entries = [
        EntryPoint("package", "their_rules", "tapelint.rules"),
        EntryPoint("module", "their_module", "tapelint.rules"),
        EntryPoint("object", "their_module:rule", "tapelint.rules"),
        EntryPoint("broken", "no_such_module", "tapelint.rules"),
    ]
    monkeypatch.setattr(plugins, "entry_points", lambda group: entries)
    rules, errors = load_rules()
    assert [rule.code for rule in rules] == ["XY001", "XY002"]
    assert [error.plugin for error in errors] == ["plugin 'broken' (no_such_module)"]


def test_the_worked_example(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(__file__).parents[1] / "examples" / "tapelint-example-rules"
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    entries = [EntryPoint(name, value, GROUP) for name, value in project["entry-points"][GROUP].items()]
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(plugins, "entry_points", lambda group: entries)
    rules, errors = load_rules()
    assert not errors
    assert [(rule.code, rule.name) for rule in rules] == [("EX001", "jacobian-in-loop")]
    monkeypatch.setattr(testing, "_installed", rules)
    for case in testing.cases(folder / "fixtures"):
        testing.check_findings(case)
