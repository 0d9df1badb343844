"""Checks of outputs: each has a file of its own, and replaces no input.

They are made before any work, so that a wrong command line changes no file.
"""

from __future__ import annotations

import os
from itertools import combinations
from typing import TYPE_CHECKING

from smoothl1.cli.arguments import CiReports
from smoothl1.errors import SettingsError
from smoothl1.files.file import STANDARD_INPUT
from smoothl1.sources import formats as sources
from smoothl1.sources import in_place
from smoothl1.sources.in_place import identity_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from smoothl1.cli.arguments import Output

_STDOUT = "standard output"
_NO_REPORTS = CiReports()
_GITHUB = ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")


def check_distinct(output: Output, baseline: str | None, reports: CiReports) -> None:
    """Refuse two outputs that are one file, perhaps by a link, and an output over the baseline.

    Devices and pipes may be shared: writing does not replace them.

    Args:
        output: The output of the numbers.
        baseline: Path of the baseline, if there is one.
        reports: The reports, which name files.

    Raises:
        SettingsError: Two are the same file; the error names it and both outputs.
    """
    files = [
        (name, path, found)
        for name, path in _outputs(output, baseline, reports)
        for found in [identity_of(path)]
        if found is not None
    ]
    for (one, _, this), (other, path, that) in combinations(files, 2):
        appended = one == _STDOUT and other in _GITHUB  # after all of stdout has been written
        if this == that and not appended:
            raise SettingsError(
                f"{one} and {other} are the same file",
                path=str(path),
                hint="each needs a file of its own",
            )


def check_in_place(
    output: Output,
    inputs: Sequence[str | None],
    baseline: str | None = None,
    reports: CiReports = _NO_REPORTS,
) -> None:
    """Refuse an output, or a baseline, that is written in place and is read as an input, too.

    What is written into a pipe would be read as data, for which the run would wait without end, and
    what is written to an open descriptor of a file would replace data before they are read.

    Args:
        output: The output of the numbers.
        inputs: Paths, folders and patterns, as the user typed them; "-" is standard input.
        baseline: Path of the baseline, if there is one.
        reports: The reports, which name files.

    Raises:
        SettingsError: There is one; the error names it.
    """
    in_place.check_in_place(_outputs(output, baseline, reports), inputs)


def check_inputs_stay(reports: CiReports, kept: Container[object]) -> None:
    """Refuse a report that would replace an input, also under another name.

    `--output` may be an input, to convert a file in place.

    Args:
        reports: The reports, which name files.
        kept: The identities of all inputs.

    Raises:
        SettingsError: A report would replace an input.
    """
    for name, path in reports.files.items():
        if identity_of(path) in kept:
            raise SettingsError(
                f"--{name} would replace an input", path=path, hint="name another file"
            )


def check_is_no_input(output: Output, inputs: Sequence[str]) -> None:
    """Refuse an output that is among the files that a folder or a pattern stands for.

    The whole would count as a part of itself. An output that is named as an input is meant.

    Args:
        output: The output of the numbers.
        inputs: Paths, folders and patterns, as the user typed them.

    Raises:
        SettingsError: The output is among them.
    """
    found = identity_of(1 if output.path is None else output.path)
    if found is None:
        return
    shown = _STDOUT if output.path is None else f"--output {output.path}"
    for path in inputs:
        files = _files_with_empty(path)
        if any(identity_of(name) == found for name in files):
            raise SettingsError(
                f"stands for {shown}, too, which is no part",
                path=path,
                hint="write it elsewhere, or name the inputs",
            )


def _files_with_empty(path: str) -> list[str]:
    """The files that a folder or a pattern stands for; none where the path is a file itself.

    An output may be among them that has no byte yet.
    """
    if path == STANDARD_INPUT:
        return []
    return sources.files_of(path, _say_nothing, are_results=True) or []


def _say_nothing(_: str) -> None:
    """Drop a warning about shards: it is given when they are opened."""


def _outputs(
    output: Output, baseline: str | None, reports: CiReports
) -> Iterator[tuple[str, str | int]]:
    """The name and path of each output, and of the baseline, which must not be replaced."""
    if output.path is None or (output.format is not None and output.as_json):
        yield _STDOUT, 1
    named = {"output": output.path, "baseline": baseline, **reports.files}
    for name, path in named.items():
        if path is not None:
            yield f"--{name}", path
    for variable in _GITHUB if reports.github else ():
        path = os.environ.get(variable)
        if path:
            yield variable, path
