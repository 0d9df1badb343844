"""Ids in types that seldom hold ids: records, lists, and columns that are encoded in runs."""

from __future__ import annotations

import json
import warnings
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, DtypeError, evaluate

if TYPE_CHECKING:
    from pathlib import Path

IDS = [f"5f{i:03}" for i in (7, 3, 9, 1, 5, 0, 2, 8, 4, 6, 11, 10)]
SIDES: Any = {"pred": "p", "target": "t", "betas": 0.0, "reduction": "sum"}
KINDS: dict[str, Any] = {
    "object id": lambda ids: pa.array([{"$oid": x} for x in ids]),
    "record of a number": lambda ids: pa.array([{"n": int(x[2:])} for x in ids]),
    "record of a record": lambda ids: pa.array([{"a": {"b": x}} for x in ids]),
    "runs": lambda ids: pc.run_end_encode(pa.array(ids)),
}


def saved(folder: Path, name: str, ids: pa.Array, column: str, kind: str, called: str) -> Path:
    table = pa.table({called: ids, column: [float(i) for i in range(len(IDS))]})
    path = folder / f"{name}.{kind}"
    if kind == "parquet":
        pq.write_table(table, path)
    else:
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
    return path


def pair(folder: Path, one: pa.Array, other: pa.Array, kind: str, called: str = "_id") -> Any:
    return (
        saved(folder, "p", one, "p", kind, called),
        saved(folder, "t", other, "t", kind, called),
    )


@pytest.mark.parametrize(
    ("of", "kind"),
    [*((of, "arrow") for of in KINDS), *((of, "parquet") for of in KINDS if of != "runs")],
)
def test_records_of_one_value_and_runs_are_compared_by_their_values(
    tmp_path: Path, of: str, kind: str
) -> None:
    ids, shuffled = KINDS[of](IDS), KINDS[of](IDS[::-1])
    assert evaluate(*pair(tmp_path, ids, ids, kind), **SIDES).sum == 0.0
    paths = pair(tmp_path, ids, shuffled, kind)
    with pytest.raises(DataError, match=r"'_id' differs .* same values in another order.*--key"):
        evaluate(*paths, **SIDES)
    wanted = float(sum(abs(i - (len(IDS) - 1 - i)) for i in range(len(IDS))))
    assert evaluate(*paths, key="_id", **SIDES).sum == wanted
    if of == "object id":
        with pytest.raises(DataError, match="same values in another order"):
            evaluate(*pair(tmp_path, ids, pa.array(IDS[::-1]), kind), **SIDES)


@pytest.mark.parametrize("kind", ["arrow", "parquet"])
@pytest.mark.parametrize(
    "make", [lambda x: [x, x], lambda x: {"a": x, "b": 1}, lambda x: [{"a": x}]]
)
def test_an_id_that_cannot_be_compared_is_warned_of(tmp_path: Path, kind: str, make: Any) -> None:
    ids, shuffled = pa.array(map(make, IDS)), pa.array(map(make, IDS[::-1]))
    for other in (shuffled, pa.array(IDS)):
        paths = pair(tmp_path, ids, other, kind)
        with pytest.warns(UserWarning, match="'_id' cannot be compared with that of") as found:
            assert evaluate(*paths, **SIDES).sum == 0.0
        assert len(found) == 1
    with pytest.raises(DtypeError, match="cannot be a key"):
        evaluate(*paths, key="_id", **SIDES)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        evaluate(*pair(tmp_path, ids, shuffled, kind, "tags"), **SIDES)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", lambda x: x),
        ("n", lambda x: int(x[2:])),
        ("$date", lambda x: date(2024, 1, int(x[2:]) + 1)),
    ],
)
def test_records_of_one_value_are_compared_under_any_name(
    tmp_path: Path, field: str, value: Any
) -> None:
    plain = [value(x) for x in IDS]
    records = pa.array([{field: x} for x in plain])
    for other in (records, pa.array(plain)):
        assert evaluate(*pair(tmp_path, records, other, "parquet", "user"), **SIDES).sum == 0.0
        with pytest.raises(DataError, match=r"'user' differs .* same values in another order"):
            evaluate(*pair(tmp_path, records, other[::-1], "parquet", "user"), **SIDES)


@pytest.mark.parametrize("field", ["$oid", "$date", "name", "$numberLong"])
def test_records_of_one_value_in_json_lines_match_that_value(tmp_path: Path, field: str) -> None:
    called = "user" if field == "name" else "_id"
    ids = [x[2:] if field == "$numberLong" else x for x in IDS]
    lines = [json.dumps({called: {field: x}, "p": i}) for i, x in enumerate(ids)]
    (tmp_path / "p.jsonl").write_text("\n".join(lines))
    rows = [f"{x},{i}" for i, x in enumerate(ids)]
    (tmp_path / "t.csv").write_text("\n".join([f"{called},t", *rows[::-1], ""]))
    table = pa.table({called: [{field: x} for x in ids[::-1]], "t": range(len(ids) - 1, -1, -1)})
    pq.write_table(table, tmp_path / "t.parquet")
    targets = ["t.csv"] if field == "$numberLong" else ["t.csv", "t.parquet"]
    for target in targets:
        paths = (tmp_path / "p.jsonl", tmp_path / target)
        assert evaluate(*paths, key=called, **SIDES).sum == 0.0
        with pytest.raises(DataError, match=r"differs .* same values in another order"):
            evaluate(*paths, **SIDES)


def test_a_number_in_an_object_of_json_lines_is_no_column_of_numbers(tmp_path: Path) -> None:
    lines = ['{"pred": 1.5, "meta": {"n": 3}, "cost": {"usd": "2.5"}}'] * 2
    (tmp_path / "p.jsonl").write_text("\n".join(lines))
    assert (
        evaluate(tmp_path / "p.jsonl", np.array([1.5, 0.5]), betas=0.0, reduction="sum").sum == 1.0
    )


def test_a_record_that_is_missing_has_no_key(tmp_path: Path) -> None:
    ids = pa.array([{"$oid": x} if x != IDS[3] else None for x in IDS])
    paths = pair(tmp_path, ids, ids, "parquet")
    assert evaluate(*paths, **SIDES).sum == 0.0
    with pytest.raises(DataError, match="row 4, column '_id': the value is missing"):
        evaluate(*paths, key="_id", **SIDES)


def test_numbers_and_groups_in_runs_are_read(tmp_path: Path) -> None:
    runs = {"p": [1.0, 1.0, 3.5], "t": [1.0, 0.5, 0.5], "g": ["a", "a", "b"]}
    table = pa.table({name: pc.run_end_encode(pa.array(some)) for name, some in runs.items()})
    path = tmp_path / "x.arrow"
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    for data in (path, table):
        assert evaluate(data, by="g", **SIDES).values == (0.5, 3.0)
    assert evaluate(table["p"], table["t"], betas=0.0, reduction="sum").sum == 3.5
