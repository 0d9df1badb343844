"""Ranks of quantiles, and counts of integers in which ranks are found."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Key = TypeVar("Key", bound=np.generic)


def rank_of(q: float, n: int) -> int:
    """The rank, from 1 on, of the smallest of n numbers with at least q * n at or below it.

    It is the inverse of the empirical distribution function: definition 1 of R. J. Hyndman, Y. Fan,
    "Sample quantiles in statistical packages", The American Statistician 50(4), 1996,
    doi:10.2307/2684934.

    Args:
        q: From 0 to 1; stands for the shortest decimal number that reads back to it, so that 0.1 is
            a tenth.
        n: At least 1.
    """
    numerator, denominator = _share_of(q)
    return max(1, -(-numerator * n // denominator))


@cache
def _share_of(q: float) -> tuple[int, int]:
    return Fraction(repr(q)).as_integer_ratio()


class KeyCounts:
    """How often each of some integers was seen, sorted: few integers, of any size."""

    def __init__(self) -> None:
        self.keys = np.empty(0, np.uint64)
        self.counts = np.empty(0, np.int64)

    def add(self, keys: NDArray[np.uint64], counts: NDArray[np.int64] | None = None) -> None:
        """Count integers.

        Args:
            keys: The integers.
            counts: How often each was seen; unset, once.
        """
        if counts is None:
            keys, counts = np.unique(keys, return_counts=True)
        self.keys, self.counts = summed(
            np.concatenate([self.keys, keys]), np.concatenate([self.counts, counts])
        )

    def find(
        self, lowest: NDArray[np.uint64], ranks: NDArray[np.int64]
    ) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        """For each rank the place of its integer, and how many are between and below that one.

        Args:
            lowest: For each rank the integer from which on it counts.
            ranks: From 1 on; integers from `lowest` on are at least as many.
        """
        total = np.concatenate([[0], np.cumsum(self.counts)])
        before = total[np.searchsorted(self.keys, lowest)]
        places = np.searchsorted(total, before + ranks, side="left") - 1
        return places, total[places] - before


def summed(keys: NDArray[Key], counts: NDArray[np.int64]) -> tuple[NDArray[Key], NDArray[np.int64]]:
    """Distinct keys, sorted, and for each the sum of its counts."""
    order = np.argsort(keys, kind="stable")
    keys, counts = keys[order], counts[order]
    is_first = np.ones(keys.size, np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=is_first[1:])
    starts = np.flatnonzero(is_first)
    return keys[starts], np.add.reduceat(counts, starts) if starts.size else counts
