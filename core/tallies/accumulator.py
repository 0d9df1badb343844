"""What a pass over some elements learned: tallies of all of them, or of each of their groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.errors import DataError
from smoothl1.labels.encoder import MAX_GROUPS, Labels
from smoothl1.numerics.exact_sum import ExactSum
from smoothl1.numerics.row_moments import MOST_ROWS_OF_THIRD, NO_ROWS, moments_of
from smoothl1.pairing.nan_places import earlier, nan_place
from smoothl1.tallies.group_tallies import (
    Group,
    GroupTally,
    check_distinct,
    in_order,
    without_collection,
)
from smoothl1.tallies.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from smoothl1.backends.contract import Backend
    from smoothl1.pairing.chunks import Chunk
    from smoothl1.pairing.nan_places import NanPlace
    from smoothl1.pairing.nan_policy import Pairs
    from smoothl1.settings import EvalSettings
    from smoothl1.witnesses.agreement import Agreement


class Outcome:
    """What a pass over some elements learned: a tally for each beta, or for each group of each.

    Args:
        settings: What is to be learned.
        n_columns: Elements of a row that are kept apart; 1 where columns are not.
        with_moments: Whether the moments of rows are wanted.

    Attributes:
        agreements: Of each column that two inputs have in common; none where no row was seen.
        nan_place: The first pair whose loss is NaN, if any.
    """

    def __init__(
        self, settings: EvalSettings, n_columns: int = 1, *, with_moments: bool = False
    ) -> None:
        self.settings = settings
        self._with_moments = with_moments
        empty = Tally(weight=ExactSum() if settings.weighted else None)
        self.tallies = (empty,) * len(settings.betas)
        self._n_columns = n_columns
        self._labels = Labels()
        self.agreements: list[Agreement] = []
        self.nan_place: NanPlace | None = None
        self._groups: list[GroupTally] = []
        if settings.is_grouped:
            self._groups = [
                GroupTally(weighted=settings.weighted, with_moments=with_moments)
                for _ in settings.betas
            ]
            self._resize()

    def add(
        self,
        backend: Backend,
        chunk: Chunk,
        pairs: Pairs,
        out: NDArray[np.floating] | None = None,
        *,
        pred_role: str = "pred",
    ) -> None:
        """Add the pairs of a chunk.

        Args:
            backend: Computes.
            chunk: Aligned predictions, targets, weights and groups.
            pairs: The same, once the NaN policy has been applied.
            out: Receives the losses at the first beta: NaN where a pair is left out, 0 where its
                weight is 0.
            pred_role: That of the predictions: "pred" or "rival".
        """
        if chunk.shared is not None:
            from smoothl1.witnesses.agreement import with_rows  # late: most inputs share no columns

            self.agreements = with_rows(self.agreements, chunk.shared)
        kept_out = (
            out if pairs.kept is None or out is None else np.empty(pairs.pred.size, out.dtype)
        )
        if self._groups:
            self._add_to_groups(backend, chunk, pairs, kept_out)
            if self._with_moments:
                self._add_moments(backend, chunk, pairs)
        else:
            self._add_to_all(backend, chunk, pairs, kept_out)
        self._see_nan(chunk, pred_role)
        if out is not None and kept_out is not None and pairs.kept is not None:
            out[:] = 0.0
            for dropped in (pairs.omitted, pairs.lost):
                if dropped is not None:
                    out[dropped] = np.nan
            out[pairs.kept] = kept_out

    def merge(self, other: Outcome) -> NDArray[np.intp]:
        """Add what was learned of other elements; which group here each of the other's is."""
        self.agreements = self.agreements or other.agreements
        if self.agreements is not other.agreements:
            for agreement, found in zip(self.agreements, other.agreements, strict=False):
                agreement.merge(found)
        self.nan_place = earlier(self.nan_place, other.nan_place)
        codes = np.zeros(1, np.intp)
        self.tallies = tuple(map(Tally.merge, self.tallies, other.tallies))
        if self._groups:
            values = other._labels.values
            labels = np.zeros(1, np.intp) if self.settings.by is None else np.empty(0, np.intp)
            if values is not None:
                labels = self._labels.encode(values)
            self._resize()
            codes = self._codes(labels)
            for mine, others in zip(self._groups, other._groups, strict=True):
                mine.merge(others, codes)
        return codes

    @property
    def first_nan(self) -> int | None:
        """Position of the first NaN loss among all elements, if any."""
        return (self._groups or self.tallies)[0].first_nan

    def _see_nan(self, chunk: Chunk, pred_role: str) -> None:
        """Look where the first NaN of a chunk comes from, if none came before."""
        first = self.first_nan
        is_new = self.nan_place is None or (first is not None and first < self.nan_place.position)
        if first is not None and is_new and chunk.start <= first:
            self.nan_place = nan_place(chunk, first, (pred_role, "target"))

    @property
    def tally(self) -> Tally:
        """Of all groups together, at the first beta."""
        return self._groups[0].whole() if self._groups else self.tallies[0]

    def results(self, columns: Sequence[str]) -> tuple[tuple[Group, ...], tuple[Tally, ...]]:
        """The groups, ordered by name and column, and the tally of each, beta by beta."""
        if not self._groups:
            known = self.tallies
            if not self._with_moments:
                known = tuple(tally._replace(moments=None) for tally in known)
            return (Group(),), known
        with without_collection():
            groups, codes = self.order(columns)
            tallies = [group.tallies() for group in self._groups]
            return groups, tuple(of_beta[code] for of_beta in tallies for code in codes)

    def order(self, columns: Sequence[str]) -> tuple[tuple[Group, ...], list[int]]:
        """The groups, ordered by name and column, and the number of each.

        Raises:
            DataError: Two groups would have the same name.
        """
        texts = [""] if self.settings.by is None else self._labels.texts()
        check_distinct(texts)
        places = {text: place for place, text in enumerate(texts)}
        ordered = [places[text] for text in in_order(texts)]
        names: Sequence[str | None] = [None] if self.settings.by is None else texts
        apart: Sequence[str | None] = columns if self.settings.by_column else [None]
        named = [Group(names[label], column) for label in ordered for column in apart]
        return tuple(named), self._codes(np.array(ordered, np.intp)).tolist()

    def _add_to_all(
        self, backend: Backend, chunk: Chunk, pairs: Pairs, out: NDArray[np.floating] | None
    ) -> None:
        are_tallied = self._are_moments_tallied(chunk, pairs.pred.size)
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
            tallies = tuple(tally.counted_among_all(pairs.kept, chunk.start) for tally in tallies)
        if are_tallied and any(map(self._is_few, tallies)):  # most of the losses are NaN
            are_tallied = False
            tallies = tuple(tally._replace(moments=NO_ROWS) for tally in tallies)
        self.tallies = tuple(map(Tally.merge, self.tallies, tallies))
        if self._with_moments and not are_tallied:
            self._add_moments(backend, chunk, pairs)
        if pairs.kept is not None or pairs.missing is not None:
            rest = Tally.of_rest(pairs, chunk.start)
            self.tallies = tuple(tally.merge(rest) for tally in self.tallies)

    def _add_to_groups(
        self, backend: Backend, chunk: Chunk, pairs: Pairs, out: NDArray[np.floating] | None
    ) -> None:
        codes = self._element_codes(chunk)
        positions = np.arange(chunk.start, chunk.start + codes.size)
        kept = slice(None) if pairs.kept is None else pairs.kept
        backend.tally_groups(
            pairs.pred,
            pairs.target,
            self.settings.betas,
            codes[kept],
            positions[kept],
            self._groups,
            out=out,
            weight=pairs.weight,
        )
        for tally in self._groups:
            if pairs.lost is not None:
                tally.add_lost(codes[pairs.lost], positions[pairs.lost])
            if pairs.missing is not None:
                tally.add_missing(codes[pairs.missing])
            if pairs.omitted is not None:
                tally.add_omitted(codes[pairs.omitted])
            if pairs.weightless is not None:
                tally.add_weightless(codes[pairs.weightless])

    def _are_moments_tallied(self, chunk: Chunk, n: int) -> bool:
        """Whether the backend gives the moments of a chunk of which n elements count.

        That it does where each element is a row, all alike, and too many for third moments.
        """
        each_is_row = chunk.weight is None and chunk.pred.values.size == chunk.n_rows
        n_rows = self._n_rows(self.tallies[0])
        return self._with_moments and each_is_row and n_rows + n > MOST_ROWS_OF_THIRD

    def _is_few(self, tally: Tally) -> bool:
        """Whether third moments are kept of the rows so far and those of a tally."""
        return self._n_rows(self.tallies[0]) + self._n_rows(tally) <= MOST_ROWS_OF_THIRD

    @staticmethod
    def _n_rows(tally: Tally) -> int:
        """Rows in the moments of a tally; of elements without weights at every beta the same."""
        return 0 if tally.moments is None else tally.moments.n

    def _add_moments(self, backend: Backend, chunk: Chunk, pairs: Pairs) -> None:
        from smoothl1.numerics.row_sums import rows_of  # late: most runs want no moments

        n_rows, codes = self.units(chunk)
        for i, beta in enumerate(self.settings.betas):
            terms = backend.losses(pairs.pred, pairs.target, beta, pairs.weight)
            rows = rows_of(terms, n_rows, pairs.kept, pairs.weight)
            if codes is not None:
                chosen = codes if rows.kept is None else codes[rows.kept]
                moments = self._groups[i].moments
                if moments is not None:
                    backend.add_rows(chosen, rows, moments)
            else:
                n_before = self._n_rows(self.tallies[i])
                tally = Tally(moments=moments_of(rows, n_before=n_before))
                self.tallies = (
                    *self.tallies[:i],
                    self.tallies[i].merge(tally),
                    *self.tallies[i + 1 :],
                )

    def units(self, chunk: Chunk) -> tuple[int, NDArray[np.intp] | None]:
        """How many rows a chunk has to statistics, and the group of each, if there are groups.

        Where columns are kept apart, each element is a row of its own column.
        """
        if not self._groups:
            return chunk.n_rows, None
        codes = self._element_codes(chunk)
        if self.settings.by_column:
            return codes.size, codes
        return chunk.n_rows, codes[:: chunk.pred.values.size // chunk.n_rows]

    @property
    def n_groups(self) -> int:
        """Groups so far, all columns counted."""
        return (1 if self.settings.by is None else len(self._labels)) * self._n_columns

    def _element_codes(self, chunk: Chunk) -> NDArray[np.intp]:
        """The group of each element of a chunk."""
        labels = np.zeros(chunk.n_rows, np.intp)
        if chunk.groups is not None:
            labels = self._labels.encode(chunk.groups)
            self._resize()
        if self.settings.by_column:
            return self._codes(labels)
        n_columns = chunk.pred.values.size // chunk.n_rows
        return labels if n_columns == 1 else np.repeat(labels, n_columns)

    def _codes(self, labels: NDArray[np.intp]) -> NDArray[np.intp]:
        """The numbers of all columns of some labels."""
        return (labels[:, None] * self._n_columns + np.arange(self._n_columns)).reshape(-1)

    def _resize(self) -> None:
        n = self.n_groups
        if n > MAX_GROUPS:
            raise DataError(f"more than {MAX_GROUPS:,} groups and columns")
        for tally in self._groups:
            tally.resize(n)
