"""Figures of a comparison: its numbers, the paired differences, and groups with intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

from smoothl1.figures.contract import Axis, Figure, Mark, Ranges
from smoothl1.figures.heads import change_or_none, in_words, interval_columns, with_change
from smoothl1.figures.of_errors import sides, signed_bars, signed_table
from smoothl1.figures.of_result import as_notes, named_numbers, names_of
from smoothl1.figures.scales import widened
from smoothl1.number_texts import as_typed, short
from smoothl1.results.columns import Column, comparison_columns
from smoothl1.results.intervals import level_text
from smoothl1.results.model_names import names_of_models
from smoothl1.results.overall import comparison_columns_with_all, overall_comparison

if TYPE_CHECKING:
    from smoothl1.results.comparison import Comparison

_MOST_RANGES = 40
"""Most groups that are drawn."""

_BELOW_0 = "A difference below 0 means that B is better."

_B_MINUS_A = "B - A"

_COUNTS = {
    "pairs": "count",
    "rows": "rows",
    "clusters": "clusters",
    "A better": "a_better",
    "B better": "b_better",
    "ties": "ties",
}
"""Counts of a single comparison as a page names them, and as the JSON does."""

_DIFFERENCE = "loss of B - loss of A"


def numbers(found: Comparison, confidence: float) -> Figure:
    """The means of both models and their difference, for each group and for all together."""
    if len(found.differences) == 1:
        cells = {column.name: column.cells[0] for column in comparison_columns(found, confidence)}
        return _of_one(cells, found, confidence)
    columns = {column.name: column for column in comparison_columns_with_all(found, confidence)}
    names = [name for name, column in columns.items() if column.kind == "text"]
    shown = ("mean_a", "mean_b", "difference", "low", "high", "p_value")
    counts = ("count", "rows", "clusters", "a_better", "b_better", "ties")
    n = len(found.differences)
    differences = (cast("float", cell) for cell in columns["difference"].cells[:n])
    n_smaller = sum(difference < 0 for difference in differences)
    whole = overall_comparison(found)
    cells = {name: column.cells[-1] for name, column in columns.items()}
    told = "" if whole is None else f"{_means(cells, found, confidence)} "
    told_of_each = with_change(
        [columns[name] for name in (*shown, *counts) if name in columns], columns["mean_a"].cells
    )
    return Figure(
        "result",
        "Result",
        f"{_models(found)} {told}The mean loss of B is smaller than that of A in {n_smaller:,} of "
        f"{n:,} groups. {_BELOW_0}",
        [*(columns[name] for name in names), *in_words(told_of_each, _B_MINUS_A, confidence)],
        note=_note(whole),
    )


def _models(found: Comparison) -> str:
    a, b = names_of_models(found.inputs[:2])
    return f"A is {a}, B is {b}."


def _means(cells: dict[str, Any], found: Comparison, confidence: float) -> str:
    """The sentence on the means of all rows, and their difference with its interval."""
    mean, other, difference, low, high = (
        cells[name] for name in ("mean_a", "mean_b", "difference", "low", "high")
    )
    told = f", {level_text(confidence)} interval {short(low)} to {short(high)}"
    beta = as_typed(found.settings.betas[0])
    return (
        f"At beta {beta}, the mean loss of A is {short(mean)}, that of B "
        f"{short(other)}: a difference of {short(difference)}{told if low <= high else ''}."
    )


def _of_one(cells: dict[str, Any], found: Comparison, confidence: float) -> Figure:
    """The numbers of a single difference, each with its name before it."""
    mean, other, difference, low, high = (
        cells[name] for name in ("mean_a", "mean_b", "difference", "low", "high")
    )
    is_known = low <= high
    told = f"{level_text(confidence)} interval"
    change = change_or_none(difference, mean)
    numbers = {
        "mean loss of A": short(mean, 6),
        "mean loss of B": short(other, 6),
        _B_MINUS_A: short(difference, 6),
        told: f"{short(low, 6)} to {short(high, 6)}" if is_known else "not known",
        **({} if change is None else {"change": change}),
        "p value": short(cells["p_value"], 3),
        **{
            name: f"{cells[count]:,}"
            for name, count in _COUNTS.items()
            if cells.get(count) is not None
        },
    }
    return Figure(
        "result",
        "Result",
        f"{_models(found)} {_means(cells, found, confidence)} {_BELOW_0}",
        named_numbers(numbers),
        note=_note(found),
    )


def _note(found: Comparison | None) -> str:
    """What makes the interval of a single comparison less certain, as sentences."""
    return " ".join(as_notes([] if found is None else found.small_samples()))


def differences(found: Comparison) -> Figure | None:
    """The differences of the losses, pair by pair; None if none is finite."""
    histogram = found.histogram
    if histogram is None:
        return None
    drawn = signed_bars(histogram, Axis(_DIFFERENCE, 0.0, 1.0), "equal")
    if drawn is None:
        return None
    n_below, n_equal, n_above = sides(histogram)
    n = n_below + n_equal + n_above
    return Figure(
        "differences",
        "Differences, pair by pair",
        f"B has the smaller loss in {n_below / n:.1%} of the pairs, A in {n_above / n:.1%}; "
        f"{n_equal / n:.1%} are equal.",
        signed_table(histogram),
        drawn.bars,
        drawn.note,
    )


def groups(found: Comparison, confidence: float) -> Figure | None:
    """The difference in each group with its interval, the largest first; None without groups."""
    if len(found.groups) < 2:
        return None
    rows = []
    for group, difference in zip(found.groups, found.differences, strict=False):
        estimate = difference.estimate
        name = " / ".join(group.named().values())
        rows.append((name, estimate.value, *estimate.interval(confidence)))
    rows.sort(key=lambda row: math.inf if math.isnan(row[1]) else row[1], reverse=True)
    shown = rows[:_MOST_RANGES]
    finite = [0.0, *(x for row in shown for x in row[1:] if math.isfinite(x))]
    n_worse, n_better = sum(row[2] > 0 for row in rows), sum(row[3] < 0 for row in rows)
    level = level_text(confidence)
    return Figure(
        "groups",
        f"Differences of {len(rows):,} groups",
        f"By their {level} intervals, B is worse in {n_worse:,} of them, better in {n_better:,}.",
        [
            Column(names_of(found.settings), "text", [row[0] for row in rows]),
            Column(_B_MINUS_A, "number", [row[1] for row in rows]),
            *interval_columns([row[2] for row in rows], [row[3] for row in rows], confidence),
        ],
        Ranges(
            Axis(f"{_DIFFERENCE}, with {level} intervals", *widened(min(finite), max(finite))),
            shown,
            [Mark(0.0, "equal")],
        ),
        f"The drawing has the {_MOST_RANGES} largest." if len(rows) > _MOST_RANGES else "",
    )
