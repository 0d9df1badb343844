"""The numbers in the names of files: where they stand, and how they are read.

What is before a number in a component of a path, other numbers aside, is its place. The numbers at
one place, in all names, are read alike: with a sign, a fraction or an exponent if the place says
so, or if the numbers themselves do.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

IDENTIFIER = (
    r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"  # a UUID
    r"|(?<![0-9A-Za-z])(?=[0-9a-fA-F]*[a-fA-F])[0-9a-fA-F]{16,}(?![0-9A-Za-z])"  # a hash
)
"""What has digits and is no number."""

_DIGITS = r"([0-9]+(?:\.[0-9]+)*(?:[eE][-+][0-9]{1,3}(?![0-9A-Za-z]))?)"
_NUMBER = lazy_pattern(rf"([-+]*){_DIGITS}")
_NUMBER_OR_IDENTIFIER = lazy_pattern(rf"{IDENTIFIER}|([-+]*)(?!{IDENTIFIER}){_DIGITS}")
"""Python writes an exponent with its sign. `f1e2` is rather epoch 2 of fold 1."""

LIKE_IDENTIFIER = lazy_pattern(r"[0-9a-fA-F-]{16}")
"""What is in every identifier. To look for it is faster."""

_INTEGER = lazy_pattern(r"[0-9]+")

_BEFORE_SIGN = lazy_pattern(r"(?:\A|[=_])\Z")
"""Where a hyphen is a sign even if all names have it: `lag=-1`, `-1.csv`, `lag_-1`."""

_VERSION = lazy_pattern(r"(?:\A|[^A-Za-z])(?:v|(?:version|release|rev)[._=-]?)\Z", re.IGNORECASE)
_SECONDS = lazy_pattern(r"[0-9]{9,}\.")
"""A time in seconds since 1970, which has a fraction."""


class Number(NamedTuple):
    """A number in a name.

    Attributes:
        text: The text since the number before.
        signs: The hyphens and plus signs directly before its digits.
        digits: Its digits, points and exponent.
        place: All that is before it, without the signs and digits of other numbers.
    """

    text: str
    signs: str
    digits: str
    place: str


class Reading(NamedTuple):
    """How the numbers at one place are read.

    Attributes:
        n_separators: How many of the signs are no signs, but text; None if all.
        value: Gives the value of the sign and the digits.
        doubt: Why they may be meant as fractions; "" if that is not in doubt.
    """

    n_separators: int | None
    value: Callable[[str], Any]
    doubt: str

    @property
    def otherwise(self) -> Reading:
        """The other reading, if this one is in doubt."""
        return self._replace(value=Decimal) if self.doubt else self


def numbers_in(part: str) -> tuple[list[Number], str]:
    """The numbers in a component of a path, and the text after the last one."""
    found: list[Number] = []
    place, begin = "", 0
    pattern = _NUMBER_OR_IDENTIFIER if LIKE_IDENTIFIER.search(part) else _NUMBER
    for match in pattern.finditer(part):
        if match[2] is not None:
            text = part[begin : match.start()]
            place += text
            found.append(Number(text, match[1], match[2], place))
            place += "\0"
            begin = match.end()
    return found, part[begin:]


def read_place(place: str, numbers: Collection[tuple[str, str]]) -> Reading:
    """Decide how the numbers at one place are read.

    Args:
        place: What is before them.
        numbers: The signs and the digits of each.
    """
    n = _n_separators(place, {signs for signs, _ in numbers})
    are_signed = n is not None and any(signs[n:] for signs, _ in numbers)
    digits = {digits for _, digits in numbers}
    if all(map(str.isdecimal, digits)):
        return Reading(n, int, "")
    if any(text.count(".") > 1 for text in digits):
        return Reading(None, as_version, "")
    if are_signed or any("e" in text.lower() for text in digits):
        return Reading(n, Decimal, "")
    return _read_points(place, n, digits)


def text_and_value(number: Number, reading: Reading) -> tuple[str, Any]:
    """The text before a number, with the signs that are text, and the value of the number."""
    n = len(number.signs) if reading.n_separators is None else reading.n_separators
    return number.text + number.signs[:n], reading.value(number.signs[n:] + number.digits)


def as_version(digits: str) -> tuple[int, ...]:
    """The value of digits with points as that of a version: 1.10 follows 1.9."""
    return tuple(map(int, _INTEGER.findall(digits)))


def _n_separators(place: str, all_signs: set[str]) -> int | None:
    """How many of the signs at a place are text: those that all numbers have, as a rule."""
    n = n_equal(all_signs)
    if len(all_signs) > 1:
        return n if all(len(signs) <= n + 1 for signs in all_signs) else None
    (signs,) = all_signs
    return n - 1 if signs and _BEFORE_SIGN.search(place + signs[:-1]) else None


def _read_points(place: str, n_separators: int | None, digits: set[str]) -> Reading:
    """Decide whether digits with one point at most are fractions or versions."""
    by_value, by_version = (sorted(digits, key=of) for of in (Decimal, as_version))
    if len({len(text.partition(".")[2]) for text in digits if "." in text}) < 2:
        return Reading(n_separators, Decimal, "")  # both are the same order
    tens = [text for text in digits if _follows_nine(text, digits)]
    if _are_versions(place, digits, tens):
        return Reading(None, as_version, "")
    if not tens and _are_fractions(place, by_value):
        return Reading(n_separators, Decimal, "")
    pairs = zip(by_value, by_version, strict=True)
    differing = next((pair for pair in pairs if pair[0] != pair[1]), None)
    doubt = f"{' and '.join(differing)} may be fractions or versions" if differing else ""
    return Reading(None, as_version, doubt)


def _follows_nine(text: str, digits: set[str], n: int = 1) -> bool:
    """Whether digits are 1.10, and 1.9 is there, too; or 100 and 99. `n` is how far to count."""
    whole, _, after = text.partition(".")
    return re.fullmatch("10+", after) is not None and f"{whole}.{int(after) - n}" in digits


def _are_versions(place: str, digits: set[str], tens: list[str]) -> bool:
    """Whether digits with a point are counted on from 9 to 10, or are called versions."""
    if _VERSION.search(place) or len(set(map(Decimal, digits))) < len(digits):
        return True  # 1.1 and 1.10 are no fractions
    return any(not text.startswith("0.") or _follows_nine(text, digits, 2) for text in tens)


def _are_fractions(place: str, by_value: list[str]) -> bool:
    """Whether digits with a point, sorted as fractions, are certain to be fractions."""
    after = [text.partition(".")[2] for text in by_value if "." in text]
    shortest = min(map(len, after))
    values = list(map(Decimal, by_value))
    return (
        place.endswith("=")
        or any(_SECONDS.match(text) for text in by_value)
        or any(digits[0] == "0" and len(digits) > shortest for digits in after)
        or (values[0] < 1 and (values[-1] < 2 or len(after) < len(values)))
        or (len(values) > 2 and len({b - a for a, b in pairwise(values)}) == 1)
    )


def n_equal(texts: Collection[str]) -> int:
    """The length of the common beginning of all texts."""
    columns = enumerate(zip(*texts, strict=False))
    shortest = min(map(len, texts))
    return next((i for i, column in columns if len(set(column)) > 1), shortest)
