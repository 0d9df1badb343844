"""Inputs with more columns in common than are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, evaluate

if TYPE_CHECKING:
    from pathlib import Path

IDS = [f"k{i}" for i in range(10)]
Y = [float(i * i) for i in range(10)]
COLUMNS: dict[str, Any] = {"pred": "pred", "target": "target"}


def save(path: Path, ids: list[str], **y: list[float]) -> Path:
    others = {f"c{i}": ["same"] * 10 for i in range(1200)}
    pq.write_table(pa.table({**others, "user_id": ids, **y}), path)
    return path


def test_a_thousand_columns_are_compared(tmp_path: Path) -> None:
    p, t = save(tmp_path / "p", IDS, pred=Y), save(tmp_path / "t", IDS, target=Y)
    result = evaluate(p, t, **COLUMNS)
    choices = [d.choice for d in result.decisions]
    assert "1000 of 1201 columns in common are compared" in choices
    assert sum("agrees in every row" in d.reason for d in result.decisions) == 1000


def test_an_id_is_compared_before_other_columns(tmp_path: Path) -> None:
    p, t = save(tmp_path / "p", IDS, pred=Y), save(tmp_path / "t", IDS[::-1], target=Y[::-1])
    with pytest.raises(DataError, match="'user_id' differs"):
        evaluate(p, t, **COLUMNS)
