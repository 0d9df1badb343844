"""The accumulator of runs with groups: a tally for each group at each beta, in arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.tallies.accumulator import LossAccumulator
from smoothl1.tallies.group_adding import add_pairs
from smoothl1.tallies.group_numbers import GroupNumbers
from smoothl1.tallies.group_tallies import GroupTally
from smoothl1.tallies.many import ManyTallies

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from smoothl1.backends.contract import Backend
    from smoothl1.numerics.row_sums import Rows
    from smoothl1.pairing.chunks import Chunk
    from smoothl1.pairing.nan_policy import Pairs
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.group import Group
    from smoothl1.tallies.group_numbers import Codes
    from smoothl1.tallies.tally import Tally


class GroupedAccumulator(LossAccumulator):
    """A tally for each group at each beta.

    Args:
        settings: The settings of the evaluation.
        n_columns: Elements of a row if columns are reported separately, else 1.
        with_moments: Whether the moments of rows are wanted.
    """

    def __init__(
        self, settings: EvalSettings, n_columns: int = 1, *, with_moments: bool = False
    ) -> None:
        super().__init__(settings, with_moments=with_moments)
        self.numbers: GroupNumbers = GroupNumbers(settings, n_columns)
        self.tallies = [
            GroupTally(
                weighted=settings.weighted,
                with_moments=self._with_moments,
                by_count=settings.by_count,
            )
            for _ in settings.betas
        ]
        self._resize()

    def companion(self) -> GroupedAccumulator:
        other = GroupedAccumulator(self.settings, with_moments=self._with_moments)
        other.numbers = self.numbers
        other.clusters = None if self.clusters is None else self.clusters.companion()
        other._resize()
        return other

    @property
    def tally(self) -> Tally:
        return self.tallies[0].whole()

    def merge_codes(self, other: LossAccumulator) -> Codes:
        if not isinstance(other, GroupedAccumulator):
            raise TypeError("groups merge with groups")
        return self.numbers.merge(other.numbers)

    def results(self, columns: Sequence[str]) -> tuple[Sequence[Group], Sequence[Tally]]:
        groups, codes = self.numbers.in_order(columns)
        return groups, ManyTallies(self.tallies, codes)

    def order(self, columns: Sequence[str]) -> list[int]:
        order: list[int] = self.numbers.in_order(columns)[1].tolist()
        return order

    def _tally(
        self,
        backend: Backend,
        chunk: Chunk,
        pairs: Pairs,
        codes: Codes | None,
        out: NDArray[np.floating] | None,
    ) -> tuple[int | None, bool]:
        if codes is None:
            raise ValueError("the groups of the elements are needed")
        self._resize()
        add_pairs(self.tallies, backend, chunk.start, pairs, codes, self.settings.betas, out)
        if self._with_moments:
            self._add_moments(backend, chunk, pairs, codes)
        return self.tallies[0].first_nan, self.tallies[0].has_infinite(codes)

    def _add_rows(self, i: int, backend: Backend, rows: Rows, codes: Codes | None) -> None:
        moments = self.tallies[i].moments
        if codes is not None and moments is not None:
            backend.add_rows(codes if rows.kept is None else codes[rows.kept], rows, moments)

    def _merge_tallies(self, other: LossAccumulator, codes: Codes) -> None:
        if not isinstance(other, GroupedAccumulator):
            raise TypeError("groups merge with groups")
        self._resize()
        for mine, others in zip(self.tallies, other.tallies, strict=True):
            mine.merge(others, codes)

    def _resize(self) -> None:
        for tally in self.tallies:
            tally.resize(len(self.numbers))
