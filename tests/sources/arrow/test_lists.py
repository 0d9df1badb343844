"""Columns of lists of numbers, whose rows are arrays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import EvalSettings, Execution, ReadOptions, Result, evaluate
from smoothl1.errors import DataError, DtypeError, ShapeError
from tests import oracle
from tests.inside import called

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

RNG = np.random.default_rng(8)
PRED = RNG.normal(size=(23, 2, 3)) * 2.0 ** RNG.integers(-60, 60, (23, 2, 3))
TARGET = RNG.normal(size=(23, 2, 3))

DOUBLE = pa.float64()
FLAT: dict[str, pa.DataType] = {
    "list": pa.list_(DOUBLE),
    "large list": pa.large_list(DOUBLE),
    "fixed-size list": pa.list_(DOUBLE, 6),
    "view": pa.list_view(DOUBLE),
    "large view": pa.large_list_view(DOUBLE),
}
DEEP: dict[str, pa.DataType] = {
    "lists of lists": pa.list_(pa.list_(DOUBLE)),
    "fixed-size lists of lists": pa.list_(pa.list_(DOUBLE, 3), 2),
    "fixed-size lists of large lists": pa.list_(pa.large_list(DOUBLE), 2),
}


def columns_of(rows: list[Any], kind: pa.DataType) -> pa.Array:
    """The column in the middle of a longer array, so that offsets do not begin at 0."""
    return pa.array([*rows[:2], *rows, rows[0]], kind)[2:-1]


def write_parquet(path: Path, table: pa.Table) -> None:
    pq.write_table(table, path, row_group_size=5)


def write_file(path: Path, table: pa.Table) -> None:
    with pa.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table, max_chunksize=4)


def write_stream(path: Path, table: pa.Table) -> None:
    with pa.ipc.new_stream(path, table.schema) as writer:
        writer.write_table(table, max_chunksize=4)


WRITERS = [write_parquet, write_file, write_stream]


def saved(path: Path, rows: list[Any], kind: pa.DataType | None = None) -> str:
    table = pa.table({"x": pa.array(rows) if kind is None else columns_of(rows, kind)})
    write_parquet(path, table)
    return str(path)


def check(result: Result, pred: NDArray[Any], target: NDArray[Any]) -> None:
    expected = oracle.tally(pred, target, 1.0)
    assert (result.tallies[0].n, result.mean) == (pred.size, expected.mean)


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("kind", [*FLAT, *DEEP])
def test_lists_are_the_rows_of_an_array_to_the_bit(
    tmp_path: Path, kind: str, write: Callable[[Path, pa.Table], None]
) -> None:
    shape = (-1, 6) if kind in FLAT else PRED.shape
    pred, target = PRED.reshape(shape), TARGET.reshape(shape)
    path, array = tmp_path / "x", tmp_path / "y.npy"
    write(path, pa.table({"x": columns_of(pred.tolist(), {**FLAT, **DEEP}[kind]), "id": range(23)}))
    np.save(array, target)
    for chunk_rows in (2, 100):
        execution = Execution(chunk_rows=chunk_rows, threads=1)
        check(evaluate(path, array, pred="x", execution=execution), pred, target)


def test_lists_of_each_side_may_be_of_another_type_and_in_memory(tmp_path: Path) -> None:
    pred, target = PRED.reshape(-1, 6), TARGET.reshape(-1, 6)
    path = saved(tmp_path / "x.parquet", pred.tolist(), FLAT["list"])
    table = pa.table({"y": columns_of(target.tolist(), FLAT["view"])})
    check(evaluate(path, table), pred, target)
    tensors = pa.FixedShapeTensorArray.from_numpy_ndarray(np.ascontiguousarray(PRED))
    check(evaluate(pa.table({"x": tensors}), TARGET), PRED, TARGET)


def test_a_missing_list_is_a_row_of_missing_values(tmp_path: Path) -> None:
    rows: list[Any] = [None, [[1.0, 2.0], None], [[3.0, None], [5.0, 6.0]], [[0.0, 1.0]] * 2]
    for kind in (pa.list_(pa.list_(DOUBLE)), pa.list_(pa.list_(DOUBLE, 2), 2)):
        path = saved(tmp_path / "x.parquet", rows, kind)
        for chunk_rows in (1, 9):
            with pytest.warns(UserWarning, match=r"7 of 16 pairs were left out"):
                found = evaluate(
                    path,
                    np.zeros((4, 2, 2)),
                    EvalSettings((0.0,), nan="omit"),
                    execution=Execution(chunk_rows=chunk_rows),
                ).tallies[0]
            assert (found.n, found.n_missing, found.n_omitted) == (9, 7, 7)
            assert found.sum == 1 + 2 + 3 + 5 + 6 + 2 * (0 + 1)
        with pytest.raises(DataError, match=r"row 1, column 'x': the value is missing"):
            evaluate(path, np.zeros((4, 2, 2)))


@pytest.mark.parametrize(
    ("rows", "row", "lengths"),
    [
        ([[1.0, 2.0], [3.0, 4.0], [5.0]], 3, "length 1 among lists of length 2"),
        ([[], [1.0]], 1, "length 0 among lists of length 1"),
        ([[[1.0], [2.0]], None, [[3.0], [4.0, 5.0]]], 3, "length 2 among lists of length 1"),
    ],
)
def test_a_list_of_another_length_is_refused_with_its_row(
    tmp_path: Path, rows: list[Any], row: int, lengths: str
) -> None:
    path = saved(tmp_path / "x.parquet", rows)
    other = saved(tmp_path / "y.parquet", rows)
    options = ReadOptions(allow_missing=True)
    with pytest.raises(DataError, match=rf"x.parquet: row {row}, column 'x': a list of {lengths}"):
        evaluate(path, other, options=options)


def test_lists_that_are_all_missing_or_beside_others_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "x.parquet", [None, None], FLAT["list"])
    with pytest.raises(DataError, match=r"column 'x': all lists are missing"):
        evaluate(path, path, pred="x", target="x")
    table = pa.table({"a": [[1.0]], "b": [1.0]})
    with pytest.raises(DtypeError, match=r"column 'a' holds lists.*\[choose it alone\]"):
        evaluate(table, np.ones((1, 2)), pred=["a", "b"])


def test_shapes_of_lists_must_be_equal(tmp_path: Path) -> None:
    short = saved(tmp_path / "short.parquet", [[1.0, 2.0]] * 3)
    long = saved(tmp_path / "long.parquet", [[1.0, 2.0, 3.0]] * 3)
    with pytest.raises(ShapeError, match=r"shape \(3, 2\), but .*long.parquet has \(3, 3\)"):
        evaluate(short, long)


def test_results_and_losses_of_lists_are_those_of_an_array(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pred, target = PRED.reshape(-1, 6), TARGET.reshape(-1, 6)
    lists = [saved(tmp_path / f"{i}.parquet", a.tolist()) for i, a in enumerate((pred, target))]
    arrays = [str(tmp_path / f"{i}.npy") for i in range(2)]
    for path, array in zip(arrays, (pred, target), strict=True):
        np.save(path, array)
    for options in (["--by-column"], ["-r", "none", "-f", "csv"], ["-r", "none", "--per-row"]):
        of_lists, of_arrays = (called(capfd, "eval", *p, *options) for p in (lists, arrays))
        assert of_lists == of_arrays
    shown = json.loads(called(capfd, "inspect", *lists, "--json"))
    reason = "the only column of lists of numbers that plays no other part"
    assert reason in [decision["reason"] for decision in shown["decisions"]]


@pytest.mark.parametrize("missing", [False, True])
def test_the_column_of_rows_with_nan_or_a_missing_value_is_named(
    tmp_path: Path, missing: bool
) -> None:
    if missing:
        table = pa.table({"x": [[1.0, 2.0], [3.0, None]], "w": [1.0, 1.0]})
        with pytest.raises(DataError, match=r"row 2, column 'x': the value is missing"):
            evaluate(table, np.zeros((2, 2)), pred="x", weight="w")
        return
    path = tmp_path / "x.npz"
    np.savez(path, x=[[1.0, 2.0], [3.0, np.nan]])
    with pytest.raises(DataError, match=r"row 2, where column 'x' of .*x.npz has NaN"):
        evaluate(path, np.zeros((2, 2)), EvalSettings(nan="error"), pred="x")
