"""Tallies of many groups at once, in arrays: by the values of a column, by element of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.numerics.exact_sum import BLOCK
from smoothl1.numerics.group_quotients import quotients
from smoothl1.numerics.group_sums import MOST_ADDITIONS, ExactSums, rows_to_have
from smoothl1.tallies.group_records import NO_NAN, RECORD, empty_others, empty_records
from smoothl1.tallies.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from smoothl1.numerics.exact_sum import ExactSum
    from smoothl1.numerics.group_moments import GroupMoments
    from smoothl1.numerics.row_moments import Moments

_OFTEN = frozenset(RECORD.names or ())
_COUNTS = (
    *("n", "n_nan", "n_inf", "n_quadratic", "n_missing"),
    *("n_omitted", "n_weightless", "n_ignored"),
)


_MOST_OUTSIDE = 16
"""Terms outside of the window, for each group, after which another one is chosen: that costs about
as much as adding so many."""


class GroupTally:
    """The tallies of some groups at one beta. Merged in any order to the same bits.

    Compiled loops add a term to the fixed-point sum of its record where it fits: an integer of 128
    bits that counts units of 2**(window - 1074). `settle` moves these sums into `total`, before it
    is read. Code that adds to the records from outside calls `expect` before, and `see_window`
    after it.

    Args:
        weighted: Whether weights are summed.
        with_moments: Whether moments of rows are summed; else those of the tallies are None.
        by_count: Whether weighted means are divided by the count: see `Tally.by_count`.

    Attributes:
        records: A `RECORD` of each group.
        others: The `OTHERS` of each group.
        n_ignored: Of each group the elements that are left out because of their target.
        window: The position of the lowest bit of fixed-point sums; None if it is to be chosen.
        total: Exact sums of the finite losses, but for those in `records`.
        weight: Exact sums of the weights; None without weights.
        moments: Moments of the rows; None if not wanted.
    """

    def __init__(
        self, *, weighted: bool, with_moments: bool = True, by_count: bool = False
    ) -> None:
        self._by_count = by_count
        self.records = self._room = empty_records(0)
        self.others = self._others_room = empty_others(0)
        self.n_ignored = np.zeros(0, np.int64)
        self.window: int | None = None
        self._n_added = self._n_outside = 0  # since sums were settled; since the window was chosen
        self.total = ExactSums()
        self.weight = ExactSums() if weighted else None
        self.moments = _new_moments() if with_moments else None

    def resize(self, n: int) -> None:
        """Grow to more groups; the new ones are empty."""
        n_old = self.records.size
        if n <= n_old:
            return
        if n > self._room.size:
            n_room = rows_to_have(n_old, n)
            self._room, others = empty_records(n_room), empty_others(n_room)
            self._room[:n_old], others[:n_old] = self.records, self.others
            self._others_room = others
        self.records, self.others = self._room[:n], self._others_room[:n]
        if n > self.n_ignored.size:
            self.n_ignored = np.append(
                self.n_ignored, np.zeros(rows_to_have(n_old, n) - self.n_ignored.size, np.int64)
            )
        self.total.resize(n)
        if self.moments is not None:
            self.moments.resize(n)
        if self.weight is not None:
            self.weight.resize(n)

    def expect(self, n: int) -> None:
        """Prepare for the addition of n terms, at most `MOST_ADDITIONS`."""
        if self._n_added + n > MOST_ADDITIONS:
            self.settle()
        self._n_added += n
        self.total.expect(n)

    def see_window(self, window: int | None, n_outside: int) -> None:
        """Keep the window that was chosen, or choose again where many terms were outside of it."""
        self.window = window
        self._n_outside += n_outside
        if self._n_outside > _MOST_OUTSIDE * max(self.records.size, BLOCK):
            self.settle()
            self.window, self._n_outside = None, 0

    def settle(self) -> None:
        """Move the fixed-point sums of the records into `total`."""
        if self._n_added and self.window is not None:
            self.total.add_words(self.records["low"], self.records["high"], self.window)
            self.records["low"] = self.records["high"] = 0
        self._n_added = 0

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
            codes: The group of each loss.
            loss: At most `exact_sum.BLOCK` losses.
            is_quadratic: For each whether |x - y| < beta.
            weight: Their weights, if there are weights.
            positions: The position of each among all elements.
        """
        self.count_elements("n", codes)
        self.count_elements("n_quadratic", codes[is_quadratic])
        np.fmin.at(self.records["min"], codes, loss)
        np.fmax.at(self.records["max"], codes, loss)
        term = loss if weight is None else loss * weight
        is_finite = np.isfinite(term)
        if not is_finite.all():
            is_nan = np.isnan(term)
            self.count_elements("n_nan", codes[is_nan])
            self.count_elements("n_inf", codes[~is_finite & ~is_nan])
            np.minimum.at(self.others["first_nan"], codes[is_nan], positions[is_nan])
            self.total.add(codes[is_finite], term[is_finite])
        else:
            self.total.add(codes, term)
        if self.weight is not None and weight is not None:
            self.weight.add(codes, weight)

    def add_lost(
        self,
        codes: NDArray[np.intp],
        positions: NDArray[np.int64],
        weight: NDArray[np.float64] | None = None,
    ) -> None:
        """Add elements whose loss is NaN because one side is missing; see `add`."""
        self.count_elements("n", codes)
        self.count_elements("n_nan", codes)
        np.minimum.at(self.others["first_nan"], codes, positions)
        if self.weight is not None and weight is not None:
            self.weight.add(codes, weight)

    def count_elements(self, name: str, codes: NDArray[np.intp]) -> None:
        """Count elements of a kind, such as those that are left out.

        Args:
            name: The name of their count in `Tally`.
            codes: The group of each.
        """
        self._of(name)[:] += np.bincount(codes, minlength=self.records.size)

    def merge(self, other: GroupTally, codes: NDArray[np.intp]) -> None:
        """Add the tallies of other groups; `codes` says which group here each of them is."""
        self.settle()
        other.settle()
        for name in _COUNTS:
            self._of(name)[codes] += other._of(name)
        for name, extreme in (("min", np.minimum), ("max", np.maximum), ("first_nan", np.minimum)):
            field = self._of(name)
            field[codes] = extreme(field[codes], other._of(name))
        self.total.merge(other.total, codes)
        if self.moments is not None and other.moments is not None:
            self.moments.merge(other.moments, codes)
        if self.weight is not None and other.weight is not None:
            self.weight.merge(other.weight, codes)

    def counts(self) -> NDArray[np.int64]:
        """The number of elements of each group, those of weight 0 included."""
        n: NDArray[np.int64] = self._of("n") + self._of("n_weightless")
        return n

    @property
    def first_nan(self) -> int | None:
        """Position of the first NaN loss of all groups, if any."""
        first = int(self.others["first_nan"].min(initial=NO_NAN))
        return None if first == NO_NAN else first

    def has_infinite(self, codes: NDArray[np.intp]) -> bool:
        """Whether a group has an infinite loss: any of all, or only of these if they are many.

        Args:
            codes: Groups, perhaps several times, as the elements of a chunk have them.
        """
        counts = self.records["n_inf"]
        return bool((counts[codes] if codes.size < counts.size else counts).any())

    def whole(self) -> Tally:
        """The tally of all groups together."""
        self.settle()
        return _tally(
            [int(self._of(name).sum()) for name in _COUNTS],
            self.total.whole(),
            float(self.records["min"].min(initial=np.inf)),
            float(self.records["max"].max(initial=-np.inf)),
            int(self.others["first_nan"].min(initial=NO_NAN)),
            None if self.weight is None else self.weight.whole(),
            None if self.moments is None else self.moments.whole(),
        )

    def tallies(self, at: NDArray[np.intp] | None = None) -> list[Tally]:
        """The tallies as values, one for each group, or for those with some numbers."""
        self.settle()
        if at is None:
            at = np.arange(self.records.size)
        weights = [None] * at.size if self.weight is None else self.weight.sums(at)
        moments: list[Moments | None] = [None] * at.size
        if self.moments is not None:
            moments = list(self.moments.each(at))
        of_each: dict[str, list[Any]] = {
            name: self._of(name)[at].tolist() for name in (*_COUNTS, "min", "max")
        }
        of_each["first_nan"] = [
            None if place == NO_NAN else place for place in self.others["first_nan"][at].tolist()
        ]
        of_each |= {"total": self.total.sums(at), "weight": weights, "moments": moments}
        rows = zip(*(of_each[name] for name in Tally._fields), strict=True)
        found = map(Tally._make, rows)
        return list(map(Tally.by_count, found) if self._by_count else found)

    def means(self) -> NDArray[np.float64]:
        """The mean of each group: see `Tally.mean`."""
        if self.weight is not None:
            return np.array([tally.mean for tally in self.tallies()], np.float64)
        self.settle()
        return self._with_not_finite(quotients(self.total, self.records["n"]))

    def sums(self) -> NDArray[np.float64]:
        """The sum of each group: see `Tally.sum`."""
        self.settle()
        n, found = self.records["n"], quotients(self.total, np.ones(self.records.size, np.int64))
        n_left_out = self.others["n_omitted"] + self.others["n_weightless"]
        found[(n == 0) & (n_left_out > 0)] = np.nan
        return self._with_not_finite(found)

    def _with_not_finite(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values of groups, replaced where losses are infinite or NaN."""
        values[self.records["n_inf"] > 0] = np.inf
        values[self.records["n_nan"] > 0] = np.nan
        return values

    def _of(self, name: str) -> NDArray[Any]:
        """A field of all groups."""
        if name == "n_ignored":
            return self.n_ignored[: self.records.size]
        return (self.records if name in _OFTEN else self.others)[name]


def _new_moments() -> GroupMoments:
    from smoothl1.numerics.group_moments import GroupMoments  # late: most runs want no moments

    return GroupMoments()


def _tally(
    counts: Iterable[int],
    total: ExactSum,
    least: float,
    most: float,
    first_nan: int,
    weight: ExactSum | None,
    moments: Moments | None,
) -> Tally:
    n, n_nan, n_inf, n_quadratic, n_missing, n_omitted, n_weightless, n_ignored = counts
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
        first_nan=None if first_nan == NO_NAN else first_nan,
        weight=weight,
        moments=moments,
        n_ignored=n_ignored,
    )
