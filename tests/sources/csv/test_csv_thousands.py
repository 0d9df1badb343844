"""Numbers with thousands separators are refused by that name, not with another decimal mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError, ReadOptions, evaluate

if TYPE_CHECKING:
    from pathlib import Path

THOUSANDS = "it looks like a thousands separator [write numbers without separators]"


def either(other: str) -> str:
    """What is said of a cell that is a number, too, with the other decimal mark."""
    return (
        "it may have a thousands separator or another decimal mark [write numbers without "
        f"separators, or give --decimal '{other}' if that is the decimal mark]"
    )


def said_of(cell: str, decimal: str, folder: Path) -> str:
    """What is said of a cell between good ones, after the place."""
    path = folder / "t.csv"
    path.write_text(f"p;y\n0;0\n{cell};0\n", encoding="utf-8")
    options = ReadOptions(delimiter=";", decimal=decimal)
    with pytest.raises(DataError) as caught:
        evaluate(path, None, pred=("p",), target=("y",), options=options)
    begin = f"{path}: row 2, column 'p': {cell!r} is not a number"
    assert str(caught.value).startswith(begin)
    return str(caught.value).removeprefix(begin)


@pytest.mark.parametrize("sign", ["", "-", "+"])
@pytest.mark.parametrize("number", ["1.234.567", "1.234,5", "1.234,", "12.34.567", "1.234.567,8"])
def test_a_point_may_part_thousands_where_the_decimal_mark_is_a_comma(
    number: str, sign: str, tmp_path: Path
) -> None:
    assert said_of(sign + number, ",", tmp_path) == f": {THOUSANDS}"


@pytest.mark.parametrize("sign", ["", "-", "+"])
@pytest.mark.parametrize("number", ["1,234,567", "1,234.5", "1,234.", "12,34,567", "1,234,567.8"])
def test_a_comma_may_part_thousands_where_the_decimal_mark_is_a_point(
    number: str, sign: str, tmp_path: Path
) -> None:
    assert said_of(sign + number, ".", tmp_path) == f": {THOUSANDS}"


@pytest.mark.parametrize("cell", ["1.234", "-1.234", "+12.000", "999.999"])
@pytest.mark.parametrize(("decimal", "other"), [(".", ","), (",", ".")])
def test_one_mark_before_three_digits_may_be_either(
    cell: str, decimal: str, other: str, tmp_path: Path
) -> None:
    assert said_of(cell.replace(".", other), decimal, tmp_path) == f": {either(other)}"


COMMA = (
    ": it may have a decimal comma [write decimal points; in CSV, another delimiter between cells "
    "allows --decimal ',']"
)


@pytest.mark.parametrize(
    ("cell", "said"), [("1,234", f": {THOUSANDS}"), ("1,5", COMMA), ("12,3456", COMMA)]
)
def test_a_comma_is_not_advised_as_a_decimal_mark_where_it_is_the_delimiter(
    cell: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f'p,y\n0,0\n"{cell}",0\n')
    with pytest.raises(DataError) as caught:
        evaluate(path, None, pred=("p",), target=("y",))
    assert str(caught.value) == f"{path}: row 2, column 'p': {cell!r} is not a number{said}"


@pytest.mark.parametrize("mark", [" ", "'", "\u2019", "_", "\u202f"])
@pytest.mark.parametrize("decimal", [".", ","])
def test_other_marks_part_thousands_too(mark: str, decimal: str, tmp_path: Path) -> None:
    for cell in (f"1{mark}234", f"12{mark}345{mark}678{decimal}9"):
        found = said_of(cell.replace("\u202f", " "), decimal, tmp_path)
        assert found == f": {THOUSANDS}"


@pytest.mark.parametrize(
    "number", ["1.5", "0.123", "1234.567", "1.2345", "-.5", "1.234e5", "12.", "00.123"]
)
@pytest.mark.parametrize(("decimal", "other"), [(".", ","), (",", ".")])
def test_what_cannot_be_thousands_is_a_number_with_the_other_decimal_mark(
    number: str, decimal: str, other: str, tmp_path: Path
) -> None:
    cell = number.replace(".", other)
    assert said_of(cell, decimal, tmp_path) == f"; with --decimal '{other}' it is one"


@pytest.mark.parametrize(
    "cell", ["1.234,567.8", "1,2.3", "1.2.3", "12,34.5,6", "1 23", "2024-01-01"]
)
@pytest.mark.parametrize("decimal", [".", ","])
def test_what_is_no_number_either_way_gets_no_advice(
    cell: str, decimal: str, tmp_path: Path
) -> None:
    assert said_of(cell, decimal, tmp_path) == ""
