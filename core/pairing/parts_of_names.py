"""The parts of the names of a set of files: folders, fields between `_`, and words within these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Sequence

_FIELDS = lazy_pattern("([_ ])")
_WORDS = lazy_pattern(r"([^\w])")
_MOST_PIECES = 8
"""Pieces of a name of which all runs are looked at; of more, each piece by itself."""
_LONGEST_END = 3
"""Pieces that are counted from one end of names that have different numbers of them."""


def folders_of(stems: Sequence[str]) -> list[list[str]]:
    """What the files have at each place of their paths; only the paths if these differ in depth.

    Args:
        stems: The names of the files with their folders, divided by `/`.
    """
    paths = [stem.split("/") for stem in stems]
    is_one_depth = len(set(map(len, paths))) == 1
    return list(map(list, zip(*paths, strict=True))) if is_one_depth else [list(stems)]


def parts_of(stems: Sequence[str]) -> Iterator[list[str]]:
    """What the files have at one place of their names, for each place where they differ.

    Those of `bern/2024-01_t2m` are `bern`, `2024-01_t2m`, `2024-01`, `t2m`, `2024` and `01`.

    Args:
        stems: See `folders_of`.
    """
    for names in folders_of(stems):
        for field in _varying(_runs(names, _FIELDS)):
            yield field
            if not any(map(_FIELDS.search, field)) and any(map(_WORDS.search, field)):
                yield from _varying(_runs(field, _WORDS))


def _varying(parts: Iterable[list[str]]) -> Iterator[list[str]]:
    """Parts that all names have, and that are not the same in all."""
    return (part for part in parts if len(set(part)) > 1 and all(part))


def _runs(names: Sequence[str], mark: re.Pattern[str]) -> Iterator[list[str]]:
    """Pieces of the names that follow each other, with the marks between them, the longest first.

    Pieces are counted from the beginning and from the end, so `new_york_rain` and `bern_rain` have
    `new_york` and `bern` at one place.
    """
    pieces = [mark.split(name) for name in names]  # the odd ones are marks
    counts = [(len(of_name) + 1) // 2 for of_name in pieces]
    n = min(counts)
    lengths = range(n, 0, -1) if n <= _MOST_PIECES else (n, 1)
    for length in lengths:
        for begin in range(n - length + 1):
            end = n - length - begin
            yield ["".join(x[2 * begin : len(x) - 2 * end]) for x in pieces]
    if max(counts) > n:
        for length in range(min(n, _LONGEST_END), 0, -1):
            yield ["".join(x[: 2 * length - 1]) for x in pieces]
            yield ["".join(x[len(x) - 2 * length + 1 :]) for x in pieces]
