"""Checks names.txt: the names that modules have, in TensorFlow's Keras and in Keras itself."""

from __future__ import annotations

import facts_lab as lab

from tapelint.facts.table import rows


def _names(module: str) -> set[str]:
    """The public names of a module; `keras` stands for TensorFlow's as well, if that has no line of its own."""
    top, _, inner = module.partition(".")
    homes = [lab.tf] if top == "tf" else [lab.keras, lab.tf.keras]
    if f"tf.{module}" in {other for other, _ in rows("names.txt")}:
        homes = [lab.keras]
    found: set[str] = set()
    for home in homes:
        for part in filter(None, inner.split(".")):
            home = getattr(home, part, None)
        found |= {name for name in dir(home) if not name.startswith("_")} if home is not None else set()
    return found


def measured() -> dict[str, set[str]]:
    """By the modules of the table: their names."""
    return {module: _names(module) for module, _ in rows("names.txt")}


def listed() -> dict[str, set[str]]:
    """The table as it stands."""
    return {module: set(names.split()) for module, names in rows("names.txt")}


if __name__ == "__main__":  # prints the lines anew
    for module, names in measured().items():
        print(f"{module}  {' '.join(sorted(names))}")
