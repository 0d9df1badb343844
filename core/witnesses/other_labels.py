"""Labels that differ in most rows where no id says that rows match: each station has its times."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from smoothl1.files.suffixes import KNOWN
from smoothl1.sources.columns import index_columns, shown
from smoothl1.sources.notations import DATE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    import pyarrow as pa

    from smoothl1.witnesses.agreement import Agreement
    from smoothl1.witnesses.shared_column import SharedColumn

    Compared = tuple[SharedColumn, Agreement]

_ID = re.compile(
    rb"\s*(?:"
    rb"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"  # a UUID
    rb"|(?=[0-9]*[A-Fa-f])[0-9A-Fa-f]{16,}"  # a hash
    rb"|.*\w(?i:" + KNOWN.encode() + rb")"  # a file
    rb")\s*",
    re.DOTALL,
)
"""Texts that identify rows whatever their column is called; other texts may be one part of a key of
several columns, such as the products of each store."""


_CALLED_TIME = re.compile(
    r"(?:\A|[_\W]|(?<=[a-z])(?=[A-Z]))"
    r"(?i:date|time|datetime|timestamp|year|yr|quarter|month|week|day|hour|minute|second|period"
    r"|ts|tstamp|utc|unixtime)"
    r"(?![a-z])"
)
"""Names of times, which tables of dimensions call ids: date_key."""


_DATE = re.compile(DATE.encode())


def is_called_time(name: str) -> bool:
    """Whether a column's name says that it holds times or dates."""
    return _CALLED_TIME.search(name) is not None


def is_time(column: SharedColumn, agreement: Agreement) -> bool:
    """Whether a column holds dates or times, by its name, its type or its texts."""
    blocks = agreement.firsts.blocks(0)
    if is_called_time(column.name) or _are_times(blocks):
        return True
    return column.is_label and all(map(_are_dates, blocks))


def identifies_rows(
    column: SharedColumn, agreement: Agreement, *, with_fractions: bool = True
) -> bool:
    """Whether a column is an id by its name or its values, not an axis: years, products, steps.

    Args:
        column: The column.
        agreement: The comparison of its values, which agree.
        with_fractions: Whether fractions in no order count: features occur once, but a coordinate
            belongs to a station, which has many times.
    """
    firsts = agreement.firsts
    if column.is_id or (column.is_index and _is_nameless(column.name)):
        is_axis = agreement.counts_rows or firsts.step_evenly or _are_times(firsts.blocks(0))
        return not (is_axis or is_called_time(column.name))
    if column.are_numbers:
        return with_fractions and not agreement.is_in_order
    return column.is_label and all(map(_are_ids, firsts.blocks(0)))


def warn_of_other_labels(
    found: Sequence[Compared],
    paths: Sequence[str],
    unsure: tuple[Collection[tuple[int, int]], Collection[tuple[int, int]]],
    warn: Callable[[str], None],
) -> None:
    """Warn of labels that differ in most rows, where what agrees need not be the whole key.

    Args:
        found: The columns in common, and the comparison of each.
        paths: The paths of the inputs.
        unsure: Pairs of inputs of which rows are proved by columns that are no ids; and these, if
            fractions are no ids.
        warn: Takes the warning.
    """
    for column, agreement in found:
        inputs = (column.one, column.other)
        if agreement.agrees or column.is_guessed or column.are_numbers:
            continue
        if inputs not in unsure[0] and not (inputs in unsure[1] and is_time(column, agreement)):
            continue
        agree = [(c, a) for c, a in found if (c.one, c.other) == inputs and a.agrees]
        has_id = any(c.is_id and a.begins_distinct for c, a in agree)  # in equal steps
        if _is_other_label(column, agreement, beside_id=has_id):
            rows = "every row" if agreement.differs_everywhere else "most rows"
            name = shown(agree[0][0].name) if len(agree) == 1 else ""
            what = f"only {name} agrees" if name else "no id shows that rows match"
            warn(
                f"{paths[column.one]}: column {shown(column.name)} differs from that of "
                f"{paths[column.other]} in {rows}, and {what} "
                "(--key, once for each column, matches rows by several)"
            )


def _is_other_label(column: SharedColumn, agreement: Agreement, *, beside_id: bool) -> bool:
    """Whether a column says that rows do not match: its values repeat, and most of them differ.

    Notes that occur once may differ, and so may some whole numbers: they may be predictions. Beside
    an id, if only one in equal steps, labels may be predictions, too.
    """
    if not agreement.is_comparable:
        return False
    differs = agreement.differs_everywhere
    if not beside_id and (column.is_label or column.is_id):
        differs |= agreement.differs_mostly and agreement.are_many
    if not differs:
        return False
    repeat = [agreement.firsts.repeat_mostly(side) for side in (0, 1)]
    return all(repeat) if beside_id else any(repeat)


def _is_nameless(name: str) -> bool:
    """Whether a column is an index whose name pandas or R made."""
    return name.startswith("@") or 0 in index_columns((name, "\0"))


def _are_times(blocks: Sequence[pa.Array]) -> bool:
    from pyarrow import types

    return any(types.is_timestamp(some.type) or types.is_date(some.type) for some in blocks)


def _are_dates(values: pa.Array) -> bool:
    """Whether all texts that are there begin with a date."""
    from pyarrow import types

    if not types.is_binary(values.type):
        return False
    return all(_DATE.match(text) for text in values.to_pylist() if text)


def _are_ids(values: pa.Array) -> bool:
    """Whether all values are UUIDs, hashes or names of files."""
    from pyarrow import types

    if types.is_fixed_size_binary(values.type):
        return True  # UUIDs by their type
    if not types.is_binary(values.type):
        return False
    return all(_ID.fullmatch(text or b"") for text in values.to_pylist())
