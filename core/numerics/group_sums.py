"""Exact sums of many groups of binary64 numbers at once, in arrays.

A finite binary64 is an integer of 53 bits times a power of two. Cut at fixed places, every 32 bits
from 2**-1074 on, it has at most three digits in base 2**32 that are not 0. Digits are integers, so
adding them up, for each place and each group, is exact in any order. This is the superaccumulator
of U. Kulisch, "Computer Arithmetic and Validity", de Gruyter 2013, with lazy carries.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import numpy as np

from smoothl1.numerics.exact_sum import BLOCK, UNIT_EXPONENT, ExactSum, shifted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

DIGIT_BITS = 32
"""Bits of a digit."""

_DIGIT = np.uint64((1 << DIGIT_BITS) - 1)
_SHIFT = np.uint64(DIGIT_BITS)
_MANTISSA = np.uint64((1 << 52) - 1)
_HIDDEN_BIT = np.uint64(1 << 52)

MOST_ADDITIONS = 1 << 30
"""Most additions between two carries: a number adds less than 2**32 to a digit, and carrying leaves
digits at 2**31 at most, so that they stay far below 2**63."""


class ExactSums:
    """An exact sum for each of some groups. Grows, and is merged without error in any order.

    The digits of a group lie side by side, so that adding a number touches few lines of the cache.
    Code that adds to `digits` from outside calls `expect` before, and `make_room` for missing
    places.

    Args:
        n: Groups.

    Attributes:
        digits: For each group a row of signed digits, the lowest first, with carries delayed: a
            group's sum is the sum of digit * 2**(32 * place) units of 2**-1074.
        lowest: The place of the first column; negative if there are digits below 2**-1074.
    """

    def __init__(self, n: int = 0) -> None:
        self.digits = self._room = np.zeros((n, 0), np.int64)
        self.lowest = 0
        self._n_additions = 0

    @classmethod
    def of_units(cls, units: Sequence[int], unit_exponent: int = UNIT_EXPONENT) -> ExactSums:
        """The sums of groups that are known as whole numbers of a unit.

        Args:
            units: For each group its sum, at least 0.
            unit_exponent: The exponent of the unit.
        """
        sums = cls(len(units))
        every = reduce(or_, units, 0)
        if not every:
            return sums
        n_zeros = (every & -every).bit_length() - 1 + unit_exponent - UNIT_EXPONENT
        sums.lowest = n_zeros // DIGIT_BITS
        n_bits = -sums._bits_over(unit_exponent)
        n_bytes = DIGIT_BITS // 8 * -(-(shifted(every, n_bits).bit_length()) // DIGIT_BITS)
        words = b"".join([shifted(one, n_bits).to_bytes(n_bytes, "little") for one in units])
        sums.digits = np.frombuffer(words, "<u4").reshape(len(units), -1).astype(np.int64)
        sums._room, sums._n_additions = sums.digits, 1
        return sums

    @classmethod
    def of_scaled(cls, sums: Sequence[tuple[int, int]]) -> ExactSums:
        """The sums of groups that are known as integers, at least 0, times powers of two.

        Args:
            sums: For each group the integer and the exponent of its power.
        """
        unit_exponent = min((exponent for _, exponent in sums), default=0)
        return cls.of_units(
            [one << exponent - unit_exponent for one, exponent in sums], unit_exponent
        )

    @property
    def n(self) -> int:
        """Groups."""
        return self.digits.shape[0]

    def resize(self, n: int) -> None:
        """Grow to more groups; the new sums are 0."""
        n = max(n, self.n)
        if n > len(self._room):
            self._room = np.zeros((rows_to_have(self.n, n), self.digits.shape[1]), np.int64)
            self._room[: self.n] = self.digits
        self.digits = self._room[:n]

    def expect(self, n: int) -> None:
        """Prepare for the addition of n numbers, at most `MOST_ADDITIONS`: carry if necessary."""
        if self._n_additions + n > MOST_ADDITIONS:
            self.carry()
        self._n_additions += n

    def make_room(self, low: int, high: int) -> None:
        """Grow to digits at all places from `low` to `high`."""
        n_places = self.digits.shape[1]
        if n_places == 0:
            self.lowest = low
        stop = max(self.lowest + n_places, high + 1)
        low = min(self.lowest, low)
        if stop - low > n_places:
            digits = np.zeros((self.n, stop - low), np.int64)
            digits[:, self.lowest - low : self.lowest - low + n_places] = self.digits
            self.digits, self._room, self.lowest = digits, digits, low

    def add(self, codes: NDArray[np.intp], values: NDArray[np.float64], n_places: int = 0) -> None:
        """Add numbers, each to its group.

        Args:
            codes: The group of each number.
            values: As many finite numbers, at most `exact_sum.BLOCK`.
            n_places: The values are multiplied by 2**(32 * n_places) before they are added.
        """
        if values.size > BLOCK:
            raise ValueError(f"at most {BLOCK} numbers at a time")
        self.expect(values.size)
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
                self._add_digits(low + i + n_places, chosen, signed if everywhere else signed[here])

    def _add_digits(self, place: int, codes: NDArray[np.intp], digits: NDArray[np.float64]) -> None:
        """Add digits as binary64: exact, because sums of at most BLOCK digits are below 2**53."""
        if digits.any():
            sums = np.bincount(codes, digits, minlength=self.n).astype(np.int64)
            self._at(place)[:] += sums

    def add_words(self, low: NDArray[np.uint64], high: NDArray[np.uint64], position: int) -> None:
        """Add an integer of two words of 64 bits, times 2**position units, to each group."""
        self.expect(2)  # a digit gets the parts of two words of 32 bits
        place, shift = position // DIGIT_BITS, np.uint64(position % DIGIT_BITS)
        self.make_room(place, place + 4)
        digits = self.digits[:, place - self.lowest :]
        for i, word in enumerate((low & _DIGIT, low >> _SHIFT, high & _DIGIT, high >> _SHIFT)):
            shifted_word = word << shift
            digits[:, i] += (shifted_word & _DIGIT).view(np.int64)
            digits[:, i + 1] += (shifted_word >> _SHIFT).view(np.int64)

    def merge(self, other: ExactSums, codes: NDArray[np.intp], sign: int = 1) -> None:
        """Add the sums of other groups, or subtract them.

        Args:
            other: Any sums; carried, but not changed in value.
            codes: For each group of `other` its number here; all different.
            sign: -1 to subtract.
        """
        other.carry()
        n_places = other.digits.shape[1]
        if n_places == 0:
            return
        self.expect(1)
        self.make_room(other.lowest, other.lowest + n_places - 1)
        first = other.lowest - self.lowest
        self.digits[codes, first : first + n_places] += sign * other.digits

    def add_units(self, group: int, units: int, place: int = 0) -> None:
        """Add an integer times 2**(32 * place) units to the sum of a group."""
        if units == 0:
            return
        n_low = ((units & -units).bit_length() - 1) // DIGIT_BITS  # digits that are 0
        magnitude = abs(units) >> DIGIT_BITS * n_low
        n_bytes = -(-magnitude.bit_length() // DIGIT_BITS) * (DIGIT_BITS // 8)
        digits = np.frombuffer(magnitude.to_bytes(n_bytes, "little"), "<u4").astype(np.int64)
        self.expect(1)
        self.make_room(place + n_low, place + n_low + digits.size - 1)
        first = place + n_low - self.lowest
        self.digits[group, first : first + digits.size] += digits if units > 0 else -digits

    def carry(self) -> None:
        """Bring every digit to 2**31 at most in magnitude, without changing a sum."""
        place = self.lowest
        while place < self.lowest + self.digits.shape[1]:  # carrying may add one
            digits = self._at(place)
            over = (digits + (1 << 31)) >> DIGIT_BITS
            if over.any():
                digits -= over << DIGIT_BITS
                self._at(place + 1)[:] += over
            place += 1
        self._n_additions = 0

    def sums(self, at: NDArray[np.intp] | None = None) -> list[ExactSum]:
        """The sum of each group, or of those at some places."""
        return list(map(ExactSum, self.units(at=at)))

    def units(
        self, unit_exponent: int = UNIT_EXPONENT, at: NDArray[np.intp] | None = None
    ) -> list[int]:
        """The sum of each group, or of those at some places, as a whole number of units.

        Args:
            unit_exponent: The exponent of the unit.
            at: The numbers of groups; None for all, in their order.
        """
        every = self.digits if at is None else self.digits[at]
        n, n_places = every.shape
        words = np.empty((n, n_places + 1), "<u4")  # two's complement, of digits not yet carried
        over = np.zeros(n, np.int64)
        for i in range(n_places):
            digits = every[:, i] + over
            words[:, i] = (digits & 0xFFFFFFFF).astype(np.uint32)
            over = digits >> DIGIT_BITS
        words[:, n_places] = (over & 0xFFFFFFFF).astype(np.uint32)
        rows, n_bytes = words.tobytes(), words.itemsize * (n_places + 1)
        n_bits = self._bits_over(unit_exponent)
        return [
            shifted(int.from_bytes(rows[at : at + n_bytes], "little", signed=True), n_bits)
            for at in range(0, len(rows), n_bytes)
        ]

    def whole(self) -> ExactSum:
        """The sum of all groups together."""
        return ExactSum(self.whole_units())

    def whole_units(self, unit_exponent: int = UNIT_EXPONENT) -> int:
        """The sum of all groups together as a whole number of units of 2**unit_exponent."""
        self.carry()
        digits = self.digits.sum(axis=0).tolist()
        units = sum(digit << (DIGIT_BITS * i) for i, digit in enumerate(digits))
        return shifted(units, self._bits_over(unit_exponent))

    def _bits_over(self, unit_exponent: int) -> int:
        """How many binary places the lowest digit is above a unit."""
        return UNIT_EXPONENT + DIGIT_BITS * self.lowest - unit_exponent

    def _at(self, place: int) -> NDArray[np.int64]:
        self.make_room(place, place)
        return self.digits[:, place - self.lowest]


def rows_to_have(n: int, n_wanted: int) -> int:
    """Reserve more rows than are wanted now: groups come a few at a time."""
    return max(n_wanted, n + n // 2)
