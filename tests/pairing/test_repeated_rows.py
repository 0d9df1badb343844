"""Rows that repeat a key are identical only if their groups are, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, EvalSettings, evaluate

if TYPE_CHECKING:
    from pathlib import Path


def test_a_row_of_another_group_is_not_identical(tmp_path: Path) -> None:
    pred, target = tmp_path / "p.parquet", tmp_path / "t.parquet"
    pq.write_table(pa.table({"id": ["a", "b"], "y": [1.0, 4.0]}), pred)
    settings = EvalSettings((0.0,), by=("kind",), duplicates="identical")
    for last in ("v", "w"):
        repeated = {"id": ["a", "b", "b"], "y": [1.5, 2.0, 2.0], "kind": ["u", "v", last]}
        pq.write_table(pa.table(repeated), target)
        if last == "v":
            found = evaluate(pred, target, settings, pred="y", target="y", key="id", warn=[].append)
            assert [float(tally.max) for tally in found.tallies] == [0.5, 2.0]
            continue
        with pytest.raises(DataError, match="row 3 repeats key 'b' of row 2 with other") as caught:
            evaluate(pred, target, settings, pred="y", target="y", key="id", warn=[].append)
        assert "write the values of the other side to all of them first" in str(caught.value)
