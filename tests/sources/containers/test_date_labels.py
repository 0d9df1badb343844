"""Dates by type in containers: they show whether rows match, and may be keys and groups."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, EvalSettings, evaluate
from tests.sources.containers.packages import imported
from tests.sources.containers.writers import as_hdf5, as_npz, as_zarr, as_zarr_2

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

N = 12
L1 = EvalSettings((0.0,), "sum")
Y = np.arange(N) * 8.0
IDS = np.arange(N) * 7 % 13 + 100
ORDER = np.random.default_rng(0).permutation(N)


@pytest.mark.parametrize(
    ("write", "unit"),
    [
        *((as_npz, unit) for unit in ("M", "D", "h", "ms", "ns")),
        *((write, unit) for write in (as_hdf5, as_zarr, as_zarr_2) for unit in ("M", "us")),
    ],
)
def test_dates_are_compared_and_are_a_key(
    tmp_path: Path, write: Callable[[Path, dict[str, Any]], None], unit: str
) -> None:
    dates = np.datetime64("2024-01", unit) + IDS
    write(tmp_path / "p", {"when": dates.astype(f">M8[{unit}]"), "preds": Y + 0.5})
    write(tmp_path / "t", {"when": dates[ORDER], "targets": Y[ORDER]})
    texts = dates.astype("M8[D]" if unit in "MD" else "M8[ns]").astype(str)
    rows = [f"{when},{y}" for when, y in zip(texts[ORDER], Y[ORDER], strict=True)]
    (tmp_path / "t.csv").write_text("\n".join(["when,targets", *rows, ""]))
    for target in ("t", "t.csv"):
        paths = (tmp_path / "p", tmp_path / target)
        with pytest.raises(DataError, match=r"column 'when' differs .* values in another order"):
            evaluate(*paths, L1)
        assert evaluate(*paths, L1, key="when").values == (N / 2,)


def test_dates_of_zarr_that_are_not_stored_are_those_of_the_fill_value(tmp_path: Path) -> None:
    fill, zarr = np.datetime64("2024-03-01", "s"), imported("zarr")
    dates = np.where(np.arange(N) < 6, fill, fill + IDS)
    as_npz(tmp_path / "t.npz", {"when": dates, "y": Y})
    for version in (2, 3):
        path = tmp_path / f"p{version}"
        group = zarr.open_group(path, mode="w", zarr_format=version)
        of_array: dict[str, Any] = {"shape": (N,), "chunks": (6,), "dtype": "M8[s]"}
        group.create_array("when", fill_value=fill, **of_array)[6:] = dates[6:]
        group.create_array("never", fill_value=np.datetime64("NaT"), **of_array)
        group.create_array("odd", shape=(N,), dtype="M8[25s]")[:] = 0
        group.create_array("p", shape=(N,), dtype="f8")[:] = Y
        with pytest.warns(UserWarning, match="not stored"):
            assert evaluate(path, tmp_path / "t.npz", L1).values == (0.0,)
        said = {"never": "row 1 is missing", "odd": "cannot be a key"}
        for name, what in said.items():
            with pytest.raises(DataError, match=what):
                evaluate(path, None, L1, pred="p", target="p", by=name, warn=[].append)
    with pytest.raises(DataError, match="holds dates"):
        evaluate(path, tmp_path / "t.npz", L1, pred="when", target="y")


def test_missing_dates_of_npz_are_equal_and_are_no_key(tmp_path: Path) -> None:
    dates = np.datetime64("2024-01-01", "s") + IDS
    dates[3] = np.datetime64("NaT")
    for name in ("p.npz", "t.npz"):
        as_npz(tmp_path / name, {"when": dates, "y": Y})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(tmp_path / "p.npz", tmp_path / "t.npz", L1).values == (0,)
    with pytest.raises(DataError, match="array 'when': the label of row 4 is missing"):
        evaluate(tmp_path / "p.npz", tmp_path / "t.npz", L1, key="when")
    with pytest.raises(DataError, match=r"dtype '<M8\[s\]' holds dates"):
        evaluate(tmp_path / "p.npz", tmp_path / "t.npz", L1, pred="when", target="y")
    np.save(tmp_path / "when.npy", dates)
    paths = (tmp_path / "p.npz", tmp_path / "t.npz")
    with pytest.raises(DataError, match=r"row 4: the label is missing \(NaT\)"):
        evaluate(*paths, L1, groups=tmp_path / "when.npy")
    np.save(tmp_path / "when.npy", dates.astype("M8[Y]")[[0] * N])
    found = evaluate(*paths, EvalSettings((0.0,), "sum"), groups=tmp_path / "when.npy")
    assert [entry[1].group for entry in found.entries] == ["2024-01-01"]


def test_dates_out_of_range_are_no_labels_and_are_compared_as_missing(tmp_path: Path) -> None:
    dates = np.arange(N).view("M8[Y]")
    dates[[3, 5]] = np.array([1 << 40, 1 << 41]).view("M8[Y]")
    paths = (tmp_path / "p.npz", tmp_path / "t.npz")
    for path in paths:
        as_npz(path, {"when": dates, "y": Y})
    said = r"array 'when': the label of row 4 is 1099511629746, a date out of range"
    carried = EvalSettings((0.0,), top=2)
    for options in ({"key": "when"}, {"settings": L1, "by": "when"}):
        with pytest.raises(DataError, match=said):
            evaluate(*paths, **options)
    with pytest.raises(DataError, match=said):
        evaluate(*paths, carried, keep="pred:when")
    assert evaluate(*paths, L1).values == (0,)
    dates[[3, 5]] = np.datetime64("NaT")
    as_npz(paths[0], {"when": dates, "y": Y})
    as_npz(paths[1], {"y": Y})
    assert evaluate(*paths, carried, keep="when").values == (0,)


@pytest.mark.parametrize("dtype", ["i8", "f8"])
@pytest.mark.parametrize("value", [-(10**9), 10**12])
def test_numbers_that_count_to_a_time_out_of_range_are_no_labels(
    tmp_path: Path, dtype: str, value: int
) -> None:
    times = np.array([1, value, 2], dtype)
    with imported("h5py").File(tmp_path / "x.h5", "w") as file:
        file["time"], file["p"], file["t"] = times, Y[:3], Y[:3] + 1
        file["time"].attrs["units"] = "hours since 1970-01-01"
    said = f"'time': the label of row 2 is {times[1]}, a date out of range"
    with pytest.raises(DataError, match=said):
        evaluate(tmp_path / "x.h5", None, L1, pred="p", target="t", by="time")
