"""Sizes that stand in a file take no memory before it is known that so many bytes are there."""

from __future__ import annotations

import gzip
import io
import struct
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, evaluate
from smoothl1.sources.formats import open_table
from tests.sources.files import read

if TYPE_CHECKING:
    from pathlib import Path


def stream_of_messages() -> bytearray:
    """An IPC stream: a schema of some bytes, and a record batch of 32 bytes behind it."""
    table = pa.table({"y": [1.0, 2.0, 3.0, 4.0]})
    buffer = io.BytesIO()
    with pa.ipc.new_stream(buffer, table.schema) as writer:
        writer.write_table(table)
    return bytearray(buffer.getvalue())


@pytest.mark.parametrize("place", ["schema", "metadata", "body"])
@pytest.mark.parametrize("suffix", ["arrows", "arrows.gz"])
def test_messages_of_more_bytes_than_there_are(tmp_path: Path, place: str, suffix: str) -> None:
    data = stream_of_messages()
    (schema_bytes,) = struct.unpack_from("<i", data, 4)
    batch = 8 + schema_bytes
    body = data.index(struct.pack("<q", 32), batch)
    at, kind, size = {
        "schema": (4, "<i", (1 << 31) - 8),
        "metadata": (batch + 4, "<i", (1 << 31) - 8),
        "body": (body, "<q", 1 << 40),
    }[place]
    struct.pack_into(kind, data, at, size)
    path = tmp_path / f"x.{suffix}"
    path.write_bytes(gzip.compress(data) if suffix.endswith("gz") else data)
    says = f"{size} bytes, at byte" if suffix.endswith("gz") else f"{size} (metadata )?bytes"
    with pytest.raises(DataError, match=says):
        read(path)


@pytest.mark.parametrize(
    ("head", "tail", "suffix"),
    [(b"PAR1", b"PAR1", "parquet"), (b"ARROW1\0\0", b"ARROW1", "arrow")],
)
def test_large_footers_are_not_read(tmp_path: Path, head: bytes, tail: bytes, suffix: str) -> None:
    path = tmp_path / f"x.{suffix}"
    n_bytes = (1 << 30) - 100
    with path.open("wb") as file:
        file.write(head)
        file.seek(1 << 30)  # zeros that take no place on the disk
        file.write(struct.pack("<i", n_bytes) + tail)
    with pytest.raises(DataError, match="a footer of more than 64 MiB"):
        open_table(str(path))


@pytest.mark.parametrize("suffix", ["arrow", "arrows"])
def test_offsets_beyond_the_text_are_refused_before_it_is_read(tmp_path: Path, suffix: str) -> None:
    table = pa.table({"s": ["aa", "bb", "cc"], "y": [1.0, 2.0, 3.0], "z": [4.0, 5.0, 6.0]})
    buffer = io.BytesIO()
    new = pa.ipc.new_file if suffix == "arrow" else pa.ipc.new_stream
    with new(buffer, table.schema) as writer:
        writer.write_table(table)
    offsets, wrong = (struct.pack("<4i", 0, end, 4, 6) for end in (2, 2_000_000))
    path = tmp_path / f"x.{suffix}"
    path.write_bytes(buffer.getvalue().replace(offsets, wrong, 1))
    with pytest.raises(DataError, match="broken Arrow data"):
        evaluate(path, pred="y", target="z", by="s")


@pytest.mark.parametrize("codec", ["lz4", "zstd"])
def test_a_length_beyond_all_memory_is_damage(tmp_path: Path, codec: str) -> None:
    buffer = io.BytesIO()
    table = pa.table({"y": [0.0] * 1000})
    options = pa.ipc.IpcWriteOptions(compression=codec)
    with pa.ipc.new_file(buffer, table.schema, options=options) as writer:
        writer.write_table(table)
    length, wrong = struct.pack("<q", 8000), struct.pack("<q", 1 << 62)
    path = tmp_path / "x.arrow"
    path.write_bytes(buffer.getvalue().replace(length, wrong, 1))
    with pytest.raises(DataError, match="broken Arrow data") as caught:
        read(path)
    assert caught.value.path == str(path)


def test_a_footer_longer_than_the_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"y": [1.5]}), path)
    whole = path.read_bytes()
    for n_bytes in (len(whole) - 7, len(whole), (1 << 31) - 1, 0xFFFFFFFF):
        path.write_bytes(whole[:-8] + struct.pack("<I", n_bytes) + b"PAR1")
        with pytest.raises(DataError, match=r"x\.parquet: "):
            open_table(str(path))


def test_a_text_that_grows_to_gigabytes_beside_the_columns_is_not_read(tmp_path: Path) -> None:
    """As large_string_map.brotli: a dictionary of one text of 1 MB, and 4,000 rows of it."""
    n = 4000
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * n, pa.int16()), ["x" * (1 << 20)])
    path = tmp_path / "x.parquet"
    pq.write_table(
        pa.table({"s": texts, "y": np.arange(float(n)), "z": np.zeros(n)}),
        path,
        compression="brotli",
        store_schema=False,
        dictionary_pagesize_limit=1 << 22,
    )
    assert path.stat().st_size < 100_000
    before = pa.default_memory_pool().max_memory()
    assert evaluate(path, pred="y", target="z").n == n
    assert pa.default_memory_pool().max_memory() - before < 64 << 20
