"""The contract of an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from smoothl1.sources.contract import Part

T = TypeVar("T")


class Engine(Protocol):
    """Runs a function on every part."""

    def __call__(self, function: Callable[[Part], T], parts: Iterable[Part]) -> Generator[T]:
        """Run the function on each part.

        Args:
            function: Called once for each part, perhaps by several workers at a time.
            parts: In the order of their rows; taken one at a time, as there is room.

        Yields:
            The results in the order of the parts; few of them wait at any time. Once the generator
            is closed, no worker runs any more.

        Raises:
            SmoothL1Error: The error that the function raised for the first part that failed.
        """
        ...
