"""Columns in memory whose index holds other dates: their rows do not go together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from smoothl1 import ReadOptions, ShapeError, evaluate

N = 10


class Dates:
    """An index of dates, as pandas has it."""

    tz = None
    is_unique = True

    def __init__(self, start: str, step: int = 1) -> None:
        self.days = np.datetime64(start) + step * np.arange(N)
        self.dtype = self.days.dtype
        self.is_monotonic_increasing = step > 0
        self.is_monotonic_decreasing = step < 0

    def __len__(self) -> int:
        return len(self.days)

    def __getitem__(self, i: int) -> Any:
        return self.days[i]

    def __eq__(self, other: object) -> Any:
        return self.days == other.days if isinstance(other, Dates) else NotImplemented

    __hash__ = None  # type: ignore[assignment]


class Series:
    """A column with an index."""

    def __init__(self, index: Any, more: float = 0) -> None:
        self.index = index
        self._more = more

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.arange(N) + self._more


def test_other_dates_are_refused_in_evaluate() -> None:
    sides = Series(Dates("2024-01-01")), Series(Dates("2024-01-02"), 1)
    with pytest.raises(
        ShapeError, match=r"other dates in their index: .* 2024-01-01 and 2024-01-02"
    ):
        evaluate(*sides)
    assert evaluate(*sides, options=ReadOptions(key_check=False), betas=0).mean == 1


@pytest.mark.parametrize("other", [Dates("2024-01-01"), Dates("2024-01-10", -1), range(N), None])
def test_the_same_dates_or_none_are_paired(other: Any) -> None:
    assert evaluate(Series(Dates("2024-01-01")), Series(other, 1), betas=0).mean == 1
