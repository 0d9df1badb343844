"""Sets of netCDF files, of which each names its axes and holds the places along them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.io import netcdf_file

from smoothl1 import DataError, EvalSettings, ReadOptions, evaluate
from smoothl1.pairing import kinds_of_axes

if TYPE_CHECKING:
    from pathlib import Path

L1 = EvalSettings((0.0,), "sum")
LAT = [10.0, 20.0, 30.0]
VALUES = np.arange(24.0).reshape(8, 3)
HALVES = [slice(0, 4), slice(4, 8)]


def save(path: Path, values: Any, lat: list[float], axes: tuple[str, str] = ("row", "lat")) -> None:
    """An array of netCDF, the latitudes along its second axis, and the numbers of its rows."""
    with netcdf_file(path, "w", mmap=False) as file:
        for axis, size in zip(axes, values.shape, strict=True):
            file.createDimension(axis, size)
        file.createVariable("lat", "d", ("lat",))[:] = lat
        file.createVariable("id", "i", (axes[0],))[:] = values[:, 0]
        file.createVariable("x", "d", axes)[:] = values


def save_set(folder: Path, places: list[list[float]]) -> Path:
    """The values in two files, each with its own places."""
    folder.mkdir()
    for i, (rows, lat) in enumerate(zip(HALVES, places, strict=True)):
        save(folder / f"x{i}.nc", VALUES[rows], lat)
    return folder


def total(p: Path, t: Path, key: Any = (), **options: Any) -> float:
    of_keys = {"key": key} if key else {}
    chosen = {} if t.suffix == ".npy" else {"target": "x"}
    found = evaluate(p, t, L1, pred="x", **chosen, **of_keys, options=ReadOptions(**options))
    return found.values[0]


@pytest.mark.parametrize("key", [(), "id"])
@pytest.mark.parametrize("is_pred", [True, False])
def test_each_file_of_a_set_is_compared(tmp_path: Path, key: Any, *, is_pred: bool) -> None:
    found = save_set(tmp_path / "p", [LAT, LAT[::-1]])
    save(tmp_path / "t.nc", VALUES, LAT)
    sides = (found, tmp_path / "t.nc") if is_pred else (tmp_path / "t.nc", found)
    with pytest.raises(DataError, match=r"axis 'lat' .* same places in another order"):
        total(*sides, key)
    if not key:
        assert total(*sides, key_check=False) == 0


def test_other_places_of_a_later_file_are_warned_of_once(tmp_path: Path) -> None:
    p = save_set(tmp_path / "p", [LAT, [10.0, 21.0, 30.0]])
    t = save_set(tmp_path / "t", [[10.0, 22.0, 30.0], [10.0, 23.0, 30.0]])
    with pytest.warns(UserWarning, match="lat' is at 20 in place 2, .* at 22: the places") as found:
        assert total(p, t) == 0
    assert len(found) == 1


def test_sets_whose_files_have_the_same_places_are_paired(tmp_path: Path) -> None:
    """Files in another order, or of other regions, on both sides alike: the rows are right."""
    places = [LAT[::-1], [10.0, 30.0, 20.0]]
    p, t = save_set(tmp_path / "p", places), save_set(tmp_path / "t", places)
    save(tmp_path / "t" / "x2.nc", VALUES[:0], LAT)
    tiles = save_set(tmp_path / "q", [LAT, [40.0, 50.0, 60.0]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert total(p, t) == 0
        assert total(tiles, save_set(tmp_path / "u", [LAT, [40.0, 50.0, 60.0]]), "id") == 0
        np.save(tmp_path / "t.npy", VALUES)
        assert total(tiles, tmp_path / "t.npy") == 0


@pytest.mark.parametrize("most_held", [1024, 1])
def test_with_a_key_each_file_needs_one_with_its_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_held: int
) -> None:
    """The rows of a file may be those of any file, of which some have the places in its order."""
    monkeypatch.setattr(kinds_of_axes, "_MOST_HELD", most_held)
    p = save_set(tmp_path / "p", [LAT, LAT[::-1]])
    other = [40.0, 50.0, 60.0]
    q = save_set(tmp_path / "q", [LAT, other])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rounded = [place * (1 + 1e-9) for place in other]
        for sides, places in ((p, [LAT[::-1], LAT]), (q, [other, LAT]), (q, [LAT, rounded])):
            t = save_set(tmp_path / f"t{len(list(tmp_path.iterdir()))}", places)
            assert total(sides, t, "id") == 0


def test_with_a_key_a_file_whose_places_no_file_has_in_order_is_refused(tmp_path: Path) -> None:
    p = save_set(tmp_path / "p", [LAT, LAT[::-1]])
    t = save_set(tmp_path / "t", [LAT, [10.0, 30.0, 20.0]])
    for sides in ((p, t), (t, p)):
        with pytest.raises(DataError, match="same places in another order"):
            total(*sides, "id")
    p = save_set(tmp_path / "q", [LAT, [15.0, 25.0, 35.0]])
    t = save_set(tmp_path / "u", [LAT, LAT])
    with pytest.warns(UserWarning, match="'lat' is at 15 in place 1, .* at 10: the places differ"):
        assert total(p, t, "id") == 0


def test_a_set_in_two_orders_beside_an_array_is_refused(tmp_path: Path) -> None:
    p = save_set(tmp_path / "p", [LAT, LAT[::-1]])
    np.save(tmp_path / "t.npy", VALUES)
    with pytest.raises(DataError, match=r"x1.nc: axis 'lat' .* at 30 .*x0.nc at 10: it has"):
        total(p, tmp_path / "t.npy")


def test_axes_of_a_later_file_in_another_order_are_refused(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    for i, axes in enumerate([("row", "lat"), ("lat", "row")]):
        save(tmp_path / "p" / f"x{i}.nc", VALUES[:3], LAT, axes)
    save(tmp_path / "t.nc", VALUES[:6], LAT)
    np.save(tmp_path / "t.npy", VALUES[:6])
    for target in (tmp_path / "t.nc", tmp_path / "t.npy"):
        with pytest.raises(DataError, match=r"x1.nc: the axes are 'lat', 'row', but those of"):
            evaluate(tmp_path / "p", target, L1, pred="x")
