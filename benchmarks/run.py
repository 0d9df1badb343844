"""Whole commands, side by side: smoothl1 and what a user would pick instead, in turn.

    pip install '.[bench]'
    python benchmarks/run.py [start] [npy] [arrays] [compare] [parquet] [csv] [gzip] [losses] [keys]
                             [tables] [groups] [shards] [pairing] [beside] [growth] [--runs 7]

Every figure is the median of several whole processes, after one that does not count; the two
commands of a pair take turns, so that a machine whose speed drifts favours neither. Peak memory is
the largest resident size that the system accounts to the process.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from cases import GROUPS
from commands import PEERS, Case, evaluate
from inputs import make_pair, make_table


class Figures(NamedTuple):
    """One whole process: wall seconds, and peak resident memory in MiB."""

    wall_s: float
    peak_mib: float


def measure(command: list[str]) -> Figures:
    """Run a command once, from outside, as a shell would."""
    begin_s = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - begin_s
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Figures(wall_s, usage.ru_maxrss / 1024)


def median(runs: list[Figures]) -> Figures:
    """The median of each figure by itself."""
    return Figures(*map(statistics.median, zip(*runs, strict=True)))


def compare(case: Case, n_runs: int) -> str:
    """Both commands in turn; a row of the table."""
    measure(case.ours)
    measure(case.peer)
    pairs = [(measure(case.ours), measure(case.peer)) for _ in range(n_runs)]
    ours, peer = (median(list(runs)) for runs in zip(*pairs, strict=True))
    ratio = statistics.median(a.wall_s / b.wall_s for a, b in pairs)
    target = "" if case.target is None else f"<= {case.target}"
    return (
        f"| {case.name} | {ours.wall_s:.3f} | {ours.peak_mib:.0f} | {case.peer_name} "
        f"| {peer.wall_s:.3f} | {peer.peak_mib:.0f} | {ratio:.2f} | {target} |"
    )


def growth(folder: Path, n_runs: int) -> None:
    """Time and memory over three decades of size, as a table, and as JSON for `make_plot.py`."""
    lines: dict[str, list[dict[str, float]]] = {}
    print("\n| rows | command | s | MiB |\n|---|---|---|---|")
    for n_rows in (64_000, 640_000, 6_400_000, 64_000_000):
        tables = {
            ".npy": make_pair(folder, n_rows),
            "Parquet": (make_table(folder, "values", ".parquet", n_rows), *SIDES),
            "CSV": (make_table(folder, "values", ".csv", n_rows // 8), *SIDES),
        }
        for name, args in tables.items():
            rows = n_rows // 8 if name == "CSV" else n_rows
            measure(evaluate(*args))
            found = median([measure(evaluate(*args)) for _ in range(n_runs)])
            lines.setdefault(name, []).append({"rows": rows, **found._asdict()})
            print(f"| {rows:,} | {name} | {found.wall_s:.3f} | {found.peak_mib:.0f} |", flush=True)
    (folder / "growth.json").write_text(json.dumps(lines, indent=1), encoding="utf-8")


SIDES = ("--pred", "p", "--target", "t")


def processor() -> str:
    """The processor's name, where the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def main() -> None:
    """Print the machine, the versions and the table, as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=", ".join([*GROUPS, "growth"]))
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--data", type=Path, help="where the data are kept; unset, nowhere")
    parser.add_argument("--peers", default=sys.executable, help="a Python that has the peers")
    given = parser.parse_args()
    PEERS.python = given.peers
    versions = ", ".join(
        f"{name} {version(name)}" for name in ("smoothl1", "numpy", "pyarrow", "click")
    )
    machine = f"{processor()}, {os.cpu_count()} processors"
    print(f"{machine}; Python {platform.python_version()}, {versions}")
    print(f"\nMedians of {given.runs} whole processes, in turn:\n")
    print("| work | smoothl1 s | MiB | against | s | MiB | ratio | target |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.data or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for group in given.groups or [*GROUPS, "growth"]:
            if group == "growth":
                growth(folder, given.runs)
                continue
            for case in GROUPS[group](folder):
                print(compare(case, given.runs), flush=True)


if __name__ == "__main__":
    main()
