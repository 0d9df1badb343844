"""Copies of targets that have several numbers in each row, as boxes and keypoints have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, Execution, ReadOptions, compare, evaluate
from tests.sources.containers.writers import as_hdf5, as_npz, as_zarr

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Save = Callable[[Path, dict[str, Any]], None]

N = 40
RNG = np.random.default_rng(5)
Y = RNG.normal(size=(N, 3))
P = Y - 0.1
ORDER = RNG.permutation(N)
CHOSEN: dict[str, Any] = {"pred": "p", "target": "y"}


def as_lists(path: Path, arrays: dict[str, Any]) -> None:
    pq.write_table(pa.table({name: of.tolist() for name, of in arrays.items()}), path)


def as_tensors(path: Path, arrays: dict[str, Any]) -> None:
    columns = {
        name: pa.FixedSizeListArray.from_arrays(of.reshape(-1), of[0].size)
        for name, of in arrays.items()
    }
    with pa.ipc.new_file(str(path), pa.table(columns).schema) as writer:
        writer.write_table(pa.table(columns), max_chunksize=7)


formats = pytest.mark.parametrize("save", [as_npz, as_hdf5, as_zarr, as_lists, as_tensors])


@formats
def test_a_copy_in_another_order_is_refused(tmp_path: Path, save: Save) -> None:
    p, t = tmp_path / "p", tmp_path / "t"
    save(p, {"p": P, "y": Y})
    save(t, {"y": Y[ORDER]})
    for execution in (Execution(), Execution(2, 7)):
        with pytest.raises(DataError, match=r"column 'y' differs .* values in another order"):
            evaluate(p, t, execution=execution, **CHOSEN)
    found = evaluate(p, t, options=ReadOptions(key_check=False), **CHOSEN)
    assert found.tallies == evaluate(P, Y[ORDER]).tallies


@formats
def test_a_copy_that_is_the_same_but_for_rounding_is_fine(tmp_path: Path, save: Save) -> None:
    p, t = tmp_path / "p", tmp_path / "t"
    for copy in (Y, Y.round(4), Y.astype(np.float32)):
        save(p, {"p": P, "y": copy})
        save(t, {"y": Y})
        assert evaluate(p, t, **CHOSEN).tallies == evaluate(P, Y).tallies


@formats
def test_a_model_with_other_targets_is_named(tmp_path: Path, save: Save) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    save(a, {"p": P, "y": Y})
    save(b, {"p": P + 0.01, "y": Y + 1})
    with pytest.warns(match="b: column 'y' differs in most rows from that of .*a, which is"):
        compare(a, b, a, **CHOSEN)
