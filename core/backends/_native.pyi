from typing import Any

import numpy as np
from numpy.typing import NDArray

VERSIONS: list[str]
"""Sets of instructions that this processor has and the kernel was compiled for, fastest first."""

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
        block: Elements at a time; never more than the kernel's own block.
        version: One of `VERSIONS`; None for the fastest.
        with_squares: Whether the squares of losses below 1e154 are summed, too.

    Returns:
        NaN losses, infinite losses, the index of the first NaN or -1, and for each beta: quadratic
        elements, smallest and largest loss, and the sums of the finite ones and of their squares in
        units of 2**-1074, little-endian.

    Raises:
        ValueError: Arrays that the kernel cannot read.
    """  # noqa: PYI021  a compiled module has no other place for it
