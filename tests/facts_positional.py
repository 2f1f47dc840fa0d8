"""Checks positional.txt: which functions refuse an argument by the name of its parameter."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import facts_fits
import facts_settings
import propose_facts as propose
from facts_unlike import raised

from tapelint.facts.parse import full_name, header_name, read_header, split_line
from tapelint.facts.table import rows

FILES = (*facts_settings.FILES, "keras_losses.txt", "keras_metrics.txt", "python.txt")
Key = tuple[str, str]


def listed() -> set[Key]:
    """What positional.txt says: functions and parameters."""
    return {(full_name(name), each) for name, parameters in rows("positional.txt") for each in parameters.split()}


def measured() -> set[Key]:
    """The same as it was seen: refused in each experiment."""
    return facts_fits.always_refused(FILES, _of_block)


def _of_block(block: str) -> Iterator[tuple[Key, bool]]:
    header, *lines = block.split("\n")
    if not lines or header.startswith("#") or not (signatures := read_header(header)):
        return
    name = full_name(header_name(header))
    names = [p.name for p in signatures[-1] if not p.star and not p.keyword_only]
    for line in lines:
        _, graph, expression, answer = split_line(line.strip())
        if graph or answer.startswith("call raises") or (call := ast.parse(expression, mode="eval").body) is None:
            continue
        if not isinstance(call, ast.Call) or isinstance(call.func, ast.Call) or names[:1] == ["self"]:
            continue
        given = [*zip(names, call.args, strict=False)]
        if any(isinstance(argument, ast.Starred) for argument in call.args) or len(given) < len(call.args):
            continue
        for at, (parameter, _) in enumerate(given):
            keywords = [ast.keyword(n, argument) for n, argument in given[at:]]
            tried = ast.unparse(ast.Call(call.func, call.args[:at], [*keywords, *call.keywords]))
            yield (name, parameter), raised(tried, propose.env_of(expression)) == "TypeError"


if __name__ == "__main__":  # prints the lines
    told: dict[str, list[str]] = {}
    for function, parameter in sorted(measured()):
        short = function.replace("tensorflow.", "tf.") if not function.startswith("numpy.") else f"np.{function[6:]}"
        told.setdefault(short, []).append(parameter)
    for short, parameters in sorted(told.items()):
        print(short, " ".join(parameters), sep="  ")
