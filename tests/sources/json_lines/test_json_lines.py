"""JSON Lines, against what Python's json reads of each line."""

from __future__ import annotations

import json
import math
import random
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from smoothl1 import DataError, evaluate
from smoothl1.files import rewritten
from smoothl1.read_options import ReadOptions
from smoothl1.sources.contract import Part, Wanted
from smoothl1.sources.csv.source import CsvSource
from smoothl1.sources.formats import open_table
from smoothl1.sources.json_lines import opening
from smoothl1.sources.json_lines import rows as json_rows
from smoothl1.sources.json_lines.objects import object_of
from smoothl1.sources.json_lines.rows import Chosen
from smoothl1.sources.json_lines.table import ObjectsTable
from tests.sources.files import bits, read

if TYPE_CHECKING:
    from pathlib import Path

NUMBERS = [0.1, -0.0, 1e-310, 5e-324, 1.7976931348623157e308, 9007199254740991, 1e22, -7]
TEXTS = ["a", "a,b", 'say "x"', "line\nend", "ü中", "\ufeffx", " x ", "null", "1.5", "\\"]


def random_lines(choice: random.Random, n: int) -> list[str]:
    """Objects as several writers put them: escapes or none, blanks, names in any order."""
    lines = []
    for _ in range(n):
        row: dict[str, Any] = {"p": choice.choice(NUMBERS), "id": choice.choice(TEXTS)}
        row["nested"] = choice.choice([None, {"p": 1}, [1, {"id": 2}], True])
        row = dict(choice.sample(sorted(row.items()), 3)) if choice.random() < 0.5 else row
        separators = choice.choice(((",", ":"), (" , ", ": ")))
        text = json.dumps(row, ensure_ascii=choice.random() < 0.5, separators=separators)
        lines.append(choice.choice(("", "  ")) + text)
    return lines


@pytest.mark.parametrize("size", [1, 50, 1 << 18])
def test_numbers_and_labels_are_those_that_json_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(rewritten, "_BLOCK_BYTES", size)
    lines = random_lines(random.Random(size), 80)
    (tmp_path / "x.jsonl").write_bytes("\n".join([*lines, "", ""]).encode())
    expected = [json.loads(line) for line in lines]
    assert bits(read(tmp_path / "x.jsonl", "p")) == bits([float(row["p"]) for row in expected])
    result = evaluate(tmp_path / "x.jsonl", pred="p", target="p", by="id", warn=lambda _: None)
    found = {group.group: tally.n for _, group, tally in result.entries}
    labels = [row["id"] for row in expected]
    assert found == {label: labels.count(label) for label in labels}


def test_plain_lines_and_others_give_the_same_rows() -> None:
    rows = [
        {"p": 1.5, "t": "a", "y": 2},
        {"p": -1e5, "t": None, "y": True},
        {"p": 0, "t": "", "y": 7},
    ]
    names = ("t", "y", "absent", "p")
    lines = [json.dumps(row).encode() for row in rows]
    expected = b'"a",2,,1.5\n,true,,-100000.0\n"",7,,0\n'
    assert substituted(b"\n".join([*lines, b""]), names) == (expected, 3)
    places = {name: i for i, name in enumerate(names)}
    one_by_one = [json_rows._row(object_of(line, 1), places, frozenset()) for line in lines]
    assert "".join(one_by_one).encode() == expected
    as_stored = b'1.5,"a",2\n-100000.0,,true\n0,"",7\n'
    assert substituted(b"\n".join([*lines, b""]), ("p", "t", "y")) == (as_stored, 3)
    one = b'{"p": 1}\n{"p": null}\n'
    assert substituted(one, ("p",)) == (b"1\n\n", 2)
    assert substituted(one, ("q",)) == (b"\n\n", 2)


def substituted(
    text: bytes, names: tuple[str, ...], known: tuple[str, ...] = ()
) -> tuple[bytes, int] | None:
    return json_rows._substituted(text, Chosen(names, known or names), 1)


@pytest.mark.parametrize("names", [("p",), ("y", "p"), ("absent",), ("absent", "t")])
def test_only_chosen_names_are_written_of_plain_lines_and_of_others(
    names: tuple[str, ...],
) -> None:
    known = ("p", "t", "y", "absent")
    lines = [b'{"p": 1.5, "t": "a", "y": 2}', b'{"p": null, "t": "", "y": true}']
    places = {name: i for i, name in enumerate(names)}
    one_by_one = [json_rows._row(object_of(line, 1), places, frozenset()) for line in lines]
    plain = substituted(b"\n".join([*lines, b""]), names, known)
    assert plain == ("".join(one_by_one).encode(), 2)


def test_lines_of_many_names_are_not_compiled_to_an_expression() -> None:
    names = [f"k{i}" for i in range(3000)]
    many = json.dumps({"p": 1, "t": 3, **dict.fromkeys(names, 0)})
    text = many.encode() + b"\n"
    assert substituted(text, tuple(json.loads(many))) is None
    assert substituted(text, ("p",)) is None
    all_names = tuple(json.loads(many))
    pieces = list(json_rows._rows_of([b'{"p":5,"t":1}'] * 3000, 0, Chosen(all_names, all_names)))
    assert sum(piece.count("\n") for piece in pieces) == 3000
    assert max(map(len, pieces)) < 1 << 19  # not the 9 MB of all rows, whose cells are empty


def test_only_the_values_of_an_object_are_written_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = {"p": 1, "t": 3, **{f"k{i}": 0 for i in range(300)}, "last": 4}
    lines = [json.dumps(first), '{"t":1,"p":5}', '{"last":7,"k9":null,"p":2,"t":2}']
    written: list[Any] = []
    cell = json_rows._cell

    def counted(value: Any, *, is_record: bool) -> str:
        written.append(value)
        return cell(value, is_record=is_record)

    monkeypatch.setattr(json_rows, "_cell", counted)
    rows = "".join(json_rows._rows_of([*map(str.encode, lines)], 0, Chosen(tuple(first), first)))
    assert rows.count(",") == 3 * (len(first) - 1)
    assert len(written) == len(first) + 2 + 4  # not 3 rows of all columns


@pytest.mark.parametrize("n_names", [10, 3000])
def test_only_the_columns_that_are_chosen_are_made_rows(tmp_path: Path, n_names: int) -> None:
    path = tmp_path / "x.jsonl"
    first = {"p": 1, **{f"k{i}": 0 for i in range(n_names)}, "id": "a", "t": 3}
    path.write_text(json.dumps(first) + '\n{"t":1}\n{"p":2,"t":2,"id":"b"}\n')
    options = ReadOptions(allow_missing=True)
    with closing(open_table(str(path), options, lambda _: None)) as table:
        assert len(table.names) == n_names + 3
        source = table.select(Wanted((("p",), ("t",)), labels=("id",), carried=(0,)))
        (block,) = source.blocks(Part(0, None), 100)
        assert isinstance(source, CsvSource)
        assert b"".join(source.table.chunks()) == b'1,"a",3\n,,1\n2,"b",2\n'
        assert isinstance(table, ObjectsTable)
        assert table.count_rows() == 3
    assert [numbers.values.tolist()[-1] for numbers in block.fields] == [2.0, 2.0]
    assert block.labels[0].to_pylist() == ["a", None, "b"]


def test_a_fault_in_a_chosen_column_names_it_and_one_in_another_is_none(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"a":1,"p":1,"b":2}\n{"a":1e999,"p":1,"b":"x"}\n{"p":"x"}\n')
    with pytest.raises(DataError, match=r"row 2, column 'a': '1e999' is too large"):
        read(path, "a")
    with pytest.raises(DataError, match=r"row 3, column 'p': 'x' is not a number"):
        read(path, "p")


def test_names_may_have_more_bytes_together_than_a_row_of_csv(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    first = {"p": 1.5, **{f"{i:0500}": i for i in range(2200)}, "t": 2.5}
    path.write_text(f'{json.dumps(first)}\n{{"p":1,"t":3}}\n')
    assert evaluate(path, pred="p", target="t").tallies[0].sum == 0.5 + 1.5


def test_more_names_than_columns_that_are_read_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_MOST_NAMES", 3)
    path = tmp_path / "x.jsonl"
    path.write_text('{"p":1,"t":2}\n{"p":3,"t":2,"k":1}\n')
    assert evaluate(path, pred="p", target="t").n == 2
    path.write_text('{"p":1,"t":2}\n{"p":3,"t":2,"k":1,"l":1}\n')
    with pytest.raises(DataError, match="first objects have 4 names, and at most 3 are read"):
        evaluate(path, pred="p", target="t")


def test_long_lists_of_the_first_objects_are_not_held_while_rows_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"p":1.5,"t":"2","long":[1,2],"of":{"a":[1]}}\n')
    with closing(open_table(str(path), ReadOptions(), lambda _: None)) as table:
        cells = getattr(table, "cells", table)
        assert isinstance(cells, ObjectsTable)
        assert cells.first_objects == ({"p": "1.5", "t": "2"},)


def test_a_short_whole_number_that_is_repeated_is_held_once() -> None:
    found = object_of(b'{"x":[7,7,-99,-99,1234,1234]}', 1)["x"]
    assert len({id(number) for number in found}) == 4
    assert [str(number) for number in found] == ["7", "7", "-99", "-99", "1234", "1234"]


def test_a_name_among_many_that_occurs_twice_is_found_in_one_pass(tmp_path: Path) -> None:
    pairs = [f'"k{i}":1' for i in range(60_000)] + ['"last":1', '"last":2']
    (tmp_path / "x.jsonl").write_text("{" + ",".join(pairs) + "}\n")
    with pytest.raises(DataError, match="row 1 has 'last' twice"):
        read(tmp_path / "x.jsonl", "p")


def test_what_is_absent_or_null_is_missing_and_python_names_of_numbers_are_read(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x"
    rows = ['"p":1,"y":3', '"p":null,"y":1', '"y":1', '"p":NaN,"y":1', '"p":-Infinity,"y":1']
    path.write_text("".join(f"{{{row}}}\n" for row in rows))
    heard: list[str] = []
    result = evaluate(path, pred="p", target="y", nan="omit", betas=0, warn=heard.append)
    tally = result.tallies[0]
    assert (tally.sum, tally.n) == (math.inf, 2)
    assert any("3 of 5 pairs were left out" in message for message in heard)
    with pytest.raises(DataError, match=r"row 2, column 'p': the value is missing"):
        evaluate(path, pred="p", target="y")


@pytest.mark.parametrize(
    ("second", "says"),
    [
        ('{"p":9007199254740993}', r"column 'p': the integer '9007199254740993' is not exact"),
        ('{"p":1e999}', r"row 2, column 'p': '1e999' is too large"),
        ('{"p":1,"p":2}', r"row 2 has 'p' twice"),
        ('{"p":1', r"row 2 is not a whole JSON object, at its character 7"),
        ('{"p":1}{"p":2}', r"row 2 is not a whole JSON object, at its character 8"),
        ('{"p":01}', r"row 2 is not a whole JSON object"),
        ("[1]", r"row 2 is a list, not a JSON object"),
        ("null", r"row 2 is null, not a JSON object"),
        ('{"p":[1.5]}', r"row 2, column 'p': '\[1.5\]' is not a number"),
        ('{"p":true}', r"row 2, column 'p': 'true' is not a number"),
        ('{"p":' + "[" * 100_000, r"row 2 (has too many brackets|is not a whole)"),
        ('{"p":"\xff"}', r"row 2 is not UTF-8, at its byte 6"),
    ],
)
def test_the_first_line_that_is_no_row_is_named(tmp_path: Path, second: str, says: str) -> None:
    text = '{"p":1}\n' + second + '\n{"p":3}\n'
    (tmp_path / "x.jsonl").write_bytes(text.encode("latin-1"))
    with pytest.raises(DataError, match=says):
        read(tmp_path / "x.jsonl", "p")


def test_a_file_that_was_cut_is_named_by_whoever_reads_it_first(tmp_path: Path) -> None:
    """Here rows of totals are looked for, before the numbers are read."""
    row = json.dumps({"task": "sum", "p": 1.5, "y": 1, "text": "x" * 200})
    (tmp_path / "x.jsonl").write_text("\n".join([*[row] * 64, row[:20]]))
    with pytest.raises(DataError, match=r"x\.jsonl: row 65 is not a whole JSON object"):
        evaluate(tmp_path / "x.jsonl", pred="p", target="y")


@pytest.mark.parametrize("size", [1, 1 << 18])
def test_of_two_faults_that_of_the_earlier_row_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(rewritten, "_BLOCK_BYTES", size)
    (tmp_path / "x.jsonl").write_text('{"p":1}\n{"p":"x"}\n{"p":\n{"p":2}\n')
    with pytest.raises(DataError, match=r"row 2, column 'p': 'x' is not a number"):
        read(tmp_path / "x.jsonl", "p")
    (tmp_path / "x.jsonl").write_text('{"p":1}\n{"p":2}\n{"p":\n{"p":"x"}\n')
    with pytest.raises(DataError, match=r"row 3 is not a whole JSON object"):
        read(tmp_path / "x.jsonl", "p")


def test_a_first_line_of_more_bytes_than_are_read_is_said_to_be_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_SAMPLE_BYTES", (16, 1 << 20))
    (tmp_path / "x.jsonl").write_text('{"t":"' + "a" * (1 << 20) + '","p":1}\n{"p":2}\n')
    with pytest.raises(DataError, match="line 1 is longer than the 1 MiB that are looked at"):
        read(tmp_path / "x.jsonl", "p")


def test_a_long_first_line_of_arrays_of_objects_is_refused_with_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_SAMPLE_BYTES", (16, 1 << 20))
    images = ", ".join(['{"id": 1}'] * 150_000)
    (tmp_path / "x.json").write_text(f'{{"info": {{}}, "images": [{images}], "annotations": []}}')
    with pytest.raises(DataError, match="like annotations of COCO") as caught:
        read(tmp_path / "x.json", "p")
    assert "['annotations']" in str(caught.value.hint)


def test_names_that_are_numbers_or_in_another_encoding_are_names(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"0":5,"1":6.5}\n{"0":0,"1":1}\n')
    assert read(path, "0").tolist() == [5.0, 0.0]
    path.write_bytes('\ufeff{"é":1.5}\n'.encode())
    assert read(path, "é").tolist() == [1.5]
    path.write_bytes('{"é":1.5}\n'.encode("latin-1"))
    assert read(path, "é", options=ReadOptions("jsonl", encoding="latin-1")).tolist() == [1.5]


def test_other_options_of_csv_do_not_concern_it(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"p":1.5}\n{"p":"?"}\n')
    options = ReadOptions(
        header=False,
        delimiter=";",
        decimal=",",
        skip_rows=1,
        comment="#",
        missing_values=("?",),
        allow_missing=True,
    )
    assert read(tmp_path / "x.jsonl", options=options)[0] == 1.5


def test_numbers_in_lists_and_objects_keep_their_text(tmp_path: Path) -> None:
    ids = ["[9007199254740993]", "[9007199254740992]", '{"a": [1.0, true, null, "é\\n"]}']
    rows = [f'{{"p": 1, "id": {text}}}\n' for text in ids]
    (tmp_path / "x.jsonl").write_text("".join(rows), encoding="utf-8")
    found = evaluate(tmp_path / "x.jsonl", pred="p", target="p", by="id", warn=lambda _: None)
    assert sorted(group.group for group in found.groups) == sorted(
        [*ids[:2], r'{"a": [1.0, true, null, "\u00e9\n"]}']
    )


def test_text_that_begins_with_a_brace_may_be_csv(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("{p}\n1\n")
    with pytest.raises(DataError, match=r"row 1 is not .*--format-in csv reads all inputs as CSV"):
        read(tmp_path / "x")
    assert read(tmp_path / "x", options=ReadOptions(format="csv")).tolist() == [1.0]


def test_a_name_that_first_occurs_below_the_first_objects_is_refused_where_it_may_be_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_SAMPLE_BYTES", (64, 1 << 10))
    path, targets = tmp_path / "late.jsonl", tmp_path / "y.csv"
    rows: list[dict[str, Any]] = [{"ms": float(i)} for i in range(20)]
    rows[12]["y_hat"] = None
    rows[15]["y_hat"] = 0.5
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    targets.write_text("y\n" + "0\n" * 20)
    says = r"late\.jsonl: row 16 has 'y_hat', which is in none of the first objects"
    with pytest.raises(DataError, match=says) as caught:
        evaluate(path, targets, target="y")
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("write null in the first object")
    with pytest.raises(DataError, match="no column 'y_hat'") as caught:
        evaluate(path, targets, pred="y_hat", target="y")
    assert caught.value.hint is not None
    assert "the names in the first 64 KiB" in caught.value.hint
    for beta in (0, 1):  # all columns are chosen by name, and the late one is none of them
        expected = sum(i if beta == 0 else max(i - 0.5, 0) for i in range(20)) / 20
        assert evaluate(path, targets, pred="ms", target="y", betas=beta).mean == expected
    del rows[15]["y_hat"]  # a null is no value
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert evaluate(path, targets, target="y", betas=0).mean == 9.5
