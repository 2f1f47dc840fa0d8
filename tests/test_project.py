"""From an import to a file of the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from tapelint.flow.stirring import does_something
from tapelint.project import Project
from tapelint.source import Source, SourceError


def lay(root: Path, *files: str) -> Project:
    """An empty file at each path (or one with the text after `=`)."""
    for file in files:
        name, _, text = file.partition("=")
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            path.mkdir(exist_ok=True)
        else:
            path.write_text(text, "utf-8")
    return Project(root)


def found(project: Project, importer: str, name: str, level: int = 0) -> str | None:
    module = project.module(name, project.source(Path(project.root, importer)), level)
    return module and Path(module.path).relative_to(project.root).as_posix()


def test_root_is_the_nearest_mark_or_holds_the_outermost_package(tmp_path: Path) -> None:
    lay(
        tmp_path,
        "w/p/__init__.py",
        "w/p/q/__init__.py",
        "w/p/q/a.py",
        "g/.git/",
        "g/x/b.py",
        "g/y/pyproject.toml",
        "g/y/c.py",
    )
    assert Project.root_of(tmp_path / "w/p/q/a.py") == tmp_path / "w"
    assert Project.root_of(tmp_path / "g/x/b.py") == tmp_path / "g"
    assert Project.root_of(tmp_path / "g/y/c.py") == tmp_path / "g/y"
    assert Project.root_of(tmp_path / "g/y") == tmp_path / "g/y"


def test_absolute_imports(tmp_path: Path) -> None:
    project = lay(
        tmp_path, "a.py", "b.py", "pkg/__init__.py", "pkg/m.py", "pkg/b.py", "src/lib/__init__.py", "src/lib/x.py",
        "loose/n.py", "loose/deep/o.py", "python/far/__init__.py", "python/far/sub/__init__.py", "python/far/sub/z.py",
    )  # fmt: skip
    assert found(project, "a.py", "b") == "b.py"
    assert found(project, "pkg/m.py", "b") == "pkg/b.py", "beside the importing file first"
    assert found(project, "loose/n.py", "b") == "b.py"
    assert found(project, "a.py", "pkg") == "pkg/__init__.py"
    assert found(project, "pkg/b.py", "pkg.m") == "pkg/m.py"
    assert found(project, "a.py", "lib.x") == "src/lib/x.py"
    assert found(project, "a.py", "loose.n") == "loose/n.py"
    assert found(project, "a.py", "loose.deep.o") == "loose/deep/o.py"
    assert found(project, "python/far/sub/z.py", "far.sub") == "python/far/sub/__init__.py"
    assert found(project, "a.py", "pkg.none") is None
    assert found(project, "a.py", "a") is None, "a file does not import itself"
    assert found(project, "a.py", "os.path") is None


def test_relative_imports(tmp_path: Path) -> None:
    project = lay(
        tmp_path, "pkg/__init__.py", "pkg/m.py", "pkg/sub/__init__.py", "pkg/sub/x.py", "loose/a.py", "loose/b.py"
    )
    assert found(project, "pkg/sub/x.py", "m", 2) == "pkg/m.py"
    assert found(project, "pkg/sub/x.py", "", 1) == "pkg/sub/__init__.py"
    assert found(project, "pkg/sub/__init__.py", "x", 1) == "pkg/sub/x.py"
    assert found(project, "pkg/__init__.py", "sub.x", 1) == "pkg/sub/x.py"
    assert found(project, "loose/a.py", "b", 1) == "loose/b.py"
    assert found(project, "loose/a.py", "", 1) == "loose"
    assert found(project, "loose/a.py", "b", 9) is None


def test_who_shadows_a_library(tmp_path: Path) -> None:
    project = lay(
        tmp_path, "run.py", "numpy.py", "tensorflow/example.py", "keras/__init__.py", "keras/layers.py",
        "pkg/__init__.py", "pkg/tensorflow.py", "pkg/m.py", "pkg/random.py", "sys.py",
    )  # fmt: skip
    assert found(project, "run.py", "numpy") == "numpy.py"
    assert found(project, "run.py", "tensorflow") is None, "an installed package beats a folder that is none"
    assert found(project, "run.py", "tensorflow.example") is None
    assert found(project, "keras/layers.py", "keras.layers") is None, "a file does not import itself"
    assert found(project, "keras/layers.py", "keras") == "keras/__init__.py", "the project is the library"
    assert found(project, "pkg/m.py", "tensorflow") is None, "within a package a neighbour is no top-level module"
    assert found(project, "pkg/m.py", "random") is None
    assert found(project, "run.py", "sys") is None, "built into Python"


def test_packages_beat_files_and_files_beat_folders(tmp_path: Path) -> None:
    project = lay(tmp_path, "run.py", "a/__init__.py", "a.py", "b/x.py", "b.py", "src/b/y.py", "c/notes.txt")
    assert found(project, "run.py", "a") == "a/__init__.py"
    assert found(project, "run.py", "b") == "b.py"
    assert found(project, "run.py", "b.y") == "src/b/y.py"
    assert found(project, "run.py", "b.x") is None


def test_modules_know_their_names_and_what_is_below(tmp_path: Path) -> None:
    project = lay(
        tmp_path, "run.py", "pkg/__init__.py", "pkg/m.py", "src/lib/x.py", "loose/n.py", "python/far/__init__.py"
    )
    source = project.source(tmp_path / "run.py")
    package = project.module("pkg", source)
    assert package
    assert (package.name, package.is_package, package.is_namespace) == ("pkg", True, False)
    below = project.submodule(package, "m")
    assert below
    assert below is project.module("pkg.m", source)
    assert (below.name, below.is_package) == ("pkg.m", False)
    assert project.submodule(package, "none") is None
    assert project.submodule(below, "m") is None
    loose = project.module("loose", source)
    assert loose
    assert (loose.is_namespace, loose.source, loose.name) == (True, None, "loose")
    for path, name in {"src/lib/x.py": "lib.x", "loose/n.py": "loose.n", "python/far/__init__.py": "far"}.items():
        assert project.name_of(project.source(tmp_path / path)) == name
    assert project.module_of(source).name == "run"


def test_what_cannot_be_read_is_unknown(tmp_path: Path) -> None:
    project = lay(tmp_path, "run.py", "bad.py=def (", "ok.py=x = 1")
    (tmp_path / "latin.py").write_bytes(b"x = '\xe9'")
    source = project.source(tmp_path / "run.py")
    for name in ("bad", "latin"):
        module = project.module(name, source)
        assert module
        assert module.source is None
        assert project.module(name, source) is module
    ok = project.module("ok", source)
    assert ok
    assert ok.source
    assert ok.source is project.source(tmp_path / "ok.py")
    with pytest.raises(SourceError):
        project.source(tmp_path / "none.py")


def test_paths_stay_as_they_were_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = lay(tmp_path, "p/run.py", "p/b.py")
    monkeypatch.chdir(tmp_path)
    relative = project.module("b", project.source("./p/../p/run.py"))
    absolute = project.module("b", project.source(tmp_path / "p/run.py"))
    assert relative
    assert relative.source
    assert absolute
    assert Path(relative.path) == Path("p/b.py")
    assert Path(relative.source.path) == Path("p/b.py")
    assert Path(absolute.path) == tmp_path / "p/b.py"


def test_a_text_can_stand_for_a_file(tmp_path: Path) -> None:
    project = lay(tmp_path, "b.py=x = 1")
    text = Source.from_text("import b\n", str(tmp_path / "new.py"))
    project.add(text)
    assert project.source(tmp_path / "new.py") is text
    module = project.module("b", text)
    assert module
    assert module.source


def test_a_ring_of_links_ends(tmp_path: Path) -> None:
    project = lay(tmp_path, "run.py", "pkg/m.py")
    (tmp_path / "pkg/pkg").symlink_to(tmp_path / "pkg")
    assert found(project, "run.py", "pkg.pkg.pkg.m") == "pkg/pkg/pkg/m.py"


def test_what_an_answer_asked_for_counts_each_time(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    for name, text in {"__init__.py": "from . import plugin\n", "plugin.py": "import sys\ndel sys.path[0]\n"}.items():
        (tmp_path / "package" / name).write_text(text)
    (tmp_path / "main.py").write_text("import package\n")
    project = Project(tmp_path)
    package = project.module("package", project.source(tmp_path / "main.py"))
    assert package is not None
    for _ in range(2):
        project.asked.clear()
        assert project.answer("does something", package, does_something)
        assert {Path(path).name for path in project.asked} == {"__init__.py", "plugin.py"}
