"""What a column that differs proves: rows in another order, other rows, or as booleans nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.sources.ids import is_called_index, is_id
from smoothl1.witnesses.other_labels import is_called_time

if TYPE_CHECKING:
    from smoothl1.witnesses.agreement import Agreement
    from smoothl1.witnesses.shared_column import SharedColumn


_FEWEST_LEVELS = 3


def fault_of(
    column: SharedColumn,
    agreement: Agreement,
    n_permuted: int,
    n_levels: int,
    *,
    with_targets: bool,
) -> str | None:
    """Why a column that differs shows that rows are paired wrongly; None if it does not.

    Args:
        column: The column.
        agreement: The comparison of its values.
        n_permuted: How many columns of the two inputs that have one name, and that none of them
            evaluates, have the same values in another order.
        n_levels: How many levels the index of the two inputs has.
        with_targets: Whether one of the inputs is the targets, or agrees with them in this column:
            two models may have different times otherwise.
    """
    if column.are_flags or not agreement.is_comparable or agreement.is_misread:
        return None
    side = column.index_side
    is_default = side is not None and agreement.side_counts_rows(side)
    if is_default and not is_called_index((column.other_name, column.name)[side or 0]):
        return None  # a default index knows nothing of ids
    # each shard may have its own index; each of several levels has values twice
    is_index = column.is_index and (agreement.begins_distinct or n_levels > 1)
    tells_rows_apart = (column.is_id or is_index) and not column.is_guessed
    is_sure = tells_rows_apart or _names_one_thing(column, agreement)
    if column.is_guessed or column.is_copy:
        n_permuted = 0
    is_sure |= column.side_of_files is not None or column.is_of_folders
    if agreement.is_permuted and (is_sure or agreement.is_varied or n_permuted > 1):
        return f"holds the same {_in_another_order(agreement)}"
    if is_renumbered(column, agreement):
        return "numbers the rows from 0 on one side and from 1 on the other, in another order"
    is_of_names = column.side_of_files is not None  # a file may be named after the day before
    if not agreement.order or is_of_names or (agreement.counts_rows and not column.is_id):
        return None  # each side may have been numbered by itself
    may_be_feature = column.are_numbers and (column.is_copy or not is_called_time(column.name))
    is_axis = with_targets and not (may_be_feature or column.is_guessed)
    is_sure = tells_rows_apart or (agreement.are_many and is_axis)
    return f"{agreement.order}s on both sides, with other values" if is_sure else None


def _in_another_order(agreement: Agreement) -> str:
    """What both sides have in another order, and so which differences do not count."""
    if agreement.are_cut_in_another_order:
        return "times in another order, but for what one side has cut"
    what = "numbers" if agreement.has_other_affixes else "values"
    return f"{what} in another order"


def is_renumbered(column: SharedColumn, agreement: Agreement) -> bool:
    """Whether ids number the rows from 0 on one side and from 1 on the other, in another order."""
    names = (column.name, column.other_name)
    are_ids = all(is_id(name) or is_called_index(name) for name in names)
    return column.are_whole and are_ids and agreement.is_renumbered


def _names_one_thing(column: SharedColumn, agreement: Agreement) -> bool:
    """Whether labels under two names are ids by one of these: no predicted and true classes."""
    if not (column.is_guessed and column.is_label and agreement.are_many):
        return False
    return agreement.differs_mostly and (is_id(column.name) or is_id(column.other_name))


def is_odd(column: SharedColumn, agreement: Agreement) -> bool:
    """Whether there is a warning of a column that differs, and that proves nothing."""
    if column.is_guessed:
        return _overlap(column, agreement)
    says_others = column.are_flags and not agreement.is_comparable
    is_of_names = column.side_of_files is not None or column.is_of_folders
    are_other_times = agreement.is_misread and is_called_time(column.name)
    is_odd = is_of_names or are_other_times or _are_levels(column, agreement)
    return is_odd or not (column.are_numbers or says_others)


def _are_levels(column: SharedColumn, agreement: Agreement) -> bool:
    """Whether numbers that may be levels, such as quantiles, are the same in another order.

    Two levels may be equally many by chance, as two classes are.
    """
    if column.is_copy or not (agreement.are_many and agreement.is_permuted):
        return False
    return column.are_numbers and agreement.firsts.n_different(0) >= _FEWEST_LEVELS


def _overlap(column: SharedColumn, agreement: Agreement) -> bool:
    """Whether columns of different names are alike: with values in common, but in other rows.

    Both rise or fall, or have no value twice on either side and differ in most rows.
    """
    names = (column.name, column.other_name)
    is_index = column.index_side is not None
    n_ids = sum(map(is_id, names)) + is_index
    may_be_alike = column.is_label or n_ids > 1 or column.is_of_validity
    is_odd = agreement.order or (agreement.begins_distinct and agreement.differs_mostly)
    if not (may_be_alike and agreement.is_comparable and agreement.are_many and is_odd):
        return False
    may_count = column.is_label or is_index or any(map(is_called_index, names))
    if agreement.counts_rows and may_count:
        return False  # each side may have been numbered by itself
    return agreement.firsts.shares_values
