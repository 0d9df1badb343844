"""Numbers with a decimal comma as those of other files, with which they are compared."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from smoothl1.sources.csv.cells import NUMBERS, matches


def with_points(column: pa.Array, decimal: str) -> pa.Array:
    """Cells of which those that are numbers have a point as their decimal mark.

    Args:
        column: The cells, as bytes.
        decimal: Their decimal mark.
    """
    are_numbers = pa.array(matches(column, NUMBERS[decimal]))
    return pc.if_else(are_numbers, pc.replace_substring(column, decimal, "."), column)
