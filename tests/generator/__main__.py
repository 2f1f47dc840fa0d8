"""Run many random programs and keep those on which tapelint and TensorFlow disagree.

python -m tests.generator --count 500 --seed 7 --out DIR --show 10
python -m tests.generator --dump 1234
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path

from .campaign import Campaign, run, variants
from .compare import BY_ROUNDING, BY_VALUE, NEVER_NONE, Finding
from .observe import Observation, Observer
from .programs import make
from .shrink import Shrinker, joined


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=500, help="how many programs")
    parser.add_argument("--seed", type=int, default=0, help="the first program's seed")
    parser.add_argument("--out", type=Path, help="where to keep the programs with wrong claims")
    parser.add_argument("--show", type=int, default=10, help="how many of each kind to print")
    parser.add_argument("--shrink", action="store_true", help="make the kept programs small")
    parser.add_argument("--misses", action="store_true", help="list what tapelint does not know, by construct")
    parser.add_argument("--coverage", action="store_true", help="only run the programs, and say what occurs in them")
    parser.add_argument("--dump", type=int, help="print one program and what it does")
    options = parser.parse_args()
    if options.dump is not None:
        dump(options.dump)
        return
    seeds = range(options.seed, options.seed + options.count)
    started = time.time()
    with Observer() as observer:
        if options.coverage:
            coverage(observer, seeds)
            return
        campaign = run(observer, seeds)
        report(campaign, options.show, time.time() - started)
        if options.misses:
            misses(campaign, options.show)
        if options.out:
            keep(campaign, observer, options.out, options.shrink)


def dump(seed: int) -> None:
    program = make(seed)
    for name, text in program.files.items():
        print(f"# ---- {name}\n{text}")
    with Observer() as observer:
        show(observer.run(program.files))


def show(observation: Observation) -> None:
    for (path, line), call in observation.calls.items():
        print(f"{path}:{line} {call.method} x{call.runs}: {[sorted(source) for source in call.sources]}")
    if observation.error:
        print("ended by", observation.error, observation.error_place)


def coverage(observer: Observer, seeds: range) -> None:
    """What the programs do, and which constructs they have, as shares."""
    outcomes: Counter[str] = Counter()
    tags: Counter[str] = Counter()
    broken = 0
    for seed in seeds:
        program = make(seed)
        observation = observer.run(program.files)
        each = [o for call in observation.calls.values() for source in call.sources for o in source]
        outcomes.update(each)
        broken += bool(observation.error) or any(o != "flows" for o in each)
        tags.update(program.tags)
    print(f"{len(seeds)} programs, {broken / len(seeds):.0%} with a break; outcomes {dict(outcomes)}")
    for tag, count in sorted(tags.items(), key=lambda item: item[1]):
        print(f"{count / len(seeds):7.2%} {tag}")


def report(campaign: Campaign, limit: int, seconds: float) -> None:
    findings = campaign.compared.findings
    print(f"{len(campaign.programs)} programs, {len(findings)} sources, {seconds:.0f} s")
    print("judged:", dict(Counter(f.judged for f in findings)))
    print(
        "said and seen:",
        dict(Counter((f.said.split()[0], "/".join(sorted({o.split()[0] for o in f.seen}))) for f in findings)),
    )
    for kind, group in by_kind(campaign.wrong).items():
        print(f"WRONG {len(group)} {kind}")
        for finding in group[:limit]:
            print("   ", shown(finding))
    for judged in (NEVER_NONE, BY_ROUNDING, BY_VALUE):
        group = campaign.compared.of(judged)
        print(
            f"{judged}: {len(group)}",
            *[f"    {f.key} {f.place} source {f.index}: {f.said}, {sorted(f.seen)}" for f in group[:limit]],
            sep="\n",
        )
    print(f"false alarms: {len(campaign.compared.alarms)}", *campaign.compared.alarms[:limit], sep="\n    ")
    print(f"not analysed: {len(campaign.compared.problems)}", *campaign.compared.problems[:limit], sep="\n    ")


def shown(finding: Finding) -> str:
    return f"{finding.key} {finding.place} source {finding.index}: said {finding.said}, seen {sorted(finding.seen)}"


def by_kind(findings: list[Finding]) -> dict[tuple[str, ...], list[Finding]]:
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.kind, []).append(finding)
    return dict(sorted(groups.items(), key=lambda item: -len(item[1])))


def misses(campaign: Campaign, limit: int) -> None:
    """Which constructs go with verdicts that are unknown, most telling first."""
    unknown = Counter(f.key for f in campaign.compared.findings if f.said == "unknown")
    asked = Counter(f.key for f in campaign.compared.findings)
    by_tag: dict[str, list[tuple[int, int]]] = {}
    for key, program in campaign.programs.items():
        for tag in program.tags:
            by_tag.setdefault(tag, []).append((unknown[key], asked[key]))
    rates = {
        tag: (sum(u for u, _ in rows) / max(1, sum(a for _, a in rows)), sum(u for u, _ in rows))
        for tag, rows in by_tag.items()
    }
    for tag, (rate, count) in sorted(rates.items(), key=lambda item: -item[1][0])[: 4 * limit]:
        print(f"{rate:7.1%} unknown of the sources in programs with {tag} ({count})")


def keep(campaign: Campaign, observer: Observer, out: Path, smaller: bool) -> None:
    """Write the programs with wrong claims, made small if wanted."""
    for kind, group in by_kind(campaign.wrong).items():
        for finding in {finding.key: finding for finding in group}.values():
            program = campaign.programs[finding.key]
            files, observation = program.files, campaign.observations[finding.key]
            if smaller:
                several = [files, *(variants(program, 2) if program.varied else [])]
                files = Shrinker(observer, finding).shrink(several)[0]
                observation = joined(observer, [files])
            folder = out / "-".join(kind).replace(" ", "_") / finding.key
            for name, text in files.items():
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            lines = [f"said {finding.said} at {finding.place}, source {finding.index}; seen {sorted(finding.seen)}"]
            lines += [
                f"{place} {[sorted(source) for source in call.sources]}" for place, call in observation.calls.items()
            ]
            (folder / "outcome.txt").write_text("\n".join([*lines, observation.error]) + "\n")


if __name__ == "__main__":
    main()
