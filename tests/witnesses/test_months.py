"""Months and quarters in a column in common, beside the first or the last day of each."""

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


QUARTERS = [(2015 + i // 4, 1 + i % 4) for i in range(N)]
QUARTER_FIRSTS = [date(year, 3 * quarter - 2, 1) for year, quarter in [*QUARTERS, (2024, 1)]]
QUARTER_LASTS = [day - timedelta(days=1) for day in QUARTER_FIRSTS[1:]]
SHUFFLED = [(7 * i + 3) % N for i in range(N)]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("form", ["{}-Q{}", "{} q{}", "{}_Q{}", "Q{1} {0}", "Q{1}/{0}", "{1}Q{0}"])
def test_quarters_are_one_in_any_notation(tmp_path: Path, form: str, suffix: str) -> None:
    p = save(tmp_path / f"p{suffix}", [f"{year}Q{q}" for year, q in QUARTERS], pred=Y)
    others = [form.format(*quarter) for quarter in QUARTERS]
    t = save(tmp_path / f"t{suffix}", others, y=Y)
    found = evaluate(p, t, **CHOSEN, warn=pytest.fail)
    assert any("agree" in decision.reason for decision in found.decisions)
    t = save(tmp_path / f"t{suffix}", [others[i] for i in SHUFFLED], y=[Y[i] for i in SHUFFLED])
    with pytest.raises(DataError, match=r"another order: .* \[write both alike"):
        evaluate(p, t, **CHOSEN)


@pytest.mark.parametrize("kind", [pa.date32(), pa.timestamp("us"), pa.string()], ids=str)
@pytest.mark.parametrize("days", [QUARTER_FIRSTS[:N], QUARTER_LASTS], ids=["first", "last"])
@pytest.mark.parametrize("form", ["{}Q{}", "{}-Q{}", "Q{1} {0}"])
def test_quarters_are_compared_with_days(
    tmp_path: Path, form: str, days: list[date], kind: pa.DataType
) -> None:
    p = save(tmp_path / "p.csv", [form.format(*quarter) for quarter in QUARTERS], pred=Y)
    column = pa.array(map(str, days)) if kind == pa.string() else pa.array(days).cast(kind)
    t = save(tmp_path / "t.parquet", column, y=Y)
    assert evaluate(p, t, **CHOSEN, warn=pytest.fail).mean == 0
    t = save(tmp_path / "t.parquet", column.take(pa.array(SHUFFLED)), y=[Y[i] for i in SHUFFLED])
    with pytest.raises(DataError, match=r"another order: .* \[write both alike"):
        evaluate(p, t, **CHOSEN)


def test_other_days_of_a_quarter_are_no_quarters(tmp_path: Path) -> None:
    p = save(tmp_path / "p.csv", [f"{year}Q{q}" for year, q in QUARTERS], pred=Y)
    t = save(tmp_path / "t.csv", [day + timedelta(days=31) for day in QUARTER_FIRSTS[:N]], y=Y)
    with pytest.warns(match="column 'month' differs"):
        assert evaluate(p, t, **CHOSEN).mean == 0
