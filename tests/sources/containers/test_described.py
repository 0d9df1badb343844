"""Arrays that attributes of CF name beside another one are not meant where none is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import EvalSettings, evaluate
from tests.sources.containers.named import WRITERS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ARRAYS = {
    "t": np.arange(1.0, 7.0).reshape(3, 2),
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
AXES = {
    "t": ("time", "y"),
    "t_error": ("time", "y"),
    "lat": ("y",),
    "lat_bnds": ("y", "ends"),
    "areacella": ("y",),
}


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("packed", [{}, {"valid_min": 0.0}])
def test_arrays_that_describe_another_one_are_not_meant(
    tmp_path: Path, write: Callable[..., None], packed: dict[str, float]
) -> None:
    attributes = {**ATTRIBUTES, "lat": {**ATTRIBUTES["lat"], **packed}}
    for name, step in (("p", 0.0), ("t", 1.0)):
        write(tmp_path / name, {**ARRAYS, "t": ARRAYS["t"] + step}, AXES, attributes)
    settings = EvalSettings((0.0,), "sum")
    assert evaluate(tmp_path / "p", tmp_path / "t", settings).values == (6,)


@pytest.mark.parametrize("write", WRITERS)
def test_arrays_that_describe_an_axis_alone_are_meant(
    tmp_path: Path, write: Callable[..., None]
) -> None:
    for name, step in (("p", 0.0), ("t", 1.0)):
        described = {"lat_bnds": {"bounds": "lat_bnds"}}
        write(tmp_path / name, {"lat_bnds": ARRAYS["lat_bnds"] + step}, AXES, described)
    assert evaluate(tmp_path / "p", tmp_path / "t", EvalSettings((0.0,), "sum")).values == (4,)
