"""A ranking of models: as lines for programs, and as a table and sentences for people."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from smoothl1.cli.console import escaped, width_of_stdout
from smoothl1.cli.views.aligned import fitted
from smoothl1.cli.views.lines import prefixes
from smoothl1.cli.views.tables import (
    DIFFERENCE_DIGITS,
    level_text,
    rounded,
    text_of,
)
from smoothl1.results.changes import change_text
from smoothl1.results.columns import group_names
from smoothl1.results.overall import name_of_all, overall_ranking
from smoothl1.tallies.group import is_of_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from smoothl1.results.model_losses import RankedModel
    from smoothl1.results.ranking import Ranking
    from smoothl1.tallies.group import Group

_NUMBERS = (
    *("mean", "difference", "low", "high", "t", "p_value"),
    *("better", "worse", "ties"),
)

_LEAST_WANTED = (("ties",), ("better", "worse"), ("change",), ("p",))
"""Columns that a narrow terminal does without, in this order. All are in `-f table`. If there is no
room for the interval, which the ranking is judged by, several tables have all columns.
"""

_MOST_NAMED = 3
"""Most models that a sentence describes; it counts the others."""


def ranking_lines(found: Ranking, confidence: float, precision: int | None) -> str:
    """A header row, and a row for each model of each beta and group, from the best to the worst.

    Args:
        found: The ranking that is shown.
        confidence: The confidence with which the intervals of all pairs hold together.
        precision: Significant digits; None for the shortest text that reads back to the same
            number.

    Returns:
        Tab-separated cells in lines, each with its line end. What is told of the difference from
        the best is empty for the best.
    """
    others = ("rank", "model", *_NUMBERS)
    names = [*map(escaped, group_names(found.settings.levels, others))]
    names += ["column"] * found.settings.by_column
    lines = ["\t".join(["beta", *names, "rank", "model", *_NUMBERS])]
    for beta, group, ranked in found.entries:
        subject = [repr(beta), *map(escaped, group.named().values())]
        for model in ranked:
            numbers = model.numbers(confidence)
            shown = (text_of(numbers[name], precision) for name in _NUMBERS)
            name = escaped(found.models[model.place])
            lines.append("\t".join([*subject, str(model.rank), name, *shown]))
    return "".join(f"{line}\n" for line in lines)


def value_lines(found: Ranking, precision: int | None) -> str:
    """A line for each model of each beta and group, the best first: its name and its mean loss."""
    return "".join(
        f"{prefix}{escaped(found.models[model.place])}\t{text_of(model.tally.mean, precision)}\n"
        for prefix, (_, _, ranked) in zip(prefixes(found), found.entries, strict=True)
        for model in ranked
    )


def best_lines(found: Ranking) -> str:
    """A line for each beta and group: the name of the best model."""
    return "".join(
        f"{prefix}{escaped(found.models[ranked[0].place])}\n"
        for prefix, (_, _, ranked) in zip(prefixes(found), found.entries, strict=True)
    )


def ranking_table(found: Ranking, confidence: float, precision: int | None) -> str:
    """A ranking as a table for people, as wide as the terminal that stdout is.

    Args:
        found: The ranking that is shown.
        confidence: The confidence with which the intervals of all pairs hold together.
        precision: Significant digits of losses; None for six.

    Returns:
        Lines, each with its line end.
    """
    rows = [*rows_of(found, confidence, precision), *rows_of_all(found, confidence, precision)]
    if len(found.settings.betas) == 1:
        rows = [{head: cell for head, cell in row.items() if head != "beta"} for row in rows]
    return fitted(rows, _LEAST_WANTED, width_of_stdout(), is_name, found.settings.levels)


def rows_of(
    found: Ranking, confidence: float, precision: int | None = None
) -> Iterator[dict[str, str]]:
    """The cells of each model of each beta and group, by the heads of their columns.

    Args:
        found: The ranking.
        confidence: The confidence with which the intervals of all pairs hold together.
        precision: Significant digits of losses; None for six.
    """
    for beta, group, ranked in found.entries:
        for model in ranked:
            yield {
                **_subject(beta, group),
                "rank": str(model.rank),
                "model": escaped(found.models[model.place]),
                **_cells(model, ranked[0], confidence, precision),
            }


def rows_of_all(
    found: Ranking, confidence: float, precision: int | None = None
) -> list[dict[str, str]]:
    """The cells of all groups together at each beta, if they can be formed: see `rows_of`."""
    whole = overall_ranking(found)
    if whole is None:
        return []
    named = {next(iter(found.groups[0].named())): escaped(name_of_all(found.groups))}
    return [named | row for row in rows_of(whole, confidence, precision)]


def is_name(head: str) -> bool:
    """Whether a column of the table is text, by its head."""
    return head == "model" or is_of_names(head)


def sentence(found: Ranking, confidence: float, shown: Callable[[str], str] = escaped) -> str:
    """Which model is best, and how sure that is, as one sentence.

    Args:
        found: The ranking.
        confidence: The confidence with which the intervals of all pairs hold together.
        shown: Shows the name of a model.
    """
    names = list(map(shown, found.models))
    if not found.losses:
        return "there are no groups, so there is nothing to compare"
    if len(found.losses) == 1:
        return _verdict(found.losses[0].ranked(), names, confidence)
    entries = [ranked for _, _, ranked in found.entries]
    bests = Counter(names[ranked[0].place] for ranked in entries)
    listed = ", ".join(f"{name} in {n:,}" for name, n in bests.most_common())
    n_clear = sum(all(model.is_worse(confidence) for model in ranked[1:]) for ranked in entries)
    return (
        f"of {len(entries):,} results, the smallest mean loss is that of {listed}; in {n_clear:,} "
        f"all others are worse at the {level_text(confidence)} level"
    )


def targets_told(found: Ranking) -> str:
    """Which file or column the targets are, as one sentence."""
    from smoothl1.results.model_names import name_of_targets  # late: only for terminals

    return f"{len(found.models)} models against {escaped(name_of_targets(found.inputs))}"


def note(found: Ranking, confidence: float) -> str:
    """What the intervals and p-values allow for, as one sentence."""
    return (
        f"intervals and p allow for all {found.n_pairs:,} pairs of models: together the intervals "
        f"hold at the {level_text(confidence)} level, whichever model is best"
    )


def _verdict(ranked: list[RankedModel], names: list[str], confidence: float) -> str:
    """Which model is best at one beta and for one group."""
    best, *others = ranked
    base = best.tally.mean
    if not math.isfinite(base):
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
            f"{names[model.place]} is worse by {difference:.3g}{change}, "
            f"{level_text(confidence)} interval {low:.3g} to {high:.3g}"
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


def _interval_heads(confidence: float) -> tuple[str, str]:
    return f"{level_text(confidence)} from", "to"


def _subject(beta: float, group: Group) -> dict[str, str]:
    return {"beta": f"{beta:g}", **{name: escaped(text) for name, text in group.named().items()}}


def _cells(
    model: RankedModel, best: RankedModel, confidence: float, precision: int | None
) -> dict[str, str]:
    numbers, base = model.numbers(confidence), best.tally.mean
    difference = numbers["difference"]
    has_change = base and difference is not None and math.isfinite(difference)
    start, end = _interval_heads(confidence)
    heads = {"above best": "difference", start: "low", end: "high"}
    counts = {name: numbers[name] for name in ("better", "worse", "ties")}
    return {
        "mean": rounded(numbers["mean"], precision),
        **{
            head: rounded(numbers[name], precision, DIFFERENCE_DIGITS)
            for head, name in heads.items()
        },
        "change": change_text(difference or 0.0, base) if has_change else "",
        "p": rounded(numbers["p_value"], None, 3),
        **{name: "" if n is None else f"{n:,}" for name, n in counts.items()},
    }
