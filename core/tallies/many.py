"""The groups of a result and their tallies, kept in arrays until they are asked for one by one."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from smoothl1.tallies.group import Group
from smoothl1.tallies.lazy import LazyTuple
from smoothl1.tallies.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from smoothl1.tallies.group_tallies import GroupTally


@contextmanager
def without_collection() -> Iterator[None]:
    """Pause the garbage collector: values for many groups have no cycles, but make it search."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class ManyGroups(LazyTuple[Group]):
    """Groups by the values of columns.

    Attributes:
        levels: For each column, outermost first, its value in each group, as text.
    """

    def __init__(self, levels: Sequence[list[str]]) -> None:
        names = levels[0] if len(levels) == 1 else None
        super().__init__(
            len(levels[0]),
            lambda: tuple(map(Group, zip(*levels, strict=True) if names is None else names)),
        )
        self.levels = levels


class ManyTallies(LazyTuple[Tally]):
    """The tallies of groups, beta by beta.

    Args:
        of_betas: For each beta the tallies of groups.
        order: The number of each group, in the order of the groups.
    """

    def __init__(self, of_betas: Sequence[GroupTally], order: NDArray[np.intp]) -> None:
        super().__init__(len(of_betas) * order.size, self._tuple)
        for tally in of_betas:  # now, so that reading changes nothing: several threads may read
            tally.settle()
            tally.total.carry()
        self._of_betas = of_betas
        self._order = order

    def means(self) -> NDArray[np.float64]:
        """The mean of each tally: see `Tally.mean`."""
        return np.concatenate([tally.means()[self._order] for tally in self._of_betas])

    def sums(self) -> NDArray[np.float64]:
        """The sum of each tally: see `Tally.sum`."""
        return np.concatenate([tally.sums()[self._order] for tally in self._of_betas])

    def _tuple(self) -> tuple[Tally, ...]:
        order = self._order.tolist()
        with without_collection():
            of_betas = [tally.tallies() for tally in self._of_betas]
            return tuple(tallies[number] for tallies in of_betas for number in order)
