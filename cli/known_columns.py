"""Refuses columns that no table of a result will have, before anything is read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from smoothl1.errors import SettingsError
from smoothl1.settings import GROUPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smoothl1.cli.arguments import Output
    from smoothl1.results.comparison_gate import Rule
    from smoothl1.selection import Selection
    from smoothl1.settings import EvalSettings


def check_columns_of_result(
    output: Output, settings: EvalSettings, selection: Selection, *, has_groups: bool
) -> None:
    """Refuse --columns with a name that the table of an evaluation, or of its worst rows, lacks.

    Also refuses worst rows in a form that has numbers of the result alone.

    Args:
        output: The output, with its form.
        settings: The settings of the evaluation.
        selection: The columns that are read.
        has_groups: Whether a file has the groups.

    Raises:
        SettingsError: There will be no such column.
    """
    if output.table == "metrics" and settings.top is not None:
        raise SettingsError(
            "-f metrics has the numbers of the result alone, and no worst rows",
            hint="leave out --top, or --json has both",
        )
    if not output.chosen:
        return
    from smoothl1.cli.views.chosen import names_of  # late: most outputs have all columns
    from smoothl1.results.columns import result_columns
    from smoothl1.results.metrics_json import number_names
    from smoothl1.results.result import Result

    settings = _with_groups(settings, has_groups=has_groups)
    empty = Result(settings, (), (), ())  # type: ignore[arg-type]  # it has all columns
    known = [*(column.name for column in result_columns(empty)), *number_names(settings)]
    if settings.top is not None:
        if any(name.startswith("@") for name in (*selection.key, *selection.keep)):
            return  # whose names the file has
        known += _of_rows(settings, selection)
    names_of(output.chosen, list(dict.fromkeys(known)))


def check_columns_of_models(
    output: Output, settings: EvalSettings, rule: Rule, *, is_ranking: bool, has_groups: bool
) -> None:
    """Refuse --columns with a name that the table of a comparison or ranking lacks.

    Args:
        output: The output, with its form.
        settings: The settings of the comparison.
        rule: The rule that judges it.
        is_ranking: Whether there are three models or more.
        has_groups: Whether a file has the groups.

    Raises:
        SettingsError: There will be no such column.
    """
    if not output.chosen:
        return
    from smoothl1.cli.views.chosen import names_of  # late, as above
    from smoothl1.results.columns import comparison_columns, ranking_columns
    from smoothl1.results.comparison import Comparison
    from smoothl1.results.ranking import Ranking

    settings = _with_groups(settings, has_groups=has_groups)
    if is_ranking:
        columns = ranking_columns(Ranking(settings, (), (), (), ()), rule.confidence)
    else:
        empty = Comparison(settings, (), (), ())  # type: ignore[arg-type]  # it has all columns
        columns = comparison_columns(empty, rule.confidence, rule.margin)
    names_of(output.chosen, [column.name for column in columns])


def _with_groups(settings: EvalSettings, *, has_groups: bool) -> EvalSettings:
    """The settings of the run: a file of groups has them if no column is named."""
    return replace(settings, by=GROUPS) if has_groups and not settings.levels else settings


def _of_rows(settings: EvalSettings, selection: Selection) -> Iterator[str]:
    """The names that the columns of worst rows may have."""
    yield from ("input", "row", *settings.levels, "column")
    for name in (*selection.key, *selection.keep):
        yield from (name, name.removeprefix("pred:").removeprefix("target:"))
    yield from ("pred", "target", "loss")
