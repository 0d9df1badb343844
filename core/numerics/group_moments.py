"""The moments of the rows of many groups at once, in arrays; `row_moments` defines them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.numerics.exact_sum import BLOCK, CUBE_EXPONENT, SQUARE_EXPONENT
from smoothl1.numerics.group_sums import ExactSums
from smoothl1.numerics.products import SECOND, THIRD, windows_of
from smoothl1.numerics.row_moments import MOST_ROWS_OF_THIRD, Moments, ThirdMoments, sizes_of_ones

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from smoothl1.numerics.products import Factors
    from smoothl1.numerics.row_sums import Rows

    Adder = Callable[[Mapping[Factors, ExactSums], NDArray[np.intp], Rows], None]

_DIGIT_BITS = 32
_NAMES_OF_SECOND = ("squares", "cross", "sizes")


def add_products(sums: Mapping[Factors, ExactSums], codes: NDArray[np.intp], rows: Rows) -> None:
    """Add the products of some factors of rows, each to its group.

    Args:
        sums: For the factors of each product, the sums that it is added to. There are no products
            of sizes alone if all rows have size 1.
        codes: The group of each row.
        rows: Rows with finite sums and sizes.
    """
    for start in range(0, codes.size, BLOCK):
        block = slice(start, start + BLOCK)
        sizes = None if rows.sizes is None else rows.sizes[block]
        for window in windows_of(rows.sums[block], sizes):
            some = codes[block] if window.at is None else codes[block][window.at]
            for factors, of_factors in sums.items():
                values, exponent = window.terms(factors)
                for value in values:
                    of_factors.add(some, value, exponent // _DIGIT_BITS)


def counts_of(codes: NDArray[np.intp], n: int) -> NDArray[np.intp]:
    """How often each of n groups occurs, at once if there is only one."""
    return np.array([codes.size]) if n == 1 else np.bincount(codes, minlength=n)


class GroupMoments:
    """The moments of some groups. Merged in any order to the same bits.

    Third moments are added up as long as a group has few enough rows. If all rows have size 1, only
    the sums of s*s, s and s*s*s are formed: the rest follows from them and from the number of rows.
    """

    def __init__(self) -> None:
        self._n_rows = np.zeros((2, 0), np.int64)  # rows in the moments, rows overflowed
        self._second = {factors: ExactSums() for factors in SECOND}
        self._third = {factors: ExactSums() for factors in THIRD}
        self._are_of_size_1: bool | None = None  # known from the first row on

    @classmethod
    def of_each(cls, moments: Sequence[Moments]) -> GroupMoments | None:
        """The moments of groups that are known; None if third moments of a group are not."""
        if any(one.third is None and one.n <= MOST_ROWS_OF_THIRD for one in moments):
            return None
        found = cls()
        found._n_rows = np.array([(one.n, one.n_overflowed) for one in moments], np.int64).T.copy()
        found._are_of_size_1 = all(one.are_of_size_1 for one in moments)
        second, third = (SECOND[:2], THIRD[:1]) if found._are_of_size_1 else (SECOND, THIRD)
        of_second = ([getattr(one, name) for one in moments] for name in _NAMES_OF_SECOND)
        known = [one.third or ThirdMoments() for one in moments]
        of_third = ([getattr(one, name) for one in known] for name in ThirdMoments._fields)
        found.resize(len(moments))
        for factors, units in zip(second, of_second, strict=False):
            found._second[factors] = ExactSums.of_units(units, SQUARE_EXPONENT)
        for factors, units in zip(third, of_third, strict=False):
            found._third[factors] = ExactSums.of_units(units, CUBE_EXPONENT)
        return found

    @classmethod
    def of_single_losses(
        cls, n: Sequence[int], squares: ExactSums, cross: ExactSums, cubes: ExactSums
    ) -> GroupMoments:
        """The moments of rows of one loss each, with third moments.

        Args:
            n: The number of rows of each group.
            squares: The sums of s*s.
            cross: The sums of s.
            cubes: The sums of s*s*s.
        """
        found = cls()
        found._n_rows = np.array([n, [0] * len(n)], np.int64)
        found._are_of_size_1 = True
        found.resize(len(n))
        found._second |= dict(zip(SECOND, (squares, cross), strict=False))
        found._third |= dict(zip(THIRD, (cubes,), strict=False))
        return found

    def goes_with(self, other: GroupMoments) -> bool:
        """Whether the moments of other groups can be merged with these, as they are held."""
        held = (self._are_of_size_1, other._are_of_size_1)
        return None in held or held[0] == held[1]

    def resize(self, n: int) -> None:
        """Grow to more groups; the new ones are empty."""
        self._n_rows = np.pad(self._n_rows, ((0, 0), (0, n - self._n_rows.shape[1])))
        for sums in (*self._second.values(), *self._third.values()):
            sums.resize(n)

    def add(self, codes: NDArray[np.intp], rows: Rows, add: Adder = add_products) -> None:
        """Add rows.

        Args:
            codes: The group of each row.
            rows: Their sums and sizes.
            add: Adds products to the sums of groups.
        """
        if codes.size == 0:  # without rows it is unknown whether all are of size 1
            return
        self._see_sizes(are_1=rows.sizes is None)
        n = self._n_rows.shape[1]
        finite = rows.finite()
        if finite is not None:
            self._n_rows[1] += counts_of(codes[~finite], n)
            codes, rows = codes[finite], rows.chosen(finite)
        self._n_rows[0] += counts_of(codes, n)
        second, third = (SECOND[:2], THIRD[:1]) if self._are_of_size_1 else (SECOND, THIRD)
        add({factors: self._second[factors] for factors in second}, codes, rows)
        is_few = self._n_rows[0] <= MOST_ROWS_OF_THIRD
        if not is_few.any():
            return
        if not is_few.all():
            at = is_few[codes]
            codes, rows = codes[at], rows.chosen(at)
        add({factors: self._third[factors] for factors in third}, codes, rows)

    def merge(self, other: GroupMoments, codes: NDArray[np.intp]) -> None:
        """Add the moments of other groups; `codes` says which group here each of them is."""
        if other._are_of_size_1 is not None:
            self._see_sizes(are_1=other._are_of_size_1)
        self._n_rows[:, codes] += other._n_rows
        for mine, others in ((self._second, other._second), (self._third, other._third)):
            for factors, sums in mine.items():
                sums.merge(others[factors], codes)

    def whole(self) -> Moments:
        """The moments of all groups together."""
        n, n_overflowed = self._n_rows.sum(axis=1).tolist()
        squares, cross, sizes = (s.whole_units(SQUARE_EXPONENT) for s in self._second.values())
        third = ThirdMoments(*(s.whole_units(CUBE_EXPONENT) for s in self._third.values()))
        return self._moments(n, n_overflowed, squares, cross, sizes, third)

    def each(self, at: NDArray[np.intp] | None = None) -> list[Moments]:
        """The moments of each group, or of those with some numbers."""
        second = (sums.units(SQUARE_EXPONENT, at) for sums in self._second.values())
        of_third = (sums.units(CUBE_EXPONENT, at) for sums in self._third.values())
        n_rows = self._n_rows if at is None else self._n_rows[:, at]
        return list(map(self._moments, *n_rows.tolist(), *second, map(ThirdMoments, *of_third)))

    def _moments(
        self,
        n: int,
        n_overflowed: int,
        squares: int,
        cross: int,
        sizes: int,
        third: ThirdMoments,
    ) -> Moments:
        if self._are_of_size_1:
            sizes = sizes_of_ones(n)
        if n > MOST_ROWS_OF_THIRD:
            return Moments(n, squares, cross, sizes, n_overflowed, None)
        if self._are_of_size_1:
            bits = SQUARE_EXPONENT - CUBE_EXPONENT
            third = ThirdMoments(third.sss, squares << bits, cross << bits, sizes << bits)
        return Moments(n, squares, cross, sizes, n_overflowed, third)

    def _see_sizes(self, *, are_1: bool) -> None:
        if self._are_of_size_1 not in (None, are_1):
            raise ValueError("rows of size 1 and rows with sizes")
        self._are_of_size_1 = are_1
