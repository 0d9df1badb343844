"""A column of one input that the other one evaluates: a copy of the targets beside predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.sources.columns import shown
from smoothl1.witnesses.agreement import Agreement

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from typing import Any

    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.witnesses.shared_column import SharedColumn

_LOOSE = 0.02
"""Relative difference of two numbers that may be the same: one may have been written in two or
three digits."""

_LEAST = 0.006
"""Difference of such numbers around 0, which two digits behind the point leave."""

_DOUBT = "are the rows the same? (--key matches rows by a column)"


class AgreementOfCopy(Agreement):
    """The comparison of numbers that also counts the rows that differ by more than rounding.

    Attributes:
        n_far: Their number, as far as both sides have a number.
    """

    def __init__(self) -> None:
        super().__init__(are_numbers=True)
        self.n_far = 0

    @property
    def is_far_apart(self) -> bool:
        """Whether these are more than half of eight rows or more."""
        return self.are_many and 2 * self.n_far > self._n_rows

    def merge(self, other: Agreement) -> None:
        super().merge(other)
        if isinstance(other, AgreementOfCopy):
            self.n_far += other.n_far

    def _compare(self, row: int, one: pa.Array, other: pa.Array) -> None:
        super()._compare(row, one, other)
        ones, others = _numbers(one), _numbers(other)
        known = ~(np.isnan(ones) | np.isnan(others))
        self.n_far += int((known & ~np.isclose(ones, others, _LOOSE, _LEAST)).sum())


def warn_of_copies(
    found: Sequence[tuple[SharedColumn, Agreement]],
    paths: Sequence[str],
    proved: Collection[tuple[int, int]],
    warn: Callable[[str], None],
) -> None:
    """Warn of predictions that hold a copy of the targets, if most rows of it differ.

    A copy that was corrected, or rounded, differs in fewer rows, or by less.

    Args:
        found: The columns in common, and the comparison of each.
        paths: The paths of the inputs, of which the last side has the targets.
        proved: The inputs whose rows are paired rightly, by another column: then the targets
            themselves have changed.
        warn: Takes the warning.
    """
    for column, agreement in found:
        if column.other != len(paths) - 1:
            continue
        if isinstance(agreement, AgreementOfCopy) and agreement.is_far_apart:
            are_proved = (column.one, column.other) in proved
            doubt = "the targets have changed" if are_proved else _DOUBT
            warn(
                f"{paths[column.one]}: column {shown(column.name)} differs in most rows from that "
                f"of {paths[column.other]}, which is evaluated: {doubt}"
            )


def _numbers(column: pa.Array) -> NDArray[Any]:
    numbers: NDArray[Any] = column.to_numpy(zero_copy_only=False)
    return numbers.astype(np.float64, copy=False)
