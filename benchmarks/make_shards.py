"""Make a folder of shards: python make_shards.py FOLDER N_SHARDS SEED [npy | parquet].

Each has 2,000 rows: one float32 array, or the float32 columns p and t.
"""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

N_ROWS = 2_000


def make_shard(path: Path, rng: np.random.Generator) -> None:
    """One shard."""
    values = rng.normal(size=(2, N_ROWS)).astype(np.float32)
    if path.suffix == ".npy":
        np.save(path, values[0])
    else:
        pq.write_table(pa.table({"p": values[0], "t": values[1]}), path)


folder, n_shards, seed, suffix = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
folder.mkdir(parents=True)
rng = np.random.default_rng(seed)
for i in range(n_shards):
    make_shard(folder / f"part-{i:06}.{suffix}", rng)
