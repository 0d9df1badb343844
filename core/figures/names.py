"""Names beside a drawing: how long they are, and how they are cut."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_MOST = 138.0
"""Units that a name takes at most."""

_MOST_CHARACTERS = 32
"""More than these never fit."""


def cut_to_fit(
    names: Sequence[str],
    most: float = _MOST,
    size: Callable[[str], float] | None = None,
    dots: str = "\N{HORIZONTAL ELLIPSIS}",
) -> Sequence[str]:
    """Names that fit: long ones are cut where the fewest become the same.

    Args:
        names: The names.
        most: The size that a name has at most.
        size: Gives the size of a text; unset, `length`.
        dots: What stands where something was cut out.
    """
    ways = [
        [_cut(name, part, most, size or length, dots) for name in names] for part in (1.0, 0.5, 0.0)
    ]
    return max(ways, key=lambda cut: len(set(cut)))


def _cut(name: str, part: float, most: float, size: Callable[[str], float], dots: str) -> str:
    """A name that fits: of a long one the beginning, as that part of what is kept, and the end."""
    if size(name) <= most:
        return name
    n = min(len(name), _MOST_CHARACTERS)
    while True:
        n_first = round(n * part)
        kept = f"{name[:n_first]}{dots}{name[len(name) - n + n_first :]}"
        if size(kept) <= most or not n:
            return kept
        n -= 1


def length(text: str) -> float:
    """About how many units a text takes."""
    return sum(map(_width, text))


def _width(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 12.0
    return 9.0 if character.isupper() or character in "mw@%" else 6.4
