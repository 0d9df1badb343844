"""Lists in JSON that other programs leave beside files: they say which of the files count.

A list that cannot be read is never passed over: without it, rows that do not count would be read.
"""

from __future__ import annotations

import os
import stat
from typing import Any

from smoothl1.errors import DataError, storage_error

MAX_BYTES = 1 << 26
"""Most bytes of a list: it names some half a million files."""


def read_list(path: str, hint: str) -> Any:
    """Read a list.

    Args:
        path: The list.
        hint: What to do if it is damaged.

    Returns:
        The content of the JSON document.

    Raises:
        DataError: It is no regular file, or no JSON, or too large.
        StorageError: It cannot be read.
    """
    import json  # late: most folders have no list

    try:
        is_file = stat.S_ISREG(os.stat(path).st_mode)
        content = _beginning(path) if is_file else b""  # a pipe or a device may never end
    except OSError as error:
        raise storage_error(error, path) from error
    if not is_file:
        raise DataError("a list of files, but not a regular file", path=path, hint=hint)
    if len(content) > MAX_BYTES:
        raise DataError(f"a list of files with more than {MAX_BYTES:,} bytes", path=path, hint=hint)
    try:
        return json.loads(content.decode())
    except (ValueError, RecursionError) as error:
        raise damaged_list(path, hint) from error


def _beginning(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(MAX_BYTES + 1)


def damaged_list(path: str, hint: str) -> DataError:
    """The error about a list that does not say what such a list says."""
    return DataError("a list of files that is damaged", path=path, hint=hint)
