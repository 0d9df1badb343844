"""The accumulator of runs without groups: a tally for each beta."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.numerics.exact_sum import ExactSum
from smoothl1.numerics.row_moments import MOST_ROWS_OF_THIRD, NO_ROWS, moments_of
from smoothl1.tallies.accumulator import LossAccumulator
from smoothl1.tallies.group import Group
from smoothl1.tallies.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from smoothl1.backends.contract import Backend
    from smoothl1.numerics.row_sums import Rows
    from smoothl1.pairing.chunks import Chunk
    from smoothl1.pairing.nan_policy import Pairs
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.group_numbers import Codes


class PlainAccumulator(LossAccumulator):
    """A tally for each beta."""

    def __init__(self, settings: EvalSettings, *, with_moments: bool = False) -> None:
        super().__init__(settings, with_moments=with_moments)
        empty = Tally(
            weight=ExactSum() if settings.weighted else None,
            moments=NO_ROWS if self._with_moments else None,
        )
        self.tallies = (empty,) * len(settings.betas)

    def companion(self) -> PlainAccumulator:
        other = PlainAccumulator(self.settings, with_moments=self._with_moments)
        other.clusters = None if self.clusters is None else self.clusters.companion()
        return other

    @property
    def tally(self) -> Tally:
        return self.tallies[0]

    def merge_codes(self, other: LossAccumulator) -> Codes:
        return np.zeros(1, np.intp)

    def results(self, columns: Sequence[str]) -> tuple[tuple[Group, ...], tuple[Tally, ...]]:
        by_count = self.settings.by_count
        return (Group(),), tuple(map(Tally.by_count, self.tallies)) if by_count else self.tallies

    def order(self, columns: Sequence[str]) -> list[int]:
        return [0]

    def _tally(
        self,
        backend: Backend,
        chunk: Chunk,
        pairs: Pairs,
        codes: Codes | None,
        out: NDArray[np.floating] | None,
    ) -> tuple[int | None, bool]:
        are_tallied = self._with_moments and self._are_moments_tallied(chunk, pairs.pred.size)
        tallies = backend.tally(
            pairs.pred,
            pairs.target,
            self.settings.betas,
            start=chunk.start,
            out=out,
            weight=pairs.weight,
            moments=are_tallied,
        )
        if pairs.kept is not None:
            kept = pairs.kept
            tallies = tuple(tally.counted_among_all(kept, chunk.start) for tally in tallies)
        if are_tallied and any(map(self._is_few, tallies)):  # most of the losses are NaN
            are_tallied = False
            tallies = tuple(tally._replace(moments=NO_ROWS) for tally in tallies)
        self.tallies = tuple(map(Tally.merge, self.tallies, tallies))
        if self._with_moments and not are_tallied:
            self._add_moments(backend, chunk, pairs, None)
        if pairs.kept is not None or pairs.missing is not None:
            rest = Tally.of_rest(pairs, chunk.start)
            self.tallies = tuple(tally.merge(rest) for tally in self.tallies)
        return self.tallies[0].first_nan, tallies[0].n_inf > 0

    def _are_moments_tallied(self, chunk: Chunk, n: int) -> bool:
        """Whether the backend tallies the moments of a chunk in which n elements count.

        It does if each element is a row, without weights, and there are too many for third moments.
        """
        each_is_row = chunk.weight is None and chunk.pred.values.size == chunk.n_rows
        n_rows = self._n_rows(self.tallies[0])
        return each_is_row and n_rows + n > MOST_ROWS_OF_THIRD

    def _is_few(self, tally: Tally) -> bool:
        """Whether the rows so far and those of a tally are few enough for third moments."""
        return self._n_rows(self.tallies[0]) + self._n_rows(tally) <= MOST_ROWS_OF_THIRD

    @staticmethod
    def _n_rows(tally: Tally) -> int:
        """The number of rows in the moments of a tally; without weights the same at every beta."""
        return 0 if tally.moments is None else tally.moments.n

    def _add_rows(self, i: int, backend: Backend, rows: Rows, codes: Codes | None) -> None:
        n_before = self._n_rows(self.tallies[i])
        tally = self.tallies[i].merge(Tally(moments=moments_of(rows, n_before=n_before)))
        self.tallies = (*self.tallies[:i], tally, *self.tallies[i + 1 :])

    def _merge_tallies(self, other: LossAccumulator, codes: Codes) -> None:
        if isinstance(other, PlainAccumulator):
            self.tallies = tuple(map(Tally.merge, self.tallies, other.tallies))
