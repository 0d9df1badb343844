"""Arrays that attributes of CF name beside another one are not meant where none is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.io import netcdf_file

from smoothl1 import EvalSettings, evaluate
from tests.sources.containers.packages import imported
from tests.sources.containers.writers import as_hdf5, as_zarr, as_zarr_2

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ARRAYS = {
    "t": np.arange(6.0).reshape(3, 2),
    "t_error": np.ones((3, 2)),
    "lat": np.array([10.0, 20.0]),
    "lat_bnds": np.array([[5.0, 15.0], [15.0, 25.0]]),
    "level": np.array(500.0),
    "crs": np.array(0.0),
    "areacella": np.array([3.0, 4.0]),
    "p0": np.array(1e5),
}
ATTRIBUTES = {
    "t": {
        "coordinates": "lat level",
        "grid_mapping": "crs: lat",
        "cell_measures": "area: areacella",
        "ancillary_variables": "t_error",
    },
    "lat": {"bounds": "lat_bnds"},
    "level": {"formula_terms": "p0: p0"},
}
Attributes = dict[str, dict[str, Any]]


def netcdf(path: Path, arrays: dict[str, Any], attributes: Attributes) -> None:
    with netcdf_file(path, "w", mmap=False) as file:
        for n in sorted({n for values in arrays.values() for n in values.shape}):
            file.createDimension(f"n{n}", n)
        for name, values in arrays.items():
            array = file.createVariable(name, "d", tuple(f"n{n}" for n in values.shape))
            array[...] = values
            for key, value in attributes.get(name, {}).items():
                setattr(array, key, value)


def hdf5(path: Path, arrays: dict[str, Any], attributes: Attributes) -> None:
    as_hdf5(path, arrays)
    with imported("h5py").File(path, "a") as file:
        for name, of_array in attributes.items():
            file[name].attrs.update(of_array)


def zarr(path: Path, arrays: dict[str, Any], attributes: Attributes) -> None:
    as_zarr(path, arrays)
    _describe(path, attributes)


def zarr_2(path: Path, arrays: dict[str, Any], attributes: Attributes) -> None:
    as_zarr_2(path, arrays)
    _describe(path, attributes)


def _describe(path: Path, attributes: Attributes) -> None:
    group = imported("zarr").open_group(path, mode="a")
    for name, of_array in attributes.items():
        group[name].attrs.update(of_array)


WRITERS = [netcdf, hdf5, zarr, zarr_2]


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("packed", [{}, {"valid_min": 0.0}])
def test_arrays_that_describe_another_one_are_not_meant(
    tmp_path: Path, write: Callable[..., None], packed: dict[str, float]
) -> None:
    attributes = {**ATTRIBUTES, "lat": {**ATTRIBUTES["lat"], **packed}}
    for name, step in (("p", 0.0), ("t", 1.0)):
        write(tmp_path / name, {**ARRAYS, "t": ARRAYS["t"] + step}, attributes)
    settings = EvalSettings((0.0,), "sum")
    assert evaluate(tmp_path / "p", tmp_path / "t", settings).values == (6,)


@pytest.mark.parametrize("write", WRITERS)
def test_arrays_that_describe_an_axis_alone_are_meant(
    tmp_path: Path, write: Callable[..., None]
) -> None:
    arrays = {"lat_bnds": ARRAYS["lat_bnds"]}
    for name, step in (("p", 0.0), ("t", 1.0)):
        described = {"lat_bnds": {"bounds": "lat_bnds"}}
        write(tmp_path / name, {"lat_bnds": arrays["lat_bnds"] + step}, described)
    assert evaluate(tmp_path / "p", tmp_path / "t", EvalSettings((0.0,), "sum")).values == (4,)
