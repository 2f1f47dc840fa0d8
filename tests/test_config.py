"""Settings: where they are found, what they may say, which rules they choose."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

import pytest

from tapelint import schema
from tapelint.config import Config, ConfigError, Configs, Overrides, Selection


@dataclass(frozen=True)
class Known:
    code: str
    name: str


KNOWN = [Known("TL101", "numpy-call"), Known("TL102", "tensor-to-python"), Known("TL301", "singular-division")]


def project(folder: Path, text: str, name: str = "pyproject.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return folder


def chosen(folder: Path, path: str = "a.py", overrides: Overrides | None = None) -> list[str]:
    config = Configs(overrides).of_file(str(folder / path))
    return sorted(Selection(config, KNOWN).codes(str(folder / path)))


def test_nearest_to_the_file(tmp_path: Path) -> None:
    project(tmp_path, '[tool.tapelint]\nselect = ["TL101"]')
    project(tmp_path / "inner", '[tool.tapelint]\nselect = ["TL3"]')
    project(tmp_path / "other", "[tool.ruff]\nline-length = 100")
    assert chosen(tmp_path) == ["TL101"]
    assert chosen(tmp_path, "inner/deep/a.py") == ["TL301"]
    assert chosen(tmp_path, "other/a.py") == ["TL101"], "a project file that does not speak of tapelint is passed over"


def test_own_file_beats_the_project_file(tmp_path: Path) -> None:
    project(tmp_path, '[tool.tapelint]\nselect = ["TL101"]')
    project(tmp_path, 'select = ["tensor-to-python"]', "tapelint.toml")
    assert chosen(tmp_path) == ["TL102"]


def test_selection(tmp_path: Path) -> None:
    assert chosen(project(tmp_path / "a", '[tool.tapelint]\nignore = ["TL1"]')) == ["TL301"]
    assert chosen(project(tmp_path / "b", '[tool.tapelint]\nselect = ["TL101"]\nignore = ["TL1"]')) == ["TL101"]
    assert chosen(project(tmp_path / "c", '[tool.tapelint]\nselect = ["ALL"]\nignore = ["NUMPY-CALL"]')) == [
        "TL102",
        "TL301",
    ]
    assert chosen(project(tmp_path / "d", "[tool.tapelint]\nselect = []")) == []


def test_command_line_beats_files(tmp_path: Path) -> None:
    project(tmp_path, '[tool.tapelint]\nselect = ["TL101"]\nignore = ["TL3"]')
    assert chosen(tmp_path, overrides=Overrides(select=("TL3",))) == ["TL301"]
    assert chosen(tmp_path, overrides=Overrides(ignore=("TL101",))) == []
    assert chosen(tmp_path, overrides=Overrides(extend_select=("TL102",))) == ["TL101", "TL102"]


def test_selected_beside(tmp_path: Path) -> None:
    assert chosen(project(tmp_path / "a", 'select = ["TL101"]\nextend-select = ["TL3"]', "tapelint.toml")) == [
        "TL101",
        "TL301",
    ]
    one_of_the_ignored = 'ignore = ["TL1"]\nextend-select = ["numpy-call"]'
    assert chosen(project(tmp_path / "b", one_of_the_ignored, "tapelint.toml")) == ["TL101", "TL301"]


def test_per_file_ignores(tmp_path: Path) -> None:
    project(tmp_path, '[tool.tapelint.per-file-ignores]\n"tests/" = ["TL1"]\n"*_gen.py" = ["singular-division"]')
    assert chosen(tmp_path) == ["TL101", "TL102", "TL301"]
    assert chosen(tmp_path, "tests/a.py") == ["TL301"]
    assert chosen(tmp_path, "tests/a_gen.py") == []
    assert chosen(tmp_path, "src/a_gen.py") == ["TL101", "TL102"]
    selected = Overrides(select=("TL102", "TL301"))
    assert chosen(tmp_path, "tests/a.py", selected) == ["TL301"], "what is ignored for a file is, however selected"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('selct = ["TL1"]', "unknown key 'selct'; did you mean 'select'?"),
        ("zzz = 1", "unknown key 'zzz'"),
        ('select = "TL1"', "select must be a list of strings, not 'TL1'"),
        ("select = [1]", "select must be a list of strings, not [1]"),
        ("unsafe-fixes = 1", "unsafe-fixes must be true or false, not 1"),
        ('pedantic = "yes"', "pedantic must be true or false, not 'yes'"),
        ('fail-level = "fatal"', "fail-level must be one of 'error', 'warning', 'note', not 'fatal'"),
        ("exclude = true", "exclude must be a list of strings, not true"),
        ("per-file-ignores = []", "per-file-ignores must be a table of patterns"),
        (
            '[tool.tapelint.per-file-ignores]\n"a/" = "TL1"',
            "per-file-ignores.'a/' must be a list of strings, not 'TL1'",
        ),
        ("facts = [1]", "facts must be a table of calls"),
        ('tape-modules = ["a b"]', "tape-modules must be a list of names of modules, not ['a b']"),
        ("rule-options = {x = 1}", "rule-options.'x' must be a table, not 1"),
        ("select = [", "not valid TOML"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, said: str) -> None:
    project(tmp_path, f"[tool.tapelint]\n{text}\n")
    with pytest.raises(ConfigError) as caught:
        Configs().of_folder(str(tmp_path))
    assert said in str(caught.value) and "pyproject.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_line_of_a_mistake_is_said(tmp_path: Path) -> None:
    lines = ["[project]", "select = 1", "", "[tool.tapelint]", "# select = 1", "ignore = [", '  "TL1",', "  2,", "]"]
    path = project(tmp_path, "\n".join(lines)) / "pyproject.toml"
    with pytest.raises(ConfigError, match=r"pyproject\.toml:6: ignore must be"):
        Configs().of_folder(str(tmp_path))
    path.write_text('tool.tapelint.facts."a.b" = "none"\ntool.tapelint.facts."a.c" = 1\n')
    with pytest.raises(ConfigError, match=r"pyproject\.toml:2: facts\.'a\.c' must be a string, not 1"):
        Configs().of_folder(str(tmp_path))
    path.write_text('[tool.tapelint]\n\nper-file-ignores = {"a/" = ["TL1"], "b/" = ["TL7"]}\n')
    with pytest.raises(ConfigError, match=r"pyproject\.toml:3: no rule is called 'TL7'"):
        chosen(tmp_path)


def test_a_mistake_on_the_command_line_is_not_the_files(tmp_path: Path) -> None:
    project(tmp_path, '[tool.tapelint]\nselect = ["TL1"]')
    for overrides in (Overrides(select=("TL7",)), Overrides(ignore=("TL7",)), Overrides(extend_select=("TL7",))):
        with pytest.raises(ConfigError, match=r"^no rule is called 'TL7'"):
            chosen(tmp_path, overrides=overrides)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("numpy-cal", "no rule is called 'numpy-cal'; did you mean 'numpy-call'?"),
        ("TL9", "no rule is called 'TL9'"),
        ("TL105", "did you mean 'TL10"),
        ("T", "no rule is called 'T'"),
    ],
)
def test_unknown_rules_are_named(tmp_path: Path, word: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        chosen(tmp_path, overrides=Overrides(ignore=(word,)))
    assert said in str(caught.value)


def test_the_schema_and_the_settings_have_the_same_keys() -> None:
    ours = {field.name.replace("_", "-") for field in fields(Config)} - {"folder", "path", "overrides"}
    assert ours == set(schema.names())


@pytest.mark.parametrize("key", schema.described(), ids=lambda key: key.name)
def test_what_is_shown_of_a_key_can_be_written(key: schema.Key, tmp_path: Path) -> None:
    example = key.example.replace("[tool.tapelint.", "[")
    assert key.name.replace("-", "_") in schema.values(tomllib.loads(example))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('exclude = [".git", "!"]', "exclude: '!' is no pattern"),
        ('extend-exclude = ["[z-a]"]', "extend-exclude: '[z-a]' is no pattern"),
        ('[per-file-ignores]\n"a\\\\" = ["TL1"]', "per-file-ignores: 'a\\\\' is no pattern"),
    ],
)
def test_a_pattern_that_makes_no_sense(tmp_path: Path, text: str, said: str) -> None:
    project(tmp_path, text, "tapelint.toml")
    with pytest.raises(ConfigError) as caught:
        chosen(tmp_path)
    assert str(caught.value).endswith(said) and "tapelint.toml:" in str(caught.value)
    config = Configs(Overrides(exclude=("!",)), isolated=True).of_folder(str(tmp_path))
    with pytest.raises(ConfigError, match=r"^--exclude: '!' is no pattern"):
        Selection(config, KNOWN)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "tapelint.toml").write_bytes(b'\xef\xbb\xbfselect = ["TL101"]\r\n')
    assert chosen(tmp_path) == ["TL101"]


def test_broken_toml_of_others_is_no_concern(tmp_path: Path) -> None:
    project(tmp_path, "this is [not toml")
    assert chosen(tmp_path) == ["TL101", "TL102", "TL301"]


def test_one_file_for_all_and_none_at_all(tmp_path: Path) -> None:
    project(tmp_path, '[tool.tapelint]\nselect = ["TL101"]')
    mine = tmp_path / "mine.toml"
    mine.write_text('select = ["TL102"]')
    assert Configs(file=str(mine)).of_file(str(tmp_path / "a.py")).select == ("TL102",)
    assert Configs(isolated=True).of_file(str(tmp_path / "a.py")).select == ("ALL",)
    with pytest.raises(ConfigError, match="cannot be read"):
        Configs(file=str(tmp_path / "none.toml"))


def test_local_rules_are_found_from_the_file_that_names_them(tmp_path: Path) -> None:
    project(tmp_path, '[tool.tapelint]\nrules = ["lint/mine.py"]')
    assert Configs().of_file(str(tmp_path / "deep" / "a.py")).rules == (str(tmp_path / "lint/mine.py"),)
