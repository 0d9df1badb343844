"""The elements whose loss is larger for the second of two models by most, and where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smoothl1.metrics.largest import Found, Largest, places_of, places_of_largest, plain_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from smoothl1.backends.contract import Backend
    from smoothl1.pairing.chunks import Chunk
    from smoothl1.pairing.nan_policy import CommonPairs, Pairs
    from smoothl1.settings import EvalSettings


class WorseRow(NamedTuple):
    """An element whose loss is larger for B than for A.

    Attributes:
        input: The path of the predictions of A, as the user typed it.
        row: Number of the row of these predictions, from 1.
        column: See `WorstRow`.
        group: See `Group`.
        labels: See `WorstRow`.
        target: The target; an int if the targets are whole numbers or booleans.
        pred_a: The prediction of A, likewise.
        pred_b: The prediction of B, likewise.
        loss_a: The loss of A at the first beta, without its weight.
        loss_b: The loss of B, likewise.
        difference: The loss of B minus that of A, above 0.
    """

    input: str
    row: int
    column: str | None
    group: str | tuple[str, ...] | None
    labels: tuple[tuple[str, str | None], ...]
    target: float
    pred_a: float
    pred_b: float
    loss_a: float
    loss_b: float
    difference: float

    @property
    def by_name(self) -> dict[str, str | None]:
        """The values of key columns and kept columns by their names, as text; None if missing."""
        return dict(self.labels)


class WorseRowsAccumulator:
    """The elements so far whose loss is larger for B than for A, by the largest differences.

    Args:
        settings: The settings: how many elements, and the betas.
        path: The path of the predictions of A.
        columns: A name for each element of a row; none if elements are not told apart.
        labels: Names of the columns that a chunk carries.
    """

    def __init__(
        self, settings: EvalSettings, path: str, columns: Sequence[str], labels: Sequence[str]
    ) -> None:
        self._largest = Largest(settings.top or 0, with_zero=False)
        self._beta = settings.betas[0]
        self._path, self._columns, self._labels = path, columns, labels

    def add(
        self,
        backend: Backend,
        chunk: Chunk,
        both: tuple[Pairs, Pairs],
        common: CommonPairs,
    ) -> None:
        """Add the pairs of a chunk that both models keep.

        Args:
            backend: The backend that computes.
            chunk: The chunk.
            both: The pairs of each model.
            common: The pairs that both keep.
        """
        one, other = (
            backend.losses(own.pred, own.target, self._beta)[_all_or(places)]
            for own, places in zip(both, (common.of_one, common.of_other), strict=True)
        )
        with np.errstate(all="ignore"):
            differences: NDArray[np.float64] = np.subtract(other, one)
        at = np.flatnonzero(self._largest.may_be_among(differences, chunk.start))
        at = at[places_of_largest(differences[at], self._largest.n)]
        if at.size:
            rows = self._described(chunk, both, common, at)
            losses = (values[at].tolist() for values in (one, other, differences))
            self._largest.add(
                Found(position, told[-1], WorseRow(*row, *told))
                for (position, row), *told in zip(rows, *losses, strict=True)
            )

    def merge(self, other: WorseRowsAccumulator) -> None:
        """Add the elements of other pairs."""
        self._largest.add(other._largest.found)

    @property
    def rows(self) -> tuple[WorseRow, ...]:
        """The elements, by falling difference; of equal ones the first row comes first."""
        return tuple(found.row for found in self._largest.found)

    def _described(
        self,
        chunk: Chunk,
        both: tuple[Pairs, Pairs],
        common: CommonPairs,
        at: NDArray[np.intp],
    ) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """The position of some pairs, and all that is told of them but their losses."""
        within = at if common.kept is None else np.flatnonzero(common.kept)[at]
        a, b = both
        target, pred_a = (values[_all_or(common.of_one)][at] for values in (a.target, a.pred))
        pred_b = b.pred[_all_or(common.of_other)][at]
        places = places_of(chunk, within, self._columns, self._labels)
        for place, *numbers in zip(places, target, pred_a, pred_b, strict=True):
            yield place.position, (self._path, *place[1:], *map(plain_number, numbers))


def _all_or(places: NDArray[np.bool_] | None) -> NDArray[np.bool_] | slice:
    """What chooses some of the pairs of a model, or all."""
    return slice(None) if places is None else places
