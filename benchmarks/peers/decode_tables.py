"""Decode Parquet files on two threads, and do nothing with it: python decode_tables.py TABLE ..."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.parquet as pq


def decode(path: str, group: int) -> None:
    """Decode a row group some rows at a time: a reader of its own keeps memory at a few pages."""
    with pa.OSFile(path) as file:
        reader = pq.ParquetFile(file, buffer_size=1 << 20, pre_buffer=False)
        for _ in reader.iter_batches(1 << 18, row_groups=[group], use_threads=False):
            pass


with ThreadPoolExecutor(2) as pool:
    for path in sys.argv[1:]:
        n_groups = pq.read_metadata(path).num_row_groups
        list(pool.map(decode, [path] * n_groups, range(n_groups)))
