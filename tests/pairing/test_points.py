"""Coordinates along no axis, such as the level of a map, in which the two sides differ."""

from __future__ import annotations

import warnings
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import EvalSettings, evaluate
from tests.sources.containers.named import WRITERS, netcdf, zarr
from tests.sources.containers.packages import imported

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAP = np.arange(1.0, 7.0).reshape(2, 3)
L1 = EvalSettings((0.0,), "sum")
UNITS = {name: {"units": "days since 2020-01-01"} for name in ("time", "valid_time")}


def save(
    write: Callable[..., None],
    path: Path,
    values: Any = MAP,
    attribute: str | None = None,
    **of: Any,
) -> Path:
    """A map with coordinates along no axis."""
    points = {name: np.array(point) for name, point in of.items()}
    listed = " ".join(points) if attribute is None else attribute
    attributes = {**UNITS, "t": {"coordinates": listed}}
    write(path, {"t": values, **points}, {"t": ("lat", "lon")[: values.ndim]}, attributes)
    return path


def total(p: Any, t: Any) -> float:
    columns = {f"{role}": "t" for role, side in (("pred", p), ("target", t)) if not has_dims(side)}
    return evaluate(p, t, L1, **columns).values[0]


def has_dims(side: Any) -> bool:
    return hasattr(side, "dims")


class Map:
    """An array in memory with names of its axes and coordinates along none, as xarray has them."""

    def __init__(self, values: Any, **points: Any) -> None:
        self.values, self.dims, self.indexes = values, ("lat", "lon"), dict[str, Any]()
        self.coords = {name: Point(point) for name, point in points.items()}

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.values


class Point(SimpleNamespace):
    """A coordinate along no axis."""

    def __init__(self, point: Any) -> None:
        super().__init__(dims=(), attrs={}, point=np.asarray(point))

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.point


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize(
    ("name", "one", "other", "said"),
    [
        ("level", 500, 850, "'level' is at 500, that of .* at 850"),
        ("height", 2.0, 10.0, "'height' is at 2, that of .* at 10"),
        ("station", "bern", "oslo", "'station' is at 'bern', that of .* at 'oslo'"),
        ("time", 1, 2, "'time' is at 2020-01-02 00:00:00, that of .* at 2020-01-03 00:00:00"),
    ],
)
def test_other_coordinates_along_no_axis_are_warned_of(
    tmp_path: Path, write: Callable[..., None], name: str, one: Any, other: Any, said: str
) -> None:
    p = save(write, tmp_path / "p", **{name: one})
    t = save(write, tmp_path / "t", **{name: other})
    with pytest.warns(UserWarning, match=f"coordinate {said}: the places differ"):
        assert total(p, t) == 0
    assert total(p, save(write, tmp_path / "same", MAP + 1, **{name: one})) == 6
    unnamed = save(write, tmp_path / "unnamed", MAP + 1, attribute="", **{name: other})
    assert total(p, unnamed) == 6


@pytest.mark.parametrize(("name", "one", "other"), [("level", 500, 850), ("station", "a", "b")])
def test_those_of_arrays_in_memory_are_compared_with_each_other_and_with_files(
    tmp_path: Path, name: str, one: Any, other: Any
) -> None:
    p, t = Map(MAP, **{name: one}), save(netcdf, tmp_path / "t.nc", MAP + 1, **{name: other})
    for target in (Map(MAP + 1, **{name: other}), t):
        with pytest.warns(UserWarning, match=f"<predictions>: coordinate '{name}' is at"):
            assert total(p, target) == 6
    assert total(p, Map(MAP + 1, **{name: one})) == 6
    assert total(p, Map(MAP + 1)) == 6


def test_a_forecast_may_have_another_start_than_an_analysis_of_its_time(tmp_path: Path) -> None:
    forecast = {"time": 1, "step": 24, "valid_time": 2, "number": 3}
    p = save(netcdf, tmp_path / "p.nc", **forecast)
    analyses: list[dict[str, int]] = [
        {"time": 2, "step": 0, "valid_time": 2, "number": 0},
        {"time": 2},
        {"step": 0, "valid_time": 2},
    ]
    for i, analysis in enumerate(analyses):
        assert total(p, save(netcdf, tmp_path / f"t{i}.nc", MAP + 1, **analysis)) == 6
    for later in ({**forecast, "valid_time": 3}, {"time": 3}):
        t = save(netcdf, tmp_path / "later.nc", MAP + 1, **later)
        with pytest.warns(UserWarning, match=r"'valid_time' is at 2020-01-03 .* at 2020-01-04"):
            assert total(p, t) == 6


def test_each_file_of_a_set_is_compared_with_that_of_the_same_rows(tmp_path: Path) -> None:
    for folder, step, levels in (("p", 0, (500, 850)), ("t", 1, (500, 850)), ("u", 1, (850, 500))):
        (tmp_path / folder).mkdir()
        for i, level in enumerate(levels):
            save(netcdf, tmp_path / folder / f"{i}.nc", np.array([1.0, 2.0]) + step, level=level)
    p = tmp_path / "p"
    assert total(p, tmp_path / "t") == 4
    with pytest.warns(UserWarning, match=r"0\.nc: coordinate 'level' is at 500, that of .* at 850"):
        assert total(p, tmp_path / "u") == 4


def test_a_coordinate_that_zarr_leaves_out_as_its_fill_value_is_read(tmp_path: Path) -> None:
    p, t = (save(zarr, tmp_path / side, MAP + i, surface=0.0) for i, side in enumerate("pt"))
    assert total(p, t) == 6
    with pytest.warns(UserWarning, match="'surface' is at 0, that of .* at 2"):
        assert total(p, save(zarr, tmp_path / "above", MAP + 1, surface=2.0)) == 6


def test_a_mask_of_another_time_is_one_for_all_times(tmp_path: Path) -> None:
    p = save(netcdf, tmp_path / "p.nc", time=1)
    t = save(netcdf, tmp_path / "t.nc", MAP + 1, time=1)
    w = save(netcdf, tmp_path / "w.nc", MAP, time=5)
    settings = EvalSettings((0.0,), weighted=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        columns = {"pred": "t", "target": "t", "weight": "t"}
        assert evaluate(p, t, settings, weights=w, **columns).values == (1,)


def test_a_text_of_no_characters_is_no_coordinate(tmp_path: Path) -> None:
    h5py = imported("h5py")
    for name in ("p", "t"):
        with h5py.File(tmp_path / f"{name}.h5", "w") as file:
            scales = {
                of: file.create_dataset(of, data=np.zeros(n)) for of, n in (("n", 3), ("c", 0))
            }
            for of, scale in scales.items():
                scale.make_scale(of)
            values = file.create_dataset(name, data=np.arange(3.0))
            values.dims[0].attach_scale(scales["n"])
            values.attrs["coordinates"] = "station"
            text = file.create_dataset("station", shape=(0,), dtype="S1")
            text.dims[0].attach_scale(scales["c"])
    sides = tmp_path / "p.h5", tmp_path / "t.h5"
    assert evaluate(*sides, pred="p", target="t").mean == 0


@pytest.mark.parametrize("unit", ["h", "m", "M", "Y", "W"])
def test_dates_in_any_unit_are_compared(tmp_path: Path, unit: str) -> None:
    group = imported("zarr").open_group
    for name, when in (("p", "2020-01-02"), ("t", "2021-01-07")):
        stored = group(tmp_path / f"{name}.zarr", mode="w", zarr_format=2)
        values = stored.create_array(name, shape=(3,), dtype="f8")
        values[:] = np.arange(1, 4.0)
        values.attrs.update({"coordinates": "when", "_ARRAY_DIMENSIONS": ["x"]})
        date = stored.create_array("when", shape=(), dtype=f"M8[{unit}]")
        date[...] = np.array(when, f"M8[{unit}]")
        date.attrs["_ARRAY_DIMENSIONS"] = []
    with pytest.warns(UserWarning, match="coordinate 'when' is at 20"):
        evaluate(tmp_path / "p.zarr", tmp_path / "t.zarr", pred="p", target="t")
