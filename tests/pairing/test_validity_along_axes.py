"""Forecasts whose time of issue is along an axis, and the time they are valid for beside it."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, ShapeError, evaluate
from tests.sources.containers.named import WRITERS
from tests.sources.containers.packages import imported

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

N = 10
DAYS = np.arange(11, N + 12)
ISSUED, VALID = DAYS[:-1], DAYS[1:]
TRUTH = np.arange(1.0, 2 * N + 3).reshape(N + 1, 2) ** 2
FORECAST = TRUTH[1:] + 0.5
LOSS = 0.125  # of half, at beta 1
TIMES = ("time", "init_time", "valid_time")
UNITS = {name: {"units": "days since 2020-01-01"} for name in TIMES}
both_axes = pytest.mark.parametrize("axis", [0, 1])
DIFFER = (
    "coordinate 'valid_time' of axis 'time' is at 2020-01-13.* 2020-01-12 .*: the places differ"
)


def silent(*sides: Any) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return evaluate(*sides, **names_of(sides)).mean


def are_said_to_differ(*sides: Any) -> bool:
    said: list[str] = []
    evaluate(*sides, warn=said.append, **names_of(sides))
    return any(re.search(DIFFER, text) for text in said)


def names_of(sides: tuple[Any, ...]) -> dict[str, Any]:
    roles = zip(("pred", "target"), sides, strict=True)
    return {role: "x" for role, side in roles if not hasattr(side, "dims")}


def save(
    write: Callable[..., None], path: Path, values: Any, axis: int, times: dict[str, Any]
) -> Path:
    """A field along an axis of times, the first of which names it, and one of places."""
    rows, *_ = times
    axes = (rows, "lat") if axis == 0 else ("lat", rows)
    arrays = {"x": np.moveaxis(values, 0, axis), "lat": np.array([10.0, 20.0]), **times}
    write(path, arrays, {"x": axes, "lat": ("lat",)} | dict.fromkeys(times, (rows,)), UNITS)
    return path


def of_xarray(values: Any, axis: int, times: dict[str, Any]) -> Any:
    rows, *_ = times
    dates = {
        name: (rows, np.datetime64("2020-01-01", "ns") + day * np.timedelta64(1, "D"))
        for name, day in times.items()
    }
    places = {"lat": [10.0, 20.0], **dates}
    found = imported("xarray").DataArray(values, dims=(rows, "lat"), coords=places, name="x")
    return found if axis == 0 else found.transpose("lat", rows)


@both_axes
@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("has_both", [False, True])
def test_the_time_of_validity_is_compared_and_not_that_of_issue(
    tmp_path: Path, write: Callable[..., None], axis: int, has_both: bool
) -> None:
    p = save(write, tmp_path / "p", FORECAST, axis, {"time": ISSUED, "valid_time": VALID})
    for days, values in ((VALID, TRUTH[1:]), (ISSUED, TRUTH[:-1])):
        times = {"time": days, "valid_time": days} if has_both else {"time": days}
        t = save(write, tmp_path / f"t{days[0]}", values, axis, times)
        if days is VALID:
            assert silent(p, t) == LOSS
            continue
        assert are_said_to_differ(p, t)


@both_axes
@pytest.mark.parametrize("has_both", [False, True])
def test_so_it_is_in_memory_and_beside_a_file(tmp_path: Path, axis: int, has_both: bool) -> None:
    p = of_xarray(FORECAST, axis, {"time": ISSUED, "valid_time": VALID})
    for days, values in ((VALID, TRUTH[1:]), (ISSUED, TRUTH[:-1])):
        times = {"time": days, "valid_time": days} if has_both else {"time": days}
        t = of_xarray(values, axis, times)
        path = save(WRITERS[0], tmp_path / f"t{days[0]}.nc", values, axis, times)
        if days is VALID:
            assert silent(p, t) == silent(p, path) == LOSS
            continue
        assert are_said_to_differ(p, path)
        if axis == 1:
            assert are_said_to_differ(p, t)
        else:
            with pytest.raises(ShapeError, match=r"other dates in their index: .*01-13.*01-12"):
                evaluate(p, t)


@both_axes
def test_targets_of_the_time_of_issue_are_compared_with_it(tmp_path: Path, axis: int) -> None:
    write = WRITERS[0]
    times = {"init_time": ISSUED, "valid_time": VALID}
    p = save(write, tmp_path / "p.nc", FORECAST, axis, times)
    t = save(write, tmp_path / "t.nc", TRUTH[1:], axis, {"init_time": ISSUED})
    assert silent(p, t) == LOSS
    turned = save(write, tmp_path / "u.nc", TRUTH[:0:-1], axis, {"init_time": ISSUED[::-1]})
    with pytest.raises(DataError, match=r"axis 'init_time' .* the same places in another order"):
        evaluate(p, turned, pred="x", target="x")


def test_the_same_times_of_validity_in_another_order_are_refused(tmp_path: Path) -> None:
    times = {"time": ISSUED, "valid_time": VALID}
    p = save(WRITERS[0], tmp_path / "p.nc", FORECAST, 1, times)
    t = save(WRITERS[0], tmp_path / "t.nc", TRUTH[:0:-1], 1, {"time": VALID[::-1]})
    with pytest.raises(DataError, match=r"'valid_time' of axis 'time' .* in another order"):
        evaluate(p, t, pred="x", target="x")
    with pytest.raises(DataError, match=r"'valid_time' of axis 'time' .* in another order"):
        evaluate(of_xarray(FORECAST, 1, times), t, target="x")
