"""What is said of a row that cannot be read, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError, ReadOptions, evaluate

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("p,y\n1,1\np,y\n2,2\n", "column 'p': 'p' is not a number, but the name of the column"),
        ('p,y\n"1,5",1\n', r"'1,5' is not a number: it may have a decimal comma \[write decimal"),
        ("p;y\n1,5;1\n", r"is the delimiter ';'\? \[--delimiter ';' --decimal ','\]"),
        ("p,y\n[1.5],1\n", r"'\[1.5\]' is not a number \[it is a list or an object"),
        ("p,y\n(1.5),1\n", r"minus sign, not brackets: write -1\.5 if it is one\]"),
        ("p,y\n\u22121.5,1\n", r"is the character U\+2212: write -1\.5\]"),
        ("p,y\n1.5D+03,1\n", r"write E for the exponent: 1\.5E\+03\]"),
        ("p,y\n5.5%,1\n", r"write the number without %, in the unit of the other side\]"),
        ("p,y\n45%,44%\n50%,51%\n", r"write the number without %, in the unit of the other side"),
        ("p,y\n$1.5,$2\n", r"write the number alone, in plain digits\]"),
        ("p,y\nyes,no\n", r"write True and False in the whole column, or 1 and 0\]"),
        ("p,y\nt,F\n1,2\n", r"'t' is not a number \[remove the row below the names, if it"),
        ("p,y\n$1.5,1\n", r"write the number alone, in plain digits\]"),
        ("p,y\n0x1F,1\n", r"write it in decimal digits\]"),
        ("p,y\nyes,1\n", r"write True and False in the whole column, or 1 and 0\]"),
        ("p,y\nkg,m\n1,2\n", r"'kg' is not a number \[remove the row below the names, if it"),
        ("p,y\nabc,1\n", r"'abc' is not a number$"),
        ("p,y\ntensor(1.5),1\n", r"a tensor: write x.item\(\)"),
        ("p,y\nnp.float64(1.5),1\n", r"shows the number: write float\(x\)"),
    ],
)
def test_what_stands_in_place_of_a_number_is_named_with_what_to_do(
    tmp_path: Path, text: str, says: str
) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(DataError, match=says):
        evaluate(tmp_path / "t.csv", pred="p", target="y")


def test_blank_lines_above_the_header_are_left_out_as_is_advised(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("title\n \n\np,y\n1,2\n")
    skipped = ReadOptions(skip_rows=1)
    plain = ReadOptions(skip_rows=1, header=False)
    with pytest.raises(DataError, match=r"blank \[remove the blank lines\]"):
        evaluate(tmp_path / "t.csv", pred="@1", target="@2", options=plain)
    with pytest.raises(DataError, match=r"blank \[--skip-rows 3 leaves out the lines above the"):
        evaluate(tmp_path / "t.csv", pred="p", target="y", options=skipped)
    advised = ReadOptions(skip_rows=3)
    assert evaluate(tmp_path / "t.csv", pred="p", target="y", options=advised).mean == 0.5
