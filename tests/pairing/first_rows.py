"""A column of a CSV below any first row, and other sides whose rows are certain."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

PRED = [1.0, 2.5, 0.0, 4.0]
TARGET = [1.5, 2.5, 2.0, 3.75]
DISTANCE = 2.75
"""0.5 + 0 + 2 + 0.25, the sum of |prediction - target|."""


def csv(path: Path, first: str, values: list[float] = PRED, end: str = "\n") -> Path:
    """A first row, and a column of numbers below it."""
    path.write_text("".join(f"{line}{end}" for line in [first, *map(repr, values)]), newline="")
    return path


def certain_sides(folder: Path) -> list[Path]:
    """The targets in every way in which their rows are certain."""
    np.save(folder / "t.npy", TARGET)
    np.savez(folder / "t.npz", y=TARGET)
    table = pa.table({"y": TARGET, "s": list("abcd")})
    pq.write_table(table, folder / "t.parquet")
    with pa.ipc.new_file(folder / "t.arrow", table.schema) as file:
        file.write_table(table)
    with pa.ipc.new_stream(folder / "t.arrows", table.schema) as stream:
        stream.write_table(table)
    csv(folder / "t.csv", "y", TARGET)
    csv(folder / "plain.csv", "1.5", TARGET[1:])
    (folder / "t.csv.gz").write_bytes(gzip.compress((folder / "t.csv").read_bytes()))
    (folder / "shards").mkdir()
    np.save(folder / "shards" / "0.npy", TARGET[:3])
    np.save(folder / "shards" / "1.npy", TARGET[3:])
    names = "t.npy t.npz t.parquet t.arrow t.arrows t.csv plain.csv t.csv.gz shards"
    return [folder / name for name in names.split()]
