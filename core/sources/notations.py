"""Text that may be a number, or a missing value, in a notation that is not read as one.

What is certainly a label is not taken for a number: dates, addresses, versions, and codes of
letters and digits. A whole number before a word is a number with a unit only if that word is a
known unit: `12 ms`, but not `3 bedrooms`. A fraction is one before most words: `1.25 cups`.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.sources.nested_texts import are_nested_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

_FIGURE = lazy_pattern(
    r"[+\u2212\u2013-]?[0-9][0-9.,_' \u00a0\u202f]*(?:[eEdD][+-]?[0-9]+)?"
    r"|[+-]?1[.,]#[A-Z]+[0-9]*"
    r"|0[xX][0-9a-fA-F.]+(?:[pP][+-]?[0-9]+)?"
)

_MARK = (
    r"[?\u2013\u2014]|-+|\.{1,3}|\.[a-z]|\\N|##+|#[A-Z/0]+[!?]?"
    r"|[$\u20ac\u00a3] ?-|- ?[$\u20ac\u00a3]"
    r"|(?i:<(?:na|null|none)>|\(null\)|n/?a|n\.a\.?|n/d|n\.d\.?|k\.\s?a\.?|nan|nat|nil|none|null"
    r"|missing|undefined|no data|not available)"
)
MISSING_MARK = lazy_pattern(rf"{_MARK}|\*{{1,2}}")
"""Cells that stand for a missing value elsewhere, but are text here."""

_MARKS = lazy_pattern(_MARK)
"""Of these, those that are no footnotes."""

_NAN_OF_WINDOWS = lazy_pattern(r"-?1[.,]#(?:QNAN|SNAN|IND|NAN)[0-9]*")

_VULGAR = lazy_pattern(r"[+-]?[0-9]* ?[\u00bc-\u00be\u2150-\u215e]")
"""Numbers with a fraction of one character: 1\u00bd."""

_PARTS = lazy_pattern(
    r"([^0-9]*?)([.,]?[0-9]++(?:[.,'\u2019_ \u00a0\u202f][0-9]++)*+[.,]?)((?:[eEdD][+-]?[0-9]++)?)"
    r"([^0-9].*)?",
    re.DOTALL,
)
"""What stands before the first number, the number and its exponent, and what stands after it."""

_BEFORE = " +-\u2212\u2013([='\"`*<>\u2264\u2265~\u2248\u2243\u00b1"
_AFTER = " )]'\"`*\u2020\u2021+-"
_ABOUT = {"ca", "ca.", "approx", "approx.", "about"}

_UNIT_WORDS = (
    "% \u2030 percent pct pp bp bps ppm ppb k K M mn bn million billion thousand mio Mio Mio. "
    "mrd Mrd Mrd. tsd Tsd Tsd. "
    "s sec secs second seconds m min mins minute minutes h hr hrs hour hours d day days w wk wks "
    "week weeks mo month months y yr yrs year years ms us \u00b5s \u03bcs ns ps "
    "mm cm dm km nm um \u00b5m \u03bcm in inch inches ft feet yd mi mile miles m2 m\u00b2 m3 "
    "m\u00b3 km2 km\u00b2 ha sqft sqm ft2 ft\u00b2 l L ml mL cl dl gal g kg mg ug \u00b5g t lb "
    "lbs oz kmh kph mph rpm fps knots \u00b0 \u00b0C \u00b0F \u2103 V mV kV W mW kW MW GW Wh kWh "
    "MWh GWh mA Hz kHz MHz GHz dB dBm Pa hPa kPa MPa bar mbar psi kJ MJ cal kcal kN \u2126 \u03a9 "
    "ohm ohms mol kB KB MB GB TB KiB MiB GiB TiB byte bytes bit bits kbit Mbit Gbit kbps Mbps "
    "Gbps kr kr. Kr z\u0142 Ft K\u010d lei euro euros Euro dollar dollars cent cents ct"
)
_UNITS = frozenset(_UNIT_WORDS.split())
_SPACED_UNITS = frozenset("ABCFJNKVW")
"""Units of one letter, which follow a number without a blank in codes, too: 12A."""

_CURRENCY_WORDS = (
    "USD EUR GBP JPY CHF SEK NOK DKK ISK CNY RMB INR AUD CAD NZD HKD SGD KRW TWD BRL MXN ARS CLP "
    "COP PEN ZAR RUB UAH TRY PLN CZK HUF RON BGN ILS THB IDR PHP MYR VND AED SAR EGP NGN KES PKR "
    "BDT LKR BTC ETH Rs Rs. kr kr. Kr Fr Fr. $ US$ R$ C$ A$ NZ$ HK$ S$ \u00a3 \u00a5 \u0e3f"
)
_CURRENCIES = frozenset(_CURRENCY_WORDS.split()) | {chr(sign) for sign in range(0x20A0, 0x20C1)}

_SIGN = lazy_pattern("%|[A-Z]{1,3}[$\u00a3\u00a5\u20ac]|[$\u00a3\u00a5\u20ac][A-Z]{1,3}")
"""The sign of a currency with its country, JP\u00a5 or $US; or a per cent sign before a number."""

_ARABIC = {0x066B: ".", 0x066C: ",", 0x066A: "%"}
_CLOSING = (")", "]", "}")

_NO_UNIT_WORDS = "a b c e x rc alpha beta dev pre post lts final snapshot am pm uhr"
_NO_UNITS = frozenset(_NO_UNIT_WORDS.split())
"""Words that follow the number of a version or a time of day."""

DATE = (
    r"\s*(?:[0-9]{4}([-/.])[0-9]{1,2}\1[0-9]{1,2}|[0-9]{1,2}([-/.])[0-9]{1,2}\2[0-9]{4})(?![0-9])"
)
"""The beginning of a text that begins with a date."""
_DATE = lazy_pattern(DATE)

_CONSTRUCTORS = ("tensor", "Tensor", "array", "Array", "Decimal", "Fraction")


def is_flag(text: str) -> bool:
    """Whether a cell says true or false in words, in upper or lower case."""
    return text.lower() in ("true", "false", "t", "f")


def begins_with_date(text: str) -> bool:
    """Whether a text begins with a date in digits: `2024-01-31 05:00`, `31.1.2024`, `1/31/2024`."""
    return _DATE.match(text) is not None


def may_be_missing(text: str) -> bool:
    """Whether a cell's text stands for a missing value elsewhere, but is text here."""
    return (MISSING_MARK.fullmatch(text) or _NAN_OF_WINDOWS.fullmatch(text)) is not None


def is_figure(text: str) -> bool:
    """Whether a cell's text may be a number in some notation: with separators, or hexadecimal."""
    return _FIGURE.fullmatch(text) is not None


def may_be_number(text: str) -> bool:
    """Whether a cell's text, which is no number here, may be one in another notation, or missing.

    It may be an amount, a number with a unit, a duration, a list, or a mark of a missing value.
    """
    if _MARKS.fullmatch(text) is not None or _VULGAR.fullmatch(text) is not None:
        return True
    if not text.isascii():
        text = _in_ascii(text)
    if text[-1:] in _CLOSING and (is_constructed(text) or are_nested_numbers(text)):
        return True
    match = _PARTS.fullmatch(text)
    if match is None:
        return False
    if _is_odd_figure(text):
        return True
    before, number, exponent, after = match.groups("")
    if exponent or not after:
        return _is_before(before, number) and _is_one(number)
    return (
        _is_before(before, number)
        and (_is_unit(after, number, before) or _is_spread(after))
        and _is_one(number)
    ) or _is_duration(text)


def _in_ascii(text: str) -> str:
    """A text with plain blanks, digits and marks, and without marks of its direction."""
    from unicodedata import category, decimal, normalize  # late: most text is plain

    found = (character for character in normalize("NFKC", text) if category(character) != "Cf")
    return "".join(str(decimal(character, character)) for character in found).translate(_ARABIC)


def is_constructed(text: str) -> bool:
    """Whether a text is a number as Python shows it: tensor(5.), np.float64(5.0)."""
    name, _, rest = text.partition("(")
    module, _, last = name.rpartition(".")
    is_known = last in _CONSTRUCTORS or (module in ("np", "numpy", "jnp") and last.isalnum())
    return is_known and rest.lstrip("[('\"+-.")[:1].isdigit()


def _is_odd_figure(text: str) -> bool:
    """Whether a text is hexadecimal, or infinity or NaN as Windows writes them."""
    return is_figure(text) and ("x" in text or "X" in text or "#" in text)


def _is_before(before: str, number: str) -> bool:
    """Whether a text may stand before a number: a sign, a bracket, a comparison or a currency."""
    word = before.strip(_BEFORE)
    is_code = word.isupper() and len(word) == 3 and before.endswith(" ") and _is_fraction(number)
    return not word or _is_currency(word) or word in _ABOUT or is_code


def is_unit(word: str) -> bool:
    """Whether a word is a unit or a currency that is known as such."""
    return word in _UNITS or word in _SPACED_UNITS or _is_currency(word)


def _is_currency(word: str) -> bool:
    return word in _CURRENCIES or _SIGN.fullmatch(word) is not None


def _is_unit(after: str, number: str, before: str) -> bool:
    """Whether a text may stand after a number: a unit, a currency, a bracket or a footnote."""
    text = after.rstrip(_AFTER)
    word, per, other = text.lstrip(" ").partition("/")
    word = word.removeprefix("sq ").rstrip(" ")
    if per and not (0 < len(other) <= 6 and (word or before)):
        return False
    if not word or word in _UNITS or _is_currency(word):
        return True
    if word in _SPACED_UNITS and not _is_fraction(number):
        return after.startswith(" ") or _is_currency(before.strip(_BEFORE))
    is_word = word.isalpha() and (word.lower() if word[1:] else word) not in _NO_UNITS
    return is_word and _is_fraction(number) and (len(word) <= 4 or word.islower())


def _is_spread(after: str) -> bool:
    """Whether a text is what follows a mean: a standard error or an interval."""
    number = r"[+\u2212-]?[0-9.,]+(?:e[+-]?[0-9]+)?%?"
    spread = rf" ?(?:\u00b1|\+/-|\+-) ?{number}| [(\[]{number}(?:[,;] ?{number}| - {number})?[)\]]"
    return after[1:2] != "" and re.fullmatch(spread, after) is not None


def _is_duration(text: str) -> bool:
    """Whether a text is a duration as pandas, Python, Polars, ISO 8601 or stopwatches write it."""
    if text.startswith(("P", "-P")):
        return re.fullmatch(r"-?P(?:[0-9]+D)?T(?:[0-9.]+[HMS])+", text) is not None
    if " day" in text:
        clock = r"[+-]?[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?"
        return re.fullmatch(rf"-?[0-9]+ days?,? {clock}", text) is not None
    if ":" in text:  # a time of day has hours of two digits, or no fraction
        split = r"-?(?:[0-9]:[0-9]{2}:[0-9]{2}|[0-9]{1,3}:[0-9]{2})\.[0-9]+"
        return re.fullmatch(split, text) is not None
    if text[-1] not in "dhms":
        return False
    return re.fullmatch(r"-?(?:[0-9]+(?:\.[0-9]+)?(?:d|h|[mun\u00b5]?s|m) ?)+", text) is not None


def _is_fraction(number: str) -> bool:
    return any(mark in number[:-1] for mark in ".,")


def _is_one(number: str) -> bool:
    """Whether digits with marks between them are one number: 1.25, 1,234.5 or 12,34,567.

    Four numbers below 256 with points between them are the address of a computer.
    """
    is_open = number[-1] in ".,"
    number = number.rstrip(".,")
    marks = re.findall("[^0-9]", number)
    if is_open and marks:
        return False
    groups = re.split("[^0-9]", number)
    if len(marks) == 1 and marks[0] in ".,":
        return True
    if marks == ["."] * 3 and all(len(group) < 4 and int(group) < 256 for group in groups):
        return False
    if len(marks) > 1 and marks[-1] in ".," and marks[-1] != marks[-2]:
        marks, groups = marks[:-1], groups[:-1]
    if not marks:
        return True
    sizes = [len(group) for group in groups]
    is_even = all(one == other for one, other in pairwise(marks))
    inner = {2, 3} if marks[0] == "," else {3}
    return is_even and 0 < sizes[0] <= 3 and sizes[-1] == 3 and {*sizes[1:-1]} <= inner


_PLAIN = lazy_pattern(r"[+-]?(?:(?:[1-9][0-9]*|0)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
"""A number without leading zeros, which codes have."""


def are_mostly_numbers(texts: Sequence[str], *, with_whole: bool) -> bool:
    """Whether at least half of some texts are numbers: words stand where one could not be told.

    Args:
        texts: The texts, none of which stands for a missing value.
        with_whole: Whether whole numbers alone are enough; beside fractions, they may be labels.
    """
    found = [text for text in map(str.strip, texts) if _PLAIN.fullmatch(text)]
    has_fractions = any(not text.lstrip("+-").isdigit() for text in found)
    return bool(found) and 2 * len(found) >= len(texts) and (with_whole or has_fractions)
