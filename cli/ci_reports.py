"""The reports for CI of a run that has a result."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, BinaryIO

from smoothl1.cli import console

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smoothl1.cli.arguments import CiReports
    from smoothl1.cli.stopwatch import Stopwatch
    from smoothl1.cli.views import CiReport
    from smoothl1.files.atomic import OutputFiles


class OpenReports:
    """The reports that the user asked for, opened before the work."""

    def __init__(self, asked: CiReports, files: dict[str, BinaryIO], stopwatch: Stopwatch) -> None:
        self._asked = asked
        self._files = files
        self._stopwatch = stopwatch

    def write(self, report: CiReport, precision: int | None) -> None:
        """Write all of them: JUnit, Markdown, and what GitHub Actions is told.

        Args:
            report: What they say.
            precision: Significant digits of the values that GitHub Actions gets; None for the
                shortest text that reads back to the same number.
        """
        if "junit" in self._files:
            from smoothl1.cli.views.junit import junit_xml

            self._files["junit"].write(junit_xml(report, self._stopwatch.run()))
        if not (self._asked.github or "markdown" in self._files):
            return
        markdown = report.markdown()
        if "markdown" in self._files:
            self._files["markdown"].write(markdown.encode())
        if self._asked.github:
            _tell_github(report, markdown, precision)


@contextmanager
def open_reports(
    asked: CiReports, stopwatch: Stopwatch, files: OutputFiles
) -> Iterator[OpenReports]:
    """Open the reports; they are complete when the context ends well.

    Args:
        asked: The reports.
        stopwatch: Measures the run.
        files: The files that appear with them.

    Raises:
        StorageError: A report cannot be opened.
    """
    with ExitStack() as stack:
        opened = {name: stack.enter_context(files.opened(x)) for name, x in asked.files.items()}
        yield OpenReports(asked, opened, stopwatch)


def _tell_github(report: CiReport, markdown: str, precision: int | None) -> None:
    from smoothl1.cli.views import github

    with github.summary_written(markdown):
        github.write_outputs(report, precision)
    for line in github.workflow_commands(report.verdicts):
        console.say(line)
