"""The contract of an input: a file or a stream of bytes whose format is not yet known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from smoothl1.errors import StorageError
    from smoothl1.files.file import FileState
    from smoothl1.files.stores.contract import ObjectState

    State: TypeAlias = FileState | ObjectState


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

    @property
    def fault(self) -> StorageError | None:
        """Why the last read failed, if it did: libraries hide the errors of files in their own."""
        ...

    def read(self, offset: int, n_bytes: int) -> bytes:
        """Read up to that many bytes from a position; fewer only at the end."""
        ...

    def read_into(self, view: memoryview, offset: int) -> None:
        """Fill a buffer of bytes from a position."""
        ...

    def seekable(self) -> SeekableInput:
        """These bytes as a file that can be read at any position; for a stream, a copy."""
        ...

    def close(self) -> None:
        """Release the open file or stream; a second call is harmless."""
        ...


class Held(Protocol):
    """A file, an object or a store of Zarr that stays open while tasks read parts of it.

    Attributes:
        checks_at_close: Whether closing it checks that it is unchanged, too.
    """

    checks_at_close: bool

    def check(self) -> None:
        """Check that it is as it was when it was opened; of what is closed, nothing is checked."""
        ...


class SeekableInput(Input, Protocol):
    """A file, or an object in a store, that several threads may read at any position."""

    @property
    def held(self) -> bytes | None:
        """All bytes, once they are held."""
        ...

    @property
    def size(self) -> int:
        """The size in bytes."""
        ...

    @property
    def state(self) -> State:
        """Identifies the file and its content."""
        ...

    @property
    def is_copy(self) -> bool:
        """Whether it is a copy of a stream, and so not what the path leads to."""
        ...

    @property
    def is_remote(self) -> bool:
        """Whether each read is a request, which takes a while."""
        ...

    def hold(self) -> None:
        """Read a small file at once, and hold its bytes for all later reads."""
        ...

    def read_range(self, offset: int, n_bytes: int) -> bytes:
        """Read as `read` does, and ask for no other bytes."""
        ...
