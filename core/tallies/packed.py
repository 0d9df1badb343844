"""Tallies of many groups, put into arrays and merged there: a tally takes ten times the memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.numerics.group_moments import GroupMoments
from smoothl1.numerics.group_sums import ExactSums
from smoothl1.tallies.group_records import NO_NAN
from smoothl1.tallies.group_tallies import GroupTally
from smoothl1.tallies.many import ManyTallies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.finite_losses import Losses
    from smoothl1.tallies.tally import Tally

MANY = 1 << 10
"""Tallies from which on it is worth while to put them into arrays."""


def packed(tallies: Sequence[Tally], settings: EvalSettings) -> ManyTallies | None:
    """Tallies in arrays: the same values, made when one is asked for.

    Args:
        tallies: Tallies of groups, beta by beta.
        settings: The settings that they came from, with groups and without clusters.

    Returns:
        None where tallies lack moments that others have, as those of an older version may.
    """
    n_groups = len(tallies) // len(settings.betas)
    firsts = range(0, len(tallies), n_groups)
    of_betas = [_group_tally(tallies[i : i + n_groups], settings) for i in firsts]
    found = [one for one in of_betas if one is not None]
    return ManyTallies(found, np.arange(n_groups)) if len(found) == len(of_betas) else None


def _group_tally(tallies: Sequence[Tally], settings: EvalSettings) -> GroupTally | None:
    moments = [tally.moments for tally in tallies if tally.moments is not None]
    of_groups = GroupMoments.of_each(moments) if moments else None
    if len(moments) not in (0, len(tallies)) or (moments and of_groups is None):
        return None
    found = GroupTally(
        weighted=settings.weighted, with_moments=bool(moments), by_count=settings.by_count
    )
    found.resize(len(tallies))
    for name in ("n", "n_nan", "n_inf", "n_quadratic", "min", "max"):
        found.records[name] = [getattr(tally, name) for tally in tallies]
    for name in ("n_missing", "n_omitted", "n_weightless"):
        found.others[name] = [getattr(tally, name) for tally in tallies]
    firsts = [NO_NAN if tally.first_nan is None else tally.first_nan for tally in tallies]
    found.others["first_nan"] = firsts
    found.n_ignored[:] = [tally.n_ignored for tally in tallies]
    found.total = ExactSums.of_units([tally.total.units for tally in tallies])
    if settings.weighted:
        weights = [tally.weight for tally in tallies]
        found.weight = ExactSums.of_units([0 if one is None else one.units for one in weights])
    found.moments = of_groups
    return found


def packed_losses(losses: Sequence[Losses]) -> ManyTallies:
    """The tallies of groups of finite losses without weights, each a row of its own.

    Args:
        losses: For each group its losses; the sums of their squares and cubes are known.
    """
    n, n_quadratic, least, most, sums = zip(*losses, strict=True) if losses else [()] * 5
    total, cross, squares, cubes = (
        ExactSums.of_scaled([of_group[power] for of_group in sums]) for power in (0, 0, 1, 2)
    )
    found = GroupTally(weighted=False)
    found.resize(len(losses))
    columns = {"n": n, "n_quadratic": n_quadratic, "min": least, "max": most}
    for name, column in columns.items():
        found.records[name] = column
    found.total = total
    found.moments = GroupMoments.of_single_losses(n, squares, cross, cubes)
    return ManyTallies([found], np.arange(len(losses)))


def merged(
    parts: Sequence[ManyTallies],
    places: Sequence[Sequence[int]],
    n_groups: int,
    settings: EvalSettings,
) -> ManyTallies | None:
    """The tallies of all parts together, as `Tally.merge` gives them.

    Args:
        parts: The tallies of each part.
        places: For each part the place of each of its groups among all groups.
        n_groups: The number of all groups.
        settings: The settings of all parts.

    Returns:
        None where parts hold their moments differently.
    """
    wholes = [
        GroupTally(
            weighted=settings.weighted,
            with_moments=tally.moments is not None,
            by_count=settings.by_count,
        )
        for tally in parts[0].of_betas
    ]
    for whole in wholes:
        whole.resize(n_groups)
    for part, of_part in zip(parts, places, strict=True):
        codes = np.empty(part.order.size, np.intp)
        codes[part.order] = of_part
        for whole, tally in zip(wholes, part.of_betas, strict=True):
            if not _go_together(whole, tally):
                return None
            whole.merge(tally, codes)
    return ManyTallies(wholes, np.arange(n_groups))


def _go_together(one: GroupTally, other: GroupTally) -> bool:
    if one.moments is None or other.moments is None:
        return one.moments is other.moments
    return one.moments.goes_with(other.moments)
