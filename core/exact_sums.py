"""Exact sums of many groups of binary64 numbers at once, in arrays.

A finite binary64 is an integer of 53 bits times a power of two. Cut at fixed places, every 32 bits
from 2**-1074 on, it has at most three digits in base 2**32 that are not 0. Digits are integers, so
adding them up, for each place and each group, is exact in any order. This is the superaccumulator
of U. Kulisch, "Computer Arithmetic and Validity", de Gruyter 2013, with lazy carries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.exact import BLOCK, ExactSum

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DIGIT_BITS = 32
_DIGIT = np.uint64((1 << _DIGIT_BITS) - 1)
_MANTISSA = np.uint64((1 << 52) - 1)
_HIDDEN_BIT = np.uint64(1 << 52)

_MOST_ADDITIONS = 1 << 10
"""Before carrying: each adds less than 2**48 (BLOCK digits) to what carrying leaves below 2**33."""


class ExactSums:
    """An exact sum for each of some groups. Grows, and is merged without error in any order.

    Args:
        n: Groups.
    """

    def __init__(self, n: int = 0) -> None:
        self.n = n
        self._places: dict[int, NDArray[np.int64]] = {}
        self._n_additions = 0

    def resize(self, n: int) -> None:
        """Have more groups, the new ones at 0."""
        self.n = n
        for place, digits in self._places.items():
            self._places[place] = np.concatenate([digits, np.zeros(n - digits.size, np.int64)])

    def add(self, codes: NDArray[np.intp], values: NDArray[np.float64]) -> None:
        """Add numbers, each to its group.

        Args:
            codes: The group of each number.
            values: Finite, equally many, at most `exact.BLOCK`.
        """
        if values.size > BLOCK:
            raise ValueError(f"at most {BLOCK} numbers at a time")
        bits = values.view(np.uint64)
        exponent = (bits >> np.uint64(52)) & np.uint64(0x7FF)
        mantissa = (bits & _MANTISSA) | np.where(exponent > 0, _HIDDEN_BIT, np.uint64(0))
        position = np.maximum(exponent, 1) - np.uint64(1)  # value = mantissa * 2**(position - 1074)
        place = (position >> np.uint64(5)).astype(np.intp)
        shift = position & np.uint64(31)
        sign = np.copysign(1.0, values)
        digits = (
            (mantissa << shift) & _DIGIT,
            (mantissa >> (np.uint64(32) - shift)) & _DIGIT,
            (mantissa >> np.uint64(32)) >> (np.uint64(32) - shift),
        )
        for low in np.flatnonzero(np.bincount(place)).tolist():
            here = place == low
            everywhere = bool(here.all())
            chosen = codes if everywhere else codes[here]
            for i, digit in enumerate(digits):
                signed = digit.astype(np.float64) * sign
                self._add_digits(low + i, chosen, signed if everywhere else signed[here])
        self._count_addition()

    def _add_digits(self, place: int, codes: NDArray[np.intp], digits: NDArray[np.float64]) -> None:
        """Sums of at most BLOCK digits are below 2**53: exact in binary64."""
        if digits.any():
            sums = np.bincount(codes, digits, minlength=self.n).astype(np.int64)
            self._at(place)[:] += sums

    def merge(self, other: ExactSums, codes: NDArray[np.intp]) -> None:
        """Add the sums of other groups.

        Args:
            other: Any sums; carried, but not changed in value.
            codes: Which group here each of its groups is; no two the same.
        """
        other.carry()
        for place, digits in other._places.items():
            self._at(place)[codes] += digits
        self._count_addition()

    def carry(self) -> None:
        """Bring every digit below 2**31 in magnitude, without changing a sum."""
        pending = sorted(self._places)
        for place in pending:
            digits = self._places[place]
            over = (digits + (1 << 31)) >> _DIGIT_BITS
            if over.any():
                digits -= over << _DIGIT_BITS
                if place + 1 not in self._places:
                    pending.append(place + 1)  # the highest there is: carried into next
                self._at(place + 1)[:] += over
        self._n_additions = 0

    def sums(self) -> list[ExactSum]:
        """The sum of each group."""
        units = [0] * self.n
        for place, digits in self._places.items():
            for i in np.flatnonzero(digits).tolist():
                units[i] += int(digits[i]) << (_DIGIT_BITS * place)
        return [ExactSum(u) for u in units]

    def whole(self) -> ExactSum:
        """The sum of all groups together."""
        self.carry()
        units = (int(d.sum()) << (_DIGIT_BITS * place) for place, d in self._places.items())
        return ExactSum(sum(units))

    def _at(self, place: int) -> NDArray[np.int64]:
        if place not in self._places:
            self._places[place] = np.zeros(self.n, np.int64)
        return self._places[place]

    def _count_addition(self) -> None:
        self._n_additions += 1
        if self._n_additions >= _MOST_ADDITIONS:
            self.carry()
