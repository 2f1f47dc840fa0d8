"""Measures which weights a Keras layer has: names in order, trainable or not, under which constructor flags."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

import facts_lab as lab
import propose_facts as propose

from tapelint.facts.values import Fact

FLAGS = ("use_bias", "center", "scale", "affine", "return_sequences", "with_bias")


def build(expression: str, **flags: bool) -> Any:
    """The layer of an expression, called once, with further constructor arguments."""
    call = ast.parse(expression, mode="eval").body
    assert isinstance(call, ast.Call) and isinstance(call.func, ast.Call)
    for name, value in flags.items():
        call.func.keywords = [k for k in call.func.keywords if k.arg != name]
        call.func.keywords.append(ast.keyword(name, ast.Constant(value)))
    env: dict[str, Any] = {**lab.NAMESPACE, **propose.env_of(expression)}
    env["made"] = eval(ast.unparse(call.func), env)
    call.func = ast.Name("made", ast.Load())
    eval(ast.unparse(call), env)
    return env["made"]


def nested(expression: str) -> Any:
    """A layer like the one that a wrapper is given, built on its own on the same input."""
    call = ast.parse(expression, mode="eval").body
    assert isinstance(call, ast.Call) and isinstance(call.func, ast.Call)
    inner = ast.unparse(call.func.args[0])
    if "Cell(" in inner:
        inner = f"keras.layers.RNN({inner})"
    return build(f"{inner}({ast.unparse(call.args[0])})")


def path(weight: Any) -> str:
    """A weight's path without the names of the layer and of a cell."""
    parts = list((getattr(weight, "path", None) or weight.name.split(":")[0]).split("/"))
    return "/".join(p for p in parts[1:] if not p.endswith("_cell") and "_cell_" not in p) or parts[-1]


def outcomes(expression: str, layer: Any) -> dict[str, bool]:
    """By path: whether a gradient reaches each weight when the layer is called again."""
    call = ast.parse(expression, mode="eval").body
    assert isinstance(call, ast.Call)
    call.func = ast.Name("made", ast.Load())
    env: dict[str, Any] = {**lab.NAMESPACE, **propose.env_of(expression), "made": layer}
    with lab.tf.GradientTape() as tape:
        parts = [p for p in lab.flat(eval(ast.unparse(call), env)) if lab.differentiable(p)]
    ups = [lab.upstream(p) for p in parts]
    found = tape.gradient(parts, [lab.watched(w) for w in layer.weights], output_gradients=ups)
    return {path(w): g is not None for w, g in zip(layer.weights, found, strict=True)}


def observed(expression: str) -> str:
    """The line of weights of a layer, as measured; "" for a layer without weights."""
    layer = build(expression)
    if not layer.weights:
        return ""
    reached = outcomes(expression, layer)
    without: dict[str, list[str]] = {}
    for flag in FLAGS:
        try:
            left = [path(w) for w in build(expression, **{flag: False}).weights]
        except (TypeError, ValueError):
            continue
        for weight in layer.weights:
            if path(weight) not in left:
                without.setdefault(path(weight), []).append(flag)
    words = []
    for weight in layer.weights:
        word = path(weight)
        if not weight.trainable:
            word += " frozen"
        elif not reached[path(weight)]:
            word += " none"
        if path(weight) in without:
            word += f" if {without[path(weight)][0]}"
        words.append(word)
    return "weights " + ", ".join(words)


def wrong(fact: Fact, expression: str, given: Mapping[str, object]) -> str:
    """How a layer's weights differ from the stated ones, as it is and with each flag turned; "" if they do not."""
    flags = {weight.when[0]: isinstance(weight.when[1], bool) for weight in fact.weights if weight.when}
    defaults = {p.name: p.default for p in fact.parameters}
    stands = {flag: given.get(flag, (defaults.get(flag) or "").strip("'")) for flag in flags}
    truths = {flag: stands[flag] not in ("", "False", "None") and bool(stands[flag]) for flag in flags}
    truths |= {flag: stands[flag] for flag, is_truth in flags.items() if not is_truth}
    for turned in (None, *(flag for flag in flags if defaults.get(flag) in ("True", "False"))):
        here = {flag: not truth if flag == turned else truth for flag, truth in truths.items()}
        layer = build(expression, **({turned: bool(here[turned])} if turned else {}))
        stated = [w for w in fact.weights if not w.when or here[w.when[0]] == w.when[1]]
        expected = [(w.name, w.trainable) for w in stated]
        found = [(path(w), w.trainable) for w in layer.weights]
        if fact.inner:
            inner = [(path(w), w.trainable) for _ in fact.inner for w in nested(expression).weights]
            expected = sorted(expected + inner, key=lambda pair: not pair[1])
            found = sorted(((name.split("/")[-1], trains) for name, trains in found), key=lambda pair: not pair[1])
        if found != expected:
            return f"weights {', '.join(name + ('' if trains else ' frozen') for name, trains in found)}"
        reached = outcomes(expression, layer)
        for w in stated:
            if w.trainable and reached.get(w.name, True) != (w.outcome == "flows"):
                return f"{w.name} {'flows' if reached[w.name] else 'none'}"
    return ""
