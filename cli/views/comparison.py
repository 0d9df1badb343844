"""A comparison of two models: as lines for programs, and as a table for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.cli.console import escaped, width_of_stdout
from smoothl1.cli.views.aligned import fitted
from smoothl1.cli.views.tables import DIFFERENCE_DIGITS, rounded, text_of
from smoothl1.number_texts import as_typed
from smoothl1.results.changes import change_text
from smoothl1.results.columns import group_names
from smoothl1.results.intervals import level_text
from smoothl1.results.model_names import Pair, name_of_targets, names_of_models, pair_of
from smoothl1.results.overall import name_of_all, overall_comparison
from smoothl1.tallies.group import is_of_names

if TYPE_CHECKING:
    from smoothl1.results.comparison import Comparison
    from smoothl1.results.comparison_gate import Rule
    from smoothl1.results.difference import Difference
    from smoothl1.tallies.group import Group

_NUMBERS = (
    *("mean_a", "mean_b", "difference", "low", "high", "t", "p_value"),
    *("a_better", "b_better", "ties"),
)

_MOST_CHARACTERS = 12
"""Most characters of the name of a model in the heads of a table on a terminal."""


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
    pair = _pair_of_table(found)
    rows = [cells_of(*entry, rule, pair, precision) for entry in found.entries]
    rows += cells_of_all(found, rule, pair, precision)
    if len(found.settings.betas) == 1:
        rows = [{head: cell for head, cell in row.items() if head != "beta"} for row in rows]
    both = [(f"{pair.a} better", f"{pair.b} better"), (f"mean {pair.a}", f"mean {pair.b}")]
    least_wanted = (("ties",), both[0], ("change",), ("p",), both[1])
    return fitted(rows, least_wanted, width_of_stdout(), is_of_names, found.settings.levels)


def _pair_of_table(found: Comparison) -> Pair:
    """What the heads of the table on a terminal call the models: A and B in place of long names.

    A model that is itself called A or B is always named.
    """
    pair = pair_of(found.inputs, escaped)
    are_short = all(len(name) <= _MOST_CHARACTERS for name in pair)
    return pair if are_short or set(pair) & set(Pair()) else Pair()


def cells_of_all(
    found: Comparison, rule: Rule, pair: Pair, precision: int | None = None
) -> list[dict[str, str]]:
    """The cells of all groups together at each beta, if they can be formed: see `cells_of`."""
    whole = overall_comparison(found)
    if whole is None:
        return []
    named = {next(iter(found.groups[0].named())): escaped(name_of_all(found.groups))}
    return [named | cells_of(*entry, rule, pair, precision) for entry in whole.entries]


def models_told(found: Comparison) -> str:
    """Which models the table has, of which A and B tell no more than that, and which targets.

    Args:
        found: The comparison.
    """
    a, b = map(escaped, names_of_models(found.inputs[:2]))
    models = f"{a} and {b}" if _pair_of_table(found) == (a, b) else f"A is {a}, B is {b},"
    return f"{models} against {escaped(name_of_targets(found.inputs))}"


def cells_of(
    beta: float,
    group: Group,
    found: Difference,
    rule: Rule,
    pair: Pair,
    precision: int | None = None,
) -> dict[str, str]:
    """The cells of one beta and group, by the heads of their columns.

    Args:
        beta: The transition point.
        group: The group.
        found: The difference of the models.
        rule: The rule that judges it.
        pair: What the models are called.
        precision: Significant digits of losses; None for six.
    """
    numbers = found.numbers(rule.confidence, rule.margin)
    base = numbers["mean_a"]
    level = level_text(rule.confidence)
    heads = {"difference": pair.difference, "low": f"{level} from", "high": "to"}
    heads |= {} if rule.margin is None else {"margin": "margin"}
    return {
        "beta": as_typed(beta),
        **{name: escaped(text) for name, text in group.named().items()},
        f"mean {pair.a}": rounded(numbers["mean_a"], precision),
        f"mean {pair.b}": rounded(numbers["mean_b"], precision),
        **{
            head: rounded(numbers[name], precision, DIFFERENCE_DIGITS)
            for name, head in heads.items()
        },
        "change": change_text(numbers["difference"], base) if base else "",
        "p": rounded(numbers["p_value"], None, 3),
        **({"clusters": f"{found.n_clusters:,}"} if found.are_clustered else {}),
        f"{pair.a} better": f"{found.n_a_better:,}",
        f"{pair.b} better": f"{found.n_b_better:,}",
        "ties": f"{found.n_ties:,}",
    }
