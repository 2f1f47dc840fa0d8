"""What a rule's author and a caller import. Each name is loaded when it is first used.

`check_source` and `check_paths` check from Python: see `tapelint.session`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tapelint.diagnostic import Diagnostic, Edit, Fix, Position, Span, Step
    from tapelint.ignores import Comment
    from tapelint.rule import Context, Pedantic, Rule, called, listed
    from tapelint.session import Checked, check_paths, check_source
    from tapelint.views import Analysis, Block, Condition, Cut, Gradient, Place, Problem, Singularity

__all__ = [
    "Analysis",
    "Block",
    "Checked",
    "Comment",
    "Condition",
    "Context",
    "Cut",
    "Diagnostic",
    "Edit",
    "Fix",
    "Gradient",
    "Pedantic",
    "Place",
    "Position",
    "Problem",
    "Rule",
    "Singularity",
    "Span",
    "Step",
    "called",
    "check_paths",
    "check_source",
    "listed",
]

_HOMES = {
    "tapelint.diagnostic": ("Diagnostic", "Edit", "Fix", "Position", "Span", "Step"),
    "tapelint.ignores": ("Comment",),
    "tapelint.rule": ("Context", "Pedantic", "Rule", "called", "listed"),
    "tapelint.session": ("Checked", "check_paths", "check_source"),
    "tapelint.views": ("Analysis", "Block", "Condition", "Cut", "Gradient", "Place", "Problem", "Singularity"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'tapelint' has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
