"""Folders that a command makes for its output, which go again if it fails."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from smoothl1.errors import StorageError, storage_error

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def made_folder(folder: str) -> Iterator[None]:
    """Make a folder and those that it is in, as far as they are missing.

    If an error comes, those that were made and are empty are removed.

    Args:
        folder: The path of a local folder.

    Raises:
        StorageError: It cannot be made.
    """
    made: list[str] = []
    try:
        _make(folder, made)
        yield
    except BaseException:
        for path in reversed(made):
            with suppress(OSError):
                os.rmdir(path)
        raise


def _make(folder: str, made: list[str]) -> None:
    """Make a folder and those that it is in, and list what was made."""
    missing, path = [], folder.rstrip(os.sep) or folder
    while path and not os.path.lexists(path):
        missing.append(path)
        path = os.path.dirname(path)
    try:
        for path in reversed(missing):
            with suppress(FileExistsError):  # another part has made it meanwhile
                os.mkdir(path)
                made.append(path)
        os.makedirs(folder, exist_ok=True)
    except FileExistsError as error:
        what = "is a file, and no folder for the files of parts"
        raise StorageError(what, path=folder, hint="give a folder, or remove the file") from error
    except OSError as error:
        raise storage_error(error, folder) from error
