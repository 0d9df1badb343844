"""Dates of calendars that are not the usual one, in arrays of xarray: objects of cftime."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, ShapeError, evaluate
from tests.sources.containers.packages import imported

if TYPE_CHECKING:
    from pathlib import Path

MONTHS = [(2001 + i // 12, i % 12 + 1) for i in range(13)]
VALUES = np.arange(36.0).reshape(12, 3)


def months(first: int, calendar: str = "noleap", n: int = 12) -> Any:
    """A field of so many months from the first on."""
    dates = [imported("cftime").datetime(*m, 1, calendar=calendar) for m in MONTHS[first:][:n]]
    places = {"lat": [1.0, 2.0, 3.0], "time": dates}
    return imported("xarray").DataArray(VALUES[:n], dims=("time", "lat"), coords=places, name="x")


@pytest.mark.parametrize("calendar", ["noleap", "360_day"])
def test_the_same_dates_are_paired_without_a_word(calendar: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(months(0, calendar), months(0, calendar)).mean == 0
        assert evaluate(months(0, calendar)[:, 0], months(0, calendar)[:, 0]).mean == 0


def test_other_dates_are_refused_or_warned_of() -> None:
    with pytest.raises(ShapeError, match="have other dates in their index: the first are 2001-01"):
        evaluate(months(0), months(1))
    with pytest.raises(ShapeError, match="have other dates in their index"):
        evaluate(months(0)[:, 0], months(1)[:, 0])
    said: list[str] = []
    evaluate(months(0, n=3), months(1, n=3), warn=said.append)
    assert re.search(r"axis 'time' is at .*2001-01-01.* 2001-02-01", said[0])
    with pytest.warns(UserWarning, match=r"coordinate 'time' is at .*2001-01-01.* 2001-02-01"):
        evaluate(months(0)[0], months(1)[0])


def test_dates_in_memory_are_compared_with_those_of_a_file(tmp_path: Path) -> None:
    imported("scipy")
    path = tmp_path / "t.nc"
    months(0).to_netcdf(path, engine="scipy")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(months(0), path, target="x").mean == 0
    months(1).to_netcdf(path, engine="scipy")
    with pytest.raises(DataError, match=r"'time' differs .* and rises on both sides"):
        evaluate(months(0), path, target="x", warn=lambda _: None)
    months(0)[::-1].to_netcdf(path, engine="scipy")
    with pytest.raises(DataError, match="same places in another order"):
        evaluate(months(0), path, target="x")


def test_a_range_of_valid_numbers_is_no_reason_to_refuse_what_was_decoded() -> None:
    """xarray leaves it in the attributes when it has applied all others."""
    decoded = months(0).assign_attrs(valid_range=np.array([-32766, 32766], "i2"))
    assert evaluate(decoded, months(0)).mean == 0
    marked = decoded.assign_attrs(scale_factor=0.1)
    with pytest.raises(DataError, match="has the attribute scale_factor"):
        evaluate(marked, months(0))


@pytest.mark.parametrize("name", ["variable", "source_id", "member", "expver", "lead"])
def test_a_coordinate_that_says_which_series_it_is_may_differ(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        one, other = (months(0).assign_coords({name: value}) for value in ("a", "b"))
        assert evaluate(one, other).mean == 0
    with pytest.warns(UserWarning, match="coordinate 'station' is at 'a'"):
        evaluate(*(months(0).assign_coords(station=value) for value in ("a", "b")))


def test_arrays_of_xarray_are_groups(tmp_path: Path) -> None:
    dates = np.arange("2020-01", "2021-01", dtype="M8[M]").astype("M8[ns]")
    field = imported("xarray").DataArray(VALUES, dims=("time", "lat"), coords={"time": dates})
    for groups, n in ((field["time.season"], 4), (field["time.month"], 12), (field["time"], 12)):
        assert len(evaluate(field, field + 1, groups=groups).groups) == n
    flags = imported("xarray").DataArray(np.arange(12) > 5, dims="time")
    assert len(evaluate(field, field + 1, groups=flags).groups) == 2


def test_places_without_a_unit_are_compared_with_those_that_have_one(tmp_path: Path) -> None:
    field = imported("xarray").DataArray(
        VALUES, dims=("x", "lat"), coords={"lat": [10.0, 20.0, 30.0]}, name="v"
    )
    field.to_netcdf(tmp_path / "p.nc", engine="scipy")
    for step, said in ((-1, "same places in another order"), (1, "")):
        target = field[:, ::step].copy()
        target["lat"].attrs["units"] = "degrees_north"
        target.to_netcdf(tmp_path / "t.nc", engine="scipy")
        if not said:
            assert evaluate(tmp_path / "p.nc", tmp_path / "t.nc").mean == 0
            continue
        with pytest.raises(DataError, match=said):
            evaluate(tmp_path / "p.nc", tmp_path / "t.nc")


def test_longitudes_are_the_same_places_on_either_side_of_the_date_line() -> None:
    def field(lon: Any, values: Any) -> Any:
        places = {"lon": np.asarray(lon, float)}
        return imported("xarray").DataArray(values, dims=("x", "lon"), coords=places)

    west = np.arange(190.0, 310.0, 40.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(field(west, VALUES), field(west - 360, VALUES + 1)).mean == 0.5
    globe = np.array([0.0, 120.0, 240.0])
    shifted = field(np.array([-120.0, 0.0, 120.0]), VALUES[:, [2, 0, 1]])
    with pytest.raises(DataError, match="same places in another order"):
        evaluate(field(globe, VALUES), shifted)


def test_axes_that_a_library_numbered_have_no_names() -> None:
    def field(first: int, second: int) -> Any:
        names = f"phony_dim_{first}", f"phony_dim_{second}"
        return imported("xarray").DataArray(VALUES, dims=names)

    assert evaluate(field(0, 1), field(1, 0) + 1).mean == 0.5


def test_texts_of_any_kind_are_compared_as_coordinates() -> None:
    kind = getattr(np.dtypes, "StringDType", None)
    if kind is None:
        pytest.skip("NumPy 1 has no such dtype")
    stations = [np.array(name, kind()) for name in ("bern", "oslo")]
    one, other = (months(0).assign_coords(station=((), name)) for name in stations)
    with pytest.warns(UserWarning, match="coordinate 'station' is at 'bern'"):
        evaluate(one, other)


@pytest.mark.parametrize("version", [2, 3])
def test_arrays_of_zarr_in_memory_have_the_missing_values_that_xarray_wrote(
    tmp_path: Path, version: int
) -> None:
    zarr = imported("zarr")
    values = np.ones((4, 3))
    how = {"zarr_format": version, "encoding": {"v": {"_FillValue": -9999.0}}}
    for name, some in (("whole", values), ("gap", np.where(np.eye(4, 3) > 0, np.nan, values))):
        data = imported("xarray").Dataset({"v": (("x", "y"), some)})
        data.to_zarr(tmp_path / name, consolidated=False, **how)
    assert evaluate(zarr.open(tmp_path / "whole")["v"], values + 1).mean == 0.5
    with pytest.raises(DataError, match=r"row 1: the value is missing \(-9999.0\)"):
        evaluate(zarr.open(tmp_path / "gap")["v"], values)


@pytest.mark.parametrize("calendar", ["noleap", "360_day", "gregorian"])
def test_weights_of_a_file_are_compared_by_such_dates(tmp_path: Path, calendar: str) -> None:
    """A field of several axes has its dates along the rows."""
    imported("scipy")
    path, pred = tmp_path / "w.nc", months(0, calendar)
    weights = (months(0, calendar)[:, 0] + 1).rename("w")
    weights.to_netcdf(path, engine="scipy")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(pred, pred + 1, weights=path, weight="w").mean == 0.5
    weights[::-1].to_netcdf(path, engine="scipy")
    with pytest.raises(DataError, match=r"'time' differs .* in another order.*weights must be in"):
        evaluate(pred, pred + 1, weights=path, weight="w")
