"""Attributes of HDF-EOS5 and the like, which say what those of netCDF say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, EvalSettings, evaluate
from tests.sources.containers.packages import imported

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def h5py() -> Any:
    return imported("h5py")


@pytest.mark.parametrize(
    ("scale", "offset", "missing"),
    [
        ("ScaleFactor", "Offset", "MissingValue"),
        ("SCALING_FACTOR", "OFFSET", "MISSING_VALUE"),
        ("SCALE FACTOR", "OFFSET", "MISSING_VALUE"),
        ("Slope", "Offset", "Error_DN"),
    ],
)
def test_attributes_of_other_writers_mean_what_those_of_netcdf_mean(
    tmp_path: Path, h5py: Any, scale: str, offset: str, missing: str
) -> None:
    with h5py.File(tmp_path / "x.h5", "w") as file:
        for name, factor, added in (("kept", 1, 0), ("scaled", 0.1, 0), ("shifted", 1, 5)):
            dataset = file.create_dataset(name, data=np.array([1, 2, -999], "i2"))
            dataset.attrs[scale], dataset.attrs[offset] = np.float64(factor), np.float64(added)
            dataset.attrs[missing] = np.int16(-999)
    target = np.zeros(3)
    result = evaluate(
        tmp_path / "x.h5", target, EvalSettings((0.0,), nan="omit"), pred="kept", warn=[].append
    )
    assert (result.tallies[0].sum, result.tallies[0].n_missing) == (3.0, 1)
    for name, says in {
        "kept": r"row 3: the value is missing \(-999\)",
        "scaled": f"array 'scaled' has the attribute {scale}, which readers apply",
        "shifted": f"array 'shifted' has the attribute {offset}, which readers apply",
    }.items():
        with pytest.raises(DataError, match=says):
            evaluate(tmp_path / "x.h5", target, pred=name)


def test_a_slope_alone_is_no_factor(tmp_path: Path, h5py: Any) -> None:
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["y"] = np.arange(3.0)
        file["y"].attrs["Slope"] = 0.5
    assert evaluate(tmp_path / "x.h5", np.zeros(3), EvalSettings((0.0,))).tallies[0].sum == 3.0
