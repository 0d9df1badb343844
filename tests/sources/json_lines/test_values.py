"""Objects of MongoDB's Extended JSON in JSON Lines, against values that were written by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, evaluate
from smoothl1.sources.json_lines.objects import object_of
from smoothl1.sources.json_lines.values import Number, plain

if TYPE_CHECKING:
    from pathlib import Path

SUM: Any = {"betas": 0.0, "reduction": "sum"}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"$numberLong": "9007199254740993"}, Number("9007199254740993")),
        ({"$numberInt": "-5"}, Number("-5")),
        ({"$numberDouble": "-Infinity"}, Number("-Infinity")),
        ({"$numberDecimal": "1.50E+3"}, Number("1.50E+3")),
        ([[{"$numberDouble": "1.5"}], {"a": {"$numberInt": "2"}}], [[Number("1.5")], {"a": "2"}]),
        ({"$date": {"$numberLong": "1704067200000"}}, "2024-01-01T00:00:00Z"),
        ({"$date": 1704067200007}, "2024-01-01T00:00:00.007Z"),
        ({"$date": {"$numberLong": "-1"}}, "1969-12-31T23:59:59.999Z"),
        ({"$date": {"$numberLong": "-62135596800000"}}, "0001-01-01T00:00:00Z"),
        ({"$date": {"$numberLong": "253402300799999"}}, "9999-12-31T23:59:59.999Z"),
        ({"$date": "2024-01-01T00:00:00Z"}, "2024-01-01T00:00:00Z"),
        ({"$date": {"$numberLong": "253402300800000"}}, {"$date": "253402300800000"}),
        ({"$date": {"$numberLong": "9223372036854775807"}}, {"$date": "9223372036854775807"}),
        ({"$date": 1.5}, {"$date": "1.5"}),
        ({"$numberLong": "five"}, {"$numberLong": "five"}),
        ({"$numberLong": "1", "unit": "m"}, {"$numberLong": "1", "unit": "m"}),
        ({"$oid": "65a1"}, {"$oid": "65a1"}),
        ("$date", "$date"),
    ],
)
def test_objects_of_numbers_and_times_are_these(written: Any, expected: Any) -> None:
    found = object_of(json.dumps({"x": written, "$date": 1}).encode(), 1)
    assert found == {"x": expected, "$date": "1"}
    assert type(found["x"]) is type(expected)


def test_what_is_in_a_value_is_changed_in_its_place() -> None:
    value = [{"a": {"$numberInt": "1"}}]
    assert plain(value) is value
    assert value == [{"a": Number("1")}]


def test_a_line_with_one_name_is_a_row_whatever_the_name() -> None:
    assert object_of(b'{"$numberLong": "5"}', 1) == {"$numberLong": "5"}


def test_a_canonical_export_is_read_like_a_relaxed_one(tmp_path: Path) -> None:
    lines = [
        {
            "_id": {"$oid": f"65a{i}"},
            "n": {"$numberLong": str(i)},
            "p": {"$numberDouble": f"{i}.5"},
            "v": [{"$numberInt": "1"}, {"$numberDouble": f"{i}.25"}],
            "d": {"$date": {"$numberLong": str(86400000 * i)}},
        }
        for i in (2, 1, 3)
    ]
    canonical, relaxed, table = (tmp_path / name for name in ("c.jsonl", "r.jsonl", "t.parquet"))
    canonical.write_text("\n".join(map(json.dumps, lines)))
    rows = [
        {
            "_id": {"$oid": f"65a{i}"},
            "n": i,
            "p": i,
            "v": [1, i],
            "d": f"1970-01-0{i + 1}T00:00:00Z",
        }
        for i in (1, 2, 3)
    ]
    relaxed.write_text("\n".join(json.dumps({**row, "d": {"$date": row["d"]}}) for row in rows))
    times = [datetime(1970, 1, i + 1, tzinfo=UTC) for i in (1, 2, 3)]
    pq.write_table(pa.table({"d": times, "n": [1, 2, 3], "p": [1.0, 2.0, 3.0]}), table)
    for other in (relaxed, table):
        for key in ("n", "d"):
            assert evaluate(canonical, other, pred="p", target="p", key=key, **SUM).sum == 1.5
    assert evaluate(canonical, relaxed, pred="v", target="v", key="_id", **SUM).sum == 0.75
    assert evaluate(canonical, relaxed, pred="n", target="n", key="d", **SUM).sum == 0.0
    with pytest.raises(DataError, match="same values in another order"):
        evaluate(canonical, relaxed, pred="p", target="p", **SUM)
    with pytest.raises(DataError, match="row 1, column 'd'"):
        evaluate(canonical, pred="d", target="p", **SUM)
