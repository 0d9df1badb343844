"""Weights, labels and keys along an axis that is not that of the rows, as its name says."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, EvalSettings, evaluate
from tests.sources.containers.named import WRITERS, netcdf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PREDICTIONS = np.arange(1.0, 10.0).reshape(3, 3)  # 0 is missing in Zarr of xarray
TARGETS = PREDICTIONS + np.array([[1.0], [2.0], [3.0]])
ARRAYS = {
    "p": PREDICTIONS,
    "y": TARGETS,
    "w": np.array([1.0, 2.0, 3.0]),
    "zone": np.array([1, 2, 3]),
}
AXES = {"p": ("time", "lat"), "y": ("time", "lat"), "w": ("lat",), "zone": ("lat",)}
L1 = EvalSettings((0.0,), "sum")


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ({"weight": "w"}, "weights 'w' along 'lat'"),
        ({"by": ("zone",)}, "groups 'zone' along 'lat'"),
        ({"cluster": "zone"}, "clusters 'zone' along 'lat'"),
        ({"key": "zone"}, "the key 'zone' along 'lat'"),
    ],
)
def test_what_is_along_another_axis_than_the_rows_is_refused(
    tmp_path: Path, write: Callable[..., None], asked: dict[str, Any], what: str
) -> None:
    write(tmp_path / "x", ARRAYS, AXES, {})
    inputs = [tmp_path / "x"] * (2 if "key" in asked else 1)
    with pytest.raises(DataError, match=f"predictions are along axis 'time', and {what}"):
        evaluate(*inputs, settings=L1, pred="p", target="y", **asked)
    of_rows = {**AXES, "w": ("time",), "zone": ("time",)}
    write(tmp_path / "rows", ARRAYS, of_rows, {})
    inputs = [tmp_path / "rows"] * len(inputs)
    assert evaluate(*inputs, settings=L1, pred="p", target="y", **asked).values


@pytest.mark.parametrize("write", WRITERS)
def test_weights_of_a_file_along_another_axis_are_refused(
    tmp_path: Path, write: Callable[..., None]
) -> None:
    write(tmp_path / "x", ARRAYS, AXES, {})
    write(tmp_path / "w", {"w": ARRAYS["w"]}, {"w": ("latitude",)}, {})
    columns: dict[str, Any] = {"pred": "p", "target": "y"}
    with pytest.raises(DataError, match="and weights 'w' along 'latitude'"):
        evaluate(tmp_path / "x", settings=L1, weights=tmp_path / "w", **columns)
    write(tmp_path / "site", {"w": ARRAYS["w"]}, {"w": ("site",)}, {})
    found = evaluate(tmp_path / "x", settings=L1, weights=tmp_path / "site", **columns)
    assert found.values == (3 * (1 + 4 + 9),)


class Array(SimpleNamespace):
    """An array with names of its axes, as xarray has them."""

    def __init__(self, values: Any, *names: str) -> None:
        super().__init__(dims=names, values=np.asarray(values), indexes={}, coords={})

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return self.values

    def __iter__(self) -> Any:
        return iter(self.values.tolist())

    def __len__(self) -> int:
        return len(self.values)


@pytest.mark.parametrize("role", ["weights", "groups", "clusters"])
def test_arrays_in_memory_along_another_axis_are_refused(role: str) -> None:
    sides = Array(PREDICTIONS, "time", "lat"), Array(TARGETS, "time", "lat")
    with pytest.raises(DataError, match=f"along axis 'time', and {role} along 'lat'"):
        evaluate(*sides, L1, **{role: Array([1, 2, 3], "lat")})
    for names in (("time",), ("station",)):
        assert evaluate(*sides, L1, **{role: Array([1, 2, 3], *names)}).values


def test_ids_along_another_axis_are_no_ids_of_rows(tmp_path: Path) -> None:
    arrays = {**ARRAYS, "station": np.array([30, 10, 20])}
    netcdf(tmp_path / "x.nc", arrays, {**AXES, "station": ("lat",)}, {})
    (tmp_path / "w.csv").write_text("station,w\n10,1\n20,2\n30,3\n")
    columns: dict[str, Any] = {"pred": "p", "target": "y", "weight": "w"}
    found = evaluate(tmp_path / "x.nc", settings=L1, weights=tmp_path / "w.csv", **columns)
    assert found.values == (3 * (1 + 4 + 9),)
