"""One file for each value of a column that the other side has: `oslo.csv`, a column of cities."""

from __future__ import annotations

import warnings
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
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


NUMBERED = [
    ("fold{}", "fold", [1, 2, 10], [1, 2, 10]),
    ("oof_fold-{}", "Fold", ["1", "2", "10"], [1, 2, 10]),
    ("store_{}", "shop", ["store_01", "store_02", "store_10"], [1, 2, 10]),
    ("{}", "day", ["2024-01-30", "2024-01-31", "2024-02-01"], [20240130, 20240131, 20240201]),
    ("p_{}", "day", [20240130, 20240131], ["2024-01-30", "2024-01-31"]),
    ("p_{}", "month", ["2023-12", "2024-01"], ["2023-12", "2024-01"]),
    ("{}", "t", [date(2024, 1, 30), date(2024, 1, 31)], ["2024-01-30", "2024-01-31"]),
]


@pytest.mark.parametrize(("name", "column", "values", "numbers"), NUMBERED)
def test_numbers_and_days_are_compared_with_a_column_of_them(
    tmp_path: Path, name: str, column: str, values: list[Any], numbers: list[Any]
) -> None:
    (tmp_path / "p").mkdir()
    for number in numbers:
        save_table(tmp_path / "p" / f"{name.format(number)}.csv", {"p": [0.5, 0.5]})
    labels = [value for value in values for _ in range(2)]
    y = [1.5] * len(labels)
    in_order, turned = (pa.table({column: of, "y": y}) for of in (labels, labels[::-1]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(tmp_path / "p", in_order, pred="p", target="y").mean == 0.5
        other = in_order.rename_columns(["x", "y"])
        apart = ReadOptions(separate=True)
        assert evaluate(tmp_path / "p", other, pred="p", target="y", options=apart).mean == 0.5
    with pytest.raises(DataError, match=r"the name of a file .*row 1 on.*in another order"):
        evaluate(tmp_path / "p", turned, pred="p", target="y")


def test_numbers_that_are_evaluated_are_no_names_and_other_days_may_be_meant(
    tmp_path: Path,
) -> None:
    (tmp_path / "p").mkdir()
    days = [f"2024-01-{day:02}" for day in range(1, 31)]
    for i in range(30):
        save_table(tmp_path / "p" / f"y{i}_{days[i]}.csv", {"p": [float(i)]})
    numbers = pa.table({"y": list(range(30))[::-1]})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(tmp_path / "p", numbers, pred="p", target="y").n == 30
    next_days = pa.table({"day": [*days[1:], "2024-01-31"], "y": [1.0] * 30})
    with pytest.warns(UserWarning, match=r"the name of a file differs from .* 'day' .* row 1 on"):
        assert evaluate(tmp_path / "p", next_days, pred="p", target="y").n == 30


@pytest.mark.parametrize(
    "city", [IN_ORDER, ["x", *IN_ORDER[:0:-1]], ["Bern 2", "b", "c", "d"], ["y", "p", "p", "y"]]
)
def test_columns_in_order_and_of_other_words_are_read(tmp_path: Path, city: list[str]) -> None:
    p, t = written(tmp_path, ".csv", city)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(p, t, pred="y", target="y").mean == 0


DAYS = [date(2024, 1, day) for day in range(9, 21)]
IMAGES = [f"img_{i:04}" for i in range(12)]
HOURS = [f"2024-01-01T{i:02}" for i in range(12)]
NAMED: list[tuple[list[str], str, list[Any]]] = [
    (HOURS, "hour", HOURS),
    (HOURS, "Hour", list(range(12))),
    ([f"20240101_{i:02}00" for i in range(12)], "t", [np.datetime64(x, "s") for x in HOURS]),
    (IMAGES, "image", [f"a/{name}.JPG" for name in IMAGES]),
    ([f"p_{name}" for name in IMAGES], "image", IMAGES),
    (["2020", "2021"], "year", [2020, 2021]),
    (["p_2020", "p_2021"], "y0", ["2020", "2021"]),
    (["fold_0", "fold_1"], "fold", [0.0, 1.0]),
    (["a", "b"], "subject", ["A", "B"]),
    (list(map(str, DAYS)), "day", [f"{day:%Y/%m/%d}" for day in DAYS]),
    (list(map(str, DAYS)), "day", [f"{day:%d.%m.%Y}" for day in DAYS]),
    (list(map(str, DAYS[4:])), "day", [f"{day.month}/{day.day}/{day.year}" for day in DAYS[4:]]),
]


@pytest.mark.parametrize("suffix", [".csv", ".npy"])
@pytest.mark.parametrize(("names", "column", "values"), NAMED)
def test_names_are_compared_with_a_column_of_them_however_it_is_written(
    tmp_path: Path, names: list[str], column: str, values: list[Any], suffix: str
) -> None:
    p = files(tmp_path, names, suffix)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(p, labelled(column, values), target="y").mean == 0.5
    with pytest.raises(DataError, match=r"the name of a file .*row 1 on.*in another order"):
        evaluate(p, labelled(column, values[::-1]), target="y")


@pytest.mark.parametrize(
    ("names", "values"),
    [
        (["0", "1", "2"], [2, 0, 1]),  # balanced classes, and numbered files of one size
        (["part_1", "part_2"], [2.0, 1.0]),
        (["part_a", "part_b"], ["b", "a"]),
        (["2020", "2021"], [2021, 2022]),
        (["run_7", "run_8", "run_9"], [8, 7, 9]),  # small numbers may be any feature
        (list(map(str, DAYS[:2])), ["10.01.2024", "11.01.2024"]),
        (["2024-01-02", "2024-02-01"], ["01/02/2024", "02/01/2024"]),  # the day may come first
    ],
)
def test_columns_that_may_say_something_else_are_read_without_a_word(
    tmp_path: Path, names: list[str], values: list[Any]
) -> None:
    p = files(tmp_path, names, ".npy")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(p, labelled("x", values), target="y").mean == 0.5


@pytest.mark.parametrize("suffix", [".csv", ".npy"])
@pytest.mark.parametrize(
    ("folder", "values"), [("year=20{}", [2010, 2011]), ("fold={}", [10.0, 11.0])]
)
def test_folders_are_compared_with_a_column_of_their_values(
    tmp_path: Path, folder: str, values: list[Any], suffix: str
) -> None:
    p = files(tmp_path, [f"{folder.format(number)}/x" for number in (10, 11)], suffix)
    column = folder.partition("=")[0]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(p, labelled(column, values), target="y").mean == 0.5
    with pytest.raises(DataError, match=rf"column '{column}' differs .*row 1 on.*another order"):
        evaluate(p, labelled(column, values[::-1]), target="y")
    with pytest.warns(UserWarning, match=rf"column '{column}' differs .*row 3 on"):
        evaluate(p, labelled(column, [values[0]] * 2), target="y")


def files(folder: Path, names: list[str], suffix: str) -> Path:
    """A file of two predictions 0.5 for each name."""
    for name in names:
        path = folder / "p" / f"{name}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        if suffix == ".npy":
            np.save(path, [0.5, 0.5])
        else:
            save_table(path, {"p": [0.5, 0.5]})
    return folder / "p"


def labelled(column: str, values: list[Any]) -> pa.Table:
    """A table of targets 1.5, two for each value of a column."""
    labels = [value for value in values for _ in range(2)]
    return pa.table({column: labels, "y": [1.5] * len(labels)})


def test_arrays_beside_a_column_of_their_names_are_still_called_after_their_folder(
    tmp_path: Path,
) -> None:
    p = files(tmp_path, ["bern", "oslo"], ".npy").rename(tmp_path / "y_true")
    t = labelled("city", ["bern", "oslo"]).rename_columns(["city", "y_pred"])
    with pytest.warns(UserWarning, match="called 'y_true' and the targets 'y_pred': are they swap"):
        assert evaluate(p, t).mean == 0.5
