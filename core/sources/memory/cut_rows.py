"""Columns of pandas whose default indexes contradict each other: `df.p[:-1]` beside `df.y[1:]`.

An index of whole numbers without a name was made by pandas, one for each row of a table. If rows
were cut from it, it says where they came from. An index that counts from 0 may have been made anew,
but that of a column with a name may also be the beginning of a table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.errors import ShapeError
from smoothl1.sources.memory.label_order import (
    FEWEST_ROWS,
    counts_from_zero,
    index_of_rows,
    is_bare_column,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WHOLE = {"i", "u"}
"""Kinds of integers in NumPy."""


def check_moved(one: Any, other: Any, names: tuple[str, str]) -> None:
    """Refuse inputs whose rows have mostly the same numbers in equal steps, but in other rows.

    Args:
        one: An input as passed by the caller: an array, a column, or a table.
        other: Another input.
        names: The names of both in an error.

    Raises:
        ShapeError: The numbers of one index are those of the other, some rows later.
    """
    both = _numbers_of(one, other)
    if both is None:
        return
    numbers, others = both
    n_rows = len(numbers)
    n_later = _rows_later(numbers, others)
    if n_rows >= FEWEST_ROWS and 0 < n_later <= n_rows // 2:
        raise ShapeError(
            f"{' and '.join(names)} have {n_rows - n_later} of {n_rows} numbers of their index in "
            f"common, but none in the same row: the first are {numbers[0]} and {others[0]}",
            hint="choose the same rows of both; or pass arrays, to pair by position",
        )


def first_row_apart(one: Any, other: Any) -> int | None:
    """The first row in which the index of one input is not the count that the other's is.

    Args:
        one: An input as passed by the caller: an array, a column, or a table.
        other: Another input.

    Returns:
        Its position; None if none of them is a column whose index counts from 0, or both are the
        same.
    """
    if not any(_is_counted_column(values) for values in (one, other)):
        return None
    both = _numbers_of(one, other)
    return None if both is None else int((both[0] != both[1]).argmax())


def _is_counted_column(values: Any) -> bool:
    return not hasattr(values, "columns") and counts_from_zero(index_of_rows(values))


def _numbers_of(one: Any, other: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """The indexes of rows, each of shape (N,); None if they are the same, or say nothing.

    They say something if they are of whole numbers, have no name, and were not made of an array.
    """
    indexes = [index_of_rows(values) for values in (one, other)]
    if not all(map(_is_unnamed, indexes)) or _is_of_array(one) or _is_of_array(other):
        return None
    if len(indexes[0]) != len(indexes[1]) or indexes[0].equals(indexes[1]):
        return None
    numbers, others = map(np.asarray, indexes)
    if not {numbers.dtype.kind, others.dtype.kind} <= _WHOLE:  # a number may be missing
        return None
    return numbers.astype(np.int64, copy=False), others.astype(np.int64, copy=False)


def _is_unnamed(index: Any) -> bool:
    """Whether an index of pandas is of whole numbers, and nobody named it."""
    kind = getattr(getattr(index, "dtype", None), "kind", None)
    return kind in _WHOLE and [*getattr(index, "names", ())] == [None]


def _is_of_array(values: Any) -> bool:
    """Whether somebody made a column or a table of an array, and gave it no names and no index."""
    is_of_pandas = counts_from_zero(index_of_rows(values))
    is_table = is_of_pandas and counts_from_zero(getattr(values, "columns", None))
    return is_table or is_bare_column(values)


def _rows_later(numbers: NDArray[np.int64], others: NDArray[np.int64]) -> int:
    """How many rows later one side has the numbers of the other; 0 if none, or in no equal steps.

    Args:
        numbers: The numbers of one side, shape (N,).
        others: Those of the other side, shape (N,).
    """
    steps = np.unique(np.diff([numbers, others]))
    if steps.size != 1 or steps[0] == 0:
        return 0
    n_later, rest = divmod(int(others[0]) - int(numbers[0]), int(steps[0]))
    return 0 if rest else abs(n_later)
