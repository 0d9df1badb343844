"""Names of the files of two sets, compared without what writers of names change at will."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from smoothl1.files.shard_numbers import n_equal
from smoothl1.sources.names import composed

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARKS = re.compile(
    r"(?:(?!(?<=[0-9])\.[0-9])[ \u00a0.,;:()\[\]{}&\"@=~|^%\u00b0\u00b7\u2010-\u2015_]"
    r"|(?<=[^\W_])'(?=[^\W_])|-(?=[^\W0-9]|[ (\[])|(?<=[^\W_])(?<![0-9]e)-(?=[0-9]))+"
)
"""Signs between words. A hyphen that may be that of a negative number, as in `lag_-1` and `1e-3`,
is none, nor is the point of a fraction, or a sign that says something: `<5`, `C#`, `CD4-`."""

_BLANK = re.compile("(?<![0-9]) | (?![0-9])")
_NUMBERED = re.compile(r"([^\W\d_]+)([-.]?)[0-9]")
"""A word, and a sign that may be part of the number behind it."""

_BEGUN_WORD = re.compile(r"[^\W_]+\Z")
_ZEROS = re.compile(r"(?<![0-9.,])(?<![0-9][_-])0+(?=[0-9])")
"""Zeros in front of a number, which may be the places of one before: `0_05`."""

_COUNTED = re.compile(r"([0-9]+)[\W_]+(?=[^\W_])")
_LONG = re.compile("[0-9]{3}")
"""Digits that are no second small number: `1_5m` may be from 1 to 5 metres."""


def folded(names: Sequence[str], other_names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Names of both sets, in which spelling alone makes no difference.

    Case, the signs between words, the way in which letters with accents are stored, and zeros in
    front of numbers do not count, unless these alone tell names of a set apart: `New York` is
    `new_york`, and `chr01` is `chr1`. Nor do signs that one set leaves out, as in `NewYork` and
    `chr_1`, if all names are the same then.

    Args:
        names: The names of the files of one set.
        other_names: Those of another set.
    """
    both = (names, other_names)
    divided = [[_divided(name) for name in of_side] for of_side in both]
    joined = [_joined(of_side) for of_side in both]
    if joined[0] == joined[1] and _are_told_apart(joined, both):
        return joined[0], joined[1]
    if _are_told_apart(divided, both):
        return divided[0], divided[1]
    return [*names], [*other_names]


def _are_told_apart(folded_names: Sequence[Sequence[str]], both: Sequence[Sequence[str]]) -> bool:
    """Whether different names of each set are still different."""
    return all(len({*of}) == len({*names}) for of, names in zip(folded_names, both, strict=True))


def own_words(names: Sequence[str]) -> list[str]:
    """Names without the words and signs with which all begin or end: `pred_` of `pred_berlin`."""
    if len(set(names)) == 1:
        return list(names)
    begin, end = _n_common(names), _n_common([name[::-1] for name in names])
    return [name[begin : len(name) - end] for name in names]


def behind_counters(
    names: Sequence[str], other_names: Sequence[str]
) -> tuple[list[str], list[str]] | None:
    """Names of which those of one side have a number in front of what the other has: `00_bern`.

    Args:
        names: The names of the files of one set, in the order in which they are paired.
        other_names: As many names of another set.

    Returns:
        The names of both sides without numbers and what all have. They are the same in the same
        order; or in another one, where the numbers just count the files. None if neither is so.
    """
    for counted, plain in ((names, other_names), (other_names, names)):
        found = [match for match in map(_COUNTED.match, own_words(counted)) if match]
        if len(found) < len(counted):
            continue
        behind = [_ZEROS.sub("", of.string[of.end() :]) for of in found]
        mine, others = own_words(behind), own_words([_ZEROS.sub("", name) for name in plain])
        counts = [int(of[1]) for of in found]
        just_count = counts in ([*range(len(counts))], [*range(1, len(counts) + 1)])
        are_words = [name[:1].isalpha() for name in mine]
        may_be_names = any(are_words) or all(map(_LONG.match, mine))
        if mine == others and (all(are_words) or (just_count and may_be_names)):
            return mine, others
        is_same = sorted(mine) == sorted({*others})
        if mine != others and just_count and any(are_words) and is_same:
            return mine, others
    return None


def _divided(name: str) -> str:
    """A name in lower case, with blanks between its words, and numbers without zeros in front."""
    return _MARKS.sub(" ", _ZEROS.sub("", composed(name).casefold())).strip()


def _joined(names: Sequence[str]) -> list[str]:
    """Names as by `_divided`, without blanks other than between numbers.

    They are as they are where a hyphen before a number may be a sign, as in `snr-5` and `snr0`, or
    a point that of a fraction.
    """
    signs: dict[str, set[str]] = {}
    for name in names:
        for word, sign in _NUMBERED.findall(name):
            signs.setdefault(word, set()).add(sign)
    if any("." in of_word or len(of_word) > 1 for of_word in signs.values()):
        return [*names]
    return [_BLANK.sub("", _divided(name)) for name in names]


def _n_common(names: Sequence[str]) -> int:
    """The length of the common beginning of all names, up to a sign between words."""
    return len(_BEGUN_WORD.sub("", names[0][: n_equal(names)]))
