"""Axes of arrays that have a usual name of targets or predictions: `y` and `x` of a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.io import netcdf_file

from smoothl1 import DataError, EvalSettings, evaluate
from tests.sources.containers.packages import imported

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

L1 = EvalSettings((0.0,), "sum")
AXES = {"t": [0.0, 1.0], "y": [0.0, 1000.0, 2000.0], "x": [0.0, 1000.0]}
FIELD = np.arange(12.0).reshape(2, 3, 2)


def as_netcdf(path: Path, name: str, values: Any, axes: dict[str, list[float]]) -> None:
    with netcdf_file(path, "w", mmap=False) as file:
        for axis, places in axes.items():
            file.createDimension(axis, len(places))
            file.createVariable(axis, "d", (axis,))[:] = places
        file.createVariable(name, "d", tuple(axes))[:] = values


def as_hdf5(path: Path, name: str, values: Any, axes: dict[str, list[float]]) -> None:
    with imported("h5py").File(path, "w") as file:
        file[name] = values
        for i, (axis, places) in enumerate(axes.items()):
            file[axis] = places
            file[axis].make_scale(axis)
            file[name].dims[i].attach_scale(file[axis])


def as_zarr(path: Path, name: str, values: Any, axes: dict[str, list[float]]) -> None:
    group = imported("zarr").open_group(path, mode="w", zarr_format=3)
    named = {axis: (np.array(places), [axis]) for axis, places in axes.items()}
    for array, (found, names) in {**named, name: (values, [*axes])}.items():
        stored = group.create_array(
            array, shape=found.shape, dtype=found.dtype, dimension_names=names
        )
        stored[:] = found


@pytest.mark.parametrize("write", [as_netcdf, as_hdf5, as_zarr])
def test_places_along_an_axis_are_not_meant(tmp_path: Path, write: Callable[..., None]) -> None:
    p, t = (tmp_path / name for name in ("p", "t"))
    write(p, "t2m", FIELD, AXES)
    write(t, "t2m", FIELD + 1, AXES)
    assert evaluate(p, t, L1).values == (12,)


def test_another_array_of_that_name_may_be_meant(tmp_path: Path) -> None:
    with netcdf_file(tmp_path / "t.nc", "w", mmap=False) as file:
        file.createDimension("n", 3)
        file.createDimension("y", 3)
        file.createVariable("y", "d", ("y",))[:] = [1, 2, 3]
        file.createVariable("v", "d", ("n",))[:] = [1, 2, 3]
    with pytest.raises(DataError, match="the only numeric column is 'v', but 'y' may be meant"):
        evaluate(np.ones(3), tmp_path / "t.nc")
