"""Inputs that are read once, in order: pipes, standard input, decompressed data."""

from __future__ import annotations

import errno
import io
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from smoothl1.errors import DataError, SmoothL1Error, storage_error
from smoothl1.files.file import HEAD_BYTES, InputFile

if TYPE_CHECKING:
    from smoothl1.errors import StorageError
    from smoothl1.files.contract import Input, SeekableInput

_LOOKBACK_BYTES = 1 << 22
"""Bytes from the beginning that are kept until reading has gone past them: formats look ahead,
because the head of a file tells how to read the rest of it."""

STEP_BYTES = 1 << 16
"""Bytes requested at a time."""


class Reader(Protocol):
    """Where the bytes come from."""

    def read(self, n_bytes: int, /) -> bytes | None:
        """Read some bytes, at most `size`; none at the end."""
        ...

    def close(self) -> None:
        """Release what the reader holds open."""
        ...


class InputStream:
    """A stream of unknown length. Positions count from the beginning, and only go forward.

    Offers what `InputFile` offers, as far as a stream can.

    Args:
        path: The path as the user typed it.
        reader: Where the bytes come from.
        what: A description of the bytes for messages: "gzip data".
        faults: The exceptions that the reader raises if its own input is damaged.
        inner: The input that the reader reads; closed with it.
        delays_faults: Whether a read that meets damaged data gives what is before them, so that it
            can be checked first. The next read, behind these bytes, raises.

    Raises:
        DataError: The stream is empty.
    """

    size = None

    def __init__(
        self,
        path: str,
        reader: Reader,
        what: str = "stream",
        faults: tuple[type[Exception], ...] = (),
        inner: Input | None = None,
        *,
        delays_faults: bool = False,
    ) -> None:
        self.path = path
        self._reader = reader
        self._what = what
        self._faults = faults
        self._inner = inner
        self._copy: InputFile | None = None
        self._window = bytearray()
        self._begin = 0
        self._ended = False
        self._delays_faults = delays_faults
        self._error: SmoothL1Error | None = None
        self.head = self.read(0, HEAD_BYTES)
        if not self.head:
            self.close()
            raise DataError(f"empty {what} (0 bytes)", path=path)

    @property
    def bytes_read(self) -> tuple[int, int] | None:
        """How far the file is read that the stream comes from; None for a pipe."""
        of_all = self._inner if self._copy is None else self._copy
        return None if of_all is None else of_all.bytes_read

    @property
    def fault(self) -> StorageError | None:
        """Why the last read failed of the file that the stream comes from."""
        of_all = self._inner if self._copy is None else self._copy
        return None if of_all is None else of_all.fault

    def read(self, offset: int, n_bytes: int) -> bytes:
        """Read up to that many bytes from a position; fewer only at the end.

        Raises:
            SmoothL1Error: The data are damaged, or cannot be read. All later reads raise the same.
        """
        if self._copy is not None:
            return self._copy.read(offset, n_bytes)
        self._fill(offset + n_bytes)
        start = offset - self._begin
        is_short = len(self._window) < start + n_bytes
        if self._error is not None and is_short:
            is_delayed = self._delays_faults and isinstance(self._error, DataError)
            if not is_delayed or start >= len(self._window):
                raise self._error
        with memoryview(self._window) as window:
            data = bytes(window[start : start + n_bytes])
        if offset > _LOOKBACK_BYTES:
            del self._window[:start]
            self._begin = offset
        return data

    def read_into(self, view: memoryview, offset: int) -> None:
        """Fill a buffer of bytes from a position.

        Raises:
            DataError: The stream ends before the buffer is full.
        """
        data = self.read(offset, len(view))
        if len(data) < len(view):
            raise DataError(
                f"the {self._what} ends after {offset + len(data)} bytes, amid the data",
                path=self.path,
            )
        view[:] = data

    def seekable(self) -> InputFile:
        """The whole stream as a file for any position. It has no name, so it is gone at the end.

        From then on the stream itself can be read at any position, too.
        """
        if self._copy is not None:
            return self._copy
        if self._error is not None:
            raise self._error
        from smoothl1.files.spools import open_spool, spool_errors  # late: most runs need none

        spool = open_spool(self.path)
        try:
            with spool_errors(self.path):
                spool.write(self._window)
                while data := self._next():
                    spool.write(data)
                spool.flush()
            self.close()
        except BaseException:  # damaged data, or a full disk, of which closing would tell again
            with suppress(OSError):
                spool.close()
            raise
        self._copy = InputFile(self.path, spool, is_copy=True)
        self._window.clear()
        return self._copy

    def close(self) -> None:
        """Close the reader and the temporary copy; a second call is harmless."""
        self._reader.close()
        if self._copy is not None:
            self._copy.close()
        if self._inner is not None:
            self._inner.close()

    def _fill(self, stop: int) -> None:
        """Read on until the window reaches a position, or the stream ends or has a fault.

        The reader is not asked again after a fault: it may take that for the end.
        """
        while not self._ended and self._begin + len(self._window) < stop:
            try:
                data = self._next()
            except SmoothL1Error as error:
                self._error, data = error, b""
            self._window += data
            self._ended = not data

    def _next(self) -> bytes:
        try:
            return self._reader.read(STEP_BYTES) or b""
        except SmoothL1Error as error:
            error.path = error.path or self.path
            raise
        except self._faults as error:
            words = " ".join(str(error).split())
            raise DataError(f"damaged {self._what}: {words[:200]}", path=self.path) from error
        except OSError as error:
            raise storage_error(error, self.path) from error


class Cursor(io.RawIOBase):
    """An input as a file object that only goes forward, for libraries that want one.

    Args:
        file: The input.
        position: Where it begins to read.

    Attributes:
        position: Bytes read, or passed over.
        tail: The last few bytes read.
    """

    def __init__(self, file: Input, position: int = 0) -> None:
        super().__init__()
        self.position = position
        self.tail = b""
        self._file = file

    def read(self, n_bytes: int = -1) -> bytes:
        data = self._file.read(self.position, n_bytes)
        self.position += len(data)
        self.tail = (self.tail + data[-8:])[-8:]
        return data

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def readable(self) -> bool:
        return True


class Seekable(io.RawIOBase):
    """A file as a file object with a position of its own, for libraries that want one.

    Args:
        file: The file.
        exact: Whether to read what is asked for, and nothing near it.
    """

    def __init__(self, file: SeekableInput, *, exact: bool = False) -> None:
        super().__init__()
        self._file = file
        self._read = file.read_range if exact else file.read
        self._position = 0

    def read(self, n_bytes: int = -1) -> bytes:
        if n_bytes < 0:
            n_bytes = self._file.size
        data = self._read(self._position, n_bytes)
        self._position += len(data)
        return data

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._file.size}[whence]
        if begin + offset < 0:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        self._position = begin + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True
