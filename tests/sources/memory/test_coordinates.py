"""Coordinates of xarray beside the labels of an axis: they are compared as those of a file are."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, EvalSettings, evaluate
from tests.sources.containers.named import netcdf
from tests.sources.containers.packages import imported

if TYPE_CHECKING:
    from pathlib import Path

N = 10
PERMUTED = [5, 0, 3, 8, 1, 2, 7, 4, 9, 6]
FIELD = np.arange(4.0 * N).reshape(N, 4) ** 2
BESIDE = {
    "wmo": np.array([f"x{i * 7 % 10}" for i in range(N)]),
    "altitude": np.arange(N) ** 2 % 97 + 0.5,
    "since": np.datetime64("2020-01-01", "ns") + np.arange(N) ** 2 % 97 * np.timedelta64(1, "D"),
    "number": np.arange(N) ** 2 % 97,
}
L1 = EvalSettings((0.0,))


def field(beside: dict[str, Any], order: Any = range(N), more: float = 0, n_axes: int = 2) -> Any:
    """A field of stations, of which an axis has no labels, but a coordinate."""
    coords = {name: ("station", values) for name, values in beside.items()}
    dims = ("station", "time")[:n_axes]
    values = FIELD if n_axes == 2 else FIELD[:, 0]
    array = imported("xarray").DataArray(values + more, dims=dims, coords=coords, name="v")
    return array.isel(station=list(order))


def silent(*sides: Any, **options: Any) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return evaluate(*sides, settings=L1, **options).tallies[0].mean


@pytest.mark.parametrize("name", BESIDE)
@pytest.mark.parametrize("kind", ["a column", "rows", "features"])
def test_coordinates_in_another_order_are_refused(name: str, kind: str) -> None:
    def side(order: Any = range(N), more: float = 0) -> Any:
        found = field({name: BESIDE[name]}, order, more, 1 if kind == "a column" else 2)
        return found.T if kind == "features" else found

    assert silent(side(), side(more=1)) == 1
    with pytest.raises(DataError, match=rf"'{name}' .* same (values|places) in another order"):
        evaluate(side(), side(PERMUTED, 1))


def test_coordinates_are_compared_with_those_of_a_file(tmp_path: Path) -> None:
    places = BESIDE["altitude"]
    for i, order in enumerate((range(N), PERMUTED)):
        arrays = {"v": FIELD[[*order]] + 1, "altitude": places[[*order]]}
        axes = {"v": ("station", "time"), "altitude": ("station",)}
        netcdf(tmp_path / f"{i}.nc", arrays, axes, {"v": {"coordinates": "altitude"}})
    assert silent(field({"altitude": places}), tmp_path / "0.nc", target="v") == 1
    with pytest.raises(DataError, match=r"'altitude' .* the same values in another order"):
        evaluate(field({"altitude": places}), tmp_path / "1.nc", target="v")


@pytest.mark.parametrize("role", ["weights", "groups", "clusters"])
def test_what_is_beside_the_predictions_is_compared_by_its_coordinates(role: str) -> None:
    beside = {"wmo": BESIDE["wmo"]}
    values = np.arange(1.0, N + 1) if role == "weights" else np.array(list("ab") * (N // 2))
    labelled = field(beside, n_axes=1).copy(data=values)
    sides = field(beside), field(beside, more=1)
    assert silent(*sides, **{role: labelled}) == 1
    with pytest.raises(DataError, match=f"'wmo' .* another order.*{role} must be in the order"):
        evaluate(*sides, **{role: labelled.isel(station=PERMUTED)})


@pytest.mark.parametrize("from_file", [False, True])
def test_coordinates_of_several_axes_are_compared(tmp_path: Path, from_file: bool) -> None:
    """A grid of an ocean, turned upside down."""
    lat = np.arange(4.0 * N).reshape(N, 4)
    sides = []
    for i, step in enumerate((1, -1)):
        arrays = {"v": FIELD[::step].copy(), "lat": lat[::step].copy()}
        axes = dict.fromkeys(arrays, ("y", "x"))
        netcdf(tmp_path / f"{i}.nc", arrays, axes, {"v": {"coordinates": "lat"}})
        coords = {"lat": (("y", "x"), arrays["lat"])}
        array = imported("xarray").DataArray(arrays["v"], dims=("y", "x"), coords=coords)
        sides.append(tmp_path / f"{i}.nc" if from_file else array)
    pred = imported("xarray").DataArray(FIELD, dims=("y", "x"), coords={"lat": (("y", "x"), lat)})
    options = {"target": "v"} if from_file else {}
    assert silent(pred, sides[0], **options) == 0
    with pytest.raises(DataError, match=r"coordinate 'lat' of axis 'y' .* in another order"):
        evaluate(pred, sides[1], **options)


def test_weights_that_are_called_as_their_places_are_compared(tmp_path: Path) -> None:
    """cos(lat) of xarray is called lat, too."""
    lat = np.linspace(-80, 80, N)
    arrays = {"p": FIELD, "y": FIELD + 1, "lat": lat}
    axes = {"p": ("lat", "lon"), "y": ("lat", "lon"), "lat": ("lat",)}
    netcdf(tmp_path / "x.nc", arrays, axes, {})
    places = imported("xarray").DataArray(lat, dims="lat", coords={"lat": lat}, name="lat")
    columns = {"pred": "p", "target": "y"}
    assert silent(tmp_path / "x.nc", weights=np.cos(places / 100), **columns) == 1
    with pytest.raises(DataError, match=r"'lat' differs .* the same values in another order"):
        evaluate(tmp_path / "x.nc", weights=np.cos(places[::-1] / 100), **columns)


def test_numbers_beside_the_rows_are_never_evaluated() -> None:
    found = evaluate(field(BESIDE, n_axes=1), field(BESIDE, more=1, n_axes=1), L1)
    assert (found.mean, found.inputs[0].columns) == (1, ("v",))
    assert evaluate(field(BESIDE), field(BESIDE, more=1), L1, by="number").groups
