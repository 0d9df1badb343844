"""Times of tables of Delta Lake: their zone is that of the log, also where files have none."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, EvalSettings, evaluate
from smoothl1.running.content import describe
from tests.sources.lakes.packages import needs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

pytestmark = needs("deltalake")

L1 = EvalSettings((0.0,), "sum")
COLUMNS: dict[str, Any] = {"pred": "p", "target": "t"}
TIMES = [dt.datetime(2024, 1, 1, hour, tzinfo=dt.UTC) for hour in range(4)]
UTC = pa.timestamp("us", "UTC")


def spark_writes(folder: Path, name: str, numbers: Sequence[int]) -> None:
    """Add a file whose times are of 96 bits and have no zone, as Spark writes them."""
    times = [TIMES[i].replace(tzinfo=None) for i in numbers]
    of_rows = {"p": [3.0**i for i in numbers], "t": [0.0] * len(numbers), "at": times}
    pq.write_table(pa.table(of_rows), folder / name, use_deprecated_int96_timestamps=True)
    log = folder / "_delta_log"
    version = len([*log.glob("*.json")])
    file = {"path": name, "size": 1, "partitionValues": {}, "modificationTime": 1}
    entry = {"add": {**file, "dataChange": True}}
    (log / f"{version:020}.json").write_text(json.dumps(entry) + "\n")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Two rows that deltalake wrote, and two of Spark."""
    from deltalake import write_deltalake

    first = {"p": [1.0, 3.0], "t": [0.0, 0.0], "at": pa.array(TIMES[:2], UTC)}
    write_deltalake(str(tmp_path / "t"), pa.table(first))
    spark_writes(tmp_path / "t", "spark.parquet", (2, 3))
    return tmp_path / "t"


def test_times_of_spark_are_in_utc_as_the_log_says(table: Path) -> None:
    found = evaluate(table, None, L1, by="at", **COLUMNS)
    losses = {of.group: value for of, value in zip(found.groups, found.values, strict=True)}
    assert losses == {f"2024-01-01 0{i}:00:00Z": 3.0**i for i in range(4)}
    (info,) = (column for column in describe(str(table)).columns if column.name == "at")
    assert info.type.endswith("tz=UTC]")


def test_keys_are_the_times_of_targets_in_utc_and_no_local_ones(table: Path) -> None:
    order = [2, 0, 3, 1]
    known = {"at": pa.array([TIMES[i] for i in order], UTC), "t": [float(i) for i in order]}
    targets = table.parent / "t.parquet"
    pq.write_table(pa.table(known), targets)
    found = evaluate(table, targets, L1, key="at", **COLUMNS)
    assert found.values == (sum(3.0**i - i for i in range(4)),)
    pq.write_table(pa.table({**known, "at": known["at"].cast(pa.timestamp("us"))}), targets)
    with pytest.raises(DataError, match="with an offset from UTC"):
        evaluate(table, targets, L1, key="at", **COLUMNS)


def test_times_that_were_added_later_are_missing_before(tmp_path: Path) -> None:
    from deltalake import DeltaTable, Field, write_deltalake

    path = str(tmp_path / "t")
    write_deltalake(path, pa.table({"p": [1.0, 3.0], "t": [0.0, 0.0]}))
    DeltaTable(path).alter.add_columns([Field("at", "timestamp")])
    spark_writes(tmp_path / "t", "spark.parquet", (2, 3))
    found = evaluate(path, None, L1, top=4, keep="at", **COLUMNS)
    expected = ["2024-01-01 03:00:00Z", "2024-01-01 02:00:00Z", None, None]
    assert found.to_arrow(top=True)["at"].to_pylist() == expected
