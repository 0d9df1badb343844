"""A comparison of two models as one sentence."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from smoothl1.errors import counted
from smoothl1.number_texts import short
from smoothl1.results.changes import change_text
from smoothl1.results.comparison_gate import NOTHING, is_beyond_margin
from smoothl1.results.increase import as_float
from smoothl1.results.intervals import level_text
from smoothl1.results.model_names import Pair, pair_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothl1.results.comparison import Comparison
    from smoothl1.results.comparison_gate import Rule
    from smoothl1.results.difference import Difference
    from smoothl1.results.increase import Increase


def sentence(found: Comparison, rule: Rule, shown: Callable[[str], str] = str) -> str:
    """Which model is better, and how sure that is, as one sentence.

    Args:
        found: The comparison.
        rule: The rule that judges it.
        shown: Shows the name of a model.
    """
    pair = pair_of(found.inputs, shown)
    if not found.differences:
        return NOTHING
    if len(found.differences) == 1:
        return verdict(found.differences[0], rule, pair)
    sides = [_side(difference, rule.confidence) for difference in found.differences]
    said = (
        f"of {len(sides):,} results, {pair.b} is better{pair.than_a} in "
        f"{sides.count('better'):,} and worse in {sides.count('worse'):,}, each at the "
        f"{level_text(rule.confidence)} level"
    )
    if rule.margin is None:
        return said
    beyond = [is_beyond_margin(difference, rule) for difference in found.differences]
    return (
        f"{said}; it is worse by more than the margin of {rule.margin.text} in "
        f"{beyond.count(True):,}, not worse by more in {beyond.count(False):,}, and in "
        f"{beyond.count(None):,} that is not clear"
    )


def verdict(found: Difference, rule: Rule, pair: Pair = Pair()) -> str:
    """Which model is better, and how sure that is, at one beta and for one group.

    Args:
        found: The difference of the models.
        rule: The rule that judges it.
        pair: What the models are called.
    """
    numbers = found.numbers(rule.confidence)
    difference = numbers["difference"]
    if not math.isfinite(difference):
        return "no verdict: a loss is not finite, or there is none"
    if difference == 0 == found.n_a_better + found.n_b_better:
        return f"{pair.a} and {pair.b} have the same losses"
    side = _side(found, rule.confidence)
    sign = "worse" if difference > 0 else "better"
    base = numbers["mean_a"]
    change = f" ({change_text(difference, base)})" if base else ""
    what = f"{pair.b} is {sign}{pair.than_a} by {short(abs(difference), 3)}{change}"
    if side is None:
        what = f"no clear difference: {what}"
    if math.isnan(numbers["low"]):
        return f"{what}, one {'cluster' if found.are_clustered else 'row'} has no interval"
    low, high, p = (short(numbers[name], 3) for name in ("low", "high", "p_value"))
    over = f" over {counted(found.n_clusters, 'cluster')}" if found.are_clustered else ""
    of = f"{level_text(rule.confidence)} interval of {pair.difference}{over}"
    what = f"{what}, {of} {low} to {high}, p = {p}"
    return what if rule.margin is None else f"{what}; {_of_margin(found, rule, rule.margin, pair)}"


def _of_margin(found: Difference, rule: Rule, margin: Increase, pair: Pair) -> str:
    """Whether the second model is worse by more than the margin, as a clause."""
    amount = f" ({short(as_float(found.allowed(margin)), 3)})" if margin.is_relative else ""
    than = f"worse by more than the margin of {margin.text}{amount}"
    is_beyond = is_beyond_margin(found, rule)
    if is_beyond is None:
        return f"it is not clear whether {pair.b} is {than}"
    return f"{pair.b} is {'' if is_beyond else 'not '}{than}"


def _side(found: Difference, confidence: float) -> str | None:
    """Whether B is better or worse at the level of confidence; None if neither is shown."""
    low, high = found.estimate.interval(confidence)
    return "worse" if low > 0 else "better" if high < 0 else None
