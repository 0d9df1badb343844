"""Small objects of a store, opened and read a few ahead: what takes long is the way there."""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from smoothl1.engines.threads import LOOKS_EVERY_S
from smoothl1.errors import SmoothL1Error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.sources.contract import Source
    from smoothl1.sources.shard_source import Shard

SMALL_BYTES = 1 << 20
"""Size up to which an object is read ahead, as a whole."""

N_AHEAD = 16
"""Objects that are on their way while one is used."""


class OpenedAhead:
    """The files of a set in a store, for readers that mostly go forward.

    Args:
        shards: The files.
    """

    def __init__(self, shards: Sequence[Shard]) -> None:
        self._shards = shards
        self._begun: OrderedDict[int, _Opening] = OrderedDict()
        self._next = 0  # what is before it was begun, and may have been taken
        self._lock = threading.Lock()

    def take(self, index: int) -> Source:
        """Open a file, or take it if it is open already; and begin to open those behind it.

        Args:
            index: The number of the file.

        Raises:
            SmoothL1Error: It changed, or cannot be opened.
        """
        with self._lock:
            if index not in self._begun:
                self._next = index  # a reader begins here
            stop = min(index + 1 + N_AHEAD, len(self._shards))
            for ahead in range(max(index, self._next), stop):
                self._begin(ahead)
            self._next = max(self._next, stop)
            opening = self._begun.pop(index, None)
            dropped = [self._begun.popitem(last=False)[1] for _ in range(self._n_too_many())]
        for one in dropped:
            one.drop()
        return self._shards[index].reopened() if opening is None else opening.result()

    def close(self) -> None:
        """Close what nobody has taken."""
        with self._lock:
            dropped = list(self._begun.values())
            self._begun.clear()
        for one in dropped:
            one.drop()

    def _begin(self, index: int) -> None:
        shard = self._shards[index]
        if index not in self._begun and shard.state.size <= SMALL_BYTES:
            self._begun[index] = _Opening(partial(shard.reopened, is_held=True))

    def _n_too_many(self) -> int:
        """How many were begun that a reader went past."""
        return max(0, len(self._begun) - 2 * N_AHEAD)


class _Opening:
    """A file that is being opened, by a thread of its own. Every request has its limit of time."""

    def __init__(self, call: Callable[[], Source]) -> None:
        self._call = call
        self._done = threading.Event()
        self._lock = threading.Lock()
        self._is_wanted = True
        self._source: Source | None = None
        self._error: BaseException | None = None
        threading.Thread(target=self._run, name="smoothl1-ahead", daemon=True).start()

    def result(self) -> Source:
        """The source.

        Raises:
            SmoothL1Error: It cannot be opened.
        """
        while not self._done.wait(LOOKS_EVERY_S):
            pass
        if self._source is None:
            error = self._error or RuntimeError("a file was opened ahead, and nothing came of it")
            raise error
        return self._source

    def drop(self) -> None:
        """Close the file, once it is open."""
        with self._lock:
            self._is_wanted = False
        if self._source is not None:
            _close(self._source)

    def _run(self) -> None:
        try:
            source = self._call()
        except BaseException as error:  # noqa: BLE001  raised where the result is wanted
            self._error = error
        else:
            with self._lock:
                self._source = source
                is_wanted = self._is_wanted
            if not is_wanted:
                _close(source)
        self._done.set()


def _close(source: Source) -> None:
    with suppress(SmoothL1Error):  # nobody has read it
        source.close()
