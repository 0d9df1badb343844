"""Temporary copies of data on the disk of this machine: files without a name."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from smoothl1.errors import TEMPORARY_HINT, StorageError, storage_error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO


def open_spool(what: str) -> BinaryIO:
    """Create a file for writing and reading bytes, which is gone once it is closed.

    Args:
        what: What is copied, for messages.

    Raises:
        StorageError: There is no folder for temporary files.
    """
    with spool_errors(what):
        return cast("BinaryIO", tempfile.TemporaryFile(prefix="smoothl1-"))


@contextmanager
def spool_errors(what: str) -> Iterator[None]:
    """Let errors of the system name a temporary copy.

    Args:
        what: What is copied.

    Raises:
        StorageError: The system refused to write or read the copy.
    """
    try:
        yield
    except (StorageError, BrokenPipeError):
        raise
    except OSError as error:
        raise storage_error(error, f"{what} (temporary copy)", TEMPORARY_HINT) from error
