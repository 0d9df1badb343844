"""Files that another program is still writing, and names that go on after their suffix."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError, EvalSettings, evaluate
from smoothl1.files.suffixes import FORMATS
from smoothl1.sources.detection import suffixes
from tests.files.folders import COLUMNS, tables

if TYPE_CHECKING:
    from pathlib import Path

L1 = EvalSettings((0.0,), "sum")


def n_of(path: Path | str) -> int:
    return evaluate(path, None, L1, **COLUMNS).n


@pytest.mark.parametrize(
    "name",
    [
        "2.csv._COPYING_",
        "2.csv.filepart",
        "2.csv_.gstmp",
        "2.csv.crdownload",
        "2.csv.partial",
        "2.csv.tmp",
        "2.in-progress",
        "2.csv.gz.part",
    ],
)
def test_unfinished_files_are_refused_unless_asked_for(tmp_path: Path, name: str) -> None:
    p = tables(tmp_path / "p", ["1.csv", name])
    for path in (p, p / "*"):
        with pytest.raises(DataError, match=f"looks unfinished, .*{name}"):
            n_of(path)
    assert n_of(p / "1*") == n_of(p / f"?{name[1:]}") == 1


def test_the_name_of_a_folder_says_nothing_of_its_files(tmp_path: Path) -> None:
    p = tables(tmp_path / "p.part", ["1.csv", "2.csv.part"])
    with pytest.raises(DataError, match=r"looks unfinished, 2.csv.part"):
        n_of(p)


@pytest.mark.parametrize(
    "name", ["2.csv.6eF5b5da", "2.csv~", "2.csv.bak", "2.csv-old", "2.csv.aa", "2.csv.gz.x"]
)
def test_a_name_that_goes_on_after_the_suffix_of_others_is_refused(
    tmp_path: Path, name: str
) -> None:
    p = tables(tmp_path / "p", ["1.csv", name])
    for path in (p, p / "*"):
        with pytest.raises(DataError, match=f"{name} is not named like .*1.csv: it may be unfin"):
            n_of(path)
    assert n_of(p / "*.csv") == n_of(p / "2*") == 1


@pytest.mark.parametrize(
    "names",
    [
        ["big.csv.aa", "big.csv.ab"],
        ["big.csv.1", "big.csv.2"],
        ["x.csv-00000-of-00002", "x.csv-00001-of-00002"],
        ["1.csv", "2.txt", "3.CSV"],
        ["1.csv", "2.csv.txt", "3.csvs"],
        ["1", "2.csv.0"],
    ],
)
def test_names_that_go_on_alike_are_shards(tmp_path: Path, names: list[str]) -> None:
    p = tables(tmp_path / "p", names)
    assert n_of(p) == n_of(p / "*") == len(names)


def test_a_name_may_end_like_each_format_that_is_read() -> None:
    for suffix in suffixes():
        assert re.fullmatch(FORMATS, suffix), suffix


def test_files_of_dask_are_read_unless_one_is_missing(tmp_path: Path) -> None:
    p = tables(tmp_path / "p", [f"{i}.part" for i in range(3)])
    assert n_of(p) == n_of(p / "*.part") == 3 * n_of(p / "0.part")
    (p / "1.part").unlink()
    for path in (p, p / "*.part"):
        with pytest.raises(DataError, match=r"1\.part is missing: Dask numbers from 0"):
            n_of(path)
    (p / "0.part").unlink()
    with pytest.raises(DataError, match=r"0\.part is missing"):
        n_of(p)
