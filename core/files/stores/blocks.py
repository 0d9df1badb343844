"""Blocks of an object: read a few ahead, several at a time, and kept while they are near."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothl1.files.stores.requests import Request

BLOCK_BYTES = 8 << 20
"""Bytes of a request: so many that the time for them is longer than that until they begin."""

_N_AHEAD = 2
"""Blocks that are on their way while one is used."""


class Blocks:
    """The content of an object, for readers that mostly go forward.

    Args:
        ask: Begins the request of a range: an offset and a number of bytes.
        size: The size of the object.
        n_readers: The number of threads that may read, each at a place of its own.
    """

    def __init__(
        self, ask: Callable[[int, int], Request[bytes]], size: int, n_readers: int
    ) -> None:
        self._ask = ask
        self._size = size
        self._n_kept = 2 * n_readers + _N_AHEAD + 1
        self._known: OrderedDict[int, Request[bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, offset: int, n_bytes: int) -> bytes:
        """Read a range, which ends at the end of the object at the latest."""
        first, last = offset // BLOCK_BYTES, (offset + n_bytes - 1) // BLOCK_BYTES
        pieces = []
        for number in range(first, last + 1):
            begin = number * BLOCK_BYTES
            block = self._block(number)
            pieces.append(block[max(0, offset - begin) : offset + n_bytes - begin])
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def drop(self) -> None:
        """Forget all blocks."""
        with self._lock:
            self._known.clear()

    def _block(self, number: int) -> bytes:
        with self._lock:
            is_forward = number == 0 or number - 1 in self._known or number in self._known
            for one in range(number, number + 1 + (_N_AHEAD if is_forward else 0)):
                self._begin(one)
            self._known.move_to_end(number)
            request = self._known[number]
            while len(self._known) > self._n_kept:
                self._known.popitem(last=False)
        return request.result()

    def _begin(self, number: int) -> None:
        begin = number * BLOCK_BYTES
        if number not in self._known and begin < self._size:
            self._known[number] = self._ask(begin, min(BLOCK_BYTES, self._size - begin))
