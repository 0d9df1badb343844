"""The elements of a pass with the largest values of some kind, and where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.pairing.chunks import Chunk


class Place(NamedTuple):
    """Where an element is.

    Attributes:
        position: Its position among all elements.
        row: Number of the row of the predictions, from 1.
        column: See `WorstRow`.
        group: See `Group`.
        labels: Key columns and kept columns, each with its value as text; None if missing.
    """

    position: int
    row: int
    column: str | None
    group: str | tuple[str, ...] | None
    labels: tuple[tuple[str, str | None], ...]


class Found(NamedTuple):
    """An element, and what it is compared by.

    Attributes:
        position: Its position among all elements.
        value: What it is compared by; of equal ones the first comes first.
        row: The element.
        distance: |x - y|, if anything asks for it.
    """

    position: int
    value: float
    row: Any
    distance: float = 0.0


class Largest:
    """The elements with the largest values so far, in their order.

    Args:
        n: The most elements that are kept.
        with_zero: Whether a value of 0 may be among them; one below 0 and NaN never are.

    Attributes:
        found: The elements.
    """

    def __init__(self, n: int, *, with_zero: bool) -> None:
        self.n = n
        self._with_zero = with_zero
        self.found: list[Found] = []

    @property
    def is_full(self) -> bool:
        """Whether another element replaces one of these."""
        return len(self.found) == self.n

    def may_be_among(self, values: NDArray[np.float64], start: int) -> NDArray[np.bool_]:
        """Which values may be among the largest, given those so far; never NaN.

        Args:
            values: Values of elements.
            start: The position of the first of them, at the least.
        """
        if not self.is_full:
            return values >= 0 if self._with_zero else values > 0
        least = self.found[-1]
        if start > least.position:  # an equal value would come later
            return values > least.value
        return values >= least.value

    def add(self, found: Iterable[Found]) -> None:
        """Add elements."""
        self.found += found
        self.found.sort(key=lambda one: (-one.value, one.position))
        del self.found[self.n :]


def places_of_largest(values: NDArray[np.float64], n: int) -> NDArray[np.intp]:
    """Places of the n largest values, of equal ones the first; ascending. None may be NaN."""
    if values.size <= n:
        return np.arange(values.size)
    nth = np.partition(values, values.size - n)[values.size - n]
    above = np.flatnonzero(values > nth)
    equal = np.flatnonzero(values == nth)[: n - above.size]
    return np.sort(np.concatenate([above, equal]))


def places_of(
    chunk: Chunk, within: NDArray[np.intp], columns: Sequence[str], labels: Sequence[str]
) -> Iterator[Place]:
    """Where some elements of a chunk are.

    Args:
        chunk: The chunk.
        within: Places of the elements in it.
        columns: A name for each element of a row; none if elements are not told apart.
        labels: Names of the columns that the chunk carries.
    """
    width = chunk.pred.values.size // chunk.n_rows
    rows, places = np.divmod(within, width)
    groups, carried = _texts(chunk.groups, rows), _texts(chunk.carried, rows)
    for i in range(within.size):
        position = chunk.start + int(within[i])
        yield Place(
            position,
            position // width + 1,
            columns[places[i]] if columns else None,
            groups[i][0] if len(chunk.groups) == 1 else groups[i] or None,
            tuple(zip(labels, carried[i], strict=True)),
        )


def plain_number(value: Any) -> float:
    """A number as Python has it: whole numbers stay exact."""
    number: float = value.item()
    return int(number) if isinstance(number, bool) else number


def _texts(columns: Iterable[pa.Array], rows: NDArray[np.intp]) -> list[tuple[Any, ...]]:
    """The values of columns in some rows, as text."""
    texts = [_text_of(column, rows) for column in columns]
    return list(zip(*texts, strict=True)) if texts else [()] * rows.size


def _text_of(column: pa.Array, rows: NDArray[np.intp]) -> list[str | None]:
    import pyarrow as pa  # late: arrays have no labels

    from smoothl1.labels.stored_once import in_each_row
    from smoothl1.labels.texts import as_texts, with_nulls

    some = in_each_row(column.take(pa.array(rows, pa.int64())))
    to_texts = _fractions if pa.types.is_floating(some.type) else as_texts
    found: list[str | None] = with_nulls(some, to_texts).to_pylist()
    return found


def _fractions(numbers: pa.Array) -> pa.Array:
    """Fractions with the fewest digits that read back to their own width, as by `repr`."""
    import pyarrow as pa

    return pa.array([repr(float(str(number))) for number in numbers.to_numpy()], pa.string())
