"""Warnings about samples that are too small for their intervals to cover as often as stated.

Below 30 effective rows the mean of skewed losses is in its interval less often than stated: if a
sample happens to lack a rare large loss, neither its mean nor its spread shows it.
`benchmarks/coverage.py` measures how often.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from smoothl1.errors import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from smoothl1.numerics.ratio import Ratio
    from smoothl1.tallies.group import Group

FEWEST_ROWS = 30
"""Effective rows. From here on intervals at 95% covered the mean of all but the most skewed losses
in 92% of simulated samples or more, with weights or without. For losses that are large in one row
of ten and small in the others, they covered it in 84% at 30 rows, and in 69% at 10."""

_MOST_SENTENCES = 5
"""Most groups with a sentence of their own; further ones are only counted."""


def sentences_on_few_rows(
    samples: Iterable[tuple[Group, Ratio | None]], subject: str = "the result", unit: str = "row"
) -> list[str]:
    """A sentence about each sample that is too small, and one about those beyond the first five.

    Args:
        samples: The name of each sample, and its mean with the moments of its rows if known.
        subject: The name for all samples together.
        unit: What the moments are of: "row" or "cluster".
    """
    few = [
        (group, ratio.effective_rows)
        for group, ratio in samples
        if ratio is not None and ratio.effective_rows < FEWEST_ROWS
    ]
    said = [
        f"{_name(group, subject)} has {_number(rows, unit)}, fewer than {FEWEST_ROWS}: where "
        f"losses are skewed, an interval at 95% may hold the true value in less than 90%"
        for group, rows in few[:_MOST_SENTENCES]
    ]
    if len(few) > _MOST_SENTENCES:
        more = f"{counted(len(few) - _MOST_SENTENCES, 'more group')} of fewer than {FEWEST_ROWS}"
        said.append(f"{subject} has {more} effective {unit}s")
    return said


def _number(rows: float, unit: str) -> str:
    """The number of units in at most three digits; never rounded up to one that would be enough."""
    text = f"{rows:.3g}"
    if float(text) >= FEWEST_ROWS:
        text = f"{math.floor(10 * rows) / 10}"
    return f"{text} effective {unit}{'' if text == '1' else 's'}"


def _name(group: Group, subject: str) -> str:
    parts = group.phrases()
    return f"{subject} of {', '.join(parts)}" if parts else subject
