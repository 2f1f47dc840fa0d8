"""Gradient calls that stand in a file but were never run: nothing is known of them, and that is said."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

from tapelint.diagnostic import Span
from tapelint.findings.paths import place_of
from tapelint.flow.graph import Site
from tapelint.source import Source, last_name
from tapelint.tapes.methods import GRADIENT_METHODS
from tapelint.views import Gradient, SourceVerdict

WHY = "no way to this call was found"
TOO_LARGE = "the file is too large: given up before this call"
HANDED_IN = "the tape comes from code that is not seen"


def unreached(source: Source, run: Collection[Span], cut_short: bool) -> list[Gradient]:
    """The gradient calls of a file that are asked of a tape, by its name, and are not among those that were run.

    `cut_short`: not all of the file was run through.
    """
    why = TOO_LARGE if cut_short else WHY
    names = _tape_names(source.nodes)
    found: list[Gradient] = []
    for node in source.nodes:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr not in GRADIENT_METHODS or not _is_tape(node.func.value, names):
            continue
        site = Site(source, node)
        if site.span not in run:
            found.append(_unknown(site, node, why if last_name(node.func.value) in names else HANDED_IN))
    return found


def _unknown(site: Site, node: ast.Call, why: str) -> Gradient:
    given = dict(enumerate(node.args)) | {k.arg: k.value for k in node.keywords}
    target, asked = given.get(0, given.get("target")), given.get(1, given.get("sources", given.get("source")))
    text = Site(site.source, asked).text() if asked is not None else ""
    return Gradient(
        place=place_of(site), method=node.func.attr if isinstance(node.func, ast.Attribute) else "", tape=None,
        target=place_of(Site(site.source, target)) if target is not None else None,
        sources=(SourceVerdict(text, "unknown", (), why),),
        sources_place=place_of(Site(site.source, asked)) if asked is not None else None, assumed=True,
    )  # fmt: skip


def _tape_names(nodes: Sequence[ast.AST]) -> set[str]:
    """Names that a tape is given: `with ... as name`, `name = tf.GradientTape()`."""
    found: set[str] = set()
    for node in nodes:
        target: ast.AST | None = None
        if isinstance(node, ast.withitem) and _makes_tape(node.context_expr):
            target = node.optional_vars
        elif isinstance(node, ast.Assign) and _makes_tape(node.value):
            target = node.targets[0]
        name = last_name(target)
        if name:
            found.add(name)
    return found


def _makes_tape(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and last_name(node.func).endswith("GradientTape")


def _is_tape(node: ast.AST, names: set[str]) -> bool:
    name = last_name(node)
    return name in names or name.lower().endswith("tape")
