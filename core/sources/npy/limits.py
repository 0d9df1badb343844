"""The shapes that an array of NumPy can have. Nothing here needs NumPy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_DIMENSIONS = 64
"""Most axes of an array."""

_MAX_ELEMENTS = 1 << 63


def is_beyond_any_array(shape: Iterable[int]) -> bool:
    """Whether a shape is larger than any array, though it may have no elements."""
    return math.prod(length for length in shape if length) >= _MAX_ELEMENTS
