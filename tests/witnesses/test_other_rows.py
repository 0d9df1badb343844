"""Times and ids that differ in every row, beside columns that agree and do not say which rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from smoothl1 import DataError, compare, evaluate
from tests.tables import save_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOUR = timedelta(hours=1)
DAY = 24 * HOUR
START = datetime(2023, 3, 1, tzinfo=UTC).replace(tzinfo=None)
N = 96

Columns = dict[str, list[Any]]


def heard(one: Columns, other: Columns) -> list[str]:
    """The warnings about predictions and targets in memory with these other columns."""
    found: list[str] = []
    n = len(next(iter(one.values())))
    p, t = pa.table({**one, "p": [0.5] * n}), pa.table({**other, "t": [1.5] * n})
    assert evaluate(p, t, pred="p", target="t", warn=found.append).n == n
    return found


def times(step: timedelta, n: int = N, begin: datetime = START) -> list[datetime]:
    return [begin + i * step for i in range(n)]


PARTS: dict[str, tuple[timedelta, timedelta, dict[str, Callable[[datetime], Any]]]] = {
    "a week": (HOUR, 7 * DAY, {"hr": lambda at: at.hour, "dayofweek": lambda at: at.weekday()}),
    "a day": (HOUR / 6, DAY, {"Hour": lambda at: at.hour, "minute": lambda at: at.minute}),
    "a year": (DAY, 365 * DAY, {"MO": lambda at: at.month, "DY": lambda at: at.day}),
    "a year, one part": (DAY, 365 * DAY, {"day_of_year": lambda at: at.timetuple().tm_yday}),
    "names of days": (
        HOUR,
        7 * DAY,
        {"hour": lambda at: at.hour, "day_name": lambda at: f"{at:%A}"},
    ),
    "times of day": (HOUR / 6, DAY, {"clock": lambda at: f"{at:%H:%M}"}),
    "a constant year": (
        HOUR,
        7 * DAY,
        {"year": lambda at: at.year, "hour": lambda at: at.hour, "dow": lambda at: at.weekday()},
    ),
}


@pytest.mark.parametrize(("step", "lag", "parts"), PARTS.values(), ids=PARTS)
@pytest.mark.parametrize("as_text", [True, False], ids=["text", "times"])
def test_parts_of_a_time_do_not_outweigh_times_of_another_day(
    step: timedelta,
    lag: timedelta,
    parts: dict[str, Callable[[datetime], Any]],
    as_text: bool,
) -> None:
    one = times(step)
    in_common = {name: [of(at) for at in one] for name, of in parts.items()}
    late = [at + lag for at in one]
    mine, others = (list(map(str, some)) if as_text else some for some in (one, late))
    with pytest.raises(DataError, match=r"'timestamp' differs .* rises on both sides"):
        heard({"timestamp": mine, **in_common}, {"timestamp": others, **in_common})


def test_parts_are_refused_alike_in_files_of_text(tmp_path: Path) -> None:
    one = times(HOUR)
    parts = {"hour": [at.hour for at in one], "weekday": [at.weekday() for at in one]}
    sides = []
    for name, lag in (("p", timedelta()), ("t", 7 * DAY)):
        late = [str(at + lag) for at in one]
        sides.append(tmp_path / f"{name}.csv")
        save_table(sides[-1], pa.table({"time": late, **parts, name: [0.5] * N}))
    with pytest.raises(DataError, match="rises on both sides"):
        evaluate(*sides, pred="p", target="t")


def test_times_in_another_zone_are_outweighed_by_parts_with_their_date() -> None:
    one = times(HOUR)
    parts = {"date": [at.date() for at in one], "hour": [at.hour for at in one]}
    assert heard({"timestamp": one, **parts}, {"timestamp": [t + HOUR for t in one], **parts}) == []
    days = times(DAY, 400)
    of_years = {"year": [at.year for at in days], "doy": [at.timetuple().tm_yday for at in days]}
    late = [at + HOUR for at in days]
    assert heard({"timestamp": days, **of_years}, {"timestamp": late, **of_years}) == []


def test_a_year_a_month_and_a_day_that_agree_are_a_date_although_the_year_is_constant() -> None:
    days = times(DAY)
    parts = {name: [getattr(at, name) for at in days] for name in ("year", "month", "day")}
    assert heard({"time": days, **parts}, {"time": [at + HOUR for at in days], **parts}) == []


PLATE: Columns = {"row": [*"ABCDEFGH"] * 12, "col": [i // 8 + 1 for i in range(N)]}
OTHER_ROWS: dict[str, tuple[Columns, Columns, Columns]] = {
    "another plate": (
        {"sample_id": [f"S{i}" for i in range(5001, 5001 + N)]},
        {"sample_id": [f"S{i}" for i in range(7001, 7001 + N)]},
        PLATE,
    ),
    "another plate of the same day": (
        {"sample_id": [f"S{i}" for i in range(5001, 5001 + N)]},
        {"sample_id": [f"S{i}" for i in range(7001, 7001 + N)]},
        {**PLATE, "year": [2024] * N, "month": [5] * N, "day": [7] * N},
    ),
    "another plate by numbers": (
        {"sample_id": list(range(5001, 5001 + N))},
        {"sample_id": list(range(7001, 7001 + N))},
        PLATE,
    ),
    "another run": (
        {"timestamp": times(HOUR / 3600)},
        {"timestamp": times(HOUR / 3600, begin=START + 4 * DAY)},
        {"elapsed": [i / 10 for i in range(N)]},
    ),
    "an id that counts": (
        {"timestamp": times(HOUR)},
        {"timestamp": times(HOUR, begin=START - 361 * DAY)},
        {"row_id": list(range(N))},
    ),
    "seconds since 1970": (
        {"timestamp": [1_704_067_200.25 + i for i in range(N)]},
        {"timestamp": [1_704_967_200.25 + i for i in range(N)]},
        {"id": list(range(5001, 5001 + N))},
    ),
}


@pytest.mark.parametrize(("one", "other", "in_common"), OTHER_ROWS.values(), ids=OTHER_ROWS)
def test_times_and_ids_that_differ_in_every_row_are_warned_of(
    one: Columns, other: Columns, in_common: Columns
) -> None:
    (warning,) = heard({**one, **in_common}, {**other, **in_common})
    (name,) = one
    assert f"column '{name}' differs from that of <targets> in every row" in warning


IDS = [(i * 7919) % 90001 + 10000 for i in range(N)]
RIGHT_ROWS: dict[str, tuple[Columns, Columns, Columns]] = {
    "an id agrees": ({"created_at": times(HOUR)}, {"created_at": times(DAY)}, {"id": IDS}),
    "a time agrees": (
        {"record_id": list(range(5001, 5001 + N))},
        {"record_id": list(range(9001, 9001 + N))},
        {"time": times(HOUR)},
    ),
    "a country and a year": (
        {"id": list(range(5001, 5001 + N))},
        {"id": list(range(9001, 9001 + N))},
        {"country": [*"ABCD"] * (N // 4), "year": [1990 + i // 4 for i in range(N)]},
    ),
    "running numbers": (
        {"id": list(range(N))},
        {"id": list(range(1, N + 1))},
        {"name": [f"{value:x}" for value in IDS]},
    ),
    "durations": (
        {"time": [value / 1000 for value in IDS]},
        {"time": [value / 999 for value in IDS]},
        {"row": PLATE["row"], "col": PLATE["col"]},
    ),
}


@pytest.mark.parametrize(("one", "other", "in_common"), RIGHT_ROWS.values(), ids=RIGHT_ROWS)
def test_ids_and_times_that_agree_outweigh_others(
    one: Columns, other: Columns, in_common: Columns
) -> None:
    assert heard({**one, **in_common}, {**other, **in_common}) == []


def test_a_time_that_differs_in_some_rows_alone_is_outweighed() -> None:
    one = times(HOUR)
    other = [*one[:-1], one[-1] + HOUR]
    assert heard({"timestamp": one, **PLATE}, {"timestamp": other, **PLATE}) == []


def test_two_models_may_have_been_run_at_different_times() -> None:
    counted = {"id": list(range(N))}
    of_models = ({"ran_at_time": times(HOUR), **counted}, {"ran_at_time": times(DAY), **counted})
    a, b = (pa.table({**columns, "p": [0.5] * N}) for columns in of_models)
    found: list[str] = []
    compare(a, b, pa.table({**counted, "t": [1.5] * N}), warn=found.append)
    assert found == []


def test_groups_of_other_rows_must_be_in_the_order_of_the_predictions() -> None:
    found: list[str] = []
    sides = [pa.table({"sample_id": [f"S{i + n}" for i in range(N)], **PLATE}) for n in (500, 900)]
    p, g = sides[0].append_column("p", [[0.5] * N]), sides[1].append_column("g", [["a"] * N])
    t = sides[0].append_column("t", [[1.5] * N])
    evaluate(p, t, pred="p", target="t", groups=g, by="g", warn=found.append)
    (warning,) = found
    assert "column 'sample_id' differs from that of <groups> in every row" in warning
    assert "(groups must be in the order of the predictions" in warning


@pytest.mark.parametrize("name", ["wall_time", "logged_at", "inference time", "time"])
def test_times_at_which_rows_were_written_are_those_of_two_runs(name: str) -> None:
    """Such as those of TensorBoard beside its steps."""
    steps = {"step": [10 * i for i in range(5, 5 + N)]}
    runs = (times(HOUR, begin=START + i * 3 * DAY) for i in range(2))
    said = heard(*({**steps, name: of_run} for of_run in runs))
    assert (said == []) == (name != "time")


@pytest.mark.parametrize("missing", [range(0), range(20), range(20, 40)], ids=str)
def test_a_column_whose_first_values_are_missing_is_no_part_of_a_time(missing: range) -> None:
    n = 200
    site = [
        None if i in missing else f"{'qwertzuiop'[i // 20]}x{i // 20 * 37 % 11}" for i in range(n)
    ]
    beside = {"site": site, "rep": [f"{'asdfghjklyxcvbnmiouq'[i % 20]}z" for i in range(n)]}
    begins = (START, START + 430 * DAY + 7 * HOUR)
    one, other = ({**beside, "when": times(HOUR, n, begin)} for begin in begins)
    assert len(heard(one, other)) == 1
