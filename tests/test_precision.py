"""Each rule's `precision`, which SARIF shows, is what was measured: `tests/precision.py` says how.

The random programs are not run here: what they gave stands in precision.txt.
"""

from __future__ import annotations

import pytest
from precision import LEAST, NOT_OF_GRADIENTS, Measured, fixtures, read

from tapelint import Rule
from tapelint.testing import installed

RULES = [rule for rule in installed() if rule.level != "note" and rule.name not in NOT_OF_GRADIENTS]
RECORDED = read()


@pytest.fixture(scope="module")
def of_fixtures() -> dict[str, Measured]:
    return fixtures()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_precision_is_what_was_measured(rule: Rule, of_fixtures: dict[str, Measured]) -> None:
    seen = [of_fixtures.get(rule.name, Measured()), RECORDED.get(rule.name, (Measured(), Measured()))[1]]
    together = Measured(sum(each.confirmed for each in seen), sum(each.found for each in seen))
    assert together.share >= LEAST[rule.precision], f"{together.confirmed} of {together.found} were confirmed"


def test_nearly_all_rules_were_measured(of_fixtures: dict[str, Measured]) -> None:
    never = {rule.name for rule in RULES if not of_fixtures.get(rule.name, Measured()).found}
    assert never <= {"no-path"}


def test_what_was_recorded_names_rules() -> None:
    assert RECORDED.keys() <= {rule.name for rule in RULES}
