"""Units in the names of columns, or in their metadata, that differ between two sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.sources.columns import position, shown
from smoothl1.sources.usual_names import without_side

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.job import Job
    from smoothl1.pairing.input_roles import InputRoles
    from smoothl1.sources.table import Table


def warn_of_units(
    job: Job, tables: Sequence[Table], assigned: Sequence[InputRoles], warn: Callable[[str], None]
) -> None:
    """Warn of predictions and targets in different units, by the columns that nobody named.

    Args:
        job: The job.
        tables: The inputs, the sides first.
        assigned: The roles of their columns.
        warn: Takes the warning.
    """
    chosen = list(job.selection.sides.values())
    n_sides = job.n_sides
    if n_sides < 2 or any(chosen):
        return
    sides = list(zip(tables[:n_sides], assigned[:n_sides], strict=True))
    *preds, target = [(table, _only(of_input)) for table, of_input in sides]
    for pred in preds:
        units = _different_units(*pred, *target)
        if units is not None:
            are_named = pred[0].names and target[0].names
            option = "--pred and --target say" if are_named else "--separate says"
            warn(
                f"{pred[0].path} has {units[0]!r} and {target[0].path} {units[1]!r}, by the "
                f"{units[2]}: are their units the same? ({option} so)"
            )
            return


def _only(of_input: InputRoles) -> str | None:
    fields = of_input.wanted.fields
    return fields[0][0] if len(fields) == 1 and len(fields[0]) == 1 else None


def _different_units(
    pred: Table, name: str | None, target: Table, other: str | None
) -> tuple[str, str, str] | None:
    """The units of two columns, and what says them; None if they do not differ."""
    noted = _noted_unit(pred, name), _noted_unit(target, other)
    if all(noted):
        from smoothl1.sources.unit_spellings import is_one_unit

        return None if is_one_unit(*noted) else (*noted, "metadata of the columns")
    if name is None or other is None or not (pred.names and target.names):
        return None
    one, second = _with_unit(name, noted[0]), _with_unit(other, noted[1])
    if one == second or one.isalnum() or second.isalnum():  # one word says no unit
        return None
    from smoothl1.pairing.units_of_names import are_in_different_units  # late: it reads a table

    if are_in_different_units(one, second):
        what = "metadata and names of the columns" if any(noted) else "names of the columns"
        return noted[0] or shown(name)[1:-1], noted[1] or shown(other)[1:-1], what
    return None


def _with_unit(name: str, noted: str) -> str:
    """A name that ends in the unit of its column, if anything says it."""
    return f"{name} ({noted})" if noted else without_side(name)


def _noted_unit(table: Table, column: str | None) -> str:
    """The unit of a column by its metadata, or of an array in memory; "" if they do not say it."""
    if table.names and column is not None:
        return table.columns[position(column, table.names)].unit
    return getattr(table, "unit", "")
