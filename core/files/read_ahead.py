"""Reading ahead: a thread decompresses the next bytes while those before are processed."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from queue import Empty, Queue
from typing import TYPE_CHECKING

from smoothl1.engines.threads import LOOKS_EVERY_S

if TYPE_CHECKING:
    from smoothl1.files.stream import Reader

_N_STEPS = 8
"""Pieces that may wait: two megabytes, which is enough to keep both threads busy."""


_MOST_WAIT_S = 0.5
"""Seconds that closing waits for the read in progress: a program that was asked to end must end."""


class ReadAhead:
    """A reader whose bytes are read by a thread of its own, a little ahead. Errors come in order.

    Closing waits for the read in progress. If that takes long, the thread closes the reader when it
    is done with it.

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
        self._lock = threading.Lock()
        self._n_users = 1

    def read(self, n_bytes: int, /) -> bytes:
        """The next piece, whatever size is asked for; empty at the end and in every later call."""
        if self._is_closed:
            raise ValueError("read after closing")
        if self._thread is None:
            thread = threading.Thread(target=self._run, name="smoothl1-read", daemon=True)
            self._thread = thread  # before its start, which an interrupt may end
            try:
                thread.start()
            except RuntimeError:  # the system has no room for it
                self._thread = None
                raise
        piece = self._next()
        if not piece or isinstance(piece, BaseException):
            self._pieces.put(piece)  # for whoever asks again
        if isinstance(piece, BaseException):
            raise piece
        return piece

    def _next(self) -> bytes | BaseException:
        while True:
            with suppress(Empty):  # see `threads.LOOKS_EVERY_S`
                return self._pieces.get(timeout=LOOKS_EVERY_S)

    def close(self) -> None:
        """Stop reading; a second call is harmless."""
        if self._is_closed:
            return
        with self._lock:
            self._is_closed = True
        ends_s = time.monotonic() + _MOST_WAIT_S
        while self._thread is not None and self._thread.is_alive():
            self._make_room()
            self._thread.join(0.001)
            if time.monotonic() > ends_s:
                break
        self._leave()

    def _make_room(self) -> None:
        """Let the thread go on, should it be waiting for room."""
        with suppress(Empty):
            self._pieces.get_nowait()

    def _leave(self) -> None:
        """Close the reader, if nobody else uses it any more."""
        with self._lock:
            self._n_users -= 1
            is_last = self._n_users == 0
        if is_last:
            self._reader.close()

    def _run(self) -> None:
        with self._lock:
            if self._is_closed:
                return
            self._n_users += 1
        self._read_all()
        with suppress(Exception):  # nobody waits for it any more, where closing the reader fails
            self._leave()

    def _read_all(self) -> None:
        while not self._is_closed:
            try:
                piece: bytes | BaseException = self._reader.read(self._n_bytes) or b""
            except BaseException as error:  # noqa: BLE001  raised where it is read
                piece = error
            self._pieces.put(piece)
            if not piece or isinstance(piece, BaseException):
                return
