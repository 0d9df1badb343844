"""A comparison of two models: as lines for programs, and as a table and a sentence for people."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from smoothl1.cli.console import escaped, say, width_of_stdout
from smoothl1.cli.views.aligned import aligned
from smoothl1.cli.views.tables import text_of
from smoothl1.tallies.group import is_of_names, level_names

if TYPE_CHECKING:
    from smoothl1.results.comparison import Comparison, Difference
    from smoothl1.tallies.group import Group

_NUMBERS = (
    *("mean_a", "mean_b", "difference", "low", "high", "t", "p_value"),
    *("a_better", "b_better", "ties"),
)


def comparison_lines(found: Comparison, confidence: float, precision: int | None) -> str:
    """A header row, and a row for each beta and group.

    Args:
        found: The comparison that is shown.
        confidence: The confidence level of the intervals.
        precision: Significant digits; None for the shortest text that reads back to the same
            number.

    Returns:
        Tab-separated cells in lines, each with its line end.
    """
    names = [*level_names(len(found.settings.levels)), *["column"] * found.settings.by_column]
    lines = ["\t".join(["beta", *names, *_NUMBERS])]
    for beta, group, difference in found.entries:
        numbers = difference.numbers(confidence)
        shown = (text_of(numbers[name], precision) for name in _NUMBERS)
        lines.append("\t".join([repr(beta), *map(escaped, group.named().values()), *shown]))
    return "".join(f"{line}\n" for line in lines)


def comparison_table(found: Comparison, confidence: float, precision: int | None) -> str:
    """A comparison as a table for people, as wide as the terminal that stdout is.

    Args:
        found: The comparison that is shown.
        confidence: The confidence level of the intervals.
        precision: Significant digits of losses; None for six.

    Returns:
        Lines, each with its line end.
    """
    rows = [
        _cells(beta, group, difference, confidence, precision or 6)
        for beta, group, difference in found.entries
    ]
    heads = list(dict.fromkeys(head for row in rows for head in row))
    if len(found.settings.betas) == 1:
        heads = [head for head in heads if head != "beta"]
    cells = [[row[head] for head in heads] for row in rows]
    are_text = list(map(is_of_names, heads))
    return aligned(heads, cells, are_text, width_of_stdout())


def say_verdict(found: Comparison, confidence: float) -> None:
    """Say on stderr which model is better, and how sure that is.

    Args:
        found: The comparison.
        confidence: The confidence level of the intervals.
    """
    if len(found.differences) == 1:
        say(verdict(found.differences[0], confidence))
    elif found.differences:
        sides = [_side(difference, confidence) for difference in found.differences]
        say(
            f"of {len(sides):,} results, B is better in {sides.count('better'):,} and worse in "
            f"{sides.count('worse'):,}, each at the {_level(confidence)} level"
        )


def verdict(found: Difference, confidence: float) -> str:
    """Which model is better, and how sure that is, as one sentence.

    Args:
        found: The difference of the models.
        confidence: The confidence level of the interval.
    """
    numbers = found.numbers(confidence)
    difference = numbers["difference"]
    if not math.isfinite(difference):
        return "no verdict: a loss is not finite, or there is none"
    if difference == 0 == found.n_a_better + found.n_b_better:
        return "A and B have the same losses"
    side = _side(found, confidence)
    sign = "worse" if difference > 0 else "better"
    base = numbers["mean_a"]
    change = f" ({100 * difference / base:+.3g}%)" if base else ""
    what = f"B is {sign} by {abs(difference):.3g}{change}"
    if side is None:
        what = f"no clear difference: {what}"
    if math.isnan(numbers["low"]):
        return f"{what}, one row has no interval"
    low, high, p = (f"{numbers[name]:.3g}" for name in ("low", "high", "p_value"))
    return f"{what}, {_level(confidence)} interval of B - A {low} to {high}, p = {p}"


def _side(found: Difference, confidence: float) -> str | None:
    """Whether B is better or worse at the level of confidence; None if neither is shown."""
    low, high = found.estimate.interval(confidence)
    return "worse" if low > 0 else "better" if high < 0 else None


def _level(confidence: float) -> str:
    return f"{100 * confidence:.6g}%"


def _cells(
    beta: float, group: Group, found: Difference, confidence: float, digits: int
) -> dict[str, str]:
    """The cells of one beta and group, by the heads of their columns."""
    numbers = found.numbers(confidence)
    base = numbers["mean_a"]
    level = _level(confidence)
    heads = {"difference": "B - A", "low": f"{level} from", "high": "to"}
    return {
        "beta": f"{beta:g}",
        **{name: escaped(text) for name, text in group.named().items()},
        "mean A": text_of(numbers["mean_a"], digits),
        "mean B": text_of(numbers["mean_b"], digits),
        **{head: text_of(numbers[name], min(digits, 4)) for name, head in heads.items()},
        "change": f"{100 * numbers['difference'] / base:+.3g}%" if base else "",
        "p": text_of(numbers["p_value"], 3),
        "A better": f"{found.n_a_better:,}",
        "B better": f"{found.n_b_better:,}",
        "ties": f"{found.n_ties:,}",
    }
