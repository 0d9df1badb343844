"""The work grows as the number of shards and of columns, and not as its square."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import Execution, evaluate

if TYPE_CHECKING:
    from pathlib import Path

FEW, MANY = 50, 200


def calls_of(*inputs: Path, **options: Any) -> int:
    """How many functions an evaluation calls, in Python and in C."""
    n_calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal n_calls
        n_calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        evaluate(*inputs, execution=Execution(1), **options)
    finally:
        sys.setprofile(None)
    return n_calls


def write_shards(folder: Path, n: int) -> Path:
    folder.mkdir()
    for i in range(n):
        np.save(folder / f"part-{i:06}.npy", [float(i)])
    return folder


def write_columns(path: Path, n: int) -> Path:
    names = [f"{side}{i}" for side in "pt" for i in range(n)]
    pq.write_table(pa.table({name: [1.0, 2.0] for name in names}), path)
    return path


@pytest.mark.parametrize("kind", ["folders", "patterns", "columns"])
def test_four_times_as_many_take_four_times_the_work(tmp_path: Path, kind: str) -> None:
    found = []
    for n in (FEW, MANY, FEW, MANY):  # the first ones import
        folder = tmp_path / f"{len(found)}"
        folder.mkdir()
        if kind == "columns":
            path = write_columns(folder / "x.parquet", n)
            found.append(calls_of(path, pred="p*", target="t*", by_column=True))
        else:
            sides = [write_shards(folder / name, n) for name in "pt"]
            ends = "*.npy" if kind == "patterns" else ""
            found.append(calls_of(*(side / ends for side in sides)))
    assert found[3] < 4.2 * found[2]
