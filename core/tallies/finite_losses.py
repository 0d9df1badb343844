"""What a result says of the losses of a group that are all finite, in short numbers."""

from __future__ import annotations

from typing import NamedTuple


class Losses(NamedTuple):
    """What is known of finite losses without weights.

    Attributes:
        n: How many there are, at least 1.
        n_quadratic: How many are of distances below beta.
        min: The smallest loss.
        max: The largest loss, finite.
        sums: For each power from 1 on the exact sum over all losses, as an integer and the exponent
            of the power of two that it is multiplied by; of squares and cubes only if known.
    """

    n: int
    n_quadratic: int
    min: float
    max: float
    sums: tuple[tuple[int, int], ...]
