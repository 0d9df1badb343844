"""Reports for CI of errors that left no result: they replace the reports of earlier runs."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from smoothl1.cli import outputs
from smoothl1.cli.arguments import CiReports
from smoothl1.cli.faults import explained
from smoothl1.cli.signals import ENDS, ended_by
from smoothl1.cli.stopwatch import Stopwatch
from smoothl1.errors import SmoothL1Error
from smoothl1.files.atomic import atomic_file
from smoothl1.files.uris import is_uri
from smoothl1.sources.in_place import identities

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@contextmanager
def telling_errors(reports: CiReports, inputs: Sequence[str | None]) -> Iterator[Stopwatch]:
    """If an error ends the context, let the reports hold it, which replaces any earlier report.

    Args:
        reports: The reports for CI.
        inputs: The paths of all inputs, which no report may replace.

    Yields:
        What measures the run, for other reports.

    Raises:
        SettingsError: A report and an input are the same file.
    """
    stopwatch = Stopwatch()
    if reports.files:
        _check_inputs_stay(reports, inputs, stopwatch)
    try:
        yield stopwatch
    except ENDS:
        raise
    except BaseException as error:
        if ended_by() is None:
            report_error(reports, error, stopwatch, inputs)
        raise


def _check_inputs_stay(
    reports: CiReports, inputs: Sequence[str | None], stopwatch: Stopwatch
) -> None:
    """Refuse a report that would replace an input; report an input that cannot be listed."""
    try:
        kept = identities(inputs)
    except SmoothL1Error as error:
        free = {name: path for name, path in reports.files.items() if is_free(path)}
        listed = CiReports(reports.github, free.get("junit"), free.get("markdown"))
        report_error(listed, error, stopwatch, inputs)
        raise
    outputs.check_inputs_stay(reports, kept)


def report_error(
    reports: CiReports,
    error: BaseException,
    stopwatch: Stopwatch,
    inputs: Sequence[str | None],
) -> None:
    """Write an error into every report that the user asked for, whether or not others fail.

    Args:
        reports: The reports.
        error: The error that ended the run. Another, about a report, is not told.
        stopwatch: Measures the run.
        inputs: The paths of all inputs.
    """
    message, _ = explained(error, click.get_current_context().command)
    if reports.junit is not None:
        from smoothl1.cli.views.junit import junit_error

        known, run = [path for path in inputs if path is not None], stopwatch.run()
        _replace(reports.junit, junit_error(type(error).__name__, message, run, known))
    if reports.markdown is not None or reports.github:
        _tell_in_markdown(reports, message)


def _tell_in_markdown(reports: CiReports, message: str) -> None:
    """Write an error for a pull request, and into the summary of the step."""
    from smoothl1.cli.views.markdown import markdown_error

    markdown = markdown_error(message)
    if reports.markdown is not None:
        _replace(reports.markdown, markdown.encode())
    if reports.github:
        from smoothl1.cli.views.github import write_summary

        with suppress(SmoothL1Error):
            write_summary(markdown)


def _replace(path: str, content: bytes) -> None:
    with suppress(OSError), atomic_file(path) as file:
        file.write(content)


def is_free(path: str) -> bool:
    """Whether a report may be written although an input cannot be listed, and may have the file.

    It may where there is no file, an empty one, or an earlier report.
    """
    from smoothl1.cli.views.markdown import BEGINNING

    if is_uri(path):
        return False
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return True
        with open(path, "rb") as file:
            head = file.read(len(BEGINNING))
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return not head or head.startswith((b"<?xml", BEGINNING.encode()))
