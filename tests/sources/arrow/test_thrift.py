"""What the footer of Parquet says of column chunks is read as pyarrow reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1.running.content import describe
from smoothl1.sources.arrow.thrift import FAULTS, structure

if TYPE_CHECKING:
    from pathlib import Path

TABLE = pa.table(
    {
        "x": [1.0, None, 3.0, None, 5.0],
        "deep": [{"a": 1, "b": "x"}, None, {"a": None, "b": "y"}, None, None],
        "name": ["u", "v", None, "w", "u"],
        "none": pa.nulls(5),
    }
)


@pytest.mark.parametrize("codec", ["none", "snappy", "gzip", "brotli", "lz4", "zstd"])
@pytest.mark.parametrize("more", [{}, {"write_statistics": ["x"], "row_group_size": 2}])
def test_codecs_and_missing_values_are_those_that_pyarrow_finds(
    tmp_path: Path, codec: str, more: dict[str, Any]
) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(TABLE, path, compression=codec, **more)
    found = describe(path)
    footer = pq.read_metadata(path)
    groups = [footer.row_group(i) for i in range(footer.num_row_groups)]
    leaves = {"x": 0, "name": 3, "none": 4}
    for column in found.columns:
        chunks = [group.column(leaves.get(column.name, 1)).statistics for group in groups]
        is_counted = column.name in leaves and all(c is not None for c in chunks)
        assert column.missing == (sum(c.null_count for c in chunks) if is_counted else None)
    assert (found.row_groups, found.compression) == (
        len(groups),
        None if codec == "none" else codec,
    )


@pytest.mark.parametrize(
    "data", [b"", b"\x15", b"\x1c" * 5000, b"\x1f\x00", b"\x19\xfc\xff\xff\x0f"]
)
def test_what_is_no_structure_is_a_fault_and_takes_no_memory(data: bytes) -> None:
    with pytest.raises(FAULTS):
        structure(data)
