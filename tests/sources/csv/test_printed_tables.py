"""Tables that were printed for people are called so, with what writes data in their place."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError, ReadOptions, evaluate

if TYPE_CHECKING:
    from pathlib import Path

TABLES = {
    "psql": (" id | y_hat | y \n----+-------+---\n  1 |   1.5 | 2 \n(1 row)\n", "psql --csv"),
    "psql with lines": (" y_hat │ y \n───────┼───\n   1.5 │ 2 \n(1 row)\n", "psql --csv"),
    "mysql": ("+-------+---+\n| y_hat | y |\n+-------+---+\n|   1.5 | 2 |\n", "mysql --batch"),
    "a grid of pandas": ("+-------+---+\n| y_hat | y |\n+=======+===+\n| 1.5 | 2 |\n", "data"),
    "sqlite3 -box": (
        "┌───────┬───┐\n│ y_hat │ y │\n├───────┼───┤\n│ 1.5   │ 2 │\n",
        "sqlite3 -csv",
    ),
    "DuckDB": ("┌────────┬────────┐\n│ y_hat  │   y    │\n│ double │ double │\n", "duckdb -csv"),
    "sqlite3 -column": ("id  y_hat  y\n--  -----  -\n1   1.5    2\n", "sqlite3 -csv"),
    "Markdown": ("| y_hat | y |\n|------:|:--|\n| 1.5 | 2 |\n", "write CSV in its place"),
    "Markdown without outer bars": ("y_hat | y\n--- | ---\n1.5 | 2\n", "write CSV in its place"),
    "Org": ("| y_hat | y |\n|-------+---|\n|   1.5 | 2 |\n", "org-table-export"),
    "Org with a line above": ("|-------+---|\n| y_hat | y |\n|-------+---|\n", "org-table-export"),
    "Polars": ("shape: (1, 2)\n┌───────┬───┐\n│ y_hat ┆ y │\n", "write_csv"),
    "pandas": (
        "    y_hat    y\n0     1.5  2.0\n..    ...  ...\n\n[100 rows x 2 columns]\n",
        "to_csv",
    ),
    "reStructuredText": ("=====  ===\ny_hat  y\n=====  ===\n1.5    2\n", "write CSV"),
    "R": ("# A tibble: 1 \u00d7 2\n  y_hat     y\n  <dbl> <dbl>\n1   1.5     2\n", "write.csv"),
    "Julia": ("1\u00d72 DataFrame\n Row │ y_hat    y\n─────┼─────────\n", "CSV.write"),
}


def error_of(path: Path, options: ReadOptions = ReadOptions()) -> str:
    with pytest.raises(DataError) as caught:
        evaluate(path, pred="y_hat", target="y", options=options, warn=str)
    return str(caught.value)


@pytest.mark.parametrize("name", TABLES)
def test_what_printed_a_table_is_told(name: str, tmp_path: Path) -> None:
    text, remedy = TABLES[name]
    path = tmp_path / "t.txt"
    for ends in ("\n", "\r\n"):
        path.write_text(text.replace("\n", ends), encoding="utf-8", newline="")
        message = error_of(path)
        assert "it looks like a table" in message
        assert remedy in message
        assert "\n" not in message


@pytest.mark.parametrize("delimiter", ["|", "whitespace"])
def test_no_other_delimiter_is_advised_or_helps(delimiter: str, tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    for name in ("psql", "mysql", "Markdown"):
        path.write_text(TABLES[name][0])
        assert "--delimiter" not in error_of(path)
        assert "it looks like a table" in error_of(path, ReadOptions(delimiter=delimiter))


def test_tables_below_other_lines_in_utf_16_and_compressed_are_told(tmp_path: Path) -> None:
    text = TABLES["psql"][0]
    path = tmp_path / "t.csv"
    path.write_text(f"Pager is off.\n{text}")
    assert "as psql prints it" in error_of(path, ReadOptions(skip_rows=1))
    path.write_text(text, encoding="utf-16")
    assert "as psql prints it" in error_of(path, ReadOptions(encoding="utf-16"))
    packed = tmp_path / "t.csv.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    assert "as psql prints it" in error_of(packed)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("y_hat|y\n-|-\n1.5|2\n", ReadOptions(delimiter="|", missing_values=("-",))),
        ("y_hat y\n- -\n1.5 2\n", ReadOptions(delimiter="whitespace", missing_values=("-",))),
        ("y_hat,y\n1.5,2\n", ReadOptions()),
    ],
    ids=["marks between bars", "marks between blanks", "data"],
)
def test_data_are_read(text: str, options: ReadOptions, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    found = evaluate(path, pred="y_hat", target="y", nan="omit", options=options, warn=str)
    assert found.mean == 0.125
