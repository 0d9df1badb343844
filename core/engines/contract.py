"""The contract of an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from smoothl1.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

S = TypeVar("S")
T = TypeVar("T")


class LostPartError(StorageError):
    """A part ended every worker that worked on it.

    Args:
        what: See `SmoothL1Error`.
        part: The part, as the engine got it.
        hint: See `SmoothL1Error`.
    """

    def __init__(self, what: str, part: Any, *, hint: str | None = None) -> None:
        super().__init__(what, hint=hint)
        self.part = part


class Engine(Protocol):
    """An engine: it runs a function on every part.

    Both methods take a function and parts in the order of their rows: a part says which rows it is,
    or has them. Parts are taken one at a time, as there is room. The function is called once on
    each part, perhaps by several workers at a time; where a worker is lost, it may be called again,
    and the result of one call counts. Few results wait at any time. Once a generator is closed, no
    worker of this process runs any more. If parts fail, the error raised is that of the first such
    part, in the order of the parts.
    """

    @property
    def name(self) -> str:
        """What ran, for the result; "" for threads of this process."""
        ...

    @property
    def shares_memory(self) -> bool:
        """Whether workers are threads of this process, and so see what is open in it.

        If not, functions, parts and results are pickled.
        """
        ...

    @property
    def n_workers(self) -> int | None:
        """Number of parts that run at a time, if it is known."""
        ...

    def in_order(self, function: Callable[[S], T], parts: Iterable[S]) -> Generator[T]:
        """Yield the results in the order of the parts.

        Raises:
            SmoothL1Error: The function failed on a part.
            StorageError: The engine runs no parts, or no longer.
        """
        ...

    def as_completed(self, function: Callable[[S], T], parts: Iterable[S]) -> Generator[T]:
        """Yield the results as they come, in any order.

        Raises:
            SmoothL1Error: The function failed on a part.
            StorageError: The engine runs no parts, or no longer.
        """
        ...
