"""Factors and missing values that files of weather radars say in a group beside an array."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, EvalSettings, evaluate, smooth_l1_loss
from tests.sources.containers.packages import imported

if TYPE_CHECKING:
    from pathlib import Path

NAME = "dataset1/data1/data"


def write(path: Path, at: str, conventions: str = "ODIM_H5/V2_2", **attributes: Any) -> Path:
    """An image of a radar, and a group that says what its numbers mean."""
    with imported("h5py").File(path, "w") as file:
        file.attrs["Conventions"] = np.bytes_(conventions)
        file[NAME] = np.array([3, 0, 255], "u1")
        file.create_group(at).attrs.update(attributes)
    return path


@pytest.mark.parametrize("at", ["dataset1/data1/what", "dataset1/what", "what"])
def test_a_gain_of_a_group_is_refused(tmp_path: Path, at: str) -> None:
    path = write(tmp_path / "x.h5", at, gain=0.5, offset=-32.0)
    with pytest.raises(DataError, match=f"the attribute {at}/gain, which readers apply"):
        evaluate(path, np.zeros(3))


def test_the_nearest_group_counts(tmp_path: Path) -> None:
    path = write(tmp_path / "x.h5", "what", gain=0.5, offset=-32.0)
    with imported("h5py").File(path, "a") as file:
        file.create_group("dataset1/data1/what").attrs.update(gain=1.0, offset=0.0)
    assert evaluate(path, np.zeros(3), EvalSettings((0.0,))).tallies[0].sum == 258.0


def test_values_without_data_are_missing(tmp_path: Path) -> None:
    at = "dataset1/data1/what"
    path = write(tmp_path / "x.h5", at, gain=1.0, offset=0.0, nodata=255.0, undetect=7.0)
    with pytest.raises(DataError, match=r"row 3: the value is missing \(255\)"):
        evaluate(path, np.zeros(3))
    settings = EvalSettings((0.0,), nan="omit")
    result = evaluate(path, np.zeros(3), settings, warn=[].append)
    assert (result.tallies[0].sum, result.tallies[0].n_missing) == (3.0, 1)


@pytest.mark.parametrize("nan", ["error", "omit"])
def test_values_of_clear_sky_are_refused(tmp_path: Path, nan: Any) -> None:
    at = "dataset1/data1/what"
    path = write(tmp_path / "x.h5", at, gain=1.0, offset=0.0, nodata=255.0, undetect=0.0)
    with pytest.raises(DataError, match="row 2: 0 stands for nothing that was detected"):
        evaluate(path, np.zeros(3), EvalSettings((0.0,), nan=nan), warn=[].append)


def test_a_group_of_another_convention_says_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "x.h5", "dataset1/data1/what", "CF-1.8", gain=0.5, offset=-32.0)
    assert evaluate(path, np.zeros(3), EvalSettings((0.0,))).tallies[0].sum == 258.0


@pytest.mark.parametrize("name", ["calibration_formulas", "calibration_Z_formulas"])
def test_formulas_of_a_calibration_are_refused(tmp_path: Path, name: str) -> None:
    attributes = {name: np.bytes_("GEO = 0.5 * PV + -32")}
    path = write(tmp_path / "x.h5", "dataset1/data1/calibration", "", **attributes)
    with pytest.raises(DataError, match=f"attribute dataset1/data1/calibration/{name}, which"):
        evaluate(path, np.zeros(3))


@pytest.mark.parametrize("at", ["dataset1/data1/what", "dataset1/what", "what"])
def test_a_gain_of_a_group_is_refused_of_a_dataset_in_memory(tmp_path: Path, at: str) -> None:
    path = write(tmp_path / "x.h5", at, gain=0.5, offset=-32.0)
    with imported("h5py").File(path) as file:
        with pytest.raises(DataError, match=f"the attribute {at}/gain, which readers apply"):
            evaluate(file[NAME], np.zeros(3))
        with pytest.raises(DataError, match=f"the attribute {at}/gain, which readers apply"):
            smooth_l1_loss(file[NAME], np.zeros(3))


def test_values_without_data_are_missing_in_memory(tmp_path: Path) -> None:
    path = write(tmp_path / "x.h5", "what", gain=1.0, offset=0.0, nodata=255.0, undetect=7.0)
    with imported("h5py").File(path) as file:
        with pytest.raises(DataError, match=r"row 3: the value is missing \(255\)"):
            evaluate(file[NAME], np.zeros(3))
        result = evaluate(file[NAME], np.zeros(3), nan="omit", warn=[].append)
    assert (result.tallies[0].n, result.tallies[0].n_missing) == (2, 1)
