"""Names of months in dates, in several languages and abbreviations."""

from __future__ import annotations

from functools import cache

from smoothl1.files.shard_words import words_of_months

_MORE_NAMES = (
    "jän jänner janv ene gennaio gen janeiro",
    "févr fév fevr fev febr febbraio fevereiro",
    "mär maart mrt março marco",
    "avr abr aprile",
    "mei maggio mag maio",
    "giugno giu junho",
    "juil luglio lug julho",
    "augustus ago",
    "settembre set setembro",
    "ottobre ott outubro out",
    "novembro",
    "déc dic dicembre dez dezembro",
)
"""Names of months from January on that are no more than words elsewhere, as `set` and `out`."""


@cache
def names_of_months() -> dict[str, int]:
    """The names of months in dates, and their numbers."""
    return {
        name: number
        for number, names in enumerate(zip(words_of_months(), _MORE_NAMES, strict=True), start=1)
        for name in (*names[0].split("|"), *names[1].split())
    }
