"""Local times as keys: an hour that is there twice is no row that was written twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from smoothl1 import DataError, evaluate

if TYPE_CHECKING:
    from collections.abc import Sequence

NIGHT = datetime(2026, 10, 25, tzinfo=UTC).replace(tzinfo=None)
HOURS = [NIGHT + timedelta(hours=hour) for hour in (0, 1, 2, 2, 3, 4)]
STAMPS = pa.timestamp("s")
FORMS = {
    "iso": "%Y-%m-%d %H:%M:%S",
    "iso with T": "%Y-%m-%dT%H:%M",
    "digits": "%Y%m%dT%H%M%S",
    "points": "%d.%m.%Y %H:%M",
    "the month first": "%m/%d/%Y %I:%M %p",
    "the day first": "%d/%m/%Y %H:%M",
}
SET_BACK = "local times, of which an hour is there twice when clocks are set back"


def hint_of(times: Sequence[object], duplicates: str = "error", **more: Sequence[object]) -> str:
    values = [float(i) for i in range(len(times))]
    table = pa.table({"ts": times, **more, "v": values})
    key = ["ts", *more]
    with pytest.raises(DataError, match="key") as caught:
        evaluate(table, table, key=key, pred="v", target="v", duplicates=duplicates, warn=str)
    return str(caught.value.hint)


@pytest.mark.parametrize("form", FORMS)
def test_an_hour_that_is_there_twice_is_told_in_any_notation(form: str) -> None:
    hint = hint_of([f"{time:{FORMS[form]}}" for time in HOURS])
    assert SET_BACK in hint
    assert "an offset from UTC" in hint
    assert "--duplicates" not in hint  # it would drop a true hour


def test_times_by_type_and_rows_that_must_be_identical_have_the_same_advice() -> None:
    times = pa.array(HOURS, STAMPS)
    assert SET_BACK in hint_of(times)
    assert SET_BACK in hint_of(times, "identical")


def test_each_station_and_each_quarter_of_the_hour_may_have_it() -> None:
    quarters = [NIGHT + timedelta(hours=2, minutes=m) for m in (0, 15, 30, 45)] * 2
    times = [str(time) for time in quarters]
    assert SET_BACK in hint_of(times * 2, station=["a"] * 8 + ["b"] * 8)


@pytest.mark.parametrize(
    "times",
    [
        [NIGHT.replace(hour=5)] * 2,  # by day
        [NIGHT.replace(day=26, hour=2)] * 2,  # on a Monday
        [NIGHT.replace(month=6, day=28, hour=2)] * 2,  # in summer
        [NIGHT.replace(hour=2)] * 3,
        [NIGHT.replace(hour=hour) for hour in (1, 2, 1, 2)],
    ],
    ids=["by day", "another day of the week", "another month", "three times", "two hours"],
)
def test_other_times_that_repeat_may_have_been_written_twice(times: list[datetime]) -> None:
    assert "--duplicates first" in hint_of(pa.array(times, STAMPS))


def test_times_with_an_offset_are_there_once() -> None:
    zoned = pa.array([NIGHT.replace(hour=2)] * 2, pa.timestamp("s", "UTC"))
    assert "--duplicates first" in hint_of(zoned)
    assert "--duplicates first" in hint_of(["2026-10-25T02:00:00Z"] * 2)
