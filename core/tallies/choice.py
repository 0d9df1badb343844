"""Chooses the accumulator that a run needs: with groups, or without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.tallies.plain import PlainAccumulator

if TYPE_CHECKING:
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.accumulator import LossAccumulator


def new_accumulator(
    settings: EvalSettings, n_columns: int = 1, *, with_moments: bool = False
) -> LossAccumulator:
    """An empty accumulator.

    Args:
        settings: The settings of the evaluation.
        n_columns: Elements of a row if columns are reported separately, else 1.
        with_moments: Whether the moments of rows are wanted.
    """
    if not settings.is_grouped:
        return PlainAccumulator(settings, with_moments=with_moments)
    from smoothl1.tallies.grouped import GroupedAccumulator  # late: most runs have no groups

    return GroupedAccumulator(settings, n_columns, with_moments=with_moments)
