"""Names that are counted, but sort by the words before their numbers: `bern_2`, `oslo_1`."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from smoothl1.files.shard_kinds import of_the_kind
from smoothl1.files.shard_numbers import IDENTIFIER, LIKE_IDENTIFIER
from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

_IDENTIFIER = lazy_pattern(IDENTIFIER)
_NUMBER = lazy_pattern("[0-9]+")
_FEWEST = 3
"""Fewest names that are counted beside one that is not."""


def doubt_of_counters(stems: Sequence[str]) -> str:
    """Why files may be in the order of numbers that stand behind other words; "" if they are not.

    The first or the last numbers of names count from 0 or 1, in another order, and none of these
    rise. If the names have the same words, their numbers are known to decide. A few names may have
    no number.

    Args:
        stems: The names without their suffixes, in order.
    """
    known = of_the_kind(stems, _numbers_in)
    if len(known) < min(len(stems), _FEWEST):
        return ""
    stems = [stems[i] for i in known]
    found = [*map(_numbers_in, stems)]
    for at in (0, -1):
        numbers = [int(of_name[at]) for of_name in found]
        fall = next((i for i, (one, other) in enumerate(pairwise(numbers)) if one > other), None)
        if fall is None and len(set(numbers)) == len(numbers):
            return ""
        are_counted = min(numbers) < 2 and max(numbers) - min(numbers) + 1 == len(numbers)
        if fall is None or not are_counted or len(set(numbers)) < len(numbers):
            continue
        if len({_NUMBER.sub("", stem) for stem in stems}) > 1:
            return f"{stems[fall + 1]} and {stems[fall]} may be in the order of their numbers"
    return ""


def _numbers_in(stem: str) -> list[str]:
    """The numbers in a name; those of UUIDs and hashes are none."""
    return _NUMBER.findall(_IDENTIFIER.sub("", stem) if LIKE_IDENTIFIER.search(stem) else stem)
