"""Writers of arrays whose axes have names, with attributes, in every format that has both."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from scipy.io import netcdf_file

from tests.sources.containers.packages import imported
from tests.sources.containers.writers import as_hdf5, as_zarr, as_zarr_2

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    Arrays = Mapping[str, Any]
    Axes = Mapping[str, tuple[str, ...]]
    Attributes = Mapping[str, Mapping[str, Any]]


def netcdf(path: Path, arrays: Arrays, axes: Axes, attributes: Attributes) -> None:
    """Whole numbers are of 32 bits; a text has an axis of its own."""
    with netcdf_file(path, "w", mmap=False) as file:
        for name, values in arrays.items():
            is_text = values.dtype.kind == "U"
            letters = values.astype("S").reshape(1).view("S1") if is_text else values
            names = (f"letters of {name}",) if is_text else axes.get(name, ())
            for axis, n in zip(names, letters.shape, strict=True):
                if axis not in file.dimensions:
                    file.createDimension(axis, n)
            array = file.createVariable(
                name, {"U": "c", "i": "i"}.get(values.dtype.kind, "d"), names
            )
            array[...] = letters
            for key, value in attributes.get(name, {}).items():
                setattr(array, key, value)


def hdf5(path: Path, arrays: Arrays, axes: Axes, attributes: Attributes) -> None:
    """The names of axes are labels."""
    as_hdf5(path, dict(arrays))
    with imported("h5py").File(path, "a") as file:
        for name in arrays:
            for i, axis in enumerate(axes.get(name, ())):
                file[name].dims[i].label = axis
            file[name].attrs.update(attributes.get(name, {}))


def zarr(path: Path, arrays: Arrays, axes: Axes, attributes: Attributes) -> None:
    """The names of axes are those of xarray."""
    as_zarr(path, dict(arrays))
    _describe(path, arrays, axes, attributes)


def zarr_2(path: Path, arrays: Arrays, axes: Axes, attributes: Attributes) -> None:
    """The same in format 2, where 0 is missing."""
    as_zarr_2(path, dict(arrays))
    _describe(path, arrays, axes, attributes)


def _describe(path: Path, arrays: Arrays, axes: Axes, attributes: Attributes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # format 3 does not specify text of one width
        group = imported("zarr").open_group(path, mode="a")
        for name in arrays:
            group[name].attrs["_ARRAY_DIMENSIONS"] = list(axes.get(name, ()))
            group[name].attrs.update(attributes.get(name, {}))


WRITERS = [netcdf, hdf5, zarr, zarr_2]
