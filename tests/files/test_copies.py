"""The same rows twice in one folder or pattern: links, compressed files, backups."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from smoothl1 import DataError, EvalSettings, evaluate
from tests.files.folders import COLUMNS, tables

if TYPE_CHECKING:
    from pathlib import Path

L1 = EvalSettings((0.0,), "sum")


def value_of(path: Path | str) -> float:
    (value,) = evaluate(path, None, L1, **COLUMNS).values
    return float(value)


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_two_names_of_one_file_are_refused(tmp_path: Path, link: Any) -> None:
    p = tables(tmp_path / "p", ["2024-01-01.csv", "2024-01-02.csv"])
    link(p / "2024-01-02.csv", p / "latest.csv")
    for path in (p, p / "*.csv"):
        with pytest.raises(DataError, match=r"2024-01-02.csv and .*latest.csv are one file"):
            value_of(path)
    assert value_of(p / "2024*.csv") == 4.0


def test_two_names_of_one_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    tables(tmp_path / "runs" / "1", ["x.csv"])
    (tmp_path / "runs" / "last").symlink_to("1")
    with pytest.raises(DataError, match=r"1/x.csv and .*last/x.csv are one file"):
        value_of(tmp_path / "runs/*/x.csv")


def test_links_to_files_elsewhere_are_shards(tmp_path: Path) -> None:
    store = tables(tmp_path / "store", ["a", "b"])
    (tmp_path / "p").mkdir()
    for name in "ab":
        (tmp_path / "p" / f"{name}.csv").symlink_to(store / name)
    assert value_of(tmp_path / "p") == 4.0


COPIES = [
    ("x.csv", "x.csv.gz"),
    ("x.csv", "x.csv.zst"),
    ("x.csv.gz", "x.csv.zst"),
    ("x.csv", "x.csv~"),
    ("x.csv", "x.csv.~1~"),
    ("x.csv", "x.csv.bak"),
    ("x.csv", "x.csv.orig"),
    ("x.csv", "x.csv.1"),
    ("x.csv", "x (1).csv"),
    ("x.csv", "x(1).csv"),
    ("x.csv", "x - Copy.csv"),
    ("x.csv", "x - Copy (2).csv"),
    ("x.csv", "x copy.csv"),
    ("x.csv", "x copy 2.csv"),
    ("x.csv", "x-Copy1.csv"),
    ("x.csv", "x_copy.csv"),
    ("x.csv", "Copy of x.csv"),
    ("x.csv", "#x.csv#"),
    ("x.csv", "x (my conflicted copy 2024-01-01).csv"),
    ("x.csv.gz", "x (1).csv.gz"),
    ("x.csv", "x.csv.1.gz"),
    ("x.csv", "x (copy).csv"),
    ("x.csv", "x (another copy).csv"),
    ("x.csv", "x (3rd copy).csv"),
    ("x.csv", "x (copy 2).csv"),
    ("x.csv", "x (autre copie).csv"),
    ("x.csv", "x - Kopie.csv"),
    ("x.csv", "x - Kopie (2).csv"),
    ("x.csv", "x - Copie.csv"),
    ("x.csv", "x - copia.csv"),
    ("x.csv", "x - Kopia.csv"),
    ("x.csv", "x - kopi.csv"),
    ("x.csv", "x - Cópia.csv"),
    ("x.csv", "x - Копия.csv"),
    ("x.csv", "x - 副本.csv"),
    ("x.csv", "x - コピー (2).csv"),
    ("x.csv", "x のコピー.csv"),
    ("x.csv", "x Kopie 2.csv"),
    ("x.csv", "Kopie von x.csv"),
    ("x.csv", "Copia (2) de x.csv"),
    ("x.csv", "Kopia x.csv"),
    ("x.csv", "x - Copy - Copy.csv"),
    ("x.csv", "x (copy) (1).csv"),
    ("x.csv", "x 2.csv"),
    ("x.csv", "x 12.csv"),
    ("x.csv", "x.copy.csv"),
    ("x.csv", "x.bak.csv"),
    ("x.csv", "x_old.csv"),
    ("x.csv", "x-backup.csv"),
    ("x.csv", "x_orig.csv"),
    ("x.csv", "x.csv_old"),
    ("x.csv", "x.csv-backup2"),
    ("x.csv", "x.sync-conflict-20240101-120000-ABCDEFG.csv"),
    ("x.csv", "x_conflict-20240101-120000.csv"),
    ("x.csv.gz", "x - Kopie.csv.gz"),
    ("x.csv", "x - Kopie.csv.gz"),
    ("x_0.csv", "x_0 (copy).csv"),
    ("x.csv", "x.csv.GZ"),
    ("x.csv", "x.txt"),
    ("x.csv", "x.tsv.gz"),
    ("x.csv", "x (1).txt"),
    ("x.csv", "x.npy"),
]


@pytest.mark.parametrize("names", COPIES)
def test_a_copy_beside_the_original_is_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    p = tables(tmp_path / "p", ["w.csv", *names])
    for path in (p, p / "*"):
        with pytest.raises(DataError) as found:
            value_of(path)
        assert all(name in found.value.what for name in names)
        assert "seem to hold the same rows" in found.value.what
    (p / names[1]).unlink()
    (p / names[0]).rename(p / "x.csv")  # none of these files is really compressed
    assert value_of(p) == 4.0


def test_files_without_a_byte_are_no_copies_but_unfinished(tmp_path: Path) -> None:
    p = tables(tmp_path / "p", ["w.csv", "x.csv"])
    for name in ("x.npy", "w.csv.bak"):
        (p / name).touch()
        with pytest.raises(DataError, match=rf"{name} has 0 bytes: not written to the end"):
            value_of(p)
        (p / name).unlink()
    assert value_of(p) == 4.0


def test_the_pattern_of_the_hint_matches_each_file_once(tmp_path: Path) -> None:
    p = tables(tmp_path / "p q", ["x.csv", "y.csv", "y.csv~"])
    with pytest.raises(DataError, match=r"\[a quoted pattern says which count: '.*p q/\*.csv'"):
        value_of(p)
    assert value_of(p / "*.csv") == 4.0
    more = tables(tmp_path / "more", ["x.csv", "x (1).csv"])
    with pytest.raises(DataError, match=r"\[move one of them elsewhere"):
        value_of(more)
    some = tables(tmp_path / "some", ["x.csv", "x.csv.gz", "y.csv.gz"])
    with pytest.raises(DataError, match=r"pattern says which count: .*/some/\*.csv.gz"):
        value_of(some)


@pytest.mark.parametrize(
    "names",
    [
        ["x (1).csv", "x (2).csv"],
        ["x.csv.1", "x.csv.2"],
        ["x.csv", "x.1.csv", "x-1.csv"],
        ["part", "part.1"],
        ["x_copy.csv", "y.csv"],
        ["a copy.csv", "b copy.csv"],
        ["a - Kopie.csv", "b - Kopie.csv"],
        ["x.csv", "x 0.csv", "x 1.csv"],
        ["x.csv", "x 02.csv"],
        ["x 2.csv", "x 3.csv"],
        ["x.csv", "x_copilot.csv", "x_copyright.csv"],
        ["x.csv", "x_older.csv", "x_golden.csv", "x_new.csv"],
        ["x.csv", "x (north).csv", "x - north.csv"],
        ["x.csv", "x"],
        ["x.csv", "x.dat"],
        ["x.csv", "y.txt"],
        ["x.1.csv", "x.2.txt"],
    ],
)
def test_names_without_the_original_are_no_copies(tmp_path: Path, names: list[str]) -> None:
    p = tables(tmp_path / "p", names)
    assert value_of(p) == value_of(p / "*") == 2.0 * len(names)


def test_the_same_name_in_two_folders_is_no_copy(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    tables(tmp_path / "runs" / "1", ["x.csv"])
    tables(tmp_path / "runs" / "2", ["x.csv~"])
    assert value_of(tmp_path / "runs/*/*") == 4.0
