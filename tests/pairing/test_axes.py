"""Sides whose axes are in another order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import ReadOptions, ShapeError, evaluate
from tests.tables import save

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("one", "other", "is_turned"),
    [
        ((6, 2), (2, 6), True),
        ((2, 3, 4, 5), (2, 4, 5, 3), True),
        ((6, 1), (1, 6), False),
        ((6,), (6, 1), False),
        ((6, 2), (4, 3), False),
    ],
)
def test_axes_in_another_order_are_not_to_be_flattened(
    one: tuple[int, ...], other: tuple[int, ...], is_turned: bool
) -> None:
    sides = np.ones(one), np.zeros(other)
    with pytest.raises(ShapeError) as caught:
        evaluate(*sides)
    assert ("--flatten" in (caught.value.hint or "")) == (not is_turned)
    said: list[str] = []
    assert evaluate(*sides, options=ReadOptions(flatten=True), warn=said.append).mean == 0.5
    assert ["axes in another order" in text for text in said] == [True] * is_turned


def test_what_no_flattening_pairs_has_no_such_hint(tmp_path: Path) -> None:
    with pytest.raises(ShapeError, match=r"\[both sides need as many rows and columns"):
        evaluate(np.ones(6), np.ones((2, 2)))
    (tmp_path / "t.csv").write_text("a,b,y\n1,2,3\n4,5,6\n")
    with pytest.raises(ShapeError, match=r"2 columns \('a', 'b'\) against 1 column \('y'\) \[as "):
        evaluate(tmp_path / "t.csv", pred=("a", "b"), target="y")


@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
def test_lists_of_one_number_beside_numbers_of_one_table_are_flattened(
    tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"x.{suffix}"
    rows: list[dict[str, Any]] = [{"p": [1.0], "q": [1.0, 2.0], "y": 0.0} for _ in range(3)]
    if suffix == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(ShapeError, match=r"\[--flatten pairs them element by element\]"):
        evaluate(path, pred="p", target="y")
    flat = ReadOptions(flatten=True)
    assert evaluate(path, pred="p", target="y", options=flat).mean == 0.5
    for options in (ReadOptions(), flat):
        with pytest.raises(ShapeError, match=r"\[both sides need as many numbers in a row\]"):
            evaluate(path, pred="q", target="y", options=options)


def test_a_wide_table_beside_a_long_one_is_not_to_be_flattened(tmp_path: Path) -> None:
    p, t = (
        save(tmp_path / "p.csv", a=[1, 2], b=[3, 4]),
        save(tmp_path / "t.csv", day=["a", "b"] * 2, y=[1, 2, 3, 4]),
    )
    columns: dict[str, Any] = {"pred": ("a", "b"), "target": "y"}
    with pytest.raises(ShapeError) as caught:
        evaluate(p, t, **columns)
    assert "--flatten" not in (caught.value.hint or "")
    said: list[str] = []
    found = evaluate(p, t, betas=1, options=ReadOptions(flatten=True), warn=said.append, **columns)
    assert found.mean == (1 / 2 + 1 / 2) / 4
    assert ["2 columns" in text and "--flatten pairs" in text for text in said] == [True]
