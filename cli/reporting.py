"""What is said of a result, once it is there: the numbers, files for CI, talk, and gates."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from smoothl1.cli import console, gating, outputs
from smoothl1.errors import SmoothL1Error
from smoothl1.files.atomic import atomic_file
from smoothl1.sinks import formats as sinks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from smoothl1.cli.gating import Gates
    from smoothl1.results.gates import Verdict
    from smoothl1.results.result import Result


def destination(output: str | None, format_out: str | None) -> AbstractContextManager[BinaryIO]:
    """Where data goes, opened before any work: a file that appears when complete, or stdout."""
    if output is not None:
        return atomic_file(output)
    return console.standard_output(binary=format_out in sinks.BINARY_FORMATS)


def report(result: Result, *, as_json: bool, precision: int | None) -> bytes:
    """The reduced losses as text: a line for each beta and group; or all as JSON."""
    if as_json:
        return console.as_json(result.to_json())
    lines = []
    several = len(result.settings.betas) > 1
    for (beta, group, _), value in zip(result.entries, result.values, strict=True):
        names = ([repr(beta)] if several else []) + [name for name in group if name is not None]
        number = repr(value) if precision is None else f"{value:.{precision}g}"
        lines.append("\t".join([*map(console.escaped, names), number]))
    return "".join(f"{line}\n" for line in lines).encode()


class Conclusion:
    """Files for CI, open since before the work, and what else is said at the end."""

    def __init__(self, given: dict[str, Any], gates: Gates, files: dict[str, BinaryIO]) -> None:
        self.result: Result | None = None
        self.verdicts: list[Verdict] = []
        self.passed = True
        self.messages: list[str] = []
        self._created: str | None = None
        self._given = given
        self._gates = gates
        self._files = files
        self._begin_s = time.perf_counter()

    def draw(self, result: Result) -> None:
        """Check the gates, and write the files for CI."""
        self.result = result
        self.verdicts = gating.apply_gates(self._gates, result, self.messages.append)
        self.passed = all(verdict.passed for verdict in self.verdicts)
        if self.passed:
            self._created = gating.create_baseline(self._gates, result)
        gating.say_verdicts(self.verdicts)  # now: writing a file may fail
        if "junit" in self._files:
            from smoothl1.cli.junit import junit_xml

            self._files["junit"].write(junit_xml(result, self.verdicts))
        if not (self._given["github"] or "markdown" in self._files):
            return
        from smoothl1.cli.markdown import markdown_table

        markdown = markdown_table(result, self.verdicts, self._gates.baseline)
        if "markdown" in self._files:
            self._files["markdown"].write(markdown.encode())
        if self._given["github"]:
            self._write_github(result, markdown)

    def _write_github(self, result: Result, markdown: str) -> None:
        from smoothl1.cli import github

        github.write_summary(markdown)
        github.write_outputs(result, self.passed, self._given["precision"])
        for line in github.annotations(self.verdicts):
            console.say(line)

    def say(self, *, quiet: bool) -> None:
        """Warnings, and a summary for a person; end with exit code 1 if a gate said no."""
        if not quiet:
            for message in self.messages:
                console.say(f"smoothl1: warning: {console.printable(message)}")
            if self._created is not None:
                console.say(f"smoothl1: created the baseline {console.printable(self._created)}")
            if console.is_terminal(2) and self.result is not None:
                elapsed_s = time.perf_counter() - self._begin_s
                console.show_summary(self.result, elapsed_s, self._gates.baseline)
        if not self.passed:
            click.get_current_context().exit(gating.NO)


@contextmanager
def conclusion(given: dict[str, Any], inputs: Sequence[str | None]) -> Iterator[Conclusion]:
    """Read the baseline and open the files for CI; they appear when the context ends well.

    Where an error ends it they hold the error: an earlier report must not be taken for this run's.

    Args:
        given: The options.
        inputs: Paths of all that is read, which no report may replace.

    Raises:
        SettingsError: Two outputs are one file, a report and an input are, or the gates' options
            contradict each other.
        DataError: The baseline is damaged, or no result.
    """
    outputs.check_distinct(given)
    gates = gating.open_gates(given)
    outputs.check_inputs_stay(given, inputs)
    try:
        with ExitStack() as stack:
            files = {
                name: stack.enter_context(atomic_file(given[name]))
                for name in ("junit", "markdown")
                if given[name] is not None
            }
            yield Conclusion(given, gates, files)
    except SmoothL1Error as error:
        with suppress(SmoothL1Error):  # the first error is the one to tell
            _report_error(given, error)
        raise


def _report_error(given: dict[str, Any], error: SmoothL1Error) -> None:
    """Write the error that left no result wherever a report was asked for."""
    if given["junit"] is not None:
        from smoothl1.cli.junit import junit_error

        with atomic_file(given["junit"]) as file:
            file.write(junit_error(error))
    if given["markdown"] is not None:
        from smoothl1.cli.markdown import markdown_error

        with atomic_file(given["markdown"]) as file:
            file.write(markdown_error(error).encode())
