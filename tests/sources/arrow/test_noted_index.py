"""What pandas notes of an index is used only where it describes the file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, describe, evaluate
from smoothl1.sources.formats import open_table

if TYPE_CHECKING:
    from pathlib import Path

GOOD = {"kind": "range", "name": None, "start": 5, "stop": 8, "step": 1}


def save_with(path: Path, note: Any) -> None:
    table = pa.table({"x": [1.0, 2.0, 3.0]})
    text = note if isinstance(note, bytes) else json.dumps({"index_columns": note}).encode()
    pq.write_table(table.replace_schema_metadata({b"pandas": text}), path)


def names_with(path: Path, note: Any) -> tuple[str, ...]:
    save_with(path, note)
    opened = open_table(str(path))
    opened.close()
    return opened.names


def test_a_noted_range_is_the_last_column(tmp_path: Path) -> None:
    assert names_with(tmp_path / "file", [GOOD]) == ("x", "__index_level_0__")
    assert names_with(tmp_path / "file", [{**GOOD, "name": "id"}]) == ("x", "id")
    down = {"start": 2, "stop": -1, "step": -1}
    assert names_with(tmp_path / "file", [{**GOOD, **down}]) == ("x", "__index_level_0__")


@pytest.mark.parametrize(
    "note",
    [
        *([{**GOOD, "stop": stop}] for stop in (9, 1 << 62, 1 << 70, -(1 << 62), None, "8", 8.0)),
        *([{**GOOD, "start": -(1 << 62), "stop": 1 << 62}], [{**GOOD, "step": 0}]),
        *([{**GOOD, "kind": "other"}], [{"kind": "range"}], [GOOD, GOOD], ["x"], [], None, {}),
        *([{**GOOD, "name": "x"}], b'{"index_columns": [{"kind"}]}', b"\xff\xfe", b"[[[", b""),
    ],
    ids=repr,
)
def test_any_other_note_is_none(tmp_path: Path, note: Any) -> None:
    assert names_with(tmp_path / "file", note) == ("x",)


@pytest.mark.parametrize("name", [None, "id"])
def test_an_index_that_nobody_named_and_that_counts_rows_is_not_listed(
    tmp_path: Path, name: str | None
) -> None:
    path = tmp_path / "file"
    save_with(path, [{**GOOD, "name": name, "start": 0, "stop": 3}])
    listed = ["x"] if name is None else ["x", name]
    assert [column.name for column in describe(path).columns] == listed
    shown = ", ".join(map(repr, listed))
    for choice in ({"pred": "z", "target": "x"}, {"pred": "x", "target": "x", "key": "z"}):
        with pytest.raises(DataError, match=f"no column 'z'; there are {shown}$"):
            evaluate(path, path, **choice, warn=[].append)


def test_an_index_that_tells_rows_apart_is_described(tmp_path: Path) -> None:
    """It may be a key, and shows where rows are in another order."""
    save_with(tmp_path / "file", [GOOD])
    assert [column.name for column in describe(tmp_path / "file").columns] == [
        *("x", "__index_level_0__")
    ]
