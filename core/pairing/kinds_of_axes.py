"""The axes of the files of one side, as far as they are held to be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.sources.coordinates import usual_axis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from smoothl1.pairing.places import Axes
    from smoothl1.pairing.places_that_differ import Difference

_MOST_HELD, _MOST_HELD_BYTES = 1024, 1 << 28
"""Files of a side with places of their own that are held, where any may have the rows of a key."""


class KindsOfAxes:
    """The axes of the files of one side, of which a key may match any row.

    Attributes:
        held: The axes by their digests, as many as are held.
    """

    def __init__(self, files: Iterable[Axes] = ()) -> None:
        self.held: dict[bytes, Axes] = {}
        self._digests: set[bytes] = set()
        self._n_bytes = 0
        for axes in files:
            self.add(axes)

    def __contains__(self, axes: Axes) -> bool:
        return axes.digest in self._digests

    def add(self, axes: Axes) -> None:
        """Add the axes of a file."""
        if axes not in self and len(self.held) < _MOST_HELD and self._n_bytes < _MOST_HELD_BYTES:
            self.held[axes.digest] = axes
            self._n_bytes += sum(at.values.nbytes for of in axes.along for at in of.values())
        self._digests.add(axes.digest)

    def differences(
        self, one: Axes, differences_from: Callable[[Axes], list[Difference]]
    ) -> list[Difference]:
        """How a file of the other side differs from the first of these, if it differs from all.

        Args:
            one: The axes in that file.
            differences_from: How it differs from one of these.

        Raises:
            DataError: It has the axes or the places of one of these in another order, and none has
                the same.
        """
        if one in self:
            return []
        found: list[list[Difference]] = []
        faults: list[DataError] = []
        for other in self.held.values():
            try:
                found.append(differences_from(other))
            except DataError as error:
                faults.append(error)
            else:
                if not found[-1] and _have_in_common(one, other):
                    return []
        if faults:
            raise faults[0]
        is_whole = len(self.held) == len(self._digests)  # else one that is not held may be near
        return found[0] if is_whole and found and all(found) else []


def _have_in_common(one: Axes, other: Axes) -> bool:
    """Whether files that do not differ hold some of the same places, or have the same axes."""
    if not any(one.along):
        return [*map(usual_axis, one.names)] == [*map(usual_axis, other.names)]
    return any(other.has(i, name) for i, of_axis in enumerate(one.along) for name in of_axis)
