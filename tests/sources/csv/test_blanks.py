"""Cells between runs of blanks, and lines of comments."""

from __future__ import annotations

import math
import random
from contextlib import nullcontext
from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import DataError, SettingsError, evaluate
from smoothl1.files import rewritten
from smoothl1.read_options import ReadOptions
from tests.sources.files import bits, read

if TYPE_CHECKING:
    from pathlib import Path

FORTRAN = "   1.5   0.25  \n\t-2 \t3\n 1e-310\t 7 \n4.  5"
"""Numbers as a list-directed WRITE puts them, with tabs as well."""

TABLE = [[1.5, 0.25], [-2.0, 3.0], [1e-310, 7.0], [4.0, 5.0]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("size", [1, 2, 7, 1 << 18])
def test_runs_of_blanks_separate_cells_wherever_the_file_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, size: int
) -> None:
    """The rows of text are split here by Python; a quoted cell keeps its blanks and line ends."""
    monkeypatch.setattr(rewritten, "_BLOCK_BYTES", size)
    choice = random.Random(size)
    cells = [[repr(choice.uniform(-9, 9)), f'"a \t b{end} "', "7"] for _ in range(40)]
    gaps = (" ", "\t", "   ", " \t ")
    lines = [choice.choice(gaps).join(row) + choice.choice(("", "  ")) for row in cells]
    text = end.join(["", "p text y", *(choice.choice(("", " ")) + line for line in lines), ""])
    (tmp_path / "x.txt").write_text(text.removeprefix(end), newline="")
    options = ReadOptions(delimiter="whitespace")
    found = read(tmp_path / "x.txt", "p", options=options)
    assert bits(found) == bits([float(row[0]) for row in cells])
    result = evaluate(tmp_path / "x.txt", pred="p", target="y", by="text", options=options)
    assert [group.group for group in result.groups] == [f"a \t b{end} "]


@pytest.mark.parametrize("header", ["", "p y\n", " p   y \n"])
def test_blanks_are_found_where_only_they_can_separate_numbers(tmp_path: Path, header: str) -> None:
    (tmp_path / "x.txt").write_text(header + FORTRAN)
    names = ("p", "y") if header else ("@1", "@2")
    found = [read(tmp_path / "x.txt", name, warnings=[]).tolist() for name in names]
    assert np.transpose(found).tolist() == TABLE
    result = evaluate(tmp_path / "x.txt", pred=names[0], target=names[1], warn=lambda _: None)
    assert any("runs of blanks" in decision.choice for decision in result.decisions)


def test_one_line_of_numbers_is_a_row_as_it_is_with_commas(tmp_path: Path) -> None:
    for i, text in enumerate(("1.5 2.5 3.25\n", "1.5 2.5 3.25", "1.5,2.5,3.25\n")):
        (tmp_path / f"{i}.txt").write_text(text)
        found = [read(tmp_path / f"{i}.txt", f"@{at}", warnings=[]).tolist() for at in (1, 2, 3)]
        assert found == [[1.5], [2.5], [3.25]], text
    for text in ("New York 5\n", "1 234 567\n", "p y\n"):
        (tmp_path / "x.txt").write_text(text)
        with pytest.raises(DataError, match="no rows, only a header"):
            read(tmp_path / "x.txt")


@pytest.mark.parametrize(
    "text",
    [
        "city\nNew York\nLos Angeles\n",
        "model\nrun 1\nrun 2\n",
        "p\n1 234\n5 678\n",
        "p y\n1 2\n3\n",
        "p y,z\n1 2\n3 4\n",
        "p\ty\n1\t\t2\n",
    ],
)
def test_blanks_in_text_and_figures_are_not_taken_for_separators(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.txt").write_text(text)
    with pytest.raises(DataError):
        read(tmp_path / "x.txt", "@2")


@pytest.mark.parametrize("delimiter", ["auto", "whitespace"])
def test_a_table_of_r_has_names_of_rows_without_a_name(tmp_path: Path, delimiter: str) -> None:
    (tmp_path / "x.txt").write_text('"p" "y"\n"3" 1.5 2\n"1 a" 0.5 0.25\n')
    options = ReadOptions(delimiter=delimiter)
    assert read(tmp_path / "x.txt", "p", options=options).tolist() == [1.5, 0.5]
    assert read(tmp_path / "x.txt", "y", options=options).tolist() == [2.0, 0.25]
    (tmp_path / "x.txt").write_text("p y\n1 1.5 2\n2 0.5 0.25\n")
    says = r"row 1 has 3 cells, expected 2 \[if R" if delimiter == "whitespace" else "no column 'p'"
    with pytest.raises(DataError, match=says):
        read(tmp_path / "x.txt", "p", options=options)


@pytest.mark.parametrize("size", [1, 3, 1 << 18])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_of_comments_are_left_out_wherever_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, end: str
) -> None:
    """But not a line within a quoted cell, nor a mark within a line."""
    monkeypatch.setattr(rewritten, "_BLOCK_BYTES", size)
    rows = ["p,y,g", "1,2,a#b", " \t# 7,7,7", f'3,4,"x{end}#y"', "#", "5,6,z", "#"]
    lines = ['# made, by "me', *rows]
    (tmp_path / "x.csv").write_text(end.join(lines), newline="")
    result = evaluate(
        tmp_path / "x.csv",
        pred="p",
        target="y",
        by="g",
        betas=0,
        reduction="sum",
        options=ReadOptions(comment="#"),
    )
    found = {group.group: tally.sum for _, group, tally in result.entries}
    assert found == {"a#b": 1.0, f"x{end}#y": 1.0, "z": 1.0}


def test_names_that_savetxt_writes_are_the_header_where_one_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    np.savetxt(path, np.array(TABLE), header="by hand\np y")
    for header, names in ((True, ("p", "y")), (None, ("@1", "@2")), (False, ("@1", "@2"))):
        options = ReadOptions(comment="#", header=header)
        result = evaluate(path, pred=names[0], target=names[1], betas=0, options=options)
        assert result.tallies[0].sum == math.fsum(abs(p - y) for p, y in TABLE)
    path.write_text("# a, b\np,y\n1,2\n")
    assert read(path, "p", options=ReadOptions(comment="#", header=True)).tolist() == [1.0]
    path.write_text("# a\n#b\n")
    with pytest.raises(DataError, match="empty text without its comments"):
        read(path, options=ReadOptions(comment="#"))


@pytest.mark.parametrize(
    ("text", "pred", "target", "expected"),
    [
        ("# name,p,y\na,1,11\nb,2,3\n", "@2", "@3", 5.5),
        ("# p,y\nNA,NA\n1,2\n3,6\n", "@1", "@2", 2.0),
        ('# p,y\n"1","12"\n2,3\n', "p", "y", 6.0),
        ('# "the p, of it",p,y\nx,,\ny,2,3\n', "p", "y", 1.0),
        ("# p y\n#\n1 12\n2 3\n", "p", "y", 6.0),
    ],
)
def test_a_comment_is_the_header_above_a_first_row_with_any_number_or_missing_value(
    tmp_path: Path, text: str, pred: str, target: str, expected: float
) -> None:
    for n_skipped, title in enumerate(("", "title\n")):
        (tmp_path / "x.csv").write_text(title + text)
        result = evaluate(
            tmp_path / "x.csv",
            pred=pred,
            target=target,
            betas=0,
            nan="omit",
            options=ReadOptions(comment="#", header=True, skip_rows=n_skipped),
            warn=[].append,
        )
        tally = result.tallies[0]
        assert tally.mean == expected
        assert tally.n + tally.n_omitted == len(
            [line for line in text.splitlines() if line[0] != "#"]
        )


def test_a_comment_with_other_names_than_the_row_has_cells_is_refused(tmp_path: Path) -> None:
    path, options = tmp_path / "x.csv", ReadOptions(comment="#", header=True)
    path.write_text("# by hand\n1,12\n2,3\n")
    with pytest.raises(DataError, match="has 1 name, the row 2 cells") as caught:
        read(path, "@1", options=options)
    assert caught.value.path == str(path)
    assert read(path, "@1", options=options._replace(header=False)).tolist() == [1.0, 2.0]
    path.write_text("# by hand\n,p,y\n0,1,2\n")
    assert read(path, "p", options=options).tolist() == [1.0]


@pytest.mark.parametrize("mark", ["1", "+", "-", "."])
def test_a_mark_of_comments_begins_no_number(tmp_path: Path, mark: str) -> None:
    (tmp_path / "x.csv").write_text("p\n-1\n2\n+1\n.5\n1\n")
    with pytest.raises(SettingsError, match="is no mark of comments: numbers begin with it"):
        read(tmp_path / "x.csv", "p", options=ReadOptions(comment=mark))


def test_the_line_that_tells_excel_the_delimiter_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("sep=;\np;y\n1;2\n")
    with pytest.raises(DataError, match=r"\[--skip-rows 1 --delimiter ';'\]"):
        read(tmp_path / "x.csv", "p")
    options = ReadOptions(skip_rows=1, delimiter=";")
    assert read(tmp_path / "x.csv", "y", options=options).tolist() == [2.0]


def test_a_blank_behind_the_last_row_is_none_of_its_cells(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("p y\n1 2\n3 4 ")
    options = ReadOptions(delimiter="whitespace")
    assert read(tmp_path / "x.txt", "y", options=options).tolist() == [2.0, 4.0]


def test_a_line_without_an_end_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewritten, "_MOST_LINE_BYTES", 1000)
    path = tmp_path / "x.txt"
    for n_zeros, says in ((0, None), (1 << 20, "a line over 1000 bytes long at byte ")):
        path.write_text("x   y\n1  2\n3   " + "0" * n_zeros + "4\n")
        with nullcontext() if says is None else pytest.raises(DataError, match=says):
            options = ReadOptions(delimiter="whitespace")
            assert evaluate(path, pred="x", target="y", options=options).n == 2
