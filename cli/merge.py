"""`smoothl1 merge`: the results of parts merged into the result of the whole."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, cast

import click

from smoothl1.cli import console, forms, options, outputs, reading, reporting
from smoothl1.cli.merging import merged_results
from smoothl1.cli.parsing import StrictCommand, WholeNumber
from smoothl1.cli.path_types import PathOrUri
from smoothl1.cli.report_outputs import report_destination
from smoothl1.cli.result_tables import has_room

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from smoothl1.cli.arguments import CiReports, GateOptions, Output
    from smoothl1.cli.merging import Figures, Merged
    from smoothl1.cli.reporting import Conclusion
    from smoothl1.figures.data import FigureData
    from smoothl1.figures.report import Report

EXAMPLES = """\b
Examples:
  smoothl1 eval preds-1.npy targets-1.npy --json -o part-1.json
  smoothl1 eval preds-2.npy targets-2.npy --json -o part-2.json
  smoothl1 merge part-*.json
  smoothl1 merge part-*.json --expect 2 --baseline main.json --max-increase 1%
  smoothl1 report preds-1.npy targets-1.npy --rows-before 0 -o report-1.json
  smoothl1 merge report-*.json -o report.html
"""


@click.command("merge", cls=StrictCommand, epilog=EXAMPLES, no_args_is_help=True)
@click.argument("results", nargs=-1, required=True, type=PathOrUri())
@click.option(
    "--expect",
    type=WholeNumber(min=1),
    metavar="N",
    help="Refuse any other number of RESULTs: a part that is missing must not pass.",
)
@options.output_of_whole
@options.gates
@options.ci_reports
@reading.store_timeout
@options.quiet
@options.progress
def command(
    results: tuple[str, ...],
    expect: int | None,
    output: Output,
    gates: GateOptions,
    reports: CiReports,
    quiet: bool,
    has_bar: bool,
) -> None:
    """Join RESULTs, which eval --json wrote of parts of the data, into the result of the whole.

    To the bit, in any order and grouping. A RESULT may be a folder, a quoted pattern, or "-" for
    standard input, too. Results of eval --part are merged if all parts of the run are there. If
    report --json wrote all of them, -o FILE.html or FOLDER/ draws the report of the whole.
    """
    is_drawn = forms.is_drawn(output)
    output = output if is_drawn else forms.summary_output(output)
    figures: Figures = "needed" if is_drawn else "kept" if output.as_json else "none"
    with reporting.conclusion(output, gates, reports, results) as conclusion:
        outputs.check_is_no_input(output, results)
        warn = conclusion.warnings.append
        shows_progress = has_bar and not quiet
        with _destination(output, conclusion, is_drawn=is_drawn) as write:
            with console.progress_bar(enabled=shows_progress, unit="results") as progress:
                merged = merged_results(results, expect, figures, warn, progress)
            write(merged)
        if merged.result.top and not (is_drawn or has_room(output) or output.chosen):
            warn(
                f"-f {output.table} is one table, which lacks the worst rows: -f markdown or "
                "--json has both, and --columns row,loss the other"
            )
        conclusion.finish(merged.result, output.precision)
    conclusion.announce(output, quiet=quiet)


@contextmanager
def _destination(
    output: Output, conclusion: Conclusion, *, is_drawn: bool
) -> Iterator[Callable[[Merged], None]]:
    """Open the output of a report or of a result, and give the function that writes to it."""
    if is_drawn:
        with report_destination(output, conclusion.files) as draw:
            yield lambda merged: draw(_report(merged, conclusion.warnings.append))
    else:
        with reporting.destination(output, conclusion.files) as file:
            yield lambda merged: _write(file, merged, output, conclusion)


def _report(merged: Merged, warn: Callable[[str], None]) -> Report:
    from smoothl1.figures.report import report_of  # late, like all that takes time

    report = report_of(merged.result, cast("FigureData", merged.data))  # it is needed
    for warning in report.warnings:
        warn(warning)
    return report


def _write(file: BinaryIO, merged: Merged, output: Output, conclusion: Conclusion) -> None:
    if output.as_json and merged.data is not None:
        from smoothl1.figures.report_json import streamed  # late: most results have no figures

        file.write(console.as_json(streamed(merged.result, merged.data)))
    else:
        baseline = conclusion.baseline_of(merged.result)
        reporting.write_result(file, merged.result, output, baseline)
