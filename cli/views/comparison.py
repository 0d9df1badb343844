"""A comparison as a table: what `smoothl1 compare` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.cli.console import escaped

if TYPE_CHECKING:
    from smoothl1.results.comparison import Comparison, Difference

_NUMBERS = (
    *("mean_a", "mean_b", "difference", "low", "high", "t", "p_value"),
    *("a_better", "b_better", "ties"),
)


def comparison_table(found: Comparison, confidence: float) -> str:
    """A header row, and a row for each beta and group.

    Args:
        found: The comparison that is shown.
        confidence: The confidence level of the intervals.

    Returns:
        Tab-separated cells in lines, each with its line end.
    """
    names = ["group"] * (found.settings.by is not None) + ["column"] * found.settings.by_column
    lines = ["\t".join(["beta", *names, *_NUMBERS])]
    for beta, group, difference in found.entries:
        cells = [beta, *group.named().values(), *_numbers(difference, confidence)]
        lines.append("\t".join(escaped(str(cell)) for cell in cells))
    return "".join(f"{line}\n" for line in lines)


def _numbers(found: Difference, confidence: float) -> list[float]:
    """The cells of the columns `_NUMBERS`."""
    estimate, t = found.estimate, found.t
    means = [found.a.mean, found.b.mean, estimate.value]
    wins = [found.n_a_better, found.n_b_better, found.n_ties]
    return [*means, *estimate.interval(confidence), t, estimate.p_value(t), *wins]
