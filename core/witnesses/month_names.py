"""Dates in text with the name of the month: `15-Jan-2024`, `15JAN2024`, `January 15, 2024`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from smoothl1.witnesses.names_of_months import names_of_months

if TYPE_CHECKING:
    import pyarrow as pa

_WEEKDAY = r"[ \t]*(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|\.)?"
_YEAR = "(?P<year>(?:18|19|20|21)[0-9]{2})"
_SHORT_YEAR = "(?P<year>[0-9]{2})"
_SIGN = "[-_/ ]"
_CLOCK = "(?P<time>[0-9]{1,2}:[0-9:.,]+(?: ?[ap]m)?)"
_UTC = "(?P<utc> ?(?:gmt|utc|z|[+-]00:?00))?"
_TIME = rf"(?:(?:,? |t|:){_CLOCK}{_UTC})?[ \t]*"
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
    for form in _forms()[not short_years :]:
        plain = _replaced(plain, form)
    return texts if plain is coded.dictionary else plain.take(coded.indices)


def _replaced(texts: pa.Array, form: str) -> pa.Array:
    """Texts in which dates of one form have the number of their month."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pc.extract_regex(texts, form)
    if found.null_count == len(found):
        return texts
    year, month, day = (found.field(name) for name in ("year", "month", "day"))
    names = names_of_months()
    places = pc.index_in(_lower(month), pa.array(map(str.encode, names), texts.type))
    numbers = pa.array([f"{number:02}".encode() for number in names.values()], texts.type)
    century = pc.if_else(pc.less(year, pa.scalar(_FIRST_OF_20TH, texts.type)), b"20", b"19")
    is_short = pc.equal(pc.binary_length(year), 2)
    whole = pc.if_else(is_short, pc.binary_join_element_wise(century, year, b""), year)
    date = pc.binary_join_element_wise(whole, numbers.take(places), day, b"-")
    time, utc = _prefixed(found.field("time"), b" "), found.field("utc")
    zone = pc.if_else(pc.equal(pc.binary_length(utc), 0), utc, pa.scalar(b"Z", texts.type))
    plain = pc.binary_join_element_wise(date, time, zone, b"")
    return pc.coalesce(plain, texts)


def _lower(words: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    return pc.ascii_lower(words.cast("string")).cast(words.type)


def _prefixed(texts: pa.Array, sign: bytes) -> pa.Array:
    """The texts with a sign before them, of which empty ones stay empty."""
    import pyarrow.compute as pc

    return pc.if_else(
        pc.equal(pc.binary_length(texts), 0), texts, pc.binary_join_element_wise(sign, texts, b"")
    )


@cache
def _forms() -> tuple[str, ...]:
    """The forms of dates, that of short years first."""
    month = rf"(?P<month>{'|'.join(names_of_months())})\.?"
    forms = (
        rf"{_DAY}{_SIGN}?{month}{_SIGN}?{_SHORT_YEAR}{_TIME}",
        rf"{_DAY}(?:{_SIGN}| de )?{month},?(?:{_SIGN}| de )?{_YEAR}{_TIME}",
        rf"{month}{_SIGN}{_DAY},?{_SIGN}{_YEAR}{_TIME}",
        rf"{month} +{_DAY} {_CLOCK}{_UTC} {_YEAR}",
        rf"{_YEAR}{_SIGN}?{month}{_SIGN}?{_DAY}{_TIME}",
    )
    return tuple(rf"(?i)\A{_WEEKDAY}{form}\z" for form in forms)
