"""Reads results that eval or merge saved as JSON."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, BinaryIO

from smoothl1.cli.console import is_terminal
from smoothl1.errors import DataError, naming, storage_error
from smoothl1.files.opening import STANDARD_INPUT

if TYPE_CHECKING:
    from smoothl1.results.result import Result

MAX_BYTES = 1 << 30
"""Most bytes of a result: one of a million groups has fewer. A pipe may never end."""

_STEP_BYTES = 1 << 20


def read_result(path: str) -> Result:
    """Read a result from a file, a pipe or standard input.

    Args:
        path: The path as the user typed it; "-" is standard input.

    Raises:
        DataError: The file is damaged, too large, or is no result.
        StorageError: The file cannot be read.
    """
    from smoothl1.results.result import Result  # late, like all that takes time

    with naming(path):
        try:
            content = _content(path)
        except OSError as error:
            raise storage_error(error, path) from error
        return Result.from_json(content)


def _content(path: str) -> bytes:
    if path == STANDARD_INPUT:
        if is_terminal(0):
            raise DataError("a terminal: nothing is piped in")
        with open(0, "rb", closefd=False) as file:
            return _all_bytes(file)
    mode = os.stat(path).st_mode
    if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
        raise DataError("not a regular file, and not a pipe")
    with open(path, "rb") as file:
        return _all_bytes(file)


def _all_bytes(file: BinaryIO) -> bytes:
    """The content of a file. No more is read of one that is too large than shows that."""
    content = bytearray()
    if os.fstat(file.fileno()).st_size <= MAX_BYTES:
        while len(content) <= MAX_BYTES:
            part = file.read(_STEP_BYTES)
            if not part:
                return bytes(content)
            content += part
    raise DataError(f"larger than any result: it has more than {MAX_BYTES:,} bytes")
