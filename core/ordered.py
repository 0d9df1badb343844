"""A function over items in several threads, its results in the order of the items."""

from __future__ import annotations

from collections import deque
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from concurrent.futures import Future

S = TypeVar("S")
T = TypeVar("T")

_WAITING_PER_THREAD = 2
"""Results that may wait for their turn: enough to keep all threads busy, and memory bounded."""


def ordered_map(function: Callable[[S], T], items: Iterable[S], n_threads: int) -> Generator[T]:
    """Call a function on each item, up to so many at a time.

    Args:
        function: Called once for each item.
        items: Taken one at a time, as there is room, by the thread that takes the results.
        n_threads: At least 1. A single item, or a single thread, needs no other thread.

    Yields:
        The results in the order of the items; few of them are waiting at any time. When the
        generator is closed, no thread runs any more.

    Raises:
        Exception: What came first in the order of the items, of the function or of the items
            themselves: the same as with one thread.
    """
    failure = _Failure()
    items = failure.watch(items)
    first = list(islice(items, n_threads))
    items = chain(first, items)
    if len(first) <= 1:
        yield from map(function, items)
    else:
        yield from _in_threads(function, items, len(first))
    if failure.error is not None:
        raise failure.error


class _Failure:
    """What ended some items early, kept until the results of those before it are out."""

    def __init__(self) -> None:
        self.error: Exception | None = None

    def watch(self, items: Iterable[S]) -> Iterator[S]:
        try:
            yield from items
        except Exception as error:  # noqa: BLE001  raised later
            self.error = error


def _in_threads(function: Callable[[S], T], items: Iterable[S], n_threads: int) -> Generator[T]:
    from concurrent.futures import ThreadPoolExecutor  # late: a small evaluation needs no threads

    pool = ThreadPoolExecutor(n_threads, thread_name_prefix="smoothl1")
    waiting: deque[Future[T]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > _WAITING_PER_THREAD * n_threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
