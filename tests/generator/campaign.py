"""One campaign: make programs, run them, compare, run those that disagree again with other numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from .compare import BY_VALUE, NEVER_NONE, RIGHT, TOO_STRONG, WRONG, Comparison, Finding, compare
from .observe import Observation, Observer
from .programs import make
from .shrink import joined
from .writer import Program

AGAIN = 4
"""How many other sets of numbers a program is run with before a disagreement counts."""


@dataclass
class Campaign:
    """programs and observations by key (the seed); compared: every source that was asked for."""

    programs: dict[str, Program] = field(default_factory=dict)
    observations: dict[str, Observation] = field(default_factory=dict)
    compared: Comparison = field(default_factory=Comparison)

    @property
    def wrong(self) -> list[Finding]:
        """Claims that TensorFlow contradicts. Where data decides a branch, only what holds on no way through."""
        return self.compared.of(WRONG, TOO_STRONG)

    def shares(self) -> dict[str, float]:
        """How many programs have each tag, as a share."""
        tags = Counter(tag for program in self.programs.values() for tag in program.tags)
        return {tag: count / len(self.programs) for tag, count in tags.most_common()}


def variants(program: Program, count: int) -> list[dict[str, str]]:
    """The files of the program with other numbers."""
    return [make(program.seed, number).files for number in range(1, count + 1)]


def run(observer: Observer, seeds: Iterable[int]) -> Campaign:
    """Make the programs of the seeds, run them on TensorFlow, and compare."""
    campaign = Campaign()
    for seed in seeds:
        program = make(seed)
        campaign.programs[str(seed)] = program
        files = [program.files, *(variants(program, 2) if program.varied else [])]
        campaign.observations[str(seed)] = joined(observer, files)
    files_of = {key: program.files for key, program in campaign.programs.items()}
    campaign.compared = compare(files_of, campaign.observations)
    again = {f.key for f in campaign.compared.of(WRONG, TOO_STRONG, BY_VALUE, NEVER_NONE)}
    for key in again:
        campaign.observations[key].join(joined(observer, variants(campaign.programs[key], AGAIN)))
    if again:
        alarms, problems = campaign.compared.alarms, campaign.compared.problems
        campaign.compared = compare(files_of, campaign.observations, alarms=False)
        campaign.compared.alarms, campaign.compared.problems = alarms, problems
        settle(campaign, observer)
    return campaign


def settle(campaign: Campaign, observer: Observer) -> None:
    """A claim that holds with the numbers of the program, not with others, may be a proof by these numbers, or luck.

    It was luck where tapelint is wrong about the same program with the other numbers; else it is taken for right.
    """
    doubtful = {finding.key for finding in campaign.compared.of(TOO_STRONG)}
    others = {
        f"{key}-{n}": files for key in doubtful for n, files in enumerate(variants(campaign.programs[key], AGAIN))
    }
    if not others:
        return
    compared = compare(others, {key: observer.run(files) for key, files in others.items()}, alarms=False)
    luck = {(finding.key.partition("-")[0], finding.place, finding.index) for finding in compared.of(WRONG)}
    campaign.compared.findings = [
        replace(finding, judged=RIGHT)
        if finding.judged == TOO_STRONG and (finding.key, finding.place, finding.index) not in luck
        else finding
        for finding in campaign.compared.findings
    ]
