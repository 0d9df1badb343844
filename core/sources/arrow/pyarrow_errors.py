"""What pyarrow raises about broken content, as errors that name the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyarrow as pa

from smoothl1.errors import DataError, SmoothL1Error, system_error

if TYPE_CHECKING:
    from smoothl1.files.contract import Input

LIBRARY_ERRORS = (pa.ArrowException, UnicodeDecodeError, OverflowError, OSError, DataError)
"""Exceptions of pyarrow about broken content. `ArrowException` covers invalid, key, type and not
implemented; corrupt pages come as `OSError` without `errno`, bad names as `UnicodeDecodeError`."""

_MOST_BYTES = 1 << 40
"""More are never allocated at once: unpacked data may be much larger than a file, but not so."""

_TOO_WIDE = "Integers with more than 64 bits not implemented"
"""What Arrow says of a schema with a type that only Polars has."""


def data_error(error: Exception, what: str, file: Input) -> SmoothL1Error:
    """The error to raise in place of a library's error about broken content, or a failed read."""
    error, path = file.fault or error, file.path
    if isinstance(error, SmoothL1Error):
        error.path = path
        return error
    words = " ".join(str(error).split())
    system = system_error(error, path)
    if system is not None and not _is_of_damage(words):
        raise system
    if isinstance(error, UnicodeDecodeError):
        return DataError("a name in its schema is not UTF-8 text", path=path)
    if _TOO_WIDE in words:
        return DataError(
            "a column has integers of more than 64 bits (Int128), which are not read",
            path=path,
            hint="write it as Int64, as text or not at all",
        )
    return DataError(f"broken {what}: {words[:200]}", path=path)


def _is_of_damage(words: str) -> bool:
    """Whether so much memory was asked for that the size in the file must be wrong."""
    size = re.search(r"size (\d+)", words)
    return size is not None and int(size[1]) > _MOST_BYTES
