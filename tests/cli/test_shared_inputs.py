"""`merge` asks about a part that counts twice only where nothing shows that the rows are others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import ReadOptions, Result, evaluate
from smoothl1.cli.counted_twice import warn_of_twice

if TYPE_CHECKING:
    from pathlib import Path

SAME_PREDICTIONS = ["several results are of preds.npy: is a part counted twice?"]
OF_MODELS = (
    "several results are of the targets targets.npy: is a part counted twice, or are these "
    "results of several models of the same rows?"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _rows(seed: int, n_rows: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=n_rows)


def _result(
    pred: np.ndarray,
    target: np.ndarray,
    *,
    names: tuple[str, str] = ("preds.npy", "targets.npy"),
    digest: bool = False,
) -> Result:
    """The result of one job, in a folder where a job before it had files of the same names."""
    for name, rows in zip(names, (pred, target), strict=True):
        np.save(name, rows)
    found: Result = evaluate(*names, options=ReadOptions(digests=digest))
    return found


def _said(*results: Result) -> list[str]:
    said: list[str] = []
    warn_of_twice(results, said.append)
    return said


@pytest.mark.usefixtures("folder")
def test_jobs_with_files_of_the_same_names_and_other_bytes_are_not_warned_of() -> None:
    a, b = (_result(_rows(i, 5), _rows(i + 7, 5), digest=True) for i in (0, 1))
    assert _said(a, b) == []
    assert _said(a, b, a) == SAME_PREDICTIONS


@pytest.mark.usefixtures("folder")
def test_jobs_with_files_of_the_same_names_and_other_numbers_of_rows_are_not_warned_of() -> None:
    a, b, c = (_result(_rows(i, i), _rows(i + 7, i)) for i in (5, 6, 7))
    assert _said(a, b, c) == []
    assert _said(a, b, b) == SAME_PREDICTIONS


@pytest.mark.usefixtures("folder")
def test_equal_names_and_numbers_of_rows_are_warned_of_without_digests_of_all() -> None:
    a, b = (_result(_rows(i, 5), _rows(i + 7, 5), digest=i == 0) for i in (0, 1))
    assert _said(a, b) == SAME_PREDICTIONS


@pytest.mark.usefixtures("folder")
def test_the_same_predictions_against_targets_of_several_files_are_not_warned_of() -> None:
    for digest in (False, True):
        a, b = (
            _result(_rows(0, 5), _rows(i, 5), names=("preds.npy", f"{i}.npy"), digest=digest)
            for i in (1, 2)
        )
        assert _said(a, b) == []
        assert _said(a, b, b) == SAME_PREDICTIONS


@pytest.mark.usefixtures("folder")
def test_a_model_that_was_trained_again_is_told_by_its_targets() -> None:
    a, b = (_result(_rows(i, 5), _rows(7, 5), digest=True) for i in (0, 1))
    assert _said(a, b) == [OF_MODELS]


@pytest.mark.usefixtures("folder")
def test_predictions_against_targets_from_memory_are_warned_of() -> None:
    np.save("preds.npy", _rows(0, 5))
    assert _said(*(evaluate("preds.npy", _rows(i, 5)) for i in (1, 2))) == SAME_PREDICTIONS


@pytest.mark.usefixtures("folder")
def test_a_part_is_found_in_a_merged_result_by_its_digests() -> None:
    a, b, c = (_result(_rows(i, i), _rows(i + 7, i), digest=True) for i in (5, 6, 7))
    both = Result.merged([a, b])
    assert _said(both, c) == []
    assert _said(both, b) == SAME_PREDICTIONS


def test_folders_of_the_same_name_are_told_apart_by_their_files(folder: Path) -> None:
    results = []
    for i in (0, 1):
        for side in ("p", "t"):
            (folder / side).mkdir(exist_ok=True)
            np.save(folder / side / "0.npy", _rows(i + 2 * (side == "t"), 5))
        results.append(evaluate("p", "t", options=ReadOptions(digests=True)))
    assert _said(*results) == []
    assert _said(*results, results[0]) == ["several results are of p: is a part counted twice?"]
