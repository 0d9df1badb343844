"""Months in a column in common, beside the first or the last day of each month."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import csv

from smoothl1 import DataError, evaluate

if TYPE_CHECKING:
    from pathlib import Path

N = 36
FIRSTS = [date(2020 + i // 12, 1 + i % 12, 1) for i in range(N + 1)]
LASTS = [day - timedelta(days=1) for day in FIRSTS[1:]]
Y = [i * i / 8 for i in range(N)]
CHOSEN: dict[str, Any] = {"pred": "pred", "target": "y"}


def save(path: Path, months: list[Any] | pa.Array, **numbers: list[float]) -> Path:
    write = csv.write_csv if path.suffix == ".csv" else pq.write_table
    write(pa.table({"month": months, **numbers}), path)
    return path


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("kind", [pa.date32(), pa.timestamp("us"), pa.string()], ids=str)
@pytest.mark.parametrize("days", [FIRSTS[:N], LASTS], ids=["first", "last"])
@pytest.mark.parametrize("form", ["%Y-%m", "%Y%m"])
def test_they_are_compared_with_days(
    tmp_path: Path, form: str, days: list[date], kind: pa.DataType, suffix: str
) -> None:
    months: list[Any] = [day.strftime(form) for day in days]
    p = save(tmp_path / f"p{suffix}", months if "-" in form else list(map(int, months)), pred=Y)
    column = pa.array(map(str, days)) if kind == pa.string() else pa.array(days).cast(kind)
    t = save(tmp_path / f"t{suffix}", column, y=Y)
    assert evaluate(p, t, **CHOSEN, warn=pytest.fail).mean == 0
    t = save(tmp_path / f"t{suffix}", column.take(pa.array(range(N - 1, -1, -1))), y=Y[::-1])
    with pytest.raises(DataError, match=r"column 'month' differs .* another order"):
        evaluate(p, t, **CHOSEN)


def test_those_of_a_month_later_are_refused(tmp_path: Path) -> None:
    p = save(tmp_path / "p.csv", [f"{day:%Y-%m}" for day in FIRSTS[:N]], pred=Y)
    t = save(tmp_path / "t.csv", FIRSTS[1:], y=Y)
    with pytest.raises(DataError, match=r"'month' .* rises on both sides, with other values"):
        evaluate(p, t, **CHOSEN)


def test_other_days_of_a_month_are_no_months(tmp_path: Path) -> None:
    p = save(tmp_path / "p.csv", [f"{day:%Y-%m}" for day in FIRSTS[:N]], pred=Y)
    t = save(tmp_path / "t.csv", [day + timedelta(days=9) for day in FIRSTS[:N]], y=Y)
    with pytest.warns(match="column 'month' differs"):
        assert evaluate(p, t, **CHOSEN).mean == 0


def test_a_missing_month_is_a_missing_day(tmp_path: Path) -> None:
    months = [None, *(f"{day:%Y-%m}" for day in FIRSTS[1:N])]
    p = save(tmp_path / "p.parquet", months, pred=Y)
    t = save(tmp_path / "t.parquet", [None, *FIRSTS[1:N]], y=Y)
    assert evaluate(p, t, **CHOSEN, warn=pytest.fail).mean == 0
