"""Checks of outputs: each has a file of its own, and replaces no input.

They are made before any work, so that a wrong command line changes no file.
"""

from __future__ import annotations

import os
import stat
from itertools import combinations
from typing import TYPE_CHECKING

from smoothl1.cli.arguments import CiReports
from smoothl1.errors import SettingsError, SmoothL1Error
from smoothl1.files.atomic import is_written_in_place
from smoothl1.files.file import STANDARD_INPUT
from smoothl1.files.opening import pipe_of
from smoothl1.files.paths import real_path
from smoothl1.files.uris import is_uri
from smoothl1.sources import formats as sources

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterator, Sequence

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
        for found in [_identity(path)]
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
    read = {pipe_of(path) for path in inputs if path is not None} - {None}
    for name, path in _outputs(output, baseline, reports) if read else ():
        if pipe_of(path) in read:
            shown = path if isinstance(path, str) else None
            what = f"{name} and an input are the same pipe"
            raise SettingsError(what, path=shown, hint="each needs one of its own")
    in_place: dict[object, str] = {
        _identity(path): name if path == 1 else str(path)
        for name, path in _outputs(output, baseline, reports)
        if (_has_content(1) if isinstance(path, int) else is_written_in_place(path))
    }
    if known := in_place.keys() - {None}:
        local = [path for path in inputs if path is not None and not is_uri(path)]
        local = [path for path in local if _may_hold(path, known)]
        try:
            kept = identities(local)
        except SmoothL1Error:  # an input that cannot be listed is refused where reports tell of it
            return
        for identity in kept & in_place.keys():
            what = "is written in place, and is an input"
            hint = "name the file itself: it is replaced when the output is complete"
            raise SettingsError(what, path=in_place[identity], hint=hint)


def _may_hold(path: str, files: Collection[object]) -> bool:
    """Whether an input may be, or stand for, one of some files.

    Of a folder that is told by the numbers of its files, since to list it as an input takes long.

    Args:
        path: The input.
        files: The identities of the files.
    """
    numbers = {file[1] for file in files if isinstance(file, tuple) and len(file) == 2}
    if len(numbers) < len(files) or path == STANDARD_INPUT or not os.path.isdir(path):
        return True
    folders = [path]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_symlink() or entry.inode() in numbers:
                        return True
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
        except OSError:
            return True
    return False


def _has_content(file: int) -> bool:
    """Whether an open file is one on a disk that is not empty: of an empty one nothing is read."""
    try:
        found = os.fstat(file)
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size > 0


def identities(inputs: Sequence[str | None]) -> set[object]:
    """Values that tell the files of all inputs apart from others.

    Args:
        inputs: Paths, folders and patterns, as the user typed them; "-" is standard input.

    Raises:
        DataError: A folder cannot be read as shards.
        StorageError: A folder cannot be read.
        SettingsError: A pattern matches nothing.
    """
    found = (_identity(path) for path in _files_of(inputs))
    return {identity for identity in found if identity is not None}


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
        if _identity(path) in kept:
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
    found = _identity(1 if output.path is None else output.path)
    if found is None:
        return
    shown = _STDOUT if output.path is None else f"--output {output.path}"
    for path in inputs:
        files = _files_with_empty(path)
        if any(_identity(name) == found for name in files):
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
    return sources.files_of(path, _say_nothing, with_empty=True) or []


def _files_of(inputs: Sequence[str | None]) -> Iterator[str | int]:
    for path in inputs:
        if path is None:
            continue
        if path == STANDARD_INPUT:
            yield 0
        else:
            yield from sources.files_of(path, _say_nothing) or [path]


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


def _identity(path: str | int) -> tuple[object, ...] | None:
    """A value that is equal for all names of one file; None for a device, a pipe or a folder."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return (os.path.normcase(real_path(path)),) if isinstance(path, str) else None
    return (found.st_dev, found.st_ino) if stat.S_ISREG(found.st_mode) else None
