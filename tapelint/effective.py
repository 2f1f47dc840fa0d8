"""What settings hold for a file and where each came from, for `tapelint config`."""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tapelint import schema, toml
from tapelint.config import Config, Configs, place, shown
from tapelint.run import Analyst, Job, RuleSet

DEFAULT = "default"
_TABLES = ("per_file_ignores", "facts", "rule_options")


@dataclass(frozen=True, slots=True)
class Setting:
    """A key, its value as in TOML, and where it came from: "default", "pyproject.toml:12", "--select"."""

    key: str
    value: Any
    origin: str


@dataclass(frozen=True, slots=True)
class Effective:
    """All that holds for `path`: the file of settings ("" if there is none), each key, the rules that run and not."""

    path: str
    file: str
    settings: tuple[Setting, ...]
    running: tuple[str, ...]
    idle: tuple[str, ...]


def effective(path: str, configs: Configs) -> Effective:
    """What holds for a file, or for what lies in a folder; it need not exist. Raises ConfigError as a run would."""
    is_folder = os.path.isdir(path)
    config = configs.of_folder(os.path.abspath(path)) if is_folder else configs.of_file(path)
    rules = RuleSet()
    Analyst(Job("check"), rules).validate(config)
    codes = rules.selection(config).codes(None if is_folder else path)
    every = [(rule.code in codes, f"{rule.code} {rule.name}") for rule in rules.known(config)]
    return Effective(
        path,
        config.path,
        tuple(_settings(config)),
        tuple(rule for runs, rule in every if runs),
        tuple(rule for runs, rule in every if not runs),
    )


def _settings(config: Config) -> list[Setting]:
    said: Mapping[str, Any] = {}
    if config.path:
        with open(config.path, "rb") as file:
            said = toml.table(config.path, file.read()) or {}
    found = []
    for key in schema.names():
        name = key.replace("-", "_")
        value = getattr(config, name)
        if name in _TABLES:
            value = {entry: json.loads(of) if name == "rule_options" else of for entry, of in value}
        origins = [place(config.path, key)] if key in said else []
        by_option = getattr(config.overrides, name, None)
        if by_option or by_option is False:
            # What an option adds to stands beside what it adds to; `--select` and the like replace it.
            added = name in ("extend_select", "ignore") and not config.overrides.select
            origins = [*(origins if added else []), f"--{'no-' if by_option is False else ''}{key}"]
        elif name in ("extend_select", "ignore") and config.overrides.select:
            origins = ["--select"]
        found.append(Setting(key, value, ", ".join(origins) or DEFAULT))
    return found


# ----------------------------------------------------------------------- as text


def as_json(found: Effective) -> str:
    """One object: `path`, `file` (null if there is none), `settings` by key, each a value and where it is `from`."""
    content = {
        "path": found.path,
        "file": shown(found.file) if found.file else None,
        "settings": {each.key: {"value": each.value, "from": each.origin} for each in found.settings},
        "rules": {"run": found.running, "do not run": found.idle},
    }
    return json.dumps(content, indent=2)


def as_text(found: Effective) -> str:
    """TOML that could stand in a `tapelint.toml`; where a value came from stands in a comment behind it."""
    where = f"settings from {shown(found.file)}" if found.file else "no file of settings"
    lines = [f"# {found.path}: {where}"]
    tables = []
    for each in found.settings:
        if not isinstance(each.value, dict):
            lines.append(f"{each.key} = {_broken(toml.written(each.value))}  # {each.origin}")
            continue
        tables += ["", f"[{each.key}]  # {each.origin}"]
        tables += [f"{toml.quoted(entry)} = {toml.written(value)}" for entry, value in each.value.items()]
    lines += [*tables, "", f"# {len(found.running)} rules run"]
    if found.idle:
        lines.append("# these do not:")
        lines += [f"#   {rule}" for rule in found.idle]
    return "\n".join(lines)


def _broken(written: str, width: int = 100) -> str:
    """A value on one line, or a list that is too long for that on several."""
    if len(written) <= width or not written.startswith("["):
        return written
    lines = textwrap.wrap(written[1:-1], width, break_long_words=False, break_on_hyphens=False)
    return "\n".join(["[", *(f"  {line}" for line in lines), "]"])
