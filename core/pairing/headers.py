"""Settles whether CSV inputs have header rows: by the columns chosen and the other inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from smoothl1.errors import counted
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.pairing.input_roles import LABELS, labels_asked
from smoothl1.sources.columns import index_columns, names_of_key
from smoothl1.sources.counting import rows_of
from smoothl1.sources.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.errors import DataError
    from smoothl1.selection import Selection
    from smoothl1.sources.contract import Columns
    from smoothl1.sources.csv.first_row import FirstRow

_POSITION = lazy_pattern(r"@[0-9]+")


@runtime_checkable
class Headed(Table, Protocol):
    """A table whose content does not always tell whether its first row is a header."""

    def with_header(self, *, is_there: bool, reason: str, is_counted: bool = False) -> Table:
        """The same table, given whether its first row is a header.

        Args:
            is_there: Whether it is.
            reason: The reason for that.
            is_counted: Whether the number of rows of another input is the reason.
        """
        ...


class _Asked(NamedTuple):
    """The columns that the user chose of one input.

    Attributes:
        numbers: Columns to be read as numbers; if empty, any column that holds numbers.
        others: Columns for keys, groups, clusters and weights, which may be those of another input.
        elsewhere: Columns of numbers that were chosen of another side, and may be meant here, too.
    """

    numbers: Columns
    others: Columns
    elsewhere: Columns = ()

    def name_in(self, names: Columns) -> str | None:
        """A chosen column whose name is in the row.

        A key or group that is a whole number may be meant as a position, as in `cut` and `sort`.
        """
        from smoothl1.sources.csv.first_row import is_whole

        others = (name for name in self.others if not is_whole(name))
        known = set(names)
        asked = (*self.numbers, *self.elsewhere, *others)
        return next((name for name in asked if name in known), None)

    def settles(self, row: FirstRow) -> bool:
        """Whether all columns of numbers were asked for by names that are in the row."""
        return bool(self.numbers) and set(self.numbers) <= set(row.names)

    def doubt_about(self, row: FirstRow) -> str | None:
        """Why a row that may be a header or data is in doubt; None if it is certain."""
        if (doubt := row.doubt_about(self.chosen(row))) is not None or not row.is_plain_data:
            return doubt
        positions = [name for name in self.numbers if _POSITION.fullmatch(name)]
        asked = self.elsewhere if not self.numbers else self.numbers if positions else ()
        name = next((name for name in asked if name in row.names), None)
        return None if name is None else f"it has {name!r}, and a column of that name is asked for"

    def chosen(self, row: FirstRow) -> set[int]:
        """Positions of the columns that are, or may be, read as numbers."""
        positions = {f"@{i + 1}": i for i in range(len(row.cells))}
        if self.numbers:
            return {positions[name] for name in self.numbers if name in positions}
        taken = {positions[name] for name in self.others if name in positions}
        numeric = row.numeric or {i for i, cell in enumerate(row.cells) if cell.is_numeric}
        return {*numeric} - taken - index_columns(row.names)


def settle_headers(
    tables: Sequence[Table], asked: Selection, *, beside: Sequence[str], by_rows: bool
) -> list[Table]:
    """Decide for every CSV input whether its first row is a header.

    Args:
        tables: One table for all sides, or one for each; then those of weights, groups and
            clusters.
        asked: The columns that the user chose.
        beside: The roles of the tables that follow the sides: "weight", "by", "cluster".
        by_rows: Whether all inputs must have the same number of rows, so that one may settle
            another.

    Raises:
        DataError: The first row may be a header or data, and nothing settles it.
    """
    settled = list(tables)
    doubts: dict[int, _Doubt] = {}
    for i, of_input in enumerate(_asked_of_each(asked, len(tables), beside)):
        table = tables[i]
        if isinstance(table, Headed):
            found = _settled_alone(table, of_input)
            if isinstance(found, _Doubt):
                doubts[i] = found
            else:
                settled[i] = found
    if not doubts:
        doubts = _alike(settled)
    if doubts:
        certain = next((i for i, t in enumerate(settled) if _is_witness(i, t, doubts)), None)
        if certain is None or not by_rows:
            raise next(iter(doubts.values())).error()
        n_rows = rows_of(settled[certain])
        for i, doubt in doubts.items():
            settled[i] = doubt.settled_by(settled[certain].path, n_rows)
    return settled


def _alike(tables: Sequence[Table]) -> dict[int, _Doubt]:
    """Inputs with the same first row, which may hold names."""
    found: dict[tuple[float | str, ...], list[int]] = {}
    rows = [table.first_rows for table in tables]
    for i, of_table in enumerate(rows):
        if of_table and (of_table[0].may_be_shared or of_table[0].may_be_levels):
            found.setdefault(of_table[0].values, []).append(i)
    why = "another input has the same one, as inputs with the same names have"
    return {
        i: _Doubt(table, rows[i][0], why)
        for same in found.values()
        if len(same) > 1
        if rows[same[0]][0].may_be_shared or len({rows[i][0].below for i in same}) > 1
        for i in same
        if isinstance(table := tables[i], Headed)
    }


def _is_witness(i: int, table: Table, doubts: dict[int, _Doubt]) -> bool:
    """Whether the rows of a table are certain, so that their number may settle another table.

    They are not certain if its own first row is made of distinct whole numbers, though it counts as
    data; nor if that row is the same as that of an input in doubt: then both may be names.
    """
    if i in doubts:
        return False
    rows = table.first_rows
    doubted = {doubt.row.values for doubt in doubts.values()}
    return not any(row.may_be_names or row.values in doubted for row in rows if row.is_numbers)


class _Doubt(NamedTuple):
    """A table whose first row may be a header or data.

    Attributes:
        table: The table.
        row: The first row that is in doubt, among the first rows of its files.
        why: The reason of the doubt.
    """

    table: Headed
    row: FirstRow
    why: str

    def error(self, more: str = "") -> DataError:
        """The error about the doubt."""
        from smoothl1.sources.csv.first_row import header_doubt

        return header_doubt(self.row, self.why, self.table.path, more)

    def settled_by(self, path: str, n_rows: int | None) -> Table:
        """The table, read so that it has as many rows as another input.

        Args:
            path: The path of the other input.
            n_rows: Its number of rows; None if not known.

        Raises:
            DataError: Neither reading gives that number of rows.
        """
        n_files = len(self.table.first_rows)
        n_data = rows_of(self.table.with_header(is_there=False, reason=""))
        if n_rows is None or n_data is None:
            raise self.error()
        if n_rows not in (n_data, n_data - n_files):
            more = f"; that makes {n_data - n_files} rows or {n_data}, but {path} has {n_rows}"
            raise self.error(more)
        reason = f"{path} has {counted(n_rows, 'row')}, too"
        return self.table.with_header(is_there=n_rows != n_data, reason=reason, is_counted=True)


def _settled_alone(table: Headed, asked: _Asked) -> Table | _Doubt:
    """Settle a table by the columns chosen of it, and by its own content."""
    rows = table.first_rows
    doubts = {row: why for row in rows if (why := asked.doubt_about(row)) is not None}
    named = [name for row in rows if (name := asked.name_in(row.names)) is not None]
    is_open = not all(row.is_certain for row in rows)
    if named and (is_open or any(row.is_plain_data and asked.settles(row) for row in rows)):
        reason = f"it has the column {named[0]!r} that was asked for"
        return table.with_header(is_there=True, reason=reason)
    if doubts and rows[0] not in doubts and any(row.is_plain_data for row in rows):
        return table.with_header(is_there=False, reason="its other files have none")
    return _Doubt(table, *next(iter(doubts.items()))) if doubts else table


def header_hint(table: Table) -> str:
    """The rest of a hint about columns, if a first row of numbers may be one of names."""
    rows = table.first_rows
    may_be_header = any(row.is_numbers and (row.may_be_names or row.may_be_levels) for row in rows)
    return "; --header if the first row names them" if may_be_header else ""


def _asked_of_each(asked: Selection, n_inputs: int, beside: Sequence[str]) -> list[_Asked]:
    """The columns chosen of each input, in their order."""
    sides = asked.sides
    weight = () if asked.weight is None else (asked.weight,)
    keys = tuple(name for entry in asked.key for name in {entry, *names_of_key(entry)})
    labels = labels_asked(asked).items()
    of_files = {"weight": _Asked(weight, ())}
    for kind in LABELS:
        of_files[kind] = _Asked((), tuple(name for role, name in labels if role.kind == kind))
    of_units = (name for role, name in labels if role.kind not in beside)
    others = (*keys, *of_units, *(() if "weight" in beside else weight))
    all_sides = tuple(name for columns in sides.values() for name in columns)
    if n_inputs - len(beside) == 1:
        found = [_Asked(all_sides, others)]
    else:
        found = [_Asked(own, others, () if own else all_sides) for own in sides.values()]
    return [*found, *(of_files[role] for role in beside)]
