"""The loss of each row: the exact mean or sum of its elements, each row a group of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.checks import is_sum
from smoothl1.tallies.group_adding import add_pairs
from smoothl1.tallies.group_tallies import GroupTally

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from smoothl1.backends.contract import Backend
    from smoothl1.pairing.chunks import Chunk
    from smoothl1.pairing.nan_policy import Pairs


def row_losses(
    backend: Backend,
    chunk: Chunk,
    pairs: Pairs,
    beta: float,
    reduction: str,
    *,
    by_count: bool = False,
) -> NDArray[np.float64]:
    """The loss of each row of a chunk, rounded once.

    Args:
        backend: The backend that computes; one that tallies groups.
        chunk: A chunk with at least one element.
        pairs: The pairs of the chunk, after the NaN policy.
        beta: Transition point, finite, >= 0.
        reduction: One of `REDUCTIONS`; the mean, weighted if there are weights, for "none".
        by_count: Whether a weighted mean is divided by the count, not by the sum of the weights.

    Returns:
        Of shape (n_rows,): NaN for a row of which a loss is NaN, or no pair is left.
    """
    width = chunk.pred.values.size // chunk.n_rows
    tally = GroupTally(weighted=pairs.weight is not None, with_moments=False, by_count=by_count)
    tally.resize(chunk.n_rows)
    codes = np.repeat(np.arange(chunk.n_rows), width)
    add_pairs([tally], backend, chunk.start, pairs, codes, (beta,))
    return tally.sums() if is_sum(reduction) else tally.means()
