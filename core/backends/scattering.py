"""Numbers scattered by the kernel over the exact sums of their groups."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.backends import _native

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from smoothl1.numerics.group_sums import ExactSums
    from smoothl1.numerics.products import Factors
    from smoothl1.numerics.row_sums import Rows
    from smoothl1.tallies.group_tallies import GroupTally

    Scatter = Callable[[NDArray[np.int64], int, int], tuple[int, int, int]]

LONGEST = 1 << 24
"""Most elements of a call: far fewer than sums of groups take before carries are due."""


def add(sums: ExactSums, codes: NDArray[np.intp], values: NDArray[np.float64]) -> None:
    """Add numbers to the sums of their groups, as `ExactSums.add` does."""
    chosen = plain(codes, np.int64)
    fill(sums, chosen.size, partial(_native.add_to_sums, chosen, plain(values)))


def scatter_products(
    sums: Mapping[Factors, ExactSums], codes: NDArray[np.intp], rows: Rows
) -> None:
    """Add products to the sums of their groups, row by row."""
    numbers = {"s": rows.sums} if rows.sizes is None else {"s": rows.sums, "m": rows.sizes}
    for low in range(0, codes.size, LONGEST):
        part = slice(low, low + LONGEST)
        chosen = plain(codes[part], np.int64)
        ready = {name: plain(values[part]) for name, values in numbers.items()}
        for names, of_names in sums.items():
            first, *more = (ready[name] for name in names if name in ready)
            second, third = [*more, None, None][:2]
            scatter = partial(_native.add_products, chosen, first, second, third)
            fill(of_names, chosen.size, scatter)


def fill(sums: ExactSums, n: int, scatter: Scatter) -> None:
    """Scatter n numbers over the digits of sums, which get more places whenever it stops."""
    sums.expect(n)
    n_done = 0
    while n_done < n:
        n_done, low, high = scatter(sums.digits, sums.lowest, n_done)
        if n_done < n:
            sums.make_room(low, high)


def fill_groups(
    tally: GroupTally,
    beta: float,
    version: str | None,
    n: int,
    scatter: Callable[..., tuple[int, ...]],
) -> None:
    """Scatter n terms over groups, whose digits get more places whenever it stops.

    Args:
        tally: The tally of the groups.
        beta: The transition point.
        version: One of `_native.VERSIONS`; unset, the fastest.
        n: The number of terms.
        scatter: The function of the kernel, given the terms.
    """
    tally.expect(n)
    records, sums, n_done, n_outside = (tally.records, tally.others), tally.total, 0, 0
    window = _native.NO_WINDOW if tally.window is None else tally.window
    while n_done < n:
        n_done, low, high, window, n_more = scatter(
            *records, beta, version, sums.digits, sums.lowest, n_done, window
        )
        n_outside += n_more
        if n_done < n:
            sums.make_room(low, high)
    tally.see_window(None if window == _native.NO_WINDOW else window, n_outside)


def count_cells(
    columns: NDArray[np.float64],
    rows: NDArray[np.float64],
    exponent: int,
    first: int,
    counts: NDArray[np.int64],
    version: str | None,
) -> None:
    """Count pairs in a grid of squares, as `histograms.count_cells` does.

    Args:
        columns: See there, like the next four.
        rows: See there.
        exponent: See there.
        first: See there.
        counts: See there.
        version: One of `_native.VERSIONS`; unset, the fastest.
    """
    from smoothl1.numerics import histograms  # late: for reports alone

    if histograms.is_product(exponent):
        scale, side, flat = math.ldexp(1.0, -exponent), counts.shape[0], counts.reshape(-1)
        _native.count_cells(plain(columns), plain(rows), scale, first, side, flat, version)
    else:
        histograms.count_cells(columns, rows, exponent, first, counts)


def plain(values: NDArray[Any], dtype: Any = np.float64) -> NDArray[Any]:
    """The same numbers in the memory layout that the kernel reads."""
    return np.require(values, dtype, ("C", "A"))
