"""The units of the columns of a file of a set, which are those of the first file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.sources.columns import shown
from smoothl1.sources.unit_spellings import is_one_unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from smoothl1.sources.table import Table


def refuse_other_units(table: Table, units: Mapping[str, str]) -> None:
    """Refuse numbers in another unit than those of the first file, such as times since another day.

    Args:
        table: A file of a set.
        units: The units in the first file, by the names of columns.

    Raises:
        DataError: A column is in another unit.
    """
    for name, info in zip(table.names, table.columns, strict=False):
        unit = units.get(name, info.unit)
        if info.unit and not is_one_unit(info.unit, unit):
            what = f"{shown(name)} is in {shown(info.unit)}, and in {shown(unit)} in the first file"
            hint = "convert one of them, or evaluate the files one by one"
            raise DataError(what, path=table.path, hint=hint)
