"""Entry points and local files -> rules. One that is broken is named in one line and does not stop the others."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import TypeVar

from tapelint.rule import Rule

GROUP = "tapelint.rules"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PluginError:
    """A plugin that cannot be used: which one, and why, each in one line."""

    plugin: str
    message: str

    def __str__(self) -> str:
        return f"{self.plugin}: {self.message}"


def load_rules(local: Iterable[str | Path] = ()) -> tuple[list[Rule], list[PluginError]]:
    """All rules by code, and what could not be loaded.

    `local` are Python files, or folders of them, each file with one rule. Of rules with the same code or name the
    first is kept: those of installed packages come first, in the order of their entry points' names.
    """
    errors: list[PluginError] = []
    rules: dict[str, Rule] = {}
    taken: dict[str, str] = {}
    for plugin, rule in _all(local, errors):
        twice = next((word for word in (rule.code, rule.name) if word in taken), None)
        if twice is None:
            rules[rule.code] = rule
            taken[rule.code] = taken[rule.name] = plugin
        elif rules.get(rule.code) is not rule:
            errors.append(PluginError(plugin, f"{rule.code} {rule.name}: {twice!r} is taken by {taken[twice]}"))
    return sorted(rules.values(), key=lambda rule: rule.code), errors


def _all(local: Iterable[str | Path], errors: list[PluginError]) -> Iterator[tuple[str, Rule]]:
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name != "builtin", entry.name)):
        plugin = f"plugin {entry.name!r} ({entry.value})"
        for rule in _of_entry(plugin, entry, errors):
            yield plugin, rule
    for file in dict.fromkeys(os.path.abspath(file) for path in local for file in _files(str(path), errors)):
        found = _guarded(file, errors, partial(_rule_in_file, file))
        if found:
            yield file, found


def _of_entry(plugin: str, entry: EntryPoint, errors: list[PluginError]) -> Iterator[Rule]:
    loaded = _guarded(plugin, errors, entry.load)
    if isinstance(loaded, Rule):
        yield loaded
    elif isinstance(loaded, ModuleType) and hasattr(loaded, "__path__"):
        for module in iter_modules(loaded.__path__, f"{loaded.__name__}."):
            short = module.name.rpartition(".")[2]
            if not short.startswith("_"):
                found = _guarded(f"{plugin}, {short}", errors, partial(_rule_in_module, module.name))
                if found:
                    yield found
    elif loaded is not None:
        found = _guarded(plugin, errors, partial(_rule_of, loaded))
        if found:
            yield found


def _rule_in_module(name: str) -> Rule | None:
    return _rule_of(import_module(name), needed=False)


def _rule_in_file(path: str) -> Rule | None:
    return _rule_of(_load_file(path))


def _rule_of(module: object, needed: bool = True) -> Rule | None:
    rule = getattr(module, "rule", None)
    if isinstance(rule, Rule):
        return rule
    if needed or rule is not None:
        raise TypeError("has no `rule = Rule(__name__, code=...)`")
    return None


def _files(path: str, errors: list[PluginError]) -> list[str]:
    if os.path.isdir(path):
        return [
            os.path.join(path, name)
            for name in sorted(os.listdir(path))
            if name.endswith(".py") and not name.startswith("_")
        ]
    if not os.path.isfile(path):
        errors.append(PluginError(path, "no such file"))
        return []
    return [path]


def _load_file(path: str) -> ModuleType:
    name = f"tapelint_local.{os.path.basename(path).removesuffix('.py')}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError("is no Python file")
    module = module_from_spec(spec)
    sys.modules[name] = module  # the rule reads its docstring there
    spec.loader.exec_module(module)
    return module


def _guarded(plugin: str, errors: list[PluginError], load: Callable[[], T]) -> T | None:
    try:
        return load()
    except Exception as error:
        text = " ".join(str(error).split())
        errors.append(PluginError(plugin, f"{type(error).__name__}: {text}" if text else type(error).__name__))
        return None
