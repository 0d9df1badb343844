"""Columns in memory with an index: it is compared with the columns of other inputs."""

from __future__ import annotations

import warnings
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import DataError, ReadOptions, evaluate

N = 12
IDS = [i * i * 3 % 101 + 100 for i in range(N)]
TEXTS = [f"s{i}" for i in IDS]
DAYS = [date(2024, 1, 1) + timedelta(days=i) for i in range(N)]
SITES = ["a", "b", "c"] * 4
BLOCKS = [i // 3 for i in range(N)]
PRED = np.linspace(-3, 5, N)
TARGET = PRED + np.linspace(0.25, 2, N)
PERMUTED = [5, 0, 11, 3, 8, 1, 10, 2, 7, 4, 9, 6]
BOTH = {"pred": "pred", "target": "target"}


class Index:
    """An index of pandas, as far as it is asked; its levels are lists."""

    def __init__(self, *levels: list[Any], names: list[str | None]) -> None:
        self.names = names
        self._levels = levels

    def get_level_values(self, level: int) -> list[Any]:
        return self._levels[level]


class Series:
    """A column with an index."""

    def __init__(self, values: Any, *levels: Any, names: Any = None, name: Any = None) -> None:
        self.index = Index(*map(list, levels), names=names or [None] * len(levels))
        self.name = name
        self._values = values

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.asarray(self._values)


class Labels(Series):
    """Such a column of text, which Arrow converts."""

    def __arrow_array__(self, type: pa.DataType | None = None) -> pa.Array:
        return pa.array(self._values)


def permuted(values: Any) -> list[Any]:
    return [list(values)[i] for i in PERMUTED]


def series(values: Any, *levels: Any, by: Any = list) -> Series:
    kind = Labels if isinstance(values[0], str) else Series
    return kind(np.array(by(values)), *map(by, levels))


def silent(*inputs: Any, **options: Any) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return evaluate(*inputs, **options).tallies[0].mean


def loss_of(pred: Any, target: Any) -> float:
    """The mean loss with beta 1, in a plain loop; its terms are far from the tie of a rounding."""
    distances = [abs(p - t) for p, t in zip(pred, target, strict=True)]
    return float(np.mean([d * d / 2 if d < 1 else d - 0.5 for d in distances]))


@pytest.mark.parametrize(
    ("columns", "levels"),
    [
        ({"id": IDS}, [IDS]),
        ({"name": TEXTS}, [TEXTS]),
        ({"name": TEXTS, "site": SITES}, [TEXTS]),
        ({"date": DAYS, "note": TEXTS[::-1], "site": SITES}, [DAYS]),
        ({"site": SITES, "block": BLOCKS}, [SITES, BLOCKS]),
    ],
)
def test_an_index_in_another_order_than_a_column_is_refused(
    columns: dict[str, Any], levels: list[Any]
) -> None:
    table = pa.table({**columns, "pred": PRED})
    assert silent(table, series(TARGET, *levels), pred="pred") == pytest.approx(
        loss_of(PRED, TARGET)
    )
    with pytest.raises(DataError, match=r"__index_level_.__' of <targets> .*another order"):
        evaluate(table, series(TARGET, *levels, by=permuted), pred="pred")
    both = table.append_column("target", pa.array(TARGET))
    for beside in ({"weights": TARGET + 9}, {"groups": SITES}, {"clusters": SITES}):
        ((role, values),) = beside.items()
        silent(both, **BOTH, **{role: series(values, *levels)})
        with pytest.raises(DataError, match=f"another order.*{role} must be in the order of"):
            evaluate(both, **BOTH, **{role: series(values, *levels, by=permuted)})
        unchecked = ReadOptions(key_check=False)
        wrong = series(values, *levels, by=permuted)
        evaluate(both, **BOTH, options=unchecked, **{role: wrong})


def test_an_index_of_dates_that_is_shifted_gives_a_warning() -> None:
    table = pa.table({"day": DAYS, "site": SITES, "pred": PRED})
    later = [day + timedelta(days=1) for day in DAYS]
    with pytest.warns(match=r"'day' differs from '__index_level_0__' of <targets> from row 1 on"):
        evaluate(table, series(TARGET, later), pred="pred")


def test_a_column_with_an_index_is_matched_by_it() -> None:
    table = pa.table({"id": IDS, "pred": PRED})
    target = Series(np.array(permuted(TARGET)), permuted(IDS), names=["id"], name="y")
    assert evaluate(table, target, pred="pred", key="id").mean == pytest.approx(
        loss_of(PRED, TARGET)
    )


def test_an_index_beside_arrays_changes_nothing() -> None:
    expected = evaluate(PRED, TARGET).tallies
    mixed = [1, "a", *range(10)]
    for index in (PERMUTED, TEXTS, mixed):
        assert evaluate(Series(PRED, index), TARGET).tallies == expected
        assert evaluate(Series(PRED, index), Series(TARGET, index)).tallies == expected
    for dtype in ("f2", ">f4", "i8", "u1", "?"):
        values = PRED.astype(dtype)
        found = evaluate(Series(values, IDS), values[::-1].copy())
        assert found.tallies == evaluate(values, values[::-1].copy()).tallies
