"""Parquet and Arrow IPC files of any layout are one file, and several joined ones are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1.errors import DataError
from tests.sources.files import read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PARQUET = {
    "plain": {},
    "indexes of pages": {"write_page_index": True},
    "many row groups": {"row_group_size": 7},
    "no compression": {"compression": "none", "use_dictionary": False},
    "no statistics": {"write_statistics": False, "store_schema": False},
}


def table(n_rows: int) -> pa.Table:
    texts = [f"text {i % 5}" for i in range(n_rows)]
    return pa.table({"id": texts, "x": np.arange(float(n_rows)), "b": [True] * n_rows})


def write_parquet(path: Path, n_rows: int, layout: str) -> bytes:
    pq.write_table(table(n_rows), path, **PARQUET[layout])
    return path.read_bytes()


def write_ipc(path: Path, n_rows: int, compression: str | None) -> bytes:
    encoded = table(n_rows)
    encoded = encoded.set_column(0, "id", encoded.column("id").dictionary_encode())
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_file(path, encoded.schema, options=options) as writer:
        writer.write_table(encoded, max_chunksize=11)
    return path.read_bytes()


@pytest.mark.grid
@pytest.mark.parametrize("layout", list(PARQUET))
@pytest.mark.parametrize("other", list(PARQUET))
@pytest.mark.parametrize("n_rows", [1, 300, 3000])
@pytest.mark.parametrize("bytes_per_chunk", [0, 1 << 40])  # the footer is read; all is searched
def test_joined_parquet_files_are_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    layout: str,
    other: str,
    n_rows: int,
    bytes_per_chunk: int,
) -> None:
    monkeypatch.setattr("smoothl1.sources.arrow.whole._BYTES_PER_CHUNK", bytes_per_chunk)
    path = tmp_path / "file"
    first, second = write_parquet(path, n_rows, other), write_parquet(path, 300, layout)
    assert read(path, "x").tolist() == list(range(300))
    path.write_bytes(first + second)
    with pytest.raises(DataError, match=r"several files, one behind the other: .* pattern"):
        read(path, "x")


@pytest.mark.parametrize("compression", [None, "zstd"])
@pytest.mark.parametrize("n_rows", [1, 100, 1000])
def test_joined_ipc_files_are_refused(tmp_path: Path, compression: str | None, n_rows: int) -> None:
    path = tmp_path / "file"
    first, second = write_ipc(path, n_rows, None), write_ipc(path, 100, compression)
    assert read(path, "x").tolist() == list(range(100))
    path.write_bytes(first + second)
    with pytest.raises(DataError, match="several files, one behind the other"):
        read(path, "x")


def test_values_that_look_like_the_end_of_a_file_are_values(tmp_path: Path) -> None:
    path = tmp_path / "file"
    texts = [f"{'PAR1' * i}, ARROW1ARROW1" for i in range(9)]
    values = np.frombuffer(b"PAR1PAR1" * 9, np.float64)
    pq.write_table(pa.table({"id": texts, "x": values}), path, use_dictionary=False)
    assert read(path, "x").tobytes() == values.tobytes()
    path.write_bytes(b"PAR1" + path.read_bytes()[4:])
    assert read(path, "x").tobytes() == values.tobytes()


@pytest.mark.parametrize("new", [pa.ipc.new_file, pa.ipc.new_stream], ids=["file", "stream"])
def test_no_beginning_of_an_ipc_file_or_stream_is_taken_for_the_whole(
    tmp_path: Path, new: Callable[..., pa.ipc.RecordBatchWriter]
) -> None:
    """Also where it ends between two batches."""
    path = tmp_path / "x"
    columns = pa.table({"x": np.arange(6.0)})
    with new(str(path), columns.schema) as writer:
        writer.write_table(columns, max_chunksize=2)
    whole = path.read_bytes()
    assert read(path, "x").tolist() == [0, 1, 2, 3, 4, 5]
    for k in range(len(whole)):
        path.unlink()
        path.write_bytes(whole[:k])
        with pytest.raises(DataError):
            read(path, "x")
