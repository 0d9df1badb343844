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

_LETTERS = frozenset("cfghjklmstw")
"""Letters that are units without brackets; others mostly say which model it is, or which column."""

_MASS = frozenset({("g", 1)})
_VOLUME = frozenset({("m", 3)})
"""Quantities of which a word alone without brackets has one. Otherwise 1 kg is 1 L, as of water."""

_OF_LETTERS = frozenset(frozenset({(base, 1)}) for base in ("K", "s"))
"""Quantities of which two letters without brackets are units: `temp_c` and `temp_f`, but not `y_g`
and `y_t`, which may be generated and true."""

_MAY_BE_ANYTHING = frozenset({"in", "mt"})
"""Units that may stand for anything else, as single letters may: `check_in`. A model of machine
translation may be `pred_mt`."""

_NEVER_ALONE = frozenset({"dl"})
"""Words that are units beside others alone: `mg_dl`. A model of deep learning may be `pred_dl`."""

_DIFFERENCE = re.compile(
    r"(?i:(?<![^\W_])(?:delta|\u0394|d_?t(?![^\W_])|diff|anom|chang|trend|bias|err|resid|incr|warming|"
    r"range|spread|std|rmse|mae(?![^\W_])))"
)
"""A word that says that differences are measured, which are the same in K and \u00b0C."""


class _Reading(NamedTuple):
    """A way to read the end of a name as a unit."""

    before: str
    """The words before the unit, in small letters."""

    sizes: frozenset[tuple[Quantity, str]]
    """The size of the unit in each quantity that it may measure."""

    may_be_anything: bool = False
    """Whether it says little unless the names are the same before it."""

    is_word: bool = False
    """Whether it is a single word without brackets."""

    is_letter: bool = False
    """Whether this is a single letter."""


def are_in_different_units(one: str, other: str) -> bool:
    """Whether two names end in units of one quantity that have different sizes.

    The longest ends that are units of one quantity say so.

    Args:
        one: A name, without blanks around it and without that of a side at its end.
        other: Another one.
    """
    are_differences = all(_DIFFERENCE.search(name) for name in (one, other))
    seconds = [*_readings(other, are_differences)]
    for first, second in product(_readings(one, are_differences), seconds):
        may_be_anything = first.may_be_anything or second.may_be_anything
        if may_be_anything and first.before != second.before:
            continue
        common = {of for of, _ in first.sizes} & {of for of, _ in second.sizes}
        if first.is_letter and second.is_letter:
            common &= _OF_LETTERS
        all_quantities = {of for of, _ in first.sizes | second.sizes}
        if (first.is_word or second.is_word) and _MASS in all_quantities:
            common -= {_VOLUME}
        if common:
            return first.sizes.isdisjoint(second.sizes)
    return False


def _readings(name: str, are_differences: bool) -> Iterator[_Reading]:
    """The ways to read the end of a name as a unit, the longest first."""
    in_brackets = _IN_BRACKETS.fullmatch(name)
    if in_brackets is not None:
        before = _plain(_words(in_brackets[1]))
        yield _Reading(before, sizes(in_brackets[2], is_difference=are_differences))
        return
    words = _words(name)
    for n_words in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        end = words[-n_words:]
        if all(map(_WORD.fullmatch, end)) and (n_words > 1 or _is_unit_alone(*end)):
            found = sizes(_joined(end), is_difference=are_differences)
            are_short = all(len(word) == 1 or word.lower() in _MAY_BE_ANYTHING for word in end)
            is_word = n_words == 1
            is_letter = is_word and len(end[0]) == 1
            yield _Reading(_plain(words[:-n_words]), found, are_short, is_word, is_letter)


def _is_unit_alone(word: str) -> bool:
    """Whether a word may be a unit without brackets and without other words of the unit."""
    plain = word.casefold()
    return plain in _LETTERS if len(word) == 1 and word.isalpha() else plain not in _NEVER_ALONE


def _words(name: str) -> list[str]:
    return [word for word in _BETWEEN.split(name) if word]


def _plain(words: list[str]) -> str:
    return "_".join(words).casefold()


def _joined(words: list[str]) -> str:
    """Words as a unit: with powers (`m s-1`) their product, otherwise divided by all but one."""
    if any("-" in word for word in words):
        return " ".join(words)
    return "/".join(words).replace("/per/", "/")
