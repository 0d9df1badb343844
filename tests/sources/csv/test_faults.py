"""What is said of a row that cannot be read, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError, evaluate

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("p,y\n1,1\np,y\n2,2\n", "column 'p': 'p' is not a number, but the name of the column"),
        ('p,y\n"1,5",1\n', r"'1,5' is not a number: it may have a decimal comma \[write decimal"),
        ("p;y\n1,5;1\n", r"is the delimiter ';'\? \[--delimiter ';' --decimal ','\]"),
        ("p,y\n[1.5],1\n", r"'\[1.5\]' is not a number \[it is a list or an object"),
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
