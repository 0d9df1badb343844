"""The contract of an input: a file or a stream of bytes whose format is not yet known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from smoothl1.files.file import InputFile


class Input(Protocol):
    """An open file or stream of bytes. A stream is read in order, except for its beginning."""

    @property
    def path(self) -> str:
        """The path as the user typed it."""
        ...

    @property
    def head(self) -> bytes:
        """The first bytes, from which the format is detected."""
        ...

    @property
    def size(self) -> int | None:
        """The size in bytes; None for a stream."""
        ...

    @property
    def bytes_read(self) -> tuple[int, int] | None:
        """How far the file below has been read, in bytes, and its size; None for a pipe."""
        ...

    def read(self, offset: int, n_bytes: int) -> bytes:
        """Read up to that many bytes from a position; fewer only at the end."""
        ...

    def read_into(self, view: memoryview, offset: int) -> None:
        """Fill a buffer of bytes from a position."""
        ...

    def seekable(self) -> InputFile:
        """These bytes as a file that can be read at any position; for a stream, a copy."""
        ...

    def close(self) -> None:
        """Release the open file or stream; a second call is harmless."""
        ...
