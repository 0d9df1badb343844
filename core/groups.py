"""Tallies of many groups at once, in arrays: by the values of a column, by element of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.errors import DataError
from smoothl1.exact import BLOCK
from smoothl1.exact_sums import ExactSums
from smoothl1.moments import Moments, products_of
from smoothl1.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.exact import ExactSum
    from smoothl1.moments import Rows

MAX_GROUPS = 1_000_000
"""About a kilobyte each, at one beta. A column with more values than this is a key, not a group."""

_NO_NAN = np.iinfo(np.int64).max


class Group(NamedTuple):
    """What a result is about.

    Attributes:
        group: Value of the column of groups, as text; None where there are no groups.
        column: Name or number of the column; None where columns are not kept apart.
    """

    group: str | None = None
    column: str | None = None


def in_order(texts: Sequence[str]) -> list[str]:
    """Names of groups in order: as numbers if all are whole numbers, else as text."""
    are_numbers = all(
        text.isascii() and text.removeprefix("-").isdecimal() and len(text) <= 20 for text in texts
    )
    return sorted(texts, key=lambda text: (int(text) if are_numbers else 0, text))


class Labels:
    """Numbers the distinct values of a column, in the order in which they come.

    Attributes:
        values: The distinct values; None before the first.
    """

    def __init__(self) -> None:
        self.values: pa.Array | None = None

    def __len__(self) -> int:
        return 0 if self.values is None else len(self.values)

    def encode(self, values: pa.Array) -> NDArray[np.intp]:
        """The number of each value; new ones get the next.

        Raises:
            DataError: There are more than `MAX_GROUPS` distinct ones.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        if self.values is None:
            self.values = values.slice(0, 0)
        found = pc.index_in(values, self.values)
        if found.null_count:
            new = values.filter(found.is_null()).unique()
            self.values = pa.concat_arrays([self.values, new])
            found = pc.index_in(values, self.values)
        if len(self.values) > MAX_GROUPS:
            raise DataError(f"more than {MAX_GROUPS:,} groups", hint="is the column a key?")
        codes: NDArray[np.intp] = found.to_numpy().astype(np.intp)
        return codes

    def texts(self) -> list[str]:
        """The values as text."""
        if self.values is None:
            return []
        from smoothl1.labels import texts_of  # late: pyarrow

        return texts_of(self.values)


class GroupTally:
    """The tallies of some groups at one beta. Merged in any order to the same bits.

    Args:
        weighted: Whether weights are summed, too.
        with_moments: Whether the moments of rows are; else those of the tallies are None.
    """

    def __init__(self, *, weighted: bool, with_moments: bool = True) -> None:
        self._with_moments = with_moments
        self._counts = np.zeros((7, 0), np.int64)  # in the order of Tally's counts
        self._min, self._max = np.zeros(0), np.zeros(0)
        self._first_nan = np.zeros(0, np.int64)
        self._total = ExactSums()
        self._weight = ExactSums() if weighted else None
        self._n_rows = np.zeros((2, 0), np.int64)  # in the moments, and overflowed
        self._moments = (ExactSums(), ExactSums(), ExactSums())  # squares, cross, sizes

    def resize(self, n: int) -> None:
        """Have more groups, the new ones empty."""
        new = n - self._min.size
        if new <= 0:
            return
        self._counts = np.concatenate([self._counts, np.zeros((7, new), np.int64)], axis=1)
        self._min = np.concatenate([self._min, np.full(new, np.inf)])
        self._max = np.concatenate([self._max, np.full(new, -np.inf)])
        self._first_nan = np.concatenate([self._first_nan, np.full(new, _NO_NAN)])
        self._n_rows = np.concatenate([self._n_rows, np.zeros((2, new), np.int64)], axis=1)
        for sums in (self._total, *self._moments):
            sums.resize(n)
        if self._weight is not None:
            self._weight.resize(n)

    def add(
        self,
        codes: NDArray[np.intp],
        loss: NDArray[np.float64],
        is_quadratic: NDArray[np.bool_],
        weight: NDArray[np.float64] | None,
        positions: NDArray[np.int64],
    ) -> None:
        """Add losses, each to its group.

        Args:
            codes: The group of each.
            loss: At most `exact.BLOCK` losses.
            is_quadratic: Whether |x - y| < beta.
            weight: Their weights, where there are weights.
            positions: Of each among all elements.
        """
        self._count(0, codes)
        self._count(3, codes[is_quadratic])
        np.fmin.at(self._min, codes, loss)
        np.fmax.at(self._max, codes, loss)
        term = loss if weight is None else loss * weight
        is_finite = np.isfinite(term)
        if not is_finite.all():
            is_nan = np.isnan(term)
            self._count(1, codes[is_nan])
            self._count(2, codes[~is_finite & ~is_nan])
            np.minimum.at(self._first_nan, codes[is_nan], positions[is_nan])
            self._total.add(codes[is_finite], term[is_finite])
        else:
            self._total.add(codes, term)
        if self._weight is not None and weight is not None:
            self._weight.add(codes, weight)

    def add_rows(self, codes: NDArray[np.intp], rows: Rows) -> None:
        """Add to the moments.

        Args:
            codes: The group of each row.
            rows: Of equally many.
        """
        products = products_of(rows)
        n = self._min.size
        if products.finite is not None:
            self._n_rows[1] += np.bincount(codes[~products.finite], minlength=n)
            codes = codes[products.finite]
        self._n_rows[0] += np.bincount(codes, minlength=n)
        sizes = products.sizes or [np.ones(codes.size)]
        parts = (products.squares, products.cross, sizes)
        for sums, terms in zip(self._moments, parts, strict=True):
            for values in terms:
                for start in range(0, codes.size, BLOCK):
                    sums.add(codes[start : start + BLOCK], values[start : start + BLOCK])

    def add_lost(self, codes: NDArray[np.intp], positions: NDArray[np.int64]) -> None:
        """Add elements whose loss is NaN because a side is missing."""
        self._count(0, codes)
        self._count(1, codes)
        np.minimum.at(self._first_nan, codes, positions)

    def add_missing(self, codes: NDArray[np.intp]) -> None:
        """Count elements of which a side is missing."""
        self._count(4, codes)

    def add_omitted(self, codes: NDArray[np.intp]) -> None:
        """Count elements that are left out."""
        self._count(5, codes)

    def add_weightless(self, codes: NDArray[np.intp]) -> None:
        """Count elements that are left out because their weight is 0."""
        self._count(6, codes)

    def merge(self, other: GroupTally, codes: NDArray[np.intp]) -> None:
        """Add the tallies of other groups; `codes` says which group here each of them is."""
        self._counts[:, codes] += other._counts
        self._min[codes] = np.minimum(self._min[codes], other._min)
        self._max[codes] = np.maximum(self._max[codes], other._max)
        self._first_nan[codes] = np.minimum(self._first_nan[codes], other._first_nan)
        self._n_rows[:, codes] += other._n_rows
        self._total.merge(other._total, codes)
        for mine, others in zip(self._moments, other._moments, strict=True):
            mine.merge(others, codes)
        if self._weight is not None and other._weight is not None:
            self._weight.merge(other._weight, codes)

    def whole(self) -> Tally:
        """The tally of all groups together."""
        counts: list[int] = self._counts.sum(axis=1).tolist()
        moments = None
        if self._with_moments:
            n_rows: list[int] = self._n_rows.sum(axis=1).tolist()
            moments = _moments(n_rows, *(sums.whole() for sums in self._moments))
        return _tally(
            counts,
            self._total.whole(),
            float(self._min.min(initial=np.inf)),
            float(self._max.max(initial=-np.inf)),
            int(self._first_nan.min(initial=_NO_NAN)),
            None if self._weight is None else self._weight.whole(),
            moments,
        )

    def tallies(self) -> list[Tally]:
        """As values, one for each group."""
        n = self._min.size
        weights = [None] * n if self._weight is None else self._weight.sums()
        moments: list[Moments | None] = [None] * n
        if self._with_moments:
            squares, cross, sizes = (sums.sums() for sums in self._moments)
            moments = list(map(_moments, self._n_rows.T.tolist(), squares, cross, sizes))
        return list(
            map(
                _tally,
                self._counts.T.tolist(),
                self._total.sums(),
                self._min.tolist(),
                self._max.tolist(),
                self._first_nan.tolist(),
                weights,
                moments,
            )
        )

    def _count(self, which: int, codes: NDArray[np.intp]) -> None:
        self._counts[which] += np.bincount(codes, minlength=self._min.size)


def _moments(n_rows: list[int], squares: ExactSum, cross: ExactSum, sizes: ExactSum) -> Moments:
    return Moments(n_rows[0], squares, cross, sizes, n_rows[1])


def _tally(
    counts: list[int],
    total: ExactSum,
    least: float,
    most: float,
    first_nan: int,
    weight: ExactSum | None,
    moments: Moments | None,
) -> Tally:
    n, n_nan, n_inf, n_quadratic, n_missing, n_omitted, n_weightless = counts
    return Tally(
        n=n,
        n_nan=n_nan,
        n_inf=n_inf,
        n_quadratic=n_quadratic,
        n_missing=n_missing,
        n_omitted=n_omitted,
        n_weightless=n_weightless,
        total=total,
        min=least,
        max=most,
        first_nan=None if first_nan == _NO_NAN else first_nan,
        weight=weight,
        moments=moments,
    )
