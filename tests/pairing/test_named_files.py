"""One file for each value of a column that the other side has: `oslo.csv`, a column of cities."""

from __future__ import annotations

import warnings
from datetime import date
from itertools import product
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


@pytest.mark.parametrize("numbers", [(-5, 0, 5), (-30, -10, 20)])
def test_a_hyphen_before_some_numbers_is_a_sign(tmp_path: Path, numbers: tuple[int, ...]) -> None:
    (tmp_path / "p").mkdir()
    for i, number in enumerate(numbers):
        save_table(tmp_path / "p" / f"snr{number}.csv", {"y": [2.0 * i, 2.0 * i + 1]})
    names = [f"snr{number}" for number in numbers for _ in "ab"]
    t = save_table(tmp_path / "t.csv", {"name": names, "y": np.arange(6.0)})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(tmp_path / "p", t, pred="y", target="y").mean == 0


@pytest.mark.parametrize("name", ["{:%Y-%m-%d}", "p_{:%Y%m%d}"])
@pytest.mark.parametrize("written_as", ["{:%d-%b-%Y}", "{:%B %d, %Y}", "{:%d%b%Y}"])
def test_days_with_names_of_months_are_those_of_the_files(
    tmp_path: Path, name: str, written_as: str
) -> None:
    days = [date(2024, 1, 30), date(2024, 1, 31), date(2024, 2, 1)]
    (tmp_path / "p").mkdir()
    for i, day in enumerate(days):
        save_table(tmp_path / "p" / f"{name.format(day)}.csv", {"y": [2.0 * i, 2.0 * i + 1]})
    texts = [written_as.format(day) for day in days for _ in "ab"]
    t = save_table(tmp_path / "t.csv", {"day": texts, "y": np.arange(6.0)})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(tmp_path / "p", t, pred="y", target="y").mean == 0
    t = save_table(tmp_path / "t.csv", {"day": [*texts[2:], *texts[:2]], "y": np.arange(6.0)})
    with pytest.raises(DataError, match="another order"):
        evaluate(tmp_path / "p", t, pred="y", target="y")


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


NUMBERED_NAMES = ["000007", "000012", "000031", "000045"]
FRAMES = [f"{i:06}" for i in range(4)]
CLIPS = ["seq1/0001", "seq1/0002", "seq2/0001", "seq2/0002"]
SITES = ["CH-Dav", "CH-Oe2", "DE-Hai", "DE-Tha"]
SPELLED: list[tuple[list[str], list[str]]] = [
    (["EUR.GBP", "EUR.JPY", "EUR.USD"], ["EUR.GBP", "EUR.JPY", "EUR.USD"]),
    (["IU.ANMO", "IU.COLA", "IU.KONO"], ["IU.ANMO", "IU.COLA", "IU.KONO"]),
    (["ENI.MI", "MC.PA", "VOW.DE"], ["ENI.MI", "MC.PA", "VOW.DE"]),
    (SITES, SITES),
    (["ann1", "bob1", "cid1"], ["ann1", "bob1", "cid1"]),
    (CLIPS, CLIPS),
    (CLIPS, [f"data/{name}.png" for name in CLIPS]),
    (CLIPS, [name.replace("/", "\\") for name in CLIPS]),
    (CLIPS, [name.replace("/", "_") for name in CLIPS]),
    ([name.replace("/", "_") for name in CLIPS], [f"{name}.png" for name in CLIPS]),
    (NUMBERED_NAMES, [f"{name}.jpg" for name in NUMBERED_NAMES]),
    (NUMBERED_NAMES, [f"image_2/{name}.png" for name in NUMBERED_NAMES]),
    (NUMBERED_NAMES, NUMBERED_NAMES),
    ([f"image_{name}" for name in NUMBERED_NAMES], [f"{name}.jpg" for name in NUMBERED_NAMES]),
    (["6", "12", "24", "48"], ["6", "12", "24", "48"]),
    (FRAMES, [f"{name}.png" for name in FRAMES]),
    (["bern", "oslo", "st_gallen"], ["Bern", "Oslo", "St. Gallen"]),
]


@pytest.mark.parametrize(("names", "values"), SPELLED)
def test_names_are_compared_with_a_column_of_them_or_of_their_paths(
    tmp_path: Path, names: list[str], values: list[str]
) -> None:
    files(tmp_path, names, ".npy")
    in_order, turned = (
        as_text(tmp_path / f"{i}.csv", labelled("name", of))
        for i, of in enumerate((values, [values[0], *values[:0:-1]]))
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(f"{tmp_path}/p/**/*.npy", in_order, target="y").mean == 0.5
    with pytest.raises(DataError, match=r"the name of a file .*row 3 on.*in another order"):
        evaluate(f"{tmp_path}/p/**/*.npy", turned, target="y")


def test_further_names_are_written_as_those_of_the_first_rows(tmp_path: Path) -> None:
    names = [f"{place}_{i}/0001" for i in (1, 2) for place in ("a", "b_c", "d")]
    files(tmp_path, names, ".npy")
    paths = [name.replace("/", "\\") for name in sorted(names)]
    n = 20
    for i, name in enumerate(sorted(names)):
        np.save(tmp_path / "p" / f"{name}.npy", np.arange(n) / 8 + i)
    y = [x / 8 + i + 1 for i in range(len(names)) for x in range(n)]
    t = pa.table({"path": [path for path in paths for _ in range(n)], "y": y})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(f"{tmp_path}/p/**/*.npy", t, target="y").mean == 0.5


PANELS: list[tuple[str, list[str], list[str]]] = [
    ("{}_{}", ["bern", "oslo"], ["2024-01-01", "2024-01-02"]),
    ("{}/{}", ["bern", "oslo"], ["2024-01-01", "2024-01-02"]),
    ("p_{}-{}_v1", ["bern", "oslo"], ["2024-01", "2024-02"]),
    ("{}_{}", ["bern", "new_york"], ["2024-01-01", "2024-01-02"]),
    ("{}_{}", ["bern", "oslo"], ["t2m", "tp"]),
    ("{}_{}", ["bern", "new_york"], ["t2m", "tp"]),
    ("{}_{}", ["sub-01", "sub-02"], ["run-1", "run-2"]),
    ("{}-{}", ["bern", "oslo"], ["rain", "wind"]),
    ("{}/{}", ["bern_airport", "oslo"], ["rain", "wind_speed"]),
]


@pytest.mark.parametrize(("name", "places", "others"), PANELS)
def test_each_part_of_the_names_is_compared_though_files_have_it_in_common(
    tmp_path: Path, name: str, places: list[str], others: list[str]
) -> None:
    pairs = list(product(places, others))
    files(tmp_path, [name.format(*pair) for pair in pairs], ".npy")
    p = f"{tmp_path}/p/**/*.npy"
    by_other = sorted(pairs, key=lambda pair: pair[::-1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for i in (0, 1):
            assert evaluate(p, labelled("x", [pair[i] for pair in pairs]), target="y").n == 8
    for i in (0, 1):
        turned = labelled("x", [pair[i] for pair in by_other])
        with pytest.raises(DataError, match=r"the name of a file .*row 3 on.*in another order"):
            evaluate(p, turned, target="y")


def test_groups_are_compared_with_a_part_of_the_names(tmp_path: Path) -> None:
    days = ["2024-01-01", "2024-01-02"]
    p = files(tmp_path, [f"{x}_{day}" for x in ("bern", "oslo") for day in days], ".npy")
    groups = labelled("station", ["bern", "oslo", "bern", "oslo"])
    with pytest.raises(DataError, match=r"the name of a file .*row 3 on.*in another order"):
        evaluate(p, np.full(8, 1.5), groups=groups, by="station")


@pytest.mark.parametrize("n_rows", [2, 20])
@pytest.mark.parametrize("place", [0, 1])
def test_a_word_that_names_have_at_two_places_may_be_meant_at_either(
    tmp_path: Path, n_rows: int, place: int
) -> None:
    pairs = list(product(("de", "en", "fr"), repeat=2))
    (tmp_path / "p").mkdir()
    for i, pair in enumerate(pairs):
        np.save(tmp_path / "p" / f"{'-'.join(pair)}.npy", np.arange(n_rows) / 8 + i)
    languages = [pair[place] for pair in pairs for _ in range(n_rows)]
    y = [x / 8 + i + 1 for i in range(len(pairs)) for x in range(n_rows)]
    t = pa.table({"language": languages, "y": y})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(tmp_path / "p", t, target="y").mean == 0.5


def test_the_numbers_of_tiles_are_not_those_of_the_cells_within(tmp_path: Path) -> None:
    p = files(tmp_path, [f"x{x}_y{y}" for x in range(3) for y in range(3)], ".npy")
    t = labelled("x", [0] * 9).append_column("y0", pa.array([*range(9)] * 2))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(p, t, target="y").mean == 0.5


@pytest.mark.parametrize("n_rows", [1, 2])
def test_frames_that_each_file_counts_from_0_are_no_files(tmp_path: Path, n_rows: int) -> None:
    n = 8 * n_rows
    (tmp_path / "p").mkdir()
    for i in range(n):
        np.save(tmp_path / "p" / f"{i:04}.npy", np.arange(n * n_rows) / 8 + i)
    frames = [f"{frame:04}.png" for _ in range(n) for frame in range(n) for _ in range(n_rows)]
    y = [x / 8 + i + 1 for i in range(n) for x in range(n * n_rows)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(tmp_path / "p", pa.table({"frame": frames, "y": y}), target="y").mean == 0.5


def as_text(path: Path, table: pa.Table) -> Path:
    """A table as CSV, its texts without quotes."""
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    lines = [",".join(table.column_names), *(",".join(map(str, row)) for row in rows)]
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


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
