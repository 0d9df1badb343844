"""Columns that are in the names of folders, and not in files: groups, keys and kept columns."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, EvalSettings, Execution, evaluate
from smoothl1.errors import DtypeError
from smoothl1.files.partitions import Partitions
from smoothl1.running.evaluate import LossOutput
from smoothl1.sources.constants import of_folders
from smoothl1.sources.contract import Part, Wanted
from smoothl1.sources.formats import open_table
from tests.tables import save, save_table

if TYPE_CHECKING:
    from pathlib import Path

    from smoothl1 import Result

L1 = EvalSettings((0.0,), "sum")
COLUMNS: dict[str, Any] = {"pred": "p", "target": "t"}

ROWS = pa.table(
    {
        "p": [0.1, 2.0, 1e300, 0.3, 5.0, 6.0],
        "t": [0.0, 0.5, 1.0, 0.0, -1.0, 6.5],
        "id": [1, 2, 3, 4, 5, 6],
        "year": [2024, 2023, 2024, 10, 10, 2023],
        "region": ["a", "b/ü %", "a", "a", "b/ü %", "c"],
    }
)


def written(folder: Path, form: str = "parquet", rows: pa.Table = ROWS) -> Path:
    """The rows in folders, as pyarrow writes them, and Spark and Dask mark them."""
    kinds = {"form": form, "partitioning": ["year", "region"], "partitioning_flavor": "hive"}
    ds.write_dataset(rows, folder, format=kinds.pop("form"), **kinds)
    for name in ("_SUCCESS", "_metadata", "_common_metadata", ".part-0.parquet.crc"):
        (folder / name).touch()
    return folder


def sums(result: Result) -> dict[tuple[str, ...], float]:
    return dict(zip((g.levels for g in result.groups), result.values, strict=True))


def expected(*by: str) -> dict[tuple[str, ...], float]:
    """The sums of groups of the rows, added as fractions."""
    found: dict[tuple[str, ...], Fraction] = defaultdict(Fraction)
    for row in ROWS.to_pylist():
        found[tuple(str(row[name]) for name in by)] += abs(Fraction(row["p"]) - Fraction(row["t"]))
    return {levels: float(total) for levels, total in found.items()}


@pytest.mark.parametrize("form", ["parquet", "csv", "feather"])
def test_groups_of_folders_have_the_sums_of_their_rows(tmp_path: Path, form: str) -> None:
    folder = written(tmp_path / "d", form)
    for by in (("year",), ("region",), ("region", "year"), ("@4",)):
        names = ["year" if name == "@4" else name for name in by]
        for path in (folder, f"{folder}/*/*/*.{form}"):
            for execution in (Execution(1), Execution(2, 1)):
                found = evaluate(path, None, L1, by=by, execution=execution, **COLUMNS)
                assert sums(found) == expected(*names)
    (decision,) = (d for d in found.decisions if d.subject == "columns of folders")
    assert decision.choice == "'year', 'region'"


def test_values_of_folders_are_dictionaries_only_where_that_is_allowed(tmp_path: Path) -> None:
    table = open_table(str(written(tmp_path / "d")))
    wanted = Wanted((("p",),), ("region", "id", "year"), ("region",), ("year", "id"))
    blocks = list(table.select(wanted).blocks(Part(0, 6), 6))
    regions, ids, years = zip(*(block.labels for block in blocks), strict=True)
    assert {str(values.type) for values in regions} == {
        "dictionary<values=string, indices=int32, ordered=0>"
    }
    assert {values.type for values in (*ids, *years)} == {pa.int64()}
    for of_label, place in ((years, 0), (ids, 1)):
        shared = [block.shared[place] for block in blocks]
        assert shared == list(of_label)


def test_values_of_folders_are_whole_numbers_if_all_are_so() -> None:
    texts = (("1", "01", "1", "9223372036854775808", "1"), (None, "-7", "1.0", "1", "01"))
    found = of_folders(Partitions(("a", "b", "c", "d", "e"), texts))
    kinds = [column.type for column in found.values]
    assert kinds == [pa.int64(), pa.int64(), pa.string(), pa.string(), pa.string()]
    assert [column.to_pylist() for column in found.values[:2]] == [[1, None], [1, -7]]
    assert found.values[4].to_pylist() == ["1", "01"]  # no two names become one


@pytest.mark.parametrize("other", ["parquet", "csv"])
def test_folders_are_keys(tmp_path: Path, other: str) -> None:
    """The other side has the rows in another order, and the columns in its files."""
    folder = written(tmp_path / "d")
    target = save_table(tmp_path / f"t.{other}", ROWS.take([5, 3, 1, 0, 2, 4]).drop(["p"]))
    keys = ("region", "year", "id")
    found = evaluate(folder, target, L1, key=keys, **COLUMNS)
    assert found.values == (sum(expected("id").values()),)
    wrong = ROWS.set_column(3, "year", pa.array([2024, 2023, 2024, 10, 10, 2024]))
    save_table(target, wrong.drop(["p"]))
    with pytest.raises(DataError, match="key"):
        evaluate(folder, target, L1, key=keys, **COLUMNS)


def test_folders_are_compared_as_columns_that_both_sides_have(tmp_path: Path) -> None:
    rows = pa.table({"p": np.arange(16.0), "t": np.zeros(16), "day": [x * x for x in range(16)]})
    for side, shift in (("p", 0), ("t", 1)):
        for i in range(16):
            file = tmp_path / side / f"day={i * i + shift}" / "x.parquet"
            file.parent.mkdir(parents=True)
            pq.write_table(rows.slice(i, 1).drop(["day"]), file)
    pq.write_table(rows.drop(["p"]), tmp_path / "same.parquet")
    same = evaluate(tmp_path / "p", tmp_path / "same.parquet", L1, **COLUMNS)
    assert same.values == (120.0,)
    with pytest.raises(DataError, match="'day'"):
        evaluate(tmp_path / "t", tmp_path / "same.parquet", L1, **COLUMNS)


def test_folders_are_kept_beside_losses_also_where_they_have_no_value(tmp_path: Path) -> None:
    rows = pa.table({"p": [1.0, 2.0], "t": [0.0, 0.0], "year": [3, 4], "region": ["x", None]})
    folder = written(tmp_path / "d", rows=rows)
    file = io.BytesIO()
    kept = {"keep": ("region", "year"), "reduction": "none", "betas": 0.0}
    evaluate(folder, None, losses_to=LossOutput(file, "csv"), **COLUMNS, **kept)
    lines = list(csv.reader(io.StringIO(file.getvalue().decode())))
    assert lines == [["region", "year", "loss"], ["x", "3", "1.0"], ["", "4", "2.0"]]
    for role in ({"by": "region"}, {"key": "region"}):
        with pytest.raises(DataError, match=r"year=4/.*: column 'region': the value is missing"):
            evaluate(folder, tmp_path / "d/*/*/*" if "key" in role else None, L1, **COLUMNS, **role)
    assert evaluate(folder, None, L1, **COLUMNS).values == (3.0,)


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
@pytest.mark.parametrize(
    ("name", "values", "is_same"),
    [
        ("01", [1, 1], True),
        ("a", ["a", "a"], True),
        ("2024-01-31", ["2024-01-31"] * 2, True),
        ("0.5", [0.5, 0.5], True),
        ("1", [1, 2], False),
        ("a", ["b", "a"], False),
        ("a", [1, 1], False),
        ("__HIVE_DEFAULT_PARTITION__", ["a", "a"], False),
        ("a", ["a", None], False),
    ],
)
def test_a_column_that_folders_and_files_have_must_have_the_same_values(
    tmp_path: Path, suffix: str, name: str, values: list[Any], *, is_same: bool
) -> None:
    (tmp_path / f"d/k={name}").mkdir(parents=True)
    save(tmp_path / f"d/k={name}/x.{suffix}", None, p=[1.0, 2.0], t=[0.0, 0.0], k=values)
    assert evaluate(tmp_path / "d", None, L1, **COLUMNS).values == (3.0,)  # nobody asks for it
    roles: list[dict[str, Any]] = [{"by": "k"}, {"keep": "k", "reduction": "none"}]
    if name == "0.5":
        roles = [{"pred": "k", "target": "t"}]
    for role in roles:
        sink = {"losses_to": LossOutput(io.BytesIO(), "csv")} if "keep" in role else {}
        choices = {**COLUMNS, "betas": 0.0, **role, **sink}
        if is_same:
            evaluate(tmp_path / "d", None, **choices)
        else:
            with pytest.raises(DataError, match="column 'k'"):
                evaluate(tmp_path / "d", None, **choices)


def test_a_column_that_only_some_files_have_is_refused(tmp_path: Path) -> None:
    for k, more in ((1, {}), (2, {"k": [2]})):
        (tmp_path / f"d/k={k}").mkdir(parents=True)
        save(tmp_path / f"d/k={k}/x.parquet", None, p=[1.0], t=[0.0], **more)
    with pytest.raises(DataError, match=r"k=2/x\.parquet: has a column 'k', unlike the first"):
        evaluate(tmp_path / "d", None, L1, by="k", **COLUMNS)


def test_folders_are_no_numbers_and_arrays_have_no_columns(tmp_path: Path) -> None:
    folder = written(tmp_path / "d")
    for role in ({"pred": "year"}, {"weight": "year"}):
        with pytest.raises(DtypeError, match="'year' is that of the names of folders"):
            evaluate(folder, None, L1, **(COLUMNS | role))
    only = ROWS.select(["p", "year", "region"])
    arrays = tmp_path / "t"
    for i, x in enumerate([[0.3, -1.0], [0.5, 6.5], [0.0, 1.0]]):
        (arrays / f"year={i}").mkdir(parents=True)
        np.save(arrays / f"year={i}/x.npy", x)
    written(tmp_path / "p", rows=only)
    with pytest.warns(UserWarning, match="column 'year' differs"):
        assert evaluate(tmp_path / "p", arrays, L1).n == 6
    with pytest.raises(DataError, match="an array has no column"):
        evaluate(arrays, arrays, L1, by="year")
