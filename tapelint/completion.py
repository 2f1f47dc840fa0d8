"""What a shell offers while a command is typed: click's own completion, with rules, formats and files."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

import click
from click.shell_completion import CompletionItem, get_completion_class

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_TAPELINT_COMPLETE"


def script(shell: str, command: click.Command) -> str:
    """The program that a shell has to read to complete `tapelint`."""
    kind = get_completion_class(shell)
    assert kind is not None
    return kind(command, {}, "tapelint", VARIABLE).source()


def rules(incomplete: str) -> list[CompletionItem]:
    """The rules for the last word of a list with commas: names, or codes where it begins as they do."""
    before, comma, word = incomplete.rpartition(",")
    offered = [CompletionItem(f"{before}{comma}{name}", help=about) for name, about in _words() if _fits(name, word)]
    # Three hundred words help nobody: codes come once the first letters are there.
    return [item for item in offered if word or item.value.islower()]


def _words() -> list[tuple[str, str]]:
    from tapelint.config import EVERYTHING, ConfigError, Configs
    from tapelint.plugins import load_rules

    try:
        local: Sequence[str] = Configs().of_folder(os.getcwd()).rules
    except ConfigError:
        local = ()
    every = load_rules(local)[0]
    groups = sorted({found.group() for rule in every if (found := re.match(r"[A-Z]+[0-9]", rule.code))})
    return [
        *((rule.name, f"{rule.code}: {rule.summary}") for rule in every),
        *((rule.code, f"{rule.name}: {rule.summary}") for rule in every),
        *((group, "all that begin so") for group in groups),
        (EVERYTHING, "every rule"),
    ]


def _fits(name: str, word: str) -> bool:
    return name.lower().startswith(word.lower())


def outputs(formats: Sequence[str], incomplete: str) -> list[CompletionItem]:
    """What a shell offers for `[FORMAT=]FILE`: the formats, and files after them."""
    offered = [f"{format}=" for format in formats if f"{format}=".startswith(incomplete)]
    return [*map(CompletionItem, offered)] or [CompletionItem(incomplete, type="file")]
