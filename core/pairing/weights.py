"""What a weight may be: finite and not negative, one for each row or for each element."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.errors import DataError
from smoothl1.pairing.matched_source import row_number
from smoothl1.pairing.row_checks import FaultyRowError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from smoothl1.sources.contract import Numbers, Source


def checked_weights(
    weight: Numbers, source: Source, row: int, n_rows: int, row_elements: int
) -> NDArray[np.float64]:
    """A weight for each element; the weight of a row applies to all of its elements.

    Args:
        weight: One weight for each row, or for each element.
        source: The source of the weights.
        row: Rows before these.
        n_rows: The number of rows of the chunk.
        row_elements: The number of elements of a row.

    Raises:
        FaultyRowError: A weight is missing, negative or not finite.
    """
    values = weight.values.astype(np.float64)
    missing = np.zeros(values.size, np.bool_) if weight.missing is None else weight.missing
    wrong = missing | ~((values >= 0) & np.isfinite(values))
    if wrong.any():
        i = int(wrong.argmax())
        what = "missing" if missing[i] else f"{values[i]}, not finite and >= 0"
        n_before = i // (values.size // n_rows)
        where = f"the weight in row {row_number(source, row + n_before)}"
        raise FaultyRowError(n_before, DataError(f"{where} is {what}", path=source.path))
    return values if values.size != n_rows else np.repeat(values, row_elements)
