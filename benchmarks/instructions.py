"""Processor instructions of small runs: a measure of speed that no other work disturbs.

    python benchmarks/instructions.py [CASE ...]     compare with instructions.json
    python benchmarks/instructions.py --record       write it
    ... --file PATH                                  the same with another file

Needs valgrind, whose tool `cachegrind` counts. It has no AVX-512, so the kernel's variant for AVX2
runs on every machine. Counts are comparable only between the same versions of what is listed in the
file; else nothing is compared, and the script says why. It ends with 1 if a count has moved by more
than 3%.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

import smoothl1

RECORD = Path(__file__).with_name("instructions.json")
MOST_MOVED = 0.03
"""Counts of the same code differ by less than 0.1% from run to run."""

N_ROWS = 20_000
SIDES = ["--pred", "p", "--target", "t"]
PAIR = ["a.npy", "t.npy"]

CASES = {
    "version": ["--version"],
    "help": ["--help"],
    "npy": ["eval", *PAIR],
    "json": ["eval", *PAIR, "--json"],
    "beta": ["eval", *PAIR, "--beta", "0.3"],
    "csv": ["eval", "table.csv", *SIDES],
    "gzip": ["eval", "table.csv.gz", *SIDES],
    "parquet": ["eval", "table.parquet", *SIDES],
    "groups": ["eval", "table.parquet", *SIDES, "--by", "g"],
    "key": [
        "eval",
        "table.parquet",
        "table.parquet",
        "--pred",
        "p",
        "--target",
        "t",
        "--key",
        "id",
    ],
    "none": ["eval", *PAIR, "-r", "none", "-o", "losses.csv"],
    "shards": ["eval", "a", "t"],
    "compare": ["compare", "a.npy", "b.npy", "t.npy"],
}
"""Arguments of smoothl1, in a folder with the files of `make_files`."""


def make_files(folder: Path) -> None:
    """Write the inputs of the cases, the same each time."""
    rng = np.random.default_rng(0)
    arrays = {name: rng.standard_normal(N_ROWS, np.float32) for name in "abt"}
    for name, values in arrays.items():
        np.save(folder / f"{name}.npy", values)
        (folder / name).mkdir()
        for i, part in enumerate(np.split(values, 20)):
            np.save(folder / name / f"{name}-{i}.npy", part)
    rows = np.arange(N_ROWS)
    table = pa.table({"id": rows, "g": rows % 100, "p": arrays["a"], "t": arrays["t"]})
    pa.parquet.write_table(table, folder / "table.parquet")
    pa.csv.write_csv(table, folder / "table.csv")
    (folder / "table.csv.gz").write_bytes(gzip.compress((folder / "table.csv").read_bytes()))


def versions() -> dict[str, str]:
    """What counts depend on, beside the code."""
    valgrind = subprocess.run(["valgrind", "--version"], capture_output=True, text=True, check=True)
    names = ("numpy", "pyarrow", "click", "rich")
    is_editable = Path(smoothl1.__file__).is_relative_to(RECORD.parents[1] / "core")
    return {
        "machine": platform.machine(),
        "libc": " ".join(platform.libc_ver()),
        "valgrind": valgrind.stdout.strip(),
        "python": platform.python_version(),
        "install": "editable" if is_editable else "copied",
        **{name: version(name) for name in names},
    }


def instructions(args: list[str], folder: Path) -> int:
    """Instructions of one run, on one thread, after a run that fills the caches of bytecode."""
    program = [sys.executable, "-m", "smoothl1.cli", *args]
    if args[0] in {"eval", "compare"}:
        program += ["--threads", "1"]
    variables = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
    tool = ["--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={os.devnull}"]
    for command in (program, ["valgrind", *tool, *program]):
        done = subprocess.run(
            command, cwd=folder, env=variables, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr}")
    found = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    if found is None:
        raise SystemExit(f"valgrind counted nothing: {done.stderr}")
    return int(found[1].replace(",", ""))


def compare(counts: dict[str, int], recorded: dict[str, Any]) -> bool:
    """Print each count beside the recorded one; whether all are near."""
    others = {name: found for name, found in versions().items() if recorded.get(name) != found}
    print("| case | million instructions | recorded | moved |\n|---|---|---|---|")
    are_near = True
    for name, count in counts.items():
        before = recorded["counts"][name]
        moved = count / before - 1
        are_near &= abs(moved) <= MOST_MOVED
        print(f"| {name} | {count / 1e6:.1f} | {before / 1e6:.1f} | {moved:+.1%} |")
    if others:
        differ = ", ".join(
            f"{name} {recorded.get(name)} there, {others[name]} here" for name in others
        )
        print(f"\nNot compared, since versions differ: {differ}.")
    return are_near or bool(others)


def main() -> None:
    """Count, and record or compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--file", type=Path, default=RECORD)
    parser.add_argument("--record", action="store_true", help="write the counts")
    given = parser.parse_args()
    if shutil.which("valgrind") is None:
        print("Skipped: valgrind is not installed.")
        return
    chosen = given.cases or CASES
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        make_files(folder)
        counts = {name: instructions(CASES[name], folder) for name in chosen}
    if given.record:
        text = json.dumps({**versions(), "counts": counts}, indent=1)
        given.file.write_text(text + "\n", encoding="utf-8")
    elif not compare(counts, json.loads(given.file.read_text(encoding="utf-8"))):
        raise SystemExit("A count has moved by more than 3%: record it, and say why.")


if __name__ == "__main__":
    main()
