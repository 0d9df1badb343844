"""Make a table: python make_tables.py KIND PATH N_ROWS. Run as a process of its own.

KIND is one of

- `values`: float32 columns p and t.
- `wide`: float64 columns p and t, which take 17 digits as text.
- `keyed-a`, `keyed-b`: an ascending key `id` and a float64 column v, of two seeds.
- `shuffled-a`, `shuffled-b`: the same keys in two random orders.
- `grouped`: `values` with a column g of 100,000 whole numbers.

The suffix of PATH tells the format: .parquet (snappy, row groups of 2**20), .csv, and .csv.gz or
.csv.zst.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

if TYPE_CHECKING:
    from collections.abc import Iterator

STEP = 1 << 20
KEYED = {"keyed-a": 1, "keyed-b": 2}
SHUFFLED = {"shuffled-a": 3, "shuffled-b": 4}


def batches(kind: str, n_rows: int) -> Iterator[pa.Table]:
    """The rows, some at a time."""
    rng = np.random.default_rng({**KEYED, **SHUFFLED}.get(kind, 0))
    order = rng.permutation(n_rows) if kind in SHUFFLED else None
    for start in range(0, n_rows, STEP):
        n = min(STEP, n_rows - start)
        columns: dict[str, Any] = {}
        if kind in KEYED:
            columns["id"] = np.arange(start, start + n)
        if order is not None:
            columns["id"] = order[start : start + n]
        if kind == "grouped":
            columns["g"] = rng.integers(0, 100_000, n)
        if kind in ("values", "grouped"):
            columns |= {"p": normal(rng, n), "t": normal(rng, n)}
        elif kind == "wide":
            columns |= {"p": rng.normal(size=n), "t": rng.normal(size=n)}
        else:
            columns["v"] = rng.normal(size=n)
        yield pa.table(columns)


def normal(rng: np.random.Generator, n: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Values without structure, so that they do not compress."""
    return rng.standard_normal(n, np.float32)


def main() -> None:
    """Write the table."""
    kind, path, n_rows = sys.argv[1], sys.argv[2], int(sys.argv[3])
    writer: Any = None
    with pa.output_stream(path, compression="detect") as file:
        for table in batches(kind, n_rows):
            if writer is None and ".csv" in path:
                writer = csv.CSVWriter(file, table.schema)
            elif writer is None:
                writer = pq.ParquetWriter(file, table.schema)
            writer.write_table(table)
        writer.close()


if __name__ == "__main__":
    main()
