"""Dates in text with the name of the month: `15-Jan-2024`, `15JAN2024`, `January 15, 2024`."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from smoothl1.witnesses.names_of_months import names_of_months

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

_WEEKDAY = "[ \t]*(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|\.)?"
_YEAR = "(?P<year>(?:18|19|20|21)[0-9]{2})"
_SHORT_YEAR = "(?P<year>[0-9]{2})"
_SIGN = "(?:[-_/]| +)"
_CLOCK = "(?P<time>[0-9]{1,2}:[0-9:.,]+(?: ?[ap]m)?)"
_ZONE = "(?P<zone> ?(?:gmt|utc|z|[+-][0-9]{2}:?[0-9]{2}))?"
_TIME = rf"(?:(?:,? +|t|:){_CLOCK}{_ZONE})?[ \t]*"
_UTC = ("gmt", "utc", "z")
_FIRST_OF_20TH = 70
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
    import pyarrow as pa

    coded = texts.dictionary_encode()  # each day once: many a series has it
    begin, forms = _forms()
    forms = forms[not short_years :]
    stored: list[bytes] = coded.dictionary.to_pylist()
    plain = [_plain(text, begin, forms) for text in stored]
    return texts if plain == stored else pa.array(plain, texts.type).take(coded.indices)


def _plain(text: bytes, begin: re.Pattern[str], forms: Sequence[re.Pattern[str]]) -> bytes:
    """A date with the number of its month; any other text as it is."""
    date = text.decode(errors="surrogateescape")
    if begin.match(date) is None:
        return text
    found = next(filter(None, (form.fullmatch(date) for form in forms)), None)
    month = found and names_of_months().get(found["month"].casefold())
    if found is None or month is None:
        return text
    year = int(found["year"])
    if len(found["year"]) == 2:
        year += 1900 if year >= _FIRST_OF_20TH else 2000
    time = f" {found['time']}" if found["time"] else ""
    zone = (found["zone"] or "").strip().lower()
    zone = "Z" if zone in _UTC else zone
    return f"{year}-{month:02}-{int(found['day']):02}{time}{zone}".encode()


@cache
def _forms() -> tuple[re.Pattern[str], tuple[re.Pattern[str], ...]]:
    """How dates begin, and their forms, that of short years first."""
    names = "|".join(names_of_months())
    month = rf"(?P<month>{names})\.?"
    forms = (
        rf"{_DAY}{_SIGN}?{month}{_SIGN}?{_SHORT_YEAR}{_TIME}",
        rf"{_DAY}(?:{_SIGN}| de )?{month},?(?:{_SIGN}| de )?{_YEAR}{_TIME}",
        rf"{month}{_SIGN}{_DAY},?{_SIGN}{_YEAR}{_TIME}",
        rf"{month} +{_DAY} {_CLOCK}{_ZONE} {_YEAR}",
        rf"{_YEAR}{_SIGN}?{month}{_SIGN}?{_DAY}{_TIME}",
    )
    begin = rf"{_WEEKDAY}(?:[0-9]{{1,4}}(?:st|nd|rd|th)?[-_/ .]*(?:de )?)?(?:{names})"
    compiled = (re.compile(f"{_WEEKDAY}{form}", re.IGNORECASE) for form in forms)
    return re.compile(begin, re.IGNORECASE), tuple(compiled)
