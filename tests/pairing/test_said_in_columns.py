"""A fold or a split that the name of a file says, and a column of the other side."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import ReadOptions, evaluate
from tests.tables import save_table

if TYPE_CHECKING:
    from pathlib import Path

Y = [1.5, 2.5, 4.0]
SUFFIXES = pytest.mark.parametrize("suffix", [".csv", ".parquet", ".arrow"])


def save_sides(folder: Path, file: str, suffix: str, column: str, value: Any) -> list[Path]:
    """Save an array in a file of a name, and a table in which a column says something."""
    path = folder / f"{file}.npy"
    path.parent.mkdir(exist_ok=True)
    np.save(path, np.array(Y) + 0.1)
    values = value if isinstance(value, list) else [value] * len(Y)
    return [path, save_table(folder / f"t{suffix}", {column: values, "y": Y})]


@SUFFIXES
@pytest.mark.parametrize(
    ("file", "column", "value"),
    [
        ("preds_fold1", "fold", 2),
        ("fold01/preds", "Fold", "fold_2"),
        ("preds-cv3", "cv", 0),
        ("val_preds", "split", "train"),
        ("test/preds", "split", "valid"),
    ],
)
def test_another_fold_or_split_is_warned_of(
    tmp_path: Path, suffix: str, file: str, column: str, value: Any
) -> None:
    p, t = save_sides(tmp_path, file, suffix, column, value)
    with pytest.warns(UserWarning, match=f"is of other rows by its name than column '{column}' of"):
        evaluate(p, t, target="y")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for options in (ReadOptions(separate=True), ReadOptions(key_check=False)):
            evaluate(p, t, target="y", options=options)


@SUFFIXES
@pytest.mark.parametrize(
    ("file", "column", "value"),
    [
        ("preds_fold1", "fold", 1),
        ("preds_fold0", "fold", "00"),
        ("preds_fold1", "fold", [0, 1, 2]),
        ("preds_fold1", "fold", ["a", "b", "c"]),
        ("preds_rank1", "rank", 5),
        ("val_preds", "split", "validation"),
        ("val_preds", "split", "north"),
        ("preds", "fold", 3),
    ],
)
def test_the_same_fold_or_what_is_none_is_not_warned_of(
    tmp_path: Path, suffix: str, file: str, column: str, value: Any
) -> None:
    p, t = save_sides(tmp_path, file, suffix, column, value)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        evaluate(p, t, target="y")


@SUFFIXES
def test_weights_and_groups_of_another_fold_are_warned_of(tmp_path: Path, suffix: str) -> None:
    p, w = save_sides(tmp_path, "preds_fold1", suffix, "fold", 2)
    said = f"preds_fold1.npy is of other rows by its name than column 'fold' of {w} says"
    with pytest.warns(UserWarning, match=re.escape(said)):
        evaluate(p, np.array(Y), weights=w, weight="y")
    with pytest.warns(UserWarning, match=re.escape(said)):
        evaluate(p, np.array(Y), groups=w, by="fold")
    columns = {"id": [1, 2, 3], "fold": [1] * 3, "p": Y, "y": [1.0, 2.0, 3.0]}
    table = save_table(tmp_path / f"p{suffix}", columns)
    np.save(tmp_path / "w_fold2.npy", np.ones(3))
    with pytest.warns(UserWarning, match=r"w_fold2.npy is of other rows by its name than column"):
        evaluate(table, table, pred="p", target="y", key="id", weights=tmp_path / "w_fold2.npy")
