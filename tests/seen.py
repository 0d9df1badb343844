"""A tally as the oracle says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle import UNIT, Expected

if TYPE_CHECKING:
    from smoothl1 import Tally


def seen(tally: Tally) -> Expected:
    """All that a tally says, with its exact sums as rationals."""
    return Expected(
        n=tally.n,
        n_nan=tally.n_nan,
        n_inf=tally.n_inf,
        n_quadratic=tally.n_quadratic,
        total=tally.total.units * UNIT,
        min=tally.min,
        max=tally.max,
        first_nan=tally.first_nan,
        weight=None if tally.weight is None else tally.weight.units * UNIT,
        n_missing=tally.n_missing,
        n_omitted=tally.n_omitted,
        n_weightless=tally.n_weightless,
    )
