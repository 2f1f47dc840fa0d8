"""A file of settings as TOML: its table, and the line on which one of its keys stands."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

PROJECT = "pyproject.toml"


class TomlError(Exception):
    """What is wrong with a file; one line."""


def table(path: str, data: bytes) -> Mapping[str, Any] | None:
    """The settings in a file: `[tool.tapelint]`, or all of it unless it is a project file; None: it has none."""
    try:
        content = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TomlError(f"not valid TOML: {error}") from error
    found: object = content
    for name in _prefix(path, content):
        found = found.get(name) if isinstance(found, dict) else None
    if found is not None and not isinstance(found, dict):
        raise TomlError("tool.tapelint must be a table")
    return found


def _prefix(path: str, content: Mapping[str, Any]) -> Sequence[str]:
    return ("tool", "tapelint") if os.path.basename(path) == PROJECT or "tool" in content else ()


def line_of(path: str, keys: Sequence[str]) -> int | None:
    """The line (from 1) on which the value of a key of the settings in a file starts; None where there is none.

    TOML's parsers keep no places, so the file is read up to each of its lines: the statement that brings the key ends
    where it is there for the first time, and starts after the last line up to which all could be read without it.
    """
    try:
        with open(path, encoding="utf-8-sig") as file:
            lines = file.read().split("\n")
        wanted = [*_prefix(path, tomllib.loads("\n".join(lines))), *keys]
    except (OSError, ValueError):
        return None
    start = 1
    for number in range(1, len(lines) + 1):
        try:
            content = tomllib.loads("\n".join(lines[:number]))
        except tomllib.TOMLDecodeError:
            continue
        if _has(content, wanted):
            return start
        start = number + 1
    return None


def _has(content: object, keys: Sequence[str]) -> bool:
    for key in keys:
        if not isinstance(content, dict) or key not in content:
            return False
        content = content[key]
    return True


def written(value: object) -> str:
    """A string, number, truth, list or table as it is written in one line of TOML."""
    if isinstance(value, dict):
        inner = ", ".join(f"{quoted(key)} = {written(item)}" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(written, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def quoted(key: str) -> str:
    """A key as TOML needs it: bare where it can be."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else written(key)
