"""Times on one side, and whole numbers that stand for the same times on the other."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import csv

from smoothl1 import DataError, evaluate
from smoothl1.witnesses.epochs import in_one_unit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

N = 12
DAYS = [date(2024, 1, 1) + timedelta(days=3 * i) for i in range(N)]
MIDNIGHTS = [datetime(day.year, day.month, day.day) for day in DAYS]  # noqa: DTZ001
TIMES = [datetime(2024, 1, 1, 12, tzinfo=UTC) + timedelta(hours=5 * i) for i in range(N)]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def since_1970(unit_s: float) -> Callable[[datetime], int]:
    return lambda time: round((time - EPOCH) / timedelta(seconds=1) / unit_s)


CASES: dict[str, tuple[list[Any], pa.DataType, Callable[[Any], int]]] = {
    "days": (DAYS, pa.date32(), lambda day: int(day.strftime("%Y%m%d"))),
    "days as times": (MIDNIGHTS, pa.timestamp("us"), lambda day: int(day.strftime("%Y%m%d"))),
    "seconds": (TIMES, pa.timestamp("us", "UTC"), since_1970(1)),
    "milliseconds": (TIMES, pa.timestamp("ns", "UTC"), since_1970(1e-3)),
    "microseconds": (TIMES, pa.timestamp("ms", "UTC"), since_1970(1e-6)),
}


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
@pytest.mark.parametrize("case", CASES)
def test_whole_numbers_are_compared_with_times(tmp_path: Path, case: str, suffix: str) -> None:
    times, kind, number_of = CASES[case]
    numbers = list(map(number_of, times))
    y = [i * i / 8 for i in range(N)]
    p = tmp_path / f"p{suffix}"
    if suffix == ".csv":
        rows = zip(numbers, y, strict=True)
        p.write_text("time,pred\n" + "".join(f"{n},{v + 0.5}\n" for n, v in rows))
    else:
        pq.write_table(pa.table({"time": numbers, "pred": [v + 0.5 for v in y]}), p)
    column = pa.array(times, kind)
    pq.write_table(pa.table({"time": column, "target": y}), tmp_path / "same")
    pq.write_table(pa.table({"time": column[::-1], "target": y[::-1]}), tmp_path / "other")
    columns: dict[str, Any] = {"pred": "pred", "target": "target"}
    result = evaluate(p, tmp_path / "same", **columns)
    assert result.values == (0.125,)
    assert any("agrees in every row" in decision.reason for decision in result.decisions)
    with pytest.raises(DataError, match="another order"):
        evaluate(p, tmp_path / "other", **columns)


def test_whole_numbers_that_are_no_such_times_are_warned_of(tmp_path: Path) -> None:
    months = [202401 + i for i in range(N)]
    y = [i * i / 8 for i in range(N)]
    pq.write_table(pa.table({"time": months, "pred": [v + 0.5 for v in y]}), tmp_path / "p")
    pq.write_table(pa.table({"time": pa.array(DAYS), "target": y}), tmp_path / "t")
    with pytest.warns(UserWarning, match="'time' (differs|cannot be compared)"):
        result = evaluate(tmp_path / "p", tmp_path / "t", pred="pred", target="target")
    assert result.values == (0.125,)


SECONDS = [since_1970(1)(time) for time in TIMES]
TWO_UNITS: dict[str, tuple[list[Any], list[int]]] = {
    "milliseconds": (SECONDS, [1000 * n for n in SECONDS]),
    "nanoseconds": (SECONDS, [10**9 * n for n in SECONDS]),
    "fractions": ([n + 0.5 for n in SECONDS], [1000 * n + 500 for n in SECONDS]),
    "fractions of nanoseconds": (
        [n + 0.1234565 for n in SECONDS],
        [10**9 * n + 123_456_499 for n in SECONDS],
    ),
}


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
@pytest.mark.parametrize("case", TWO_UNITS)
def test_counts_from_1970_in_two_units_are_compared(tmp_path: Path, case: str, suffix: str) -> None:
    coarse, fine = TWO_UNITS[case]
    y = [i * i / 8 for i in range(N)]

    def save(name: str, column: str, times: list[Any], values: list[float]) -> Path:
        path, table = tmp_path / f"{name}{suffix}", pa.table({"time": times, column: values})
        (csv.write_csv if suffix == ".csv" else pq.write_table)(table, path)
        return path

    p = save("p", "pred", coarse, [v + 0.5 for v in y])
    columns: dict[str, Any] = {"pred": "pred", "target": "target"}
    result = evaluate(p, save("same", "target", fine, y), **columns)
    assert result.values == (0.125,)
    assert any("agrees in every row" in decision.reason for decision in result.decisions)
    with pytest.raises(DataError, match="another order"):
        evaluate(p, save("turned", "target", fine[::-1], y[::-1]), **columns)
    late = [n + fine[1] - fine[0] for n in fine]
    with pytest.raises(DataError, match="rises on both sides, with other values"):
        evaluate(p, save("late", "target", late, y), **columns)


@pytest.mark.parametrize("write", [csv.write_csv, pq.write_table], ids=["csv", "parquet"])
def test_a_missing_first_value_does_not_hide_the_units(
    tmp_path: Path, write: Callable[[pa.Table, Path], None]
) -> None:
    fine = [None, *(1000 * n for n in SECONDS[1:])]
    y = [i * i / 8 for i in range(N)]
    write(pa.table({"pred": y, "time": [None, *SECONDS[1:]]}), tmp_path / "p")
    write(pa.table({"target": y, "time": fine}), tmp_path / "t")
    found = evaluate(tmp_path / "p", tmp_path / "t", pred="pred", target="target", warn=pytest.fail)
    assert any("agrees in every row" in decision.reason for decision in found.decisions)


def test_fractions_of_seconds_differ_from_nanoseconds_by_a_microsecond() -> None:
    coarse = pa.array([1_700_000_000.123, 1_700_000_000.123, None])
    fine = pa.array([1_700_000_000_123_000_000, 1_700_000_000_123_001_000, None])
    for sides in ((coarse, fine), (fine, coarse)):
        found = in_one_unit(*sides)
        assert found is not None
        same, other, missing = zip(*(side.to_pylist() for side in found), strict=True)
        assert same == (1_700_000_000_123_000,) * 2
        assert sorted(other) == [1_700_000_000_123_000, 1_700_000_000_123_001]
        assert missing == (None, None)


def test_numbers_that_are_no_times_in_two_units_are_compared_as_they_are() -> None:
    for one, other in [([7 * 10**8, 5], [7 * 10**11, 5000]), ([10**7, 2], [10**10, 2])]:
        assert in_one_unit(pa.array(one), pa.array(other)) is None
        assert in_one_unit(pa.array(other), pa.array(one)) is None
    kept = in_one_unit(pa.array([7 * 10**8, None]), pa.array([b"700000000001", None]))
    assert kept is not None
    assert [side.to_pylist() for side in kept] == [[700_000_000_000, None], [700_000_000_001, None]]


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
@pytest.mark.parametrize("case", ["hours", "days of Excel"])
def test_numbers_that_mean_no_times_are_not_refused_beside_times(
    tmp_path: Path, case: str, suffix: str
) -> None:
    numbers = [int(time.strftime("%Y%m%d%H")) for time in TIMES]
    if case == "days of Excel":
        numbers = [(time.date() - date(1899, 12, 30)).days for time in MIDNIGHTS]
    y = [i * i / 8 for i in range(N)]
    p, t = tmp_path / f"p{suffix}", tmp_path / "t.parquet"
    write = csv.write_csv if suffix == ".csv" else pq.write_table
    write(pa.table({"time": numbers, "pred": [v + 0.5 for v in y]}), p)
    pq.write_table(pa.table({"time": TIMES, "target": y}), t)
    with pytest.warns(UserWarning, match="'time' cannot be compared with that of"):
        assert evaluate(p, t, pred="pred", target="target").values == (0.125,)


def test_counts_of_seconds_of_other_days_are_refused(tmp_path: Path) -> None:
    late = [n + 86_400 for n in SECONDS]
    y = [i * i / 8 for i in range(N)]
    pq.write_table(pa.table({"time": late, "pred": y}), tmp_path / "p.parquet")
    pq.write_table(pa.table({"time": TIMES, "target": y}), tmp_path / "t.parquet")
    with pytest.raises(DataError, match="rises on both sides, with other values"):
        evaluate(tmp_path / "p.parquet", tmp_path / "t.parquet", pred="pred", target="target")


FORMS = ["{:%Y-%m-%dT%H:%M:%S}", "{:%Y-%m-%d %H:%M:%S}+00:00", "{:%Y-%m-%dT%H:%M:%S.000}Z"]


def saved(path: Path, times: pa.Array, **numbers: list[float]) -> Path:
    table = pa.table({"time": times, **numbers})
    if path.suffix == ".parquet":
        pq.write_table(table, path)
    else:
        csv.write_csv(table, path)
    return path


@pytest.mark.parametrize("suffixes", [(".csv", ".parquet"), (".parquet", ".csv")])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("unit_s", [1, 1e-3, 1e-9])
@pytest.mark.parametrize("kind", [pa.int64(), pa.float64()])
def test_counts_from_1970_are_compared_with_times_in_text(
    tmp_path: Path, suffixes: tuple[str, str], form: str, unit_s: float, kind: pa.DataType
) -> None:
    y = [i * i / 8 for i in range(N)]
    p = saved(tmp_path / f"p{suffixes[0]}", pa.array(map(form.format, TIMES)), pred=y)
    counts = pa.array(map(since_1970(unit_s), TIMES)).cast(kind, safe=False)
    columns: dict[str, Any] = {"pred": "pred", "target": "target"}
    t = saved(tmp_path / f"t{suffixes[1]}", counts, target=y)
    assert evaluate(p, t, **columns).values == (0.0,)
    t = saved(tmp_path / f"t{suffixes[1]}", counts[::-1], target=y)
    with pytest.raises(DataError, match=r"'time' differs .* another order"):
        evaluate(p, t, **columns)


@pytest.mark.parametrize("kind", [pa.int64(), pa.float64()])
def test_counts_from_1970_that_are_all_others_may_be_of_another_zone(
    tmp_path: Path, kind: pa.DataType
) -> None:
    y = [i * i / 8 for i in range(N)]
    p = saved(tmp_path / "p.csv", pa.array(map(FORMS[0].format, TIMES)), pred=y)
    counts = pa.array([since_1970(1)(time) + 7200 for time in TIMES], kind)
    t = saved(tmp_path / "t.parquet", counts, target=y)
    with pytest.warns(match="column 'time' cannot be compared with that of"):
        assert evaluate(p, t, pred="pred", target="target").values == (0.0,)


@pytest.mark.parametrize("suffixes", [(".csv", ".parquet"), (".parquet", ".csv"), (".csv", ".csv")])
@pytest.mark.parametrize("kind", [pa.int64(), pa.float64()])
@pytest.mark.parametrize("days", ["text", "date32"])
@pytest.mark.parametrize(
    "of_day", [CASES["days"][2], lambda day: 86_400 * (day - EPOCH.date()).days]
)
def test_days_are_compared_with_numbers_of_any_type_that_stand_for_them(
    tmp_path: Path,
    suffixes: tuple[str, str],
    kind: pa.DataType,
    days: str,
    of_day: Callable[[date], int],
) -> None:
    y = [i * i / 8 for i in range(N)]
    dates = pa.array(DAYS) if days == "date32" else pa.array(map(str, DAYS))
    p = saved(tmp_path / f"p{suffixes[0]}", dates, pred=y)
    numbers = pa.array(map(of_day, DAYS)).cast(kind)
    columns: dict[str, Any] = {"pred": "pred", "target": "target"}
    t = saved(tmp_path / f"t{suffixes[1]}", numbers, target=y)
    assert evaluate(p, t, **columns).values == (0.0,)
    t = saved(tmp_path / f"t{suffixes[1]}", numbers[::-1], target=y)
    with pytest.raises(DataError, match=r"'time' differs .* another order"):
        evaluate(p, t, **columns)


@pytest.mark.parametrize("times", [pa.array(TIMES), pa.array(map(FORMS[0].format, TIMES))])
@pytest.mark.parametrize("unit_s", [1, 1e-3])
def test_no_key_is_advised_where_numbers_stand_for_times(
    tmp_path: Path, times: pa.Array, unit_s: float
) -> None:
    counts = pa.array(list(map(since_1970(unit_s), TIMES))[::-1])
    y = [i * i / 8 for i in range(N)]
    p = saved(tmp_path / "p.parquet", times, pred=y)
    t = saved(tmp_path / "t.parquet", counts, target=y)
    with pytest.raises(DataError, match="another order") as caught:
        evaluate(p, t, pred="pred", target="target")
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("write both alike, as keys must be; ")


def test_no_key_is_advised_where_numbers_count_in_two_units(tmp_path: Path) -> None:
    y = [i * i / 8 for i in range(N)]
    p = saved(tmp_path / "p.csv", pa.array(SECONDS), pred=y)
    t = saved(tmp_path / "t.csv", pa.array([1000 * n for n in SECONDS][::-1]), target=y)
    with pytest.raises(DataError, match="another order") as caught:
        evaluate(p, t, pred="pred", target="target")
    assert "--key" not in (caught.value.hint or "").partition(";")[0]
