"""Reading ahead: a thread decompresses the next bytes while those before are processed."""

from __future__ import annotations

import threading
from queue import Empty, Queue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smoothl1.files.stream import Reader

_N_STEPS = 8
"""Pieces that may wait: two megabytes, which is enough to keep both threads busy."""


class ReadAhead:
    """A reader whose bytes are read by a thread of its own, a little ahead. Errors come in order.

    Only for readers that never wait for others, such as a decompressor of a regular file: closing
    waits for the read in progress.

    Args:
        reader: Where the bytes come from; closed together with this object.
        n_bytes: Most bytes of a piece.
    """

    def __init__(self, reader: Reader, n_bytes: int) -> None:
        self._reader = reader
        self._n_bytes = n_bytes
        self._pieces: Queue[bytes | BaseException] = Queue(_N_STEPS)
        self._is_closed = False
        self._thread: threading.Thread | None = None

    def read(self, n_bytes: int, /) -> bytes:
        """The next piece, whatever size is asked for; empty at the end and in every later call."""
        if self._is_closed:
            raise ValueError("read after closing")
        if self._thread is None:
            thread = threading.Thread(target=self._run, name="smoothl1-read", daemon=True)
            thread.start()
            self._thread = thread
        piece = self._pieces.get()
        if not piece or isinstance(piece, BaseException):
            self._pieces.put(piece)  # for whoever asks again
        if isinstance(piece, BaseException):
            raise piece
        return piece

    def close(self) -> None:
        """Stop reading; a second call is harmless."""
        self._is_closed = True
        while self._thread is not None and self._thread.is_alive():
            try:
                self._pieces.get_nowait()  # makes room, should the thread be waiting for it
            except Empty:
                self._thread.join(0.001)
        self._reader.close()

    def _run(self) -> None:
        while not self._is_closed:
            try:
                piece: bytes | BaseException = self._reader.read(self._n_bytes) or b""
            except BaseException as error:  # noqa: BLE001  raised where it is read
                piece = error
            self._pieces.put(piece)
            if not piece or isinstance(piece, BaseException):
                return
