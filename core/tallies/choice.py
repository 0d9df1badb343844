"""Which accumulator a run needs: with groups, or without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.tallies.plain import PlainAccumulator

if TYPE_CHECKING:
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.accumulator import LossAccumulator


def new_accumulator(
    settings: EvalSettings, n_columns: int = 1, *, with_moments: bool = False
) -> LossAccumulator:
    """An accumulator that has seen nothing.

    Args:
        settings: What is to be learned.
        n_columns: Elements of a row that are kept apart; 1 where columns are not.
        with_moments: Whether the moments of rows are wanted.
    """
    if not settings.is_grouped:
        return PlainAccumulator(settings, with_moments=with_moments)
    from smoothl1.tallies.grouped import GroupedAccumulator  # late: most runs have no groups

    return GroupedAccumulator(settings, n_columns, with_moments=with_moments)
