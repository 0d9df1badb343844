"""Threads of this process that call a function on items, in order or as calls are completed.

Threads compute in parallel, since NumPy and the compiled kernel release the interpreter lock.
"""

from __future__ import annotations

import threading
from collections import deque
from contextlib import suppress
from functools import partial
from itertools import chain, islice
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

S = TypeVar("S")
T = TypeVar("T")

_WAITING_PER_THREAD = 2
"""Results that may wait for their turn: enough to keep all threads busy with bounded memory."""

LOOKS_EVERY_S = 0.2
"""Seconds after which a wait for a thread begins anew. A signal that comes in the microseconds
before a wait does not interrupt it, and Python would handle it when the wait is over."""


class Threads:
    """The engine of one machine.

    Args:
        n_threads: Number of parts that run at a time; at least 1.
    """

    name = ""
    shares_memory = True

    def __init__(self, n_threads: int) -> None:
        self.n_workers = n_threads

    def in_order(self, function: Callable[[S], T], parts: Iterable[S]) -> Generator[T]:
        return mapped(function, parts, self.n_workers)

    def as_completed(self, function: Callable[[S], T], parts: Iterable[S]) -> Generator[T]:
        return mapped(function, parts, self.n_workers, in_order=False)


def mapped(
    function: Callable[[S], T],
    items: Iterable[S],
    n_threads: int,
    *,
    in_order: bool = True,
    is_awaited: bool = True,
) -> Generator[T]:
    """Call a function on each item, up to `n_threads` at a time.

    Args:
        function: The function, called once for each item.
        items: The items, taken one at a time, as there is room, by the thread that takes the
            results.
        n_threads: The number of threads, at least 1. For a single item, or with 1, none is started.
        in_order: Whether the results are wanted in the order of the items.
        is_awaited: Whether closing the generator waits for the calls that run. If not, they end by
            themselves, unheard: they may wait for a server, and use nothing that others close.

    Yields:
        The results; few of them wait at any time. Once the generator is closed, no thread runs any
        more, if calls are awaited.

    Raises:
        Exception: The first error in the order of the items, raised by the function or by the items
            themselves: the same as with one thread.
    """
    if n_threads == 1:
        yield from map(function, items)
        return
    kept = KeptError()
    items = kept.watch(items)
    first = deque(islice(items, n_threads))
    n_threads = len(first)
    items = chain(_emptied(first), items)
    if n_threads <= 1:
        yield from map(function, items)
    else:
        how = {"in_order": in_order, "is_awaited": is_awaited}
        yield from _in_threads(function, items, n_threads, **how)
    if kept.error is not None:
        raise kept.error


def _emptied(items: deque[S]) -> Iterator[S]:
    """Yield the items without keeping a reference to them: they may be large."""
    while items:
        yield items.popleft()


class KeptError:
    """An error of the items, kept until the results of the items before it were yielded.

    Attributes:
        error: The error, if there was one.
    """

    def __init__(self) -> None:
        self.error: Exception | None = None

    def watch(self, items: Iterable[S]) -> Iterator[S]:
        """Yield the items up to the error."""
        try:
            yield from items
        except Exception as error:  # noqa: BLE001  raised later
            self.error = error


def _in_threads(
    function: Callable[[S], T],
    items: Iterable[S],
    n_threads: int,
    *,
    in_order: bool,
    is_awaited: bool,
) -> Generator[T]:
    calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
    completed: SimpleQueue[_Call[T]] | None = None if in_order else SimpleQueue()
    waiting: deque[_Call[T]] = deque()
    threads: list[threading.Thread] = []
    try:
        for _ in range(n_threads):
            thread = threading.Thread(target=_work, args=(calls,), name="smoothl1", daemon=True)
            threads.append(thread)  # before its start, which an interrupt may end
            thread.start()
        for item in items:
            pending: _Call[T] = _Call(completed)
            waiting.append(pending)
            calls.put(partial(pending.run, function, item))
            if len(waiting) > _WAITING_PER_THREAD * n_threads:
                yield _next_result(waiting, completed)
        while waiting:
            yield _next_result(waiting, completed)
    finally:
        for pending in waiting:
            pending.is_wanted = False
        calls.put(None)
        for thread in threads if is_awaited else ():
            if thread.ident is not None:
                while thread.is_alive():
                    thread.join(LOOKS_EVERY_S)
        for pending in waiting:
            pending.take_error()


def _next_result(waiting: deque[_Call[T]], completed: SimpleQueue[_Call[T]] | None) -> T:
    """The result of the first waiting call, or of the next call that is completed."""
    if completed is None:
        return waiting.popleft().result()
    call = _next_of(completed)
    if call.has_failed:  # an earlier call may be about to fail, and its error is the one to raise
        while waiting:
            waiting.popleft().result()
    waiting.remove(call)
    return call.result()


def _next_of(completed: SimpleQueue[_Call[T]]) -> _Call[T]:
    while True:
        with suppress(Empty):
            return completed.get(timeout=LOOKS_EVERY_S)


class _Call(Generic[T]):
    """The call of the function on one item, and its result.

    Args:
        completed: The queue that takes the call once it is completed, if any.

    Attributes:
        is_wanted: Whether the function is still to be called.
    """

    def __init__(self, completed: SimpleQueue[_Call[T]] | None) -> None:
        self.is_wanted = True
        self._completed = completed
        self._is_known = threading.Event()
        self._values: list[T] = []
        self._error: BaseException | None = None

    def run(self, function: Callable[[S], T], item: S) -> None:
        try:
            if self.is_wanted:
                self._values.append(function(item))
        except BaseException as error:  # noqa: BLE001  raised where the result is taken
            self._error = error
        self._is_known.set()
        if self._completed is not None:
            self._completed.put(self)

    @property
    def has_failed(self) -> bool:
        """Whether the function raised an error."""
        return self._error is not None

    def result(self) -> T:
        while not self._is_known.wait(LOOKS_EVERY_S):
            pass
        error = self.take_error()
        try:
            if error is not None:
                raise error
            return self._values.pop()
        finally:
            del error  # its traceback refers to this frame

    def take_error(self) -> BaseException | None:
        """The error that the function raised; the call, to which it refers, forgets it."""
        error, self._error = self._error, None
        return error


def _work(calls: SimpleQueue[Callable[[], None] | None]) -> None:
    """Run calls until one is None: the body of a thread.

    The standard library's pool does the same, but takes 4 ms to import.
    """
    while (call := calls.get()) is not None:
        call()
        del call  # it refers to the item, which may be large
    calls.put(None)  # for the next thread, however many there are
