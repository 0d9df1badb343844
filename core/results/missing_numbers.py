"""Whether two results took the same numbers in text for missing values.

A text that is no number (`-`) changes no number: without the option it is refused. A number that
stands for a missing value changes a loss without any other trace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.decisions import MISSING_NUMBERS
from smoothl1.results.input_summary import MIXED

if TYPE_CHECKING:
    from smoothl1.results.result import Result

_TEXT = ("csv", "jsonl", MIXED)
"""The formats of inputs that options may tell what is missing in."""


def differing_missing_numbers(here: Result, there: Result) -> tuple[str, str] | None:
    """The numbers that either of two results of text took for missing values, if they differ.

    Results of which one has read no CSV or JSON Lines are not compared: other formats say
    themselves what is missing.

    Args:
        here: A result.
        there: Another one.

    Returns:
        What to say of the first, and of the second; None if nothing differs.
    """
    if not (_has_text(here) and _has_text(there)) or _numbers(here) == _numbers(there):
        return None
    of_here, of_there = (", ".join(sorted(_numbers(one))) or "none" for one in (here, there))
    return of_here, of_there


def _has_text(result: Result) -> bool:
    return any(side.format in _TEXT for side in result.inputs)


def _numbers(result: Result) -> set[str]:
    found = (one for one in result.decisions if one.subject == MISSING_NUMBERS)
    return {one.choice.partition(" ")[0] for one in found}
