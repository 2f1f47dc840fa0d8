"""The house: a module imports only from what lies below it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# From the ground up: each may import only what stands before it. A name stands for a module of `tapelint` or for a
# whole package in it. The words in front say what the floor is for.
FLOORS = {
    "values and one file": ("diagnostic", "jsontext", "ipython", "notebook", "ignores", "source", "facts"),
    "syntax and many files": ("blocks", "project", "imports", "driving", "fix"),
    "Python as gradients see it": ("flow",),
    "what libraries do": ("libraries",),
    "tapes": ("views", "tapes"),
    "what a run found": ("findings",),
    "a file run through": ("program",),
    "rules": ("rule", "plugins", "check"),
    "settings": ("toml", "schema", "gitignore", "config", "options", "cache", "files"),
    "a run": ("run", "baseline_schema", "baseline", "fixing", "session"),
    "what is shown": ("report",),
    "for people": (
        *("outputs", "completion", "effective", "progress", "watching", "invocation", "cli", "__main__"),
        "flake8_plugin",
    ),
    "for authors of rules": ("execution", "testing"),
}
ORDER = [name for names in FLOORS.values() for name in names]
LEVEL = {name: level for level, name in enumerate(ORDER)}

MODULES = sorted((ROOT / "tapelint").rglob("*.py"))


def _home(path: Path) -> str:
    return path.relative_to(ROOT / "tapelint").parts[0].removesuffix(".py")


def _imports(path: Path, only_top: bool = False) -> Iterator[tuple[int, str]]:
    """The lines and names of what a module imports; of modules and their names. The lazy and the typed ones too."""
    package = [*path.relative_to(ROOT).with_suffix("").parts]
    tree = ast.parse(path.read_bytes())
    for node in tree.body if only_top else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: -node.level] if node.level else []
            module = ".".join([*start, *((node.module or "").split("."))]).strip(".")
            if module == "tapelint":
                yield from ((node.lineno, f"tapelint.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, module
                yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names if only_top)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_come_from_below(path: Path) -> None:
    home = _home(path)
    if home == "__init__":
        return  # the door: it loads from everywhere, when asked
    assert home in LEVEL, f"{home} stands on no floor"
    for line, name in _imports(path):
        parts = name.split(".")
        if parts[0] != "tapelint" or len(parts) < 2 or parts[1] == home:
            continue
        assert parts[1] in LEVEL, f"line {line}: {parts[1]} stands on no floor"
        assert LEVEL[parts[1]] < LEVEL[home], f"line {line}: {home} may not import {parts[1]}"


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


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_rooms_are_small(path: Path) -> None:
    """A file is read in minutes, a function at a glance."""
    text = path.read_text()
    assert text.count("\n") <= 620
    functions = (n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    long = [f.name for f in functions if (f.end_lineno or f.lineno) - f.lineno >= 60]
    assert not long


def test_no_circles() -> None:
    """Not within a package either: what a module runs when it is imported does not lead back to it."""
    from graphlib import TopologicalSorter

    names = {_dotted(path) for path in MODULES}
    graph = {}
    for path in MODULES:
        found = {name for _, name in _imports(path, only_top=True)}
        graph[_dotted(path)] = (found & names) - {_dotted(path), "tapelint"}
    TopologicalSorter(graph).prepare()


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("package", ["flow", "tapes"])
def test_a_package_names_its_rooms_in_the_order_of_reading(package: str) -> None:
    folder = ROOT / "tapelint" / package
    rooms = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    doc = ast.get_docstring(ast.parse((folder / "__init__.py").read_bytes())) or ""
    named = [name for name in re.findall(r"`(\w+)`", doc.partition("To read")[2]) if name in rooms]
    assert sorted(named) == sorted(rooms)
    for place, room in enumerate(named):
        used = {name.rpartition(".")[2] for _, name in _imports(folder / f"{room}.py", only_top=True)} & rooms
        assert used <= set(named[: place + 1]), f"{room} is to be read after {sorted(used - set(named[:place]))}"


def test_the_libraries_name_their_folders() -> None:
    folder = ROOT / "tapelint" / "libraries"
    doc = ast.get_docstring(ast.parse((folder / "__init__.py").read_bytes())) or ""
    named = re.findall(r"`(\w+)`", doc.partition("To read")[2])
    assert sorted(named) == sorted(path.parent.name for path in folder.glob("*/__init__.py"))
