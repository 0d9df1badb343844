"""Sums of hashes, which do not depend on the order: the same for two columns of the same values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from smoothl1.witnesses.hashes import Hashes

_MODULUS = 1 << 64


def sum_of(hashes: Hashes) -> int:
    """The sum of hashes, modulo 2**64."""
    return int(hashes.sum(dtype=np.uint64))


def wrapped(total: int) -> int:
    """A sum or difference of such sums, modulo 2**64."""
    return total % _MODULUS


class Sums:
    """Whether hashes differ in a row, and the difference of their sums. Merged.

    Attributes:
        differ: Whether they differ in a row.
    """

    def __init__(self) -> None:
        self.differ = False
        self._balance = 0

    def add(self, one: Hashes, other: Hashes) -> None:
        """Add the hashes of both sides in some rows."""
        self.differ = self.differ or bool((one != other).any())
        self._balance = wrapped(self._balance + sum_of(one) - sum_of(other))

    def merge(self, other: Sums) -> None:
        """Add other rows."""
        self.differ |= other.differ
        self._balance = wrapped(self._balance + other._balance)

    def joined(self, other: Sums) -> Sums:
        """Those of these rows and of others."""
        both = Sums()
        both.merge(self)
        both.merge(other)
        return both

    @property
    def are_permuted(self) -> bool:
        """Whether the values differ in a row, and are the same in another order."""
        return self.differ and self._balance == 0
