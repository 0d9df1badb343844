"""Heads of the tables of a page: words, where the JSON has names."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from smoothl1.results.changes import change_text
from smoothl1.results.columns import Column
from smoothl1.results.intervals import level_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smoothl1.results.columns import Cell

_WORDS = {
    "mean_a": "mean A",
    "mean_b": "mean B",
    "p_value": "p",
    "count": "pairs",
    "a_better": "A better",
    "b_better": "B better",
}


def in_words(columns: Iterable[Column], difference: str, confidence: float) -> list[Column]:
    """Columns of numbers with the heads that they have on a terminal.

    Args:
        columns: Columns, named as in the JSON; none that names groups.
        difference: The head of the differences.
        confidence: The confidence level of the intervals.
    """
    words = {**_WORDS, **dict(zip(("low", "high"), _ends(confidence), strict=True))}
    words["difference"] = difference
    return [column._replace(name=words.get(column.name, column.name)) for column in columns]


def with_change(columns: Sequence[Column], bases: Sequence[Cell]) -> list[Column]:
    """Columns of numbers, and after the interval the difference as a percentage of another mean.

    Args:
        columns: Columns, named as in the JSON; none that names groups.
        bases: The mean loss for each row that the difference is a share of.
    """
    names = [column.name for column in columns]
    pairs = zip(columns[names.index("difference")].cells, bases, strict=True)
    change = Column("change", "share", [change_or_none(*pair) for pair in pairs])
    end = names.index("high") + 1
    return [*columns[:end], change, *columns[end:]]


def change_or_none(difference: Cell, base: Cell) -> str | None:
    """The difference as a percentage of a mean loss; None if it or the mean is not known, or 0."""
    if not (isinstance(difference, float) and isinstance(base, float) and base):
        return None
    is_finite = math.isfinite(difference) and math.isfinite(base)
    return change_text(difference, base) if is_finite else None


def interval_columns(
    lows: Sequence[float], highs: Sequence[float], confidence: float
) -> list[Column]:
    """The columns of the bounds of intervals; NaN where one is not known.

    Args:
        lows: Lower bounds.
        highs: Upper bounds.
        confidence: The confidence level of the intervals.
    """
    return [
        Column(head, "number", [None if math.isnan(bound) else bound for bound in bounds])
        for head, bounds in zip(_ends(confidence), (lows, highs), strict=True)
    ]


def _ends(confidence: float) -> tuple[str, str]:
    return f"{level_text(confidence)} from", "to"
