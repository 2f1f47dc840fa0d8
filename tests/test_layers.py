"""The house: a module imports only from what lies below it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# From the ground up. A name stands for a module of `tapelint` or for a whole package in it.
LAYERS = [
    {"diagnostic", "notebook", "ignores", "source", "facts"},
    {"blocks", "project"},
    {"flow"},
    {"libraries"},
    {"views", "tape"},
    {"program"},
    {"rule", "fix"},
    {"plugins", "check"},
    {"config", "cache"},
    {"files"},
    {"run"},
    {"fixing", "report"},
    {"session", "execution"},
    {"cli", "testing"},
    {"__main__"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
# The left may be imported by the right of the same layer.
WITHIN = [
    ("diagnostic", "ignores"),
    ("ignores", "source"),
    ("notebook", "source"),
    ("diagnostic", "source"),
    ("views", "tape"),
]

MODULES = sorted((ROOT / "tapelint").rglob("*.py"))


def _home(path: Path) -> str:
    return path.relative_to(ROOT / "tapelint").parts[0].removesuffix(".py")


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    """The lines and names of what a module of tapelint imports from tapelint, the lazy and the typed ones too."""
    package = [*path.relative_to(ROOT).with_suffix("").parts]
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: -node.level] if node.level else []
            module = ".".join([*start, *((node.module or "").split("."))]).strip(".")
            if module == "tapelint":
                yield from ((node.lineno, f"tapelint.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, module


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_come_from_below(path: Path) -> None:
    home = _home(path)
    if home == "__init__":
        return  # the door: it loads from everywhere, when asked
    assert home in LEVEL, f"{home} stands in no layer"
    for line, name in _imports(path):
        parts = name.split(".")
        if parts[0] != "tapelint" or len(parts) < 2 or parts[1] == home:
            continue
        assert parts[1] in LEVEL, f"line {line}: {parts[1]} stands in no layer"
        below = LEVEL[parts[1]] < LEVEL[home] or (parts[1], home) in WITHIN
        assert below, f"line {line}: {home} may not import {parts[1]}"


def test_rules_import_only_the_door() -> None:
    for path in sorted((ROOT / "rules").glob("*.py")):
        ours = {name for _, name in _imports(path) if name.split(".")[0] in ("tapelint", "tapelint_rules")}
        assert all(name.count(".") == 1 for name in ours), f"{path.name} imports {sorted(ours)}"
        assert not any(name.split(".")[1] in LEVEL for name in ours), f"{path.name} imports {sorted(ours)}"


def test_engine_knows_no_rule_and_no_tensorflow() -> None:
    for path in MODULES:
        names = {name.split(".")[0] for _, name in _imports(path)}
        assert "tapelint_rules" not in names, path
        if path.stem != "execution":  # which runs fixtures, for tests only
            assert not names & {"tensorflow", "keras", "tf_keras", "numpy"}, path


def test_packages_are_listed() -> None:
    """What is installed is written down by name: a new folder must not be forgotten."""
    import tomllib

    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    there = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "tapelint").rglob("__init__.py")}
    assert listed == there | {"tapelint_rules"}


def test_the_door_opens() -> None:
    import tapelint

    for name in tapelint.__all__:
        assert getattr(tapelint, name).__name__ == name
