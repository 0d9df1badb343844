"""A comparison of two models: as lines for programs, and as a table and a sentence for people."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from smoothl1.cli.console import escaped, width_of_stdout
from smoothl1.cli.views.aligned import fitted
from smoothl1.cli.views.tables import (
    DIFFERENCE_DIGITS,
    level_text,
    rounded,
    text_of,
)
from smoothl1.errors import counted
from smoothl1.results.changes import change_text
from smoothl1.results.columns import group_names
from smoothl1.results.comparison_gate import NOTHING, is_beyond_margin
from smoothl1.results.increase import as_float
from smoothl1.results.overall import name_of_all, overall_comparison
from smoothl1.tallies.group import is_of_names

if TYPE_CHECKING:
    from smoothl1.results.comparison import Comparison
    from smoothl1.results.comparison_gate import Rule
    from smoothl1.results.difference import Difference
    from smoothl1.results.increase import Increase
    from smoothl1.tallies.group import Group

_NUMBERS = (
    *("mean_a", "mean_b", "difference", "low", "high", "t", "p_value"),
    *("a_better", "b_better", "ties"),
)

_LEAST_WANTED = (("ties",), ("A better", "B better"), ("change",), ("p",))
"""Columns that a narrow terminal does without, in this order. All are in `-f table`."""


def comparison_lines(found: Comparison, rule: Rule, precision: int | None) -> str:
    """A header row, and a row for each beta and group.

    Args:
        found: The comparison that is shown.
        rule: The rule that judges it.
        precision: Significant digits; None for the shortest text that reads back to the same
            number.

    Returns:
        Tab-separated cells in lines, each with its line end.
    """
    shown = _NUMBERS if found.settings.cluster is None else (*_NUMBERS, "clusters")
    names = [*map(escaped, group_names(found.settings.levels, shown))]
    names += ["column"] * found.settings.by_column
    lines = ["\t".join(["beta", *names, *shown])]
    for beta, group, difference in found.entries:
        numbers = difference.numbers(rule.confidence)
        cells = (text_of(numbers[name], precision) for name in shown)
        lines.append("\t".join([repr(beta), *map(escaped, group.named().values()), *cells]))
    return "".join(f"{line}\n" for line in lines)


def comparison_table(found: Comparison, rule: Rule, precision: int | None) -> str:
    """A comparison as a table for people, as wide as the terminal that stdout is.

    Args:
        found: The comparison that is shown.
        rule: The rule that judges it.
        precision: Significant digits of losses; None for six.

    Returns:
        Lines, each with its line end.
    """
    rows = [cells_of(*entry, rule, precision) for entry in found.entries]
    rows += cells_of_all(found, rule, precision)
    if len(found.settings.betas) == 1:
        rows = [{head: cell for head, cell in row.items() if head != "beta"} for row in rows]
    return fitted(rows, _LEAST_WANTED, width_of_stdout(), is_of_names, found.settings.levels)


def cells_of_all(
    found: Comparison, rule: Rule, precision: int | None = None
) -> list[dict[str, str]]:
    """The cells of all groups together at each beta, if they can be formed: see `cells_of`."""
    whole = overall_comparison(found)
    if whole is None:
        return []
    named = {next(iter(found.groups[0].named())): escaped(name_of_all(found.groups))}
    return [named | cells_of(*entry, rule, precision) for entry in whole.entries]


def models_told(found: Comparison) -> str:
    """Which file or column A is, which B is, and which the targets are.

    Args:
        found: The comparison.
    """
    from smoothl1.results.model_names import (  # late: only for terminals
        name_of_targets,
        names_of_models,
    )

    a, b = map(escaped, names_of_models(found.inputs[:2]))
    return f"A is {a}, B is {b}, against {escaped(name_of_targets(found.inputs))}"


def sentence(found: Comparison, rule: Rule) -> str:
    """Which model is better, and how sure that is, as one sentence.

    Args:
        found: The comparison.
        rule: The rule that judges it.
    """
    if not found.differences:
        return NOTHING
    if len(found.differences) == 1:
        return verdict(found.differences[0], rule)
    sides = [_side(difference, rule.confidence) for difference in found.differences]
    said = (
        f"of {len(sides):,} results, B is better in {sides.count('better'):,} and worse in "
        f"{sides.count('worse'):,}, each at the {level_text(rule.confidence)} level"
    )
    if rule.margin is None:
        return said
    beyond = [is_beyond_margin(difference, rule) for difference in found.differences]
    return (
        f"{said}; it is worse by more than the margin of {rule.margin.text} in "
        f"{beyond.count(True):,}, and by less in {beyond.count(False):,}"
    )


def verdict(found: Difference, rule: Rule) -> str:
    """Which model is better, and how sure that is, as one sentence.

    Args:
        found: The difference of the models.
        rule: The rule that judges it.
    """
    numbers = found.numbers(rule.confidence)
    difference = numbers["difference"]
    if not math.isfinite(difference):
        return "no verdict: a loss is not finite, or there is none"
    if difference == 0 == found.n_a_better + found.n_b_better:
        return "A and B have the same losses"
    side = _side(found, rule.confidence)
    sign = "worse" if difference > 0 else "better"
    base = numbers["mean_a"]
    change = f" ({change_text(difference, base)})" if base else ""
    what = f"B is {sign} by {abs(difference):.3g}{change}"
    if side is None:
        what = f"no clear difference: {what}"
    if math.isnan(numbers["low"]):
        return f"{what}, one {'cluster' if found.are_clustered else 'row'} has no interval"
    low, high, p = (f"{numbers[name]:.3g}" for name in ("low", "high", "p_value"))
    over = f" over {counted(found.n_clusters, 'cluster')}" if found.are_clustered else ""
    what = f"{what}, {level_text(rule.confidence)} interval of B - A{over} {low} to {high}, p = {p}"
    return what if rule.margin is None else f"{what}; {_of_margin(found, rule, rule.margin)}"


def _of_margin(found: Difference, rule: Rule, margin: Increase) -> str:
    """Whether B is worse by more than the margin, as a clause."""
    amount = f" ({as_float(found.allowed(margin)):.3g})" if margin.is_relative else ""
    than = f"worse by more than the margin of {margin.text}{amount}"
    is_beyond = is_beyond_margin(found, rule)
    if is_beyond is None:
        return f"it is not clear whether B is {than}"
    return f"B is {'' if is_beyond else 'not '}{than}"


def _side(found: Difference, confidence: float) -> str | None:
    """Whether B is better or worse at the level of confidence; None if neither is shown."""
    low, high = found.estimate.interval(confidence)
    return "worse" if low > 0 else "better" if high < 0 else None


def cells_of(
    beta: float, group: Group, found: Difference, rule: Rule, precision: int | None = None
) -> dict[str, str]:
    """The cells of one beta and group, by the heads of their columns.

    Args:
        beta: The transition point.
        group: The group.
        found: The difference of the models.
        rule: The rule that judges it.
        precision: Significant digits of losses; None for six.
    """
    numbers = found.numbers(rule.confidence, rule.margin)
    base = numbers["mean_a"]
    level = level_text(rule.confidence)
    heads = {"difference": "B - A", "low": f"{level} from", "high": "to"}
    heads |= {} if rule.margin is None else {"margin": "margin"}
    return {
        "beta": f"{beta:g}",
        **{name: escaped(text) for name, text in group.named().items()},
        "mean A": rounded(numbers["mean_a"], precision),
        "mean B": rounded(numbers["mean_b"], precision),
        **{
            head: rounded(numbers[name], precision, DIFFERENCE_DIGITS)
            for name, head in heads.items()
        },
        "change": change_text(numbers["difference"], base) if base else "",
        "p": rounded(numbers["p_value"], None, 3),
        **({"clusters": f"{found.n_clusters:,}"} if found.are_clustered else {}),
        "A better": f"{found.n_a_better:,}",
        "B better": f"{found.n_b_better:,}",
        "ties": f"{found.n_ties:,}",
    }
