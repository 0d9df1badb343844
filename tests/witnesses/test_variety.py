"""Values in another order that the first rows do not show, because each occurs many times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, Execution, evaluate
from smoothl1.witnesses.variety import Variety

if TYPE_CHECKING:
    from pathlib import Path

N_EACH = 1200
"""Rows of one value: more than those in which different values are counted first."""


def save(path: Path, **columns: Any) -> Path:
    table = pa.table(columns)
    if path.suffix == ".parquet":
        pq.write_table(table, path)
        return path
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    lines = [",".join(map(str, row)) + "\n" for row in rows]
    path.write_text(",".join(table.column_names) + "\n" + "".join(lines))
    return path


BLOCKS: dict[str, Any] = {
    "fractions": lambda n: np.repeat(np.arange(n) / 4, N_EACH),
    "text": lambda n: np.repeat([f"s{i}" for i in range(n)], N_EACH),
    "numbers": lambda n: np.repeat(np.arange(n) * 7, N_EACH),
}


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
@pytest.mark.parametrize("kind", BLOCKS)
@pytest.mark.parametrize("chunk_rows", [None, 700])
def test_blocks_of_equal_values_in_another_order_are_refused(
    tmp_path: Path, suffix: str, kind: str, chunk_rows: int | None
) -> None:
    values = BLOCKS[kind](9)
    y = np.arange(values.size) / 8
    p = save(tmp_path / f"p{suffix}", lat=values, pred=y + 0.5)
    t = save(tmp_path / f"t{suffix}", lat=values[::-1], target=y[::-1])
    columns: dict[str, Any] = {"pred": "pred", "target": "target"}
    with pytest.raises(DataError, match=r"'lat' differs .* same values in another order"):
        evaluate(p, t, **columns, execution=Execution(2, chunk_rows))


@pytest.mark.parametrize("chunk_rows", [None, 700])
def test_few_classes_that_are_equally_frequent_are_no_other_order(
    tmp_path: Path, chunk_rows: int | None
) -> None:
    values = BLOCKS["fractions"](7)
    y = np.arange(values.size) / 8
    p = save(tmp_path / "p.parquet", lat=values, pred=y + 0.5)
    t = save(tmp_path / "t.parquet", lat=values[::-1], target=y)
    run = Execution(2, chunk_rows)
    assert evaluate(p, t, pred="pred", target="target", execution=run).values == (0.125,)


def test_columns_matched_by_name_in_blocks_of_equal_values_are_refused(tmp_path: Path) -> None:
    n_each = 70_000  # the first block of rows has a single value
    values = np.repeat(np.arange(9) * 7, n_each)
    y = np.arange(values.size) / 8
    p = save(tmp_path / "p.parquet", cell=values, y=y + 0.5)
    t = save(tmp_path / "t.parquet", cell=values[::-1], y=y[::-1])
    with pytest.raises(DataError, match=r"'cell' differs .* same values in another order"):
        evaluate(p, t)


def test_different_values_are_counted_alike_in_any_pieces() -> None:
    rng = np.random.default_rng(3)
    for n in (1, 7, 8, 9, 100):
        hashes = rng.integers(0, n, 10_000).astype(np.uint64)
        whole, one, other = Variety(), Variety(), Variety()
        whole.add(hashes)
        one.add(hashes[:17])
        other.add(hashes[17:])
        one.merge(other)
        assert whole.is_large == one.is_large == (n >= 8)
