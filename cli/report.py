"""`smoothl1 report`: where the loss comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from smoothl1.checks import MOST_ROWS_BEFORE
from smoothl1.cli import console, forms, options, outputs, reading
from smoothl1.cli.eval import check_sides
from smoothl1.cli.parsing import StrictCommand, WholeNumber
from smoothl1.cli.path_types import PathOrUri
from smoothl1.cli.reading import NOT_SEEN
from smoothl1.cli.report_outputs import report_destination

if TYPE_CHECKING:
    from smoothl1.cli.arguments import Output
    from smoothl1.cli.engine_options import EngineChoice
    from smoothl1.read_options import ReadOptions
    from smoothl1.selection import Selection
    from smoothl1.settings import EvalSettings, Execution

EXAMPLES = """\b
Examples:
  smoothl1 report preds.npy targets.npy --beta 0.5
  smoothl1 report run.parquet --pred y_hat --target y -o report.html
  smoothl1 report preds.npy targets.npy -o figures/
  smoothl1 report preds-2.npy targets-2.npy --rows-before 5000 -o part-2.json
"""


@click.command(
    "report", cls=StrictCommand, explained_by="eval", epilog=EXAMPLES, no_args_is_help=True
)
@click.argument("pred", type=PathOrUri())
@click.argument("target", type=PathOrUri(), required=False)
@options.weights
@options.groups
@options.clusters
@options.settings_of_report
@options.selection
@reading.options_of_result
@options.output_of_report
@click.option(
    "--rows-before",
    type=WholeNumber(0, MOST_ROWS_BEFORE),
    metavar="N",
    help="How many rows of the whole are before these, which are one of its parts, in files of "
    "its own: with --json, merge then draws the page of the whole. There is no --part.",
)
@options.execution
@options.device
@options.engine
@reading.store_timeout
@options.quiet
@options.progress
def command(
    pred: str,
    target: str | None,
    weights: str | None,
    groups: str | None,
    clusters: str | None,
    settings: EvalSettings,
    selection: Selection,
    reading: ReadOptions,
    output: Output,
    rows_before: int | None,
    execution: Execution,
    device: str,
    engine: EngineChoice,
    quiet: bool,
    has_bar: bool,
) -> None:
    """Show where the loss of PRED against TARGET comes from.

    In one pass: the distances with beta, signed errors, predictions against targets, the loss at
    other betas and along the rows, and each group with its interval. Without -o, as text; with -o
    FILE.html, as one page that needs no script and no network; with -o FOLDER/, a file for each
    drawing; with --json, as a result from which merge draws the report of several parts.

    Inputs and all options that choose data are those of `smoothl1 eval`, whose help explains the
    options that are listed by name alone. Several models are compared by `smoothl1 compare`.
    """
    check_sides(pred, target, selection)
    output = forms.report_output(output)
    outputs.check_in_place(output, (pred, target, weights, groups, clusters))
    warnings: list[str] = []
    with (
        report_destination(output) as write,
        engine.opened() as executor,
    ):
        from smoothl1.running.report import report  # late, since it imports NumPy

        with console.progress_bar(enabled=has_bar and not quiet) as progress:
            found = report(
                pred,
                target,
                settings,
                pred=selection.pred,
                target=selection.target,
                key=selection.key,
                weight=selection.weight,
                weights=weights,
                groups=groups,
                clusters=clusters,
                keep=selection.keep,
                options=reading,
                execution=execution,
                device=device,
                executor=executor,
                rows_before=rows_before,
                warn=warnings.append,
                progress=progress,
            )
        if found.result.digests and not output.as_json:
            warnings.append(NOT_SEEN)
        write(found)
    if not quiet:
        console.warn(warnings)
