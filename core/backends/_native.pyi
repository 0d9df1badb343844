from typing import Any

import numpy as np
from numpy.typing import NDArray

VERSIONS: list[str]
"""Sets of instructions that this processor has and the kernel was compiled for, fastest first."""

BLOCK: int
"""Most elements that the kernel works on at a time: 16 KiB of binary64 stay in the L1 cache."""

NO_WINDOW: int
"""Stands for a window of sums of groups that is not chosen yet."""

SQUARE_UNIT: int
"""Exponent of the unit in which squares are summed."""

def tally(
    pred: NDArray[Any],
    target: NDArray[Any],
    betas: NDArray[np.float64],
    out: NDArray[np.floating] | None,
    block: int,
    version: str | None,
    with_squares: bool = False,
    /,
) -> tuple[int, int, int, list[tuple[int, float, float, bytes, bytes]]]:
    """Counts, extremes and exact sums of the losses of a chunk.

    Args:
        pred: Predictions, float32 or float64, in the machine's byte order, contiguous and aligned.
        target: Targets, of such a dtype and layout and of the same length.
        betas: Transition points, finite, >= 0.
        out: Receives the losses at the first beta, in such a dtype and layout; or None.
        block: Elements at a time; at most `BLOCK`.
        version: One of `VERSIONS`; None for the fastest.
        with_squares: Whether the squares of the losses are summed, too.

    Returns:
        The number of NaN losses, the number of infinite losses, the index of the first NaN or -1,
        and for each beta: the number of quadratic elements, the smallest and the largest loss, and
        the sums of finite losses in units of 2**-1074 and of their squares in units of
        2**SQUARE_UNIT, little-endian.

    Raises:
        ValueError: The kernel cannot read the arrays.
    """  # noqa: PYI021  a compiled module has no other place for it

def tally_weighted(
    pred: NDArray[Any],
    target: NDArray[Any],
    weight: NDArray[np.float64],
    out: NDArray[Any] | None,
    betas: NDArray[np.float64],
    version: str | None,
    /,
) -> tuple[bytes, list[tuple[int, int, int, int, float, float, bytes]]]:
    """Counts, extremes and exact sums of losses times weights; for arguments see `tally`.

    Returns:
        The sum of the weights, and for each beta: the number of terms (losses times weights) that
        are NaN, that of infinite terms, that of quadratic elements, the index of the first NaN or
        -1, the smallest and the largest loss that is not NaN, and the sum of the finite terms. Sums
        are in units of 2**-1074, little-endian.
    """  # noqa: PYI021

def add_products(
    codes: NDArray[np.int64],
    first: NDArray[np.float64],
    second: NDArray[np.float64] | None,
    third: NDArray[np.float64] | None,
    digits: NDArray[np.int64],
    lowest: int,
    start: int,
    /,
) -> tuple[int, int, int]:
    """Add the product of some numbers of each row to the exact sum of its group, in digits.

    Args:
        codes: The group of each row.
        first: The first factor of each row, contiguous and aligned. Products are left out if a
            factor is not finite.
        second: The second factors; None if they are 1.
        third: The third factors; None if they are 1.
        digits: See `tally_groups`; places below that of 2**-1074 are negative.
        lowest: The place of the first column of digits.
        start: The row to begin with.

    Returns:
        The number of rows done, and the places missing: see `tally_groups`.

    Raises:
        ValueError: The arrays do not go together.
    """  # noqa: PYI021

def losses(
    pred: NDArray[Any],
    target: NDArray[Any],
    weight: NDArray[np.float64] | None,
    out: NDArray[Any] | None,
    beta: float,
    version: str | None,
    /,
) -> None:
    """Write losses to `out`, binary64, times weights if there are weights."""  # noqa: PYI021

def select(
    pred: NDArray[Any],
    target: NDArray[Any],
    out: NDArray[np.float64],
    low: float,
    high: float,
    version: str | None,
    /,
) -> tuple[int, int, int]:
    """Write the distances |x - y| from `low` to `high` to `out`, which is as long as the sides.

    Returns:
        The number of distances below `low`, of those that are NaN, and of those written.
    """  # noqa: PYI021

def negative_parts(
    pred: NDArray[Any],
    target: NDArray[Any],
    out: NDArray[np.float64],
    version: str | None,
    /,
) -> bool:
    """Write max(y - x, 0) to `out`: see `Backend.negative_parts`."""  # noqa: PYI021

def tally_groups(
    pred: NDArray[Any],
    target: NDArray[Any],
    weight: NDArray[np.float64] | None,
    out: NDArray[Any] | None,
    codes: NDArray[np.int64],
    positions: NDArray[np.int64] | None,
    first_position: int,
    records: NDArray[np.void],
    others: NDArray[np.void],
    beta: float,
    version: str | None,
    digits: NDArray[np.int64],
    lowest: int,
    start: int,
    window: int,
    /,
) -> tuple[int, int, int, int, int]:
    """Tally losses group by group, block by block, until digits have no place for a block.

    Args:
        pred: See `tally`.
        target: See `tally`.
        weight: A weight for each element, or None.
        out: Receives the losses, times the weights if there are weights; or None.
        codes: The group of each element.
        positions: The position of each element among all elements; None if they are consecutive.
        first_position: The position of the first element then.
        records: A record of `group_records.RECORD` for each group.
        others: A record of `group_records.OTHERS` for each group.
        beta: Transition point, finite, >= 0.
        version: See `tally`.
        digits: The digits of `ExactSums`: a row for each group.
        lowest: The place of the first column of digits.
        start: The number of elements done before.
        window: The window of the sums in the records: see `GroupTally`; or `NO_WINDOW`.

    Returns:
        The number of elements done; if it is not that of all elements, also the lowest and the
        highest place that the next block needs; the window, which was chosen if it was not; and
        the number of terms that were outside of it.

    Raises:
        ValueError: The arrays do not go together, or a code is that of no group; then nothing was
            added.
    """  # noqa: PYI021

def add_to_sums(
    codes: NDArray[np.int64],
    values: NDArray[np.float64],
    digits: NDArray[np.int64],
    lowest: int,
    start: int,
    /,
) -> tuple[int, int, int]:
    """Add finite numbers to the digits of their groups; see `tally_groups`."""  # noqa: PYI021

def count_upper_bits(values: NDArray[np.float64], counts: NDArray[np.int64], /) -> None:
    """Count numbers by their upper 16 bits: see `numerics.histograms.count_upper_bits`.

    Raises:
        ValueError: There are not 2**16 counts.
    """  # noqa: PYI021

def count_cells(
    columns: NDArray[np.float64],
    rows: NDArray[np.float64],
    scale: float,
    first: int,
    side: int,
    counts: NDArray[np.int64],
    version: str | None,
    /,
) -> None:
    """Count pairs in a grid: see `numerics.histograms.count_cells`.

    Args:
        columns: Contiguous and aligned.
        rows: Likewise, as many.
        scale: 2**-exponent.
        first: The k of the first row and column.
        side: The number of rows and of columns.
        counts: The counts of all cells, one dimension. If an error is raised, they are undefined.
        version: See `tally`.

    Raises:
        ValueError: A pair has no cell, or arrays do not go together.
    """  # noqa: PYI021
