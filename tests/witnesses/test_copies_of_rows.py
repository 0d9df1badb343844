"""Copies of targets that have several numbers in each row, as boxes and keypoints have."""

from __future__ import annotations

import json
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
RNG = np.random.default_rng(5)
Y = RNG.normal(size=(N, 3))
P = Y - 0.1
ORDER = RNG.permutation(N)
CHOSEN: dict[str, Any] = {"pred": "p", "target": "y"}


def as_lists(path: Path, arrays: dict[str, Any]) -> None:
    pq.write_table(pa.table({name: of.tolist() for name, of in arrays.items()}), path)


def as_tensors(path: Path, arrays: dict[str, Any]) -> None:
    columns = {
        name: pa.FixedSizeListArray.from_arrays(of.reshape(-1), of[0].size)
        for name, of in arrays.items()
    }
    with pa.ipc.new_file(str(path), pa.table(columns).schema) as writer:
        writer.write_table(pa.table(columns), max_chunksize=7)


def as_json_lines(path: Path, arrays: dict[str, Any]) -> None:
    rows = zip(*(of.tolist() for of in arrays.values()), strict=True)
    lines = [json.dumps(dict(zip(arrays, row, strict=True))) for row in rows]
    path.write_text("\n".join(lines) + "\n")


formats = pytest.mark.parametrize(
    "save", [as_npz, as_hdf5, as_zarr, as_lists, as_tensors, as_json_lines]
)


@formats
def test_a_copy_in_another_order_is_refused(tmp_path: Path, save: Save) -> None:
    p, t = tmp_path / "p", tmp_path / "t"
    save(p, {"p": P, "y": Y})
    save(t, {"y": Y[ORDER]})
    for execution in (Execution(), Execution(2, 7)):
        with pytest.raises(DataError, match=r"column 'y' differs .* values in another order"):
            evaluate(p, t, execution=execution, **CHOSEN)
    found = evaluate(p, t, options=ReadOptions(key_check=False), **CHOSEN)
    assert found.tallies == evaluate(P, Y[ORDER]).tallies


@formats
def test_a_copy_that_is_the_same_but_for_rounding_is_fine(tmp_path: Path, save: Save) -> None:
    p, t = tmp_path / "p", tmp_path / "t"
    for copy in (Y, Y.round(4), Y.astype(np.float32)):
        save(p, {"p": P, "y": copy})
        save(t, {"y": Y})
        assert evaluate(p, t, **CHOSEN).tallies == evaluate(P, Y).tallies


@formats
def test_a_model_with_other_targets_is_named(tmp_path: Path, save: Save) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    save(a, {"p": P, "y": Y})
    save(b, {"p": P + 0.01, "y": Y + 1})
    with pytest.warns(match="b: column 'y' differs in most rows from that of .*a, which is"):
        compare(a, b, a, **CHOSEN)


FROM_0 = np.cumsum(np.arange(N * 3).reshape(N, 3) ** 1.5, axis=1) * [0, 1, 2]
CENTRED = Y - Y.mean(axis=1, keepdims=True)
PADDED = np.where(np.arange(3) < 1 + np.arange(N)[:, None] % 3, Y, np.nan)


@formats
@pytest.mark.parametrize("y", [FROM_0, CENTRED], ids=["from 0", "sum 0"])
def test_rows_that_are_alike_in_the_first_number_or_the_sum_are_told_apart(
    tmp_path: Path, save: Save, y: Any
) -> None:
    p, t = tmp_path / "p", tmp_path / "t"
    save(p, {"p": y - 0.1, "y": y})
    save(t, {"y": y[ORDER]})
    with pytest.raises(DataError, match=r"column 'y' differs .* values in another order"):
        evaluate(p, t, **CHOSEN)
    save(t, {"y": y})
    assert evaluate(p, t, **CHOSEN).tallies == evaluate(y - 0.1, y).tallies


def test_padded_rows_are_told_apart(tmp_path: Path) -> None:
    p, t = tmp_path / "p", tmp_path / "t"
    as_npz(p, {"p": P, "y": PADDED})
    as_npz(t, {"y": PADDED[ORDER]})
    with pytest.raises(DataError, match=r"column 'y' differs .* values in another order"):
        evaluate(p, t, nan="omit", **CHOSEN)


def test_copies_of_rows_are_compared_across_formats(tmp_path: Path) -> None:
    p, t = tmp_path / "p", tmp_path / "t"
    as_json_lines(p, {"p": P, "y": Y})
    as_lists(t, {"y": Y[ORDER]})
    with pytest.raises(DataError, match=r"column 'y' differs .* values in another order"):
        evaluate(p, t, **CHOSEN)
    as_json_lines(p, {"p": P, "y_true": Y})
    with pytest.raises(DataError, match="column 'y_true' differs from 'y' of"):
        evaluate(p, t, **CHOSEN)


def test_a_copy_of_rows_of_another_length_proves_nothing(tmp_path: Path) -> None:
    p, t = tmp_path / "p", tmp_path / "t"
    for save in (as_json_lines, as_lists):
        save(p, {"p": P, "y": Y[:, :2]})
        save(t, {"y": Y[ORDER]})
        assert evaluate(p, t, **CHOSEN).tallies == evaluate(P, Y[ORDER]).tallies
    as_lists(t, {"y": Y})
    p.write_text(
        "".join(
            json.dumps({"p": row.tolist(), "y": [1.0] * n}) + "\n" for n, row in enumerate(P, 1)
        )
    )
    assert evaluate(p, t, **CHOSEN).tallies == evaluate(P, Y).tallies


def test_any_number_of_a_row_that_was_corrected_is_told(tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    corrected = Y.copy()
    corrected[3, 2] += 1
    as_npz(a, {"p": P, "y": Y})
    as_npz(b, {"p": P, "y": corrected})
    with pytest.warns(match="b: column 'y' differs from that of .*a in 1 of 40 rows"):
        compare(a, b, a, **CHOSEN)


def test_lists_that_both_sides_have_may_differ_but_not_in_order(tmp_path: Path) -> None:
    p, t = tmp_path / "p", tmp_path / "t"
    as_json_lines(p, {"p": P, "logits": Y})
    as_json_lines(t, {"y": Y, "logits": Y + 1})
    assert evaluate(p, t, **CHOSEN).tallies == evaluate(P, Y).tallies
    as_json_lines(t, {"y": Y[ORDER], "logits": Y[ORDER]})
    with pytest.raises(DataError, match=r"column 'logits' differs .* values in another order"):
        evaluate(p, t, **CHOSEN)


def test_a_missing_row_of_a_copy_leaves_the_others_to_be_compared(tmp_path: Path) -> None:
    p, t = tmp_path / "p", tmp_path / "t"
    for save in (as_json_lines, as_lists):
        save(t, {"y": Y[ORDER]})
        rows: list[Any] = [None, *Y.tolist()[1:]]
        if save is as_lists:
            pq.write_table(pa.table({"p": P.tolist(), "y": rows}), p)
        else:
            pairs = zip(P.tolist(), rows, strict=True)
            p.write_text("".join(json.dumps({"p": a, "y": b}) + "\n" for a, b in pairs))
        with pytest.warns(match="column 'y' differs in most rows from that of"):
            evaluate(p, t, **CHOSEN)
