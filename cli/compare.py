"""`smoothl1 compare`: two models or more on the same targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import click

from smoothl1.cli import console, forms, gating, options, outputs, reading, reporting
from smoothl1.cli.ci_reports import open_reports
from smoothl1.cli.error_reports import telling_errors
from smoothl1.cli.known_columns import check_columns_of_models
from smoothl1.cli.parsing import StrictCommand
from smoothl1.cli.path_types import PathOrUri
from smoothl1.cli.reading import NOT_SEEN
from smoothl1.cli.result_tables import is_on_terminal, write_rows, write_tables
from smoothl1.cli.saved_inputs import refuse_what_is_none
from smoothl1.errors import SettingsError
from smoothl1.files.atomic import OutputFiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothl1.cli.arguments import CiReports, ModelColumns, Output
    from smoothl1.cli.engine_options import EngineChoice
    from smoothl1.cli.views.models import ModelsReport
    from smoothl1.read_options import ReadOptions
    from smoothl1.results.columns import Column
    from smoothl1.results.comparison import Comparison
    from smoothl1.results.comparison_gate import Rule
    from smoothl1.results.ranking import Ranking
    from smoothl1.settings import EvalSettings, Execution

EXAMPLES = """\b
Examples:
  smoothl1 compare old.npy new.npy targets.npy
  smoothl1 compare run.parquet --pred-a old --pred-b new --target y
  smoothl1 compare old.npy new.npy targets.npy --confidence 0.99
  smoothl1 compare old.npy new.npy targets.npy --fail-if worse --margin 1%
  smoothl1 compare old.npy new.npy targets.npy --top 10
  smoothl1 compare old.npy new.npy targets.npy -o report.html
  smoothl1 compare old.npy new.npy preds.npy targets.npy
  smoothl1 compare run.parquet --pred old --pred new --pred y_hat --target y
"""


@click.command("compare", cls=StrictCommand, epilog=EXAMPLES, no_args_is_help=True)
@click.argument(
    "inputs", type=PathOrUri(), nargs=-1, required=True, metavar="PRED_A PRED_B ... TARGET"
)
@options.weights
@options.groups
@options.clusters
@options.settings_of_means
@options.columns_of_models
@reading.options_of_result
@options.output_of_comparison
@options.rule
@options.ci_reports
@options.execution
@options.device
@options.engine
@reading.store_timeout
@options.quiet
@options.progress
def command(
    inputs: tuple[str, ...],
    weights: str | None,
    groups: str | None,
    clusters: str | None,
    settings: EvalSettings,
    columns: ModelColumns,
    reading: ReadOptions,
    output: Output,
    rule: Rule,
    reports: CiReports,
    execution: Execution,
    device: str,
    engine: EngineChoice,
    quiet: bool,
    has_bar: bool,
) -> None:
    """Compare the losses of PRED_A, the model to beat, and PRED_B against TARGET.

    Paired, row by row. Prints a table: the mean losses, the mean difference B - A (below 0, B is
    better) with its confidence interval, Student's paired t, a p-value that goes with the interval,
    and the number of rows in which either is better. Three models or more are ranked by their mean
    loss, each with its difference from the best; the intervals and p-values allow for all pairs of
    models. Or give one table that has all columns, and name these. The last file is always TARGET.
    Where a file of a model holds the targets, too, name it once more at the end:
    compare a.csv b.csv b.csv.
    """
    is_page = forms.is_page(output)
    if is_page and settings.top is not None:
        what = "the page of a comparison has no rows of --top"
        raise SettingsError(
            what, path=output.path, hint="name it .csv or .json, or leave out --top"
        )
    output = output if is_page else forms.summary_output(output)
    outputs.check_distinct(output, None, reports)
    columns, warnings = columns.of_inputs(len(inputs)), list[str]()
    all_inputs = (*inputs, weights, groups, clusters)
    outputs.check_in_place(output, all_inputs, reports=reports)
    with (
        telling_errors(reports, all_inputs) as stopwatch,
        OutputFiles() as files,
        open_reports(reports, stopwatch, files) as opened,
    ):
        if len(inputs) == 2:  # a third is missing: which one, the hint would guess
            refuse_what_is_none(inputs)
        n_models = columns.n_models(len(inputs))
        _check_two(n_models, rule)
        beside = {"groups": groups, "clusters": clusters}
        is_ranking = n_models != 2
        check_columns_of_models(output, settings, rule, columns, beside, is_ranking=is_ranking)
        with (
            reporting.destination(output, files) as file,
            engine.opened() as executor,
        ):
            from smoothl1.running.compare import compare  # late, since it imports NumPy

            with console.progress_bar(enabled=has_bar and not quiet) as progress:
                found = compare(
                    *inputs,
                    settings=settings,
                    pred=columns.pred_names,
                    pred_a=columns.pred_a,
                    pred_b=columns.pred_b,
                    target=columns.target_names,
                    key=columns.key,
                    weight=columns.weight,
                    keep=columns.keep,
                    weights=weights,
                    groups=groups,
                    clusters=clusters,
                    options=reading,
                    execution=execution,
                    device=device,
                    executor=executor,
                    histogram=is_page and n_models == 2,
                    warn=warnings.append,
                    progress=progress,
                )
            if found.digests and not output.as_json:
                warnings.append(NOT_SEEN)
            if rule.condition is not None or _is_given("confidence"):
                warnings += found.small_samples()
            report = _report_on(found, rule)
            if is_page:
                file.write(_page_of(found, rule))
            else:
                _write(file, report, output, _rows_of(found), warnings.append)
        if not quiet:
            _announce(report, warnings)
        gating.say_failures(report.verdicts)  # before the reports are written, which may fail
        opened.write(report, output.precision)
    if not report.passed:
        gating.end_failed()


def _check_two(n_models: int | None, rule: Rule) -> None:
    """Refuse a gate, which is about two models, A and B, if there are or may be more.

    Raises:
        SettingsError: There are more, and there is a gate.
    """
    if rule.condition is not None and n_models != 2:
        many = "a pattern may match more" if n_models is None else f"there are {n_models}"
        hint = "name two columns: --pred-a COL --pred-b COL"
        raise SettingsError(
            f"--fail-if {rule.condition} is about two models, and {many}",
            hint=hint if n_models is None else "compare two of them",
        )


def _report_on(found: Comparison | Ranking, rule: Rule) -> ModelsReport:
    from smoothl1.cli.views.models import ComparisonReport, RankingReport
    from smoothl1.results.comparison import Comparison  # late, like all that takes time

    if not isinstance(found, Comparison):
        return RankingReport(found, rule.confidence)
    from smoothl1.results.comparison_gate import check

    return ComparisonReport(found, rule, check(found, rule))


def _page_of(found: Comparison | Ranking, rule: Rule) -> bytes:
    from smoothl1.figures.report import report_of_comparison, report_of_ranking
    from smoothl1.results.comparison import Comparison  # late, like all that takes time

    if isinstance(found, Comparison):
        return report_of_comparison(found, rule.confidence).to_html().encode()
    return report_of_ranking(found, rule.confidence).to_html().encode()


def _is_given(name: str) -> bool:
    """Whether an option was not left at its default."""
    source = click.get_current_context().get_parameter_source(name)
    return source is not click.core.ParameterSource.DEFAULT


def _rows_of(found: Comparison | Ranking) -> list[Column] | None:
    """The rows in which B is worse than A, if they were asked for; a ranking has none."""
    from smoothl1.results.columns import top_columns
    from smoothl1.results.comparison import Comparison  # late, as above

    if not isinstance(found, Comparison) or found.settings.top is None:
        return None
    return top_columns(found)


def _write(
    file: BinaryIO,
    report: ModelsReport,
    output: Output,
    rows: list[Column] | None,
    warn: Callable[[str], None],
) -> None:
    if output.as_json:
        file.write(console.as_json(report.to_json()))
    elif output.table is not None or output.chosen:
        write_tables(file, output, report.columns, rows, prefers_rows=True, warn=warn)
    else:
        is_seen = is_on_terminal(output)
        file.write(report.lines(output.precision, on_terminal=is_seen).encode())
        if rows is not None:
            write_rows(file, output, rows)


def _announce(report: ModelsReport, warnings: list[str]) -> None:
    """Print warnings, and on a terminal what the numbers say."""
    console.warn(warnings)
    if console.is_terminal(2):
        from smoothl1.cli.views.aligned import folded  # late: only for terminals

        for sentence in report.sentences():
            console.say(folded(sentence, console.terminal().width).rstrip("\n"))
