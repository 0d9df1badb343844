"""The commands on arrays, and those that start up, each beside a peer that does the same work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from commands import HERE, SMOOTHL1, Case, evaluate, peer
from inputs import make_pair, make_table


def npy_cases(folder: Path) -> list[Case]:
    """Arrays."""
    pair = make_pair(folder, 64_000_000)
    beta = ["--beta", "0.5"]
    ours = evaluate(*pair, *beta)
    single = [*ours, "--threads", "1"]
    floor = [sys.executable, str(HERE / "peers" / "read_floor.py"), *pair]
    numpy_script = peer("numpy_npy.py", *pair, "0.5")
    losses = str(folder / "losses.npy")
    none = [*ours, "-r", "none", "-o", losses]
    numpy_none = peer("numpy_none.py", *pair, "0.5", losses)
    three = evaluate(*pair, "-b", "0.1", "-b", "0.5", "-b", "2")
    size = "2 x 64 M float32 .npy"
    return [
        Case(f"mean, {size}", ours, "NumPy script", numpy_script, 0.45),
        Case(f"mean, {size}", ours, "PyTorch script", peer("torch_npy.py", *pair, "0.5"), 0.11),
        Case(f"mean, {size}", ours, "reading alone", floor, None),
        Case(f"mean, {size}", ours, "importing and reading", [*floor, "numpy", "click"], 1.25),
        Case(f"mean, {size}, one thread", single, "two threads", ours, None),
        Case(f"three betas, {size}", three, "one beta", ours, 1.5),
        Case(f"none to .npy, {size}", none, "NumPy script", numpy_none, 1.3),
        Case(f"--json, {size}", [*ours, "--json"], "without", ours, None),
    ]


def array_cases(folder: Path) -> list[Case]:
    """Arrays of other shapes, orders and dtypes, against NumPy."""
    wide = make_pair(folder, 2000, n_columns=4096)
    mixed = make_pair(folder, 2000, n_columns=4096, orders="CF")
    columns = peer("numpy_npy.py", *wide, "1.0", "columns")
    cases = [
        Case("--by-column, 2,000 x 4,096", evaluate(*wide, "--by-column"), "NumPy", columns, 0.8),
        Case(
            "C against Fortran order, 2,000 x 4,096",
            evaluate(*mixed),
            "NumPy",
            peer("numpy_npy.py", *mixed, "1.0"),
            0.8,
        ),
    ]
    for dtype in ("float16", "int32"):
        pair = make_pair(folder, 16_000_000, dtype)
        script = peer("numpy_npy.py", *pair, "1.0")
        cases.append(Case(f"mean, 2 x 16 M {dtype}", evaluate(*pair), "NumPy", script, 0.8))
    return cases


def compare_cases(folder: Path) -> list[Case]:
    """Two models on the same targets: Student's paired t, and in how many rows each is better."""
    a, target = make_pair(folder, 16_000_000)
    b = str(folder / "other-16000000.npy")
    if not Path(b).exists():
        subprocess.run([sys.executable, str(HERE / "make_npy.py"), b, "16000000", "2"], check=True)
    ours = [SMOOTHL1, "compare", a, b, target]
    size = "3 x 16 M float32 .npy"
    script = peer("scipy_compare.py", a, b, target, "1.0")
    return [
        Case(f"compare, {size}", ours, "NumPy and SciPy", script, 0.3),
        Case(f"compare --json, {size}", [*ours, "--json"], "without", ours, 1.05),
    ]


def start_cases(folder: Path) -> list[Case]:
    """Starting up."""
    tiny = evaluate(*make_pair(folder, 5))
    table = make_table(folder, "values", ".parquet", 5)
    rows = evaluate(table, "--pred", "p", "--target", "t")
    python = [sys.executable, "-c"]
    help_, version_ = [SMOOTHL1, "--help"], [SMOOTHL1, "--version"]
    return [
        Case("mean, 5 elements", tiny, "import numpy", [*python, "import numpy"], 1.5),
        Case("5 rows of Parquet", rows, "DuckDB", peer("duckdb_table.py", table, "1.0"), 0.9),
        Case("--help", help_, "import click", [*python, "import click"], 1.3),
        Case("--version", version_, "import click", [*python, "import click"], 1.3),
    ]
