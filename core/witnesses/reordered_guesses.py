"""Refuses columns of different names that hold the same values in another order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.sources.columns import shown
from smoothl1.sources.ids import is_id
from smoothl1.witnesses.proofs import proofs_of
from smoothl1.witnesses.remedies import remedy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.witnesses.agreement import Agreement
    from smoothl1.witnesses.reordering import Reordering
    from smoothl1.witnesses.shared_column import SharedColumn


def refuse_reorderings(
    many: Sequence[tuple[SharedColumn, Reordering]],
    found: Sequence[tuple[SharedColumn, Agreement]],
    paths: Sequence[str],
    beside: Sequence[str],
) -> None:
    """Refuse columns of different names that hold the same values in another order.

    A column that agrees with one of another name is this one, and no other: the origin and the
    destination of trips may hold the same places. Columns that prove the rows outweigh a guess.

    Args:
        many: The columns, each of which is one of many that may be meant.
        found: The other columns in common.
        paths: See `judge_shared`.
        beside: See `judge_shared`.

    Raises:
        DataError: Two columns show that rows are paired wrongly.
    """
    proved = {pair for proofs in proofs_of(found, always=True) for pair in proofs}
    agreeing = [column for column, reordering in many if reordering.agrees]
    agreeing += [column for column, agreement in found if column.is_guessed and agreement.agrees]
    settled = {end for column in agreeing for end in _ends(column)}
    for column, reordering in many:
        is_known = (column.one, column.other) in proved or not settled.isdisjoint(_ends(column))
        side = column.index_side
        is_default = side is not None and reordering.begins_counting(side)  # it knows no ids
        is_one_id = column.is_label and (is_id(column.name) or is_id(column.other_name))
        is_one_id |= side is not None
        if is_known or is_default or not reordering.is_no_coincidence(is_id=is_one_id):
            continue
        row = (reordering.first_difference or 0) + 1
        n_sides = len(paths) - len(beside)
        hint = remedy(column, reordering, n_sides, beside)
        raise DataError(
            f"column {shown(column.name)} differs from {shown(column.other_name)} of "
            f"{paths[column.other]} from row {row} on, and holds the same values in another order: "
            "rows are not paired as they should be",
            path=paths[column.one],
            hint=f"{hint}--no-key-check pairs them as they stand",
        )


def _ends(column: SharedColumn) -> tuple[tuple[int, int, str], ...]:
    """Two columns, each by its input, the other input and its name."""
    return (column.one, column.other, column.name), (column.other, column.one, column.other_name)
