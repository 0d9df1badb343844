"""Periods of pandas, which Arrow stores as integers with a note."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, EvalSettings, evaluate

if TYPE_CHECKING:
    from pathlib import Path

SUM = EvalSettings((0.0,), "sum")
TEXTS = {
    "M": {0: "1970-01", 649: "2024-02", -1: "1969-12"},
    "Q-DEC": {0: "1970Q1", 219: "2024Q4", -1: "1969Q4"},
    "Y-DEC": {0: "1970", 54: "2024", -1: "1969"},
    "D": {0: "1970-01-01", 19782: "2024-02-29", -1: "1969-12-31"},
    "h": {0: "1970-01-01 00:00", 25: "1970-01-02 01:00", -1: "1969-12-31 23:00"},
    "ms": {
        0: "1970-01-01 00:00:00.000",
        1: "1970-01-01 00:00:00.001",
        90: "1970-01-01 00:00:00.090",
    },
}
"""Numbers of periods, and what pandas writes of them."""


def save(path: Path, frequency: str, periods: list[int | None], **columns: list[float]) -> Path:
    noted = {
        "ARROW:extension:name": "pandas.period",
        "ARROW:extension:metadata": json.dumps({"freq": frequency}),
    }
    fields = [
        pa.field("period", pa.int64(), metadata=noted),
        *map(pa.field, columns, [pa.float64()]),
    ]
    arrays = [pa.array(periods, pa.int64()), *map(pa.array, columns.values())]
    pq.write_table(pa.table(arrays, schema=pa.schema(fields)), path)
    return path


@pytest.mark.parametrize("frequency", TEXTS)
def test_periods_are_groups_keys_and_compared_as_pandas_writes_them(
    tmp_path: Path, frequency: str
) -> None:
    counts, texts = [*TEXTS[frequency]], [*TEXTS[frequency].values()]
    p = save(tmp_path / "p.parquet", frequency, counts, pred=[1.0, 2.0, 4.0])
    t = save(tmp_path / "t.parquet", frequency, counts, target=[0.0, 0.0, 0.0])
    found = evaluate(p, t, EvalSettings((0.0,), "sum", by="period"))
    sums = {entry[1].group: entry[2].sum for entry in found.entries}
    assert sums == dict(zip(texts, [1.0, 2.0, 4.0], strict=True))
    rows = [f"{text},{y}" for text, y in zip(texts[::-1], [40.0, 20.0, 10.0], strict=True)]
    (tmp_path / "t.csv").write_text("\n".join(["period,target", *rows, ""]))
    assert evaluate(p, tmp_path / "t.csv", SUM, key="period").values == (63.0,)
    with pytest.raises(DataError, match="column 'period' differs"):
        evaluate(p, tmp_path / "t.csv", SUM, target="target")


def test_periods_without_known_texts_are_compared_but_are_no_labels(tmp_path: Path) -> None:
    p = save(tmp_path / "p.parquet", "W-SUN", [3, 1, None], pred=[1.0, 2.0, 4.0])
    t = save(tmp_path / "t.parquet", "W-SUN", [3, 1, None], target=[0.0, 0.0, 0.0])
    assert evaluate(p, t, SUM).values == (7.0,)
    found: dict[str, Any] = {"by": "period"}
    with pytest.raises(DataError, match="'period' holds periods of pandas, 'W-SUN', which cannot"):
        evaluate(p, t, SUM.__class__((0.0,), "sum", **found))
