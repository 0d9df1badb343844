"""Words in the names of files that say which files of two sets go together: `1_oslo`, `2_bern`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from smoothl1.files.shard_numbers import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Sequence

_IDENTIFIER = re.compile(IDENTIFIER)
_WORD = re.compile(r"[^\W\d_]+")


def words_in_another_order(names: Sequence[str], other_names: Sequence[str]) -> int | None:
    """The first file whose words are those of another file of the other set.

    Args:
        names: The names of the files of one set, in the order in which they are paired.
        other_names: As many names of another set.

    Returns:
        The place of the file; None unless both sets have the same words, each file words of its
        own, and some are at another place. Words that one set alone has say nothing.
    """
    sides = [_words(of_side) for of_side in (names, other_names)]
    both = frozenset.union(*sides[0]) & frozenset.union(*sides[1])
    ones, others = (
        [(words & both) - frozenset.intersection(*of_side) for words in of_side]
        for of_side in sides
    )
    are_told_apart = all(ones) and len(set(ones)) == len(ones) and set(ones) == set(others)
    if not are_told_apart or ones == others:
        return None
    return next(
        i for i, (mine, theirs) in enumerate(zip(ones, others, strict=True)) if mine != theirs
    )


def _words(names: Sequence[str]) -> list[frozenset[str]]:
    """The words of each name, in lower case; the letters of UUIDs and hashes are none."""
    texts = (_IDENTIFIER.sub("", name).casefold() for name in names)
    return [frozenset(_WORD.findall(text)) for text in texts]
