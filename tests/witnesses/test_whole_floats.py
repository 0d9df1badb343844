"""Whole numbers that are stored as fractions, in columns of different names: 7.0, 14.0, ..."""

from __future__ import annotations

import json
import warnings
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import csv

from smoothl1 import DataError, evaluate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

N = 12
Y = [i * i / 8 for i in range(N)]
WHOLE = [7 * i for i in range(N)]
FLOATS = [7.0 * i for i in range(N)]


def save(path: Path, **columns: Sequence[Any]) -> Path:
    if path.suffix == ".jsonl":
        rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    elif path.suffix == ".csv":
        texts = {name: list(map(str, column)) for name, column in columns.items()}
        options = csv.WriteOptions(quoting_style="none")
        csv.write_csv(pa.table(texts), path, options)
    else:
        pq.write_table(pa.table(columns), path)
    return path


def evaluated(p: Path, t: Path) -> tuple[float, ...]:
    values: tuple[float, ...] = evaluate(p, t, pred="pred", target="target").values
    return values


@pytest.mark.parametrize(
    ("one", "other"), [("csv", "csv"), ("jsonl", "csv"), ("csv", "parquet"), ("parquet", "parquet")]
)
def test_whole_numbers_in_another_order_are_refused(tmp_path: Path, one: str, other: str) -> None:
    p = save(tmp_path / f"p.{one}", case=FLOATS, pred=Y)
    for values in (FLOATS, WHOLE):
        t = save(tmp_path / f"t.{other}", sample=values[::-1], target=Y)
        with pytest.raises(DataError, match=r"'case' differs from 'sample' .* another order"):
            evaluated(p, t)


def test_decimals_and_missing_values_are_whole_numbers_too(tmp_path: Path) -> None:
    p = save(tmp_path / "p.parquet", case=[None, *FLOATS[1:]], pred=Y)
    decimals = [Decimal(n).quantize(Decimal("1.00")) for n in WHOLE[:0:-1]]
    t = save(tmp_path / "t.parquet", sample=[*decimals, None], target=Y)
    with pytest.raises(DataError, match="the same values in another order"):
        evaluated(p, t)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_fractions_and_other_whole_numbers_are_paired_in_silence(
    tmp_path: Path, suffix: str
) -> None:
    last = [*FLOATS[:-1], 70.5]
    for one, other in [(last, last[::-1]), (FLOATS, FLOATS), (FLOATS, [n + 7 for n in FLOATS])]:
        p = save(tmp_path / f"p.{suffix}", case=one, pred=Y)
        t = save(tmp_path / f"t.{suffix}", sample=other, target=Y)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert evaluated(p, t) == (0,)


def test_few_rows_are_no_evidence(tmp_path: Path) -> None:
    p = save(tmp_path / "p.parquet", case=FLOATS[:7], pred=Y[:7])
    t = save(tmp_path / "t.parquet", sample=FLOATS[6::-1], target=Y[:7])
    assert evaluated(p, t) == (0,)
