"""Times that one side has cut or rounded to whole seconds, and the other has not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import csv

from smoothl1 import DataError, evaluate
from smoothl1.witnesses.cut_times import CutTimes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

N = 12
TIMES = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=2.5 * i) for i in range(N)]
Y = [i * i / 8 for i in range(N)]
COLUMNS: dict[str, Any] = {"pred": "pred", "target": "target"}


def cut(time: datetime) -> datetime:
    return time.replace(microsecond=0)


def rounded(time: datetime) -> datetime:
    return cut(time + timedelta(milliseconds=500))


def in_text(times: list[datetime]) -> pa.Array:
    return pa.array([f"{time:%Y-%m-%d %H:%M:%S}" for time in times])


def in_long_text(times: list[datetime]) -> pa.Array:
    return in_text(times).cast(pa.large_string())


def in_seconds(times: list[datetime]) -> pa.Array:
    return pa.array([int(time.timestamp()) for time in times])


def as_times(times: list[datetime]) -> pa.Array:
    return pa.array([time.replace(tzinfo=None) for time in times], pa.timestamp("ns"))


def in_fractions(times: list[datetime]) -> pa.Array:
    return pa.array([time.timestamp() for time in times])


def in_milliseconds(times: list[datetime]) -> pa.Array:
    return pa.array([int(time.timestamp() * 1000) for time in times])


def saved(path: Path, times: pa.Array, **numbers: list[float]) -> Path:
    (pq.write_table if path.suffix == ".parquet" else csv.write_csv)(
        pa.table({"time": times, **numbers}), path
    )
    return path


@pytest.mark.parametrize("shorten", [cut, rounded])
@pytest.mark.parametrize("coarse", [in_text, in_long_text, in_seconds, as_times])
@pytest.mark.parametrize("fine", [as_times, in_fractions, in_milliseconds])
@pytest.mark.parametrize("suffixes", [(".csv", ".parquet"), (".parquet", ".parquet")])
def test_times_that_one_side_has_shortened_agree(
    tmp_path: Path,
    shorten: Callable[[datetime], datetime],
    coarse: Callable[[list[datetime]], pa.Array],
    fine: Callable[[list[datetime]], pa.Array],
    suffixes: tuple[str, str],
) -> None:
    p = saved(tmp_path / f"p{suffixes[0]}", coarse(list(map(shorten, TIMES))), pred=Y)
    t = saved(tmp_path / f"t{suffixes[1]}", fine(TIMES), target=Y)
    found = evaluate(p, t, **COLUMNS, warn=pytest.fail)
    reasons = [decision.reason for decision in found.decisions]
    assert any("agrees in every row, but for what one side has cut" in why for why in reasons)


@pytest.mark.parametrize("late_s", [3, -3])
def test_shortened_times_of_other_rows_are_refused(tmp_path: Path, late_s: float) -> None:
    others = [time + timedelta(seconds=late_s) for time in TIMES]
    p = saved(tmp_path / "p.parquet", in_seconds(others), pred=Y)
    t = saved(tmp_path / "t.parquet", as_times(TIMES), target=Y)
    with pytest.raises(DataError, match="rises on both sides, with other values"):
        evaluate(p, t, **COLUMNS)


def test_minutes_are_cut_from_times_in_any_order_of_blocks() -> None:
    fine = [time + timedelta(seconds=57 * i) for i, time in enumerate(TIMES)]
    coarse = [time.replace(second=0, microsecond=0) for time in fine]
    found = CutTimes()
    for begin in (6, 0):
        part = CutTimes()
        part.add(as_times(fine[begin : begin + 6]), as_times(coarse[begin : begin + 6]))
        found.merge(part)
    assert found.agree
    found.add(as_times(fine[:1]), as_times([coarse[0] - timedelta(minutes=1)]))
    assert not found.agree


def test_missing_times_agree_if_both_are_missing() -> None:
    missing = pa.nulls(1, pa.timestamp("ns"))
    found = CutTimes()
    found.add(missing, missing)
    assert not found.agree
    found.add(as_times(TIMES), as_times(list(map(cut, TIMES))))
    assert found.agree
    found.add(missing, as_times(TIMES[:1]))
    assert not found.agree


def test_times_of_days_that_are_one_time_of_day_are_no_days() -> None:
    days = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=i) for i in range(N)]
    found = CutTimes()
    found.add(as_times(days), as_times([day + timedelta(hours=12) for day in days]))
    assert not found.agree
    found.add(as_times(days[:1]), as_times([days[0] + timedelta(hours=7)]))
    assert found.agree
