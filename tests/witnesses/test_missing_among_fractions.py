"""A value that is missing in a column of fractions in common: NaN, null, an empty cell or `nan`."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, evaluate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

N = 24
VALUES = {
    "lat": [round(40 + 7.001 * (i * 7 % N), 3) for i in range(N)],
    "sample": [float(i) for i in range(N)],
}
KINDS = ("NaN.parquet", "null.parquet", "empty.csv", "nan.csv", "NaN.jsonl", "null.jsonl")


def write(path: Path, name: str, role: str, order: Sequence[int]) -> Path:
    """A table whose column lacks the fifth value, in the way in which the file is called."""
    missing = {"NaN": float("nan"), "null": None, "empty": "", "nan": "nan"}[path.stem]
    values = [missing if i == 5 else VALUES[name][i] for i in order]
    numbers = [i + 0.5 * (role == "p") for i in order]
    if path.suffix == ".parquet":
        pq.write_table(pa.table({name: values, role: numbers}), path)
    elif path.suffix == ".jsonl":
        rows = zip(values, numbers, strict=True)
        path.write_text("".join(f"{json.dumps({name: a, role: b})}\n" for a, b in rows))
    else:
        rows = zip(values, numbers, strict=True)
        path.write_text(f"{name},{role}\n" + "".join(f"{a},{b}\n" for a, b in rows))
    return path


@pytest.mark.parametrize("other", KINDS)
@pytest.mark.parametrize("one", KINDS)
@pytest.mark.parametrize("name", VALUES)
def test_it_hides_no_other_order(tmp_path: Path, name: str, one: str, other: str) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "t").mkdir()
    how: dict[str, Any] = {"pred": "p", "target": "t", "betas": 0.0}
    pred = write(tmp_path / "p" / one, name, "p", range(N))
    heard: list[str] = []
    target = write(tmp_path / "t" / other, name, "t", range(N))
    assert evaluate(pred, target, **how, warn=heard.append).mean == 0.5
    assert not heard
    write(target, name, "t", random.Random(1).sample(range(N), N))
    with pytest.raises(DataError, match="the same values in another order"):
        evaluate(pred, target, **how)
