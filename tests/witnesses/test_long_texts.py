"""Columns in common whose values are long texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, evaluate

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS: dict[str, Any] = {"pred": "pred", "target": "target"}


def save(path: Path, format_: str, **columns: Any) -> Path:
    table = pa.table(columns)
    if format_ == "arrow":
        with pa.ipc.new_file(str(path), table.schema) as writer:
            writer.write_table(table)
    else:
        pq.write_table(table, path, store_schema=format_ == "parquet", row_group_size=4096)
    return path


formats = pytest.mark.parametrize("format_", ["parquet", "parquet without Arrow's schema", "arrow"])


@formats
def test_a_long_text_of_many_rows_is_compared_once(tmp_path: Path, format_: str) -> None:
    n = 2200  # these rows are more than the 2 GiB that an Arrow array of texts can hold
    texts = pa.array(["x" * 1_000_000, " x"])
    text = pa.DictionaryArray.from_arrays(pa.array([0] * (n - 1) + [1], pa.int32()), texts)
    y = pa.array(range(n), pa.float64())
    p = save(tmp_path / "p", format_, text=text, pred=y)
    t = save(tmp_path / "t", format_, text=text, target=y)
    result = evaluate(p, t, **COLUMNS)
    assert result.values == (0,)
    assert "column 'text' agrees in every row" in [d.reason for d in result.decisions]


LONG = [f"{'y' * 3000}{i}" for i in range(20)]
MIXED = [text if i % 3 else text[-5:] for i, text in enumerate(LONG)]


@formats
@pytest.mark.parametrize("texts", [LONG, MIXED], ids=["long", "mixed"])
def test_another_order_of_long_texts_is_refused(
    tmp_path: Path, format_: str, texts: list[str]
) -> None:
    y = [float(i * i) for i in range(20)]
    p = tmp_path / "p.csv"
    p.write_text("text,pred\n" + "".join(f"{a},{b}\n" for a, b in zip(texts, y, strict=True)))
    blanks = [f"{text} " for text in texts]
    same = save(tmp_path / "s", format_, text=blanks, target=y)
    assert evaluate(p, same, **COLUMNS).values == (0,)
    dictionary = pa.array(texts[::-1]).dictionary_encode()
    for column in (texts[::-1], pa.array(texts[::-1], pa.large_string()), dictionary):
        t = save(tmp_path / "t", format_, text=column, target=y[::-1])
        with pytest.raises(DataError, match=r"'text' differs .*another order"):
            evaluate(p, t, **COLUMNS)
