"""What to do about columns in common that differ: how rows are matched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.sources.columns import matching, matching_either
from smoothl1.sources.names import ENCODING_HINT, is_text
from smoothl1.witnesses.what_differences_prove import is_renumbered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.witnesses.agreement import Agreement
    from smoothl1.witnesses.first_rows import FirstRows
    from smoothl1.witnesses.reordering import Reordering
    from smoothl1.witnesses.shared_column import SharedColumn

_NO_NAMES = r"(?i)[ap]m\b|q|[0-9]z\b"
"""Letters of times, of quarters and of UTC."""

_IN_ORDER_OF_FILES = "sort rows in the order of the files, or give files with that column for --key"


def hint_about(columns: Sequence[SharedColumn], n_sides: int, beside: Sequence[str]) -> str:
    """The hint of a warning about columns of two inputs that differ.

    Args:
        columns: The columns, at least one.
        n_sides: See `remedy`.
        beside: See `remedy`.
    """
    other = columns[0].other
    if other >= n_sides:
        return _in_order(beside[other - n_sides])
    if all(column.side_of_files is not None for column in columns):
        return _IN_ORDER_OF_FILES
    if all(column.is_guessed for column in columns):
        return matching(columns[0].key_name)
    return "--key matches rows by a column"


def _in_order(what: str) -> str:
    return f"{what} must be in the order of the predictions, or a column of theirs"


def remedy_for(
    column: SharedColumn,
    agreement: Agreement,
    n_sides: int,
    beside: Sequence[str],
    agreeing: str | None,
) -> str:
    """The beginning of a hint about a column that differs: see `remedy`."""
    if is_renumbered(column, agreement):  # a key would match the next row
        return "let both count from the same number; "
    is_other_way = agreement.has_other_affixes or agreement.is_counted_otherwise
    is_other_way |= agreement.are_cut_in_another_order or agreement.are_periods_in_two_notations
    if is_other_way:
        return "write both alike, as keys must be; "
    return remedy(column, agreement, n_sides, beside, agreeing)


def remedy(
    column: SharedColumn,
    compared: Agreement | Reordering,
    n_sides: int,
    beside: Sequence[str],
    agreeing: str | None = None,
) -> str:
    """The beginning of a hint: how rows are matched.

    Args:
        column: The column that differs.
        compared: The comparison of its values.
        n_sides: The number of sides, without what is beside them.
        beside: What the last inputs hold that no key can match.
        agreeing: A column that agrees in every row, and may as well be the key.
    """
    if column.other >= n_sides:
        return f"{_in_order(beside[column.other - n_sides])}; "
    if column.side_of_files is not None:
        return f"{_IN_ORDER_OF_FILES}; "
    if column.may_be_key and is_text(column.name) != is_text(column.other_name):
        return f"{ENCODING_HINT}; "
    if compared.is_spelled_otherwise:  # keys count what columns in common leave out
        in_what = " in folders, suffixes, case and the like" if _has_names(compared.firsts) else ""
        return f"write both alike{in_what}, as keys must be; "
    if not column.may_be_key:
        return ""
    name = column.key_name
    is_one = compared.begins_distinct and (name == column.name or column.other == n_sides - 1)
    differing = name if is_one else None
    return f"{matching_either(agreeing, differing) if agreeing else matching(differing)}; "


def _has_names(firsts: FirstRows) -> bool:
    """Whether one of the first texts has letters, and is neither a number nor a date."""
    import pyarrow.compute as pc  # late: it takes as long to import as NumPy
    from pyarrow import types

    from smoothl1.witnesses.date_spellings import with_plain_dates

    for texts in (*firsts.blocks(0), *firsts.blocks(1)):
        if types.is_binary(texts.type):
            plain = pc.replace_substring_regex(with_plain_dates(texts), _NO_NAMES, "")
            if pc.any(pc.match_substring_regex(plain, "[A-Za-z]")).as_py():
                return True
    return False
