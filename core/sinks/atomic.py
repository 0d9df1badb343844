"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from typing import TYPE_CHECKING, BinaryIO, cast

from smoothl1.errors import StorageError, storage_error

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_NAME_BYTES = 150
"""Of the target's name in that of the temporary file: file systems allow 255 in all."""


@contextlib.contextmanager
def atomic_file(path: str) -> Iterator[BinaryIO]:
    """Open a file for writing bytes, which takes its name only once it is complete.

    A temporary file beside the target is written, flushed to disk and renamed. On any error it is
    removed and the target is as before. A target that is a link is replaced where it points to; a
    target that exists keeps its mode; a device or pipe is written in place.

    Args:
        path: As the user typed it.

    Yields:
        A file open for writing bytes.

    Raises:
        StorageError: It cannot be created, written or renamed.
    """
    try:
        in_place = _is_special(path)
        writing = _opened_in_place(path) if in_place else _replacing(os.path.realpath(path))
        with writing as file:
            yield file
    except StorageError:
        raise
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise storage_error(error, path) from error
    except ValueError as error:
        if "null" not in str(error):
            raise
        raise StorageError("the name holds a NUL character", path=path) from error


def _is_special(path: str) -> bool:
    """Whether the target is a device, pipe or socket, which cannot be replaced."""
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) or path.startswith(("/dev/", "/proc/"))


@contextlib.contextmanager
def _opened_in_place(path: str) -> Iterator[BinaryIO]:
    with open(path, "wb") as file:
        yield file


@contextlib.contextmanager
def _replacing(target: str) -> Iterator[BinaryIO]:
    if os.path.isdir(target):
        raise IsADirectoryError(21, os.strerror(21))
    folder, name = os.path.split(target)
    short = os.fsdecode(os.fsencode(name)[:_MAX_NAME_BYTES])
    temporary = os.path.join(folder, f".{short}.smoothl1-{secrets.token_hex(4)}.tmp")
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o666)
    try:
        with cast("BinaryIO", open(descriptor, "w+b")) as file:
            with contextlib.suppress(FileNotFoundError):
                os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    _flush_folder(folder)


def _flush_folder(folder: str) -> None:
    """Make the new name itself durable, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
