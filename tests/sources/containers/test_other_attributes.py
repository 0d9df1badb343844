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
        ("slope", "intercept", "_Fillvalue"),
        ("Scale-Factor", "Add Offset", "FillValue"),
        ("scale", "offset", "NoData"),
        ("gain", "offset", "Fill"),
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


@pytest.mark.parametrize(
    "attributes",
    [
        {"Slope": 0.5},
        {"Offset": 5.0},
        {"Slope": 0.5, "Intercept": 2.0},
        {"scale": "log", "offset": 2.0},
        {"fill": "white", "nodata": "none"},
        {"ValidRange": [5.0, 9.0]},
    ],
)
def test_attributes_that_may_mean_other_things_are_passed_over(
    tmp_path: Path, h5py: Any, attributes: dict[str, Any]
) -> None:
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["y"] = np.arange(3.0)
        file["y"].attrs.update(attributes)
    assert evaluate(tmp_path / "x.h5", np.zeros(3), EvalSettings((0.0,))).tallies[0].sum == 3.0


def test_a_missing_value_that_is_written_as_text_is_a_number(tmp_path: Path, h5py: Any) -> None:
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["y"] = np.array([1.5, -9999.9, 0.0], "f4")
        file["y"].attrs["CodeMissingValue"] = np.bytes_("-9999.9")
        file["n"] = np.array([1, -9999, 0], "i2")
        file["n"].attrs["CodeMissingValue"] = "-9999"
    settings = EvalSettings((0.0,), nan="omit")
    for name, total in {"y": 1.5, "n": 1.0}.items():
        result = evaluate(tmp_path / "x.h5", np.zeros(3), settings, pred=name, warn=[].append)
        assert (result.tallies[0].sum, result.tallies[0].n_missing) == (total, 1)
        with pytest.raises(DataError, match="row 2: the value is missing"):
            evaluate(tmp_path / "x.h5", np.zeros(3), pred=name)


@pytest.mark.parametrize("version", [2, 3])
def test_a_factor_of_another_spelling_is_refused_in_zarr(tmp_path: Path, version: int) -> None:
    zarr = imported("zarr")
    group = zarr.open_group(tmp_path / "z", mode="w", zarr_format=version)
    group.create_array("y", data=np.array([1, 2], "i2")).attrs["Scale-Factor"] = 0.01
    with pytest.raises(DataError, match="'y' has the attribute Scale-Factor, which readers apply"):
        evaluate(tmp_path / "z", np.zeros(2))


def test_a_factor_of_another_spelling_is_refused_in_netcdf_3(tmp_path: Path) -> None:
    netcdf = imported("scipy.io")
    with netcdf.netcdf_file(tmp_path / "x.nc", "w") as file:
        file.createDimension("n", 2)
        file.createVariable("y", "i2", ("n",))[:] = [1, 2]
        setattr(file.variables["y"], "Scale-Factor", 0.01)
    with pytest.raises(DataError, match="'y' has the attribute Scale-Factor, which readers apply"):
        evaluate(tmp_path / "x.nc", np.zeros(2))
