"""Stored values of sparse matrices, which are paired only if they stand in the same cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.errors import DataError
from smoothl1.sources.columns import has_column, position, shown
from smoothl1.sources.contract import Part, Wanted
from smoothl1.sources.lockstep import aligned
from smoothl1.sources.sparse import places_of_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smoothl1.pairing.input_roles import InputRoles
    from smoothl1.sources.table import Table

_BLOCK_ROWS = 1 << 16

_HINT = (
    "save both as dense arrays (.toarray()), or of equal cells in one order (.sort_indices()); "
    "--no-key-check pairs them as they stand"
)


class _Values(NamedTuple):
    """Values of a side.

    Attributes:
        table: The table that they are in.
        name: Their name.
        places: The names of the arrays that say where they stand; empty if they are not sparse.
        layout: How their matrix is laid out: csr, csc; "" if nothing says it.
    """

    table: Table
    name: str
    places: tuple[str, ...]
    layout: str


def check_cells(tables: Sequence[Table], assigned: Sequence[InputRoles]) -> None:
    """Compare where the stored values of sparse matrices stand.

    Args:
        tables: The tables of the sides.
        assigned: The roles of their columns.

    Raises:
        DataError: They stand in other cells, or in another order; or one side does not say where.
    """
    found = list(_values_of(tables, assigned))
    for first, other in ((found[0], other) for other in found[1:]):
        sparse, rest = (first, other) if first.places else (other, first)
        if not sparse.places:
            continue
        if not rest.places:
            raise DataError(
                f"array {shown(sparse.name)} has the stored values of a sparse matrix, and nothing "
                f"says of which cells those of {rest.table.path} are",
                path=sparse.table.path,
                hint=_HINT,
            )
        why = _difference(sparse, rest)
        if why is not None:
            raise DataError(
                f"array {shown(sparse.name)} and {shown(rest.name)} of {rest.table.path} have the "
                f"stored values of sparse matrices, of other cells or in another order: {why}",
                path=sparse.table.path,
                hint=_HINT,
            )


def _difference(one: _Values, other: _Values) -> str | None:
    """What shows that values of two matrices are not of the same cells; None if nothing does."""
    if one.layout and other.layout and one.layout != other.layout:
        return f"one is laid out as {shown(one.layout)}, the other as {shown(other.layout)}"
    for place, of_other in zip(one.places, other.places, strict=False):
        if _own(place) != _own(of_other) or not _are_equal(one, place, other, of_other):
            return f"{shown(place)} and {shown(of_other)} differ"
    return None


def _values_of(tables: Sequence[Table], assigned: Sequence[InputRoles]) -> Iterator[_Values]:
    for table, of_input in zip(tables, assigned, strict=True):
        for role, columns in zip(of_input.roles, of_input.wanted.fields, strict=True):
            if role == "weight":
                continue
            is_there = bool(columns) and has_column(columns[0], table.names)
            at = position(columns[0], table.names) if is_there else None  # else it is told later
            name = "" if at is None else table.names[at]
            info = None if at is None else table.columns[at]
            is_array = info is not None and bool(info.shape)
            places = places_of_values(name, table.names) if is_array else ()
            yield _Values(table, name, places, info.layout if info is not None else "")


def _own(name: str) -> str:
    """The name of an array without its group."""
    return name.rpartition("/")[2]


def _are_equal(one: _Values, of_one: str, other: _Values, of_other: str) -> bool:
    """Whether two arrays of whole numbers are the same to the number."""
    if one.table is other.table and of_one == of_other:
        return True
    sources = tuple(
        values.table.select(Wanted(((name,),)))
        for values, name in ((one, of_one), (other, of_other))
    )
    if sources[0].n_rows != sources[1].n_rows:
        return False
    for blocks in aligned(sources, Part(0, None), _BLOCK_ROWS):
        ours, theirs = (block.fields[0].values for block in blocks)
        if not np.array_equal(ours, theirs):
            return False
    return True
