"""Warnings about samples whose intervals may cover the true value less often than stated.

Below 30 effective rows the mean of skewed losses is in its interval less often than stated: if a
sample happens to lack a rare large loss, neither its mean nor its spread shows it. So it is with
more rows, if few of them have nearly all of the spread. Of r large deviations of equal size, the
others being 0, the skewness as `ratio` defines it is 1 / sqrt(r). If r rows of a sample are large,
another sample has none with probability exp(-r), which is above 5% for r < 3: the rule of three.
`benchmarks/coverage.py` and `benchmarks/rare_losses.py` measure how often intervals cover.

Source: J. A. Hanley, A. Lippman-Hand, "If nothing goes wrong, is everything all right? Interpreting
zero numerators", JAMA 249(13), 1983, pages 1743 to 1745.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.errors import counted
from smoothl1.numerics.ratio import ldexp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from smoothl1.numerics.ratio import Ratio
    from smoothl1.tallies.group import Group
    from smoothl1.tallies.tally import Tally

FEWEST_ROWS = 30
"""Effective rows. From here on intervals at 95% covered the mean of all but the most skewed losses
in 92% of simulated samples or more, with weights or without. For losses that are large in one row
of ten and small in the others, they covered it in 84% at 30 rows, and in 69% at 10."""

FEWEST_LARGE_ROWS = 3
"""Rows with large deviations. Of normal and of exponential losses, fewer than one in 1,000 samples
of 100 rows have so few."""

_ROWS_TO_A_LARGE_ONE = 30
"""Least rows for each with a large deviation: below that, ordinary losses are as skewed. Of squared
normal losses, 7% of the samples of 30 rows have the skewness of fewer than three large rows."""

_LEAST_SHARE = 0.5
"""A share of the squared deviations that is too small for `FEWEST_LARGE_ROWS`."""

_LESS_OFTEN = "an interval at 95% may hold the true value in less than 90%"

_MOST_SENTENCES = 5
"""Most groups with a sentence of their own; further ones are only counted."""


class Sample(NamedTuple):
    """A sample of which there is an interval, or one of the samples of a group.

    Attributes:
        group: Its name.
        n_rows: Its effective number of rows; infinite if there is no interval.
        n_large: `large_rows` of it, if it has enough rows.
    """

    group: Group
    n_rows: float = math.inf
    n_large: float = math.inf


def sample_of_losses(group: Group, tally: Tally) -> Sample:
    """The sample of the rows, or clusters of rows, of a tally."""
    ratio = tally.ratio
    sample = sample_of_differences(group, ratio)
    if ratio is None or sample.n_rows < FEWEST_ROWS:
        return sample
    return sample._replace(n_large=min(sample.n_large, _large_losses(tally, ratio)))


def sample_of_differences(group: Group, ratio: Ratio | None) -> Sample:
    """The sample of the differences of rows, or of clusters of rows."""
    if ratio is None:
        return Sample(group)
    rows = ratio.effective_rows
    return Sample(group, rows, large_rows(ratio.skewness) if rows >= FEWEST_ROWS else math.inf)


def large_rows(skewness: float) -> float:
    """The number of equally large deviations that have a skewness.

    Args:
        skewness: Skewness of a mean, as `ratio` defines it; 0 if it is not known.

    Returns:
        1 if one row alone deviates; infinite if the skewness is 0.
    """
    square = skewness**2
    return 1 / square if square else math.inf


def _large_losses(tally: Tally, ratio: Ratio) -> float:
    """The same, if the largest loss has nearly all of the spread, and there are no third moments.

    If it has the share p of the squared deviations, the skewness is about p**1.5 or more. Of rows
    of several elements, and of weighted ones, the deviation of the largest is not known.
    """
    if ratio.moments.third is not None or tally.weight is not None:
        return math.inf
    n, (error, exponent) = tally.n, ratio.standard_error
    if not (n == ratio.moments.n == ratio.effective_rows and 0 < error < math.inf):
        return math.inf
    share = (ldexp(tally.max - tally.mean, -exponent) / error) ** 2 / (n * (n - 1))
    return share**-3 if share > _LEAST_SHARE else math.inf


def sentences_on_few_rows(
    samples: Iterable[Sample], subject: str = "the result", unit: str = "row"
) -> list[str]:
    """A sentence about each sample that is too small, and one about those beyond the first five.

    Args:
        samples: The samples. Of several of one group, such as those of betas, the worst counts.
        subject: The name for all samples together.
        unit: What the rows are: "row" or "cluster".
    """
    by_group: dict[Group, Sample] = {}
    for one in samples:
        other = by_group.get(one.group, one)
        rows, large = min(one.n_rows, other.n_rows), min(one.n_large, other.n_large)
        by_group[one.group] = Sample(one.group, rows, large)
    few = [one for one in by_group.values() if one.n_rows < FEWEST_ROWS]
    said = [
        f"{_name(one.group, subject)} has {_number(one.n_rows, unit)}, fewer than {FEWEST_ROWS}: "
        f"where losses are skewed, {_LESS_OFTEN}"
        for one in few[:_MOST_SENTENCES]
    ]
    if len(few) > _MOST_SENTENCES:
        more = f"{counted(len(few) - _MOST_SENTENCES, 'more group')} of fewer than {FEWEST_ROWS}"
        said.append(f"{subject} has {more} effective {unit}s")
    enough = [one for one in by_group.values() if one.n_rows >= FEWEST_ROWS]
    return said + _sentences_on_large_rows(enough, subject, unit)


def _sentences_on_large_rows(samples: list[Sample], subject: str, unit: str) -> list[str]:
    """The sentences about samples of enough rows, of which few have nearly all of the spread."""
    few = [
        one
        for one in samples
        if one.n_large < min(FEWEST_LARGE_ROWS, one.n_rows / _ROWS_TO_A_LARGE_ONE)
    ]
    said = [
        f"{_name(one.group, subject)} has nearly all of its spread from about "
        f"{_tenths(one.n_large, unit)}, fewer than {FEWEST_LARGE_ROWS}: as a sample may lack such "
        f"{unit}s by chance, {_LESS_OFTEN}"
        for one in few[:_MOST_SENTENCES]
    ]
    if len(few) > _MOST_SENTENCES:
        more = counted(len(few) - _MOST_SENTENCES, "more group")
        whose = f"whose spread is from fewer than {FEWEST_LARGE_ROWS} {unit}s"
        said.append(f"{subject} has {more} {whose}")
    return said


def _number(rows: float, unit: str) -> str:
    """The number of units in at most three digits; never rounded up to one that would be enough."""
    text = f"{rows:.3g}"
    if float(text) >= FEWEST_ROWS:
        text = f"{math.floor(10 * rows) / 10}"
    return f"{text} effective {unit}{'' if text == '1' else 's'}"


def _tenths(rows: float, unit: str) -> str:
    """The number of units, rounded down to tenths."""
    text = f"{max(1.0, math.floor(10 * rows) / 10):g}"
    return f"{text} {unit}{'' if text == '1' else 's'}"


def _name(group: Group, subject: str) -> str:
    parts = group.phrases()
    return f"{subject} of {', '.join(parts)}" if parts else subject
