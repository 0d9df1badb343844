"""Exact quantiles of the distances |x - y|, of all pairs or of each group, in constant memory.

One pass over pairs without groups nearly always finds them: see `bracket`. Groups, and data that
drift, take further passes: see `quantile_search`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.errors import DataError
from smoothl1.metrics.bracket import Bracket
from smoothl1.metrics.held import Held, HeldDistances
from smoothl1.metrics.quantile_search import BIN_BITS, SearchAccumulator, Targets, bin_keys
from smoothl1.numerics.ranks import KeyCounts, rank_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.metrics.contract import Cells
    from smoothl1.tallies.group_numbers import Codes
    from smoothl1.tallies.observed import Observed
    from smoothl1.tallies.tally import Tally


class GroupQuantiles(NamedTuple):
    """The quantiles of a group.

    Attributes:
        values: A distance for each quantile; None if there is no pair, or a distance is NaN.
        held: All distances; None if they are too many, or one is NaN.
    """

    values: tuple[float, ...] | None
    held: Held | None


def column_name(q: float) -> str:
    """The name of the column of a quantile."""
    return f"quantile_{q!r}"


@dataclass(frozen=True, slots=True)
class Quantiles:
    """The quantiles of each group.

    Attributes:
        quantiles: The numbers q, from 0 to 1.
        groups: The quantiles of each group, in their order.
    """

    quantiles: tuple[float, ...]
    groups: tuple[GroupQuantiles, ...] = field(repr=False)

    def columns(self, betas: Sequence[float], tallies: Sequence[Tally]) -> list[Cells]:
        return [
            (
                column_name(q),
                "number",
                [math.nan if g.values is None else g.values[i] for g in self.groups] * len(betas),
            )
            for i, q in enumerate(self.quantiles)
        ]

    def of_group(self, place: int) -> Quantiles:
        return Quantiles(self.quantiles, (self.groups[place],))

    def merged(
        self,
        parts: Sequence[Quantiles],
        places: Sequence[Sequence[int]],
        n_groups: int,
        *,
        in_sequence: bool = False,
    ) -> Quantiles:
        of_groups: list[list[GroupQuantiles]] = [[] for _ in range(n_groups)]
        for part, of_part in zip(parts, places, strict=True):
            for place, group in zip(of_part, part.groups, strict=True):
                of_groups[place].append(group)
        return Quantiles(self.quantiles, tuple(map(self._joined, of_groups)))

    def _joined(self, parts: Sequence[GroupQuantiles]) -> GroupQuantiles:
        """The quantiles of parts of a group.

        Raises:
            DataError: Several parts have distances, and one does not hold all of its own.
        """
        if any(part.values is None and part.held is None for part in parts):
            return GroupQuantiles(None, None)
        some = [part for part in parts if part.values is not None]
        if len(some) == 1:
            return some[0]
        counts: dict[float, int] = {}
        for part in some:
            if part.held is None:
                raise DataError(
                    "the quantiles of parts do not tell that of the whole: a result holds all "
                    "distances only if they are few",
                    hint="evaluate all data in one run, their files in a folder or a pattern",
                )
            for distance, count in part.held:
                counts[distance] = counts.get(distance, 0) + count
        return quantiles_of(self.quantiles, tuple(sorted(counts.items())))


def quantiles_of(quantiles: Sequence[float], held: Held) -> GroupQuantiles:
    """The quantiles of a group whose distances are all held."""
    total = np.cumsum([count for _, count in held])
    if not held:
        return GroupQuantiles(None, ())
    ranks = [rank_of(q, int(total[-1])) for q in quantiles]
    return GroupQuantiles(tuple(held[i][0] for i in np.searchsorted(total, ranks)), held)


class QuantileAccumulator:
    """What the pass over all pairs learns about quantiles.

    Args:
        quantiles: The numbers q, from 0 to 1.
        is_grouped: Whether there are groups.
    """

    def __init__(self, quantiles: tuple[float, ...], *, is_grouped: bool) -> None:
        self._quantiles = quantiles
        self._numbers = np.zeros((2, 0), np.int64)  # of distances, and of those that are NaN
        self._held = HeldDistances()
        self._brackets = [] if is_grouped else [Bracket(q) for q in quantiles]
        self._bins = KeyCounts()  # with groups
        self._is_grouped = is_grouped
        self._targets: Targets | None = None  # since the pass

    def add(self, seen: Observed) -> None:
        self._resize(seen.n_groups)
        lost = seen.pairs.lost
        if lost is not None:
            codes = np.zeros(lost.size, np.intp) if seen.codes is None else seen.codes
            self._count(1, codes[lost])
        if self._brackets and all(bracket.has_bounds for bracket in self._brackets):
            self._add_near(seen)
        else:
            self._add_all(seen)

    def _add_near(self, seen: Observed) -> None:
        """Add the distances of a chunk without groups, of which few are between bounds."""
        pred, target = seen.pairs.pred, seen.pairs.target
        n_nan = 0
        for bracket in self._brackets:
            n_below, n_nan, between = seen.backend.between(pred, target, *bracket.bounds)
            bracket.add_between(pred.size - n_nan, n_below, between)
        self._numbers[:, 0] += (pred.size - n_nan, n_nan)
        self._held.drop()

    def _add_all(self, seen: Observed) -> None:
        distances, codes = seen.distances, seen.kept_codes
        is_nan = np.isnan(distances)
        if is_nan.any():
            self._count(1, codes[is_nan])
            distances, codes = distances[~is_nan], codes[~is_nan]
        self._count(0, codes)
        self._held.add(codes, distances)
        for bracket in self._brackets:
            bracket.add(distances)
        if self._is_grouped:
            self._bins.add(bin_keys(np.ascontiguousarray(distances).view(np.uint64), codes, 0))

    def merge(self, other: QuantileAccumulator, codes: Codes, n_groups: int) -> None:
        self._resize(n_groups)
        codes = codes[: other._numbers.shape[1]]
        self._numbers[:, codes] += other._numbers
        self._held.merge(other._held, codes)
        for mine, others in zip(self._brackets, other._brackets, strict=True):
            mine.merge(others)
        keys, bits = other._bins.keys, np.uint64(BIN_BITS)
        if keys.size:
            of_group = codes[(keys >> bits).astype(np.intp)].astype(np.uint64) << bits
            keys = of_group | (keys & np.uint64((1 << BIN_BITS) - 1))
            self._bins.add(keys, other._bins.counts)

    def further(self) -> Callable[[], SearchAccumulator] | None:
        """What makes the accumulators of one more pass over the same pairs; None if none is needed.

        `take` gets the accumulator of that pass.
        """
        if self._held.is_complete:
            return None
        if self._targets is None:
            self._targets = self._first_targets()
        done = self._targets.n_bits == 64 or not self._targets.rank.any()
        return None if done else partial(SearchAccumulator, self._targets)

    def take(self, found: SearchAccumulator) -> None:
        """Take what one more pass has learned."""
        self._targets = found.found()

    def value(self, order: Sequence[int]) -> Quantiles:
        self._resize(max(order, default=-1) + 1)
        has_nan = self._numbers[1] > 0
        if self._held.is_complete:
            held = self._held.of_groups(order)
            groups = [quantiles_of(self._quantiles, some) for some in held]
        else:
            groups = [self._group(code) for code in order]
        unknown = GroupQuantiles(None, None)
        chosen = zip(order, groups, strict=True)
        return Quantiles(
            self._quantiles, tuple(unknown if has_nan[code] else group for code, group in chosen)
        )

    def _group(self, code: int) -> GroupQuantiles:
        n = int(self._numbers[0, code])
        if n == 0:
            return GroupQuantiles(None, ())
        ranks = (rank_of(q, n) for q in self._quantiles)
        near = [b.at(rank) for b, rank in zip(self._brackets, ranks, strict=False)]
        if near and None not in near:
            return GroupQuantiles(tuple(value for value in near if value is not None), None)
        if self._targets is None:
            raise ValueError("further passes are needed")
        return GroupQuantiles(tuple(self._targets.distances[:, code].tolist()), None)

    def _first_targets(self) -> Targets:
        """The targets after the pass: all, of which the first bits may be known."""
        n = self._numbers[0]
        rank = np.array(
            [[rank_of(q, size) if size else 0 for size in n.tolist()] for q in self._quantiles]
        )
        if not self._is_grouped:
            values = [b.at(int(r)) for b, (r,) in zip(self._brackets, rank, strict=True)]
            if None not in values:
                rank[:] = 0
        shape = rank.shape
        rank[:, self._numbers[1] > 0] = 0  # NaN
        targets = Targets(0, np.zeros(shape, np.uint64), rank, np.broadcast_to(n, shape).copy())
        return targets.narrowed([self._bins] * shape[0]) if self._is_grouped else targets

    def _count(self, kind: int, codes: Codes) -> None:
        n = self._numbers.shape[1]
        self._numbers[kind] += codes.size if n == 1 else np.bincount(codes, minlength=n)

    def _resize(self, n: int) -> None:
        n_more = n - self._numbers.shape[1]
        if n_more > 0:
            self._numbers = np.pad(self._numbers, ((0, 0), (0, n_more)))
