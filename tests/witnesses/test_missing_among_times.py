"""A value that is missing in a column of times in common, in the first row of either side."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, evaluate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

N = 24
ORDER = random.Random(1).sample(range(N), N)
SECONDS = [1_704_067_207 + 3_600 * i for i in range(N)]
NAN = float("nan")
KINDS: dict[str, tuple[int, Any]] = {
    "s NaN.parquet": (1, NAN),
    "s nan.csv": (1, "nan"),
    "s None.csv": (1, "None"),
    "ms NaN.parquet": (1000, NAN),
    "ms empty.csv": (1000, ""),
    "text empty.csv": (0, ""),
    "text NaT.csv": (0, "NaT"),
}
"""What a time is multiplied with, or 0 for text; and what stands where one is missing."""


def write(path: Path, role: str, order: Sequence[int], absent: int) -> Path:
    """A table whose column of times lacks one, in the way in which the file is called."""
    per_second, missing = KINDS[path.name]
    times: list[Any] = [s * per_second or str(np.datetime64(s, "s")) for s in SECONDS]
    times[absent] = missing
    taken = [times[i] for i in order]
    numbers = [i + 0.5 * (role == "p") for i in order]
    if path.suffix == ".parquet":
        kind = pa.float64() if per_second else pa.string()
        pq.write_table(pa.table({"time": pa.array(taken, kind), role: numbers}), path)
    else:
        rows = zip(taken, numbers, strict=True)
        path.write_text(f"time,{role}\n" + "".join(f"{a},{b}\n" for a, b in rows))
    return path


@pytest.mark.parametrize("absent", [0, ORDER[0]], ids=["first", "first of targets"])
@pytest.mark.parametrize("other", KINDS)
@pytest.mark.parametrize("one", KINDS)
def test_it_hides_no_other_order(tmp_path: Path, one: str, other: str, absent: int) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "t").mkdir()
    how: dict[str, Any] = {"pred": "p", "target": "t", "betas": 0.0}
    pred = write(tmp_path / "p" / one, "p", range(N), absent)
    heard: list[str] = []
    target = write(tmp_path / "t" / other, "t", range(N), absent)
    assert evaluate(pred, target, **how, warn=heard.append).mean == 0.5
    assert not heard
    write(target, "t", ORDER, absent)
    with pytest.raises(DataError, match="the same values in another order"):
        evaluate(pred, target, **how)
