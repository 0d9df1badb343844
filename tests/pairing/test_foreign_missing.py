"""Numbers that stand for missing values in text, beside inputs that are no text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, evaluate
from smoothl1.read_options import ReadOptions

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

VALUES = np.array([1.5, 2.0, -999.0, 4.0])
OPTIONS = ReadOptions(missing_values=("-999", "?"))
SUM: Any = {"betas": 0.0, "reduction": "sum", "nan": "omit", "options": OPTIONS, "warn": print}


def saved(folder: Path, kind: str, values: NDArray[Any]) -> Any:
    if kind == "memory":
        return values
    path = folder / f"t.{kind}"
    if kind == "npy":
        np.save(path, values)
    elif kind == "npz":
        np.savez(path, y=values)
    elif kind == "jsonl":
        path.write_text("".join(f'{{"y": {value}}}\n' for value in values.tolist()))
    else:
        pq.write_table(pa.table({"y": values}), path)
    return path


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "p.csv"
    path.write_text("p\n1\n-999\n3\n4\n")
    return path


@pytest.mark.parametrize("kind", ["parquet", "npy", "npz", "memory"])
@pytest.mark.parametrize("dtype", ["f8", "f4", "i2"])
def test_a_number_that_is_missing_in_text_alone_is_refused(
    text: Path, kind: str, dtype: str
) -> None:
    other = saved(text.parent, kind, VALUES.astype(dtype))
    with pytest.raises(DataError, match=r"row 3.*: -999 is a number there: --missing"):
        evaluate(text, other, **SUM)
    with pytest.raises(DataError, match="row 3"):
        evaluate(other, text, **SUM)


@pytest.mark.parametrize("what", ["weights", "target"])
def test_weights_count_as_sides_do(text: Path, what: str) -> None:
    inputs: Any = {"target": [1.0, 2.0, 3.0, 4.0], "weights": [1.0, 1.0, 1.0, 1.0]}
    inputs[what][1] = -999.0
    with pytest.raises(DataError, match="row 2"):
        evaluate(text, np.array(inputs["target"]), weights=np.array(inputs["weights"]), **SUM)


@pytest.mark.parametrize("kind", ["parquet", "npy", "jsonl"])
def test_other_numbers_are_read(text: Path, kind: str) -> None:
    other = saved(text.parent, kind, np.array([1.5, 2.0, 3.0, 4.0]))
    result = evaluate(text, other, **SUM)
    assert (result.n, result.sum) == (3, 0.5)


def test_targets_that_are_ignored_are_no_fault(text: Path) -> None:
    other = saved(text.parent, "npy", VALUES)
    assert evaluate(text, other, ignore_target=[-999.0], **SUM).n == 2
