"""Threads of this process. NumPy lets go of the interpreter lock while it computes."""

from __future__ import annotations

from collections import deque
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from concurrent.futures import Future

    from smoothl1.engines.contract import Engine
    from smoothl1.sources.contract import Part

T = TypeVar("T")

_WAITING_PER_THREAD = 2
"""Results that may wait for their turn: enough to keep all threads busy, and memory bounded."""


def local_engine(n_threads: int) -> Engine:
    """An engine that runs up to so many parts at a time."""
    return partial(_run, n_threads)


def _run(n_threads: int, function: Callable[[Part], T], parts: Iterable[Part]) -> Generator[T]:
    parts = iter(parts)
    first = list(islice(parts, n_threads))
    parts = chain(first, parts)
    if len(first) <= 1:
        yield from map(function, parts)
        return
    from concurrent.futures import ThreadPoolExecutor  # late: a small evaluation needs no threads

    pool = ThreadPoolExecutor(len(first), thread_name_prefix="smoothl1")
    waiting: deque[Future[T]] = deque()
    try:
        for part in parts:
            waiting.append(pool.submit(function, part))
            if len(waiting) > _WAITING_PER_THREAD * n_threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
