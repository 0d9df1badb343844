"""Warns of rows that are paired by position where ids, dates or names of both sides say nothing.

Two columns that each tell rows apart, and have nothing in common, may be the same ids in a notation
that is not known. Whether rows match is then not known either, and a person should look.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.sources.columns import matching, shown
from smoothl1.sources.ids import is_id
from smoothl1.witnesses.other_labels import is_called_time
from smoothl1.witnesses.proofs import proofs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.witnesses.agreement import Agreement
    from smoothl1.witnesses.reordering import Reordering
    from smoothl1.witnesses.shared_column import SharedColumn


def warn_of_unproved(
    found: Sequence[tuple[SharedColumn, Agreement]],
    many: Sequence[tuple[SharedColumn, Reordering]],
    sides: Sequence[str],
    warn: Callable[[str], None],
) -> None:
    """Warn of sides whose own columns tell rows apart, of which none agrees with the targets.

    Args:
        found: The columns in common, and the comparison of each.
        many: Those of which each is one of many that may be meant.
        sides: The paths of the sides, the targets last.
        warn: Takes the warning.
    """
    last = len(sides) - 1
    compared: list[tuple[SharedColumn, Agreement | Reordering]] = [*found, *many]
    known = {pair for proofs in proofs_of(found, always=True) for pair in proofs}
    known |= {
        (c.one, c.other)
        for c, a in compared
        if a.agrees and a.begins_distinct and not c.is_of_issue
    }
    for one, path in enumerate(sides[:last]):
        unlike = [
            (column, agreement)
            for column, agreement in compared
            if (column.one, column.other) == (one, last) and _tell_other_rows(column, agreement)
        ]
        if unlike and (one, last) not in known:
            column, agreement = min(unlike, key=lambda found: _rank(found[0]))
            warn(
                f"{path}: rows are paired by position, and no column shows that they are those of "
                f"{sides[last]}: {_difference(column)} ({_remedy(column, agreement)}; "
                "--no-key-check says that the order is right)"
            )


def _tell_other_rows(column: SharedColumn, agreement: Agreement | Reordering) -> bool:
    """Whether a column says which row is which, and no more than that these are others.

    Labels under two names, such as the stations of a panel, may repeat.
    """
    if column.is_of_issue:
        return True
    if agreement.agrees or not _may_identify_rows(column):
        return False
    firsts = agreement.firsts
    if column.are_numbers and firsts.differ_by_rounding:
        return False
    return firsts.tell_other_rows or (column.is_guessed and firsts.are_other_labels)


def _may_identify_rows(column: SharedColumn) -> bool:
    """Whether a column that both sides store may say which row is which, by its name or kind.

    Under two names, whole numbers may be two features, and an index mostly counts the rows of one
    side.
    """
    is_none = column.is_copy or column.are_flags or column.are_rows or column.is_of_folders
    if is_none or column.side_of_files is not None or column.index_side is not None:
        return False
    return not column.is_guessed or column.is_label or _are_called_times(column) or _are_ids(column)


def _are_called_times(column: SharedColumn) -> bool:
    return is_called_time(column.name) and is_called_time(column.other_name)


def _are_ids(column: SharedColumn) -> bool:
    return is_id(column.name) or is_id(column.other_name)


def _rank(column: SharedColumn) -> tuple[bool, ...]:
    """The order in which columns are named: ids early, and fractions last."""
    return not column.is_of_issue, not _are_ids(column), column.are_numbers


def _difference(column: SharedColumn) -> str:
    """The statement that a column, or two of other names, are other values."""
    if column.name == column.other_name:
        return f"column {shown(column.name)} differs"
    both = f"columns {shown(column.name)} and {shown(column.other_name)}"
    return f"{both} are times of issue and other times" if column.is_of_issue else f"{both} differ"


def _remedy(column: SharedColumn, agreement: Agreement | Reordering) -> str:
    """How such columns can show it."""
    if column.is_of_issue:
        return "write the times that forecasts are valid for to a column, and match rows by --key"
    if column.are_numbers and not (_are_ids(column) or _are_called_times(column)):
        return "--key matches rows by an id, which both need; these may be features"
    matches = matching(column.key_name if agreement.begins_distinct else None)
    return f"if these say which row it is, write them alike: {matches}"
