"""Values that are missing in columns and arrays in memory: `nan` holds there as in tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from smoothl1 import DataError, ReadOptions, Result, compare, evaluate

if TYPE_CHECKING:
    from collections.abc import Callable

TARGETS = [1.0, 2.0, 4.0]
COLUMN = pa.array([1.0, None, 3.0])


def of_pandas(dtype: str, **how: Any) -> Any:
    """A column of pandas with a missing value."""
    return pytest.importorskip("pandas").Series([1.0, None, 3.0], dtype=dtype, **how)


FORMS: dict[str, Callable[[], Any]] = {
    "arrow": lambda: COLUMN,
    "chunks of arrow": lambda: pa.chunked_array([[1.0], [None, 3.0]]),
    "whole numbers of arrow": lambda: COLUMN.cast(pa.int8()),
    "dictionary of arrow": COLUMN.dictionary_encode,
    "runs of arrow": lambda: pc.run_end_encode(COLUMN),
    "masked array": lambda: np.ma.masked_array([1.0, np.nan, 3.0], [0, 1, 0]),
    "Float64 of pandas": lambda: of_pandas("Float64"),
    "Int64 of pandas": lambda: of_pandas("Int64"),
    "pandas with an index": lambda: of_pandas("Int64", index=list("abc")),
    "polars": lambda: pytest.importorskip("polars").Series([1.0, None, 3.0]),
}


def left_out(result: Result) -> tuple[float, int, int, int]:
    """The mean, and how many pairs count, are left out, and have a missing value."""
    tally = result.tallies[0]
    return tally.mean, tally.n, tally.n_omitted, tally.n_missing


@pytest.mark.parametrize("form", FORMS)
def test_a_missing_value_is_left_out_and_counted_or_refused_by_its_row(form: str) -> None:
    column = FORMS[form]()
    for sides in ((column, TARGETS), (TARGETS, column)):
        assert left_out(evaluate(*sides, nan="omit", warn=[].append)) == (0.25, 2, 1, 1)
        with pytest.raises(DataError, match="row 2") as caught:
            evaluate(*sides)
        assert any("nan=" in note for note in caught.value.__notes__)
    both = compare(column, [1.0, 2.0, 4.5], TARGETS, nan="omit", warn=[].append)
    assert both.count == 2


@pytest.mark.parametrize("order", ["C", "F"])
def test_masked_values_of_an_array_are_missing_one_by_one(order: Any) -> None:
    numbers = np.array([[1.0, 9.0, 3.0], [1.0, 2.0, 3.0]], order=order)
    masked = np.ma.masked_array(numbers, [[0, 1, 0], [0, 0, 1]])
    others = np.array([[1.0, 2.0, 4.0], [3.0, 3.0, 3.0]], order=order)
    found = evaluate(others, masked, nan="omit-target", warn=[].append)
    assert left_out(found) == (0.625, 4, 2, 2)
    with pytest.raises(DataError, match="<targets>: row 1: a value is masked"):
        evaluate(others, masked)
    assert evaluate(masked, others, weights=[[1, 0, 1], [1, 1, 0]]).tallies[0].n_missing == 0
    assert evaluate(np.ma.masked_array(numbers), others).tallies[0].n == 6


def test_a_missing_value_that_is_allowed_is_nan() -> None:
    for column in (COLUMN, np.ma.masked_array([1.0, 2.0, 3.0], [0, 1, 0])):
        options = ReadOptions(allow_missing=True)
        assert np.isnan(evaluate(column, TARGETS, options=options).mean)
