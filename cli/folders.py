"""Folders that a command makes for its output, which go again if it fails."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from smoothl1.errors import StorageError, storage_error

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def made_folder(folder: str) -> Iterator[None]:
    """Make a folder and those that it is in, as far as they are missing.

    If an error comes, those that were made and are empty are removed, unless another process is
    about to write there: files without a name are in no folder yet.

    Args:
        folder: The path of a local folder.

    Raises:
        StorageError: It cannot be made.
    """
    made: list[str] = []
    held: int | None = None
    with ExitStack() as stack:
        try:
            held = _held(folder, made, stack)
            yield
        except BaseException:
            for path in reversed(made if _is_alone(held) else ()):
                with suppress(OSError):
                    os.rmdir(path)
            raise


def _held(folder: str, made: list[str], stack: ExitStack) -> int | None:
    """Make a folder, and lock it so that nobody else removes it; None where that is not possible.

    Args:
        folder: The path of the folder.
        made: Is told of what was made.
        stack: Ends the lock.
    """
    while True:
        _make(folder, made)
        held = _locked(folder)
        if held is None:
            return None
        stack.callback(os.close, held)
        with suppress(OSError):
            if os.path.samestat(os.stat(folder), os.fstat(held)):
                return held  # else another process has removed it just before


def _locked(folder: str) -> int | None:
    """A descriptor of a folder that others may use as well, but not remove."""
    try:
        import fcntl  # late: no other system has it

        found = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        return None
    try:
        fcntl.flock(found, fcntl.LOCK_SH)
    except OSError:  # some file systems lock no folders
        os.close(found)
        return None
    return found


def _is_alone(held: int | None) -> bool:
    """Whether no other process has locked a folder, or nobody can."""
    if held is None:
        return True
    import fcntl  # late, as above

    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


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
