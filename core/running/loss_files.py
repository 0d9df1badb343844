"""Losses that are written to a path: opened as its name says, and complete or not there at all."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from smoothl1.errors import SettingsError, excerpt
from smoothl1.files.compressing import compressed
from smoothl1.sinks.formats import check_is_written, check_name, format_of, formats, suffixes_of
from smoothl1.sources.in_place import check_in_place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from smoothl1.job import InMemory
    from smoothl1.running.evaluate import LossOutput


@contextmanager
def opened_output(output: LossOutput, inputs: Sequence[str | InMemory]) -> Iterator[LossOutput]:
    """Open the file of an output if it is named by a path; any other file is the caller's.

    Args:
        output: The output. If its format is "", the suffix of a path names it.
        inputs: The inputs of the run. A path may be one of them: it is replaced once all are read.

    Yields:
        The output, with an open file. A path is replaced when this context ends well.

    Raises:
        SettingsError: The name says no format, or another one; or the file takes no bytes, or
            is written in place and is an input, too.
        StorageError: The file cannot be created or written.
    """
    files = [of for of in inputs if isinstance(of, str)]
    if not isinstance(output.file, str | os.PathLike):
        _check_takes_bytes(output.file)
        number = _number_of(output.file)
        if number is not None:
            check_in_place([("losses_to", number)], files)
        yield output
        return
    from smoothl1.files.atomic import atomic_file  # late: it is for paths alone

    path = os.fspath(output.file)
    check_in_place([("losses_to", path)], files)
    suffix, codec = suffixes_of(path)
    format_name = output.format or format_of(f"x{suffix}")
    if format_name is None:
        check_is_written(path)
        hint = f"LossOutput(path, format) names it: {', '.join(formats())}"
        raise SettingsError("the suffix names no format", path=path, hint=hint)
    check_name(path, format_name, format_name)
    with atomic_file(path) as file, compressed(file, codec) as packed:
        yield output._replace(file=packed, format=format_name)


def _check_takes_bytes(file: BinaryIO) -> None:
    """Refuse a file that takes no bytes, before anything is read."""
    try:
        file.write(b"")
    except (AttributeError, TypeError, ValueError) as error:
        state = "closed" if getattr(file, "closed", False) else "not open for writing bytes"
        what = f"the file of LossOutput is {state}: {excerpt(file)}"
        raise SettingsError(what, hint="a path, or open(path, 'wb')") from error


def _number_of(file: BinaryIO) -> int | None:
    """The number by which the system knows an open file; None if it does not know it."""
    try:
        return file.fileno()
    except (AttributeError, OSError, ValueError):
        return None
