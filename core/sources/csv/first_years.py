"""Whether a first row has years, as in a table with a column for each year."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.sources.csv.first_row import Cell

YEAR = lazy_pattern(r"(?:1[89]|2[01])[0-9]{2}")


def has_years(cells: Sequence[Cell], below: Sequence[Sequence[Cell]]) -> bool:
    """Whether cells are years in equal steps and names, as in a table with a column for each year.

    The names have no digits and do not occur below, and no years are below the years. A name may
    be empty, as that of an index, if no cell below it is.
    """
    rows = [row for row in below if len(row) == len(cells)]
    years = [i for i, cell in enumerate(cells) if YEAR.fullmatch(cell.text)]
    names = [(i, cell.text) for i, cell in enumerate(cells) if i not in years]
    steps = {int(cells[j].text) - int(cells[i].text) for i, j in pairwise(years)}
    return (
        bool(rows and names)
        and len(steps) == 1
        and min(steps) > 0
        and not any(re.search("[0-9]", name) for _, name in names)
        and not any(row[i].text == name for row in rows for i, name in names)
        and all(row[i].is_numeric for row in rows for i in years)
        and not any(YEAR.fullmatch(row[i].text) for row in rows for i in years)
    )
