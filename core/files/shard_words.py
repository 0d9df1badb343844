"""Words in names of shards that have an order of their own: months, days, numbers, parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.files.shard_kinds import of_the_kind
from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

_ORDERS = {
    "months": (
        "jan january januar janvier enero",
        "feb february februar février fevrier febrero",
        "mar march märz maerz mrz mars marzo",
        "apr april avril abril",
        "may mai mayo",
        "jun june juni juin junio",
        "jul july juli juillet julio",
        "aug august août aout agosto",
        "sep sept september septembre septiembre",
        "oct october oktober okt octobre octubre",
        "nov november novembre noviembre",
        "dec december dezember dez décembre decembre diciembre",
    ),
    "days of the week": (
        "mon monday mo montag lundi lunes",
        "tue tues tuesday di dienstag mardi martes",
        "wed wednesday mi mittwoch mercredi miércoles miercoles",
        "thu thur thurs thursday do donnerstag jeudi jueves",
        "fri friday fr freitag vendredi viernes",
        "sat saturday sa samstag samedi sábado sabado",
        "sun sunday so sonntag dimanche domingo",
    ),
    "numbers": (
        "zero zeroth null",
        *("one first eins erste", "two second zwei zweite", "three third drei dritte"),
        *("four fourth vier vierte", "five fifth fünf fünfte", "six sixth sechs sechste"),
        *("seven seventh sieben siebte", "eight eighth acht achte", "nine ninth neun neunte"),
        *("ten tenth zehn zehnte", "eleven eleventh elf elfte", "twelve twelfth zwölf zwölfte"),
    ),
    "Roman numerals": ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"),
    "parts of a whole": ("first start begin head", "middle", "last end tail rest"),
}
"""Words in their order, each in several languages or forms."""

MONTHS, NUMBERS, _ROMAN = "months", "numbers", "Roman numerals"
CYCLES = (MONTHS, "days of the week")
"""Orders that may begin anywhere."""

_PLACES = {
    order: {word: place for place, words in enumerate(steps) for word in words.split()}
    for order, steps in _ORDERS.items()
}
_WORD = lazy_pattern(r"[^\W\d_]+")

Places = list[tuple[int, ...]]


def words_of_months() -> list[str]:
    """The names of each month from January on, as alternatives of a pattern."""
    return [words.replace(" ", "|") for words in _ORDERS[MONTHS]]


def words_of_counts() -> frozenset[str]:
    """Numbers in words, and Roman numerals."""
    return frozenset().union(_PLACES[NUMBERS], _PLACES[_ROMAN])


def places_of_words(names: Sequence[str]) -> dict[str, Places]:
    """Where the words of each name stand in each order that most names have words of.

    Args:
        names: The names of files, without their folders.

    Returns:
        The places for each name, by the order; none for a name that has no such word.
    """
    looked_at = {word for name in names[:: len(names) // 16 + 1] for word in _words(name)}
    orders = {o: places for o, places in _PLACES.items() if not looked_at.isdisjoint(places)}
    words = [*map(_words, names)] if orders else []
    found = {}
    for order, places in orders.items():
        of_names = [tuple(places[word] for word in some if word in places) for some in words]
        if of_the_kind(of_names, bool):
            found[order] = of_names
    return found


def _words(name: str) -> list[str]:
    return _WORD.findall(name.lower())
