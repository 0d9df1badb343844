"""Whole numbers such as 20240131 on one side, and times of these days on the other."""

from __future__ import annotations

import warnings
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import DataError, evaluate
from smoothl1.witnesses.numbered_days import days_beside_times

N = 12
NOON = datetime(2024, 1, 1, 12)  # noqa: DTZ001
TIMES = [NOON + timedelta(hours=37 * i) for i in range(N)]
NUMBERS = [int(time.strftime("%Y%m%d")) for time in TIMES]
SECONDS = [int(time.replace(tzinfo=UTC).timestamp()) for time in TIMES]
Y = np.arange(N) ** 2.0

AS_NUMBERS = {
    "int64": pa.array(NUMBERS),
    "int32": pa.array(NUMBERS, pa.int32()),
    "float64": pa.array(NUMBERS, pa.float64()),
    "text": pa.array(list(map(str, NUMBERS))),
}
AS_TIMES = {
    "seconds": pa.array(SECONDS),
    "milliseconds": pa.array([1000 * n for n in SECONDS]),
    "fractions": pa.array([n + 0.5 for n in SECONDS]),
    "text of seconds": pa.array(list(map(str, SECONDS))),
    "times": pa.array(TIMES, pa.timestamp("us")),
    "dates": pa.array([time.date() for time in TIMES]),
    "text": pa.array(list(map(str, TIMES))),
    "text of days": pa.array([str(time.date()) for time in TIMES]),
    "days with points": pa.array([f"{time:%d.%m.%Y}" for time in TIMES]),
    "days with slashes": pa.array([f"{time:%Y/%m/%d}" for time in TIMES]),
}


def tables(numbers: pa.Array, times: pa.Array) -> tuple[pa.Table, pa.Table]:
    return pa.table({"when": numbers, "p": Y + 0.5}), pa.table({"when": times, "y": Y})


def silent(*sides: pa.Table) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return evaluate(*sides, pred="p", target="y")


@pytest.mark.parametrize("numbers", AS_NUMBERS)
@pytest.mark.parametrize("times", AS_TIMES)
def test_numbers_of_days_are_compared_with_times_of_these_days(numbers: str, times: str) -> None:
    p, y = tables(AS_NUMBERS[numbers], AS_TIMES[times])
    found = silent(p, y)
    assert found.mean == 0.125
    assert any("agrees in every row" in decision.reason for decision in found.decisions)
    with pytest.raises(DataError, match=r"another order: .* \[write both alike, as keys must be"):
        silent(p, y.take([5, 0, 11, 3, 8, 1, 10, 2, 7, 4, 9, 6]))
    swapped = y.rename_columns(["when", "p"]), p.rename_columns(["when", "y"])
    assert silent(*swapped).mean == 0.125


def test_the_day_of_a_time_with_a_zone_is_that_of_its_clock() -> None:
    """Midnight of Berlin is the day before in UTC."""
    midnights = [datetime(2024, 1, 1 + i, tzinfo=UTC) - timedelta(hours=1) for i in range(N)]
    numbers = pa.array([20240101 + i for i in range(N)])
    berlin = pa.array(midnights, pa.timestamp("s", "Europe/Berlin"))
    texts = pa.array([f"2024-01-{i + 1:02}T00:00:00+01:00" for i in range(N)])
    for times in (berlin, texts):
        assert silent(*tables(numbers, times)).mean == 0.125
    for times in (berlin.cast(pa.timestamp("s", "UTC")), berlin.cast(pa.int64())):
        with pytest.warns(UserWarning, match="'when' cannot be compared"):
            assert evaluate(*tables(numbers, times), pred="p", target="y").mean == 0.125


def test_other_days_are_refused() -> None:
    late = pa.array([time + timedelta(days=40) for time in TIMES], pa.timestamp("us"))
    with pytest.raises(DataError, match=r"'when' .* rises on both sides, with other values"):
        silent(*tables(AS_NUMBERS["int64"], late))


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%Y-%m-%d 00:00:00"])
@pytest.mark.parametrize("numbers", ["int64", "int32", "text"])
def test_other_days_in_text_are_refused_as_they_have_no_zone(numbers: str, form: str) -> None:
    """A lag of a day is no other zone, if a day says no time."""
    days = pa.array([(time + timedelta(days=1)).strftime(form) for time in TIMES])
    with pytest.raises(DataError, match=r"'when' .* rises on both sides, with other values"):
        silent(*tables(AS_NUMBERS[numbers], days))


def test_other_times_in_text_may_be_of_another_zone() -> None:
    late = pa.array([str(time + timedelta(days=1)) for time in TIMES])
    with pytest.warns(UserWarning, match="'when' cannot be compared"):
        evaluate(*tables(AS_NUMBERS["int64"], late), pred="p", target="y")


@pytest.mark.parametrize(
    "numbers",
    [[20240101, 20240231], [20240101, 99999999], [20240101, 5], [20240101.5], [b"20240101", b"x"]],
)
def test_other_numbers_are_no_days(numbers: list[Any]) -> None:
    times = pa.array([date(2024, 1, 1)] * len(numbers))
    assert days_beside_times(pa.array(numbers), times) is None
    assert days_beside_times(times, pa.array(numbers)) is None
    assert days_beside_times(pa.array([20240101]), pa.array([20240102])) is None
    assert days_beside_times(pa.array([20240101]), pa.array([b"2024-01-01, perhaps"])) is None


def test_missing_values_are_none_on_either_side() -> None:
    day = date(2024, 1, 31)
    found = days_beside_times(pa.array([None, 20240131]), pa.array([day, None]))
    assert found is not None
    assert [side.to_pylist() for side in found] == [[None, day], [day, None]]
