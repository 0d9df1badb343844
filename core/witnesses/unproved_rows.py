"""Warns of rows that are paired by position where ids, dates or names of both sides say nothing.

Two columns that each tell rows apart, and have nothing in common, may be the same ids in a notation
that is not known. Whether rows match is then not known either, and a person should look.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.sources.columns import as_option, shown
from smoothl1.sources.ids import is_id
from smoothl1.witnesses.judgement import proofs_of

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
    known |= {(c.one, c.other) for c, a in compared if a.agrees and a.is_varied}
    for one, path in enumerate(sides[:last]):
        if (one, last) in known:
            continue
        unlike = [
            column
            for column, agreement in compared
            if (column.one, column.other) == (one, last)
            and _may_identify_rows(column)
            and not agreement.agrees
            and agreement.firsts.tell_other_rows
        ]
        if unlike:
            column = min(unlike, key=_rank)
            warn(
                f"{path}: rows are paired by position, and no column shows that they are those of "
                f"{sides[last]}: {_differ(column)} (if both say which row it is, "
                f"--key {as_option(column.key_name)} matches rows once both are written alike; "
                "--no-key-check says that the order is right)"
            )


def _may_identify_rows(column: SharedColumn) -> bool:
    """Whether a column that both sides store may say which row is which, by its name or kind.

    Under two names, whole numbers may be two features, and an index mostly counts the rows of one
    side.
    """
    is_none = column.is_copy or column.are_flags or column.are_rows or column.is_of_folders
    if is_none or column.side_of_files is not None or column.index_side is not None:
        return False
    return not column.is_guessed or column.is_label or _are_ids(column)


def _are_ids(column: SharedColumn) -> bool:
    return is_id(column.name) or is_id(column.other_name)


def _rank(column: SharedColumn) -> tuple[bool, bool]:
    """The order in which columns are named: ids first, and fractions last."""
    return not _are_ids(column), column.are_numbers


def _differ(column: SharedColumn) -> str:
    """The statement that a column, or two of other names, have nothing in common."""
    if column.name == column.other_name:
        return f"column {shown(column.name)} differs"
    return f"columns {shown(column.name)} and {shown(column.other_name)} differ"
