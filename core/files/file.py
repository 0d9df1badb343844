"""An input file, held open: the same file to the end, whatever happens to its name."""

from __future__ import annotations

import os
import stat
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.errors import DataError, StorageError, storage_error
from smoothl1.files.changes import changed, check_at_close
from smoothl1.files.kept_bytes import KeptBytes

if TYPE_CHECKING:
    import io
    from typing import BinaryIO

    from smoothl1.files.contract import State

STANDARD_INPUT = "-"

HEAD_BYTES = 512
"""Bytes read at opening to detect the format: more than any magic number or first line needs."""


def special_file(path: str | None) -> DataError:
    """The error about a device or the like: reading it might never end."""
    hint = "write what you need of it to a file, and name that"
    return DataError("not a regular file, and not a pipe", path=path, hint=hint)


class FileState(NamedTuple):
    """Identifies a file and its content, to detect that a path now means another content.

    Attributes:
        device: The device that it is on.
        number: Its number there.
        size: Its size in bytes; of a folder, that of all files in it.
        written_ns: When it was written; of a folder, the last time of anything in it.
        content: A digest of the names, sizes and times of all in a folder; "" for a file.
        numbers: A digest of their numbers, which a copy on another machine does not share.
        changed_ns: When the file, its names or its rights changed, which no program sets; of a
            folder, a digest of these times.
        rights: The number of its names, its mode and its owners; of a folder, a digest of these.
    """

    device: int
    number: int
    size: int
    written_ns: int
    content: str = ""
    numbers: str = ""
    changed_ns: int = 0
    rights: tuple[int, ...] = ()


def state_of(found: os.stat_result) -> FileState:
    """The state of a file, from its `stat` result."""
    return FileState(
        found.st_dev,
        found.st_ino,
        found.st_size,
        found.st_mtime_ns,
        changed_ns=found.st_ctime_ns,
        rights=(found.st_nlink, found.st_mode, found.st_uid, found.st_gid),
    )


def has_changed(path: str, before: State, now: State) -> bool:
    """Whether the content of a file, a folder or an object may be another than before.

    The time of writing can be put back, as `rsync --inplace -t` and `cp -p` do, but not that of the
    last change. That one also moves if a file is linked, renamed or removed, or its rights change:
    where such a thing is seen, the content is taken to be the same.

    Args:
        path: The path that leads, or led, to it.
        before: Its state before.
        now: Its state now.
    """
    if not isinstance(before, FileState) or not isinstance(now, FileState):
        return before != now
    is_explained = now.changed_ns == before.changed_ns or now.rights != before.rights
    if before != now._replace(changed_ns=before.changed_ns, rights=before.rights):
        return True
    return not is_explained and _leads_to(path, now)


def _leads_to(path: str, state: FileState) -> bool:
    """Whether a path, or "-", leads to a file that is open: it was not renamed."""
    try:
        found = os.stat(0 if path == STANDARD_INPUT else path)
    except (OSError, ValueError):
        return False
    return (found.st_dev, found.st_ino) == (state.device, state.number)


def _has_content(raw: BinaryIO | io.FileIO) -> bool:
    """Whether a file has bytes whose size is said to be 0; some can only be read elsewhere."""
    try:
        return bool(raw.read(1))
    except OSError:
        return True


class InputFile:
    """A regular file, open for reading at any position by several threads at once.

    Not memory-mapped: a mapped file that another program cuts short would kill the process.

    Args:
        path: The path as the user typed it.
        raw: The open file.
        is_copy: Whether it is a copy of a stream, and so not what the path leads to.

    Attributes:
        held: All bytes, once they are held.
        fault: The error of the system that ended a read, if one did.
        may_grow: Whether its format lets it become longer while it is read, as logs do.
        checks_at_close: Whether `close` calls `check`, if no error is on its way.

    Raises:
        DataError: The file is empty, or no regular file.
    """

    def __init__(self, path: str, raw: BinaryIO | io.FileIO, *, is_copy: bool = False) -> None:
        self.path = path
        self.is_copy = is_copy
        self.is_remote = False
        self.raw = raw
        self.state = state_of(os.fstat(self.raw.fileno()))
        self.size = self.state.size
        self.may_grow = True
        self.checks_at_close = True
        self._kept = KeptBytes(self.size)
        self._head = b""
        self.held: bytes | None = None
        self.fault: StorageError | None = None
        self._reached = 0
        self._lock = threading.Lock()
        if self.size == 0:
            mode = os.fstat(raw.fileno()).st_mode
            has_content = _has_content(raw)
            self.close()
            if has_content and not stat.S_ISREG(mode):  # it took the place of a file
                raise special_file(path)
            if has_content:
                what = "has content, but a size of 0 bytes, as files of /proc have"
                raise DataError(what, path=path, hint="copy it, and give the copy")
            raise DataError("empty file (0 bytes)", path=path)

    @property
    def head(self) -> bytes:
        """The first bytes, read when they are first asked for: a file opened again needs none."""
        if not self._head:
            self._head = self.read(0, HEAD_BYTES)
        return self._head

    @property
    def bytes_read(self) -> tuple[int, int]:
        """How far the last read came, and the size."""
        return self._reached, self.size

    def read(self, offset: int, n_bytes: int) -> bytes:
        """Read up to that many bytes from a position; fewer only at the end of the file."""
        if self.held is not None:
            return self.held[offset : offset + n_bytes]
        n_bytes = max(0, min(n_bytes, self.size - offset))
        self._reached = offset + n_bytes
        if self._reached <= len(self._head):  # all of a small file, which is asked for many times
            return self._head[offset : self._reached]
        data = self._stored(offset, n_bytes)
        self._kept.keep(offset, data)
        return data

    def read_range(self, offset: int, n_bytes: int) -> bytes:
        """Read up to that many bytes: the system reads ahead by itself, or does not."""
        return self.read(offset, n_bytes)

    def hold(self) -> None:
        """Read a small file at once, and hold its bytes for all later reads."""
        self.held = self.read(0, self.size)

    def read_into(self, view: memoryview, offset: int) -> None:
        """Fill a buffer of bytes from a position.

        Raises:
            StorageError: The system could not read, or the file has become shorter.
        """
        self._fill(view, offset)
        self._kept.keep(offset, view)

    def _stored(self, offset: int, n_bytes: int) -> bytes:
        """So many bytes from a position, which the file has."""
        if hasattr(os, "pread"):  # zeroing memory and copying from it takes longer than reading
            with suppress(OSError):  # the error is raised below
                data = os.pread(self.raw.fileno(), n_bytes, offset)
                if len(data) == n_bytes:
                    return data
        buffer = bytearray(n_bytes)
        self._fill(memoryview(buffer), offset)
        return bytes(buffer)

    def _fill(self, view: memoryview, offset: int) -> None:
        while view:
            try:
                if hasattr(os, "preadv"):
                    n_read = os.preadv(self.raw.fileno(), [view], offset)
                else:
                    n_read = self._read_in_turn(view, offset)
            except OSError as error:
                wrapped = storage_error(error, self.path)
                wrapped.what += f", at byte {offset}"
                self.fault = wrapped
                raise wrapped from error
            if n_read == 0:
                raise changed(self.path, f"it now ends at byte {offset}")
            view = view[n_read:]
            offset += n_read

    def _read_in_turn(self, view: memoryview, offset: int) -> int:
        """Read on a system that has no reads at a position: one thread at a time."""
        with self._lock:
            self.raw.seek(offset)
            return self.raw.readinto(view) or 0  # type: ignore[union-attr]

    def seekable(self) -> InputFile:
        """The file itself."""
        return self

    def close(self) -> None:
        """Close the file; a second call is harmless.

        Raises:
            StorageError: See `check_at_close`.
        """
        if self.raw.closed:
            return
        with self.raw:
            check_at_close(self)

    def check(self) -> None:
        """Check that the content is that of the file when it was opened, unless it is closed.

        Raises:
            StorageError: It changed, so what was read may mix old and new content. Not raised if
                the file only grew, unless its format does not allow that or its bytes were held.
        """
        if self.raw.closed:
            return
        state = state_of(os.fstat(self.raw.fileno()))
        has_grown = self.may_grow and self.held is None and state.size > self.size
        is_changed = not has_grown and has_changed(self.path, self.state, state)
        if is_changed or not self._has_kept_bytes():
            raise changed(self.path)

    def _has_kept_bytes(self) -> bool:
        """Whether the file has the bytes that were read, as far as some of them are kept.

        No time tells of a program that writes through a memory map, until the system writes the
        pages to disk.
        """
        try:
            return self._kept.are_in(self._stored)
        except StorageError:
            return False
