"""A ranking of models as one sentence."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from smoothl1.number_texts import short
from smoothl1.results.changes import change_text
from smoothl1.results.comparison_gate import NOTHING
from smoothl1.results.intervals import level_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothl1.results.model_losses import RankedModel
    from smoothl1.results.ranking import Ranking

_MOST_NAMED = 3
"""Most models that a sentence describes; it counts the others."""


def sentence(found: Ranking, confidence: float, shown: Callable[[str], str] = str) -> str:
    """Which model is best, and how sure that is, as one sentence.

    Args:
        found: The ranking.
        confidence: The confidence with which the intervals of all pairs hold together.
        shown: Shows the name of a model.
    """
    names = list(map(shown, found.models))
    if not found.losses:
        return NOTHING
    if len(found.losses) == 1:
        return _verdict(found.losses[0].ranked(), names, confidence)
    bests, n = best_places(found), len(found.losses)
    if not bests:
        return f"no verdict: in none of {n:,} results a model has losses that are all finite"
    listed = ", ".join(f"{names[place]} in {n_best:,}" for place, n_best in bests.most_common())
    n_without = n - bests.total()
    n_sure = n_clear(found, confidence)
    sure = f"in {n_sure:,} all others are worse" if n_sure else "in none are all others worse"
    none = f"; in {n_without:,} no model has losses that are all finite" if n_without else ""
    return (
        f"of {n:,} results, the smallest mean loss is that of {listed}; {sure} at the "
        f"{level_text(confidence)} level{none}"
    )


def best_places(found: Ranking) -> Counter[int]:
    """In how many rankings each model is the best, by its place; in those that have a best."""
    firsts = (ranked[0] for _, _, ranked in found.entries)
    return Counter(first.place for first in firsts if first.is_best)


def n_clear(found: Ranking, confidence: float) -> int:
    """In how many rankings all other models are worse than the best.

    Args:
        found: The rankings.
        confidence: The confidence with which the intervals of all pairs hold together.
    """
    all_others = (ranked[1:] for _, _, ranked in found.entries)
    return sum(all(model.is_worse(confidence) for model in others) for others in all_others)


def _verdict(ranked: list[RankedModel], names: list[str], confidence: float) -> str:
    """Which model is best at one beta and for one group."""
    best, *others = ranked
    base = best.tally.mean
    if not best.is_best:
        return "no verdict: no model has losses that are all finite"
    worse = [model for model in others if model.is_worse(confidence)]
    odd = [model for model in others if not math.isfinite(model.tally.mean)]
    rest = [model for model in others if model not in (*worse, *odd)]
    is_sure = "has the smallest mean loss" if rest else "is best"
    parts = [f"{names[best.place]} {is_sure}"]
    for model in worse[:_MOST_NAMED]:
        numbers = model.numbers(confidence)
        difference, low, high = (numbers[key] or 0.0 for key in ("difference", "low", "high"))
        change = f" ({change_text(difference, base)})" if base else ""
        parts.append(
            f"{names[model.place]} is worse by {short(difference, 3)}{change}, "
            f"{level_text(confidence)} interval {short(low, 3)} to {short(high, 3)}"
        )
    if len(worse) > _MOST_NAMED:
        n_more = len(worse) - _MOST_NAMED
        parts.append(f"{n_more} more {'is' if n_more == 1 else 'are'} worse")
    if rest:
        parts.append(f"no clear difference from {_listed(names, rest)}")
    if odd:
        parts.append(f"not finite: {_listed(names, odd)}")
    return "; ".join(parts)


def _listed(names: list[str], models: list[RankedModel]) -> str:
    more = len(models) - _MOST_NAMED
    listed = ", ".join(names[model.place] for model in models[:_MOST_NAMED])
    return listed + (f" and {more} more" if more > 0 else "")
