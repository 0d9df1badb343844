"""Text that differs in every row, beside times that agree: another station, another sensor."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, evaluate
from tests.tables import save

if TYPE_CHECKING:
    from pathlib import Path

N = 8
TIMES = [
    (datetime(2024, 3, 30, 22, tzinfo=UTC) + timedelta(hours=i)).replace(tzinfo=None)
    for i in range(N)
]
Y = [float(i) for i in range(N)]


def heard(p: Path, t: Path) -> list[str]:
    found: list[str] = []
    assert evaluate(p, t, pred="pred", target="y", warn=found.append).values == (0.0,)
    return found


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".arrow"])
@pytest.mark.parametrize(("one", "other"), [("Wien", "Graz"), ("A1", "B1")])
def test_text_that_differs_in_every_row_beside_times_gives_a_warning(
    tmp_path: Path, suffix: str, one: str, other: str
) -> None:
    p = save(tmp_path / f"p{suffix}", time=TIMES, station=[one] * N, pred=Y)
    t = save(tmp_path / f"t{suffix}", time=TIMES, station=[other] * N, y=Y)
    (told,) = heard(p, t)
    assert "column 'station' differs from that of" in told
    assert "in every row, and only 'time' agrees" in told


@pytest.mark.parametrize("name", ["station_id", "sensorId"])
def test_an_id_of_whole_numbers_that_differs_in_every_row_gives_a_warning(
    tmp_path: Path, name: str
) -> None:
    p = save(tmp_path / "p.csv", time=TIMES, **{name: [7] * N}, pred=Y)
    t = save(tmp_path / "t.parquet", time=TIMES, **{name: [9] * N}, y=Y)
    (told,) = heard(p, t)
    assert "in every row, and only 'time' agrees" in told


@pytest.mark.parametrize(
    ("columns", "others"),
    [
        ({"time": TIMES, "station": ["Wien"] * N}, {"time": TIMES, "station": ["Wien"] * N}),
        ({"time": TIMES, "note": list("abcdefgh")}, {"time": TIMES, "note": list("axyzwvut")}),
        ({"time": TIMES, "n": [1, 2] * 4}, {"time": TIMES, "n": [3, 2] + [2, 1] * 3}),
        ({"time": TIMES, "x": ["a", "b"] * 4}, {"time": TIMES, "x": ["a", "c", "b", "b"] * 2}),
        (
            {"id": list("qwertzui"), "model": ["a"] * N},
            {"id": list("qwertzui"), "model": ["b"] * N},
        ),
        (
            {"id": list("qwertzui"), "time": TIMES, "model": ["a"] * N},
            {"id": list("qwertzui"), "time": TIMES, "model": ["b"] * N},
        ),
        ({"time": TIMES, "a": ["x"] * N}, {"time": TIMES, "b": ["y"] * N}),
    ],
)
def test_times_prove_the_rows_otherwise(
    tmp_path: Path, columns: dict[str, Any], others: dict[str, Any]
) -> None:
    p, t = save(tmp_path / "p.csv", **columns, pred=Y), save(tmp_path / "t.csv", **others, y=Y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert heard(p, t) == []


@pytest.mark.parametrize("kind", [pa.time32("s"), pa.time32("ms"), pa.time64("us")])
@pytest.mark.parametrize("form", ["{:02}:00", "{:02}:00:00", "{:02}:00:00.000"])
def test_text_of_times_of_day_is_compared_with_times_of_day(
    tmp_path: Path, kind: pa.DataType, form: str
) -> None:
    """Equal ones say nothing, others are refused, and text that is none is not compared."""
    hours = [3, 1, 7, 5, 22, 0, 12, 23]
    times = pa.array([hour * 3600 for hour in hours], pa.time32("s")).cast(kind)
    p, t = tmp_path / "p.parquet", tmp_path / "t.csv"
    pq.write_table(pa.table({"at": times, "pred": Y}), p)
    texts = [form.format(hour) for hour in hours]
    save(t, at=texts, y=Y)
    assert heard(p, t) == []
    save(t, at=texts[::-1], y=Y)
    with pytest.raises(DataError, match="the same values in another order"):
        heard(p, t)
    save(t, at=["noon", *texts[1:]], y=Y)
    (told,) = heard(p, t)
    assert "column 'at' cannot be compared" in told


@pytest.mark.parametrize("of_pred", [".csv", ".parquet"])
@pytest.mark.parametrize("hours", [0, 1])
def test_times_with_a_zone_are_not_taken_for_times_without(
    tmp_path: Path, of_pred: str, hours: int
) -> None:
    naive = [datetime(2024, 1, 1, i) for i in range(N)]  # noqa: DTZ001  as a wall clock says it
    zoned = pa.array([time - timedelta(hours=hours) for time in naive], pa.timestamp("us", "UTC"))
    p = save(tmp_path / f"p{of_pred}", time=naive, pred=Y)
    t = save(tmp_path / "t.parquet", time=zoned, y=Y)
    (told,) = heard(p, t)
    assert "column 'time' cannot be compared with that of" in told
    same = save(tmp_path / "u.parquet", time=zoned.cast(pa.timestamp("ns", "Asia/Tokyo")), y=Y)
    assert heard(save(tmp_path / "q.parquet", time=zoned, pred=Y), same) == []


@pytest.mark.parametrize("days", [pa.date32(), pa.date64()])
@pytest.mark.parametrize("clock", ["", " 00:00:00", " 06:30", "T06:30:00"])
def test_texts_of_times_are_compared_with_days_by_their_day(
    tmp_path: Path, days: pa.DataType, clock: str
) -> None:
    dates = [(TIMES[0] + timedelta(days=i)).date() for i in range(N)]
    p, t = tmp_path / "p.csv", tmp_path / "t.parquet"
    save(p, at=[f"{day}{clock}" for day in dates], pred=Y)
    pq.write_table(pa.table({"at": pa.array(dates, days), "y": Y}), t)
    assert heard(p, t) == []
    pq.write_table(pa.table({"at": pa.array(dates[::-1], days), "y": Y}), t)
    with pytest.raises(DataError, match="the same values in another order"):
        heard(p, t)
    stamps = pa.array([datetime(d.year, d.month, d.day, 6) for d in dates])  # noqa: DTZ001  naive
    pq.write_table(pa.table({"at": stamps, "y": Y}), tmp_path / "stamps.parquet")
    pq.write_table(pa.table({"at": pa.array(dates, days), "pred": Y}), tmp_path / "d.parquet")
    assert heard(tmp_path / "d.parquet", tmp_path / "stamps.parquet") == []
