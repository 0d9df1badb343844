"""Points that may part thousands, where nobody said that they are decimal marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError, ReadOptions, evaluate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SALES = "s;p;t\na;1.234;1.300\nb;987;950\nc;12.345;12.000\nd;640;702\n"


@pytest.mark.parametrize("delimiter", [";", "\t", "|", "whitespace"])
@pytest.mark.parametrize("more", ["", "e;;-1.000\n", "f;+999.999;0\n", "e;3;7\n" * 9999])
def test_points_that_may_part_thousands_are_refused(
    save: Callable[[str], Path], delimiter: str, more: str
) -> None:
    mark = {"whitespace": "\t "}.get(delimiter, delimiter)
    path = save((SALES + more).replace(";", mark))
    options = ReadOptions(delimiter=delimiter, allow_missing=True)
    with pytest.raises(DataError, match=r"column 'p' has '1.234' and '987'") as caught:
        evaluate(path, pred="p", target="t", options=options)
    assert caught.value.hint is not None
    assert "--decimal . if" in caught.value.hint


@pytest.mark.parametrize("header", ["", "p;t\n"])
def test_the_first_row_and_columns_without_names_count(
    save: Callable[[str], Path], header: str
) -> None:
    path = save(f"{header}1.250;1.000\n990;950\n")
    options = ReadOptions(delimiter=";", header=bool(header))
    with pytest.raises(DataError, match=r"has '1.250' and '990'"):
        evaluate(path, pred="@1", target="@2", options=options)


def test_whoever_says_that_points_are_decimal_marks_is_believed(
    save: Callable[[str], Path],
) -> None:
    options = ReadOptions(delimiter=";", decimal=".")
    assert evaluate(save(SALES), pred="p", target="t", options=options).n == 4


@pytest.mark.parametrize(
    "rows",
    [
        "1.234;1.250\n987.000;950.000\n",  # all are fractions
        "1.234;1.251\n987;950\n",  # none ends in zero
        "1.230;1.250\n-999;-999\n2.000;1.000\n",  # one value, which may be missing
        "1.230;1.250\n-999;-1\n",
        "0;1.250\n1.250;0\n",
        "0.250;1.250\n987;0.950\n",  # a zero before the point
        "1.23;1.2\n987;950.5\n",
        "1.230;1.250\n1987;1950\n",
        "1.250;1\n2.750;3\n",  # fractions beside counts
    ],
)
def test_fractions_as_programs_write_them_are_read(save: Callable[[str], Path], rows: str) -> None:
    result = evaluate(
        save(f"p;t\n{rows}"), pred="p", target="t", options=ReadOptions(delimiter=";")
    )
    assert result.n == rows.count("\n")


def test_columns_that_are_not_evaluated_do_not_count(save: Callable[[str], Path]) -> None:
    path = save("p;t;price\n1.5;1;1.200\n2.5;2;950\n2.5;2;640\n")
    assert evaluate(path, pred="p", target="t", options=ReadOptions(delimiter=";")).n == 3


def test_a_comma_between_cells_makes_points_decimal_marks(save: Callable[[str], Path]) -> None:
    assert evaluate(save(SALES.replace(";", ",")), pred="p", target="t").n == 4
