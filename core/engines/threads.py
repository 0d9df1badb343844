"""Threads of this process. NumPy lets go of the interpreter lock while it computes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from smoothl1.engines.pool import ordered_map

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from smoothl1.engines.contract import Engine
    from smoothl1.sources.contract import Part

T = TypeVar("T")


def local_engine(n_threads: int) -> Engine:
    """An engine that runs up to so many parts at a time."""

    def run(function: Callable[[Part], T], parts: Iterable[Part]) -> Generator[T]:
        return ordered_map(function, parts, n_threads)

    return run
