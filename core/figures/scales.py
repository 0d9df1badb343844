"""Axes: where a number lies, and which numbers are written beside an axis."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from smoothl1.number_texts import short

if TYPE_CHECKING:
    from smoothl1.figures.contract import Axis

_MOST_DECADES = 7
"""Most powers of ten that are written beside a logarithmic axis."""


def place(axis: Axis, value: float) -> float:
    """Where a number lies on an axis: 0 at its begin, 1 at its end; numbers beyond at the ends."""
    if not axis.low < value:  # NaN, too
        return 0.0
    if value >= axis.high:
        return 1.0
    if axis.is_log:
        return math.log(value / axis.low) / math.log(axis.high / axis.low)
    # Halves, so that a difference of the largest numbers does not overflow.
    return (value / 2 - axis.low / 2) / (axis.high / 2 - axis.low / 2)


def ticks(axis: Axis, most: int = 6) -> list[tuple[float, str]]:
    """Round numbers within an axis, and their texts."""
    return _decades(axis) if axis.is_log else _steps(axis, most)


def tick_text(value: float) -> str:
    """A round number beside an axis."""
    if 1e-4 <= abs(value) < 1e7 or value == 0:
        return f"{float(f'{value:.9g}'):,.9g}"
    return short(value)


def widened(low: float, high: float) -> tuple[float, float]:
    """An interval of positive width around two numbers, the lower one first."""
    if low < high:
        return low, high
    margin = abs(low) / 2 or 0.5
    return low - margin, low + margin


def _decades(axis: Axis) -> list[tuple[float, str]]:
    first = math.ceil(math.log10(axis.low) - 1e-9)
    last = math.floor(math.log10(axis.high) + 1e-9)
    step = max(1, -(-(last - first + 1) // _MOST_DECADES))
    exponents = range(first + -first % step, last + 1, step)
    return [(float(f"1e{n}"), tick_text(float(f"1e{n}"))) for n in exponents if -308 <= n <= 308]


def _steps(axis: Axis, most: int) -> list[tuple[float, str]]:
    width = axis.high / most - axis.low / most
    if not 1e-300 < width < math.inf:
        return [(axis.low, short(axis.low)), (axis.high, short(axis.high))]
    decade = 10.0 ** math.floor(math.log10(width))
    step = next(m * decade for m in (1, 2, 5, 10) if m * decade >= width * (1 - 1e-9))
    first, last = math.ceil(axis.low / step - 1e-9), math.floor(axis.high / step + 1e-9)
    if last - first > most or abs(first) > 2**52:  # steps are lost beside a large number
        return [(axis.low, short(axis.low)), (axis.high, short(axis.high))]
    return [(n * step, tick_text(n * step)) for n in range(first, last + 1)]
