"""Heads of the tables of a page: words, where the JSON has names."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from smoothl1.results.columns import Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    return f"{100 * confidence:g}% from", "to"
