"""Words in names of files that say what is in them, unlike those that count the parts of a whole.

`bern` is what it is on both sides. `first`, `rest`, `two` and `part_a` count parts, which each side
may cut at rows of its own.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from smoothl1.files.shard_letters import counted_in_letters
from smoothl1.files.shard_names import differ_by_numbers
from smoothl1.files.shard_words import places_of_words, words_of_counts
from smoothl1.pairing.marks_of_files import own_marks, words_and_numbers_of, words_of
from smoothl1.pairing.numbers_of_most import places_without_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.pairing.marks_of_files import Marks

_PARTS = frozenset(
    [
        *("part", "shard", "chunk", "batch", "block", "split", "piece", "rank", "worker"),
        *("first", "last", "rest", "head", "tail", "begin", "start", "middle", "end"),
        *("low", "lower", "up", "upper", "left", "right", "top", "bottom"),
    ]
)
"""Words that name or count the parts of a whole."""

_FIRST_OF_SPLIT = re.compile(r"(x?)(a+)")
"""What `split` calls its first file, and `a` of `a`, `b`, `c`."""

_HEXADECIMAL = re.compile("[a-f]+")


def words_of_rows(names: Sequence[str]) -> Marks:
    """The words of each name that say what is in the file, but those of all names.

    Args:
        names: The names of the files of one set.
    """
    if differ_by_numbers(names, mask=True):
        return [frozenset()] * len(names)
    own = own_marks(words_of(names))
    counting = _counting(frozenset().union(*own), names)
    return [words - counting for words in own]


def places_with_nothing_in_common(
    names: Sequence[str], other_names: Sequence[str]
) -> Sequence[int]:
    """Where names have nothing in common with those that they are paired with.

    Args:
        names: The names of the files of one set, in the order in which they are paired.
        other_names: As many names of another set.

    Returns:
        All places if most names of a set are words; else those of a word beside a number, if most
        names of both sets have numbers; none if there is no such place.
    """
    if _have_nothing_in_common(names, other_names):
        return range(len(names))
    found = set()
    for one, other in ((names, other_names), (other_names, names)):
        places = places_without_number(one, other)
        words = words_of_rows(one) if places else []
        found |= {i for i in places if words[i]}
    return sorted(found)


def _have_nothing_in_common(names: Sequence[str], other_names: Sequence[str]) -> bool:
    """Whether most names of a set are words, and those of the other have nothing that is like them.

    Args:
        names: The names of the files of one set, in the order in which they are paired.
        other_names: As many names of another set.
    """
    both = (names, other_names)
    sides = [own_marks(words_and_numbers_of(of_side)) for of_side in both]
    if not any(map(_are_mostly_words, both)) or not all(map(all, sides)):
        return False
    if any(map(places_of_words, both)):
        return False  # months, which may be 1 to 12 on the other side: their order is looked at
    ones, others = ([" ".join(sorted(of_file)) for of_file in of_side] for of_side in sides)
    are_short = all(a.startswith(b) or b.startswith(a) for a, b in zip(ones, others, strict=True))
    return frozenset.union(*sides[0]).isdisjoint(frozenset.union(*sides[1])) and not are_short


def _are_mostly_words(names: Sequence[str]) -> bool:
    """Whether words tell names apart that say what is in the file, but for a few of the names."""
    words = list(filter(None, words_of_rows(names)))
    return 2 * len(words) > len(names) and len({*words}) == len(words)


def _counting(words: frozenset[str], names: Sequence[str]) -> frozenset[str]:
    """Those of some words that count parts."""
    found = {*_PARTS, *words_of_counts()}
    for match in filter(None, map(_FIRST_OF_SPLIT.fullmatch, words)):
        found |= {w for w in words if w.startswith(match[1]) and len(w) == len(match[0])}
    letters = sorted(word for word in words if len(word) == 1)
    if all(ord(one) + 1 == ord(other) for one, other in pairwise(letters)):
        found |= {*letters}
    if any(counted_in_letters({*names})):
        found |= {*filter(_HEXADECIMAL.fullmatch, words)}
    return words & found
