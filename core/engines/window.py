"""A sliding window of calls that run elsewhere: few are sent at a time, and results merge early."""

from __future__ import annotations

from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Protocol, TypeVar

from smoothl1.engines.threads import KeptError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

S = TypeVar("S")
T = TypeVar("T")

_SECONDS_BETWEEN_CHECKS = 0.5
"""Seconds without a result after which a pool is asked whether there will be one."""


class Pool(Protocol):
    """What runs calls elsewhere, and gives a future for each."""

    def submit(self, function: Callable[[S], T], item: S) -> Any:
        """Send a call, and give a future for it.

        Raises:
            StorageError: The pool takes no calls.
        """
        ...

    def when_done(self, future: Any, tell: Callable[[], None]) -> None:
        """Call `tell`, which does not block, from any thread once a call is done or cancelled."""
        ...

    def result(self, future: Any, item: Any) -> Any:
        """The result of a call that is done, or the error that it raised.

        Raises:
            StorageError: The pool has lost the call.
        """
        ...

    def check(self) -> None:
        """Refuse to wait any longer, if there is nothing to wait for.

        Raises:
            StorageError: No result will come.
        """
        ...

    def cancel(self, futures: list[Any]) -> None:
        """Cancel calls, and wait for those of this process that cannot be cancelled."""
        ...


def windowed(
    function: Callable[[S], T], items: Iterable[S], pool: Pool, n_waiting: int, *, in_order: bool
) -> Generator[T]:
    """Call a function on each item, with a bounded number of calls in flight.

    Args:
        function: The function.
        items: The items, taken one at a time, as there is room.
        pool: Runs the calls.
        n_waiting: Most calls that run, wait to run, or wait for their turn to be yielded.
        in_order: Whether the results are wanted in the order of the items.

    Yields:
        The results.

    Raises:
        Exception: The first error in the order of the items.
        StorageError: The pool runs no calls, or no longer.
    """
    kept = KeptError()
    window: _Window[S, T] = _Window(function, pool, in_order=in_order)
    try:
        for item in kept.watch(items):
            if len(window.calls) >= n_waiting:
                yield window.next_result()
            window.send(item)
            del item  # it may be large
        while window.calls:
            yield window.next_result()
    finally:
        pool.cancel([future for future, _ in window.calls.values()])
    if kept.error is not None:
        raise kept.error


class _Window(Generic[S, T]):
    """The calls that are in flight.

    Args:
        function: The function that is called.
        pool: Runs the calls.
        in_order: Whether the results are wanted in the order of the calls.

    Attributes:
        calls: The future and the item of each call whose result has not been given, by its number.
    """

    def __init__(self, function: Callable[[S], T], pool: Pool, *, in_order: bool) -> None:
        self.calls: dict[int, tuple[Any, S]] = {}
        self._function, self._pool, self._in_order = function, pool, in_order
        self._n_sent = 0
        self._completed: SimpleQueue[int] = SimpleQueue()
        self._done: dict[int, None] = {}  # in the order in which they were completed

    def send(self, item: S) -> None:
        number, self._n_sent = self._n_sent, self._n_sent + 1
        future = self._pool.submit(self._function, item)
        self.calls[number] = (future, item)
        self._pool.when_done(future, lambda: self._completed.put(number))

    def next_result(self) -> T:
        """The result of the first call, or of the next call that is done.

        Raises:
            Exception: The first error in the order of the calls.
        """
        if self._in_order:
            return self._result(next(iter(self.calls)))
        while not self._done:
            self._wait()
        return self._result(next(iter(self._done)))

    def _result(self, number: int) -> T:
        while number not in self._done:
            self._wait()
        del self._done[number]
        call = self.calls.pop(number)
        try:
            result: T = self._pool.result(*call)
        except Exception as error:  # noqa: BLE001  raised again, or one that comes before it
            self._raise_first(number, error)
        return result

    def _raise_first(self, number: int, error: Exception) -> NoReturn:
        """Raise an error, unless an earlier call is about to fail."""
        for earlier in [n for n in self.calls if n < number]:
            self._result(earlier)
        raise error

    def _wait(self) -> None:
        """Wait until one more call is done."""
        while True:
            with suppress(Empty):
                self._done[self._completed.get(timeout=_SECONDS_BETWEEN_CHECKS)] = None
                return
            self._pool.check()
