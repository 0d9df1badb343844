"""Folders that are named after the values of columns."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError
from smoothl1.files.partitions import Partitions
from smoothl1.files.patterns import find_shards
from smoothl1.files.tree import LocalTree

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def made(folder: Path, names: Sequence[str]) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def found(path: Path | str) -> tuple[list[str], Partitions, list[str]]:
    """The names of files, their partitions, and warnings."""
    heard: list[str] = []
    shards = find_shards(str(path), heard.append)
    return [name.rpartition("/")[2] for name in shards.paths], shards.partitions, heard


def test_the_values_of_folders_are_decoded_and_in_the_order_of_the_files(tmp_path: Path) -> None:
    folders = ["y=10/r=a%2Fb%25/0", "y=9/r=__HIVE_DEFAULT_PARTITION__/1", "y=9/r=/2"]
    made(tmp_path, [*folders, "y=9/r=/_SUCCESS", "y=9/r=/.2.crc", "_SUCCESS", "_metadata"])
    expected = Partitions(("y", "r"), (("9", ""), ("9", None), ("10", "a/b%")))
    for path in (tmp_path, f"{tmp_path}/*/*/[0-9]", f"{tmp_path}/**"):
        assert found(path) == (["2", "1", "0"], expected, [])


def test_folders_that_the_path_names_itself_make_no_column(tmp_path: Path) -> None:
    made(tmp_path, ["y=1/r=a/0", "y=1/r=b/1"])
    for path in (tmp_path / "y=1", f"{tmp_path}/y=1/r=*/?"):
        assert found(path)[1] == Partitions(("r",), (("a",), ("b",)))
    assert found(tmp_path / "y=1/r=a")[1] == Partitions((), ((),))


def test_hidden_files_of_such_folders_are_left_out_and_told(tmp_path: Path) -> None:
    made(tmp_path, ["y=1/0", "y=2/1", "y=2/.2"])
    heard: list[str] = []
    shards = find_shards(str(tmp_path), heard.append)
    assert heard == [f"{tmp_path}/y=2: hidden files were left out: .2"]
    assert shards.hidden == ["y=2/.2"]


def test_folders_of_values_without_files_are_left_out_and_told(tmp_path: Path) -> None:
    """As Spark, DuckDB and pyarrow do."""
    made(tmp_path, ["y=1/x=2/0", "y=2/x=2/_SUCCESS", "y=2_$folder$", "y=1/x=4_$folder$", "y=4"])
    for name in ("y=1/x=3", "y=3"):
        (tmp_path / name).mkdir()
    shards = find_shards(str(tmp_path), pytest.fail)
    assert shards.paths == [f"{tmp_path}/y=1/x=2/0"]
    assert shards.partitions == Partitions(("y", "x"), (("1", "2"),))
    (decision,) = (x for x in shards.decisions("d") if x.subject == "folders left out")
    assert decision.choice == ", ".join(f"{tmp_path}/{x}" for x in ("y=2", "y=3", "y=1/x=3"))
    assert decision.reason == "they hold no files"
    assert found(f"{tmp_path}/*/*/*")[0] == ["0"]


def test_what_may_have_rows_stands_for_no_folder(tmp_path: Path) -> None:
    (made(tmp_path / "a", ["y=1/0"]) / "y=2_$folder$").write_text("p\n1\n")
    (made(tmp_path / "b", ["y=1/0"]) / "y=2").write_text("p\n1\n")
    made(tmp_path / "c", ["y=1/0", "y=2.csv"])
    for name in "abc":
        with pytest.raises(DataError, match="holds a folder, y=1"):
            found(tmp_path / name)
    for name in ("y=1", "y=2"):
        (tmp_path / "d" / name).mkdir(parents=True)
    with pytest.raises(DataError, match=r"/d: a folder without files$"):
        found(tmp_path / "d")


@pytest.mark.parametrize("n", range(4))
def test_a_folder_that_cannot_be_looked_at_once_is_found_or_stands_for_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n: int
) -> None:
    made(tmp_path, ["y=1/0", "y=2/1"])
    seen: list[str] = []

    def is_folder(self: LocalTree, path: str) -> bool:
        seen.append(path)
        return len(seen) != n + 1 and os.path.isdir(path)

    monkeypatch.setattr(LocalTree, "is_folder", is_folder)
    whole = (["0", "1"], Partitions(("y",), (("1",), ("2",))))
    assert found(tmp_path)[:2] in (whole, ([tmp_path.name], Partitions((), ((),))))


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (["y=1/0", "x=2/1"], "named after other columns than those of"),
        (["y=1/0", "y=2/x=1/1"], "named after other columns than those of"),
        (["y=1/y=2/0"], "two of its folders are named after 'y'"),
        (["y=%ff/0"], "is no UTF-8"),
        (["y=\udcff/0"], "is no UTF-8"),
        (["y=1/0", "1"], "holds a folder, y=1"),
        (["y=1/0", "z/1"], "holds a folder, y=1"),
        (["y=1/0", "y=2/.hidden"], r"y=2: a folder without files \[.*: \.hidden\]"),
        (["=1/0"], "holds a folder, =1"),
    ],
)
def test_folders_without_an_order_of_columns_are_refused(
    tmp_path: Path, names: list[str], why: str
) -> None:
    with pytest.raises(DataError, match=why):
        found(made(tmp_path, names))


def test_a_pattern_has_the_columns_that_all_of_its_files_have(tmp_path: Path) -> None:
    made(tmp_path, ["y=1/x=3/0", "y=2/z=3/1"])
    assert found(f"{tmp_path}/*/*/*")[1] == Partitions(("y",), (("1",), ("2",)))
