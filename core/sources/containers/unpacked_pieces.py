"""The memory of the unpacked pieces of an array, which several threads read.

A piece is unpacked as a whole, whatever rows of it are wanted. The parts that threads read do not
end where pieces end, so that a piece is wanted by several of them, one after the other or at once.
"""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")


class UnpackedPieces(Generic[T]):
    """The pieces of an array that are read, each unpacked once for all its readers.

    A piece stays while a reader is at it, and then until its last row was read. Of those that no
    reader is at, the ones that were read first are let go where all would take too much together.

    Args:
        most_bytes: Most bytes of all pieces, but for those that readers are at.
        bytes_of: Gives the bytes that a piece takes in memory.
    """

    def __init__(self, most_bytes: int, bytes_of: Callable[[T], int]) -> None:
        self._most_bytes = most_bytes
        self._bytes_of = bytes_of
        self._lock = Lock()
        self._kept: dict[int, _Piece[T]] = {}  # those that were read last are the last
        self._most_seen = 0

    @contextmanager
    def reader(self) -> Iterator[PieceReader[T]]:
        """A reader of some rows in their order, for one thread at a time."""
        reader = PieceReader(self)
        try:
            yield reader
        finally:
            reader.release()

    def take(self, number: int, unpack: Callable[[], T]) -> _Piece[T]:
        """A piece, for `give_back`; it is unpacked unless it is there, or on its way."""
        with self._lock:
            piece = self._kept.pop(number, None)
            if piece is None:
                self._make_room(self._most_seen)
                piece = _Piece[T]()
            self._kept[number] = piece
            piece.n_readers += 1
        try:
            with piece.lock:  # who wants what another reader unpacks waits for it
                if not piece.content:
                    piece.content.append(unpack())
                    piece.n_bytes = self._bytes_of(piece.content[0])
        except BaseException:
            self.give_back(number, piece)
            raise
        self._most_seen = max(self._most_seen, piece.n_bytes)
        return piece

    def give_back(self, number: int, piece: _Piece[T]) -> None:
        """A reader is no longer at a piece."""
        with self._lock:
            piece.n_readers -= 1
            is_over = piece.is_at_end or not piece.content
            if is_over and not piece.n_readers and self._kept.get(number) is piece:
                del self._kept[number]
            self._make_room(0)

    def _make_room(self, n_bytes: int) -> None:
        """Let pieces go that no reader is at, so that some more bytes have room."""
        n_bytes += sum(piece.n_bytes for piece in self._kept.values())
        for number, piece in [*self._kept.items()]:
            if n_bytes <= self._most_bytes:
                return
            if not piece.n_readers:
                n_bytes -= piece.n_bytes
                del self._kept[number]


class PieceReader(Generic[T]):
    """A reader, which is at one piece at a time."""

    def __init__(self, pieces: UnpackedPieces[T]) -> None:
        self._pieces = pieces
        self._at: tuple[int, _Piece[T]] | None = None

    def piece(self, number: int, unpack: Callable[[], T], *, to_end: bool = False) -> T:
        """A piece, until the next one is asked for.

        Args:
            number: Its number.
            unpack: Unpacks it.
            to_end: Whether its last row is read.
        """
        if self._at is None or self._at[0] != number:
            self.release()
            self._at = number, self._pieces.take(number, unpack)
        piece = self._at[1]
        piece.is_at_end |= to_end
        return piece.content[0]

    def release(self) -> None:
        """Be at no piece."""
        if self._at is not None:
            (number, piece), self._at = self._at, None
            self._pieces.give_back(number, piece)


class _Piece(Generic[T]):
    """A piece.

    Attributes:
        lock: Held while it is unpacked.
        content: The piece, once it is unpacked.
        n_bytes: What it takes.
        n_readers: How many readers are at it, or wait for it.
        is_at_end: Whether a reader has come to its last row: those of other rows began before.
    """

    def __init__(self) -> None:
        self.lock = Lock()
        self.content: list[T] = []
        self.n_bytes = 0
        self.n_readers = 0
        self.is_at_end = False
