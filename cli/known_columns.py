"""Refuses columns that no table of a result will have, before anything is read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from smoothl1.errors import SettingsError
from smoothl1.settings import CLUSTERS, GROUPS, EvalSettings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from smoothl1.cli.arguments import ModelColumns, Output
    from smoothl1.results.comparison_gate import Rule
    from smoothl1.selection import Selection


def check_columns_of_result(
    output: Output,
    settings: EvalSettings,
    selection: Selection,
    beside: Mapping[str, Any],
) -> None:
    """Refuse --columns with a name that the table of an evaluation, or of its worst rows, lacks.

    Also refuses worst rows in a form that has numbers of the result alone.

    Args:
        output: The output, with its form.
        settings: The settings of the evaluation.
        selection: The columns that are read.
        beside: The files of "groups" and of "clusters", as far as they are given.

    Raises:
        SettingsError: There will be no such column.
    """
    _check_metrics(output, settings)
    if not output.chosen:
        return
    settings = _with_labels(settings, beside)
    known = _of_result(settings)
    _check(output, settings, selection, known, ("pred", "target", "loss"))


def check_columns_of_models(
    output: Output,
    settings: EvalSettings,
    rule: Rule,
    models: ModelColumns,
    beside: Mapping[str, Any],
    *,
    is_ranking: bool,
) -> None:
    """Refuse --columns with a name that the table of models, or of the rows of --top, lacks.

    Also refuses these rows in a form that has numbers of the comparison alone.

    Args:
        output: The output, with its form.
        settings: The settings of the comparison.
        rule: The rule that judges it.
        models: The columns that are read.
        beside: The files of "groups" and of "clusters", as far as they are given.
        is_ranking: Whether there are three models or more.

    Raises:
        SettingsError: There will be no such column.
    """
    _check_metrics(output, settings)
    if not output.chosen:
        return
    from smoothl1.results.columns import WORSE_NAMES  # late: most outputs have all columns

    settings = _with_labels(settings, beside)
    known = _of_models(settings, rule, is_ranking=is_ranking)
    _check(output, settings, models, known, WORSE_NAMES)


def usual_columns(command: str, given: Mapping[str, Any], n_inputs: int) -> list[str]:
    """The columns of the table that a command writes, and of its worst rows, for a shell.

    Args:
        command: The name of the command.
        given: Its parameters, as far as they are typed.
        n_inputs: The number of its inputs.
    """
    from smoothl1.cli.views.inspection import CONTENT_NAMES  # late: few commands need it
    from smoothl1.results.columns import WORSE_NAMES
    from smoothl1.results.comparison_gate import Rule

    if command == "inspect":
        return list(CONTENT_NAMES)
    settings = EvalSettings(
        by=given.get("by") or (), cluster=given.get("cluster"), also=given.get("also") or ()
    )
    settings = _with_labels(settings, given)
    if command != "compare":
        names = _of_result(settings)
    else:
        is_ranking = max(n_inputs - 1, len(given.get("pred_names") or ())) > 2
        names = _of_models(settings, Rule(0.95), is_ranking=is_ranking)
    if given.get("top") is not None:
        of_rows = WORSE_NAMES if command == "compare" else ("pred", "target", "loss")
        names += ["row", *(given.get("key") or ()), *(given.get("keep") or ()), *of_rows]
    return list(dict.fromkeys(names))


def _of_result(settings: EvalSettings) -> list[str]:
    """The columns of the table of an evaluation."""
    from smoothl1.results.columns import result_columns  # late: most outputs have all columns
    from smoothl1.results.metrics_json import number_names
    from smoothl1.results.result import Result

    empty = Result(settings, (), (), ())  # type: ignore[arg-type]  # it has all columns
    return [*(column.name for column in result_columns(empty)), *number_names(settings)]


def _of_models(settings: EvalSettings, rule: Rule, *, is_ranking: bool) -> list[str]:
    """The columns of the table of a comparison, or of a ranking."""
    from smoothl1.results.columns import comparison_columns, ranking_columns
    from smoothl1.results.comparison import Comparison
    from smoothl1.results.ranking import Ranking

    if is_ranking:
        columns = ranking_columns(Ranking(settings, (), (), (), ()), rule.confidence)
    else:
        empty = Comparison(settings, (), (), ())  # type: ignore[arg-type]  # it has all columns
        columns = comparison_columns(empty, rule.confidence, rule.margin)
    return [column.name for column in columns]


def _with_labels(settings: EvalSettings, beside: Mapping[str, Any]) -> EvalSettings:
    """The settings of the run: files of groups and clusters have them if no column is named."""
    if beside.get("groups") is not None and not settings.levels:
        settings = replace(settings, by=GROUPS)
    if beside.get("clusters") is not None and settings.cluster is None:
        settings = replace(settings, cluster=CLUSTERS)
    return settings


def _check_metrics(output: Output, settings: EvalSettings) -> None:
    """Refuse rows in a form of numbers alone.

    Raises:
        SettingsError: They are asked for.
    """
    if output.table == "metrics" and settings.top is not None:
        raise SettingsError(
            "-f metrics has the numbers of the result alone, and no worst rows",
            hint="leave out --top, or --json has both",
        )


def _check(
    output: Output,
    settings: EvalSettings,
    selected: Selection | ModelColumns,
    known: Sequence[str],
    of_rows: Sequence[str],
) -> None:
    """Refuse a name that no table has.

    Args:
        output: The output.
        settings: The settings.
        selected: The columns that are read: keys and kept columns stand beside rows.
        known: The names in the table of the result.
        of_rows: The names of the numbers in the table of rows.

    Raises:
        SettingsError: There is such a name.
    """
    from smoothl1.cli.views.chosen import names_of  # late: most outputs have all columns

    names = [*known]
    if settings.top is not None:
        beside = (*selected.key, *selected.keep)
        if any(name.startswith("@") for name in beside):
            return  # the file has their names
        halves = (half for name in beside for half in (name, name.partition(":")[2]))
        names += ("input", "row", *settings.levels, "column", *halves, *of_rows)
    names_of(output.chosen, list(dict.fromkeys(filter(None, names))))
