"""Many files: from an import to the file of the project that it means.

An absolute import is looked for beside the importing file, then where the importing file's own package lies, then at
the project's root and in its `src/`. Which other files are checked in the same run plays no part.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tapelint.source import Source, SourceError

Answer = TypeVar("Answer")

_ROOT_MARKS = ("pyproject.toml", ".git")

# Installed packages beat a folder of the same name that is no package, and a neighbour inside a package.
LIBRARIES = frozenset(
    {"tensorflow", "keras", "tf_keras", "numpy", "scipy", "sklearn", "pandas", "torch", "jax", "horovod", "matplotlib"}
    | {"tensorflow_probability", "tensorflow_addons", "tensorflow_datasets", "tensorflow_hub", "tf_agents", "sonnet"}
)


@dataclass(frozen=True, eq=False)
class Module:
    """A module of the project. Two are the same module if their `path` is the same.

    `name` is its dotted name; `path` its file, or its folder where it is a package without `__init__.py`.
    """

    name: str
    path: str
    is_package: bool
    is_namespace: bool
    _project: Project = field(repr=False)

    @property
    def source(self) -> Source | None:
        """Its file, parsed; None where it has none or it cannot be read or parsed: nothing is known of it then."""
        return None if self.is_namespace else self._project.readable(self.path)

    @property
    def unparsed(self) -> Source | None:
        """Its file, not parsed yet; None where it has none or it cannot be read."""
        try:
            return None if self.is_namespace else self._project.source(self.path)
        except SourceError:
            return None


class Project:
    """The files below one root. Directory listings, sources and answers are kept for the life of the object.

    `asked` has the files that were asked for, by absolute path, None where one cannot be read or decoded; whoever wants
    to know what one analysis read empties it before.
    """

    def __init__(self, root: str | Path, libraries: frozenset[str] = LIBRARIES) -> None:
        self.root = os.path.abspath(root)
        self._libraries = libraries
        self._listings: dict[str, dict[str, bool]] = {}
        self._sources: dict[tuple[str, bool], Source] = {}
        self._errors: dict[tuple[str, bool], SourceError] = {}
        self._modules: dict[tuple[str, bool], Module] = {}
        self._found: dict[tuple[str, str, bool], Module | None] = {}
        self._places: dict[str, tuple[str, str, bool]] = {}
        self._import_roots: dict[str, str] = {}
        self._answers: dict[tuple[str, str], tuple[Any, dict[str, Source | None]]] = {}
        self.asked: dict[str, Source | None] = {}

    @staticmethod
    def root_of(path: str | Path) -> Path:
        """The nearest folder at or above `path` with a `pyproject.toml` or a `.git`.

        Where there is none: the folder that holds the outermost package around the file.
        """
        start = Path(os.path.abspath(path))
        folder = start if start.is_dir() else start.parent
        for parent in (folder, *folder.parents):
            if any(os.path.exists(os.path.join(parent, mark)) for mark in _ROOT_MARKS):
                return parent
        while (folder / "__init__.py").is_file() and folder.parent != folder:
            folder = folder.parent
        return folder

    # --------------------------------------------------------------- sources

    def source(self, path: str | Path) -> Source:
        """The file at `path`; its path stays relative to the working directory if it was given so. SourceError."""
        absolute = os.path.isabs(path)
        key = (os.path.abspath(path), absolute)
        self.asked[key[0]] = None
        if key in self._errors:
            raise self._errors[key]
        if key not in self._sources:
            try:
                self._sources[key] = Source.read(_styled(key[0], absolute))
            except SourceError as error:
                self._errors[key] = error
                raise
        self.asked[key[0]] = self._sources[key]
        return self._sources[key]

    def add(self, source: Source) -> None:
        """Let `source` stand for the file at its path: a text that is not, or not yet, on the disk."""
        self._sources[(os.path.abspath(source.path), os.path.isabs(source.path))] = source

    def readable(self, path: str) -> Source | None:
        """The file at `path` if it can be read and parsed."""
        try:
            source = self.source(path)
            source.tree  # noqa: B018 (parses)
        except SourceError:
            return None
        return source

    @property
    def listings(self) -> Mapping[str, Mapping[str, bool]]:
        """The folders that were looked into so far: for each name in them, whether it is a folder."""
        return self._listings

    # --------------------------------------------------------------- modules

    def module(self, name: str, importer: Source, level: int = 0) -> Module | None:
        """What `import name` (or `from {level dots}name import ...`) means in `importer`.

        None when it is no file of the project: a library, or nothing.
        """
        path, here, absolute = self._place(importer.path)
        if level:
            return self._relative(name, here, level, absolute)
        top = name.partition(".")[0]
        if top in ("", "sys", "builtins"):
            return None
        key = (path, name, absolute)
        if key not in self._found:
            self._found[key] = self._absolute(name, here, path, absolute)
        return self._found[key]

    def submodule(self, package: Module, name: str) -> Module | None:
        """`name` as a file or folder of `package`: what `from package import name` means where it defines no `name`."""
        if not package.is_package:
            return None
        path, folder, absolute = self._place(package.path)
        return self._below(path if package.is_namespace else folder, [name], absolute)

    def answer(self, question: str, module: Module, find: Callable[[Project, Module], Answer]) -> Answer:
        """What `find` says of a module, found once for the life of the object; what it asked for counts each time."""
        key = (question, module.path)
        if key not in self._answers:
            before = dict(self.asked)
            self.asked.clear()
            self._answers[key] = find(self, module), dict(self.asked)
            self.asked.update(before)
        found, asked = self._answers[key]
        self.asked.update(asked)
        return found  # type: ignore[no-any-return]

    def package_of(self, module: Module) -> Module | None:
        """The package, with an `__init__.py`, that a module lies in; None where it lies in none."""
        _, folder, absolute = self._place(module.path)
        if module.is_package and not module.is_namespace:
            folder = os.path.dirname(folder)
        if not _within(folder, self.root) or self._listing(folder).get("__init__.py") is not False:
            return None
        return self._module(os.path.join(folder, "__init__.py"), absolute)

    def is_in_package(self, path: str) -> bool:
        """Whether a file lies in a folder with an `__init__.py`."""
        return self._listing(self._place(path)[1]).get("__init__.py") is False

    def module_of(self, source: Source) -> Module:
        """The module that a file is."""
        path, _, absolute = self._place(source.path)
        return self._module(path, absolute)

    def name_of(self, source: Source) -> str:
        """The dotted name of a file's module within the project."""
        return self._name(os.path.abspath(source.path))

    # ---------------------------------------------------------------- search

    def _place(self, path: str) -> tuple[str, str, bool]:
        """The absolute path of what is at a path, the folder of that, and whether the path is absolute itself."""
        found = self._places.get(path)
        if found is None:
            whole = os.path.abspath(path)
            found = self._places[path] = whole, os.path.dirname(whole), os.path.isabs(path)
        return found

    def _relative(self, name: str, here: str, level: int, absolute: bool) -> Module | None:
        base = here
        for _ in range(level - 1):
            base = os.path.dirname(base)
        if not _within(base, self.root) and not _within(base, self._import_root(here)):
            return None
        return self._below(base, name.split(".") if name else [], absolute)

    def _absolute(self, name: str, here: str, importer: str, absolute: bool) -> Module | None:
        parts = name.split(".")
        is_library = parts[0] in self._libraries or parts[0] in sys.stdlib_module_names
        in_package = "__init__.py" in self._listing(here)
        bases = [] if is_library and in_package else [here]
        bases += [self._import_root(here), self.root, os.path.join(self.root, "src")]
        for base in dict.fromkeys(bases):
            if is_library and not self._is_regular(base, parts[0]):
                continue
            found = self._below(base, parts, absolute)
            # A file named like a library means the library, a package from which something is imported itself.
            if found and (found.is_package or os.path.abspath(found.path) != importer):
                return found
        return None

    def _is_regular(self, base: str, name: str) -> bool:
        """Whether `base` has a module or a package with an `__init__.py` of that name."""
        listing = self._listing(base)
        if listing.get(f"{name}.py") is False:
            return True
        return listing.get(name) is True and "__init__.py" in self._listing(os.path.join(base, name))

    def _below(self, base: str, parts: list[str], absolute: bool) -> Module | None:
        """The module reached from the folder `base` by these names; no names: the package that `base` is."""
        folder = base
        for index, part in enumerate(parts):
            if not part.isidentifier():
                return None
            listing = self._listing(folder)
            inside = os.path.join(folder, part)
            is_folder = listing.get(part) is True
            is_file = listing.get(f"{part}.py") is False
            if is_file and not (is_folder and "__init__.py" in self._listing(inside)):
                return self._module(f"{inside}.py", absolute) if index == len(parts) - 1 else None
            if not is_folder:
                return None
            folder = inside
        if self._listing(folder).get("__init__.py") is False:
            return self._module(os.path.join(folder, "__init__.py"), absolute)
        return self._module(folder, absolute) if self._listing(folder) else None

    def _module(self, path: str, absolute: bool) -> Module:
        key = (path, absolute)
        if key not in self._modules:
            is_init = os.path.basename(path) == "__init__.py"
            is_namespace = not is_init and self._listing(os.path.dirname(path)).get(os.path.basename(path)) is True
            self._modules[key] = Module(
                self._name(path), _styled(path, absolute), is_init or is_namespace, is_namespace, self
            )
        return self._modules[key]

    def _name(self, path: str) -> str:
        folder, file = os.path.split(path)
        base = self._import_root(folder)
        if base == folder:  # not in a package with an `__init__.py`
            source_folder = os.path.join(self.root, "src")
            base = source_folder if _within(path, source_folder) else self.root
            if not _within(path, base):
                base = folder
        parts = os.path.relpath(folder, base).split(os.sep) if folder != base else []
        stem = file.removesuffix(".py").removesuffix(".ipynb")
        return ".".join(parts if stem == "__init__" and parts else [*parts, stem])

    def _import_root(self, folder: str) -> str:
        """The folder that holds the outermost package around `folder`; itself where it is no package."""
        found = self._import_roots.get(folder)
        if found is None:
            above = os.path.dirname(folder)
            is_package = "__init__.py" in self._listing(folder) and above != folder
            found = self._import_roots[folder] = self._import_root(above) if is_package else folder
        return found

    def _listing(self, folder: str) -> dict[str, bool]:
        """What lies in a folder: name -> whether it is a folder. Empty where it cannot be read."""
        found = self._listings.get(folder)
        if found is None:
            try:
                with os.scandir(folder) as entries:
                    found = {entry.name: entry.is_dir() for entry in entries}
            except OSError:
                found = {}
            self._listings[folder] = found
        return found


def _styled(path: str, absolute: bool) -> str:
    if absolute:
        return path
    try:
        return os.path.relpath(path)
    except ValueError:  # another drive on Windows
        return path


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
