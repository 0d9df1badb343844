"""Dates in text that are not written as `2024-01-31`: `31.01.2024`, `1/31/2024`, `31-Jan-2024`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    Notations = tuple[tuple[str, str], ...]

_CLOCK = "[0-9]{1,2}:[0-9:.,]+"
_HALF = "(?: ?[AaPp][Mm])"
_TIME = rf"( {_CLOCK}{_HALF}?)?\z"
_YEAR = "((?:18|19|20|21)[0-9]{2})"
_DAY_FIRST = rf"([0-9]{{1,2}})\.([0-9]{{1,2}})\.{_YEAR}"
_YEAR_FIRST = rf"{_YEAR}[/.]([0-9]{{1,2}})[/.]([0-9]{{1,2}})"
_WITH_SLASHES = rf"([0-9]{{1,2}})/([0-9]{{1,2}})/{_YEAR}"

_ISO = rf"{_YEAR}-([0-9]{{2}})-([0-9]{{2}})"
_ODD_TIME = rf"( (?:[0-9]:[0-9:.,]+{_HALF}?|{_CLOCK}{_HALF}|{_CLOCK},[0-9]+))\z"
"""A time of day as `5:30`, `05:30 PM` and `05:30:00,000`."""

_OTHER_SIGN = "(?:[Tt]|, ?)"
"""Another sign than a blank between a date and a time of day: `31.01.2024, 05:30`."""

_DATE = "([0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4})"
_SIGNS = (
    (rf"\A{_DATE}{_OTHER_SIGN}([0-9]{{1,2}}:)", r"\1 \2"),
    (r"\A([0-9-]{10} [0-9:.]+) ?z\z", r"\1Z"),
)
"""The same, and UTC in lower case."""

_CERTAIN = ((_DAY_FIRST, r"\3-\2-\1\4"), (_YEAR_FIRST, r"\1-\2-\3\4"))
"""How dates are written, and the groups of the year, the month, the day and the time of day."""

_ABOVE_TWELVE = "(?:1[3-9]|[23][0-9])"
_CONTRADICTIONS = (rf"\A[0-9]{{1,2}}/{_ABOVE_TWELVE}/", rf"\A{_ABOVE_TWELVE}/")
"""For each of `READINGS`, dates with slashes that have no such month."""

READINGS = (
    ((_WITH_SLASHES, r"\3-\2-\1\4"),),
    ((_WITH_SLASHES, r"\3-\1-\2\4"),),
)
"""The same for dates with slashes: the day may come first, or the month."""

_EIGHT_DIGITS = ((r"\A((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})\z", r"\1-\2-\3"),)
"""The same for `20240131`, which is a date only beside others."""

_ONE_DIGIT = (
    (r"\A([0-9]{4})-([0-9])-", r"\1-0\2-"),
    (r"\A([0-9]{4}-[0-9]{2})-([0-9])( |\z)", r"\1-0\2\3"),
)
"""Months and days without a leading zero."""

_WITHOUT_ZEROS = rf"\A{_YEAR}-(?:[0-9]-[0-9]{{1,2}}|[0-9]{{2}}-[0-9])(?: |\z)"

_AT = r"\A([0-9]{4}-[0-9]{2}-[0-9]{2} )"
_AFTER = r"(:[0-9:.]+) ?"
_TIMES = (
    (rf"{_AT}([0-9]:)", r"\10\2"),
    (r"(:[0-9]{2}),([0-9]+)", r"\1.\2"),
)
"""Hours without a leading zero, and a comma before the fraction of a second."""

_NOON = 12
_HALVES = (
    (rf"{_AT}{_NOON}{_AFTER}[Aa][Mm]\z", r"\100\2"),
    *((rf"{_AT}{hour:02}{_AFTER}[Pp][Mm]\z", rf"\1{hour + _NOON}\2") for hour in range(1, _NOON)),
    (rf"{_AT}([0-9]{{2}}:[0-9:.]+) ?[AaPp][Mm]\z", r"\1\2"),
)
"""Times of either half of a day."""


def with_plain_dates(
    texts: pa.Array, notations: Notations = _CERTAIN, *, short_years: bool = True
) -> pa.Array:
    """Texts in which dates are written as `2024-01-31`; the same array if there are no others.

    Args:
        texts: The texts as bytes, with offsets of 32 bits.
        notations: Patterns of dates, and what each is replaced by.
        short_years: See `with_month_numbers`.
    """
    import pyarrow.compute as pc

    from smoothl1.witnesses.month_names import with_month_numbers
    from smoothl1.witnesses.text_bytes import may_be_date, may_lack_zeros

    texts = with_month_numbers(texts, short_years=short_years)
    if not (may_be_date(texts) or may_lack_zeros(texts)):
        return texts
    if pc.any(pc.match_substring_regex(texts, _SIGNS[0][0])).as_py():
        texts = _replaced(texts, _SIGNS)
    for date, plain in notations:
        if pc.any(pc.match_substring_regex(texts, rf"\A{date}{_TIME}")).as_py():
            texts = _replaced(texts, ((rf"\A{date}{_TIME}", plain), *_ONE_DIGIT))
    if pc.any(pc.match_substring_regex(texts, _WITHOUT_ZEROS)).as_py():
        texts = _replaced(texts, _ONE_DIGIT)
    if pc.any(pc.match_substring_regex(texts, rf"\A{_ISO}{_ODD_TIME}")).as_py():
        texts = _replaced(texts, _TIMES)
        if pc.any(pc.match_substring_regex(texts, rf"{_AT}{_CLOCK}{_HALF}\z")).as_py():
            texts = _replaced(texts, _HALVES)
    return texts


def _replaced(texts: pa.Array, patterns: Notations) -> pa.Array:
    import pyarrow.compute as pc

    for pattern, by in patterns:
        texts = pc.replace_substring_regex(texts, pattern, by)
    return texts


def has_slash_dates(column: pa.Array) -> bool:
    """Whether a value is text, and a date with slashes behind the day: `1/31/2024`."""
    import pyarrow.compute as pc
    from pyarrow import types

    from smoothl1.witnesses.text_bytes import may_be_date

    if not (types.is_binary(column.type) and may_be_date(column)):
        return False
    pattern = rf"\A{_WITH_SLASHES}(?:(?:{_OTHER_SIGN}| ){_CLOCK}{_HALF}?)?\z"
    return pc.any(pc.match_substring_regex(column, pattern)).as_py() is True


def possible_readings(column: pa.Array) -> set[int]:
    """Positions of those `READINGS` in which all dates with slashes have a month.

    Args:
        column: Texts as bytes, or values of another type, which contradict no reading.
    """
    import pyarrow.compute as pc
    from pyarrow import types

    if not types.is_binary(column.type):
        return set(range(len(READINGS)))
    found = (pc.any(pc.match_substring_regex(column, odd)).as_py() for odd in _CONTRADICTIONS)
    return {reading for reading, is_odd in enumerate(found) if not is_odd}


def with_dates_read(column: pa.Array, how: Notations = (), *, short_years: bool = True) -> pa.Array:
    """Texts and integers as texts, in which dates of all notations are written as `2024-01-31`.

    Args:
        column: Texts as bytes, or integers; values of another type are returned as they are.
        how: The patterns of dates with slashes.
        short_years: See `with_month_numbers`.
    """
    import pyarrow as pa
    from pyarrow import types

    if types.is_integer(column.type):
        column = column.cast(pa.string()).cast(pa.binary())
    if not types.is_binary(column.type):
        return column
    plain = with_plain_dates(column, (*how, *_CERTAIN), short_years=short_years)
    return _replaced(plain, _EIGHT_DIGITS)
