"""The loss at other betas, in the same pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.tallies.tally import Tally

if TYPE_CHECKING:
    from smoothl1.backends.contract import Backend
    from smoothl1.pairing.nan_policy import Pairs

_DECADES = 2
"""Powers of ten below and above the beta in the middle."""


class Sweep:
    """The tally of all pairs at each of several betas.

    Args:
        betas: Transition points, ascending.

    Attributes:
        betas: The same.
        tallies: The tally at each beta, without moments.
    """

    def __init__(self, betas: tuple[float, ...]) -> None:
        self.betas = betas
        self.tallies = [Tally(moments=None)] * len(betas)

    @classmethod
    def around(cls, beta: float) -> Sweep:
        """The sweep of a report at one beta."""
        return cls(betas_around(beta))

    def add(self, backend: Backend, pairs: Pairs, beta: float, tally: Tally) -> None:
        """Add the pairs of a chunk that have a loss, or whose loss is NaN.

        Args:
            backend: What forms the tallies.
            pairs: The pairs.
            beta: A transition point at which their tally is known.
            tally: Their tally at it, without moments.
        """
        others = [other for other in self.betas if other != beta]
        found = backend.tally(pairs.pred, pairs.target, others, weight=pairs.weight)
        at = dict(zip(others, found, strict=True))
        if pairs.lost is not None:
            n_lost = int(np.count_nonzero(pairs.lost))
            lost = Tally(n=n_lost, n_nan=n_lost, moments=None)
            at = {other: some.merge(lost) for other, some in at.items()}
        at[beta] = tally
        self.tallies = [
            mine.merge(at[other]) for other, mine in zip(self.betas, self.tallies, strict=True)
        ]

    def merge(self, other: Sweep) -> None:
        """Add the tallies of other pairs at the same betas."""
        self.tallies = [
            mine.merge(some) for mine, some in zip(self.tallies, other.tallies, strict=True)
        ]


def betas_around(beta: float) -> tuple[float, ...]:
    """Betas from a hundredth of one to a hundred times it, two a decade, ascending.

    Args:
        beta: The beta in the middle; around 1 if it is 0.
    """
    middle = beta or 1.0
    factors = [float(f"{m}e{n}") for n in range(-_DECADES, _DECADES) for m in (1, 3)]
    betas = {beta} if beta else set()
    betas |= {_times(middle, factor) for factor in (*factors, 10.0**_DECADES)}
    return tuple(sorted(some for some in betas if 0 < some < float("inf")))


def _times(beta: float, factor: float) -> float:
    """A product without the digits that binary fractions add to it: 3 times 0.1 is 0.3."""
    return beta if factor == 1 else float(f"{beta * factor:.15g}")
