"""Whether inputs are what they seem: headers, sides, the order of shards, columns in common.

What needs a closer look is in modules of its own, which are imported only then.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.selection import Cast, Selection
    from smoothl1.shared_rows import SharedColumn
    from smoothl1.sources.contract import ReadOptions
    from smoothl1.sources.table import Table

    Warn = Callable[[str], None]

_WITHOUT_DIGITS = str.maketrans("", "", "0123456789")


def certain_tables(
    tables: Sequence[Table],
    selection: Selection,
    options: ReadOptions,
    warn: Warn,
    *,
    with_weights: bool,
) -> list[Table]:
    """Make certain what the rows of the inputs are, and that the inputs are sides.

    Args:
        tables: One that holds all sides, or one a side; and last, if there are any, the weights.
        selection: The columns that the user asked for.
        options: How to read what the content does not say.
        warn: Takes a sentence about something odd.
        with_weights: Whether the last table holds the weights.

    Returns:
        The tables, their headers settled.

    Raises:
        DataError: It is not certain.
    """
    settled = list(tables)
    rows = [row for table in tables for row in getattr(table, "first_rows", ())]
    if not all(row.is_text for row in rows):
        from smoothl1.headers import settle_headers  # late: most headers are text

        settled = settle_headers(
            tables, selection, with_weights=with_weights, by_rows=not options.flatten
        )
    sides = settled[:-1] if with_weights else settled
    names = {table.path.translate(_WITHOUT_DIGITS) for table in sides}
    if len(sides) > len(names) == 1 and not options.separate:
        from smoothl1.sides import refuse_shards_as_sides  # late: names are seldom that alike

        refuse_shards_as_sides(sides, selection, warn)
    sets = [(table.path, table.files) for table in settled if len(table.files) > 1]
    if len(sets) > 1 and not selection.key and options.key_check:
        from smoothl1.sides import check_shard_order

        check_shard_order(sets)
    return settled


def with_shared(
    tables: Sequence[Table], casts: Sequence[Cast], by_position: Sequence[int]
) -> tuple[tuple[SharedColumn, ...], list[Cast]]:
    """Find the columns that inputs have in common, and have them read, too.

    Args:
        tables: All inputs.
        casts: The parts they play.
        by_position: Which of them are paired by position.

    Returns:
        The columns, and the parts with these.
    """
    n_read = (len({n for field in c.wanted.fields for n in field}) for c in casts)
    if sum(len(table.names) > n for table, n in zip(tables, n_read, strict=True)) < 2:
        return (), list(casts)  # no two inputs have columns that are not read anyway
    from smoothl1.common_columns import find_shared

    shared = find_shared(tables, casts, combinations(by_position, 2))
    names: list[dict[str, None]] = [{} for _ in tables]
    for column in shared:
        names[column.one][column.name] = names[column.other][column.name] = None
    return shared, [
        cast._replace(wanted=cast.wanted._replace(shared=tuple(of_table)))
        for cast, of_table in zip(casts, names, strict=True)
    ]
