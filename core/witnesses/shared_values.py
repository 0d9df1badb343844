"""The values of all columns that two inputs have in common, and their comparisons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from smoothl1.witnesses.agreement import Agreement
from smoothl1.witnesses.copies import AgreementOfCopy
from smoothl1.witnesses.hashes import hashes_of
from smoothl1.witnesses.numbering import Numbering
from smoothl1.witnesses.reordering import Hashed, Reordering, hashed_column
from smoothl1.witnesses.rows_left_out import ValuesLeft
from smoothl1.witnesses.values import alike
from smoothl1.witnesses.whole_floats import as_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from smoothl1.witnesses.shared_column import SharedColumn


Comparison = Agreement | Reordering | Numbering
"""What is known of a shared column over some rows."""


class SharedValues(NamedTuple):
    """The values of all shared columns in some rows.

    Attributes:
        row: Position of the first of these rows among all rows.
        pairs: For each shared column the values on both sides.
        columns: The shared columns.
    """

    row: int
    pairs: tuple[tuple[pa.Array, pa.Array], ...]
    columns: tuple[SharedColumn, ...]


def with_rows(comparisons: list[Comparison], shared: SharedValues) -> list[Comparison]:
    """Add some rows to the comparison of each shared column; the first rows create it."""
    comparisons = comparisons or [_new(column) for column in shared.columns]
    hashed: dict[int, Hashed] = {}  # by the column, which several are compared with
    whole: dict[int, pa.Array | None] = {}
    for comparison, pair in zip(comparisons, shared.pairs, strict=True):
        values = pair
        if isinstance(comparison, Agreement):
            comparison.add(shared.row, *values)
            continue
        if isinstance(comparison, Numbering):
            comparison.add(shared.row, hashes_of(alike(*values)[0]))
            continue
        if comparison.are_numbers:
            for column in values:
                if id(column) not in whole:
                    whole[id(column)] = as_whole(column)
            mine, others = (whole[id(column)] for column in values)
            if mine is None or others is None:
                comparison.see_other_numbers()
                continue
            values = mine, others
        for column in values:
            if id(column) not in hashed:
                hashed[id(column)] = hashed_column(column, shared.row)
        one, other = values
        comparison.add(shared.row, values, (hashed[id(one)], hashed[id(other)]))
    return comparisons


def merge_rows(comparisons: Sequence[Comparison], others: Sequence[Comparison]) -> None:
    """Add the comparisons of other rows to those of some rows."""
    for mine, other in zip(comparisons, others, strict=False):
        mine.merge(cast("Any", other))  # of the same column, so of the same type


def _new(column: SharedColumn) -> Comparison:
    if column.lone_beside is not None:
        return Numbering()
    if column.is_one_of_many:
        return Reordering(are_numbers=column.are_numbers)
    if column.is_copy_of_other:
        return AgreementOfCopy()
    agreement = Agreement(are_numbers=column.are_numbers, is_guessed=column.is_guessed)
    if column.is_guessed and column.leaves_rows_out:
        agreement.foreign_texts.looks_for_whole = True
        agreement.firsts.values_left = ValuesLeft()
    return agreement
