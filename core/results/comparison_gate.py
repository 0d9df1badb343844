"""The gate of a comparison: whether the second model is worse, or not better, than the first."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smoothl1.results.comparison import Comparison, Difference
    from smoothl1.tallies.group import Group

CONDITIONS = ("worse", "not-better")


def failures(found: Comparison, condition: str, confidence: float) -> list[str]:
    """The failures of a gate on the second model, B.

    Args:
        found: The comparison that is judged.
        condition: "worse" fails if B is worse, "not-better" fails if B is not better.
        confidence: The confidence level of the intervals that decide.

    Returns:
        A sentence for each beta and group that fails; if there is no group, one that says so.
    """
    sentences = []
    entries = list(found.entries)
    for beta, group, difference in entries:
        reason = _reason(difference, condition, confidence)
        if reason is not None:
            subject = _subject(beta, group, several=len(entries) > 1)
            sentences.append(f"{subject} is {difference.estimate.value!r}, {reason}")
    return sentences if entries else ["there are no groups, so there is nothing to compare"]


def _subject(beta: float, group: Group, *, several: bool) -> str:
    where = [f"of {phrase}" for phrase in group.phrases()]
    where += [f"at beta {beta!r}"] if several else []
    return " ".join(["the difference B - A", *where])


def _reason(difference: Difference, condition: str, confidence: float) -> str | None:
    """The reason why a difference fails a condition; None if it passes.

    The interval is judged in a unit in which it neither over- nor underflows. So the scale of the
    data does not change on which side of 0 it lies. The printed interval may over- or underflow.
    """
    estimate = difference.estimate
    low, high = estimate.interval_in_unit(confidence)
    if low <= 0 if condition == "worse" else high < 0:
        return None
    if not difference.a.n:
        return "of no elements: there is nothing to compare"
    words = "worse" if condition == "worse" else "not better"
    if math.isnan(low):
        words = f"not known to be {'no worse' if condition == 'worse' else 'better'}"
    printed = estimate.interval(confidence)
    return f"its interval {printed[0]!r} to {printed[1]!r}: B is {words}"
