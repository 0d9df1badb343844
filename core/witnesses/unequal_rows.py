"""What to do about sides of different numbers of rows: match these by an id that they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.sources.columns import matching, shown
from smoothl1.sources.ids import is_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.sources.contract import Source
    from smoothl1.witnesses.shared_column import SharedColumn


def hint_about_key(shared: Sequence[SharedColumn], n_sides: int) -> str | None:
    """The hint that a column matches the rows of sides that differ in their number.

    Args:
        shared: The columns that two sides have in common.
        n_sides: The number of sides.

    Returns:
        The hint; None if no column is called an id on either side.
    """
    for column in shared:
        names = (column.name, column.other_name)
        holders = {i for c in shared if (c.name, c.other_name) == names for i in (c.one, c.other)}
        is_of_all = len(holders) == n_sides and column.may_be_key and not column.is_one_of_many
        if is_of_all and any(map(is_id, names)):
            return f"{matching(column.key_name)}, and --unmatched omit leaves out those of one side"
    return None


def hint_about_header(sources: Sequence[Source]) -> str | None:
    """The hint that the first row of a file of labels counts as a header; None if none may be one.

    Args:
        sources: The sources of what is beside the sides: weights, groups and clusters.
    """
    for source in sources:
        if source.details.first_row:
            return (
                f"{shown(source.details.first_row)} counts as the header of {source.path}: if it "
                "is a label, write a name above it, or --no-header if no CSV input has one"
            )
    return None
