"""Units that are written in several ways: `m s**-1` of ECMWF, `m s-1` of CF, `m / s` of astropy.

A spelling is read as a product of powers of symbols. Powers of one symbol are added, so the order
of the factors says nothing, and `kg kg-1` is `1`. What is not understood (numbers other than 1,
times since a day, the tables of GRIB) is only the same as the same text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SYNONYMS = (
    "K kelvin kelvins",
    "C celsius",
    "F fahrenheit",
    "deg degree degrees arcdeg",
    "rad radian radians",
    "% percent",
    "m meter meters metre metres",
    "km kilometer kilometers kilometre kilometres",
    "cm centimeter centimeters centimetre centimetres",
    "mm millimeter millimeters millimetre millimetres",
    "um micron microns micrometer micrometers micrometre micrometres",
    "nm nanometer nanometers nanometre nanometres",
    "in inch inches",
    "ft foot feet",
    "mi mile miles",
    "ha hectare hectares",
    "L l liter liters litre litres",
    "t tonne tonnes",
    "lb lbs",
    "kg kilogram kilograms",
    "g gram grams",
    "s sec secs second seconds",
    "min mins minute minutes",
    "h hr hrs hour hours",
    "d day days",
    "week weeks",
    "month months",
    "year years yr yrs",
    "Pa pascal pascals",
    "hPa hectopascal hectopascals mb mbar millibar millibars",
    "J joule joules",
    "W watt watts",
    "N newton newtons",
    "Hz hertz",
    "mol mole moles",
    "kt kts kn knot knots",
    "1 dimensionless unitless none fraction proportion",
)
"""Names of one unit each, of which the first stands for all."""

_OF_DEGREES = (
    "K kelvin",
    "C celsius",
    "F fahrenheit",
    "degrees_north north N",
    "degrees_east east E",
)
"""What stands after the word degrees, and what it means with it."""

_FEWEST_LETTERS = 4
"""Names of so many letters mean the same in any case: the case of `mPa` and `MPa` says which."""

_NAMES = {name: names.split()[0] for names in _SYNONYMS for name in names.split()}
_NAMES |= {
    f"{word}{between}{end}": ends.split()[0]
    for word in ("deg", "degree", "degrees")
    for between in ("_", "")
    for ends in _OF_DEGREES
    for end in ends.split()
}
_LONG_NAMES = {name.casefold(): of for name, of in _NAMES.items() if len(name) >= _FEWEST_LETTERS}

_WITHOUT_UNIT = frozenset({"-", "~", "0-1", "0 - 1", "[]"})
_IN_ASCII = {
    **dict(zip(map(ord, "\u207b\u2070\u00b9\u00b2\u00b3\u2074"), "-01234", strict=True)),
    **dict.fromkeys(map(ord, "\u00b5\u03bc"), "u"),
    **dict.fromkeys(map(ord, "\u00b7\u22c5\u00d7"), "*"),
    **dict.fromkeys(map(ord, "\u00b0\u00ba"), "degree"),
    **dict.fromkeys(map(ord, "{}"), ""),
    **dict(zip(map(ord, "\u2212$\u20ac\u00a3"), ("-", "USD", "EUR", "GBP"), strict=True)),
}
"""Raised digits, the micro sign, dots between factors, signs of degrees and of currencies, and
braces of LaTeX."""

_TOGETHER = re.compile(
    r"\b([kcm]?m(?=s)|[kM]?[JW](?=m)|(?:[kmun]?g|[mun]?mol|t)(?=ha|[mlLhs]))(?=\w+(?:\*\*|\^)?-\d)"
)
"""A symbol in front of one with a negative power, without a sign between them: `ms-1`, `Wm-2`."""

_DEGREES = re.compile(r"(?i:(deg(?:ree)?s?) (?=(?:[CFK]|celsius|kelvin|fahrenheit)\b))")
_FACTOR = re.compile(
    r"(?P<symbol>[^\W\d]+|%|1(?:\.0*)?(?!\d|\.\d))(?:(?:\*\*|\^)?\(?(?P<power>[+-]?\d+)\)?(?!\d|\.\d))?"
)
_SIGN = re.compile(r"\s*(?:(?P<over>/|\bper\b)|\*(?!\*)|\.)?\s*")


def is_one_unit(one: str, other: str) -> bool:
    """Whether two texts are the same unit, whatever the spelling.

    Args:
        one: A unit, as an attribute says it.
        other: Another one.
    """
    return one == other or _with_kelvins(factors(one)) == _with_kelvins(factors(other))


def _with_kelvins(found: frozenset[tuple[str, int]] | str) -> frozenset[tuple[str, int]] | str:
    """A product with K for C, which are of one size in it: K/yr and C/yr."""
    if isinstance(found, str) or found == {("C", 1)}:
        return found
    return frozenset(("K" if symbol == "C" else symbol, power) for symbol, power in found)


def usual_spelling(unit: str) -> str:
    """The usual name of a unit that is a single word, such as `degrees_east`; others as they are.

    Args:
        unit: The unit, as an attribute says it.
    """
    return _symbol(unit.strip())


@lru_cache(maxsize=256)
def factors(unit: str) -> frozenset[tuple[str, int]] | str:
    """The symbols of a unit, each with its power; the text if it is not understood.

    Args:
        unit: The unit, as an attribute or the name of a column says it.
    """
    text = _DEGREES.sub(r"\1_", unit.translate(_IN_ASCII).strip())
    text = _TOGETHER.sub(r"\1 ", text)
    if text.startswith("(") and text.find(")") == len(text) - 1:
        text = text[1:-1].strip()
    if text in _WITHOUT_UNIT:
        return frozenset()
    powers: dict[str, int] = {}
    try:
        for symbol, power in _each_factor(text, 1):
            powers[symbol] = powers.get(symbol, 0) + power
    except ValueError:
        return unit.strip()
    return frozenset((symbol, power) for symbol, power in powers.items() if power and symbol != "1")


def _each_factor(text: str, sign: int) -> Iterator[tuple[str, int]]:
    """The factors of a product, of which a slash divides by the next one, or by a bracket.

    Raises:
        ValueError: The text is no such product.
    """
    place = 0
    is_over = False
    while place < len(text):
        power = -sign if is_over else sign
        if text[place] == "(":
            end = text.find(")", place)
            if end < 0:
                raise ValueError(text)
            yield from _each_factor(text[place + 1 : end], power)
            place = end + 1
        else:
            match = _FACTOR.match(text, place)
            if match is None:
                raise ValueError(text)
            yield _symbol(match["symbol"]), power * int(match["power"] or 1)
            place = match.end()
        if (between := _SIGN.match(text, place)) is not None:
            is_over = bool(between["over"])
            place = between.end()


def _symbol(name: str) -> str:
    if name.startswith("1"):
        return "1"
    return _NAMES.get(name) or _LONG_NAMES.get(name.casefold(), name)
