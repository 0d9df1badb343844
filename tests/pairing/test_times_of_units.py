"""Times that two sides count from other references, in other units or calendars."""

from __future__ import annotations

import io
import warnings
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.io import netcdf_file

from smoothl1 import DataError, EvalSettings, Result, evaluate
from smoothl1.running.evaluate import LossOutput
from smoothl1.sources.containers.time_units import time_unit

if TYPE_CHECKING:
    from pathlib import Path

L1 = EvalSettings((0.0,), "sum")
N = 12
DAYS = np.arange(N) * 3 + 5.0
ORDER = np.random.default_rng(1).permutation(N)


def save(
    path: Path, times: Any, units: str, calendar: str = "", *, name: str = "time", step: float = 0
) -> Path:
    """Values 0 to 11 along an axis of times; `step` more in each."""
    with netcdf_file(path, "w", mmap=False) as file:
        file.createDimension(name, N)
        axis = file.createVariable(
            name, "d" if np.asarray(times).dtype.kind == "f" else "i", (name,)
        )
        axis[:] = times
        axis.units = units
        if calendar:
            axis.calendar = calendar
        file.createVariable("x", "d", (name,))[:] = np.arange(N) + step
    return path


ALIKE = [
    (DAYS * 24, "hours since 2020-01-01", ""),
    (DAYS + 365, "days since 2019-01-01 00:00:0.0", "gregorian"),
    ((DAYS * 1440).astype(int) + 90, "minutes since 2019-12-31T22:30:00Z", "standard"),
    (DAYS + 0.25, "day since 2020-1-1 00:00 +06:00", "proleptic_gregorian"),
    (DAYS + 737426, "days since 0001-01-01", ""),
]


@pytest.mark.parametrize(("times", "units", "calendar"), ALIKE)
def test_equal_instants_agree_however_they_are_written(
    tmp_path: Path, times: Any, units: str, calendar: str
) -> None:
    p = save(tmp_path / "p.nc", DAYS, "days since 2020-01-01", step=0.5)
    t = save(tmp_path / "t.nc", times, units, calendar)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(p, t, L1, pred="x", target="x").values == (N / 2,)
    t = save(tmp_path / "t.nc", times[ORDER], units, calendar)
    with pytest.raises(DataError, match=r"axis 'time' is at 2020-01-06 00:00:00 .* another order"):
        evaluate(p, t, L1, pred="x", target="x")


def test_other_instants_differ_as_any_axis_does(tmp_path: Path) -> None:
    p = save(tmp_path / "p.nc", DAYS, "days since 2020-01-01")
    t = save(tmp_path / "t.nc", DAYS, "days since 2021-01-01", step=0.5)
    with (
        pytest.warns(UserWarning, match="at 2020-01-06 00:00:00 in place 1, .* at 2021-01-06"),
        pytest.raises(DataError, match="column 'time' differs"),
    ):
        evaluate(p, t, L1, pred="x", target="x")


def test_groups_of_times_are_dates_so_that_parts_of_other_references_merge(tmp_path: Path) -> None:
    parts = []
    for month in ("2020-01", "2020-02"):
        units = f"days since {month}-01"
        p = save(tmp_path / f"p_{month}.nc", np.arange(N), units, step=0.5)
        t = save(tmp_path / f"t_{month}.nc", np.arange(N), units)
        parts.append(evaluate(p, t, L1, pred="x", target="x", by="time"))
    found = Result.merged(parts)
    both = str(tmp_path / "p_*.nc"), str(tmp_path / "t_*.nc")
    assert found.groups == evaluate(*both, L1, pred="x", target="x", by="time").groups
    assert [group.group for group in found.groups][::N] == [
        "2020-01-01 00:00:00",
        "2020-02-01 00:00:00",
    ]


@pytest.mark.parametrize("columns", [{"key": "time"}, {"key": "time=time"}, {"keep": "pred:time"}])
def test_times_beside_losses_are_dates(tmp_path: Path, columns: dict[str, str]) -> None:
    p = save(tmp_path / "p.nc", DAYS, "days since 2020-01-01", step=0.5)
    t = save(tmp_path / "t.nc", DAYS, "days since 2020-01-01")
    out = io.BytesIO()
    settings, losses_to = EvalSettings((0.0,), "none"), LossOutput(out, "csv")
    evaluate(p, t, settings, pred="x", target="x", losses_to=losses_to, **columns)
    assert b"2020-01-06 00:00:00" in out.getvalue().splitlines()[1]


def test_groups_stay_numbers_beside_numbers_of_uncertain_meaning(tmp_path: Path) -> None:
    p = save(tmp_path / "p.nc", DAYS.astype(int), "days since 2020-01-01", step=0.5)
    t = save(tmp_path / "t.nc", DAYS.astype(int), "days")
    found = evaluate(p, t, L1, pred="x", target="x", by="time")
    assert found.groups[0].group == "5"


def test_a_key_of_times_matches_instants(tmp_path: Path) -> None:
    whole = DAYS.astype(int)
    p = save(tmp_path / "p.nc", whole, "days since 2020-01-01", step=0.5)
    t = save(tmp_path / "t.nc", (whole * 24)[ORDER], "hours since 2020-01-01", name="when")
    expected = float(np.abs(np.arange(N)[ORDER] + 0.5 - np.arange(N)).sum())
    assert evaluate(p, t, L1, pred="x", target="x", key="time=when").values == (expected,)
    t = save(tmp_path / "t.nc", whole, "days since 2021-01-01")
    with pytest.raises(DataError, match="2020-01-06"):
        evaluate(p, t, L1, pred="x", target="x", key="time")


HOURS = np.arange(N) * 7 + 3
BEGIN = datetime.fromisoformat("2020-01-01")
WHEN = [str(BEGIN + timedelta(hours=int(n))) for n in HOURS]
UNIT = "hours since 2020-01-01"


def table_of_times(path: Path, times: list[str], order: Any) -> Path:
    """The values of `save` beside times in text, in some order."""
    rows = [f"{times[i]},{i}" for i in order]
    path.write_text("\n".join(["time,x", *rows, ""]))
    return path


def test_times_are_compared_with_dates_in_text_and_are_a_key(tmp_path: Path) -> None:
    short = [when.replace(" ", "T").removesuffix(":00") for when in WHEN]
    for times, units in [
        (HOURS, UNIT),
        (HOURS / 24, "days since 2020-01-01"),
        (HOURS - 24.0, "h since 2020-01-02"),
    ]:
        p = save(tmp_path / "p.nc", times, units, step=0.5)
        for texts in (WHEN, short):
            t = table_of_times(tmp_path / "t.csv", texts, range(N))
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                assert evaluate(p, t, L1, pred="x", target="x").values == (N / 2,)
                table_of_times(t, texts, ORDER)
                assert evaluate(p, t, L1, pred="x", target="x", key="time").values == (N / 2,)
            with pytest.raises(DataError, match=r"'time' differs .* same values in another order"):
                evaluate(p, t, L1, pred="x", target="x")


def test_times_are_compared_with_the_only_dates_of_another_name(tmp_path: Path) -> None:
    p = save(tmp_path / "p.nc", HOURS, UNIT, step=0.5)
    t = tmp_path / "t.csv"
    rows = [f"{WHEN[i]},{i}.0" for i in range(N)]
    t.write_text("\n".join(["ds,x", *(rows[i] for i in ORDER), ""]))
    with pytest.raises(DataError, match=r"'time' differs from 'ds' .* values in another order"):
        evaluate(p, t, L1, pred="x", target="x")
    t.write_text("\n".join(["ds,x", *rows, ""]))
    assert evaluate(p, t, L1, pred="x", target="x").values == (N / 2,)


def test_times_are_compared_with_numbers_as_numbers(tmp_path: Path) -> None:
    """A table that was exported from netCDF has the numbers without their unit."""
    p = save(tmp_path / "p.nc", HOURS, UNIT, step=0.5)
    t = table_of_times(tmp_path / "t.csv", [str(n) for n in HOURS], ORDER)
    assert evaluate(p, t, L1, pred="x", target="x", key="time").values == (N / 2,)
    with pytest.raises(DataError, match=r"'time' differs .* same values in another order"):
        evaluate(p, t, L1, pred="x", target="x")


@pytest.mark.parametrize("key", [None, "time"])
def test_each_file_of_a_set_may_count_from_a_time_of_its_own(tmp_path: Path, key: Any) -> None:
    """As xarray writes them: each file counts from its first time."""
    whole = [(HOURS, UNIT), (HOURS + 300 - 24 * 5, "hours since 2020-01-06")]
    (tmp_path / "p").mkdir()
    for i, (times, units) in enumerate(whole):
        save(tmp_path / "p" / f"x{i}.nc", times, units, step=0.5)
    later = [str(BEGIN + timedelta(hours=int(n) + 300)) for n in HOURS]
    t = table_of_times(tmp_path / "t.csv", WHEN + later, range(2 * N))
    keys = {} if key is None else {"key": key}
    expected = sum(abs(i % N + 0.5 - i) for i in range(2 * N))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(tmp_path / "p", t, L1, pred="x", target="x", **keys).values == (expected,)
    table_of_times(t, later + WHEN, range(2 * N))
    if key is None:
        with pytest.raises(DataError, match=r"'time' differs .* same values in another order"):
            evaluate(tmp_path / "p", t, L1, pred="x", target="x")
    else:
        swapped = sum(abs(i % N + 0.5 - (i + N) % (2 * N)) for i in range(2 * N))
        assert evaluate(tmp_path / "p", t, L1, pred="x", target="x", **keys).values == (swapped,)


def test_a_time_that_is_missing_is_no_key(tmp_path: Path) -> None:
    times = HOURS / 24
    times[2] = np.nan
    p = save(tmp_path / "p.nc", times, "days since 2020-01-01")
    t = table_of_times(tmp_path / "t.csv", WHEN, range(N))
    with pytest.raises(DataError, match="array 'time': the label of row 3 is missing"):
        evaluate(p, t, L1, pred="x", target="x", key="time")


@pytest.mark.parametrize(
    ("units", "calendar"),
    [
        ("months since 2020-01-01", ""),
        ("days since 2020-02-30", ""),
        ("days since 2020-01-01", "tai"),
        ("days since 1582-10-10", "standard"),
        ("days since 0000-01-01", ""),
        ("days since 2020-01-01 EST", ""),
        ("days", ""),
    ],
)
def test_what_is_not_certain_is_not_compared(tmp_path: Path, units: str, calendar: str) -> None:
    assert time_unit(units, calendar) is None
    p = save(tmp_path / "p.nc", DAYS, "days since 2020-01-01")
    t = save(tmp_path / "t.nc", DAYS[::-1], units, calendar, step=0.5)
    assert evaluate(p, t, L1, pred="x", target="x").values == (N / 2,)
    p = save(tmp_path / "p.nc", DAYS, units, calendar)
    with pytest.raises(DataError, match="same places in another order"):
        evaluate(p, t, L1, pred="x", target="x")


def test_calendars_without_leap_days_are_read_by_their_own_rules(tmp_path: Path) -> None:
    values = np.array([58, 59, 60])
    for calendar, dates in {
        "noleap": ["02-28", "03-01", "03-02"],
        "all_leap": ["02-28", "02-29", "03-01"],
        "360_day": ["02-29", "02-30", "03-01"],
        "standard": ["02-28", "02-29", "03-01"],
    }.items():
        unit = time_unit("days since 2000-01-01", calendar)
        assert unit is not None
        assert unit.texts(values) == [f"2000-{date} 00:00:00" for date in dates]
    p = save(tmp_path / "p.nc", np.arange(N), "days since 2001-03-01", "noleap")
    t = save(tmp_path / "t.nc", np.arange(N) + 424, "days since 2000-01-01 12:00", "noleap")
    with (
        pytest.warns(UserWarning, match=r"at 2001-03-01 00:00:00 .* at 2001-03-01 12:00:00"),
        pytest.raises(DataError, match="column 'time' differs"),
    ):
        evaluate(p, t, L1, pred="x", target="x")
    t = save(tmp_path / "t.nc", np.arange(N), "days since 2001-03-01", "standard", step=0.5)
    assert evaluate(p, t, L1, pred="x", target="x").values == (N / 2,)


def test_dates_are_those_of_the_standard_library() -> None:
    random = np.random.default_rng(0)
    for _ in range(300):
        year, month, day = random.integers((1700, 1, 1), (2300, 13, 29)).tolist()
        hours = random.integers(-10000, 10000, 3)
        unit = time_unit(f"hours since {year}-{month}-{day} 6:30", "")
        assert unit is not None
        begin = datetime.fromisoformat(f"{year}-{month:02}-{day:02} 06:30")
        dates = [f"{begin + timedelta(hours=int(n))}" for n in hours]
        assert unit.texts(hours) == dates
        assert unit.texts(hours + 1e-7) == dates
    assert unit.texts(np.array([np.nan, 1e300])) == [None, "1e+300"]
