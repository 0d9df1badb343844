"""The result of all elements together: what the groups of a result make, and its tables with it."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, TypeVar

from smoothl1.errors import DataError, SettingsError
from smoothl1.numerics.row_moments import NO_ROWS
from smoothl1.pairing.matched_source import LeftOut
from smoothl1.results.columns import comparison_columns, ranking_columns, result_columns
from smoothl1.results.difference import Difference
from smoothl1.tallies.group import Group
from smoothl1.tallies.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.metrics.contract import Metric
    from smoothl1.results.columns import Column
    from smoothl1.results.comparison import Comparison
    from smoothl1.results.increase import Increase
    from smoothl1.results.model_losses import ModelLosses
    from smoothl1.results.ranking import Ranking
    from smoothl1.results.result import Result
    from smoothl1.settings import EvalSettings

_ALL = "all"

OTHER_GROUPS = "other groups"
"""What stands for the change of all groups if the baseline has others, such as earlier weeks."""

Compared = TypeVar("Compared", "Comparison", "Ranking")


def overall(result: Result) -> Result:
    """The result of the elements of all groups and columns, for tables and pages alone.

    Its numbers are those of a run without groups. It is not to be saved: worst rows keep the groups
    that they are of, and rows whose moments are not known are written as none.
    Where columns have results of their own, its standard errors are not known: the elements of a
    row depend on each other, and what is left of them is not enough to tell how. Clusters have all
    that it takes. Quantiles are left out where the groups do not hold their distances.
    """
    if not result.settings.is_grouped:
        return result
    settings, n = replace(result.settings, by=None, by_column=False), len(result.groups)
    n_betas, places = len(settings.betas), [[0] * n]
    tallies = [_together(result, i * n) for i in range(n_betas)]
    metrics = (metric for one in result.metric_states for metric in _metric_together(one, n))
    whole = replace(
        result,
        settings=settings,
        tallies=tuple(tallies),
        groups=(Group(),),
        metric_states=tuple(metrics),
        clusters=(),
    )
    if settings.cluster is None:
        return whole
    from smoothl1.tallies import cluster_states as of  # late: most results have none

    states = of.merged_states([result.clusters], places, 1)
    moments = of.moments_of_states(states, n_betas, weighted=settings.weighted)
    return replace(whole, tallies=of.with_moments(whole.tallies, moments), clusters=states)


def overall_baseline(baseline: Result, result: Result) -> Result | None:
    """The baseline of all elements together; None if it has other groups than the result.

    The loss of all of one set of groups is not to be compared with that of all of another set.

    Args:
        baseline: The earlier result, whose groups have the names of the result.
        result: The new one.
    """
    return overall(baseline) if set(baseline.groups) == set(result.groups) else None


def columns_with_all(result: Result) -> list[Column]:
    """The numbers of a result as tables for people have them: groups, and then all together.

    Returns:
        Columns as of `result_columns`, with a cell more for each beta if there are several groups.
        Rows that were left out because of their keys stand in that cell alone: no group has them.
    """
    columns = result_columns(result)
    if len(result.groups) < 2:
        return columns
    return _joined(columns, result_columns(overall(result)), name_of_all(result.groups))


def overall_comparison(found: Comparison) -> Comparison | None:
    """The comparison of the rows of all groups, as one without groups gives it.

    None if there are not several groups, and for columns and clusters: elements of one row and
    clusters may be in several groups, so that the intervals of groups do not tell that of all.
    """
    settings, n = found.settings, len(found.groups)
    if n < 2 or settings.by_column or settings.cluster is not None:
        return None
    differences = tuple(
        reduce(Difference.merge, found.differences[i * n : (i + 1) * n])
        for i in range(len(settings.betas))
    )
    return replace(
        found, settings=replace(settings, by=None), differences=differences, groups=(Group(),)
    )


def check_one_beta(settings: EvalSettings) -> None:
    """Refuse to choose one of the betas for all elements.

    Raises:
        SettingsError: There are several.
    """
    n_betas = len(settings.betas)
    if n_betas > 1:
        what = f"there are {n_betas} betas, so that all elements have several values"
        raise SettingsError(what, hint="entries has all")


def only(found: Compared, together: Callable[[Compared], Compared | None]) -> Compared:
    """A comparison or ranking of all groups together, at one beta.

    Args:
        found: The comparison, which may have no groups.
        together: What makes that of all groups, or None where they do not tell it.

    Raises:
        SettingsError: There are several betas, or the groups do not tell it.
    """
    check_one_beta(found.settings)
    whole = found if len(found.groups) == 1 else together(found)
    if whole is None:
        what = "columns share rows" if found.settings.by_column else "groups share clusters"
        raise SettingsError(
            f"{what}, and so do not tell the comparison of all of them",
            hint="compare(...) without groups and columns",
        )
    return whole


def comparison_columns_with_all(
    found: Comparison, confidence: float, margin: Increase | None = None
) -> list[Column]:
    """The numbers of a comparison as tables for people have them: see `comparison_columns`."""
    columns, whole = comparison_columns(found, confidence, margin), overall_comparison(found)
    if whole is None:
        return columns
    more = comparison_columns(whole, confidence, margin)
    return _joined(columns, more, name_of_all(found.groups))


def overall_ranking(found: Ranking) -> Ranking | None:
    """The ranking by the rows of all groups, as one without groups gives it; or None, as above."""
    settings, n = found.settings, len(found.groups)
    if n < 2 or settings.by_column or settings.cluster is not None:
        return None
    losses = tuple(
        reduce(_losses_together, found.losses[i * n : (i + 1) * n])
        for i in range(len(settings.betas))
    )
    return replace(found, settings=replace(settings, by=None), losses=losses, groups=(Group(),))


def ranking_columns_with_all(found: Ranking, confidence: float) -> list[Column]:
    """The numbers of a ranking as tables for people have them: see `ranking_columns`."""
    columns, whole = ranking_columns(found, confidence), overall_ranking(found)
    if whole is None:
        return columns
    return _joined(columns, ranking_columns(whole, confidence), name_of_all(found.groups))


def _losses_together(one: ModelLosses, other: ModelLosses) -> ModelLosses:
    pairs = zip(one.differences, other.differences, strict=True)
    return one._replace(differences=tuple(Difference.merge(*pair) for pair in pairs))


def name_of_all(groups: Sequence[Group]) -> str:
    """What stands for all groups in a table of them: a name that none of them has."""
    taken = {text for group in groups for text in group.named().values()}
    name = _ALL
    while name in taken:
        name = f"({name})"
    return name


def _joined(columns: Sequence[Column], whole: Sequence[Column], name: str) -> list[Column]:
    """The columns of groups with the cells of all together, which have a name and may lack some.

    Groups have no cell for what is known only of all: the rows left out because of their keys.
    """
    more = {column.name: column.cells for column in whole}
    n_rows = len(whole[0].cells)
    subject = next(column.name for column in columns if column.kind == "text")
    more[subject] = [name] * n_rows
    of_all = [column.kind == "count" and column.name in LeftOut._fields for column in columns]
    cells = [
        [None] * len(column.cells) if is_of_all else column.cells
        for column, is_of_all in zip(columns, of_all, strict=True)
    ]
    return [
        column._replace(cells=[*own, *more.get(column.name, [None] * n_rows)])
        for column, own in zip(columns, cells, strict=True)
    ]


def _metric_together(metric: Metric, n_groups: int) -> list[Metric]:
    """A metric of all groups as one; none if they do not hold enough to tell it."""
    try:
        return [metric.merged((metric,), [[0] * n_groups], 1)]
    except DataError:
        return []


def _together(result: Result, first: int) -> Tally:
    """The tallies of all groups at a beta as one, given the place of the first of them."""
    tallies = result.tallies[first : first + len(result.groups)]
    total = reduce(Tally.merge, tallies, Tally())
    has_moments = all(tally.moments is not None for tally in tallies)
    n_columns = len({group.column for group in result.groups})
    shares_rows = n_columns > 1 and result.settings.cluster is None
    return total._replace(moments=NO_ROWS) if shares_rows and has_moments else total
