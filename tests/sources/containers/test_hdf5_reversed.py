"""Arrays in HDF5 of software that stores columns first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError
from tests.sources.containers.packages import imported
from tests.sources.files import read

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(name="h5py")
def _h5py() -> Any:
    return imported("h5py")


@pytest.mark.parametrize(
    "mark",
    [
        b"HDF5-based Julia Data Format, version 0.1.1 (Julia 1.10.0)\0",
        b"Julia data file (HDF5), version 0.1.2\0",
    ],
)
def test_arrays_of_julia_are_refused_where_axes_are_in_reverse(
    tmp_path: Path, h5py: Any, mark: bytes
) -> None:
    path = tmp_path / "run.jld2"
    with h5py.File(path, "w", userblock_size=512) as file:
        file["y"] = np.arange(9.0)
        file["run/z"] = np.ones((2, 3))
    with path.open("r+b") as raw:
        raw.write(mark)
    assert read(path, "y").tolist() == np.arange(9.0).tolist()
    with pytest.raises(DataError, match=r"'run/z' has its axes in reverse: Julia .*run/z.*\.T"):
        read(path, "run/z")


def test_arrays_of_octave_are_refused_where_axes_are_in_reverse(tmp_path: Path, h5py: Any) -> None:
    path = tmp_path / "run.h5"
    with h5py.File(path, "w") as file:
        file["p/value"] = np.ones((2, 3))
        file["p"].attrs["OCTAVE_NEW_FORMAT"] = np.uint8(1)
        file["q/value"] = np.ones((2, 3))
    assert read(path, "q/value").tolist() == [1.0] * 6
    with pytest.raises(DataError, match=r"reverse: GNU Octave .*'p/value'.*\.T\.squeeze"):
        read(path, "p/value")
