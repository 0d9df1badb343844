"""One file for each value of a column that the other side has: `oslo.csv`, a column of cities."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError, ReadOptions, evaluate
from tests.tables import save_table

if TYPE_CHECKING:
    from pathlib import Path

FILES = {"p_bern.csv": [1.0, 2.0], "p_new_york.csv": [3.0, 4.0]}
IN_ORDER = ["Bern", "Bern", "New York", "New York"]


def written(folder: Path, suffix: str, city: list[str]) -> tuple[Path, Path]:
    """Two files of the numbers 1 to 4, and a table of the same numbers with a column of cities."""
    (folder / "p").mkdir()
    for name, y in FILES.items():
        save_table(folder / "p" / name, {"y": y})
    return folder / "p", save_table(folder / f"t{suffix}", {"city": city, "y": [1.0, 2, 3, 4]})


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("by", [None, "city"])
def test_a_column_in_another_order_than_the_files_is_refused(
    tmp_path: Path, suffix: str, by: str | None
) -> None:
    p, t = written(tmp_path, suffix, IN_ORDER[::-1])
    for sides in ((p, t), (t, p)):
        with pytest.raises(DataError, match=r"the name of a file .*row 1 on.*in another order"):
            evaluate(*sides, pred="y", target="y", by=by)
    assert evaluate(p, t, pred="y", target="y", options=ReadOptions(key_check=False)).mean == 0


def test_other_numbers_of_rows_than_those_of_the_files_are_warned_of(tmp_path: Path) -> None:
    p, t = written(tmp_path, ".csv", ["Bern", *IN_ORDER[:2], "New York"])
    with pytest.warns(UserWarning, match=r"name of a file differs from .*'city' .* row 3 on"):
        assert evaluate(p, t, pred="y", target="y").mean == 0


@pytest.mark.parametrize(
    "city", [IN_ORDER, ["x", *IN_ORDER[:0:-1]], ["Bern 2", "b", "c", "d"], ["y", "p", "p", "y"]]
)
def test_columns_in_order_and_of_other_words_are_read(tmp_path: Path, city: list[str]) -> None:
    p, t = written(tmp_path, ".csv", city)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(p, t, pred="y", target="y").mean == 0
