"""Opens paths as inputs: regular files at any position, pipes and standard input in order.

Compressed content is detected here, and decompressed by `compression`.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from typing import TYPE_CHECKING

from smoothl1.errors import DataError, SettingsError, StorageError, storage_error
from smoothl1.files.changes import changed
from smoothl1.files.file import (
    STANDARD_INPUT,
    InputFile,
    has_changed,
    special_file,
    state_of,
)
from smoothl1.files.tree import LOCAL
from smoothl1.files.uris import is_uri, resolved
from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.files.contract import Input, SeekableInput, State
    from smoothl1.files.stream import InputStream

_OF_PROCESSES = ("/dev/", "/proc/")
"""Where the open files of processes have names."""

_STANDARD_INPUTS = ("/dev/stdin", "/dev/fd/0", "/proc/self/fd/0", "/proc/thread-self/fd/0")

_MAX_DEPTH = 3

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_XZ, _ZIP = b"\xfd7zXZ\x00", b"PK\x03\x04"
_BZIP2 = lazy_pattern(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")

_SKIPPABLE = lazy_pattern(rb"[\x50-\x5f]\x2a\x4d\x18")
"""How frames begin that decompressors of zstd and lz4 skip: RFC 8878, section 3.1.2. pzstd writes
one before each frame of data."""

_MOST_SKIPPED_BYTES = 1 << 22
"""Bytes of such frames in front: as many as a stream keeps."""


def open_input(path: str, n_threads: int = 1) -> Input:
    """Open a file, a pipe, standard input, or an object in a store.

    Args:
        path: The path as the user typed it, or a resolved URI; "-" is standard input.
        n_threads: Number of threads that may read it.

    Raises:
        StorageError: The input cannot be opened.
        DataError: The input is empty, or a kind of file that never ends.
    """
    if is_uri(path):
        return _object(path, n_threads)
    try:
        if path == STANDARD_INPUT:
            from smoothl1.files.patient import PatientFile  # late: most inputs are files

            return _stream(path, PatientFile(0, closefd=False))
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
            _refuse_special(path)
        raw = io.FileIO(path, "r")
        return InputFile(path, raw) if stat.S_ISREG(mode) else _stream(path, raw)
    except DataError:
        raise
    except OSError as error:
        raise storage_error(error, path) from error
    except ValueError as error:  # a NUL character in the name
        raise StorageError(str(error), path=path) from error


def file_bytes(path: str) -> int | None:
    """The size in bytes of a regular file, an object, or all files in a folder; None for a pipe.

    Raises:
        StorageError: The system does not tell.
    """
    if path == STANDARD_INPUT:
        return None
    if is_uri(path):
        return state_at(path).size
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            return sum(size for _, size in LOCAL.files_below(path))
    except OSError as error:
        raise storage_error(error, path) from error
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def open_again(path: str, state: State, *, may_grow: bool = True) -> SeekableInput:
    """Open a regular file or an object that was open before.

    Args:
        path: The path as the user typed it.
        state: The state that the file had.
        may_grow: Whether its format lets it become longer while it is read.

    Raises:
        StorageError: The file cannot be opened, or it is another one now, or was changed.
    """
    if is_uri(path):
        file: SeekableInput = _object(path)
    else:
        try:
            file = local = InputFile(path, io.FileIO(path, "r"))
        except OSError as error:
            raise storage_error(error, path) from error
        local.may_grow = may_grow
    if has_changed(path, state, file.state):
        file.close()
        raise changed(path)
    return file


def state_at(path: str) -> State:
    """The state of the file, the folder or the object that a path leads to.

    Raises:
        StorageError: The system does not tell.
    """
    if is_uri(path):
        from smoothl1.files.stores.tree import state_of as state_in_store

        return state_in_store(path)
    try:
        status = os.stat(path)
        if not stat.S_ISDIR(status.st_mode):
            return state_of(status)
        from smoothl1.files.folder_state import state_of_folder  # late: few inputs are folders

        return state_of_folder(path)
    except OSError as error:
        raise storage_error(error, path) from error


def decompressed(file: Input, n_threads: int = 1) -> Input:
    """The decompressed content of an input, however often compressed; else the input itself.

    Args:
        file: The input.
        n_threads: Number of threads that may decompress it.

    Raises:
        DataError: The input is compressed too many times, or begins with frames that are skipped,
            and no zstd data follow.
    """
    for _ in range(_MAX_DEPTH):
        if _SKIPPABLE.match(file.head):
            _check_skippable(file)
        elif not (file.head.startswith((_GZIP, _ZSTD, _XZ, _ZIP)) or _BZIP2.match(file.head)):
            return file
        inner = _unpacked(file, n_threads)
        if inner is None:
            return file
        file = inner
    raise DataError(f"compressed more than {_MAX_DEPTH} times", path=file.path)


def _unpacked(file: Input, n_threads: int) -> Input | None:
    """What is within a compressed input; None if it is a zip archive of several files."""
    from smoothl1.files import compression  # late: most inputs are not compressed

    if file.head.startswith(_GZIP):
        return compression.gunzip(file, n_threads)
    if file.head.startswith(_XZ):
        return compression.unxz(file)
    if _BZIP2.match(file.head):
        return compression.unbzip2(file)
    if file.head.startswith(_ZIP):
        from smoothl1.files.archives import only_member

        return only_member(file)
    return compression.unzstd(file)


def _check_skippable(file: Input) -> None:
    """Check that zstd data, or nothing, are behind the frames in front that are skipped."""
    offset = 0
    while _SKIPPABLE.match(begin := file.read(offset, 8)):
        offset += 8 + int.from_bytes(begin[4:], "little")
        if offset > _MOST_SKIPPED_BYTES:
            most = f"{_MOST_SKIPPED_BYTES >> 20} MiB"
            raise DataError(f"more than {most} of skippable frames in front", path=file.path)
    if begin and not begin.startswith(_ZSTD):
        what = "skippable frames of zstd or lz4, and no zstd data behind them"
        raise DataError(what, path=file.path)


def are_one_file(one: str, other: str) -> bool:
    """Whether two paths lead to the same file or folder."""
    one, other = (resolved(path, may_be_pattern=False) for path in (one, other))
    if one == other:
        return True
    try:
        return os.path.samefile(one, other)
    except (OSError, ValueError):
        return False


def is_descriptor(path: str) -> bool:
    """Whether a path is an open file of a process, as a shell names it for `<(...)`."""
    return path.startswith(("/dev/fd/", "/dev/std")) or (
        path.startswith("/proc/") and "/fd/" in path
    )


def is_standard_input(path: str) -> bool:
    """Whether a path leads to what is piped into this process, by whatever name."""
    if path in (STANDARD_INPUT, *_STANDARD_INPUTS, f"/proc/{os.getpid()}/fd/0"):
        return True
    try:
        status, of_input = os.stat(path), os.fstat(0)
    except (OSError, ValueError):
        return False
    return os.path.samestat(status, of_input) and (stat.S_ISFIFO(status.st_mode) or os.isatty(0))


def pipe_of(path: str | int) -> tuple[int, int] | None:
    """What tells the pipe that a path leads to from all others; None if it leads to no pipe.

    Args:
        path: The path as the user typed it, or the number of an open file; "-" is standard input.
    """
    try:
        status = os.stat(0 if path == STANDARD_INPUT else path)
    except (OSError, ValueError):
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISFIFO(status.st_mode) else None


def refuse_one_pipe_twice(paths: Sequence[str]) -> None:
    """Refuse inputs that are one pipe, by whatever names: each would see what the other has left.

    Args:
        paths: The paths of the inputs, as the user typed them.

    Raises:
        SettingsError: Two of them are one pipe, or standard input.
    """
    streams = [
        path
        for path in paths
        if path.startswith((STANDARD_INPUT, *_OF_PROCESSES)) or not os.path.isfile(path)
    ]
    if len(streams) < 2:
        return
    if sum(map(is_standard_input, streams)) > 1:
        raise SettingsError("standard input can be only one of the inputs")
    known: dict[tuple[int, int], str] = {}
    for path in streams:
        pipe = pipe_of(path)
        if pipe in known:
            same = "" if path == known[pipe] else f"the same pipe as {known[pipe]}, and "
            what = f"{same}a pipe can be only one of the inputs"
            raise SettingsError(what, path=path, hint="write it to a file")
        if pipe is not None:
            known[pipe] = path


def _object(path: str, n_threads: int = 1) -> SeekableInput:
    from smoothl1.files.stores.object import open_object  # late: most inputs are files

    return open_object(path, n_threads)


def _stream(path: str, raw: io.FileIO) -> InputStream:
    if raw.isatty():
        raw.close()
        raise DataError("a terminal: nothing is piped in", path=path)
    from smoothl1.files.stream import Cursor, InputStream  # late: most inputs are files

    status = os.fstat(raw.fileno())
    if not stat.S_ISREG(status.st_mode) or not status.st_size:
        return InputStream(path, raw)
    file = InputFile(path, raw)  # which notices changes
    return InputStream(path, Cursor(file, raw.tell()), inner=file)


def _refuse_special(path: str) -> None:
    """Refuse devices, which never end (except /dev/null)."""
    if os.path.samefile(path, os.devnull):
        raise DataError("empty file (0 bytes)", path=path)
    raise special_file(path)
