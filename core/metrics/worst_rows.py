"""The elements with the largest losses, and where they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smoothl1.metrics.largest import Found, Largest, places_of, places_of_largest, plain_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
        column: Name of the column, or number of the element of the row; None if a row has one
            and columns are not reported separately.
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

    def of_group(self, place: int) -> WorstRows:
        return self

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


class WorstRowsAccumulator:
    """The elements with the largest losses so far.

    Args:
        settings: The settings: how many elements, and the betas.
        path: The path of the predictions.
        columns: A name for each element of a row; none if elements are not told apart.
        labels: Names of the columns that a chunk carries.
    """

    def __init__(
        self, settings: EvalSettings, path: str, columns: Sequence[str], labels: Sequence[str]
    ) -> None:
        self._largest = Largest(settings.top or 0, with_zero=True)
        self._beta = settings.betas[0]
        self._path, self._columns, self._labels = path, columns, labels

    def add(self, seen: Observed) -> None:
        pairs, backend = seen.pairs, seen.backend
        at = self._candidates(seen)
        if at is None:
            losses = backend.losses(pairs.pred, pairs.target, self._beta)
            at = np.flatnonzero(self._largest.may_be_among(losses, seen.chunk.start))
            losses = losses[at]
        else:
            losses = backend.losses(pairs.pred[at], pairs.target[at], self._beta)
        chosen = places_of_largest(losses, self._largest.n)
        if chosen.size:
            self._largest.add(self._described(seen, at[chosen], losses[chosen]))

    def merge(self, other: WorstRowsAccumulator, codes: Codes, n_groups: int) -> None:
        self._largest.add(other._largest.found)

    def value(self, order: Sequence[int]) -> WorstRows:
        return WorstRows(self._largest.n, tuple(found.row for found in self._largest.found))

    def _candidates(self, seen: Observed) -> NDArray[np.intp] | None:
        """Places of the pairs that may be among the worst by their distance; None if all may be.

        A loss grows with the distance. That of float32 is rounded to float32 here, which keeps
        every order but makes equal what differs.
        """
        pred, target = seen.pairs.pred, seen.pairs.target
        are_floats = pred.dtype in _FLOATS and target.dtype in _FLOATS
        if not (are_floats and self._largest.is_full):
            return None
        least = self._largest.found[-1]
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
    ) -> Iterator[Found]:
        """Some of the pairs that are kept, with all that is told of them."""
        pairs = seen.pairs
        pred, target = pairs.pred[at], pairs.target[at]
        distances = seen.backend.losses(pred, target, 0.0)
        within = at if pairs.kept is None else np.flatnonzero(pairs.kept)[at]
        places = places_of(seen.chunk, within, self._columns, self._labels)
        for i, place in enumerate(places):
            sides = plain_number(pred[i]), plain_number(target[i])
            row = WorstRow(self._path, *place[1:], *sides, float(losses[i]))
            yield Found(place.position, row.loss, row, float(distances[i]))
