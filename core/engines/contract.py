"""The contract of an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from smoothl1.sources.contract import Part

T = TypeVar("T")


class Engine(Protocol):
    """Runs a function on every part.

    Both methods take the function and the parts, in the order of their rows, which are taken one at
    a time, as there is room. Each part is given to the function once, perhaps by several workers at
    a time. Few results wait at any time. Once a generator is closed, no worker runs any more. The
    error that they raise is that of the first part that failed, in the order of the parts.
    """

    def in_order(self, function: Callable[[Part], T], parts: Iterable[Part]) -> Generator[T]:
        """Yield the results in the order of the parts.

        Raises:
            SmoothL1Error: The function failed on a part.
        """
        ...

    def as_completed(self, function: Callable[[Part], T], parts: Iterable[Part]) -> Generator[T]:
        """Yield the results as they come, in any order.

        Raises:
            SmoothL1Error: The function failed on a part.
        """
        ...
