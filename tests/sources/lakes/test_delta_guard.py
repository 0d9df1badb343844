"""Logs of Delta Lake with files that deltalake would wait for, or take all memory for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, EvalSettings, evaluate
from tests.sources.lakes.packages import needs
from tests.sources.lakes.test_delta import added, logged

pytestmark = needs("deltalake")

L1 = EvalSettings((0.0,), "sum")
COLUMNS: dict[str, Any] = {"pred": "p", "target": "t"}


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """The checkpoint of a table, which is beside its log."""
    from deltalake import DeltaTable, write_deltalake

    path = str(tmp_path / "t")
    for i in range(3):
        write_deltalake(path, pa.table({"p": [float(i)], "t": [0.0]}), mode="append")
    DeltaTable(path).create_checkpoint()
    (found,) = Path(path, "_delta_log").glob("*.checkpoint.parquet")
    return found


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
@pytest.mark.parametrize("name", ["_last_checkpoint", f"{2:020}.crc", f"{9:020}.json", "x"])
def test_a_pipe_in_a_log_is_refused(checkpoint: Path, name: str) -> None:
    """deltalake, and whoever opens it, would wait for a writer without end."""
    (checkpoint.parent / name).unlink(missing_ok=True)
    os.mkfifo(checkpoint.parent / name)
    said = f"{name}: a file of the log of a table of Delta Lake that is no regular file"
    with pytest.raises(DataError, match=said):
        evaluate(checkpoint.parent.parent, None, L1, **COLUMNS)


def test_a_checkpoint_whose_pages_are_not_as_its_footer_says_is_refused(checkpoint: Path) -> None:
    """deltalake takes the memory that they claim, up to gigabytes, and ends the process without."""
    assert evaluate(checkpoint.parent.parent, None, L1, **COLUMNS).sum == 3.0
    whole = checkpoint.read_bytes()
    group = pq.read_metadata(checkpoint).row_group(0)
    last = max(group.column(i).data_page_offset for i in range(group.num_columns))
    for begin in range(4, last, 97):  # so that pages are not where the footer says
        checkpoint.write_bytes(whole[:begin] + b"\xac" * 8 + whole[begin:])
        with pytest.raises(DataError, match=r"checkpoint\.parquet: .*(not as the footer|damaged)"):
            evaluate(checkpoint.parent.parent, None, L1, **COLUMNS)
    checkpoint.write_bytes(whole)
    assert evaluate(checkpoint.parent.parent, None, L1, **COLUMNS).sum == 3.0


@pytest.mark.parametrize(
    "name",
    [
        "../s.parquet",
        "%2E%2E/s.parquet",
        "a/../../s.parquet",
        "/s.parquet",
        "%2Fs.parquet",
        "file:s",
    ],
)
def test_a_path_that_leads_out_of_the_table_is_refused(tmp_path: Path, name: str) -> None:
    logged(tmp_path / "t", added(path=name))
    (tmp_path / "t/x.parquet").rename(tmp_path / "s.parquet")
    with pytest.raises(DataError, match="a file is outside of its folder"):
        evaluate(tmp_path / "t", None, L1, **COLUMNS)
