"""The output for GitHub Actions: annotations, a summary of the step, and its outputs.

Annotations are workflow commands: lines that the runner finds in the output of a step. Its
documentation names standard output, but the runner reads both streams (`RunAsync` in
https://github.com/actions/runner/blob/main/src/Runner.Worker/Handlers/ScriptHandler.cs). Here
annotations go to stderr, since stdout is for data.

Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from smoothl1.cli.console import printable
from smoothl1.errors import storage_error

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from io import FileIO

    from smoothl1.cli.views import CiReport
    from smoothl1.results.gates import Verdict

_MOST_ANNOTATIONS = 10
"""Most annotations of errors: the runner drops further ones of a step. It counts notices
separately."""

_IN_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTIES = _IN_DATA | {":": "%3A", ",": "%2C"}


def workflow_commands(verdicts: Sequence[Verdict]) -> list[str]:
    """A workflow command for each gate that failed, at most 10, and one that counts the rest.

    Args:
        verdicts: The verdicts of all gates; those that passed are left out.

    Returns:
        Lines without line ends, to be written to stderr.
    """
    failed = [verdict for verdict in verdicts if not verdict.passed]
    lines = [
        _command("error", f"smoothl1 {verdict.gate}", verdict.message)
        for verdict in failed[:_MOST_ANNOTATIONS]
    ]
    if len(failed) > _MOST_ANNOTATIONS:
        message = f"{len(failed) - _MOST_ANNOTATIONS:,} more of {len(verdicts):,} gates failed"
        lines.append(_command("notice", "smoothl1", message))
    return lines


def error_annotation(message: str) -> str:
    """A workflow command for an error that left no result.

    Args:
        message: The message of the error.

    Returns:
        A line without a line end, to be written to stderr.
    """
    return _command("error", "smoothl1", message)


@contextmanager
def summary_written(markdown: str) -> Iterator[None]:
    """Add Markdown to the summary of the step, if this is GitHub Actions.

    An error that ends the context takes it back: what the step shows is then the error alone.

    Raises:
        StorageError: The summary cannot be written.
    """
    with _appended("GITHUB_STEP_SUMMARY", f"{markdown}\n"):
        yield


def write_summary(markdown: str) -> None:
    """Add Markdown to the summary of the step, for good: see `summary_written`."""
    with summary_written(markdown):
        pass


def write_outputs(report: CiReport, precision: int | None = None) -> None:
    """Set the outputs of the step, if this is GitHub Actions.

    Of `smoothl1 eval` they are value, passed, count and signature; of `smoothl1 compare` value,
    passed, count and verdict, and of three models or more best. The value is a number, or a line
    for each beta and group, and for each of several models.

    Args:
        report: The report on the run.
        precision: Significant digits of the value; unset, the shortest text that reads back to the
            same number.

    Raises:
        StorageError: The outputs cannot be written.
    """
    outputs = report.outputs(precision)
    lines = "".join(_output(name, text) for name, text in outputs.items())
    with _appended("GITHUB_OUTPUT", lines):
        pass


def _command(name: str, title: str, message: str) -> str:
    return f"::{name} title={_escaped(title, _IN_PROPERTIES)}::{_escaped(message, _IN_DATA)}"


def _escaped(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(c) or printable(c) for c in text)


def _output(name: str, text: str) -> str:
    """An output of any lines, between marks that equal none of them."""
    mark = "END"
    while mark in text:
        mark += "_"
    return f"{name}<<{mark}\n{text}\n{mark}\n"


@contextmanager
def _appended(variable: str, text: str) -> Iterator[None]:
    """Add text to the file that an environment variable names, if it names one: all or nothing.

    An error that ends the context takes it back, too. Half an output would take in all that later
    steps write.
    """
    path = os.environ.get(variable)
    if not path:
        yield
        return
    with ExitStack() as stack:
        try:
            file = stack.enter_context(open(path, "ab", buffering=0))
            stack.enter_context(_taken_back_on_error(file))
            rest = memoryview(text.encode(errors="backslashreplace"))
            while rest:
                rest = rest[file.write(rest) :]
        except OSError as error:
            raise storage_error(error, path) from error
        yield


@contextmanager
def _taken_back_on_error(file: FileIO) -> Iterator[None]:
    """Cut a file to the length that it had, if an error ends the context."""
    n_before = os.fstat(file.fileno()).st_size
    try:
        yield
    except BaseException:
        with suppress(OSError):  # a pipe
            os.ftruncate(file.fileno(), n_before)
        raise
