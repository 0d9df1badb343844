"""Rows as the units of statistics: the sum of the losses of each, and its size."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Rows(NamedTuple):
    """Sums and sizes of some rows whose loss is not NaN, and which of all rows these are.

    Attributes:
        sums: s of each row; infinite if it is beyond binary64.
        sizes: m of each row; None if all are 1.
        kept: Which of all rows these are; None for all.
    """

    sums: NDArray[np.float64]
    sizes: NDArray[np.float64] | None
    kept: NDArray[np.bool_] | None

    def finite(self) -> NDArray[np.bool_] | None:
        """Which rows have a finite sum and size; None for all."""
        finite = np.isfinite(self.sums)
        if self.sizes is not None:
            finite &= np.isfinite(self.sizes)
        return None if finite.all() else finite

    def chosen(self, at: NDArray[np.bool_] | None) -> Rows:
        """Select some rows, without `kept`; None selects all."""
        if at is None:
            return self
        return Rows(self.sums[at], None if self.sizes is None else self.sizes[at], None)


def rows_of(
    terms: NDArray[np.float64],
    n_rows: int,
    kept: NDArray[np.bool_] | None,
    weight: NDArray[np.float64] | None,
    lost: NDArray[np.bool_] | None = None,
) -> Rows:
    """Sum the elements of each row, from left to right, each addition rounded.

    Args:
        terms: Losses of the elements that count, weighted if there are weights; row by row.
        n_rows: The number of all rows; all have the same number of elements.
        kept: Which of all elements count; None for all.
        weight: The weights of the elements that count, if there are weights.
        lost: Which of the others have a loss of NaN, as all of their rows then have; None for none.
    """
    n_elements = terms.size if kept is None else kept.size
    if n_elements == n_rows:
        sums, sizes, some = terms, weight, kept
    else:
        sizes_of = np.ones(terms.size) if weight is None else weight
        sums = _row_sums(terms, n_rows, kept)
        sizes = _row_sums(sizes_of, n_rows, kept)
        some = sizes > 0
        if lost is not None:
            some &= ~lost.reshape(n_rows, -1).any(axis=1)
        sums, sizes = sums[some], sizes[some]
    is_nan = np.isnan(sums)
    if not is_nan.any():
        return Rows(sums, sizes, some)
    chosen = np.ones(n_rows, np.bool_) if some is None else some.copy()
    chosen[chosen] = ~is_nan
    return Rows(sums[~is_nan], None if sizes is None else sizes[~is_nan], chosen)


def with_zeros(
    terms: NDArray[np.float64], kept: NDArray[np.bool_] | None, others: NDArray[np.bool_] | None
) -> tuple[NDArray[np.float64], NDArray[np.bool_] | None]:
    """Terms with a 0 for each of some elements that were left out.

    Args:
        terms: Losses of the elements that count.
        kept: Which of all elements count; None for all.
        others: Which of the others are to count as well; None for none.

    Returns:
        The terms of all of these, and which of all elements they are.
    """
    if kept is None or others is None:
        return terms, kept
    both = kept | others
    whole = np.zeros(np.count_nonzero(both))
    whole[kept[both]] = terms
    return whole, both


def both_infinite(
    losses: tuple[NDArray[np.float64], NDArray[np.float64]],
    rows: Rows,
    n_rows: int,
    kept: NDArray[np.bool_] | None,
    lost: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """Which rows have no difference because the losses of both models are infinite.

    Args:
        losses: The losses of both, for the elements that count.
        rows: The rows of the differences.
        n_rows: The number of all rows.
        kept: Which elements count; None for all.
        lost: See `rows_of`.

    Returns:
        Booleans for all rows.
    """
    if rows.kept is None:
        return np.zeros(n_rows, np.bool_)
    one, other = (np.isinf(_row_sums(side, n_rows, kept)) for side in losses)
    found: NDArray[np.bool_] = one & other & ~rows.kept
    return found if lost is None else found & ~lost.reshape(n_rows, -1).any(axis=1)


def _row_sums(
    values: NDArray[np.float64], n_rows: int, kept: NDArray[np.bool_] | None
) -> NDArray[np.float64]:
    """The sum of each row, from left to right, each addition rounded; infinite beyond binary64."""
    whole = row_values(values, n_rows, kept)
    with np.errstate(over="ignore", invalid="ignore"):  # infinities of both signs make NaN
        sums: NDArray[np.float64] = np.add.accumulate(whole, axis=1)[:, -1]
    return sums


def row_values(
    values: NDArray[np.float64], n_rows: int, kept: NDArray[np.bool_] | None
) -> NDArray[np.float64]:
    """The values of elements, one row in each line, 0 for the elements that do not count.

    Args:
        values: The values of the elements that count, row by row.
        n_rows: The number of all rows; all have the same number of elements.
        kept: Which of all elements count; None for all.
    """
    whole = values
    if kept is not None:
        whole = np.zeros(kept.size)
        whole[kept] = values
    return whole.reshape(n_rows, -1)
