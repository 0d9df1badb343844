"""Tuples whose items are made when they are first asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T_co = TypeVar("T_co", covariant=True)


class LazyTuple(Sequence[T_co]):
    """A tuple that is not made before an item is asked for: many groups take time and memory.

    It equals the tuple, has its hash, and is copied and pickled as the tuple.

    Args:
        n: The number of items.
        make: Makes the tuple; called at most once.
    """

    def __init__(self, n: int, make: Callable[[], tuple[T_co, ...]]) -> None:
        self._n = n
        self._make = make
        self._made: tuple[T_co, ...] | None = None

    @property
    def is_made(self) -> bool:
        """Whether the tuple is there already."""
        return self._made is not None

    @property
    def whole(self) -> tuple[T_co, ...]:
        """The tuple."""
        if self._made is None:
            self._made = self._make()
        return self._made

    @overload
    def __getitem__(self, at: int) -> T_co: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[T_co, ...]: ...
    def __getitem__(self, at: int | slice) -> T_co | tuple[T_co, ...]:
        return self.whole[at]

    def __len__(self) -> int:
        return self._n

    def __iter__(self) -> Iterator[T_co]:
        return iter(self.whole)

    def __eq__(self, other: object) -> bool:
        return self.whole == (other.whole if isinstance(other, LazyTuple) else other)

    def __hash__(self) -> int:
        return hash(self.whole)

    def __repr__(self) -> str:
        return repr(self.whole)

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (self.whole,)
