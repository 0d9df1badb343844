"""Columns in common whose numbers have a decimal comma in one file, beside files of any format."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, ReadOptions, evaluate

if TYPE_CHECKING:
    from pathlib import Path

N = 20
ORDERS = {"the same": list(range(N)), "another": random.Random(1).sample(range(N), N)}
COMMON = {
    "lat": [round(40 + 7.001 * (i * 7 % N), 3) for i in range(N)],
    "y": [float(i) for i in range(N)],
    "id": list(range(N)),
}
"""A column of fractions, a copy of the targets, and ids, which are written as fractions below."""

HOW: dict[str, Any] = {"pred": "y_hat", "target": "y", "betas": 0.0}
HOW["options"] = ReadOptions(decimal=",", delimiter=";")


def write_predictions(path: Path, name: str) -> None:
    lines = (f"{float(COMMON[name][i])};{i + 0.5}\n".replace(".", ",") for i in range(N))
    path.write_text(f"{name};y_hat\n{''.join(lines)}")


def write_targets(path: Path, name: str, order: list[int]) -> None:
    columns = {name: [COMMON[name][i] for i in order], "y": [float(i) for i in order]}
    if path.suffix == ".parquet":
        pq.write_table(pa.table(columns), path)
    elif path.suffix == ".jsonl":
        rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    else:
        rows = zip(*columns.values(), strict=True)
        lines = (";".join(f"{x:.4f}" for x in row).replace(".", ",") for row in rows)
        path.write_text("\n".join([";".join(columns), *lines, ""]))


@pytest.mark.parametrize("suffix", ["parquet", "jsonl", "csv"])
@pytest.mark.parametrize("name", COMMON)
def test_they_are_compared_as_numbers(tmp_path: Path, suffix: str, name: str) -> None:
    write_predictions(tmp_path / "p.csv", name)
    targets = tmp_path / f"t.{suffix}"
    write_targets(targets, name, ORDERS["the same"])
    heard: list[str] = []
    assert evaluate(tmp_path / "p.csv", targets, **HOW, warn=heard.append).mean == 0.5
    assert not heard
    write_targets(targets, name, ORDERS["another"])
    with pytest.raises(DataError, match=f"column '{name}' .* the same values in another order"):
        evaluate(tmp_path / "p.csv", targets, **HOW)
