"""A column of one input that the other one evaluates: a copy of the targets beside predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.errors import counted
from smoothl1.sources.columns import shown
from smoothl1.sources.usual_names import is_called_true
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

_ROUNDING = 1e-5
"""Relative difference of two numbers of which one was rounded to six digits, or to float32."""

_PLACES = range(2, 10)
"""Places behind the point to which numbers are usually rounded."""

_EXACT = 1e-12
"""Relative difference that rounding to some places leaves to the rounded number."""

_NUMBER = r"\A[ \t]*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[ \t]*\z"

_DOUBT = "are the rows the same? (--key matches rows by a column)"


class AgreementOfCopy(Agreement):
    """The comparison of numbers that also counts the rows that differ by more than rounding.

    Attributes:
        n_far: Their number, as far as both sides have a number.
        n_other: The number of rows that differ by more than six digits, or places behind the point,
            leave.
    """

    def __init__(self) -> None:
        super().__init__(are_numbers=True)
        self.n_far = 0
        self.n_other = 0

    @property
    def is_far_apart(self) -> bool:
        """Whether these are more than half of eight rows or more."""
        return self.are_many and 2 * self.n_far > self._n_rows

    @property
    def corrected(self) -> str:
        """How many of how many rows hold another number; "" if the difference may be rounding.

        Rounding differs in most rows, and by little.
        """
        n = self.n_other if 2 * self.n_other <= self._n_rows else self.n_far
        return f"{n:,} of {counted(self._n_rows, 'row')}" if n else ""

    def merge(self, other: Agreement) -> None:
        super().merge(other)
        if isinstance(other, AgreementOfCopy):
            self.n_far += other.n_far
            self.n_other += other.n_other

    def _count(self, one: pa.Array, other: pa.Array) -> None:
        ones, others = _numbers(one), _numbers(other)
        known = ~(np.isnan(ones) | np.isnan(others))
        with np.errstate(over="ignore"):  # of a difference that is far in any case
            is_far = known & ~np.isclose(ones, others, _LOOSE, _LEAST)
            is_other = known & ~np.isclose(ones, others, _ROUNDING, 0.0)
            is_other[is_other] = ~_are_rounded(ones[is_other], others[is_other])
        self.n_far += int(is_far.any(axis=1).sum())
        self.n_other += int(is_other.any(axis=1).sum())


def warn_of_copies(
    found: Sequence[tuple[SharedColumn, Agreement]],
    paths: Sequence[str],
    proved: Collection[tuple[int, int]],
    warn: Callable[[str], None],
) -> None:
    """Warn of predictions that hold a copy of the targets, if most rows of it differ.

    A copy that was corrected, or rounded, differs in fewer rows, or by less. Of several models,
    each may have been evaluated against its own targets, so any row that was corrected is told.

    Args:
        found: The columns in common, and the comparison of each.
        paths: The paths of the inputs, of which the last side has the targets.
        proved: The inputs whose rows are paired rightly, by another column: then the targets
            themselves have changed.
        warn: Takes the warning.
    """
    for column, agreement in found:
        if column.other != len(paths) - 1 or not isinstance(agreement, AgreementOfCopy):
            continue
        if column.is_guessed and not is_called_true(column.name):
            continue  # a label, or y of a map, may be something else
        path, other = paths[column.one], paths[column.other]
        are_proved = (column.one, column.other) in proved
        of_copy = f"{path}: column {shown(column.name)} differs"
        that = f"{shown(column.other_name) if column.is_guessed else 'that'} of {other}"
        if agreement.is_far_apart:
            doubt = "the targets have changed" if are_proved else _DOUBT
            warn(f"{of_copy} in most rows from {that}, which is evaluated: {doubt}")
        elif len(paths) > 2 and agreement.corrected:
            warn(
                f"{of_copy} from {that} in {agreement.corrected}, and is not used: all losses are "
                "against the last file"
            )


def _are_rounded(ones: NDArray[Any], others: NDArray[Any]) -> NDArray[np.bool_]:
    """Which numbers of one side are those of the other, rounded to some places."""
    found = np.zeros(ones.shape, np.bool_)
    for places in _PLACES:
        found |= np.isclose(ones, others.round(places), _EXACT, 0.0)
        found |= np.isclose(others, ones.round(places), _EXACT, 0.0)
    return found


def _numbers(column: pa.Array) -> NDArray[Any]:
    """The numbers of each row, one or several; NaN for a text that is none, among others."""
    import pyarrow as pa  # late: arrays share no columns
    import pyarrow.compute as pc
    from pyarrow import types

    if types.is_fixed_size_list(column.type):
        from smoothl1.witnesses.rows_of_numbers import numbers_of_rows

        return numbers_of_rows(column)
    if types.is_binary(column.type):
        is_number = pc.match_substring_regex(column, _NUMBER)
        texts = pc.if_else(is_number, column, pa.scalar(None, column.type)).cast(pa.string())
        column = pc.utf8_trim(texts, " \t").cast(pa.float64())
    numbers: NDArray[Any] = column.to_numpy(zero_copy_only=False)
    return numbers.astype(np.float64, copy=False)[:, np.newaxis]
