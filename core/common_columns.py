"""Which columns two inputs have in common that nobody asked for: witnesses of how rows pair."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from smoothl1.decisions import Decision
from smoothl1.errors import DataError
from smoothl1.shared_rows import SharedColumn
from smoothl1.sources.columns import position, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from smoothl1.selection import Cast
    from smoothl1.shared_rows import Agreement
    from smoothl1.sources.table import Table

_COMPARABLE = ({"integer"}, {"text"}, {"date"}, {"integer", "text"}, {"date", "text"})


def find_shared(
    tables: Sequence[Table], casts: Sequence[Cast], pairs: Iterable[tuple[int, int]]
) -> tuple[SharedColumn, ...]:
    """Find the columns that two inputs have in common.

    Args:
        tables: The inputs.
        casts: The parts they play; a column that is read as numbers or groups is no witness.
        pairs: Which two inputs are paired by position, in ascending order.

    Returns:
        For each further input that has a column the first one that has it.
    """
    free = [_free_columns(table, cast) for table, cast in zip(tables, casts, strict=True)]
    found: dict[tuple[str, int], SharedColumn] = {}
    for one, other in pairs:
        for name, (kind, is_index) in free[one].items():
            if name in free[other] and {kind, free[other][name][0]} in _COMPARABLE:
                found.setdefault((name, other), SharedColumn(name, one, other, is_index))
    return tuple(found.values())


def _free_columns(table: Table, cast: Cast) -> dict[str, tuple[str, bool]]:
    """The kind of each column that is no number or group, and whether it is an index."""
    counts = Counter(table.names)
    labels = zip(cast.label_roles, cast.wanted.labels, strict=True)
    groups = [name for role, name in labels if role == "by"]
    numbers = (name for field in cast.wanted.fields for name in field)
    taken = {position(name, table.names) for name in (*groups, *numbers)}
    return {
        name: (column.kind, column.is_index)
        for i, (name, column) in enumerate(zip(table.names, table.columns, strict=True))
        if column.kind and counts[name] == 1 and i not in taken
    }


def judge_shared(
    shared: Sequence[SharedColumn],
    agreements: Sequence[Agreement],
    paths: Sequence[str],
    n_sides: int,
    warn: Callable[[str], None],
) -> Iterator[Decision]:
    """Say what the columns in common tell of the rows.

    Args:
        shared: The columns.
        agreements: What the pass learned of each; none if there were no rows.
        paths: Those of the inputs.
        n_sides: How many of these are sides, which a key can match; weights follow them.
        warn: Is told where a column differs that proves nothing.

    Yields:
        A decision for each column.

    Raises:
        DataError: Rows are not paired as they should be.
    """
    for column, agreement in zip(shared, agreements, strict=False):
        name, other = shown(column.name), paths[column.other]
        if not agreement.is_comparable:
            yield Decision("rows", other, "as they stand", f"column {name} cannot be compared")
            continue
        if agreement.first_difference is None:
            yield Decision("rows", other, "as they stand", f"column {name} agrees in every row")
            continue
        first = agreement.first_difference + 1
        differs = f"column {name} differs from that of {other} from row {first} on"
        fault = _fault(column, agreement)
        if fault is not None:
            raise DataError(
                f"{differs}, and {fault}: rows are not paired as they should be",
                path=paths[column.one],
                hint=f"{_remedy(column, n_sides)}; --no-key-check pairs them as they stand",
            )
        warn(
            f"{paths[column.one]}: {differs} (--key matches rows by a column, --no-key-check says "
            "nothing)"
        )
        yield Decision("rows", other, "as they stand", f"column {name} differs, but proves nothing")


def _fault(column: SharedColumn, agreement: Agreement) -> str | None:
    """Why a column that differs says that rows are paired wrongly; None if it does not."""
    if agreement.is_permuted:
        return "holds the same values in another order"
    if agreement.both_rise and not (column.is_index and agreement.counts_rows):
        return "rises on both sides, with other values"
    return None


def _remedy(column: SharedColumn, n_sides: int) -> str:
    if column.other >= n_sides:
        return "weights must be in the order of the predictions, or a column of theirs"
    return f"--key {_as_option(column.name)} matches rows by it"


def _as_option(name: str) -> str:
    return name if name.isidentifier() else shown(name)
