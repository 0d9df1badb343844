"""Times of 96 bits in Parquet, which 64 bits of nanoseconds do not have room for: refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, evaluate

if TYPE_CHECKING:
    from pathlib import Path

SIDES: dict[str, Any] = {"pred": "p", "target": "t"}
N = 300


def table(path: Path, at: int, time: str) -> Path:
    """Times of which one, at a row, is another one; in several row groups."""
    times = np.datetime64("2024-01-01", "us") + 1_000_000 * np.arange(N)
    times[at] = np.datetime64(time)
    columns = {"p": [1.0] * N, "t": [2.0] * N, "ts": pa.array(times, pa.timestamp("us"))}
    pq.write_table(
        pa.table(columns), path, row_group_size=100, use_deprecated_int96_timestamps=True
    )
    return path


@pytest.mark.parametrize("year", [1, 1677, 2263, 9999])
@pytest.mark.parametrize("role", [{"by": "ts"}, {"cluster": "ts"}, {"top": 1, "keep": "ts"}])
def test_labels_beyond_nanoseconds_are_refused(
    tmp_path: Path, year: int, role: dict[str, Any]
) -> None:
    """pyarrow reads 9999-12-31 as 1816-03-29."""
    path = table(tmp_path / "x.parquet", 250, f"{year:04}-01-01")
    with pytest.raises(DataError, match=f"row 251, column 'ts': {year:04}-01-01 00:00:00 is stor"):
        evaluate(path, **SIDES, **role)
    assert evaluate(path, **SIDES).mean == 0.5  # nothing is read of it


@pytest.mark.parametrize("time", ["1677-09-22", "2262-04-11", "1970-01-01", "NaT"])
def test_other_labels_are_read(tmp_path: Path, time: str) -> None:
    path = table(tmp_path / "x.parquet", 0, time)
    found = evaluate(path, **SIDES, top=1, keep="ts", warn=lambda _: None)
    assert found.to_arrow(top=True)["ts"].to_pylist() == [
        None if time == "NaT" else f"{time} 00:00:00"
    ]
