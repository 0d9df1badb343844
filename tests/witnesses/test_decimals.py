"""Columns of decimals, as databases export them, beside fractions of other types."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import csv

from smoothl1 import DataError, evaluate

if TYPE_CHECKING:
    from pathlib import Path

N = 40
VALUES = [round(random.Random(1).uniform(40, 50) + i / 7, 3) for i in range(N)]
ORDER = random.Random(2).sample(range(N), N)
Y = [float(i) for i in range(N)]
KINDS = [pa.decimal128(10, 3), pa.decimal128(12, 5), pa.decimal256(50, 3), pa.float64()]


def save(path: Path, **columns: pa.Array) -> Path:
    table = pa.table(columns)
    if path.suffix == ".csv":
        csv.write_csv(table, path)
    else:
        pq.write_table(table, path)
    return path


def of_kind(values: list[float], kind: pa.DataType) -> pa.Array:
    numbers = [Decimal(repr(value)) for value in values] if pa.types.is_decimal(kind) else values
    return pa.array(numbers, kind)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("other", KINDS)
@pytest.mark.parametrize("one", KINDS[:3])
def test_decimals_in_another_order_are_refused(
    tmp_path: Path, one: pa.DataType, other: pa.DataType, suffix: str
) -> None:
    p = save(tmp_path / "p.parquet", lat=of_kind(VALUES, one), pred=pa.array(Y))
    columns: dict[str, Any] = {"pred": "pred", "target": "target"}
    t = save(tmp_path / f"t{suffix}", lat=of_kind(VALUES, other), target=pa.array(Y))
    result = evaluate(p, t, **columns)
    assert any("'lat' agrees in every row" in decision.reason for decision in result.decisions)
    moved = of_kind([VALUES[i] for i in ORDER], other)
    t = save(tmp_path / f"t{suffix}", lat=moved, target=pa.array(Y))
    with pytest.raises(DataError, match=r"'lat' differs .* the same values in another order"):
        evaluate(p, t, **columns)
    copy = save(tmp_path / "c.parquet", pred=pa.array(Y), lat=of_kind(VALUES, one))
    with pytest.raises(DataError, match=r"'lat' differs .* the same values in another order"):
        evaluate(copy, t, pred="pred", target="lat")
