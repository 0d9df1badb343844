from typing import Any

import numpy as np
from numpy.typing import NDArray

VERSIONS: list[str]
"""Sets of instructions that this processor has and the kernel was compiled for, fastest first."""

BLOCK: int
"""Elements that the kernel works on at a time, at most: 16 KiB of binary64 stay in the L1 cache."""

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
        pred: float32 or float64, in the machine's byte order, contiguous and aligned.
        target: The same, equally many.
        betas: Finite, >= 0.
        out: The same, or None.
        block: Elements at a time; never more than `BLOCK`.
        version: One of `VERSIONS`; None for the fastest.
        with_squares: Whether the squares of the losses are summed, too.

    Returns:
        NaN losses, infinite losses, the index of the first NaN or -1, and for each beta: quadratic
        elements, smallest and largest loss, and the sums of the finite ones in units of 2**-1074
        and of their squares in units of 2**SQUARE_UNIT, little-endian.

    Raises:
        ValueError: Arrays that the kernel cannot read.
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
    """The same of losses times weights; arguments as above.

    Returns:
        The sum of the weights, and for each beta: terms that are NaN, infinite terms, quadratic
        elements, the index of the first NaN or -1, smallest and largest loss that is not NaN, and
        the sum of the finite terms; sums in units of 2**-1074, little-endian.
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
        first: A factor of each, contiguous and aligned. Products with one that is not finite are
            left out.
        second: Another; None for 1.
        third: Another; None for 1.
        digits: As for `tally_groups`; places below that of 2**-1074 are negative.
        lowest: The place of the first column.
        start: The row to begin with.

    Returns:
        As `add_to_sums`.

    Raises:
        ValueError: Arrays that do not go together.
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

def tally_groups(
    pred: NDArray[Any],
    target: NDArray[Any],
    weight: NDArray[np.float64] | None,
    out: NDArray[Any] | None,
    codes: NDArray[np.int64],
    positions: NDArray[np.int64],
    records: NDArray[np.void],
    beta: float,
    version: str | None,
    digits: NDArray[np.int64],
    lowest: int,
    start: int,
    /,
) -> tuple[int, int, int]:
    """Tally losses group by group, block by block, until digits have no place for a block.

    Args:
        pred: As above.
        target: As above.
        weight: As above, or None.
        out: As above, or None.
        codes: The group of each element.
        positions: Of each element among all.
        records: A `groups.RECORD` of each group.
        beta: Finite, >= 0.
        version: As above.
        digits: Those of `ExactSums`, with as many rows.
        lowest: The place of the first column.
        start: Elements done before.

    Returns:
        Elements done, and if these are not all: the lowest and the highest place missing.

    Raises:
        ValueError: Arrays that do not go together, or a code that is no group's; nothing was added.
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
