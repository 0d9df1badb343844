"""Words and numbers in names of files that say which of two sets go together: `1_oslo`, `x0_y1`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.files.shard_names import shape_of
from smoothl1.files.shard_numbers import IDENTIFIER
from smoothl1.sources.names import composed

if TYPE_CHECKING:
    from collections.abc import Sequence

_IDENTIFIER = re.compile(IDENTIFIER)
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"[0-9]+")
_NUMBERED = re.compile(r"([^\W\d_]+)[=_. ]?([-+]*)[=_. ]*([0-9]+(?:\.[0-9]+)*)")
"""A word, the signs and the digits of the number behind it."""

_SCALED = re.compile(r"(?<![^\W_])([0-9]+)([kmg])(?![^\W_])")
_ZEROS = {"k": "000", "m": "000000", "g": "000000000"}
"""A number of thousands, millions or thousands of millions, and the zeros that it stands for."""

Marks = list[frozenset[str]]
"""What tells the files of a set apart, for each of them."""


class Contradiction(NamedTuple):
    """What says that two sets are in another order.

    Attributes:
        place: The first file whose marks are those of another file of the other set.
        what: The kind of its marks, for messages.
    """

    place: int
    what: str


def marks_in_another_order(
    names: Sequence[str], other_names: Sequence[str]
) -> Contradiction | None:
    """Look for marks of files that the other set has as well, at other places.

    Words are marks; so are numbers with the word before them (`x0_y1`), whatever the order of
    these in a name; if that does not tell files apart, words and numbers by themselves, as in
    `bern_1` and `1_bern`; and numbers alone, if the rest of the names is not the same and their
    words do not go together.

    Args:
        names: The names of the files of one set, in the order in which they are paired.
        other_names: As many names of another set.

    Returns:
        The contradiction; None unless both sets have the same marks, each file marks of its own,
        and some are at another place. Marks that one set alone has say nothing.
    """
    sides = (names, other_names)
    words = _told_apart([words_of(of_side) for of_side in sides])
    numbered = _told_apart([_numbered(of_side) for of_side in sides])
    kinds = {"words": words, "words and numbers": numbered}
    if numbered is None:
        kinds["words and numbers"] = _told_apart(
            [words_and_numbers_of(of_side) for of_side in sides]
        )
    if words is None and any(_have_other_texts(of_side) for of_side in sides):
        kinds["numbers"] = _told_apart([_numbers(of_side) for of_side in sides])
    for what, marks in kinds.items():
        if marks is not None and marks[0] != marks[1]:
            pairs = enumerate(zip(*marks, strict=True))
            place = next(i for i, (mine, theirs) in pairs if mine != theirs)
            return Contradiction(place, what)
    return None


def have_the_same_marks(names: Sequence[str], other_names: Sequence[str]) -> bool:
    """Whether all words and numbers of each file are those of its counterpart, and of no other."""
    ones, others = (own_marks(_numbered(of_side)) for of_side in (names, other_names))
    return ones == others and all(ones) and len(set(ones)) == len(ones)


def have_the_same_words(names: Sequence[str], other_names: Sequence[str]) -> bool:
    """Whether the words that both sets have tell the files apart, and are those of counterparts."""
    marks = _told_apart([words_of(of_side) for of_side in (names, other_names)])
    return marks is not None and marks[0] == marks[1]


def have_the_same_words_and_numbers(names: Sequence[str], other_names: Sequence[str]) -> bool:
    """Whether words and numbers together tell the files apart, and are those of counterparts.

    So it is with `bern/2024` and `bern_2024`.
    """
    ones, others = (own_marks(words_and_numbers_of(side)) for side in (names, other_names))
    return ones == others and all(ones) and len({*ones}) == len(ones)


def own_marks(marks: Marks) -> Marks:
    """The marks of each file without those of all files."""
    common = frozenset.intersection(*marks)
    return [of_file - common for of_file in marks]


def words_of(names: Sequence[str]) -> Marks:
    """The words of each name, in lower case; the letters of UUIDs and hashes are none."""
    return [frozenset(_WORD.findall(text)) for text in _texts(names)]


def words_and_numbers_of(names: Sequence[str]) -> Marks:
    """All words and numbers of each name, of which `10k` is 10000."""
    texts = [_SCALED.sub(_unscaled, text) for text in _texts(names)]
    return [
        frozenset((*_WORD.findall(text), *map(_plain, _NUMBER.findall(text)))) for text in texts
    ]


def _told_apart(sides: Sequence[Marks]) -> tuple[Marks, Marks] | None:
    """The marks of files that both sides have, if these tell the files apart; else None."""
    both = frozenset.union(*sides[0]) & frozenset.union(*sides[1])
    ones, others = (own_marks([marks & both for marks in of_side]) for of_side in sides)
    are_told_apart = all(ones) and len(set(ones)) == len(ones) and set(ones) == set(others)
    return (ones, others) if are_told_apart else None


def _numbered(names: Sequence[str]) -> Marks:
    """The numbers of each name with the word before them, and the other words."""
    found = []
    for text in _texts(names):
        numbers = {f"{word} {signs}{_plain(of)}" for word, signs, of in _NUMBERED.findall(text)}
        found.append(frozenset(numbers.union(_WORD.findall(_NUMBERED.sub(" ", text)))))
    return found


def _unscaled(match: re.Match[str]) -> str:
    return match[1] + _ZEROS[match[2]]


def _numbers(names: Sequence[str]) -> Marks:
    """All runs of digits in each name."""
    return [frozenset(map(_plain, _NUMBER.findall(text))) for text in _texts(names)]


def _texts(names: Sequence[str]) -> list[str]:
    return [_IDENTIFIER.sub("", composed(name)).casefold() for name in names]


def _plain(digits: str) -> str:
    """A whole number without leading zeros; others as they are."""
    return digits.lstrip("0") or "0" if digits.isdecimal() else digits


def _have_other_texts(names: Sequence[str]) -> bool:
    """Whether names differ in more than numbers."""
    return len({shape_of(text).texts for text in _texts(names)}) > 1
