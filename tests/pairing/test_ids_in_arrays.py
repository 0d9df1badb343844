"""Columns of arrays that number the rows."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, EvalSettings, ReadOptions, compare, evaluate

if TYPE_CHECKING:
    from pathlib import Path

N = 5000
L1 = EvalSettings((0.0,), "sum")
IDS = np.random.default_rng(0).permutation(N) + 100.0
Y = np.random.default_rng(1).random(N)


def test_the_same_ids_in_another_order_are_refused(tmp_path: Path) -> None:
    p, t = np.c_[IDS, Y], np.c_[IDS, Y][::-1]
    np.save(tmp_path / "p.npy", p)
    np.save(tmp_path / "t.npy", t)
    for sides in ((p, t), (tmp_path / "p.npy", tmp_path / "t.npy")):
        with pytest.raises(DataError, match=r"column 1 differs .* row 1 on, .* another order"):
            evaluate(*sides)
    loose = evaluate(p, t, EvalSettings((0.0,), "mean"), options=ReadOptions(key_check=False))
    assert loose.mean == pytest.approx(np.abs(p - t).mean(), rel=1e-12)


@pytest.mark.parametrize("suffix", [".npz", ".parquet"])
def test_ids_within_arrays_of_archives_and_lists_are_found(tmp_path: Path, suffix: str) -> None:
    rows = {"p": np.c_[IDS, Y], "t": np.c_[IDS, Y][::-1], "same": np.c_[IDS, Y + 1]}
    for name, values in rows.items():
        if suffix == ".npz":
            np.savez_compressed(tmp_path / name, v=values)
        else:
            pq.write_table(pa.table({"v": values.tolist()}), tmp_path / f"{name}{suffix}")
    np.save(tmp_path / "t.npy", rows["t"])
    p, t, same = (tmp_path / f"{name}{suffix}" for name in rows)
    for other in (t, tmp_path / "t.npy"):
        with pytest.raises(DataError, match=r"column 1 differs .* row 1 on, .* another order"):
            evaluate(p, other)
    with pytest.raises(DataError, match=r"same.*column 1 differs"):
        compare(t, same, tmp_path / "t.npy", warn=str)
    with pytest.warns(UserWarning, match="column 1 has the same whole numbers"):
        assert evaluate(p, same, L1).values[0] == pytest.approx(N)


def test_arrays_of_other_lengths_are_refused_as_such(tmp_path: Path) -> None:
    rows = np.asfortranarray(np.c_[IDS, Y])
    np.save(tmp_path / "p.npy", rows)
    np.save(tmp_path / "t.npy", rows[:-7])
    for names in (("p.npy", "t.npy"), ("t.npy", "p.npy")):
        with pytest.raises(DataError, match=r"rows, but .* has \d+; they must be equal"):
            evaluate(*(tmp_path / name for name in names))


def test_the_same_ids_in_every_row_are_warned_of() -> None:
    with pytest.warns(UserWarning, match="column 2 has the same whole numbers"):
        assert evaluate(np.c_[Y, np.arange(N)], np.c_[Y[::-1], np.arange(N)]).n == 2 * N


def test_an_array_beside_itself_is_told_of_once_and_other_models_as_before() -> None:
    rows, other = np.c_[IDS, Y], np.c_[IDS, Y + 1]
    heard: list[str] = []
    assert evaluate(rows, rows, warn=heard.append).mean == 0
    compare(rows, other, rows, warn=heard.append)
    same = "targets are the same numbers"
    assert [same in warning for warning in heard] == [True, True, False]
    assert heard[2].startswith("<predictions_b>: column 1 has the same whole numbers")


RANKS = np.c_[np.arange(N), np.arange(N)[::-1]]
HARMLESS: dict[str, Any] = {
    "ranks": (RANKS, RANKS[::-1]),
    "fractions": (np.c_[Y, IDS + 0.5], np.c_[Y, IDS[::-1] + 0.5]),
    "classes": (np.c_[Y, np.arange(N) % 9], np.c_[Y[::-1], np.arange(N) % 9]),
    "other numbers": (np.c_[IDS, Y], np.c_[IDS[::-1] + 1, Y]),
    "few rows": (np.c_[IDS, Y][:5], np.c_[IDS, Y + 1][:5]),
    "pictures": (np.arange(800.0).reshape(8, 100), np.ones((8, 100))),
}


@pytest.mark.parametrize(("one", "other"), HARMLESS.values(), ids=HARMLESS)
def test_other_columns_are_evaluated(one: Any, other: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        expected = np.abs(one.astype(float) - other).sum()
        assert evaluate(one, other, L1).values[0] == pytest.approx(expected, rel=1e-12)
