"""Names beside a drawing: how long they are, and how they are cut."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST = 138.0
"""Units that a name takes at most."""

_MOST_CHARACTERS = 32
"""More than these never fit."""


def cut_to_fit(names: Sequence[str]) -> Sequence[str]:
    """Names that fit: long ones are cut where the fewest become the same."""
    ways = [[_cut(name, part) for name in names] for part in (1.0, 0.5, 0.0)]
    return max(ways, key=lambda cut: len(set(cut)))


def _cut(name: str, part: float) -> str:
    """A name that fits: of a long one the beginning, as that part of what is kept, and the end."""
    if length(name) <= _MOST:
        return name
    n = min(len(name), _MOST_CHARACTERS)
    while True:
        n_first = round(n * part)
        kept = f"{name[:n_first]}\N{HORIZONTAL ELLIPSIS}{name[len(name) - n + n_first :]}"
        if length(kept) <= _MOST:
            return kept
        n -= 1


def length(text: str) -> float:
    """About how many units a text takes."""
    return sum(map(_width, text))


def _width(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 12.0
    return 9.0 if character.isupper() or character in "mw@%" else 6.4
