"""Names that differ in a UUID or hash alone: their order is random, and says nothing about rows.

UUIDs of versions 6 and 7 begin with the time, so they are in order unless their times are equal.
Those of version 1 begin with its lowest digits. Hexadecimal digits that begin alike are counted.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from smoothl1.files.shard_numbers import IDENTIFIER, LIKE_IDENTIFIER, n_equal
from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.files.shard_names import Entries

_IDENTIFIER = lazy_pattern(IDENTIFIER)

_N_DIGITS_OF_TIME = {"6": 16, "7": 12}
"""How many digits of a UUID are its time, and perhaps its version, by that version."""

_TIMED = lazy_pattern(
    r"01[0-9a-f]{10}7[0-9a-f]{3}[89ab][0-9a-f]{15}|1[ef][0-9a-f]{10}6[0-9a-f]{19}"
)
"""A UUID of version 7 or 6 from the years of computers, without hyphens."""

_N_COUNTED = 8
"""Equal digits at the beginning of two identifiers that are no coincidence."""


def doubt_of_identifiers(paths: Sequence[str], keys: Sequence[tuple[Entries, ...]]) -> str:
    """Why files may be in a random order; "" if they are not.

    Args:
        paths: The files, in the order of their names.
        keys: The parts of their names, by which they were sorted.
    """
    if not any(map(LIKE_IDENTIFIER.search, paths)):
        return ""
    for i, (one, other) in enumerate(pairwise(keys)):
        texts = _first_difference(one, other)
        if texts is not None and _differ_at_random(*texts):
            n = paths[i].rfind("/", 0, n_equal(paths[i : i + 2])) + 1
            names = " and ".join(path[n:] for path in paths[i : i + 2])
            return f"{names} differ in a UUID or hash, which has no order"
    return ""


def _first_difference(
    one: tuple[Entries, ...], other: tuple[Entries, ...]
) -> tuple[str, str] | None:
    """The texts by which two names are in order; None if it is a number, or a name is longer."""
    for entries in zip(one, other, strict=False):
        for mine, theirs in zip(*entries, strict=False):
            if mine != theirs:
                return (mine[0], theirs[0]) if mine[0] != theirs[0] else None
    return None


def _differ_at_random(one: str, other: str) -> bool:
    """Whether two texts differ first in identifiers at the same place, which have no order."""
    n = n_equal((one, other))
    spans = [
        next((m for m in _IDENTIFIER.finditer(text) if m.start() <= n < m.end()), None)
        for text in (one, other)
    ]
    if spans[0] is None or spans[1] is None or spans[0].start() != spans[1].start():
        return False
    return not _are_in_order(*(match[0].replace("-", "").lower() for match in spans if match))


def _are_in_order(one: str, other: str) -> bool:
    """Whether the digits of two identifiers are a time, or counted."""
    n = n_equal((one, other))
    if _TIMED.fullmatch(one) and _TIMED.fullmatch(other) and one[12] == other[12]:
        return n < _N_DIGITS_OF_TIME[one[12]]
    return n >= _N_COUNTED
