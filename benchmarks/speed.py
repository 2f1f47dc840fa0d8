"""How long tapelint takes beside what people run anyway.

    python benchmarks/speed.py FOLDER... [--rounds 5]

Both programs run over the same folders, one after the other in every round, without a cache; the ratio is that of their
medians. Then every file with a tape is analysed alone, each with a new project, so that what it imports counts in full;
of that the processor's time is shown.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from tapelint.config import Configs
from tapelint.files import Discovery, File
from tapelint.run import Analyst, Job, few_collections, what_matters


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    side_by_side(given.folders, given.rounds)
    file_by_file(given.folders)


def side_by_side(folders: list[str], rounds: int) -> None:
    """Print the medians of both programs for each folder and for all together, and their ratio."""
    tapelint = [sys.executable, "-m", "tapelint", "check", "--no-cache", "--isolated", "--quiet", "--format", "concise"]
    ruff = [_beside_python("ruff"), "check", "--no-cache", "--isolated", "--quiet", "--select", "F"]
    print(f"{'':40} {'files':>6} {'tapelint':>9} {'ruff F':>9} {'ratio':>6}")
    for paths in [*([folder] for folder in folders), *([folders] if len(folders) > 1 else [])]:
        times: dict[str, list[float]] = {"tapelint": [], "ruff": []}
        for _ in range(rounds):
            times["tapelint"].append(_seconds([*tapelint, *paths]))
            times["ruff"].append(_seconds([*ruff, *paths]))
        ours, theirs = median(times["tapelint"]), median(times["ruff"])
        name = Path(paths[0]).name if len(paths) == 1 else "all"
        print(f"{name:40} {len(_files(paths)):6} {ours:8.2f}s {theirs:8.2f}s {ours / theirs:6.1f}")


def file_by_file(folders: list[str]) -> None:
    """Print the median and the worst time of a file with a tape."""
    files = what_matters(_files(folders), Analyst(Job("check"))).taped
    times = []
    for file in files:
        analyst = Analyst(Job("check"))
        analyst.rules.running(file)
        analyst.facts(file.config)
        start = time.process_time()
        with few_collections():
            report = analyst.look(file)
        times.append((time.process_time() - start, file.path, report.error))
    times.sort()
    if not times:
        print("no file with a tape")
        return
    print(f"\n{len(times)} files with a tape: median {times[len(times) // 2][0]:.3f}s; the slowest:")
    for seconds, path, error in times[:-6:-1]:
        print(f"  {seconds:7.3f}s  {path}{f'  ({error})' if error else ''}")


def _files(paths: list[str]) -> list[File]:
    return Discovery(Configs(isolated=True)).find(paths)


def _seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def _beside_python(program: str) -> str:
    found = Path(sys.executable).with_name(program)
    return str(found) if found.exists() else shutil.which(program) or sys.exit(f"{program} is not installed")


if __name__ == "__main__":
    main()
