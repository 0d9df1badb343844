"""The elements with the largest losses, and where they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.group_numbers import Codes
    from smoothl1.tallies.observed import Observed

_BLOCK = 1 << 15
"""Elements whose distances are looked at together: they stay in the processor's cache."""

_FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


class WorstRow(NamedTuple):
    """An element with one of the largest losses.

    Attributes:
        input: The path of the predictions, as the user typed it.
        row: Number of the row of the predictions, from 1.
        column: Name of the column, or number of the element of the row; None if a row has one.
        group: See `Group`.
        labels: Key columns and kept columns, each with its value: see `by_name`.
        pred: The prediction; an int if the predictions are whole numbers or booleans.
        target: The target, likewise.
        loss: The loss at the first beta, without its weight.
    """

    input: str
    row: int
    column: str | None
    group: str | tuple[str, ...] | None
    labels: tuple[tuple[str, str | None], ...]
    pred: float
    target: float
    loss: float

    @property
    def by_name(self) -> dict[str, str | None]:
        """The values of key columns and kept columns by their names, as text; None if missing."""
        return dict(self.labels)


@dataclass(frozen=True, slots=True)
class WorstRows:
    """The elements with the largest losses, worst first; equal losses in the order of rows.

    Attributes:
        n: The most elements that are kept.
        rows: The elements.
    """

    n: int
    rows: tuple[WorstRow, ...]

    def columns(self, betas: object, tallies: object) -> list[Any]:
        return []

    def merged(
        self,
        parts: Sequence[WorstRows],
        places: object,
        n_groups: int,
        *,
        in_sequence: bool = False,
    ) -> WorstRows:
        order = _by_loss if in_sequence else _order  # sorting keeps the sequence of equal losses
        rows = sorted((row for part in parts for row in part.rows), key=order)
        return WorstRows(self.n, tuple(rows[: self.n]))


def _by_loss(row: WorstRow) -> tuple[float]:
    return (-row.loss,)


def _order(row: WorstRow) -> tuple[Any, ...]:
    """What rows of several inputs are sorted by: the loss, then all else, so that none are tied."""
    text = (row.column or "", row.group or "", tuple((n, v or "") for n, v in row.labels))
    return (-row.loss, row.input, row.row, str(text), row.pred, row.target)


class _Found(NamedTuple):
    """An element, and what it is compared by.

    Attributes:
        position: Its position among all elements.
        distance: |x - y|.
        row: The element.
    """

    position: int
    distance: float
    row: WorstRow

    @property
    def order(self) -> tuple[float, int]:
        return -self.row.loss, self.position


class WorstRowsAccumulator:
    """The elements with the largest losses so far.

    Args:
        settings: The settings: how many elements, and the betas.
        path: The path of the predictions.
        columns: A name for each element of a row.
        labels: Names of the columns that a chunk carries.
    """

    def __init__(
        self, settings: EvalSettings, path: str, columns: Sequence[str], labels: Sequence[str]
    ) -> None:
        self._n = settings.top or 0
        self._beta = settings.betas[0]
        self._path = path
        self._columns = columns
        self._labels = labels
        self._found: list[_Found] = []  # in their order

    def add(self, seen: Observed) -> None:
        pairs, backend = seen.pairs, seen.backend
        at = self._candidates(seen)
        if at is None:
            losses = backend.losses(pairs.pred, pairs.target, self._beta)
            at = np.flatnonzero(self._may_be_among(losses, seen.chunk.start))
            losses = losses[at]
        else:
            losses = backend.losses(pairs.pred[at], pairs.target[at], self._beta)
        chosen = _largest(losses, self._n)
        if chosen.size:
            self._found += self._described(seen, at[chosen], losses[chosen])
            self._cut()

    def merge(self, other: WorstRowsAccumulator, codes: Codes, n_groups: int) -> None:
        self._found += other._found
        self._cut()

    def value(self, order: Sequence[int]) -> WorstRows:
        return WorstRows(self._n, tuple(found.row for found in self._found))

    def _cut(self) -> None:
        self._found.sort(key=lambda found: found.order)
        del self._found[self._n :]

    def _may_be_among(self, losses: NDArray[np.float64], start: int) -> NDArray[np.bool_]:
        """Which losses may be among the largest, given those so far; never NaN."""
        if len(self._found) < self._n:
            return losses >= 0
        least = self._found[-1]
        if start > least.position:  # an equal loss would come later
            return losses > least.row.loss
        return losses >= least.row.loss

    def _candidates(self, seen: Observed) -> NDArray[np.intp] | None:
        """Places of the pairs that may be among the worst by their distance; None if all may be.

        A loss grows with the distance. That of float32 is rounded to float32 here, which keeps
        every order but makes equal what differs.
        """
        pred, target = seen.pairs.pred, seen.pairs.target
        are_floats = pred.dtype in _FLOATS and target.dtype in _FLOATS
        if not are_floats or len(self._found) < self._n:
            return None
        least = self._found[-1]
        if seen.chunk.start <= least.position:
            return None
        kind = np.result_type(pred, target)
        distances, found = np.empty(min(_BLOCK, pred.size), kind), []
        with np.errstate(all="ignore"):
            limit = kind.type(least.distance)
            for start in range(0, pred.size, _BLOCK):
                x, y = pred[start : start + _BLOCK], target[start : start + _BLOCK]
                some = np.subtract(x, y, out=distances[: x.size])
                np.abs(some, out=some)
                may_be = some >= limit if limit else some > limit
                if may_be.any():
                    found.append(start + np.flatnonzero(may_be))
        return np.concatenate(found) if found else np.empty(0, np.intp)

    def _described(
        self, seen: Observed, at: NDArray[np.intp], losses: NDArray[np.float64]
    ) -> Iterator[_Found]:
        """Some of the pairs that are kept, with all that is told of them."""
        chunk, pairs = seen.chunk, seen.pairs
        pred, target = pairs.pred[at], pairs.target[at]
        distances = seen.backend.losses(pred, target, 0.0)
        within = at if pairs.kept is None else np.flatnonzero(pairs.kept)[at]
        width = chunk.pred.values.size // chunk.n_rows
        rows, places = np.divmod(within, width)
        groups = _texts(chunk.groups, rows)
        labels = _texts(chunk.carried, rows)
        for i in range(at.size):
            row = WorstRow(
                self._path,
                (chunk.start + int(within[i])) // width + 1,
                self._columns[places[i]] if width > 1 else None,
                groups[i][0] if len(chunk.groups) == 1 else groups[i] or None,
                tuple(zip(self._labels, labels[i], strict=True)),
                _number(pred[i]),
                _number(target[i]),
                float(losses[i]),
            )
            yield _Found(chunk.start + int(within[i]), float(distances[i]), row)


def _largest(losses: NDArray[np.float64], n: int) -> NDArray[np.intp]:
    """Places of the n largest losses, of equal ones the first; ascending."""
    if losses.size <= n:
        return np.arange(losses.size)
    nth = np.partition(losses, losses.size - n)[losses.size - n]
    above = np.flatnonzero(losses > nth)
    equal = np.flatnonzero(losses == nth)[: n - above.size]
    return np.sort(np.concatenate([above, equal]))


def _texts(columns: Iterable[pa.Array], rows: NDArray[np.intp]) -> list[tuple[Any, ...]]:
    """The values of columns in some rows, as text."""
    texts = [_text_of(column, rows) for column in columns]
    return list(zip(*texts, strict=True)) if texts else [()] * rows.size


def _text_of(column: pa.Array, rows: NDArray[np.intp]) -> list[str | None]:
    import pyarrow as pa  # late: arrays have no labels

    from smoothl1.labels.texts import as_texts, with_nulls

    some = column.take(pa.array(rows, pa.int64()))
    if pa.types.is_dictionary(some.type):
        some = some.dictionary_decode()
    to_texts = _fractions if pa.types.is_floating(some.type) else as_texts
    found: list[str | None] = with_nulls(some, to_texts).to_pylist()
    return found


def _fractions(numbers: pa.Array) -> pa.Array:
    """Fractions with the fewest digits that read back to their own width, as by `repr`."""
    import pyarrow as pa

    return pa.array([repr(float(str(number))) for number in numbers.to_numpy()], pa.string())


def _number(value: Any) -> float:
    """A number as Python has it: whole numbers stay exact."""
    number: float = value.item()
    return int(number) if isinstance(number, bool) else number
