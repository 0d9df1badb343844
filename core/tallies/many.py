"""The groups of a result and their tallies, kept in arrays until they are asked for one by one."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from smoothl1.tallies.group import Group
from smoothl1.tallies.group_records import NO_NAN
from smoothl1.tallies.lazy import LazyTuple
from smoothl1.tallies.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from smoothl1.tallies.group_tallies import GroupTally

_BLOCK = 1 << 10
"""Tallies that are made at a time where each is looked at once: they take 3 MB."""


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

    Attributes:
        of_betas: For each beta the tallies of groups.
        order: The number of each group, in the order of the groups.
    """

    def __init__(self, of_betas: Sequence[GroupTally], order: NDArray[np.intp]) -> None:
        super().__init__(len(of_betas) * order.size, self._tuple)
        for tally in of_betas:  # now, so that reading changes nothing: several threads may read
            tally.settle()
            tally.total.carry()
        self.of_betas = of_betas
        self.order = order

    def means(self) -> NDArray[np.float64]:
        """The mean of each tally: see `Tally.mean`."""
        return np.concatenate([tally.means()[self.order] for tally in self.of_betas])

    def n_elements(self) -> int:
        """The number of elements in all groups together: see `Tally.n`."""
        return int(self.of_betas[0].records["n"].sum())

    def n_seen(self) -> int:
        """All elements of all groups, also those that were left out: see `Tally.n_seen`."""
        others = self.of_betas[0].others
        return self.n_elements() + int((others["n_omitted"] + others["n_weightless"]).sum())

    def forget_positions(self) -> None:
        """Forget where NaN are, before a tally is asked for: elements are those of several runs."""
        for tally in self.of_betas:
            tally.others["first_nan"] = NO_NAN

    def sums(self) -> NDArray[np.float64]:
        """The sum of each tally: see `Tally.sum`."""
        return np.concatenate([tally.sums()[self.order] for tally in self.of_betas])

    def passing(self) -> Iterator[Tally]:
        """The tallies one after the other, of which few are in memory at a time.

        Iteration makes and keeps them all, so that they can be asked for again.
        """
        if self.is_made:
            yield from self
            return
        for tally in self.of_betas:
            for start in range(0, self.order.size, _BLOCK):
                yield from tally.tallies(self.order[start : start + _BLOCK])

    def _tuple(self) -> tuple[Tally, ...]:
        with without_collection():
            return tuple(one for tally in self.of_betas for one in tally.tallies(self.order))


def passing(tallies: Sequence[Tally]) -> Iterable[Tally]:
    """Tallies to be looked at once, one after the other: see `ManyTallies.passing`."""
    return tallies.passing() if isinstance(tallies, ManyTallies) else tallies
