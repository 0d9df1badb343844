"""`smoothl1 compare`: two models on the same targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import click

from smoothl1.cli import console, forms, gating, options, outputs, reading, reporting
from smoothl1.cli.ci_reports import open_reports
from smoothl1.cli.error_reports import telling_errors
from smoothl1.cli.parsing import StrictCommand
from smoothl1.cli.views import ComparisonReport

if TYPE_CHECKING:
    from smoothl1.cli.arguments import CiReports, Output
    from smoothl1.results.comparison import Comparison
    from smoothl1.results.comparison_gate import Rule
    from smoothl1.selection import Selection
    from smoothl1.settings import EvalSettings, Execution
    from smoothl1.sources.contract import ReadOptions

EXAMPLES = """\b
Examples:
  smoothl1 compare old.npy new.npy targets.npy
  smoothl1 compare run.parquet --pred-a old --pred-b new --target y
  smoothl1 compare old.npy new.npy targets.npy --fail-if worse --confidence 0.99
  smoothl1 compare old.npy new.npy targets.npy --fail-if worse --margin 1%
  smoothl1 compare old.npy new.npy targets.npy -o report.html
"""


@click.command("compare", cls=StrictCommand, epilog=EXAMPLES, no_args_is_help=True)
@click.argument("pred_a", type=click.Path())
@click.argument("pred_b", type=click.Path(), required=False)
@click.argument("target", type=click.Path(), required=False)
@options.weights
@options.groups
@options.settings_of_means
@options.selection_of_two
@reading.options
@options.output_of_result
@options.rule
@options.ci_reports
@options.execution
@options.device
@options.quiet
@options.progress
def command(
    pred_a: str,
    pred_b: str | None,
    target: str | None,
    weights: str | None,
    groups: str | None,
    settings: EvalSettings,
    selection: Selection,
    reading: ReadOptions,
    output: Output,
    rule: Rule,
    reports: CiReports,
    execution: Execution,
    device: str,
    quiet: bool,
    has_bar: bool,
) -> None:
    """Compare the losses of PRED_A, the model to beat, and PRED_B against TARGET.

    Paired, row by row. Prints a table: the mean losses, the mean difference B - A (below 0, B is
    better) with its confidence interval, Student's paired t, a p-value that goes with the interval,
    and the number of rows in which either is better. Or leave PRED_B and TARGET out and name the
    columns of one table.
    """
    is_page = forms.is_page(output)
    output = output if is_page else forms.summary_output(output)
    outputs.check_distinct(output, None, reports)
    inputs = (pred_a, pred_b, target, weights, groups)
    warnings: list[str] = []
    with telling_errors(reports, inputs), open_reports(reports) as opened:
        with (
            reporting.destination(output) as file,
            console.progress_bar(enabled=has_bar and not quiet) as progress,
        ):
            from smoothl1.running.compare import compare  # late, since it imports NumPy

            found = compare(
                pred_a,
                pred_b,
                target,
                settings,
                pred_a=selection.pred,
                pred_b=selection.pred_b or (),
                target=selection.target,
                key=selection.key,
                weight=selection.weight,
                weights=weights,
                groups=groups,
                options=reading,
                execution=execution,
                device=device,
                histogram=is_page,
                warn=warnings.append,
                progress=progress,
            )
            if rule.condition is not None or _is_given("confidence"):
                warnings += found.small_samples()
            if is_page:
                from smoothl1.figures.report import report_of_comparison

                file.write(report_of_comparison(found, rule.confidence).to_html().encode())
            else:
                _write(file, found, rule, output)
        if not quiet:
            _announce(found, rule, warnings)
        report = _report_on(found, rule)
        gating.say_failures(report.verdicts)  # before the reports are written, which may fail
        opened.write(report, output.precision)
    if not report.passed:
        gating.end_failed()


def _report_on(found: Comparison, rule: Rule) -> ComparisonReport:
    from smoothl1.results.comparison_gate import check  # late, like all that takes time

    return ComparisonReport(found, rule, check(found, rule))


def _is_given(name: str) -> bool:
    """Whether an option was not left at its default."""
    source = click.get_current_context().get_parameter_source(name)
    return source is not click.core.ParameterSource.DEFAULT


def _write(file: BinaryIO, found: Comparison, rule: Rule, output: Output) -> None:
    if output.as_json:
        file.write(console.as_json(found.to_json(rule.confidence, rule.margin)))
    elif output.table is not None:
        from smoothl1.cli.views.tables import write_table
        from smoothl1.results.columns import comparison_columns

        columns = comparison_columns(found, rule.confidence, rule.margin)
        write_table(file, columns, output.table, output.precision)
    else:
        from smoothl1.cli.views import comparison as views

        is_seen = reporting.is_on_terminal(output) and found.differences
        form = views.comparison_table if is_seen else views.comparison_lines
        file.write(form(found, rule, output.precision).encode())


def _announce(found: Comparison, rule: Rule, warnings: list[str]) -> None:
    """Print warnings, and on a terminal the verdict."""
    console.warn(warnings)
    if console.is_terminal(2):
        from smoothl1.cli.views.comparison import say_verdict

        say_verdict(found, rule)
