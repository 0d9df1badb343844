"""What an input must do: a file or a stream of bytes, before anyone knows its format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from smoothl1.files.file import InputFile


class Input(Protocol):
    """An open file or stream of bytes. A stream is read in order, but for its beginning."""

    @property
    def path(self) -> str:
        """As the user typed it."""
        ...

    @property
    def head(self) -> bytes:
        """Its first bytes, by which its format is told."""
        ...

    @property
    def size(self) -> int | None:
        """In bytes; None for a stream."""
        ...

    def read(self, offset: int, n_bytes: int) -> bytes:
        """Up to that many bytes from a position; fewer only at the end."""
        ...

    def read_into(self, view: memoryview, offset: int) -> None:
        """Fill a buffer of bytes from a position."""
        ...

    def seekable(self) -> InputFile:
        """All of it as a file that can be read at any position; of a stream, a temporary copy."""
        ...

    def close(self) -> None:
        """Give back what it holds open; again is harmless."""
        ...
