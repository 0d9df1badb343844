"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import shlex
import stat
from typing import TYPE_CHECKING, BinaryIO

from smoothl1.errors import StorageError, storage_error
from smoothl1.files.temporary import give_name, open_temporary
from smoothl1.files.uris import is_uri, resolved

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

_MAX_NAME_BYTES = 150
"""Bytes of the target's name in that of the temporary file: file systems allow 255 in all."""

_MAX_PATH_BYTES = 4095
"""Bytes of a path that Linux opens."""


@contextlib.contextmanager
def atomic_file(path: str) -> Iterator[BinaryIO]:
    """Open a file for writing bytes, which takes its name only once it is complete.

    A temporary file beside the target is written, flushed to disk and renamed; where the system
    can, it has no name before that. On any error it is removed and the target is as before. A
    target that is a link is replaced where it points to; a target that exists keeps its mode; a
    device or pipe is written in place. An object in a store is sent when it is complete.

    Args:
        path: The path or URI as the user typed it.

    Yields:
        A file open for writing bytes.

    Raises:
        StorageError: The file cannot be created, written or renamed.
    """
    if "\0" in path:
        raise StorageError("the name holds a NUL character", path=path)
    if not path:
        raise StorageError("the name is empty", path=path)
    path = resolved(path)
    try:
        with _writing(path) as file:
            yield file
    except (StorageError, BrokenPipeError):
        raise
    except OSError as error:
        advice = None if isinstance(error, PermissionError) else _advice_on(path)
        raise storage_error(error, path, advice) from error


def _advice_on(path: str) -> str | None:
    """What to do about an output that cannot be created, if that is known."""
    if is_uri(path) or _is_special(path):
        return None
    if os.path.isdir(path):
        return f"name a file in it, such as {shlex.quote(os.path.join(path, 'out.txt'))}"
    folder = os.path.dirname(path if not os.path.islink(path) else os.path.realpath(path))
    return None if not folder or os.path.exists(folder) else f"mkdir -p {shlex.quote(folder)}"


def _writing(path: str) -> AbstractContextManager[BinaryIO]:
    if is_uri(path):
        from smoothl1.files.stores.writing import uploaded  # late: most outputs are files

        return uploaded(path)
    return _opened_in_place(path) if _is_special(path) else _replacing(path)


def check_creatable(path: str) -> None:
    """Refuse a path at which no file can be created, before any work.

    Args:
        path: The path as the user typed it.

    Raises:
        StorageError: The file could not be created.
    """
    with contextlib.suppress(_NotWantedError), atomic_file(path):
        raise _NotWantedError


class _NotWantedError(Exception):
    """Ends the writing of a file that was only tried."""


def _is_special(path: str) -> bool:
    """Whether the target is a device, pipe or open descriptor, which cannot be replaced."""
    if path in ("/dev/stdout", "/dev/stderr") or path.startswith(("/dev/fd/", "/proc/")):
        return True
    try:
        mode = os.stat(path).st_mode
    except OSError:  # whoever creates it says why that cannot be done
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


@contextlib.contextmanager
def _opened_in_place(path: str) -> Iterator[BinaryIO]:
    with open(path, "wb") as file:
        yield file


@contextlib.contextmanager
def _replacing(path: str) -> Iterator[BinaryIO]:
    target = os.path.realpath(path)
    if os.path.isdir(target):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if path.endswith(os.sep):
        raise StorageError("no such directory", path=path, hint=_advice_on(path))
    folder, name = os.path.split(target)
    temporary = os.path.join(folder, _temporary_name(folder, name))
    try:  # from before the file exists: a signal may come at any moment
        with open_temporary(temporary) as file:
            with contextlib.suppress(FileNotFoundError):
                mode = stat.S_IMODE(os.stat(target).st_mode)
                os.chmod(file.fileno() if os.chmod in os.supports_fd else temporary, mode)
            yield file
            file.flush()
            os.fsync(file.fileno())
            give_name(file, temporary)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    _flush_folder(folder)


def _temporary_name(folder: str, name: str) -> str:
    """A name that no other file has, and shows whose it is, as far as a path may be that long."""
    rest = f".smoothl1-{os.urandom(8).hex()}.tmp"
    n_bytes = _MAX_PATH_BYTES - len(os.fsencode(os.path.join(folder, f".{rest}")))
    if n_bytes < 0:
        return f".{os.urandom(4).hex()}"
    short = os.fsdecode(os.fsencode(name)[: min(_MAX_NAME_BYTES, n_bytes)])
    return f".{short}{rest}"


def _flush_folder(folder: str) -> None:
    """Make the new name itself durable, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
