"""Rows that sum up the others: they count as rows, so there is a warning, or the run is refused."""

from __future__ import annotations

import hashlib
import warnings
from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import DataError, ReadOptions, evaluate
from tests.tables import save_table

if TYPE_CHECKING:
    from pathlib import Path

NUMBERS = [1.25, 2.5, 4.0]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize(
    ("label", "total", "is_first"),
    [("Total", 7.75, False), ("mean", 2.58, False), ("Summe:", 7.75, True)],
)
def test_a_row_of_totals_of_both_sides_is_warned_of(
    tmp_path: Path, suffix: str, label: str, total: float, *, is_first: bool
) -> None:
    labels, values = ["a", "b", "c"], NUMBERS
    labels, values = (
        ([label, *labels], [total, *values]) if is_first else ([*labels, label], [*values, total])
    )
    p = save_table(tmp_path / f"p{suffix}", {"k": labels, "p": values})
    np.save(tmp_path / "t.npy", np.array(values))
    n = 1 if is_first else 4
    table = save_table(tmp_path / f"t{suffix}", {"k": labels, "t": values})
    options = ReadOptions(digests=True)
    for t in (table, tmp_path / "t.npy"):
        with pytest.warns(UserWarning, match=rf"row {n}, '{label}', holds the (sum|mean) of"):
            found = evaluate(p, t, pred="p", options=options)
        assert found.mean == 0
        assert found.digests[0].sha256 == hashlib.sha256(p.read_bytes()).hexdigest()


def test_a_row_of_totals_of_one_side_is_refused(tmp_path: Path) -> None:
    p = save_table(tmp_path / "p.csv", {"k": ["a", "b", "Total"], "p": [1.0, 2.0, 3.0]})
    t = save_table(tmp_path / "t.csv", {"y": [1.0, 2.0, 8.0]})
    with pytest.raises(DataError, match=r"row 3, 'Total', holds the sum .* row 3 of .* does not"):
        evaluate(p, t)
    with pytest.raises(DataError, match=r"row 3 of .* does not"):
        evaluate(t, p)


def test_the_margins_of_a_pivot_table_of_pandas_are_warned_of() -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"k": list("abab"), "y": [1.0, 2, 3, 4], "t": 1.0})
    pivot = frame.pivot_table(index="k", values=["y", "t"], margins=True, aggfunc="sum")
    with pytest.warns(UserWarning, match="row 3, 'All'"):
        assert evaluate(pivot, pred="y", target="t").n == 3


@pytest.mark.parametrize(
    ("labels", "values"),
    [
        (["a", "b", "Total"], [1.0, 2.0, 9.0]),  # the name of a station
        (["a", "total", "b"], [1.0, 3.0, 2.0]),
        (["a", "b", "Totals of c"], [1.0, 2.0, 3.0]),
        (["all", "b", "all"], [3.0, 2.0, 1.0]),
    ],
)
def test_other_rows_with_such_words_are_read(
    tmp_path: Path, labels: list[str], values: list[float]
) -> None:
    p = save_table(tmp_path / "p.csv", {"k": labels, "p": values})
    np.save(tmp_path / "t.npy", np.zeros(3))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(p, tmp_path / "t.npy").n == 3
