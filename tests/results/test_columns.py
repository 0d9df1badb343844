"""Results as columns and as Arrow tables have the numbers of their JSON."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import EvalSettings, ReadOptions, compare, evaluate
from smoothl1.results.columns import (
    COUNT_NAMES,
    NUMBER_NAMES,
    Column,
    comparison_columns,
    result_columns,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Two groups, of which one has NaN alone."""
    path = tmp_path / "t.csv"
    path.write_text("g,p,q,y\na,1,2,0\na,3,0.5,0.25\nb,nan,1,2\na,0.5,0,0\n")
    return path


def from_json(entry: dict[str, Any], name: str) -> Any:
    """A field of a result in JSON, with the number that JSON has no room for."""
    return float(entry[f"{name}_text"]) if f"{name}_text" in entry else entry[name]


def same(one: Any, other: Any) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


def assert_as_in_json(columns: Sequence[Column], entries: Sequence[dict[str, Any]]) -> None:
    """Each column has the values of the field of its name, and no field is left out."""
    entries = [{"g" if n == "group" else n: value for n, value in e.items()} for e in entries]
    names = {name for entry in entries for name in entry} - {"exact"}
    assert {column.name for column in columns} == {n for n in names if not n.endswith("_text")}
    for column in columns:
        for cell, entry in zip(column.cells, entries, strict=True):
            if cell is None:
                assert entry[column.name] is None
            else:
                assert same(cell, from_json(entry, column.name)), column.name


def test_a_result_has_the_numbers_of_its_json(table: Path) -> None:
    settings = EvalSettings((0.5, 1.0), by="g")
    result = evaluate(table, None, settings, pred="p", target="y", statistics=True, warn=print)
    columns = result_columns(result)
    assert_as_in_json(columns, result.to_json()["results"])
    assert [column.cells for column in columns[:2]] == [[0.5, 0.5, 1.0, 1.0], ["a", "b"] * 2]
    largest = next(column for column in columns if column.name == "max")
    assert largest.cells[1] is None  # of NaN alone


def test_a_comparison_has_the_numbers_of_its_json(table: Path) -> None:
    settings = EvalSettings(by="g")
    found = compare(table, None, None, settings, pred_a="p", pred_b="q", target="y", warn=print)
    assert_as_in_json(comparison_columns(found, 0.9), found.to_json(0.9)["results"])


def test_an_arrow_table_has_a_type_for_each_kind_of_column(table: Path) -> None:
    result = evaluate(table, None, EvalSettings(by="g"), pred="p", target="y", warn=print)
    types = {field.name: field.type for field in result.to_arrow().schema}
    assert types["g"] == pa.string()
    assert {types[name] for name in ("beta", "mean", "max")} == {pa.float64()}
    assert {types[name] for name in ("count", "first_nan", "zero_weight")} == {pa.int64()}
    assert result.to_arrow()["count"].to_pylist() == [3, 1]
    found = compare(table, pred_a="p", pred_b="q", target="y", warn=print)
    assert found.to_arrow()["a_better"].to_pylist() == [found.differences[0].n_a_better]


def test_a_result_of_no_rows_has_types_as_well(tmp_path: Path) -> None:
    np.save(tmp_path / "e.npy", np.zeros((0, 2)))
    options = ReadOptions(allow_empty=True)
    result = evaluate(tmp_path / "e.npy", tmp_path / "e.npy", options=options, warn=print)
    assert result.to_arrow().schema.field("mean").type == pa.float64()


def test_a_comparison_tells_what_its_names_say(table: Path) -> None:
    found = compare(table, pred_a="p", pred_b="q", target="y", warn=print)
    numbers = found.differences[0].numbers(0.95)
    assert list(numbers) == [*NUMBER_NAMES, *COUNT_NAMES]
    assert {type(numbers[name]) for name in COUNT_NAMES} == {int}
