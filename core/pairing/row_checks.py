"""Checks of the rows of a chunk: no value is missing, labels agree; `weights` checks weights.

Each check raises a `FaultyRowError` for the first row in which it fails. Another check may fail in
an earlier row, so `up_to_fault` repeats all checks with the rows before until they pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from smoothl1.errors import DataError
from smoothl1.pairing.matched_source import row_number
from smoothl1.sources.columns import MISSING_HINT, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.sources.contract import Block, Field, Numbers, Source

T = TypeVar("T")


class FaultyRowError(Exception):
    """A check that failed.

    Args:
        n_before: Number of rows of the chunk before the first in which it failed.
        error: The error to raise after these rows.
    """

    def __init__(self, n_before: int, error: DataError) -> None:
        super().__init__(error.what)
        self.n_before = n_before
        self.error = error


def up_to_fault(
    make: Callable[[Sequence[Block]], T], blocks: Sequence[Block]
) -> tuple[T | None, DataError | None]:
    """The result for the rows before the first fault, and that fault: the same at any chunk size.

    Args:
        make: A function of blocks that may raise `FaultyRowError`.
        blocks: Blocks of the same number of rows.

    Returns:
        The result of `make`, or None if there are no such rows; and the fault, or None.
    """
    fault = None
    while blocks[0].n_rows:
        try:
            return make(blocks), fault
        except FaultyRowError as found:
            fault = found.error
            blocks = [block.rows(0, found.n_before) for block in blocks]
    return None, fault


def check_complete(
    sides: Iterable[tuple[Source, Field, Numbers]],
    left_out: Iterable[NDArray[np.bool_] | None],
    row: int,
) -> None:
    """Refuse a missing value, unless its pair is left out.

    Args:
        sides: Sources, their fields and the elements of each.
        left_out: Which elements are left out, for several reasons; None for none.
        row: Rows before these.

    Raises:
        FaultyRowError: A value is missing.
    """
    found = []
    reasons = [mask for mask in left_out if mask is not None]
    for source, field, numbers in sides:
        if numbers.missing is None:
            continue
        wrong = numbers.missing.copy()
        for mask in reasons:
            wrong &= ~mask
        if wrong.any():
            n_before, i = divmod(int(wrong.argmax()), field.row_elements)
            where = f"row {row_number(source, row + n_before)}, column {shown(field.column_of(i))}"
            what = f"{where}: the value is missing"
            error = DataError(what, path=source.path, hint=MISSING_HINT)
            found.append(FaultyRowError(n_before, error))
    if found:
        raise min(found, key=lambda fault: fault.n_before)


def converted_labels(
    column: pa.Array, kind: pa.DataType, source: Source, name: str, row: int
) -> pa.Array:
    """The groups or clusters of rows in a common type; see `labels.conversion.converted`.

    Args:
        column: The labels of some rows.
        kind: The type.
        source: The source that they come from.
        name: The name of the column.
        row: Rows before these.

    Raises:
        FaultyRowError: A value cannot be of this type.
    """
    from smoothl1.labels.conversion import converted, first_unconvertible  # late: pyarrow

    try:
        return converted(column, kind, source, name, row)
    except DataError:
        n_before = first_unconvertible(column, kind)
    number = row_number(source, row + n_before)
    try:
        return converted(column.slice(n_before, 1), kind, source, name, number - 1)
    except DataError as error:
        raise FaultyRowError(n_before, error) from None


def agreed_labels(
    found: Sequence[tuple[Source, pa.Array]], row: int, kind: str, *, by_key: bool
) -> pa.Array:
    """The groups or clusters of rows; if several sides have them, they must agree.

    Args:
        found: The sources that have them, at least one, with the labels.
        row: Rows before these.
        kind: What the labels are: "by" for groups, "cluster" for clusters.
        by_key: Whether the rows were matched by a key, so that their order is not in doubt.

    Raises:
        FaultyRowError: They differ.
    """
    if len(found) == 1:
        return found[0][1]
    from smoothl1.labels.stored_once import in_each_row  # late: pyarrow
    from smoothl1.labels.texts import texts_of

    (source, labels), *others = found
    places = [(_first_unequal(labels, of_other), other, of_other) for other, of_other in others]
    differing = [place for place in places if place[0] is not None]
    if not differing:
        return labels
    differs, other, of_other = min(differing, key=lambda place: place[0] or 0)
    at = differs or 0
    names = [shown(texts_of(in_each_row(of.slice(at, 1)))[0]) for of in (labels, of_other)]
    unit = "group" if kind == "by" else kind
    number = row_number(source, row + at)
    what = f"row {number} is of {unit} {names[0]}, but of {unit} {names[1]} in {other.path}"
    hint = None if by_key else "--key matches rows by a column"
    what += "" if by_key else ": are the rows in the same order?"
    raise FaultyRowError(at, DataError(what, path=source.path, hint=hint))


def _first_unequal(one: pa.Array, other: pa.Array) -> int | None:
    """Position of the first label that differs, however it is written in text: `1` is `1.0`."""
    from pyarrow import types

    from smoothl1.labels.conversion import unequal
    from smoothl1.labels.stored_once import with_values

    at = unequal(one, other)
    is_dictionary = types.is_dictionary(one.type)
    if at is None or not types.is_string(one.type.value_type if is_dictionary else one.type):
        return at
    from smoothl1.witnesses.values import canonical_texts  # late: most groups are written alike

    return unequal(with_values(one, canonical_texts), with_values(other, canonical_texts))
