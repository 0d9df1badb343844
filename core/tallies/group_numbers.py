"""Numbers the groups of a run: by the values of columns, by element of a row, or by both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.errors import DataError
from smoothl1.labels.encoder import MAX_GROUPS
from smoothl1.labels.nested import NestedLabels
from smoothl1.tallies.group import Group, check_distinct, group_of, in_order
from smoothl1.tallies.many import ManyGroups

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from smoothl1.labels.encoder import Labels
    from smoothl1.pairing.chunks import Chunk
    from smoothl1.settings import EvalSettings

    Codes = NDArray[np.intp]


class GroupNumbers:
    """A number for each group seen so far. Every element has the number of its group.

    Args:
        settings: The settings, which say what the groups are.
        n_columns: Elements of a row if columns are reported separately, else 1.
    """

    def __init__(self, settings: EvalSettings, n_columns: int) -> None:
        self._by_column = settings.by_column
        self._n_columns = n_columns
        self._labels = NestedLabels(len(settings.levels))
        self._check()

    def __len__(self) -> int:
        """The number of groups so far, counted once per column."""
        return (len(self._labels) if self._labels.levels else 1) * self._n_columns

    def texts(self, level: int) -> list[str]:
        """The distinct values of a group column as text, in the order in which they came."""
        return self._labels.levels[level].texts()

    def of_elements(self, chunk: Chunk) -> Codes:
        """The group of each element of a chunk.

        Raises:
            DataError: There are too many groups.
        """
        if chunk.groups:
            labels = self._labels.encode(chunk.groups)
            self._check()
        else:
            labels = np.zeros(chunk.n_rows, np.intp)
        if self._by_column:
            return self._of_columns(labels)
        n_columns = chunk.pred.values.size // chunk.n_rows
        return labels if n_columns == 1 else np.repeat(labels, n_columns)

    def of_rows(self, chunk: Chunk, codes: Codes) -> Codes:
        """The group of each row of a chunk, as statistics count rows.

        If columns are reported separately, each element is a row of its own column.

        Args:
            chunk: A chunk with at least one element.
            codes: The groups of its elements.
        """
        return codes if self._by_column else codes[:: chunk.pred.values.size // chunk.n_rows]

    def merge(self, other: GroupNumbers) -> Codes:
        """Add the groups of others; the result is the number here of each.

        Raises:
            DataError: There are too many groups.
        """
        values = other._labels.values
        labels = np.zeros(0 if self._labels.levels else 1, np.intp)
        if values:
            labels = self._labels.encode(values)
        self._check()
        return self._of_columns(labels)

    def in_order(self, columns: Sequence[str]) -> tuple[Sequence[Group], Codes]:
        """The groups, ordered by name and column, and the number of each.

        Args:
            columns: The names of the elements of a row.

        Raises:
            DataError: Two groups have the same name.
        """
        if not self._labels.levels:
            groups = tuple(Group(column=name) for name in columns)
            return groups, self._of_columns(np.zeros(1, np.intp))
        names, order = self._names_in_order()
        if not self._by_column:
            return ManyGroups(names), order
        apart = (group_of(of_row, name) for of_row in zip(*names, strict=True) for name in columns)
        return tuple(apart), self._of_columns(order)

    def _names_in_order(self) -> tuple[list[list[str]], Codes]:
        """The names of each level, in the order of the groups, and the number of each group."""
        levels = [_ranked(level) for level in self._labels.levels]
        if len(levels) == 1:
            (names, order), *_ = levels
            return [names], order
        ranks = []
        for codes, (_, order) in zip(self._labels.codes, levels, strict=True):
            rank_of = np.empty(order.size, np.intp)
            rank_of[order] = np.arange(order.size)
            ranks.append(rank_of[codes])
        numbers = np.lexsort(ranks[::-1])
        in_levels = (
            [names[rank] for rank in rank_of[numbers].tolist()]
            for rank_of, (names, _) in zip(ranks, levels, strict=True)
        )
        return list(in_levels), numbers

    def _of_columns(self, labels: Codes) -> Codes:
        """The numbers of all columns of some labels."""
        return (labels[:, None] * self._n_columns + np.arange(self._n_columns)).reshape(-1)

    def _check(self) -> None:
        if len(self) > MAX_GROUPS:
            raise DataError(f"more than {MAX_GROUPS:,} groups and columns")


def _ranked(labels: Labels) -> tuple[list[str], Codes]:
    """The names of distinct values, ordered, and the number of each."""
    integers = labels.integers
    if integers is not None:
        order = np.argsort(integers)
        return list(map(str, integers[order].tolist())), order
    texts = labels.texts()
    check_distinct(texts)
    places = {text: place for place, text in enumerate(texts)}
    names = in_order(texts)
    return names, np.array([places[name] for name in names], np.intp)
