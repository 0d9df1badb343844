"""Outputs that are written in place while a run reads them: what is written would be read as data.

A file that is replaced when its output is complete may be an input.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from smoothl1.errors import SettingsError, SmoothL1Error
from smoothl1.files.atomic import is_written_in_place
from smoothl1.files.file import STANDARD_INPUT
from smoothl1.files.opening import pipe_of
from smoothl1.files.paths import real_path
from smoothl1.files.uris import is_uri
from smoothl1.sources import formats

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence


def check_in_place(outputs: Iterable[tuple[str, str | int]], inputs: Sequence[str | None]) -> None:
    """Refuse an output that is written in place and is read as an input, too.

    What is written into a pipe would be read as data, for which the run would wait without end, and
    what is written to an open descriptor of a file would replace data before they are read.

    Args:
        outputs: The name of each output, and its path or the number of an open file.
        inputs: Paths, folders and patterns, as the user typed them; "-" is standard input.

    Raises:
        SettingsError: There is one; the error names it.
    """
    outputs = list(outputs)
    read = {pipe_of(path) for path in inputs if path is not None} - {None}
    for name, path in outputs if read else ():
        if pipe_of(path) in read:
            shown = path if isinstance(path, str) else None
            what = f"{name} and an input are the same pipe"
            raise SettingsError(what, path=shown, hint="each needs one of its own")
    written: dict[object, str] = {
        identity_of(path): name if isinstance(path, int) else path
        for name, path in outputs
        if (_has_content(path) if isinstance(path, int) else is_written_in_place(path))
    }
    if known := written.keys() - {None}:
        local = [path for path in inputs if path is not None and not is_uri(path)]
        local = [path for path in local if _may_hold(path, known)]
        try:
            kept = identities(local)
        except SmoothL1Error:  # an input that cannot be listed is refused where reports tell of it
            return
        for identity in kept & written.keys():
            what = "is written in place, and is an input"
            hint = "name the file itself: it is replaced when the output is complete"
            raise SettingsError(what, path=written[identity], hint=hint)


def identities(inputs: Sequence[str | None]) -> set[object]:
    """Values that tell the files of all inputs apart from others.

    Args:
        inputs: Paths, folders and patterns, as the user typed them; "-" is standard input.

    Raises:
        DataError: A folder cannot be read as shards.
        StorageError: A folder cannot be read.
        SettingsError: A pattern matches nothing.
    """
    found = (identity_of(path) for path in _files_of(inputs))
    return {identity for identity in found if identity is not None}


def _files_of(inputs: Sequence[str | None]) -> Iterator[str | int]:
    for path in inputs:
        if path is None:
            continue
        if path == STANDARD_INPUT:
            yield 0
        else:
            yield from formats.files_of(path, _say_nothing) or [path]


def _say_nothing(_: str) -> None:
    """Drop a warning about shards: it is given when they are opened."""


def identity_of(path: str | int) -> tuple[object, ...] | None:
    """A value that is equal for all names of one file; None for a device, a pipe or a folder."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return (os.path.normcase(real_path(path)),) if isinstance(path, str) else None
    return (found.st_dev, found.st_ino) if stat.S_ISREG(found.st_mode) else None


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
