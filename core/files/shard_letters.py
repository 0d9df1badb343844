"""Names that are counted in digits and letters, as in hexadecimal, and sort as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.files.shard_numbers import IDENTIFIER, LIKE_IDENTIFIER, n_equal
from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Collection

_IDENTIFIER = lazy_pattern(IDENTIFIER)
_WORD = lazy_pattern(r"[0-9A-Za-z]+")
_DIGITS, _LOWER = "0123456789", "abcdefghijklmnopqrstuvwxyz"
_LETTERS = _LOWER + _LOWER.upper()
_KINDS = str.maketrans(dict.fromkeys(_DIGITS, "0") | dict.fromkeys(_LETTERS, "a"))
_OUTLINE = str.maketrans(dict.fromkeys(_DIGITS + _LETTERS, "\0"))
_COUNTED = lazy_pattern(r"\A[A-Za-z]|[A-Za-z][0-9]|\A0[0-9]")
"""The rest of a word whose letters are digits: it begins with one, has one before a decimal digit,
or is padded with zeros as a whole."""

_HEXADECIMAL = lazy_pattern(r"[0-9a-f]*")


def counted_in_letters(parts: Collection[str]) -> tuple[bool, bool]:
    """Whether the letters of names are digits; and if that is not certain, whether they may be.

    Args:
        parts: The names, or the components at one place in paths.
    """
    if len(parts) < 2:
        return False, False
    masked = [_IDENTIFIER.sub("", part) if LIKE_IDENTIFIER.search(part) else part for part in parts]
    outlines = {part.translate(_OUTLINE) for part in masked}
    if len(outlines) > 1:
        return _are_of_split(masked), False
    may_be = False
    for match in _WORD.finditer(masked[0]):
        words = {part[match.start() : match.end()] for part in masked}
        if len({word.translate(_KINDS) for word in words}) > 1:
            rests = _without_beginning(words)
            if any(map(_COUNTED.search, rests)):
                return True, True
            may_be |= all(_HEXADECIMAL.fullmatch(rest.lower()) for rest in rests)
    return False, may_be


def _without_beginning(words: Collection[str]) -> list[str]:
    """Words without the letters, and numbers that end there, with which all begin."""
    one = min(words)
    n = n_equal(words)
    while n and one[n - 1].isdigit():
        n -= 1
    return [word[n:] for word in words]


def _are_of_split(parts: Collection[str]) -> bool:
    """Whether names differ in hexadecimal digits as those of `split -x`: 00 to ef, f000, ...

    It uses up all beginnings but f, and then adds two digits to names that begin with f.
    """
    begin = n_equal(parts)
    end = n_equal([part[begin:][::-1] for part in parts])
    rests = [part[begin : len(part) - end] for part in parts]
    n = min(map(len, rests))
    return n > 1 and all(
        _HEXADECIMAL.fullmatch(rest)
        and (len(rest) - n) % 2 == 0
        and len(rest) - len(rest.lstrip("f")) == (len(rest) - n) // 2
        for rest in rests
    )
