"""Months, quarters and weeks in text, in one notation each: `202401`, `2024q1` and `2024w01`.

A month may be written as `2024-01`, `01/2024`, `2024M01` or `Jan 2024`, a quarter as `2024-Q1` or
`Q1 2024`, and a week as `2024-W01`. As a number, a month is 202401, so that it is in text, too.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from smoothl1.files.shard_words import words_of_months

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    Notation = tuple[str, str]

YEAR = "((?:18|19|20|21)[0-9]{2})"
_BETWEEN = "[-_/ ]?"
_SIGN = "[-_/ ]"
_BEGIN, _END = r"\A[ \t]*", r"[ \t]*\z"

_IN_DIGITS = tuple(
    (f"{_BEGIN}{pattern}{_END}", plain)
    for pattern, plain in (
        (rf"{YEAR}{_BETWEEN}q([1-4])", r"\1q\2"),
        (rf"q([1-4]){_BETWEEN}{YEAR}", r"\2q\1"),
        (rf"([1-4])q{_BETWEEN}{YEAR}", r"\2q\1"),
        (rf"{YEAR}{_BETWEEN}w([0-5][0-9])", r"\1w\2"),
        (rf"{YEAR}{_BETWEEN}w([1-9])", r"\1w0\2"),
        (rf"{YEAR}(?:{_SIGN}|\.|{_BETWEEN}m)(0[1-9]|1[0-2])", r"\1\2"),
        (rf"{YEAR}(?:{_SIGN}|{_BETWEEN}m)([1-9])", r"\10\2"),
        (rf"(0[1-9]|1[0-2])(?:{_SIGN}|\.){YEAR}", r"\2\1"),
        (rf"([1-9]){_SIGN}{YEAR}", r"\20\1"),
    )
)
"""How texts in lower case name a quarter, a week or a month in digits, and its plain notation."""

_AFTER_WORD = r"\.?,?[-_/ ]?"
_CENTURIES = (("20", "[0-6][0-9]"), ("19", "[7-9][0-9]"))
"""Which century a year of two digits is of."""


def with_plain_periods(texts: pa.Array) -> pa.Array:
    """Texts in which months, quarters and weeks are in one notation; others are as they are.

    Args:
        texts: The texts in lower case, as bytes with offsets of 32 bits.
    """
    import pyarrow.compute as pc

    from smoothl1.witnesses.text_bytes import may_be_period

    if not may_be_period(texts):
        return texts
    for notations in (_IN_DIGITS, _in_words()):
        if pc.any(pc.match_substring_regex(texts, _any_of(notations))).as_py():
            for pattern, plain in notations:
                texts = pc.replace_substring_regex(texts, pattern, plain)
    return texts


@cache
def _any_of(notations: Iterable[Notation]) -> str:
    """A pattern of the texts in any of these notations."""
    return "|".join(pattern for pattern, _ in notations)


@cache
def _in_words() -> tuple[Notation, ...]:
    """How texts name a month by its name: `jan 2024`, `2024 january` and, as Excel does, `jan-24`.

    Without the century the name stands first: `24-jan` is a day.
    """
    return tuple(
        (f"{_BEGIN}{pattern}{_END}", rf"{century}\1{month:02}")
        for month, words in enumerate(words_of_months(), start=1)
        for pattern, century in (
            (rf"(?:{words}){_AFTER_WORD}{YEAR}", ""),
            (rf"{YEAR}{_BETWEEN}(?:{words})\.?", ""),
            *((rf"(?:{words})-({year})", century) for century, year in _CENTURIES),
        )
    )
