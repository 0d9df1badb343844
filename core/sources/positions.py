"""The positions of the columns that are requested of a table."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.sources.columns import only_numeric, places_of, position

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.sources.contract import Wanted


class Positions(NamedTuple):
    """Positions of the requested columns, counted from 0.

    Attributes:
        fields: For each field the positions of its columns.
        labels: Positions of the label columns.
        shared: Positions of the columns that are only compared with those of another input.
    """

    fields: tuple[tuple[int, ...], ...]
    labels: tuple[int, ...]
    shared: tuple[int, ...] = ()

    @property
    def all(self) -> list[int]:
        """Positions of all columns that must be read, ascending."""
        return sorted({*self.numeric, *self.labels, *self.shared})

    @property
    def numeric(self) -> list[int]:
        """Positions of all columns that are read as numbers, ascending."""
        return sorted({i for field in self.fields for i in field})

    def within(self, chosen: Sequence[int]) -> Positions:
        """The same columns in a table that has no others than those chosen, in their order."""
        places = {position: i for i, position in enumerate(chosen)}
        fields = tuple(tuple(places[i] for i in field) for field in self.fields)
        labels, shared = (tuple(places[i] for i in some) for some in (self.labels, self.shared))
        return Positions(fields, labels, shared)


def select_columns(names: Sequence[str], numeric: Sequence[bool], wanted: Wanted) -> Positions:
    """Find the requested columns.

    Args:
        names: Names of all columns of the table, in order; they may be duplicate or empty.
        numeric: For each column whether it holds numbers.
        wanted: The requested columns, by name, or `@2` for the second column.

    Raises:
        DataError: A column does not exist or is not unique, or none was named and there are
            several.
    """
    asked = frozenset(chain(*wanted.fields, wanted.labels, wanted.shared))
    places = places_of(names, asked)
    fields = tuple(
        tuple(position(name, names, places) for name in columns) or (only_numeric(names, numeric),)
        for columns in wanted.fields
    )
    labels, shared = (
        tuple(position(name, names, places) for name in some)
        for some in (wanted.labels, wanted.shared)
    )
    return Positions(fields, labels, shared)
