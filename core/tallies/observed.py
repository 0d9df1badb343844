"""The pairs of a chunk, as the metrics beside the loss observe them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from smoothl1.backends.contract import Backend
    from smoothl1.pairing.chunks import Chunk
    from smoothl1.pairing.nan_policy import Pairs
    from smoothl1.tallies.group_numbers import Codes


class Observed:
    """A chunk with its pairs and groups. What several metrics need is formed once.

    Args:
        backend: The backend that computes.
        chunk: Aligned predictions, targets, weights and groups.
        pairs: The pairs of the chunk, after the NaN policy.
        codes: The number of the group of each element of the chunk; None without groups.
        n_groups: The number of groups so far.
    """

    def __init__(
        self, backend: Backend, chunk: Chunk, pairs: Pairs, codes: Codes | None, n_groups: int
    ) -> None:
        self.backend = backend
        self.chunk = chunk
        self.pairs = pairs
        self.codes = codes
        self.n_groups = n_groups
        self._distances: NDArray[np.float64] | None = None
        self._kept_codes: Codes | None = None

    @property
    def distances(self) -> NDArray[np.float64]:
        """|x - y| of each pair that is kept, as `numerics.loss` defines it: the loss at beta 0."""
        if self._distances is None:
            self._distances = self.backend.losses(self.pairs.pred, self.pairs.target, 0.0)
        return self._distances

    @property
    def kept_codes(self) -> Codes:
        """The number of the group of each pair that is kept; 0 without groups."""
        if self._kept_codes is None:
            kept = self.pairs.kept
            if self.codes is None:
                self._kept_codes = np.zeros(self.pairs.pred.size, np.intp)
            else:
                self._kept_codes = self.codes if kept is None else self.codes[kept]
        return self._kept_codes
