"""Rows that repeat a key: whether they repeat all other chosen columns, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.errors import DataError
from smoothl1.pairing.kept_rows import KeptSource
from smoothl1.sources.contract import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.pairing.chunks import Side
    from smoothl1.sources.contract import Block, Numbers

    Rows = NDArray[np.intp]

_FIRST_HINT = (
    "--duplicates first keeps only the first row of each key; if each of them counts, write the "
    "values of the other side to all of them first, as pandas.merge does, and evaluate that table"
)


class Repeats(NamedTuple):
    """The rows of an input that repeat a key.

    Attributes:
        rows: These rows, ascending, shape (n,).
        firsts: For each of them the first row that has its key.
        n_all: The number of all rows of the input.
        shown: Gives the key of a row, for a message.
        remedy: Says for a message what is amiss with the keys themselves, if that is known.
    """

    rows: Rows
    firsts: Rows
    n_all: int
    shown: Callable[[int], str]
    remedy: Callable[[], str]


def check_repeats(sides: Sequence[Side], n_rows: int, repeats: Repeats) -> None:
    """Refuse rows that repeat a key, but not all other columns that are chosen.

    Args:
        sides: The side that has these rows, and those in the same order: weights, groups, clusters.
        n_rows: Most rows of a block.
        repeats: The rows.

    Raises:
        DataError: A number is not equal to the bit, or a label differs; the error names the first
            such row.
    """
    differ = np.zeros(repeats.rows.size, np.bool_)
    for side in sides:
        differ |= _differing(side, n_rows, repeats)
    if differ.any():
        i = int(differ.argmax())
        row, first = int(repeats.rows[i]), int(repeats.firsts[i])
        raise DataError(
            f"row {row + 1} repeats key {repeats.shown(row)} of row {first + 1} with other values",
            path=sides[0].source.path,
            hint=repeats.remedy() or _FIRST_HINT,
        )


def _differing(side: Side, n_rows: int, repeats: Repeats) -> NDArray[np.bool_]:
    """Which of the rows that repeat a key differ from the first row that has it."""
    rows = np.union1d(repeats.rows, repeats.firsts)
    some = KeptSource(side.source, rows, repeats.n_all)
    bits: list[NDArray[np.uint8]] = []
    labels: list[list[pa.Array]] = [[] for _ in side.label_roles]
    for block in some.blocks(Part(0, rows.size), n_rows):
        bits.append(_bits(block))
        for found, values in zip(labels, block.labels, strict=True):
            found.append(values)
    at, firsts = (np.searchsorted(rows, chosen) for chosen in (repeats.rows, repeats.firsts))
    joined = np.concatenate(bits)
    differ: NDArray[np.bool_] = (joined[at] != joined[firsts]).any(axis=1)
    for role, arrays in zip(side.label_roles, labels, strict=True):
        if not role.is_carried:
            differ |= _differ(arrays, at, firsts)
    return differ


def _differ(arrays: list[pa.Array], at: Rows, firsts: Rows) -> NDArray[np.bool_]:
    from smoothl1.labels.stored_once import codes_of  # late: pyarrow

    codes = np.concatenate(codes_of(arrays))
    found: NDArray[np.bool_] = codes[at] != codes[firsts]
    return found


def _bits(block: Block) -> NDArray[np.uint8]:
    """The numbers of each row as bytes, shape (n, m)."""
    found = [part for field in block.fields for part in _bits_of(field, block.n_rows)]
    return np.concatenate([np.empty((block.n_rows, 0), np.uint8), *found], axis=1)


def _bits_of(field: Numbers, n_rows: int) -> list[NDArray[np.uint8]]:
    values = field.values.copy()
    missing = np.zeros(values.size, np.bool_) if field.missing is None else field.missing
    values[missing] = 0
    return [part.view(np.uint8).reshape(n_rows, -1) for part in (values, missing.copy())]
