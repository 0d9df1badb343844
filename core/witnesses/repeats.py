"""Whether values of a column occur again: samples of them are looked for in what follows.

The values of each station of a panel begin again with those of the station before. A few of them,
looked for in the rows that follow, show that; to count all values would need them in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

_FURTHER = 511
"""The row of a sample besides the first: the next station may begin a little later."""

_MOST_BEGINNINGS = 64
"""Beginnings of parts that are kept: the least, so that it doesn't matter in which order parts are
merged."""


class Repeats:
    """Samples of a column, and whether they occur twice. Merged in any order."""

    def __init__(self) -> None:
        self._is_found = False
        self._samples: pa.Array | None = None  # of the first rows that were added
        self._beginnings: dict[str, bool] = {}  # and whether several parts begin so

    @property
    def are_found(self) -> bool:
        """Whether a value certainly occurs twice."""
        return self._is_found or any(again for _, again in self._least())

    def add(self, values: pa.Array, *, may_repeat: bool) -> None:
        """Look for the samples in further rows; the first rows give the samples.

        Args:
            values: The values of some rows.
            may_repeat: Whether values up to these rows are in no strict order.
        """
        if self._is_found or len(values) == 0:
            return
        n_known = 0
        if self._samples is None:
            self._samples = values.take([0, min(_FURTHER, len(values) - 1)])
            n_known = len(self._samples.unique())
            self._beginnings[_text_of(values)] = False
        if may_repeat and values.type == self._samples.type:
            import pyarrow.compute as pc  # late: arrays have no shared columns

            n_same = pc.sum(pc.is_in(values, value_set=self._samples)).as_py()
            self._is_found = n_same > n_known

    def merge(self, other: Repeats) -> None:
        """Add the samples of other rows."""
        self._is_found |= other._is_found
        for text, is_again in other._beginnings.items():
            self._beginnings[text] = is_again or text in self._beginnings
        if len(self._beginnings) > 2 * _MOST_BEGINNINGS:  # seldom, since sorting takes time
            self._beginnings = dict(self._least())

    def _least(self) -> list[tuple[str, bool]]:
        return sorted(self._beginnings.items())[:_MOST_BEGINNINGS]


def _text_of(values: pa.Array) -> str:
    """The first value as text; times in nanoseconds."""
    from pyarrow import types

    from smoothl1.witnesses.stored_times import counts_of, nanoseconds_of

    first = values.slice(0, 1)
    if types.is_temporal(first.type) and not first.null_count:
        return repr(int(counts_of(first)[0]) * nanoseconds_of(first.type))
    return repr(first[0].as_py())
