"""Whole commands, side by side: smoothl1 and what a user would pick instead, in turn.

    python benchmarks/run.py [npy] [tables] [--runs 7] [--data FOLDER]

Every figure is the median of several whole processes, after one that does not count; the two
commands of a pair take turns, so that a machine whose speed drifts favours neither. Peak memory is
the largest resident size that the system accounts to the process.
"""

from __future__ import annotations

import argparse
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

HERE = Path(__file__).parent
SMOOTHL1 = str(Path(sys.executable).parent / "smoothl1")


class Figures(NamedTuple):
    """One whole process: wall seconds, and peak resident memory in MiB."""

    wall_s: float
    peak_mib: float


class Case(NamedTuple):
    """A pair of commands that do the same work, and the ratio of wall times to reach."""

    name: str
    ours: list[str]
    peer_name: str
    peer: list[str]
    target: float | None


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


def make_pair(folder: Path, n_rows: int) -> tuple[str, str]:
    """Two `.npy` files; kept if there.

    Made in a process of their own: the peak memory of a child counts from that of this process, so
    it must stay small.
    """
    names = [folder / f"{side}-{n_rows}.npy" for side in ("preds", "targets")]
    for seed, path in enumerate(names):
        if not path.exists():
            maker = str(HERE / "make_npy.py")
            subprocess.run([sys.executable, maker, path, str(n_rows), str(seed)], check=True)
    return str(names[0]), str(names[1])


def make_table(folder: Path, kind: str, suffix: str, n_rows: int) -> str:
    """A table of `make_tables.py`; kept if there."""
    path = folder / f"{kind}-{n_rows}{suffix}"
    if not path.exists():
        maker = str(HERE / "make_tables.py")
        subprocess.run([sys.executable, maker, kind, path, str(n_rows)], check=True)
    return str(path)


def npy_cases(folder: Path) -> list[Case]:
    """Arrays, and starting up."""
    n_rows = 64_000_000
    pred, target = make_pair(folder, n_rows)
    small_pred, small_target = make_pair(folder, 5)
    evaluate = [SMOOTHL1, "eval", pred, target, "--beta", "0.5"]
    numpy_script = [sys.executable, str(HERE / "peers" / "numpy_npy.py"), pred, target, "0.5"]
    floor = [sys.executable, str(HERE / "peers" / "read_floor.py"), pred, target]
    size = f"2 x {n_rows / 1e6:g} M float32 .npy"
    python = [sys.executable, "-c"]
    ours = f"mean, {size}"
    single = [*evaluate, "--threads", "1"]
    tiny = [SMOOTHL1, "eval", small_pred, small_target]
    return [
        Case(ours, evaluate, "NumPy script", numpy_script, 0.75),
        Case(f"{ours}, one thread", single, "NumPy script", numpy_script, None),
        Case(ours, evaluate, "reading alone", floor, None),
        Case("mean, 5 elements", tiny, "import numpy", [*python, "import numpy"], None),
        Case("--help", [SMOOTHL1, "--help"], "import click", [*python, "import click"], None),
    ]


def table_cases(folder: Path) -> list[Case]:
    """Keys, groups and compression, against the same work without them."""
    keyed = [make_table(folder, f"keyed-{side}", ".parquet", 20_000_000) for side in "ab"]
    shuffled = [make_table(folder, f"shuffled-{side}", ".parquet", 5_000_000) for side in "ab"]
    grouped = make_table(folder, "grouped", ".parquet", 20_000_000)
    csvs = [make_table(folder, "values", f".csv{end}", 24_000_000) for end in ("", ".gz", ".zst")]
    both = ["--pred", "v", "--target", "v"]
    sides = ["--pred", "p", "--target", "t"]
    key = ["--key", "id"]

    def evaluate(*args: str) -> list[str]:
        return [SMOOTHL1, "eval", *args]

    return [
        Case(
            "--key, 2 x 20 M rows Parquet, same order",
            evaluate(*keyed, *both, *key),
            "without --key",
            evaluate(*keyed, *both),
            1.3,
        ),
        Case(
            "--key, 2 x 5 M rows Parquet, other order",
            evaluate(*shuffled, *both, *key),
            "without --key",
            evaluate(*shuffled, *both),
            None,
        ),
        Case(
            "--by, 100,000 groups, 20 M rows Parquet",
            evaluate(grouped, *sides, "--by", "g"),
            "without --by",
            evaluate(grouped, *sides),
            None,
        ),
        *(
            Case(
                f"{file[-7:]}, 24 M rows",
                evaluate(file, *sides),
                "CSV",
                evaluate(csvs[0], *sides),
                None,
            )
            for file in csvs[1:]
        ),
    ]


GROUPS = {"npy": npy_cases, "tables": table_cases}


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
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=", ".join(GROUPS))
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--data", type=Path, help="where the data are kept; unset, nowhere")
    given = parser.parse_args()
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
        for group in given.groups or GROUPS:
            for case in GROUPS[group](folder):
                print(compare(case, given.runs), flush=True)


if __name__ == "__main__":
    main()
