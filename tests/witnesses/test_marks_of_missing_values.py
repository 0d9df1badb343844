"""Columns in common with a mark of other software for a missing value: `None`, `#N/A`."""

from __future__ import annotations

import random
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from smoothl1 import DataError, Execution, evaluate
from tests.tables import save

if TYPE_CHECKING:
    from pathlib import Path

N = 24
LAT = [round(random.Random(1).uniform(40, 50) + i / 100, 2) for i in range(N)]
ORDER = random.Random(2).sample(range(N), N)
Y = [float(i) for i in range(N)]
MARKS = ["None", "-", "?", "<NA>", "#N/A", r"\N", " n/a ", "1.#QNAN"]
CHOSEN: dict[str, Any] = {"pred": "pred", "target": "y"}
LOSS = 0.125  # of half, at beta 1


def with_mark(values: list[Any], mark: Any, *, form: str = "{}") -> list[Any]:
    """The values as text, and a mark in place of one of them."""
    return [mark if i == N // 2 else form.format(value) for i, value in enumerate(values)]


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("other", [None, "None"])
def test_fractions_in_another_order_are_refused(
    tmp_path: Path, mark: str, suffix: str, other: str | None
) -> None:
    """The other software writes more places, and the same mark or none; or numbers by type."""
    p = save(tmp_path / "p.csv", lat=with_mark(LAT, mark), pred=[y + 0.5 for y in Y])
    lat = with_mark(LAT, other, form="{:.4f}")
    if suffix == ".parquet":
        lat = [None if i == N // 2 else value for i, value in enumerate(LAT)]
    same = save(tmp_path / f"s{suffix}", lat=lat, y=Y)
    t = save(tmp_path / f"t{suffix}", lat=[lat[i] for i in ORDER], y=[Y[i] for i in ORDER])
    small = Execution(2, 7)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(p, same, execution=small, **CHOSEN).mean == LOSS
    with pytest.raises(DataError, match=r"'lat' differs .* the same values in another order"):
        evaluate(p, t, execution=small, **CHOSEN)


def test_dates_beside_a_mark_are_compared(tmp_path: Path) -> None:
    days = [f"2024-01-{i + 1:02}" for i in range(N)]
    p = save(tmp_path / "p.csv", day=with_mark(days, "None"), pred=[y + 0.5 for y in Y])
    stored = with_mark(days, None)
    t = save(tmp_path / "t.csv", day=[stored[i] for i in ORDER], y=[Y[i] for i in ORDER])
    with pytest.raises(DataError, match=r"column 'day' differs .* another order"):
        evaluate(p, t, **CHOSEN)


def test_whole_numbers_as_fractions_under_another_name_are_compared(tmp_path: Path) -> None:
    """pandas makes fractions of ids if one is missing."""
    ids = [7 * i % 101 + 0.0 for i in range(N)]
    p = save(tmp_path / "p.csv", user=with_mark(ids, "None"), pred=[y + 0.5 for y in Y])
    stored = with_mark(ids, None)
    t = save(tmp_path / "t.csv", person=[stored[i] for i in ORDER], y=[Y[i] for i in ORDER])
    with pytest.raises(DataError, match=r"'user' differs from 'person' .* another order"):
        evaluate(p, t, **CHOSEN)


def test_other_texts_are_no_missing_values(tmp_path: Path) -> None:
    p = save(tmp_path / "p.csv", lat=with_mark(LAT, "north"), pred=[y + 0.5 for y in Y])
    t = save(tmp_path / "t.csv", lat=[LAT[i] for i in ORDER], y=[Y[i] for i in ORDER])
    with pytest.warns(match="no column shows .*: column 'lat' differs"):
        assert evaluate(p, t, **CHOSEN).n == N
