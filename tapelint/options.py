"""Options of rules: what settings say of them, as the values that rules declared."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, get_type_hints

from tapelint.config import Config, ConfigError, hint, place
from tapelint.rule import Rule

KEY = "rule-options"


def options_of(rules: Sequence[Rule], config: Config) -> dict[str, object]:
    """The options of every rule that has any, by its code. Raises ConfigError for what settings say wrongly of them."""
    given = {_rule(rules, config, name).code: (name, json.loads(text)) for name, text in config.rule_options}
    return {rule.code: _made(rule, config, *given.get(rule.code, ("", {}))) for rule in rules if rule.options}


def _rule(rules: Sequence[Rule], config: Config, name: str) -> Rule:
    named = {word.lower(): rule for rule in rules for word in (rule.code, rule.name)}
    rule = named.get(name.lower())
    if rule is None:
        words = [word for rule in rules if rule.options for word in (rule.code, rule.name)]
        raise ConfigError(f"{place(config.path, KEY, name)}: no rule is called {name!r}{hint(name, words)}")
    if rule.options is None:
        raise ConfigError(f"{place(config.path, KEY, name)}: {rule.name} has no options")
    return rule


def _made(rule: Rule, config: Config, name: str, given: Mapping[str, Any]) -> object:
    assert rule.options is not None
    if not given:
        return rule.options()
    import msgspec

    types = {_key(field): type for field, type in get_type_hints(rule.options).items()}
    values = {}
    for key, value in given.items():
        where = f"{place(config.path, KEY, name, key)}: {KEY}.{name}"
        if key not in types:
            raise ConfigError(f"{where} has no option {key!r}{hint(key, types)}")
        try:
            values[key.replace("-", "_")] = msgspec.convert(value, types[key])
        except msgspec.ValidationError as error:
            expected, _, inside = str(error).partition(" - at ")
            at = inside.strip("`").removeprefix("$")
            raise ConfigError(f"{where}.{key}{at}: {expected[:1].lower()}{expected[1:].replace('`', '')}") from None
    return rule.options(**values)


def _key(field: str) -> str:
    return field.replace("_", "-")
