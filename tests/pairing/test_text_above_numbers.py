"""Columns that begin with a word, though they hold numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, evaluate

if TYPE_CHECKING:
    from pathlib import Path

N = 12
LATENCY = [1.5 + i for i in range(N)]
ANSWERS: dict[str, list[Any]] = {
    "a failure": ["failed", *(f"{i}.5" for i in range(1, N))],
    "half of them failures": [*["timeout"] * 6, *(f"{i}.25" for i in range(6))],
}
CODES: dict[str, list[Any]] = {
    "rooms": ["A12", *map(str, range(13, 12 + N))],
    "versions": ["1.2.3", *["2.0.1", "2.1"] * 5, "2.0.3"],
    "codes with zeros": ["x", *(f"{i:05}.5" for i in range(1, N))],
}


def saved(folder: Path, suffix: str, cells: list[Any], numbers: list[Any]) -> tuple[Path, Path]:
    p, t = folder / f"p{suffix}", folder / "t.csv"
    rows = list(zip(cells, numbers, strict=True))
    if suffix == ".csv":
        p.write_text("answer,latency\n" + "".join(f"{a},{b}\n" for a, b in rows))
    else:
        pq.write_table(pa.table({"answer": list(map(str, cells)), "latency": numbers}), p)
    t.write_text("y\n" + "".join(f"{x}\n" for x in numbers))
    return p, t


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("cells", ANSWERS.values(), ids=ANSWERS)
def test_another_column_is_not_evaluated_in_their_place(
    tmp_path: Path, suffix: str, cells: list[Any]
) -> None:
    p, t = saved(tmp_path, suffix, cells, LATENCY)
    with pytest.raises(DataError, match=r"'latency', but 'answer' may be meant"):
        evaluate(p, t)
    assert evaluate(p, t, pred="latency").values == (0,)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("cells", CODES.values(), ids=CODES)
def test_codes_are_no_numbers(tmp_path: Path, suffix: str, cells: list[Any]) -> None:
    p, t = saved(tmp_path, suffix, cells, LATENCY)
    assert evaluate(p, t).values == (0,)


def test_whole_numbers_beside_whole_numbers_may_be_meant(tmp_path: Path) -> None:
    cells = ["failed", *range(1, N)]
    with pytest.raises(DataError, match=r"'answer' may be meant"):
        evaluate(*saved(tmp_path, ".csv", cells, list(range(N))))
