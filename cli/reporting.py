"""The outputs of a result: the numbers, reports for CI, warnings, and the exit code of gates."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

import click

from smoothl1.cli import console, gating, outputs
from smoothl1.cli.ci_reports import open_reports
from smoothl1.cli.error_reports import telling_errors
from smoothl1.cli.parsing import ANNOTATE
from smoothl1.cli.result_tables import has_room, is_on_terminal, write_rows, write_tables
from smoothl1.cli.views import Report
from smoothl1.files.atomic import OutputFiles
from smoothl1.files.compressing import compressed
from smoothl1.sinks.formats import BINARY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from smoothl1.cli.arguments import CiReports, GateOptions, Output
    from smoothl1.cli.ci_reports import OpenReports
    from smoothl1.cli.gating import Gates
    from smoothl1.cli.stopwatch import Stopwatch
    from smoothl1.cli.views.summary import Shown
    from smoothl1.results.columns import Column
    from smoothl1.results.result import Result


@contextmanager
def destination(output: Output, files: OutputFiles | None = None) -> Iterator[BinaryIO]:
    """The output of data, opened before any work: a file that appears when complete, or stdout.

    Args:
        output: The output.
        files: The files that appear with it, if there may be others.

    Yields:
        A file open for writing bytes.
    """
    if files is None:
        with OutputFiles() as alone, destination(output, alone) as file:
            yield file
        return
    if output.path is None:
        with standard_output(output.format or output.table) as stdout:
            yield stdout
        return
    with files.opened(output.path) as file, compressed(file, output.codec) as packed:
        yield packed


@contextmanager
def standard_output(form: str | None) -> Iterator[BinaryIO]:
    """The standard output for data; text in which whoever shows it finds no commands.

    Args:
        form: The form of the data; None for lines.

    Raises:
        SettingsError: Binary data would be written to a terminal.
    """
    if form in BINARY:
        with console.standard_output(binary=True) as stdout:
            yield stdout
        return
    from smoothl1.cli.harmless_text import shown_on_stdout  # late: files need none of it

    context = click.get_current_context(silent=True)
    for_github = context is not None and ANNOTATE in context.meta
    shown = shown_on_stdout(form, for_github=for_github)
    with console.standard_output(binary=False, shown=shown) as stdout:
        yield stdout


def write_result(
    file: BinaryIO,
    result: Result,
    output: Output,
    baseline: Result | None = None,
    *,
    warn_of_rows: Callable[[str], None] | None = None,
) -> None:
    """Write the reduced losses in the form that the user asked for.

    Without a form these are lines of values; on a terminal, a table if there are several values.

    Args:
        file: A file open for writing bytes.
        result: The result.
        output: The output, with its form.
        baseline: The result that a table on a terminal compares the values with, if any.
        warn_of_rows: If worst rows were asked for: is told of what a table leaves out. A form of a
            single table then has these rows.
    """
    if output.as_json:
        file.write(console.result_as_json(result))
    elif output.table is not None or output.chosen:
        _write_tables(file, result, output, warn_of_rows)
    else:
        _write_values(file, result, output, baseline)


def _write_tables(
    file: BinaryIO, result: Result, output: Output, warn: Callable[[str], None] | None
) -> None:
    from smoothl1.results.columns import result_columns, top_columns
    from smoothl1.results.overall import columns_with_all

    def columns_of(*, for_people: bool) -> Sequence[Column]:
        return columns_with_all(result) if for_people else result_columns(result)

    is_asked = bool(output.chosen) or not has_room(output)
    has_rows = bool(result.top) or (result.settings.top is not None and is_asked)
    rows = top_columns(result) if has_rows else None
    write_tables(file, output, columns_of, rows, prefers_rows=warn is not None, warn=warn)


def _write_values(file: BinaryIO, result: Result, output: Output, baseline: Result | None) -> None:
    """Write lines of values, or on a terminal a table; and below it the worst rows, if any."""
    if shows_table(result, output):
        from smoothl1.cli.views.summary import terminal_table

        file.write(terminal_table(result, output.precision, baseline).encode())
    else:
        from smoothl1.cli.views.lines import value_lines

        file.write(value_lines(result, output.precision).encode())
    if result.top:
        from smoothl1.results.columns import top_columns  # late: most results have none

        write_rows(file, output, top_columns(result))


def shows_table(result: Result, output: Output) -> bool:
    """Whether a person gets a table in place of lines of values."""
    if not is_on_terminal(output):
        return False
    from smoothl1.results.columns import metric_columns

    return len(result.tallies) > 1 or bool(output.chosen or metric_columns(result))


def _shown(result: Result, output: Output) -> Shown:
    """What the terminal shows of a result already."""
    if output.path is not None or output.format is not None or not console.is_terminal(1):
        return "nothing"
    if result.settings.top is not None and not has_room(output):
        return "nothing"  # but worst rows
    has_all = output.table is not None or output.as_json or shows_table(result, output)
    return "all" if has_all else "values"


class Conclusion:
    """The end of an evaluation: reports for CI, open since before the work, warnings, and gates.

    Attributes:
        files: All files that the run writes, which appear together.
        warnings: Sentences that are printed at the end.
    """

    def __init__(
        self, files: OutputFiles, gates: Gates, reports: OpenReports, stopwatch: Stopwatch
    ) -> None:
        self.files = files
        self.warnings: list[str] = []
        self._report: Report | None = None
        self._created: str | None = None
        self._gates = gates
        self._reports = reports
        self._stopwatch = stopwatch

    def baseline_of(self, result: Result) -> Result | None:
        """What the losses of a result are compared with, if anything, by the names of its groups.

        Args:
            result: The result.
        """
        if self._gates.baseline is None:
            return None
        from smoothl1.results.group_spellings import with_names_of  # late: most have no baseline

        return with_names_of(self._gates.baseline, result)

    def finish(self, result: Result, precision: int | None) -> None:
        """Check the gates, and write the reports for CI."""
        verdicts = gating.apply_gates(self._gates, result, self.warnings.append)
        baseline = self.baseline_of(result)
        path = None if baseline is None else self._gates.asked.baseline
        limits = self._gates.limits
        confidence = None if limits is None else limits.confidence
        self._report = report = Report(result, verdicts, baseline, path, confidence)
        if report.passed:
            self._created = gating.create_baseline(self._gates, result, self.files)
        self._reports.write(report, precision)

    def announce(self, output: Output, *, quiet: bool) -> None:
        """Print warnings, a summary for people, and failed gates, which end with exit code 1.

        Args:
            output: The output of the numbers. The summary repeats none that the terminal shows.
            quiet: Whether neither warnings nor a summary are printed.
        """
        if not quiet:
            console.warn(self.warnings)
            if self._created is not None:
                console.say(f"smoothl1: created the baseline {console.printable(self._created)}")
            if console.is_terminal(2) and self._report is not None:
                from smoothl1.cli.views.summary import show_summary

                elapsed_s = self._stopwatch.elapsed_s
                show_summary(self._report, elapsed_s, _shown(self._report.result, output))
            if self._report is not None:
                gating.say_passed_by_chance(self._report.verdicts)
        self.say_failures()
        if self._report is not None and not self._report.passed:
            gating.end_failed()

    def say_failures(self) -> None:
        """Print the failed gates, also if a report cannot be written."""
        if self._report is not None:
            gating.say_failures(self._report.verdicts)


@contextmanager
def conclusion(
    output: Output, gates: GateOptions, reports: CiReports, inputs: Sequence[str | None]
) -> Iterator[Conclusion]:
    """Read the baseline and open the reports; all files appear when the context ends well.

    If an error ends the context, the reports hold the error, which replaces any earlier report.

    Args:
        output: The output of the numbers.
        gates: The gates of the result.
        reports: The reports for CI.
        inputs: The paths of all inputs, which no report may replace.

    Raises:
        SettingsError: Two outputs, or a report and an input, are the same file; an output or the
            baseline is a pipe that is an input; or the options of gates contradict each other.
        DataError: The baseline is damaged, or is no result.
        StorageError: A report or the baseline cannot be opened.
    """
    outputs.check_distinct(output, gates.baseline, reports)
    outputs.check_in_place(output, inputs, gates.baseline, reports)
    limits = gating.limits_of(gates)
    with telling_errors(reports, inputs) as stopwatch:
        opened = gating.open_gates(gates, limits)
        with (
            _telling_failures() as told,
            OutputFiles() as files,
            open_reports(reports, stopwatch, files) as open_files,
        ):
            concluding = Conclusion(files, opened, open_files, stopwatch)
            told.append(concluding)
            yield concluding


@contextmanager
def _telling_failures() -> Iterator[list[Conclusion]]:
    """Print the failed gates of conclusions that are put in the list if an error follows them."""
    told: list[Conclusion] = []
    try:
        yield told
    except Exception:
        for concluding in told:
            concluding.say_failures()
        raise
