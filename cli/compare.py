"""`smoothl1 compare`: two models on the same targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import click

from smoothl1.checks import check_confidence
from smoothl1.cli import console, forms, gating, options, reading, reporting
from smoothl1.cli.parsing import StrictCommand

if TYPE_CHECKING:
    from smoothl1.cli.arguments import Output
    from smoothl1.results.comparison import Comparison
    from smoothl1.selection import Selection
    from smoothl1.settings import EvalSettings, Execution
    from smoothl1.sources.contract import ReadOptions

EXAMPLES = """\b
Examples:
  smoothl1 compare old.npy new.npy targets.npy
  smoothl1 compare run.parquet --pred-a old --pred-b new --target y
  smoothl1 compare old.npy new.npy targets.npy --fail-if worse --confidence 0.99
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
@options.level
@options.fail_if
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
    confidence: float,
    fail_if: str | None,
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
    check_confidence(confidence)
    is_page = forms.is_page(output)
    output = output if is_page else forms.summary_output(output)
    warnings: list[str] = []
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
        if fail_if is not None or _is_given("confidence"):
            warnings += found.small_samples()
        if is_page:
            from smoothl1.figures.report import report_of_comparison

            file.write(report_of_comparison(found, confidence).to_html().encode())
        else:
            _write(file, found, confidence, output)
    if not quiet:
        console.warn(warnings)
        if console.is_terminal(2):
            from smoothl1.cli.views.comparison import say_verdict

            say_verdict(found, confidence)
    if fail_if is not None:
        _apply_gate(found, fail_if, confidence)


def _is_given(name: str) -> bool:
    """Whether an option was not left at its default."""
    source = click.get_current_context().get_parameter_source(name)
    return source is not click.core.ParameterSource.DEFAULT


def _write(file: BinaryIO, found: Comparison, confidence: float, output: Output) -> None:
    if output.as_json:
        file.write(console.as_json(found.to_json(confidence)))
    elif output.table is not None:
        from smoothl1.cli.views.tables import write_table
        from smoothl1.results.columns import comparison_columns

        write_table(file, comparison_columns(found, confidence), output.table, output.precision)
    else:
        from smoothl1.cli.views import comparison as views

        is_seen = reporting.is_on_terminal(output) and found.differences
        form = views.comparison_table if is_seen else views.comparison_lines
        file.write(form(found, confidence, output.precision).encode())


def _apply_gate(found: Comparison, condition: str, confidence: float) -> None:
    """Exit with code 1 if the gate of a comparison fails."""
    from smoothl1.results.comparison_gate import failures

    failed = failures(found, condition, confidence)
    for message in failed:
        console.say(f"smoothl1: gate failed: {console.printable(message)}")
    if failed:
        gating.end_failed()
