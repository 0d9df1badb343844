"""Copies of what is evaluated that are called otherwise: `y_true` beside the predictions."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, Execution, ReadOptions, compare, evaluate
from tests.sources.containers.writers import as_hdf5, as_npz, as_zarr

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Save = Callable[[Path, dict[str, Any]], None]

N = 40
RNG = np.random.default_rng(7)
Y = RNG.normal(size=N).round(6)
P = Y - 0.1
ORDER = RNG.permutation(N)
CHOSEN: dict[str, Any] = {"pred": "y_pred", "target": "target"}


def as_csv(path: Path, arrays: dict[str, Any]) -> None:
    rows = zip(*(of.tolist() for of in arrays.values()), strict=True)
    lines = [",".join(arrays), *(",".join(map(repr, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n")


def as_json_lines(path: Path, arrays: dict[str, Any]) -> None:
    rows = zip(*(of.tolist() for of in arrays.values()), strict=True)
    lines = [json.dumps(dict(zip(arrays, row, strict=True))) for row in rows]
    path.write_text("\n".join(lines) + "\n")


def as_parquet(path: Path, arrays: dict[str, Any]) -> None:
    pq.write_table(pa.table(arrays), path)


formats = pytest.mark.parametrize(
    "save", [as_csv, as_json_lines, as_parquet, as_npz, as_hdf5, as_zarr]
)


@formats
def test_a_copy_under_a_usual_name_in_another_order_is_refused(tmp_path: Path, save: Save) -> None:
    p, t = tmp_path / "p", tmp_path / "t"
    save(p, {"y_pred": P, "y_true": Y})
    save(t, {"target": Y[ORDER]})
    differs = r"column 'y_true' differs from 'target' of .* the same values in another order"
    for execution in (Execution(), Execution(2, 7)):
        with pytest.raises(DataError, match=differs):
            evaluate(p, t, execution=execution, **CHOSEN)
    save(tmp_path / "a", {"y_pred": P + 1})
    with pytest.raises(DataError, match=differs):
        compare(tmp_path / "a", p, t, **CHOSEN)
    found = evaluate(p, t, options=ReadOptions(key_check=False), **CHOSEN)
    assert found.tallies == evaluate(P, Y[ORDER]).tallies


@formats
def test_a_copy_under_a_usual_name_that_is_the_same_is_fine(tmp_path: Path, save: Save) -> None:
    p, t = tmp_path / "p", tmp_path / "t"
    save(p, {"y_pred": P, "y_true": Y.round(4)})
    save(t, {"target": Y})
    assert evaluate(p, t, **CHOSEN).tallies == evaluate(P, Y).tallies


def test_a_copy_of_the_predictions_beside_the_targets_is_compared(tmp_path: Path) -> None:
    p, t = tmp_path / "p", tmp_path / "t"
    as_csv(p, {"model": P})
    as_csv(t, {"target": Y[ORDER], "y_pred": P[ORDER]})
    with pytest.raises(DataError, match="column 'model' differs from 'y_pred' of"):
        evaluate(p, t, pred="model", target="target")


def test_a_file_without_a_header_is_compared(tmp_path: Path) -> None:
    p, t = tmp_path / "p", tmp_path / "t"
    as_csv(p, {"y_pred": P, "y_true": Y})
    t.write_text("".join(f"{y!r}\n" for y in Y[ORDER].tolist()))
    with pytest.raises(DataError, match="column 'y_true' differs from '@1' of"):
        evaluate(p, t, pred="y_pred")


def test_only_what_is_called_true_is_warned_of_where_it_differs(tmp_path: Path) -> None:
    p, t = tmp_path / "p", tmp_path / "t"
    as_csv(t, {"target": Y})
    as_csv(p, {"y_pred": P, "y_true": Y + 1})
    with pytest.warns(match="p: column 'y_true' differs in most rows from 'target' of .*t, which"):
        evaluate(p, t, **CHOSEN)
    for name in ("y", "label", "reference"):  # may be something else: y of a map, a class
        as_csv(p, {"y_pred": P, name: Y + 1})
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            evaluate(p, t, **CHOSEN)


def test_two_usual_names_are_no_copy(tmp_path: Path) -> None:
    p, t = tmp_path / "p", tmp_path / "t"
    as_csv(t, {"target": Y})
    as_csv(p, {"y_pred": P, "y_true": Y, "label": Y[ORDER]})
    assert evaluate(p, t, **CHOSEN).tallies == evaluate(P, Y).tallies


def test_a_model_whose_keyed_targets_differ_is_named(tmp_path: Path) -> None:
    a, b, t = tmp_path / "a", tmp_path / "b", tmp_path / "t"
    ids = np.arange(N) * 3
    as_csv(a, {"id": ids, "y_pred": P, "y_true": Y})
    as_csv(b, {"id": ids, "y_pred": P, "y_true": np.where(ids < 9, 5.0, Y)})
    as_csv(t, {"id": ids[ORDER], "target": Y[ORDER]})
    with pytest.warns(match="b: column 'y_true' differs from 'target' of .*t in 3 of 40 rows"):
        compare(a, b, t, key="id", **CHOSEN)
