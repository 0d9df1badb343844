"""Whether weights, labels and keys are along the rows that are evaluated, by the names of axes.

Weights by latitude may be as many as there are months: their number does not tell them apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from smoothl1.errors import DataError
from smoothl1.pairing.key_columns import keys_of
from smoothl1.sources.columns import has_column, position, shown
from smoothl1.sources.coordinates import is_along_rows, without_groups

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smoothl1.pairing.input_roles import InputRoles
    from smoothl1.sources.contract import Columns
    from smoothl1.sources.table import Table

_KINDS = {"by": "groups", "cluster": "clusters", "key": "the key", "keep": "the column"}


class _Beside(NamedTuple):
    """What has a value for each row of the evaluated arrays.

    Attributes:
        what: What it is, for a message.
        table: Its input.
        column: Its name; None for an array without one.
    """

    what: str
    table: Table
    column: str | None


def check_along_rows(
    tables: Sequence[Table], assigned: Sequence[InputRoles], key: Columns, n_sides: int
) -> None:
    """Refuse weights, labels and keys along an axis of the predictions that is not that of rows.

    Args:
        tables: The inputs: first the sides.
        assigned: The roles of their columns.
        key: The keys by which rows are matched.
        n_sides: The number of sides.

    Raises:
        DataError: The names of axes say that they are.
    """
    axes = _axes_evaluated(tables, assigned)
    if len(axes) < 2:
        return
    for of in _beside(tables, assigned, key, n_sides):
        own = _axes_of(of.table, of.column)
        if not is_along_rows(own, axes):
            is_in_memory = hasattr(of.table, "axes")
            name = f" {shown(of.column)}" if of.column and not is_in_memory else ""
            rows, other = (shown(without_groups(names[0])) for names in (axes, own))
            or_elements = ", or weights in the shape of these" if of.what == "weights" else ""
            raise DataError(
                f"the rows of the predictions are along axis {rows}, and {of.what}{name} along "
                f"{other}",
                path=of.table.path,
                hint=f"store the predictions and targets with axis {other} first{or_elements}; "
                "--no-key-check takes them as they stand",
            )


def _axes_evaluated(tables: Sequence[Table], assigned: Sequence[InputRoles]) -> Columns:
    """The names of the axes of the first evaluated array that has some."""
    for table, of_input in zip(tables, assigned, strict=True):
        for role, columns in zip(of_input.roles, of_input.wanted.fields, strict=True):
            if role != "weight" and len(columns) < 2:
                axes = _axes_of(table, columns[0] if columns else None)
                if axes:
                    return axes
    return ()


def _beside(
    tables: Sequence[Table], assigned: Sequence[InputRoles], key: Columns, n_sides: int
) -> Iterator[_Beside]:
    """What has a value for each row, in all inputs."""
    for table, of_input in zip(tables, assigned, strict=True):
        for role, columns in zip(of_input.roles, of_input.wanted.fields, strict=True):
            if role == "weight":
                yield _Beside("weights", table, columns[0] if columns else None)
        for of_label, name in zip(of_input.label_roles, of_input.wanted.labels, strict=True):
            yield _Beside(_KINDS[of_label.kind], table, name)
    for table, names in zip(tables, keys_of(tables[:n_sides], key), strict=False):
        for name in names:
            yield _Beside(_KINDS["key"], table, name)


def _axes_of(table: Table, column: str | None) -> Columns:
    """The names of the axes of an array; empty if they are not known."""
    in_memory = getattr(table, "axes", ())
    if in_memory:
        return tuple(axis.name for axis in in_memory)
    if column is None or not has_column(column, table.names):
        return ()
    return table.columns[position(column, table.names)].axes
