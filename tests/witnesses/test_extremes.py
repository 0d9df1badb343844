"""Columns that Parquet's footer shows to hold other values, which are not read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, evaluate
from smoothl1.witnesses.common_columns import find_shared

if TYPE_CHECKING:
    from pathlib import Path

N = 12
A = [f"a{i * 7 % N:02}" for i in range(N)]
B = [f"b{i * 5 % N:02}" for i in range(N)]
Y = [1.5 * i for i in range(N)]
COLUMNS: dict[str, Any] = {"pred": "pred", "target": "y"}


def save(path: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), path, row_group_size=5)
    return path


def read(p: Path, t: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The columns that are compared."""
    found: list[str] = []

    def noting(*given: Any) -> Any:
        shared = find_shared(*given)
        found.extend(f"{c.name}={c.other_name}" for c in shared)
        return shared

    monkeypatch.setattr("smoothl1.witnesses.common_columns.find_shared", noting)
    evaluate(p, t, **COLUMNS)
    return sorted(found)


def test_only_columns_whose_values_may_be_the_same_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    p = save(tmp_path / "p", m=A, n=B, i=list(range(N)), pred=Y)
    t = save(tmp_path / "t", q=[f"c{x}" for x in A], r=[*B[:-1], "b00"], j=[77] * N, y=Y)
    assert read(p, t, monkeypatch) == ["n=r"]
    save(tmp_path / "t", q=[f"c{x}" for x in A], r=[*B[:-1], "b99"], j=[7] * N, y=Y)
    assert read(p, t, monkeypatch) == ["i=j", "n=r"]


def test_another_order_is_refused_among_unrelated_columns(tmp_path: Path) -> None:
    p = save(tmp_path / "p", m=A, n=B, pred=Y)
    t = save(tmp_path / "t", q=[f"c{x}" for x in A], r=B[::-1], y=Y[::-1])
    with pytest.raises(DataError, match=r"column 'n' differs from 'r' .* another order"):
        evaluate(p, t, **COLUMNS)


def test_bounds_that_writers_cut_are_compared_as_far_as_they_are_whole(tmp_path: Path) -> None:
    long = ["x" * 50 + text for text in A]
    p, t = (
        save(tmp_path / "p", m=long, n=B, pred=Y),
        save(tmp_path / "t", q=long[::-1], r=A, y=Y[::-1]),
    )
    with pytest.raises(DataError, match=r"column 'm' differs from 'q' .* another order"):
        evaluate(p, t, **COLUMNS)
