"""The commands that `run.py` measures, each beside a peer that does the same work."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from array_cases import array_cases, compare_cases, npy_cases, start_cases
from commands import HERE, SMOOTHL1, Case, evaluate, peer
from inputs import make_pair, make_shards, make_table

if TYPE_CHECKING:
    from pathlib import Path


def parquet_cases(folder: Path) -> list[Case]:
    """Parquet, 64 M rows of two float32 columns."""
    table = make_table(folder, "values", ".parquet", 64_000_000)
    return against_engines("Parquet, 64 M rows", table, 0.85)


def csv_cases(folder: Path) -> list[Case]:
    """CSV, 4 M rows of two columns of float32 or float64, as few digits as read back."""
    short = make_table(folder, "values", ".csv", 4_000_000)
    long = make_table(folder, "wide", ".csv", 4_000_000)
    return [
        *against_engines("CSV, 4 M rows", short, 0.9),
        *against_engines("CSV, 4 M rows of float64", long, 0.9),
    ]


def against_engines(name: str, table: str, target: float) -> list[Case]:
    """A table against DuckDB and Polars; the target is against the faster one."""
    ours = evaluate(table, "--pred", "p", "--target", "t", "--beta", "0.5")
    return [
        Case(name, ours, "DuckDB", peer("duckdb_table.py", table, "0.5"), target),
        Case(name, ours, "Polars", peer("polars_table.py", table, "0.5"), target),
    ]


def gzip_cases(folder: Path) -> list[Case]:
    """CSV in gzip, as one member and as the blocks of `bgzip`; isal is used if it is installed."""
    table, plain = (
        make_table(folder, "values", suffix, 24_000_000) for suffix in (".csv.gz", ".csv")
    )
    blocks = make_table(folder, "values", ".bgzf.csv.gz", 24_000_000)
    sides = ["--pred", "p", "--target", "t", "--beta", "0.5"]
    against_csv = ("CSV", evaluate(plain, *sides))
    return [
        *against_engines(
            ".csv.gz, 4 M rows", make_table(folder, "values", ".csv.gz", 4_000_000), 0.9
        ),
        Case(".csv.gz, 24 M rows", evaluate(table, *sides), *against_csv, 2.2),
        Case(".csv.gz of bgzip, 24 M rows", evaluate(blocks, *sides), *against_csv, None),
    ]


def shard_cases(folder: Path) -> list[Case]:
    """Many small files: shards of 2,000 rows, and several times as many, to see how time grows."""
    beta, cases = ["--beta", "0.5"], []
    for n_shards, target in ((3_000, 0.8), (20_000, None)):
        sides = [make_shards(folder, name, n_shards, "npy") for name in ("preds", "targets")]
        script = peer("numpy_shards.py", *sides, "0.5")
        title = f"2 x {n_shards:,} .npy shards of 2,000 rows"
        cases.append(Case(title, evaluate(*sides, *beta), "NumPy loop", script, target))
    for n_shards, target in ((1_500, 0.9), (15_000, None)):
        table = make_shards(folder, "tables", n_shards, "parquet")
        script = peer("polars_table.py", f"{table}/*.parquet", "0.5")
        ours = evaluate(table, "--pred", "p", "--target", "t", *beta)
        title = f"{n_shards:,} Parquet shards of 2,000 rows"
        cases.append(Case(title, ours, "Polars", script, target))
    return cases


def losses_cases(folder: Path) -> list[Case]:
    """The losses of elements, 8 M rows of two float32 columns, as CSV and as Parquet."""
    table = make_table(folder, "values", ".parquet", 8_000_000)
    cases = []
    for suffix, name in ((".csv", "CSV"), (".parquet", "Parquet")):
        ours, others = str(folder / f"losses{suffix}"), str(folder / f"peer{suffix}")
        none = evaluate(table, "--pred", "p", "--target", "t", "-b", "0.5", "-r", "none")
        cases += [
            Case(
                f"none to {name}, 8 M rows Parquet",
                [*none, "-o", ours],
                engine,
                peer(f"{engine.lower()}_losses.py", table, "0.5", others),
                0.9,
            )
            for engine in ("DuckDB", "Polars")
        ]
    return cases


def key_cases(folder: Path) -> list[Case]:
    """Rows matched by a key, against a join, and against decoding the same columns alone."""
    cases = []
    for kind, n_rows, name, target in (
        ("keyed", 20_000_000, "20 M rows, same order", 0.42),
        ("shuffled", 5_000_000, "5 M rows, other order", 0.8),
        ("scattered", 5_000_000, "5 M rows, other order, sparse", 0.8),
        ("named", 5_000_000, "5 M rows, other order, text", 0.8),
    ):
        sides = [make_table(folder, f"{kind}-{side}", ".parquet", n_rows) for side in "ab"]
        ours = evaluate(*sides, "--key", "id")
        cases += [
            Case(
                f"--key, 2 x {name}",
                ours,
                engine,
                peer(f"{engine.lower()}_keys.py", *sides, "1.0"),
                target,
            )
            for engine in ("DuckDB", "Polars")
        ]
        if kind == "keyed":
            decoding = [sys.executable, str(HERE / "peers" / "decode_tables.py"), *sides]
            cases.append(Case(f"--key, 2 x {name}", ours, "decoding alone", decoding, 1.15))
    return cases


def table_cases(folder: Path) -> list[Case]:
    """Keys and compression, against the same work without them."""
    keyed = [make_table(folder, f"keyed-{side}", ".parquet", 20_000_000) for side in "ab"]
    shuffled = [make_table(folder, f"shuffled-{side}", ".parquet", 5_000_000) for side in "ab"]
    csvs = [make_table(folder, "values", f".csv{end}", 24_000_000) for end in ("", ".zst")]
    both = ["--pred", "v", "--target", "v"]
    sides = ["--pred", "p", "--target", "t"]
    key, unchecked = ["--key", "id"], "--no-key-check"
    return [
        Case(
            "--key, 2 x 20 M rows Parquet, same order",
            evaluate(*keyed, *both, *key),
            "without --key",
            evaluate(*keyed, *both, unchecked),
            1.3,
        ),
        Case(
            "--key, 2 x 5 M rows Parquet, other order",
            evaluate(*shuffled, *both, *key),
            "without --key",
            evaluate(*shuffled, *both, unchecked),
            None,
        ),
        Case(
            ".csv.zst, 24 M rows", evaluate(csvs[1], *sides), "CSV", evaluate(csvs[0], *sides), None
        ),
    ]


def groups_cases(folder: Path) -> list[Case]:
    """Groups, 20 M rows of Parquet, against DuckDB, Polars and the same without groups."""
    cases = []
    for kind, name, target in (
        ("grouped", "100,000 groups of integers", 0.9),
        ("grouped-few", "100 groups of integers", 0.8),
        ("grouped-text", "100 groups of text", 0.8),
    ):
        table = make_table(folder, kind, ".parquet", 20_000_000)
        plain = evaluate(table, "--pred", "p", "--target", "t")
        ours, title = [*plain, "--by", "g"], f"--by, {name}, 20 M rows Parquet"
        cases += [
            Case(title, ours, engine, peer(f"{engine.lower()}_groups.py", table, "1.0"), target)
            for engine in ("DuckDB", "Polars")
        ]
        cases.append(Case(title, ours, "without --by", plain, None))
    return cases


def pairing_cases(folder: Path) -> list[Case]:
    """The check of a column that both sides have, against `--key` on it, and against no check."""
    cases = []
    for suffix, n_rows, name in (
        (".parquet", 20_000_000, "2 x 20 M rows Parquet"),
        (".csv", 2_000_000, "2 x 2 M rows CSV"),
    ):
        sides = [make_table(folder, f"keyed-{side}", suffix, n_rows) for side in "ab"]
        checked = evaluate(*sides, "--pred", "v", "--target", "v")
        title = f"column in common, {name}"
        keyed, unchecked = [*checked, "--key", "id"], [*checked, "--no-key-check"]
        cases += [
            Case(title, checked, "--key on it", keyed, 1.0),
            Case(title, checked, "no check", unchecked, None),
        ]
    return cases


def beside_cases(folder: Path) -> list[Case]:
    """What is formed beside the loss in the same pass, against the loss alone."""
    table = make_table(folder, "values", ".parquet", 64_000_000)
    alone = {
        "Parquet": evaluate(table, "--pred", "p", "--target", "t", "--beta", "0.5"),
        ".npy": evaluate(*make_pair(folder, 64_000_000), "--beta", "0.5"),
    }
    asked = {
        "--top 100": (["--top", "100"], 1.5),
        "--quantile 0.5": (["--quantile", "0.5"], 1.5),
        "--also mae,rmse": (["--also", "mae,rmse"], None),
        "--also bias": (["--also", "bias"], None),
    }
    cases = [
        Case(f"{name}, 64 M rows {kind}", [*ours, *options], "without", ours, target)
        for kind, ours in alone.items()
        for name, (options, target) in asked.items()
    ]
    for kind, ours in alone.items():
        report = [SMOOTHL1, "report", *ours[2:], "-o", str(folder / "report.html")]
        cases.append(Case(f"report, 64 M rows {kind}", report, "eval", ours, 3.0))
    return cases


GROUPS = {
    "start": start_cases,
    "npy": npy_cases,
    "arrays": array_cases,
    "compare": compare_cases,
    "parquet": parquet_cases,
    "csv": csv_cases,
    "gzip": gzip_cases,
    "shards": shard_cases,
    "losses": losses_cases,
    "keys": key_cases,
    "tables": table_cases,
    "groups": groups_cases,
    "pairing": pairing_cases,
    "beside": beside_cases,
}
