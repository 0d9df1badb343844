"""Rows with as many elements are the same rows, whatever their shapes are, such as (n, 1) and (n,).

What is paired element by element otherwise has no rows in common.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import ReadOptions, Result, SettingsError, ShapeError, compare, evaluate

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

N = 12
TARGETS = np.linspace(-1, 1, N)
PREDS = TARGETS + np.arange(N) / 7
IDS = np.arange(N)[::-1].copy()
WEIGHTS = np.arange(1.0, N + 1)
GROUPS = np.array(list("abc") * (N // 3))
FLATTEN = ReadOptions(flatten=True)


@pytest.mark.parametrize("shapes", [((N, 1), (N,)), ((N,), (N, 1)), ((N, 1, 1), (N, 1))])
@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"key": "ids", "top": 2},
        {"keep": "ids", "top": 3},
        {"weight": "w"},
        {"by": "g"},
        {"cluster": "g"},
        {"statistics": True},
    ],
)
def test_rows_of_as_many_elements_are_the_same_rows(
    tmp_path: Path, shapes: tuple[tuple[int, ...], tuple[int, ...]], wanted: dict[str, Any]
) -> None:
    path = tmp_path / "run.npz"

    def found(pred: NDArray[Any], target: NDArray[Any]) -> Result:
        np.savez(path, preds=pred, targets=target, ids=IDS, w=WEIGHTS, g=GROUPS)
        return evaluate(path, pred="preds", target="targets", options=FLATTEN, **wanted)

    other = found(PREDS.reshape(shapes[0]), TARGETS.reshape(shapes[1]))
    same = found(PREDS, TARGETS)
    assert other.tallies == same.tallies
    assert other.top == same.top
    assert other.clusters == same.clusters


def test_rows_of_as_many_elements_have_weights_and_groups_of_their_own() -> None:
    arrays = {"weights": WEIGHTS, "groups": GROUPS}
    other = evaluate(PREDS[:, None], TARGETS, options=FLATTEN, top=1, **arrays)
    assert other.tallies == evaluate(PREDS, TARGETS, **arrays).tallies
    compared = compare(PREDS[:, None], PREDS / 2, TARGETS, options=FLATTEN, **arrays)
    assert compared.differences == compare(PREDS, PREDS / 2, TARGETS, **arrays).differences


def test_parts_of_them_are_merged_to_the_whole(tmp_path: Path) -> None:
    paths = (tmp_path / "p.npy", tmp_path / "t.npy")
    for path, array in zip(paths, (PREDS[:, None], TARGETS), strict=True):
        np.save(path, array)
    parts = [evaluate(*paths, part=(i, 3), options=FLATTEN) for i in (1, 2, 3)]
    assert Result.merged(parts).tallies == evaluate(PREDS, TARGETS).tallies


@pytest.mark.parametrize("orders", ["CC", "CF", "FC", "FF"])
def test_elements_of_a_row_are_paired_in_c_order_however_they_are_stored(orders: Any) -> None:
    pred = np.arange(24.0).reshape(6, 2, 2)
    sides = [
        np.asarray(array, order=order)
        for array, order in zip((pred, pred.reshape(6, 4) + 3), orders, strict=True)
    ]
    for wanted in ({}, {"top": 1}):
        found = evaluate(*sides, options=FLATTEN, **wanted).tallies[0]
        assert (found.min, found.max, found.n) == (2.5, 2.5, 24)


def test_rows_of_other_numbers_of_elements_have_no_labels() -> None:
    sides = (np.ones((6, 2)), np.ones(12))
    with pytest.raises(SettingsError, match="no rows for weights or labels"):
        evaluate(*sides, groups=np.arange(6), options=FLATTEN)
    with pytest.raises(ShapeError, match="--flatten pairs them"):
        evaluate(PREDS[:, None], TARGETS, weights=WEIGHTS)
