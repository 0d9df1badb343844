"""Numbers the clusters of a run: by the values of a column, within each group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.labels.encoder import Labels
from smoothl1.labels.nested import Pairs
from smoothl1.tallies.group import check_distinct

if TYPE_CHECKING:
    from smoothl1.pairing.chunks import Chunk
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.group_numbers import Codes


class ClusterNumbers:
    """A number for each cluster seen so far. The elements of a cluster in two groups are two.

    Args:
        settings: The settings, which say what the groups are.
    """

    def __init__(self, settings: EvalSettings) -> None:
        self._by_column = settings.by_column
        self._labels = Labels("clusters")
        self._pairs = Pairs("clusters") if settings.is_grouped else None

    def __len__(self) -> int:
        return len(self._labels if self._pairs is None else self._pairs)

    @property
    def groups(self) -> Codes:
        """The number of the group of each cluster; 0 without groups."""
        return np.zeros(len(self), np.intp) if self._pairs is None else self._pairs.split()[0]

    @property
    def labels(self) -> Codes:
        """The place in `texts` of the label of each cluster."""
        return np.arange(len(self)) if self._pairs is None else self._pairs.split()[1]

    def texts(self) -> list[str]:
        """The distinct labels as text.

        Raises:
            DataError: Two have the same text.
        """
        texts = self._labels.texts()
        check_distinct(texts, "clusters")
        return texts

    def of_elements(self, chunk: Chunk, groups: Codes | None) -> Codes:
        """The cluster of each element of a chunk.

        Args:
            chunk: A chunk with at least one element.
            groups: The number of the group of each element; None without groups.

        Raises:
            DataError: There are too many clusters.
        """
        width = chunk.pred.values.size // chunk.n_rows
        codes = self._labels.encode(chunk.clusters)
        if self._pairs is not None and groups is not None and self._by_column:
            return self._pairs.encode(groups, np.repeat(codes, width), len(self._labels))
        if self._pairs is not None and groups is not None:
            codes = self._pairs.encode(groups[::width], codes, len(self._labels))
        return codes if width == 1 else np.repeat(codes, width)

    def merge(self, other: ClusterNumbers, groups: Codes) -> Codes:
        """Add the clusters of others.

        Args:
            other: The other numbers.
            groups: For each group of theirs its number here.

        Returns:
            The number here of each cluster of theirs.

        Raises:
            DataError: There are too many clusters.
        """
        if other._labels.values is None:
            return np.empty(0, np.intp)
        codes = self._labels.encode(other._labels.values)
        if self._pairs is None or other._pairs is None:
            return codes
        outer, inner = other._pairs.split()
        return self._pairs.encode(groups[outer], codes[inner], len(self._labels))
