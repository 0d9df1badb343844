"""Forecasts with the time of their issue and the time they are valid for, beside observations."""

from __future__ import annotations

import warnings
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, ShapeError, evaluate
from tests.sources.containers.named import WRITERS
from tests.sources.containers.packages import imported
from tests.tables import save

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

N = 12
DAYS = [date(2024, 1, 1) + timedelta(days=i) for i in range(N + 1)]
BEFORE, LATER = DAYS[:-1], DAYS[1:]
X = [i * i / 8 for i in range(1, N + 1)]
CHOSEN: dict[str, Any] = {"pred": "p", "target": "y"}
suffixes = pytest.mark.parametrize("suffix", [".csv", ".parquet"])


def of_validity(texts: list[str]) -> list[str]:
    return [text for text in texts if "differs from 'time'" in text or "from 'date'" in text]


@suffixes
@pytest.mark.parametrize(
    ("issued", "valid", "observed"),
    [
        ("init_time", "valid_time", "time"),
        ("time", "valid_time", "time"),
        ("issued", "target_date", "date"),
        ("date", "target_end_date", "date"),
        ("cutoff", "ds", "date"),
        ("as_of", "target_date", "date"),
        ("created_at", "target_date", "date"),
    ],
)
def test_observations_of_the_time_of_issue_are_warned_of(
    tmp_path: Path, suffix: str, issued: str, valid: str, observed: str
) -> None:
    p = save(tmp_path / f"p{suffix}", **{issued: BEFORE, valid: LATER, "p": X})
    t = save(tmp_path / f"t{suffix}", **{observed: BEFORE, "y": X})
    said: list[str] = []
    evaluate(p, t, warn=said.append, **CHOSEN)
    (text,) = of_validity(said)
    assert text.startswith(f"{p}: column '{valid}' differs from '{observed}' of {t} from row 1 on")
    assert text.endswith(f"(--key {valid}={observed} matches rows by it)")


@suffixes
@pytest.mark.parametrize("issued", ["init_time", "time"])
def test_observations_of_the_time_of_validity_are_right(
    tmp_path: Path, suffix: str, issued: str
) -> None:
    p = save(tmp_path / f"p{suffix}", **{issued: BEFORE, "valid_time": LATER, "p": X})
    t = save(tmp_path / f"t{suffix}", time=LATER, y=X)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(p, t, **CHOSEN).mean == 0
    shuffled = [7, 3, 10, 1, 11, 0, 5, 9, 2, 8, 4, 6]
    u = save(tmp_path / f"u{suffix}", time=[LATER[i] for i in shuffled], y=X)
    with pytest.raises(DataError, match="the same values in another order"):
        evaluate(p, u, **CHOSEN)


@suffixes
@pytest.mark.parametrize(
    ("of_pred", "of_target"),
    [
        ({"date": BEFORE}, {"date": BEFORE, "target_date": LATER}),  # targets of each issue
        ({"init_time": BEFORE, "valid_time": LATER}, {"init_time": BEFORE}),
        ({"time": BEFORE, "valid_time": LATER}, {"time": BEFORE, "valid_time": LATER}),
        ({"date": BEFORE, "valid": ["no"] * N}, {"date": BEFORE}),
        ({"date": BEFORE, "lead_time": [24] * N}, {"date": BEFORE}),
    ],
)
def test_times_that_are_of_issue_on_both_sides_agree(
    tmp_path: Path, suffix: str, of_pred: dict[str, Any], of_target: dict[str, Any]
) -> None:
    p = save(tmp_path / f"p{suffix}", **of_pred, p=X)
    t = save(tmp_path / f"t{suffix}", **of_target, y=X)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(p, t, **CHOSEN).mean == 0


@suffixes
@pytest.mark.parametrize("issued", ["init_time", "time"])
def test_another_time_of_validity_is_warned_of_though_that_of_issue_agrees(
    tmp_path: Path, suffix: str, issued: str
) -> None:
    """The analysis of the time at which a forecast was issued is valid for that time."""
    p = save(tmp_path / f"p{suffix}", **{issued: BEFORE, "valid_time": LATER, "p": X})
    t = save(tmp_path / f"t{suffix}", **{issued: BEFORE, "valid_time": BEFORE, "y": X})
    said: list[str] = []
    evaluate(p, t, warn=said.append, **CHOSEN)
    (text,) = said
    assert text.startswith(f"{p}: column 'valid_time' differs from that of {t} from row 1 on")
    right = save(tmp_path / f"r{suffix}", **{issued: LATER, "valid_time": LATER, "y": X})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(p, right, **CHOSEN).mean == 0
    later = save(tmp_path / f"l{suffix}", valid_time=[*LATER[1:], LATER[0]], y=X)
    with pytest.raises(DataError, match=r"column 'valid_time' differs .* in another order"):
        evaluate(p, later, **CHOSEN)


def test_columns_of_xarray_are_compared_by_the_time_of_validity() -> None:
    array, days = imported("xarray").DataArray, np.array(DAYS, "M8[ns]")
    issued = {"time": days[:-1], "valid_time": ("time", days[1:])}
    p = array(X, dims=("time",), coords=issued)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(p, array(X, dims=("time",), coords={"time": days[1:]})).mean == 0
    with pytest.raises(ShapeError, match="have other dates in their index"):
        evaluate(p, array(X, dims=("time",), coords={"time": days[:-1]}))


@pytest.mark.parametrize("write", WRITERS)
def test_a_coordinate_of_validity_counts_along_an_axis_of_time(
    tmp_path: Path, write: Callable[..., None]
) -> None:
    days = np.arange(1, N + 2)
    units = {name: {"units": "days since 2024-01-01"} for name in ("time", "valid_time")}
    forecast = {"p": np.array(X), "time": days[:-1], "valid_time": days[1:]}
    write(tmp_path / "p", forecast, dict.fromkeys(forecast, ("time",)), units)
    for begin, is_told in ((0, True), (1, False)):
        observed = {"y": np.array(X), "time": days[begin : begin + N]}
        write(tmp_path / f"t{begin}", observed, dict.fromkeys(observed, ("time",)), units)
        said: list[str] = []
        evaluate(tmp_path / "p", tmp_path / f"t{begin}", warn=said.append, **CHOSEN)
        assert len(of_validity(said)) == is_told, said
