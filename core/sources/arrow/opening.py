"""Files as pyarrow reads them: through the one that is open, which notices changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from smoothl1.files.stream import Seekable

if TYPE_CHECKING:
    from smoothl1.files.contract import SeekableInput


def arrow_file(file: SeekableInput, *, exact: bool = False) -> pa.NativeFile:
    """A file for a reader of pyarrow.

    Args:
        file: The file.
        exact: Whether the reader knows what it needs, so that of an object in a store nothing else
            is read.
    """
    if file.held is not None:
        return pa.BufferReader(file.held)
    return pa.PythonFile(Seekable(file, exact=exact), mode="r")
