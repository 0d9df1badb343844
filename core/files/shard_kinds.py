"""Names of shards that are of one kind, such as days, but for a few that are called otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

_N_LOOKED_AT = 16
"""How many names are looked at before all are."""


def of_the_kind(names: Sequence[T], is_of: Callable[[T], object]) -> list[int]:
    """The places of the names that are of a kind; none unless two names in three are.

    Args:
        names: The names, in order, or what was found in each.
        is_of: Whether one is of the kind.
    """
    if not any(map(is_of, names[:: len(names) // _N_LOOKED_AT + 1])):
        return []
    places = [i for i, name in enumerate(names) if is_of(name)]
    return places if 3 * len(places) >= 2 * len(names) else []
