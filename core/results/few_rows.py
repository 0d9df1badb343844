"""What to say of samples that are too small for their intervals to hold what they promise.

Below 30 effective rows the mean of skewed losses lies in its interval less often than the interval
says: one rare large loss that a sample happens to lack is in neither its mean nor its spread.
`benchmarks/coverage.py` measures how often.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from smoothl1.numerics.ratio import Ratio
    from smoothl1.tallies.group import Group

FEWEST_ROWS = 30
"""Effective rows. From here on intervals at 95 % held the mean of all but the most skewed losses in
92 % of simulated samples or more, with weights or without. Of losses that are large in one row of
ten and small in the others, they held it in 84 % at 30 rows, and in 69 % at 10."""

_MOST_SENTENCES = 5
"""Said of groups; of more than these only how many there are."""


def sentences_on_few_rows(
    samples: Iterable[tuple[Group, Ratio | None]], subject: str = "the result"
) -> list[str]:
    """A sentence on each sample that is too small, and one on those beyond the first five.

    Args:
        samples: What each is about, and its mean with the moments of its rows if these are known.
        subject: What all of them together are called.
    """
    few = [
        (group, ratio.effective_rows)
        for group, ratio in samples
        if ratio is not None and ratio.effective_rows < FEWEST_ROWS
    ]
    said = [
        f"{_name(group, subject)} has {_number(rows)}, fewer than {FEWEST_ROWS}: where "
        f"losses are skewed, an interval at 95 % may hold the true value in less than 90 %"
        for group, rows in few[:_MOST_SENTENCES]
    ]
    if len(few) > _MOST_SENTENCES:
        n = len(few) - _MOST_SENTENCES
        said.append(f"{subject} has {n:,} more groups of fewer than {FEWEST_ROWS} effective rows")
    return said


def _number(rows: float) -> str:
    """How many rows, in at most three digits; never rounded up to what would be enough."""
    text = f"{rows:.3g}"
    if float(text) >= FEWEST_ROWS:
        text = f"{math.floor(10 * rows) / 10}"
    return f"{text} effective {'row' if text == '1' else 'rows'}"


def _name(group: Group, subject: str) -> str:
    parts = [f"{name} {text!r}" for name, text in group.named().items()]
    return f"{subject} of {', '.join(parts)}" if parts else subject
