"""Numbers for the distinct rows of several columns of groups, one nested in the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.labels.encoder import Labels, as_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    Codes = NDArray[np.intp]


class NestedLabels:
    """Numbers the distinct rows of label columns, in the order in which they come.

    Args:
        n_levels: The number of columns. One column is numbered as by `Labels`.

    Attributes:
        levels: The distinct values of each column, numbered.
    """

    def __init__(self, n_levels: int) -> None:
        self.levels = [Labels() for _ in range(n_levels)]
        self._pairs = [Pairs() for _ in self.levels[1:]]

    def __len__(self) -> int:
        numbered = self._pairs or self.levels
        return len(numbered[-1]) if numbered else 0

    def encode(self, columns: Sequence[pa.Array]) -> Codes:
        """The number of each row; new ones get the next. They are valid until the next call.

        Args:
            columns: A column of each level.

        Raises:
            DataError: There are more distinct values or rows than `encoder.MAX_GROUPS`.
        """
        codes = self.levels[0].encode(columns[0])
        for pairs, level, column in zip(self._pairs, self.levels[1:], columns[1:], strict=True):
            inner = level.encode(column)
            codes = pairs.encode(codes, inner, len(level))
        return codes

    @property
    def codes(self) -> tuple[Codes, ...]:
        """For each level, the number in `levels` of the value of each distinct row."""
        outer = np.arange(len(self), dtype=np.intp)
        found = []
        for pairs in reversed(self._pairs):
            places, inner = pairs.split()
            found.append(inner[outer])
            outer = places[outer]
        return (outer, *reversed(found))

    @property
    def values(self) -> tuple[pa.Array, ...]:
        """The values of each level in the distinct rows; empty before the first row."""
        if len(self) == 0:
            return ()
        return tuple(
            level.values.take(as_array(codes))
            for level, codes in zip(self.levels, self.codes, strict=True)
            if level.values is not None
        )


class Pairs:
    """Numbers pairs of an outer and an inner number.

    A pair is one integer, `outer * stride + inner`, so that pairs of few inner values are close
    together. When there are more inner values than the stride, it becomes the next power of two.

    Args:
        what: What the pairs are, in the error about too many.
    """

    def __init__(self, what: str = "groups") -> None:
        self._what = what
        self._labels = Labels(what)
        self._stride = 1

    def __len__(self) -> int:
        return len(self._labels)

    def encode(self, outer: Codes, inner: Codes, n_inner: int) -> Codes:
        """The number of each pair, valid until the next call.

        Args:
            outer: The outer number of each pair.
            inner: The inner number of each pair, all below `n_inner`.
            n_inner: The number of inner values so far.

        Raises:
            DataError: There are more distinct pairs than `encoder.MAX_GROUPS`.
        """
        if n_inner > self._stride:
            self._widen(n_inner)
        return self._labels.encode(as_array(outer * self._stride + inner))

    def split(self) -> tuple[Codes, Codes]:
        """The outer and the inner number of each distinct pair, in the order of their numbers."""
        integers = self._labels.integers
        if integers is None:
            integers = np.empty(0, np.int64)
        outer, inner = np.divmod(integers.astype(np.intp), self._stride)
        return outer, inner

    def _widen(self, n_inner: int) -> None:
        """Number the known pairs anew with a wider stride: each keeps its number."""
        outer, inner = self.split()
        self._stride = 1 << (n_inner - 1).bit_length()
        self._labels = Labels(self._what)
        if outer.size:
            self._labels.encode(as_array(outer * self._stride + inner))
