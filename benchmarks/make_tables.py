"""Make a table: python make_tables.py KIND PATH N_ROWS. Run as a process of its own.

KIND is one of

- `values`: float32 columns p and t.
- `wide`: float64 columns p and t, which take 17 digits as text.
- `keyed-a`, `keyed-b`: an ascending key `id` and a float32 column v, of two seeds.
- `shuffled-a`, `shuffled-b`: the same keys in two random orders.
- `scattered-a`, `scattered-b`: as `shuffled`, with keys of 64 mixed bits.
- `named-a`, `named-b`: as `shuffled`, with keys of text: user-00000042.
- `grouped`, `grouped-few`: `values` with a column g of 100,000 or 100 whole numbers.
- `grouped-text`: `values` with a column g of 100 texts.

The suffix of PATH tells the format: .parquet (snappy, row groups of 2**20), .csv, .csv.gz,
.csv.zst, and .bgzf.csv.gz for gzip as `bgzip` writes it.
"""

from __future__ import annotations

import io
import struct
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

if TYPE_CHECKING:
    from collections.abc import Iterator

STEP = 1 << 20
BLOCK_BYTES = 65280
KEYED = {"keyed-a": 1, "keyed-b": 2}
GROUPED = {"grouped": 100_000, "grouped-few": 100, "grouped-text": 100}
SHUFFLED = {
    f"{kind}-{side}": seed
    for kind in ("shuffled", "scattered", "named")
    for seed, side in ((3, "a"), (4, "b"))
}


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
            columns["id"] = keys(kind, order[start : start + n])
        if kind in GROUPED:
            columns["g"] = rng.integers(0, GROUPED[kind], n)
        if kind == "grouped-text":
            names = np.array([f"group {i:03}" for i in range(GROUPED[kind])])
            columns["g"] = names[columns["g"]]
        if kind == "values" or kind in GROUPED:
            columns |= {"p": normal(rng, n), "t": normal(rng, n)}
        elif kind == "wide":
            columns |= {"p": rng.normal(size=n), "t": rng.normal(size=n)}
        else:
            columns["v"] = normal(rng, n)
        yield pa.table(columns)


def keys(kind: str, numbers: np.ndarray[Any, np.dtype[np.int64]]) -> Any:
    """Numbers as the keys of a kind of table, each another one."""
    if kind.startswith("scattered"):
        return (numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)).view(np.int64)
    if kind.startswith("named"):
        return [f"user-{number:08}" for number in numbers.tolist()]
    return numbers


def normal(rng: np.random.Generator, n: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Values without structure, so that they do not compress."""
    return rng.standard_normal(n, np.float32)


class Bgzf(io.RawIOBase):
    """A file of the blocks of BGZF: SAM/BAM specification, section 4.1."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.file = Path(path).open("wb")  # noqa: SIM115  stays open
        self.rest = b""

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Write whole blocks of the data so far."""
        self.rest += data
        while len(self.rest) >= BLOCK_BYTES:
            self.write_block(self.rest[:BLOCK_BYTES])
            self.rest = self.rest[BLOCK_BYTES:]
        return len(data)

    def write_block(self, text: bytes) -> None:
        """Write a block."""
        deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
        packed = deflate.compress(text) + deflate.flush()
        self.file.write(b"\x1f\x8b\x08\x04" + bytes(5) + b"\xff\x06\x00BC\x02\x00")
        self.file.write(struct.pack("<H", len(packed) + 25) + packed)
        self.file.write(struct.pack("<II", zlib.crc32(text), len(text)))

    def close(self) -> None:
        """Write what is left, and the empty block at the end."""
        if not self.closed:
            self.write_block(self.rest)
            self.write_block(b"")
            self.file.close()
        super().close()


def opened(path: str) -> Any:
    """The file to write."""
    if ".bgzf." in path:
        return pa.PythonFile(Bgzf(path), mode="w")
    return pa.output_stream(path, compression="detect")


def main() -> None:
    """Write the table."""
    kind, path, n_rows = sys.argv[1], sys.argv[2], int(sys.argv[3])
    writer: Any = None
    with opened(path) as file:
        for table in batches(kind, n_rows):
            if writer is None and ".csv" in path:
                writer = csv.CSVWriter(file, table.schema)
            elif writer is None:
                writer = pq.ParquetWriter(file, table.schema)
            writer.write_table(table)
        writer.close()


if __name__ == "__main__":
    main()
