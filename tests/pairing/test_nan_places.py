"""The file that NaN comes from is named, and what to do about it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, EvalSettings, Execution, compare, evaluate
from tests.tables import save_array

if TYPE_CHECKING:
    from pathlib import Path

NAN, INF = np.nan, np.inf
ERROR = EvalSettings(nan="error")

CASES = {
    "the prediction": ([1.0, NAN, 3.0], [1.0, 2.0, NAN], "row 2, where {p} has NaN"),
    "the target": ([1.0, 2.0, NAN], [1.0, NAN, 3.0], "row 2, where {t} has NaN"),
    "both": ([1.0, NAN, 3.0], [1.0, NAN, 3.0], "row 2, where {p} has NaN and {t} has NaN"),
    "neither": ([1.0, INF, NAN], [1.0, INF, 3.0], "row 2, where both sides are the same infinity"),
}


@pytest.mark.parametrize("suffix", [".npy", ".csv", ".parquet"])
@pytest.mark.parametrize("execution", [Execution(1, 1), Execution(2, 2), Execution(2)])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_side_that_holds_the_first_nan_is_named(
    tmp_path: Path, suffix: str, execution: Execution, case: tuple[list[float], list[float], str]
) -> None:
    p, t = (
        save_array(tmp_path / f"p{suffix}", case[0], "y", 1),
        save_array(tmp_path / f"t{suffix}", case[1], "y", 1),
    )
    column = "" if suffix == ".npy" else "column 'y' of "
    where = case[2].format(p=f"{column}{p}", t=f"{column}{t}")
    pairs = zip(case[0], case[1], strict=True)
    n = sum(math.isnan(x - y) for x, y in pairs)
    said = f"{n} of 3 losses {'is' if n == 1 else 'are'} NaN, the first in {where}"
    heard: list[str] = []
    evaluate(p, t, warn=heard.append, execution=execution)
    assert heard == [said]
    with pytest.raises(DataError) as caught:
        evaluate(p, t, ERROR, execution=execution)
    at_fault = t if case[2].startswith("row 2, where {t}") else p
    assert str(caught.value).startswith(f"{at_fault}: {said} [--nan omit")


def test_the_model_that_holds_the_nan_is_named(tmp_path: Path) -> None:
    values = {"a": [1.0, 2.0], "b": [1.0, NAN], "c": [NAN, 2.0], "t": [1.0, 2.0]}
    a, b, c, t = (save_array(tmp_path / f"{name}.npy", of) for name, of in values.items())
    heard: list[str] = []
    compare(a, b, t, warn=heard.append)
    said = "1 of 2 losses is NaN, the first in row {}, where {} has NaN"
    assert heard == [said.format(2, b)]
    heard.clear()
    compare(a, b, c, t, warn=heard.append)
    assert heard == [said.format(2, b), said.format(1, c)]


@pytest.mark.parametrize("more", [{}, {"weight": "w"}])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_missing_value_is_refused_with_what_to_do(
    tmp_path: Path, suffix: str, more: dict[str, Any]
) -> None:
    path = tmp_path / f"p{suffix}"
    if suffix == ".csv":
        path.write_text("p,t,w\n1,2,1\n,2,1\n")
    else:
        pq.write_table(pa.table({"p": [1.0, None], "t": [2.0, 2.0], "w": [1.0, 1.0]}), path)
    with pytest.raises(DataError, match=r"row 2, column 'p': the value is missing.*--nan omit"):
        evaluate(path, pred="p", target="t", **more)


def test_what_was_left_out_is_said_without_counting_none(tmp_path: Path) -> None:
    p, t = (
        save_array(tmp_path / "p.npy", [1.0, NAN]),
        save_array(tmp_path / "t.npy", [1.0, 2.0], "y", 1),
    )
    heard: list[str] = []
    evaluate(p, t, EvalSettings(nan="omit"), warn=heard.append)
    assert heard == ["1 of 2 pairs was left out: NaN or missing"]


def test_the_column_that_holds_the_nan_is_named(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b,c,d\n1,2,3,4\n1,2,3,nan\n")
    heard: list[str] = []
    evaluate(path, pred=("a", "b"), target=("c", "d"), warn=heard.append)
    assert heard == [
        f"1 of 4 losses is NaN, the first in row 2, where column 'd' of {path} has NaN"
    ]
