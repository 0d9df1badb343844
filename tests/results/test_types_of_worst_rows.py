"""Keys and kept columns of the worst rows have the types of their columns in tables with types."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from smoothl1 import Result, compare, evaluate
from tests.inside import called

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

KEPT = {
    "id": pa.array([7, 2**53 + 1, 9]),
    "small": pa.array([1, None, 3], pa.int16()),
    "large": pa.array([1, 2, 2**64 - 1], pa.uint64()),
    "share": pa.array([0.1, 0.2, 0.3], pa.float32()),
    "is_new": pa.array([True, False, None]),
    "day": pa.array([dt.date(2024, 1, i) for i in (1, 2, 3)]),
    "code": pa.array(["07", "08", "09"]),
}
TABLE = pa.table({**KEPT, "p": [1.0, 2.0, 3.0], "q": [1.5, 2.5, 3.0], "y": [1.0, 4.0, 3.5]})


def test_kept_columns_have_their_types() -> None:
    result = evaluate(TABLE, pred="p", target="y", top=2, keep=list(KEPT))
    assert result.to_arrow(top=True).select(list(KEPT)) == TABLE.select(list(KEPT)).slice(1)
    assert result.top[0].by_name["id"] == str(2**53 + 1)


def test_keys_of_a_comparison_have_their_types() -> None:
    sides = (TABLE.select(["id", name]).rename_columns(["id", "v"]) for name in "pqy")
    found = compare(*sides, pred="v", target="v", key="id", top=2)
    assert found.to_arrow(top=True).column("id").to_pylist() == [7]


def test_parquet_of_worst_rows_has_the_types(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pq.write_table(TABLE, tmp_path / "t.parquet")
    out = tmp_path / "w.parquet"
    sides = ("--pred", "p", "--target", "y", "--top", "1", "--keep", "id", "-o", out)
    called(capfd, "eval", tmp_path / "t.parquet", *sides)
    assert pq.read_table(out).column("id").to_pylist() == [2**53 + 1]


def test_a_result_of_json_has_texts() -> None:
    result = evaluate(TABLE, pred="p", target="y", top=1, keep="id")
    again = Result.from_json(json.dumps(result.to_json()))
    assert again == result
    assert again.to_arrow(top=True).column("id").to_pylist() == [str(2**53 + 1)]


def test_a_day_that_arrow_does_not_read_stays_text() -> None:
    days = pa.array([3_000_000, 1, 2], pa.int32()).cast(pa.date32())
    table = TABLE.append_column("far", days)
    found = evaluate(table, pred="y", target="p", top=3, keep="far").to_arrow(top=True)
    assert len(found.column("far").to_pylist()) == 3
