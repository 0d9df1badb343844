"""The contract of an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

S = TypeVar("S")
T = TypeVar("T")


class Engine(Protocol):
    """An engine: it runs a function on every part.

    Both methods take a function and parts in the order of their rows: a part says which rows it is,
    or has them. Parts are taken one at a time, as there is room. The function is called once on
    each part, perhaps by several workers at a time. Few results wait at any time. Once a generator
    is closed, no worker runs any more. If parts fail, the error raised is that of the first such
    part, in the order of the parts.
    """

    def in_order(self, function: Callable[[S], T], parts: Iterable[S]) -> Generator[T]:
        """Yield the results in the order of the parts.

        Raises:
            SmoothL1Error: The function failed on a part.
        """
        ...

    def as_completed(self, function: Callable[[S], T], parts: Iterable[S]) -> Generator[T]:
        """Yield the results as they come, in any order.

        Raises:
            SmoothL1Error: The function failed on a part.
        """
        ...
