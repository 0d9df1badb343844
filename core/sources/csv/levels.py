"""First rows of fractions that rise, as quantile levels do when they name columns."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_NUMBER = re.compile(r"[+-]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][+-]?[0-9]{1,3})?")


def as_numbers(texts: Sequence[str]) -> list[float]:
    """The numbers that cells hold, in whatever way they are written; none if one is no number."""
    if not all(map(_NUMBER.fullmatch, texts)):
        return []
    return [float(text.replace(",", ".")) for text in texts]


def are_levels(texts: Sequence[str]) -> bool:
    """Whether cells are several fractions that rise strictly; 0 and 1 may be the ends of shares."""
    levels = as_numbers(texts)
    whole = {level for level in levels if level.is_integer()}
    if len(levels) < 2 or len(whole) == len(levels):
        return False
    are_shares = whole <= {0.0, 1.0} and levels[0] >= 0 and levels[-1] <= 1
    return (not whole or are_shares) and all(low < high for low, high in pairwise(levels))
