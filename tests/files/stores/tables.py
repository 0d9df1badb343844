"""A table of numbers, and its file in every format."""

from __future__ import annotations

import gzip
import io
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

N = 3000


def columns(seed: int = 0) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    pred, target = random.standard_normal((2, N)) * 10.0 ** random.integers(-8, 8, (2, N))
    weight, group = random.random(N), np.array(["a", "b", "c"])[random.integers(0, 3, N)]
    return {"id": random.permutation(N), "p": pred, "t": target, "w": weight, "g": group}


def in_every_format(table: pa.Table) -> dict[str, bytes]:
    """The same table, or its predictions and targets, in every format."""
    files = {}
    for name in ("npz", "csv", "parquet", "arrow", "arrows"):
        files[f"x.{name}"] = io.BytesIO()
    np.savez(files["x.npz"], p=table["p"], t=table["t"])
    pa.csv.write_csv(table, files["x.csv"])
    pq.write_table(table, files["x.parquet"], row_group_size=700)
    for name, writer in (("arrow", pa.ipc.new_file), ("arrows", pa.ipc.new_stream)):
        with writer(files[f"x.{name}"], table.schema) as batches:
            batches.write_table(table, 500)
    content = {name: file.getvalue() for name, file in files.items()}
    content["x.csv.gz"] = gzip.compress(content["x.csv"])
    content["x.csv.zst"] = pa.compress(content["x.csv"], "zstd", asbytes=True)
    return content
