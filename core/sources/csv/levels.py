"""First rows of numbers that may name columns: fractions that rise, as quantile levels, or one."""

from __future__ import annotations

from itertools import islice, pairwise
from typing import TYPE_CHECKING

from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WHOLE = lazy_pattern(r"[1-9][0-9]{0,4}")
_LEVEL = lazy_pattern(r"0?[.,][0-9]{1,4}")
_DIGITS = lazy_pattern(r"[0-9]*[.,][0-9]{6,}(?:[eE].*)?")
_NEAR = 0.1
"""Most by which a series that begins at a number, such as 100, changes in a step, relatively."""

_MOST_BELOW = 64
"""Most cells below a single one that are looked at."""

_NUMBER = lazy_pattern(r"[+-]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][+-]?[0-9]{1,3})?")


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


def is_one_level(text: str, cells: Iterable[str]) -> bool:
    """Whether a number stands apart from those below, as a horizon (24) or a level (0.9) does.

    All below are fractions, of six digits or more below a fraction. A series may begin with
    the number.

    Args:
        text: The only cell of the first row.
        cells: The cells below it.
    """
    is_whole = _WHOLE.fullmatch(text) is not None
    if not (is_whole or _LEVEL.fullmatch(text)):
        return False
    below = list(islice(cells, _MOST_BELOW))
    (level,), values = as_numbers([text]), as_numbers(below)
    follows = (abs(x - level) <= _NEAR * i * level for i, x in enumerate(values[:2], 1))
    if len(values) < 2 or all(follows):
        return False
    if is_whole:
        return not any(map(float.is_integer, values))
    return all(_DIGITS.fullmatch(cell.lstrip("+-")) for cell in below)
