"""Folders that a command makes for its output, which go again if it fails."""

from __future__ import annotations

import os
import struct
import sys
from contextlib import ExitStack, contextmanager, suppress
from itertools import takewhile
from typing import TYPE_CHECKING

from smoothl1.errors import StorageError, storage_error

if TYPE_CHECKING:
    from collections.abc import Iterator


_LOCK = "hhqqi4x"
"""A lock of bytes as 64-bit Linux has it: kind, origin, first byte, number of bytes, process."""


@contextmanager
def made_folder(folder: str) -> Iterator[None]:
    """Make a folder and those that it is in, as far as they are missing.

    If an error comes, those that were made and are empty are removed, unless another process is
    about to write there: files without a name are in no folder yet. Of several processes that use
    the folder and all fail, the last one removes what the first one has made.

    Args:
        folder: The path of a local folder.

    Raises:
        StorageError: It cannot be made.
    """
    made: set[str] = set()
    held: int | None = None
    with ExitStack() as stack:
        try:
            held = _held(folder, made, stack)
            yield
        except BaseException:
            if held is not None:
                _share_made(held, folder, made)
            for path in _upwards(folder) if _is_alone(held) else ():
                if path in made:
                    with suppress(OSError):
                        os.rmdir(path)
            raise


def _held(folder: str, made: set[str], stack: ExitStack) -> int | None:
    """Make a folder, and lock it so that nobody else removes it; None where that is not possible.

    Args:
        folder: The path of the folder.
        made: Is told of what was made, also by others that have locked the folder.
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
                _share_made(held, folder, made)
                return held  # else another process has removed it just before


def _upwards(folder: str) -> Iterator[str]:
    """A folder, and those that it is in, as its path names them."""
    path = folder.rstrip(os.sep) or folder
    while path and path != os.sep:
        yield path
        path = os.path.dirname(path)


def _share_made(held: int, folder: str, made: set[str]) -> None:
    """Tell those that use a folder what was made of its path, and learn it of them.

    A lock of byte `i` of the folder, which ends with its process, says that the folder `i` levels
    above was made for the output. Only Linux keeps such locks apart from others of the process.

    Args:
        held: A descriptor of the folder.
        folder: The path of the folder.
        made: The folders that were made, which those that others have made are added to.
    """
    if sys.platform != "linux":
        return
    import fcntl  # late: no other system has it

    with suppress(OSError, ValueError):  # some file systems have no locks
        for level, path in enumerate(_upwards(folder)):
            lock = [os.SEEK_SET, level, 1, 0]
            asked = struct.pack(_LOCK, fcntl.F_WRLCK, *lock)
            found, *_ = struct.unpack(_LOCK, fcntl.fcntl(held, fcntl.F_OFD_GETLK, asked))
            if path in made or found != fcntl.F_UNLCK:
                made.add(path)
                fcntl.fcntl(held, fcntl.F_OFD_SETLK, struct.pack(_LOCK, fcntl.F_RDLCK, *lock))


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


def _make(folder: str, made: set[str]) -> None:
    """Make a folder and those that it is in, and add what was made."""
    missing = list(takewhile(lambda path: not os.path.lexists(path), _upwards(folder)))
    try:
        for path in reversed(missing):
            with suppress(FileExistsError):  # another part has made it meanwhile
                os.mkdir(path)
                made.add(path)
        os.makedirs(folder, exist_ok=True)
    except FileExistsError as error:
        what = "is a file, and no folder for the files of parts"
        raise StorageError(what, path=folder, hint="give a folder, or remove the file") from error
    except OSError as error:
        raise storage_error(error, folder) from error
