"""What a weight may be: finite and not negative, one for each row or for each element."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.errors import DataError
from smoothl1.pairing.matched_source import row_number
from smoothl1.pairing.row_checks import FaultyRowError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from smoothl1.sources.contract import Numbers, Source


def agreed_weights(
    found: Sequence[tuple[Source, Numbers]],
    row: int,
    n_rows: int,
    row_elements: int,
    *,
    by_key: bool,
) -> NDArray[np.float64]:
    """A weight for each element; if several sides have weights, they must be equal.

    Sides of several types are compared in the narrower one, and the widest is used.

    Args:
        found: The sources that have weights, at least one, with the weights of some rows.
        row: Rows before these.
        n_rows: The number of rows of the chunk.
        row_elements: The number of elements of a row.
        by_key: Whether the rows were matched by a key, so that their order is not in doubt.

    Raises:
        FaultyRowError: A weight is missing, negative or not finite, or weights differ.
    """
    found = sorted(found, key=lambda one: -_float_type(one[1]).itemsize)
    weights, *others = [
        checked_weights(weight, source, row, n_rows, row_elements) for source, weight in found
    ]
    differ = [
        _differ(weights, of_other, _float_type(weight))
        for of_other, (_, weight) in zip(others, found[1:], strict=True)
    ]
    differing = [of_side.argmax() for of_side in differ if of_side.any()]
    if not differing:
        return weights
    at = int(min(differing))
    which = next(i for i, of_side in enumerate(differ) if of_side[at])
    source, other = found[0][0], found[which + 1][0]
    n_before = at // row_elements
    what = f"the weight in row {row_number(source, row + n_before)} is {weights[at]}, but "
    what += f"{others[which][at]} in {other.path}"
    hint = "--weights FILE says which one is meant"
    if not by_key:
        what += ": are the rows in the same order?"
        hint = f"--key matches rows by a column; {hint}"
    raise FaultyRowError(n_before, DataError(what, path=source.path, hint=hint))


def _float_type(weight: Numbers) -> np.dtype[Any]:
    """The type of fractions; float64 for integers and booleans."""
    dtype = weight.values.dtype
    return dtype if dtype.kind == "f" else np.dtype(np.float64)


def _differ(
    one: NDArray[np.float64], other: NDArray[np.float64], narrower: np.dtype[Any]
) -> NDArray[np.bool_]:
    """Which weights differ in the type that one of the two has."""
    with np.errstate(over="ignore"):
        differs: NDArray[np.bool_] = one.astype(narrower) != other.astype(narrower)
    return differs


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
