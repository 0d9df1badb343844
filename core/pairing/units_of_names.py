"""Units at the ends of the names of two columns."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.sources.unit_sizes import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smoothl1.sources.unit_sizes import Quantity

_IN_BRACKETS = re.compile(r"(?s)(.*?)[([]((?:[^][()]|\([^()]*\))+)[])]\s*")
"""A name that ends in brackets, which may hold further ones: `flux [kg / (m2 s)]`."""

_BETWEEN = re.compile(r"[\s_./,:]+|-(?!\d)")
_WORD = re.compile(r"[^\W\d_]{2,}[23]?|[^\W\d_]|m[23]|[^\W\d_]+-[1-4]|%|\u00b0[CF]?")
"""A word that may be a unit: `h2` may be anything else, as `m2` is not."""

_MOST_WORDS = 3
"""As in `kg_m2_s` and `mm_per_day`."""

_MAY_BE_ANYTHING = frozenset({"in"})
"""Units that may stand for anything else, as single letters may: `check_in`."""


class _Reading(NamedTuple):
    """A way to read the end of a name as a unit."""

    before: str
    """The words before the unit, in small letters."""

    sizes: frozenset[tuple[Quantity, str]]
    """The size of the unit in each quantity that it may measure."""

    may_be_anything: bool
    """Whether it says little unless the names are the same before it."""


def are_in_different_units(one: str, other: str) -> bool:
    """Whether two names end in units of one quantity that have different sizes.

    The longest ends that are units of one quantity say so.

    Args:
        one: A name, without blanks around it and without that of a side at its end.
        other: Another one.
    """
    seconds = [*_readings(other)]
    for first, second in product(_readings(one), seconds):
        may_be_anything = first.may_be_anything or second.may_be_anything
        if may_be_anything and first.before != second.before:
            continue
        if {quantity for quantity, _ in first.sizes} & {quantity for quantity, _ in second.sizes}:
            return first.sizes.isdisjoint(second.sizes)
    return False


def _readings(name: str) -> Iterator[_Reading]:
    """The ways to read the end of a name as a unit, the longest first."""
    in_brackets = _IN_BRACKETS.fullmatch(name)
    if in_brackets is not None:
        before = _plain(_words(in_brackets[1]))
        yield _Reading(before, sizes(in_brackets[2]), may_be_anything=False)
        return
    words = _words(name)
    for n_words in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        end = words[-n_words:]
        if all(map(_WORD.fullmatch, end)):
            are_short = all(len(word) == 1 or word.lower() in _MAY_BE_ANYTHING for word in end)
            yield _Reading(_plain(words[:-n_words]), sizes(_joined(end)), are_short)


def _words(name: str) -> list[str]:
    return [word for word in _BETWEEN.split(name) if word]


def _plain(words: list[str]) -> str:
    return "_".join(words).casefold()


def _joined(words: list[str]) -> str:
    """Words as a unit: with powers (`m s-1`) their product, otherwise divided by all but one."""
    if any("-" in word for word in words):
        return " ".join(words)
    return "/".join(words).replace("/per/", "/")
