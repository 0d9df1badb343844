"""Numbers of bfloat16 and of formats of 8 bits as binary32, which holds each of them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.numerics.narrow_formats import OF_8_BITS

if TYPE_CHECKING:
    from numpy.typing import NDArray


def widened(bits: NDArray[Any], name: str) -> NDArray[np.float32]:
    """Numbers by their bits.

    Args:
        bits: The bits, as integers without sign of 1 or 2 bytes.
        name: The format, one of `checks.NARROW`.
    """
    if name in OF_8_BITS:
        values: NDArray[np.float32] = _values(name)[bits]
        return values
    upper: NDArray[np.uint32] = bits.astype(np.uint32) << np.uint32(16)
    return upper.view(np.float32)


def rounded(value: float, name: str) -> float:
    """A number rounded to a format, half to even; what is too large is infinite.

    So is what is too large for a format that has no infinity: no number of it is meant.

    Args:
        value: The number; NaN stays NaN.
        name: The format, one of `checks.NARROW`.
    """
    if np.isnan(value):
        return value
    if name not in OF_8_BITS:
        with np.errstate(over="ignore", under="ignore"):
            bits = int(np.float32(value).view(np.uint32))
        bits = (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000  # it keeps the upper 16 bits
        return float(np.uint32(bits).view(np.float32))
    known = _values(name).astype(np.float64)
    (codes,) = np.nonzero(np.isfinite(known))
    numbers = known[codes]
    largest, step = numbers.max(), numbers.max() - np.sort(numbers)[-2]
    is_odd = codes[numbers.argmax()] & 1
    limit = largest + step / 2  # a tie with what would be the next number
    if abs(value) > limit or (abs(value) == limit and is_odd):
        return float(np.copysign(np.inf, value))
    distances = np.abs(numbers - value)
    nearest = codes[distances == distances.min()]
    return float(known[min(nearest, key=lambda code: code & 1)])


@cache
def _values(name: str) -> NDArray[np.float32]:
    """The values of all bits."""
    return np.array([OF_8_BITS[name].value(bits) for bits in range(256)], np.float32)
