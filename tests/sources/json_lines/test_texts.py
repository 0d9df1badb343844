"""Texts and names in JSON Lines that would be ambiguous in CSV: in JSON they are not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError, evaluate

if TYPE_CHECKING:
    from pathlib import Path

    Row = dict[str, float | str]


def save(path: Path, rows: list[Row]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize("text", ["a list:\n1,2,three\n4,5,six", "1,2,\n3,4,", '1,"2"\n,3,\r4,5,'])
@pytest.mark.parametrize("by", [None, "s"])
def test_lines_of_a_text_are_no_rows(tmp_path: Path, text: str, by: str | None) -> None:
    rows: list[Row] = [{"y": 1.5, "p": 1.0, "s": text}, {"y": 2.0, "p": 2.5, "s": "x"}]
    result = evaluate(save(tmp_path / "a.jsonl", rows), pred="p", target="y", by=by)
    assert [tally.sum for *_, tally in result.entries] == ([0.25] if by is None else [0.125, 0.125])


@pytest.mark.parametrize("mark", ";\t|,")
def test_an_only_column_has_no_delimiter(tmp_path: Path, mark: str) -> None:
    sides = save(tmp_path / "a.jsonl", [{"y": 1.0, "p": 1.5}, {"y": 2.0, "p": 1.0}])
    labels: list[Row] = [{f"a{mark}b": f"x{mark}y"}, {f"a{mark}b": f"x{mark}z"}]
    groups = save(tmp_path / "g.jsonl", labels)
    result = evaluate(sides, pred="p", target="y", groups=groups)
    assert [(group.group, tally.sum) for _, group, tally in result.entries] == [
        (f"x{mark}y", 0.125),
        (f"x{mark}z", 0.5),
    ]


@pytest.mark.parametrize("name", ["a;b", "a b"])
def test_nothing_is_advised_about_delimiters(tmp_path: Path, name: str) -> None:
    path = save(tmp_path / "a.jsonl", [{name: 1.0}])
    with pytest.raises(DataError, match="no column 'a'; there are") as caught:
        evaluate(path, path, pred="a", target=name)
    assert "delimiter" not in (caught.value.hint or "")


@pytest.mark.parametrize("by", [None, "s"])
def test_a_nul_that_is_an_escape_is_text(tmp_path: Path, by: str | None) -> None:
    rows: list[Row] = [
        {"s": "a\0b", "p": 1.0, "y": 1.5, "n\0": 1.0},
        {"s": "a\0c", "p": 2.0, "y": 3.0, "n\0": 2.0},
    ]
    result = evaluate(save(tmp_path / "a.jsonl", rows), pred="p", target="y", by=by)
    found = [(group and group.group, tally.sum) for _, group, tally in result.entries]
    assert found == ([(None, 0.625)] if by is None else [("a\0b", 0.125), ("a\0c", 0.5)])


def test_a_nul_byte_in_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"p": 1, "y": 2, "s": "a\0b"}\n')
    with pytest.raises(DataError, match=r"a\.jsonl: "):
        evaluate(tmp_path / "a.jsonl", pred="p", target="y")
