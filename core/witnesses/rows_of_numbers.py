"""Rows of several numbers, such as boxes and trajectories: in one form, and as one number each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from smoothl1.witnesses.column_texts import as_text, first_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GOLDEN = (5**0.5 - 1) / 2

_LIST_IN_TEXT = r"\A\[[^\"{}]*\]\s*\z"


def is_list(kind: pa.DataType) -> bool:
    """Whether values are lists, of any size."""
    are_of_any_size = types.is_list(kind) or types.is_large_list(kind)
    return bool(are_of_any_size or types.is_fixed_size_list(kind))


def with_lists(column: pa.Array) -> pa.Array:
    """Texts of lists, as JSON Lines have them, as lists of numbers; another column as it is."""
    if not (types.is_binary(column.type) or types.is_string(column.type)):
        return column
    if not first_text(column).startswith(b"["):
        return column
    texts = as_text(column).cast(pa.string())
    if pc.all(pc.match_substring_regex(texts, _LIST_IN_TEXT)).as_py() is not True:
        return column
    cells = pc.split_pattern(pc.replace_substring_regex(texts, r"[\[\]\s]", ""), ",")
    numbers = pc.replace_substring(cells.flatten(), "null", "nan").cast(pa.float64())
    offsets = np.concatenate(([0], np.cumsum(_lengths(cells))))
    is_null = cells.is_null() if cells.null_count else None
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), numbers, mask=is_null)


def leaves_of(column: pa.Array) -> tuple[pa.Array, NDArray[np.int64]]:
    """The numbers of lists at any depth, and how many of them are of each row.

    Args:
        column: Lists, of which some may be missing, or numbers.
    """
    if not is_list(column.type):
        return column, np.ones(len(column), np.int64)
    leaves, inner = leaves_of(column.flatten())
    ends = np.cumsum(_lengths(column))
    totals = np.concatenate(([0], np.cumsum(inner)))
    return leaves, np.diff(totals[ends], prepend=0)


def as_rows(leaves: pa.Array, widths: NDArray[np.int64]) -> pa.FixedSizeListArray:
    """Numbers as rows of one width: NaN for what is missing, also for a whole row.

    Args:
        leaves: The numbers, as float64.
        widths: How many are of each row; 0 where a row is missing.

    Raises:
        pyarrow.ArrowInvalid: The rows are not of one width.
    """
    is_there = widths > 0
    width = int(widths.max(initial=1)) or 1
    if (widths[is_there] != width).any():
        raise pa.ArrowInvalid("rows of several widths")
    numbers = np.full((len(widths), width), np.nan)
    numbers[is_there] = leaves.to_numpy(zero_copy_only=False).reshape(-1, width)
    return pa.FixedSizeListArray.from_arrays(pa.array(numbers.reshape(-1)), width)


def one_number_of(column: pa.Array) -> pa.Array:
    """One number for each row, which tells rows apart; a column of other values as it is.

    Each place in a row has a weight of its own: neither numbers that are the same in all rows, nor
    rows whose sum is 0, nor the same numbers in another order make two rows alike.

    Args:
        column: Rows as `as_rows` makes them, or any values.
    """
    if not types.is_fixed_size_list(column.type):
        return column
    width = column.type.list_size
    weights = 1 + np.arange(1, width + 1) * _GOLDEN % 1
    numbers = np.nan_to_num(numbers_of_rows(column), nan=0.5, posinf=1.5, neginf=-1.5)
    with np.errstate(over="ignore", invalid="ignore"):  # huge numbers are as good as missing ones
        return pa.array((numbers * weights).sum(axis=1))


def numbers_of_rows(column: pa.FixedSizeListArray) -> NDArray[Any]:
    """The numbers of rows that `as_rows` made, as an array of one row each."""
    numbers: NDArray[Any] = column.flatten().to_numpy(zero_copy_only=False)
    return numbers.reshape(len(column), column.type.list_size)


def _lengths(column: pa.Array) -> NDArray[np.int64]:
    """The length of each list; 0 of a missing one."""
    lengths = pc.list_value_length(column).fill_null(0)
    found: NDArray[np.int64] = lengths.to_numpy(zero_copy_only=False).astype(np.int64)
    return found
