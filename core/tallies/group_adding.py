"""The pairs of a chunk, added to the tallies of their groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from smoothl1.backends.contract import Backend
    from smoothl1.pairing.nan_policy import Pairs
    from smoothl1.tallies.group_numbers import Codes
    from smoothl1.tallies.group_tallies import GroupTally


def add_pairs(
    tallies: Sequence[GroupTally],
    backend: Backend,
    start: int,
    pairs: Pairs,
    codes: Codes,
    betas: Sequence[float],
    out: NDArray[np.floating] | None = None,
) -> None:
    """Add the pairs of a chunk to the tallies of their groups.

    Args:
        tallies: A tally for each beta; each has all of these groups.
        backend: The backend that computes.
        start: Position of the first element of the chunk among all elements.
        pairs: The pairs of the chunk, after the NaN policy.
        codes: The group of each element of the chunk.
        betas: Transition points.
        out: Receives the losses of the pairs that are kept, at the first beta.
    """
    positions = None  # consecutive
    if pairs.kept is not None or pairs.lost is not None:
        positions = np.arange(start, start + codes.size)
    kept = slice(None) if pairs.kept is None else pairs.kept
    backend.tally_groups(
        pairs.pred,
        pairs.target,
        betas,
        codes[kept],
        None if positions is None else positions[kept],
        tallies,
        start=start,
        out=out,
        weight=pairs.weight,
    )
    for tally in tallies:
        if pairs.lost is not None and positions is not None:
            tally.add_lost(codes[pairs.lost], positions[pairs.lost], pairs.lost_weight)
        for name, mask in pairs.counted.items():
            tally.count_elements(name, codes[mask])
