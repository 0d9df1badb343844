"""Quotes in text that were not doubled, so that rows may be taken for lines of a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from smoothl1 import DataError, ReadOptions, evaluate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SIDES: Any = {"pred": "p", "target": "t", "betas": 0.0, "reduction": "sum"}
END = '3,3.5,"fine"\n'


@pytest.mark.parametrize(
    "row",
    [
        '2,2.5,"Hello.\n3,3.5,Nice.\n4,4.5,You?"\n',
        '2,2.5,"Hello.\r\n\r\n4,4.5,You?"\r\n',
        '2,2.5,"Hello.\r4,,You?"\n',
        '2,2.5,"Hello.\n4, nan ,You?""\n4,-1e5,"\n',
    ],
)
@pytest.mark.parametrize("more", ["", END * 9])
def test_lines_in_quotes_that_may_be_rows_are_refused(
    save: Callable[[str], Path], row: str, more: str
) -> None:
    for delimiter in ",\t":
        path = save(f"p,t,s\n1,1,a\n{row}{more}".replace(",", delimiter))
        for by in (None, "s"):
            with pytest.raises(DataError, match=r"row 2 has a quoted cell .* lines may be a row"):
                evaluate(path, by=by, options=ReadOptions(delimiter=delimiter), **SIDES)


def test_a_text_in_the_first_column_may_swallow_rows(save: Callable[[str], Path]) -> None:
    path = save('s,p,t\n"Hello,1,2\nNice,2,3\nYou",3,4')
    with pytest.raises(DataError, match=r"row 1 has a quoted cell .* each of its 3 lines"):
        evaluate(path, **SIDES)


@pytest.mark.parametrize(
    "row",
    [
        '2,2.5,"Hello.\nNice.\nYou?"\n',
        '2,2.5,"Hello, all,\n3,3.5,Nice.\n4,4.5,You?"\n',
        '2,2.5,"Hello.\none, two, three"\n',
        '2,2.5,"Hello.\n3,3.5,Nice.\nYou?"\n',
        '2,2.5,"Hello.\n,,"\n',
        '"2","2.5","Hello.\n3,3.5,Nice."\n',
        '2,2.5,"Hello.\n"\n',
    ],
)
def test_a_cell_of_several_lines_is_read_where_only_it_can_be_meant(
    save: Callable[[str], Path], row: str
) -> None:
    result = evaluate(save(f"p,t,s\n1,1,a\n{row}{END}"), **SIDES)
    assert (result.n, result.sum) == (3, 1.0)


def test_the_earliest_fault_is_named(save: Callable[[str], Path]) -> None:
    rows = '2,2.5,"Hello.\n3,3.5,Nice."\n'
    with pytest.raises(DataError, match="row 1, column 'p': 'x'"):
        evaluate(save(f"p,t,s\nx,1,a\n{rows}"), **SIDES)
    with pytest.raises(DataError, match="row 1 has a quoted cell"):
        evaluate(save(f"p,t,s\n{rows}x,1,a\n"), **SIDES)
