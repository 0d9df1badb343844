"""Units in the names of columns, or in their metadata, that differ between two sides."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.sources.columns import position, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.job import Job
    from smoothl1.pairing.input_roles import InputRoles
    from smoothl1.sources.table import Table

_FAMILIES = (
    "nm um mm cm dm m km inch=inches=in ft=feet mi=miles",
    "sqft sqm=m2 sqkm=km2 ha=hectares acres",
    "ml cl l=liters=litres gal=gallons",
    "c=degc=celsius f=degf=fahrenheit k=kelvin",
    "mg g kg t lb=lbs",
    "ns us ms s=sec=secs=seconds min=mins=minutes h=hr=hrs=hours days weeks months years",
    "deg=degrees rad=radians",
    "mps kmh=kph mph knots",
    "j kj mj wh kwh mwh",
    "w kw mw",
    "pa hpa=mbar kpa bar psi atm",
    "percent=pct fraction=frac",
    "ppm ppb",
    "hz khz mhz ghz",
    "kb mb gb tb",
    "thousands millions billions",
    "usd eur gbp chf jpy",
)
"""Units of one quantity each; names of one unit are joined by `=`."""

_MEANT = {
    name: (names.split("=")[0], i)
    for i, family in enumerate(_FAMILIES)
    for names in family.split()
    for name in names.split("=")
}
"""The unit, and the quantity, that a name means."""
_END = re.compile(r"(?s)(.+?)[ _.\[(/-]+([A-Za-z]+2?)([\])]?)\s*")
"""A name that ends in a word: `depth_mm`, `temp (C)`, `lot_m2`."""

_WORDS = frozenset({"in"})
"""Units that may stand for anything else, as single letters may: `check_in`."""

_IN_ASCII = str.maketrans({"\u00b5": "u", "\u03bc": "u", "\u00b0": "", "\u00ba": ""})
"""The micro sign, which has two forms, and the sign of degrees: `°C` is `C`."""


class _Unit(NamedTuple):
    """A unit at the end of a name, and what is before it."""

    usual_name: str
    quantity: int
    is_letter: bool
    before: str
    is_in_brackets: bool


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
    one, second = _unit_of(name), _unit_of(other)
    if one is None or second is None or one.usual_name == second.usual_name:
        return None
    is_same_quantity = one.quantity == second.quantity
    # a letter may stand for anything else, unless it is in brackets
    are_letters = any(unit.is_letter and not unit.is_in_brackets for unit in (one, second))
    if is_same_quantity and not (are_letters and one.before != second.before):
        return shown(name)[1:-1], shown(other)[1:-1], "names of the columns"
    return None


def _noted_unit(table: Table, column: str | None) -> str:
    """The unit of a column by its metadata, or of an array in memory; "" if they do not say it."""
    if table.names and column is not None:
        return table.columns[position(column, table.names)].unit
    return getattr(table, "unit", "")


def _unit_of(name: str) -> _Unit | None:
    match = _END.fullmatch(name.translate(_IN_ASCII))
    if match is None or match[2].lower() not in _MEANT:
        return None
    unit = match[2].lower()
    is_letter = len(unit) == 1 or unit in _WORDS
    return _Unit(*_MEANT[unit], is_letter, match[1].lower(), bool(match[3]))
