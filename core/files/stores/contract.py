"""The contract of a store: what is asked of it, each question a request that may take its time."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class ObjectState(NamedTuple):
    """Identifies an object and its content, to detect that a name now means another content.

    Attributes:
        version: What the store calls this content: an ETag, or the time at which it was written.
        size: Its size in bytes.
    """

    version: str
    size: int


class Entry(NamedTuple):
    """What is in a folder: an object, or the beginning of the keys of objects.

    Attributes:
        name: The name within the folder, which may go through further folders.
        is_folder: Whether it is a folder.
        size: The size of an object in bytes; None if the store does not tell.
        written_ns: The time at which an object was written, in nanoseconds; None likewise.
    """

    name: str
    is_folder: bool
    size: int | None = None
    written_ns: int | None = None


class OpenObject(Protocol):
    """An object whose state is known."""

    @property
    def state(self) -> ObjectState:
        """The state when it was opened."""
        ...

    def read(self, offset: int, n_bytes: int) -> bytes:
        """Read a range; may be called by several threads."""
        ...


class Store(Protocol):
    """The objects of a bucket. Errors are those of the library that asks the store.

    Keys are those of objects within the bucket.
    """

    def open(self, key: str) -> OpenObject:
        """Open an object.

        Raises:
            FileNotFoundError: There is none of this key.
        """
        ...

    def kinds(self, keys: Sequence[str]) -> list[str]:
        """What each key stands for: "file", "folder", or "" for nothing."""
        ...

    def entries(self, folder: str, *, recursive: bool) -> list[Entry]:
        """What is in a folder; all that is below it if `recursive`.

        Raises:
            FileNotFoundError: There is no such folder.
        """
        ...

    def has_bucket(self) -> bool:
        """Whether the bucket exists."""
        ...

    def upload(self, key: str, file: BinaryIO) -> Iterator[None]:
        """Write an object, a step at a time; it appears after the last step, and whole.

        Args:
            key: The key.
            file: The content, which is read from its beginning.
        """
        ...
