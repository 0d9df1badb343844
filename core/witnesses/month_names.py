"""Dates in text with the name of the month: `15-Jan-2024`, `15JAN2024`, `January 15, 2024`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from smoothl1.files.shard_words import words_of_months

if TYPE_CHECKING:
    import pyarrow as pa

_WEEKDAY = r"[ \t]*(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|\.)?"
_YEAR = "(?P<year>(?:18|19|20|21)[0-9]{2})"
_SHORT_YEAR = "(?P<year>[0-9]{2})"
_SIGN = "[-_/ ]"
_TIME = r"(?:,?(?P<time>[ t][0-9]{1,2}:[0-9:.,]+(?: ?[ap]m)?))?(?: (?:gmt|utc))?[ \t]*"
_FIRST_OF_20TH = b"70"
"""The years of two digits from it on are of the 20th century, nearly as POSIX has it."""


def with_month_numbers(texts: pa.Array, *, short_years: bool = True) -> pa.Array:
    """Texts in which dates have the number of their month: `2024-01-15`; the others as they are.

    Args:
        texts: The texts as bytes, with offsets of 32 bits.
        short_years: Whether `15-Jan-24` is read as 2024. It is a guess: it may be 1924, or
            the 24th of January.
    """
    from smoothl1.witnesses.text_bytes import may_name_month

    if not may_name_month(texts):
        return texts
    coded = texts.dictionary_encode()  # each day once: many a series has it
    plain = coded.dictionary
    for form in _patterns()[0][not short_years :]:
        plain = _replaced(plain, form)
    return texts if plain is coded.dictionary else plain.take(coded.indices)


def _replaced(texts: pa.Array, form: str) -> pa.Array:
    """Texts in which dates of one form have the number of their month."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pc.extract_regex(texts, form)
    if found.null_count == len(found):
        return texts
    year, month, day, time = (found.field(name) for name in ("year", "month", "day", "time"))
    words = _patterns()[1]
    places = pc.index_in(_lower(month), pa.array(list(words), texts.type))
    numbers = pa.array([f"{number:02}".encode() for number in words.values()], texts.type)
    century = pc.if_else(pc.less(year, pa.scalar(_FIRST_OF_20TH, texts.type)), b"20", b"19")
    is_short = pc.equal(pc.binary_length(year), 2)
    whole = pc.if_else(is_short, pc.binary_join_element_wise(century, year, b""), year)
    plain = pc.binary_join_element_wise(
        pc.binary_join_element_wise(whole, numbers.take(places), day, b"-"), time, b""
    )
    return pc.coalesce(plain, texts)


def _lower(words: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    return pc.ascii_lower(words.cast("string")).cast(words.type)


@cache
def _patterns() -> tuple[tuple[str, ...], dict[bytes, int]]:
    """The forms of dates, that of short years first, and the number of each name of a month."""
    words = {
        word.encode(): number
        for number, of_month in enumerate(words_of_months(), start=1)
        for word in of_month.split("|")
    }
    month = rf"(?P<month>{'|'.join(words_of_months())})\.?"
    forms = (
        rf"{_DAY}{_SIGN}?{month}{_SIGN}?{_SHORT_YEAR}",
        rf"{_DAY}{_SIGN}?{month},?{_SIGN}?{_YEAR}",
        rf"{month}{_SIGN}{_DAY},?{_SIGN}{_YEAR}",
        rf"{_YEAR}{_SIGN}?{month}{_SIGN}?{_DAY}",
    )
    return tuple(rf"(?i)\A{_WEEKDAY}{form}{_TIME}\z" for form in forms), words
