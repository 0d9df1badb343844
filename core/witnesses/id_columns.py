"""Numeric columns that number the rows instead of describing them: ids.

If columns are matched by name, an id would be averaged in as a perfect prediction. So columns are
examined before:

- whole numbers, no value twice, equal in every row, if they are called an id or count the rows: an
  id, which is left out, and which proves that rows are paired correctly;
- anything else that is equal in every row while another column is not: an id, a feature or perfect
  predictions; which of them, nothing tells;
- whole numbers, the same in another order, if that is no coincidence; or no value twice, and called
  an id and different, or rising (or falling) on all sides and different: rows are paired wrongly,
  unless an id proves the pairing. A column that counts the rows proves nothing about another order:
  each side may have been numbered by itself.

If rows are matched by key, they are not compared in order: a column that has the same values on all
sides, in any order, may be a feature or perfect predictions.

Reading ends as soon as no column can be any of these: for predictions and targets, usually after
the first block.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.errors import DataError, ShapeError
from smoothl1.sources.columns import choosing, matching, matching_either, shown
from smoothl1.sources.contract import Part, Wanted
from smoothl1.sources.counting import keep_streams
from smoothl1.sources.ids import is_id
from smoothl1.sources.lockstep import aligned
from smoothl1.witnesses.id_candidate import Candidate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.sources.contract import Columns
    from smoothl1.sources.table import Table

_BLOCK_ROWS = 1 << 16

_MOST_HELD = 16
"""Columns held in memory at a time, to look for duplicate values."""


def find_ids(
    tables: Sequence[Table], names: Columns, options: Sequence[str], *, are_all: bool
) -> Columns:
    """Find the columns that number the rows.

    Args:
        tables: The sides, each of which has these columns. They are read; streams are kept.
        names: Numeric columns that all sides have.
        options: The command-line options that choose columns, for messages.
        are_all: Whether there are no other columns to evaluate: then not all of these are ids.

    Returns:
        The columns that are ids.

    Raises:
        DataError: A column says that the rows of the sides are in different orders, or it may be
            an id as well as perfect predictions.
    """
    columns = _looked_at(tables, names)
    agree = [column for column in columns if column.agrees]
    if are_all and len(agree) == len(names):
        return _called_ids(tables, agree)
    n_in_order = sum(column.differs_in_order for column in columns)
    all_in_order = are_all and n_in_order == len(names)  # predictions that rise, as sums do
    odd = [
        c
        for c in columns
        if c.is_permuted
        or (c.differs_in_order and not all_in_order)
        or (c.first_difference is not None and is_id(c.name))
    ]
    looked_up = [column.name for column in (*agree, *odd)]
    distinct = set.intersection(*(_distinct(table, looked_up) for table in tables))
    ids = tuple(c.name for c in agree if c.is_whole and c.name in distinct)
    n_permuted = sum(column.is_permuted for column in odd)
    misplaced = next(
        (
            column
            for column in odd
            if column.name in distinct
            or (column.is_permuted and (column.is_varied or n_permuted > 1))
        ),
        None,
    )
    proofs = [column for column in agree if column.name in ids]
    if misplaced is not None and not any(
        not proof.counts_rows or (is_id(proof.name) and not misplaced.is_permuted)
        for proof in proofs
    ):
        is_key = misplaced.name in distinct
        agreeing = next((proof.name for proof in proofs if is_id(proof.name)), None)
        raise _misplaced(tables, misplaced, options, agreeing, is_key=is_key)
    unnamed = (c for c in proofs if not (c.counts_rows or is_id(c.name)))
    rest = (column for column in agree if column.name not in ids)
    doubtful = next((column.name for column in (*unnamed, *rest)), None)
    if doubtful is not None:
        raise _doubtful(tables, f"column {shown(doubtful)}", options)
    return ids


def _called_ids(tables: Sequence[Table], agree: Sequence[Candidate]) -> Columns:
    """The ids among columns that all agree, by their names; none if no other column is left."""
    called = [column.name for column in agree if column.is_whole and is_id(column.name)]
    if not called or len(called) == len(agree):
        return ()
    distinct = _distinct(tables[0], called)
    return tuple(name for name in called if name in distinct)


def refuse_features(tables: Sequence[Table], names: Columns, options: Sequence[str]) -> None:
    """Refuse columns that have the same values on all sides, where rows are matched by key.

    Args:
        tables: The sides, each of which has these columns. They are read; streams are kept.
        names: Numeric columns that all sides have.
        options: The command-line options that choose columns, for messages.

    Raises:
        DataError: Some of the columns, but not all, have the same values, in any order.
    """
    columns = _looked_at(tables, names, in_any_order=True)
    same = [column.name for column in columns if column.has_same_values]
    if same and len(same) < len(names):
        raise DataError(
            f"column {shown(same[0])} has the same values as in {tables[1].path}: it may be a "
            "feature, or perfect predictions",
            path=tables[0].path,
            hint=f"{choosing(options)} columns",
        )


def refuse_only_id(tables: Sequence[Table], name: str, options: Sequence[str]) -> None:
    """Refuse the only numeric column of tables that have others, if it numbers the rows.

    Raises:
        DataError: The column has no value twice, and the same whole numbers on all sides.
    """
    agree = [column for column in _looked_at(tables, (name,)) if column.agrees and column.is_whole]
    if agree and _distinct(tables[0], [name]):
        raise _doubtful(tables, f"the only numeric column, {shown(name)},", options)


def _looked_at(
    tables: Sequence[Table], names: Columns, *, in_any_order: bool = False
) -> list[Candidate]:
    """The columns that may be ids, read as far as the sides have rows in common."""
    keep_streams(tables)
    sources = [table.select(Wanted(tuple((name,) for name in names))) for table in tables]
    columns = [Candidate(name, len(tables), in_any_order=in_any_order) for name in names]
    try:
        for blocks in aligned(sources, Part(0, sources[0].n_rows), _BLOCK_ROWS):
            for i, column in enumerate(columns):
                if column.is_open:
                    column.add([block.fields[i] for block in blocks])
            if not any(column.is_open for column in columns):
                break
    except ShapeError:
        if not in_any_order:
            raise
        return []  # the sides have different rows, so other keys: matching reports that
    except DataError:
        return []  # a value cannot be read; evaluating the column reports that
    return [column for column in columns if column.is_open and column.n_rows]


def _distinct(table: Table, names: Sequence[str]) -> set[str]:
    """The columns without duplicate values. A few at a time are held in memory."""
    found: set[str] = set()
    for start in range(0, len(names), _MOST_HELD):
        some = names[start : start + _MOST_HELD]
        source = table.select(Wanted(tuple((name,) for name in some)))
        blocks = [
            [field.values.copy() for field in block.fields]
            for block in source.blocks(Part(0, source.n_rows), _BLOCK_ROWS)
        ]
        for name, column in zip(some, zip(*blocks, strict=True), strict=True):
            values = np.sort(np.concatenate(column))
            if (values[1:] != values[:-1]).all():
                found.add(name)
    return found


def _doubtful(tables: Sequence[Table], column: str, options: Sequence[str]) -> DataError:
    return DataError(
        f"{column} is the same as in {tables[1].path} in every row: it may be an id, a "
        "feature, or perfect predictions",
        path=tables[0].path,
        hint=f"{choosing(options)} columns",
    )


def _misplaced(
    tables: Sequence[Table],
    column: Candidate,
    options: Sequence[str],
    agreeing: str | None,
    *,
    is_key: bool,
) -> DataError:
    others = " and ".join(table.path for table in tables[1:])
    what = ""
    if column.is_permuted:
        what = ", and holds the same values in another order"
    elif column.differs_in_order:
        what = ", and is in strict order on all sides"
    name = column.name if is_key else None
    matches = matching_either(agreeing, name) if agreeing else matching(name)
    return DataError(
        f"column {shown(column.name)} differs from that of {others} from row "
        f"{(column.first_difference or 0) + 1} on{what}: rows are not paired as they should be",
        path=tables[0].path,
        hint=f"{matches}; {choosing(options)} columns",
    )
