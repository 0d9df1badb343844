"""Writers of arrays of one axis, and of texts in characters, in every container."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.io import netcdf_file

from tests.sources.containers.packages import imported

if TYPE_CHECKING:
    from pathlib import Path


def as_npz(path: Path, arrays: dict[str, Any]) -> None:
    with open(path, "wb") as file:
        np.savez(file, **arrays)


def as_netcdf(path: Path, arrays: dict[str, Any]) -> None:
    with netcdf_file(path, "w", mmap=False) as file:
        file.createDimension("n", len(next(iter(arrays.values()))))
        for name, values in arrays.items():
            if values.dtype.kind in "SU":
                letters = values.astype("S").view("S1").reshape(len(values), -1)
                file.createDimension("width", letters.shape[1])
                texts = file.createVariable(name, "c", ("n", "width"))
                texts[:] = letters
                texts._FillValue = "\0"  # what texts are filled up with
            else:
                kind = "i" if values.dtype.kind == "i" else "d"
                file.createVariable(name, kind, ("n",))[:] = values


def as_hdf5(path: Path, arrays: dict[str, Any]) -> None:
    h5py = imported("h5py")
    with h5py.File(path, "w") as file:
        for name, values in arrays.items():
            opaque = h5py.opaque_dtype(values.dtype) if values.dtype.kind == "M" else None
            kind = object if values.dtype.kind == "U" else opaque or values.dtype
            file[name] = values.astype(kind)


def as_safetensors(path: Path, arrays: dict[str, Any]) -> None:
    path.write_bytes(imported("safetensors.numpy").save(arrays))


def as_zarr(path: Path, arrays: dict[str, Any], version: int = 3, kind: str = "U") -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # format 3 does not specify text of one width
        group = imported("zarr").open_group(path, mode="w", zarr_format=version)
        for name, values in arrays.items():
            dtype = {"U": values.dtype, "S": "S8", "vlen": str}[kind]
            dtype = dtype if values.dtype.kind == "U" else values.dtype
            chunks = (5, *values.shape[1:]) if values.shape else ()
            found = group.create_array(name, shape=values.shape, chunks=chunks, dtype=dtype)
            found[...] = values.astype(object if dtype is str else dtype)


def as_zarr_2(path: Path, arrays: dict[str, Any]) -> None:
    as_zarr(path, arrays, version=2)
