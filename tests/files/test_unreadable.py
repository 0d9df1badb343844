"""Folders and lists that may not be read: what they would say of the data is never passed over."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

import pytest

from tests.rights import needs_rights, without_rights
from tests.tables import save

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [needs_rights, pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")]

DENIED = "permission denied"
COLUMNS = ("--pred", "p", "--target", "t")


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Path]:
    """Folders d1 to d3 with a table each, whose mean loss is 2 at beta 0 in all."""
    for i in (1, 2, 3):
        (tmp_path / f"a/d{i}").mkdir(parents=True)
        (tmp_path / f"a/d{i}/part.csv").write_text(f"p,t\n{i},0\n")
    yield tmp_path
    for folder in tmp_path.rglob("*"):
        if folder.is_dir() and not folder.is_symlink():
            folder.chmod(0o755)


def refused(folder: Path, *args: str | Path) -> str:
    """What a command says that ends with the exit code of a refusal of the system."""
    done = without_rights(folder, *args)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.startswith("smoothl1: error: ")
    return done.stderr.removeprefix("smoothl1: error: ")


@pytest.mark.parametrize("mode", [0o000, 0o644, 0o311])
@pytest.mark.parametrize("pattern", ["a/*/part.csv", "a/**/*.csv", "a/*/*.csv", "a/d[12]/p*t.csv"])
def test_a_folder_that_a_pattern_may_not_look_into_is_refused(
    tree: Path, pattern: str, mode: int
) -> None:
    (tree / "a/d2").chmod(mode)
    commands = [("eval", pattern, *COLUMNS, "-b", "0"), ("inspect", pattern), ("merge", pattern)]
    if (pattern, mode) == ("a/*/part.csv", 0o311):  # its files can be opened without a listing
        assert without_rights(tree, *commands[0]).stdout == "2.0\n"
        return
    for args in commands[: 2 if mode == 0o644 else 3]:
        said = refused(tree, *args)
        assert "a/d2" in said
        assert "permission denied" in said


def test_a_pattern_of_which_no_folder_may_be_read_is_refused_by_the_system(tree: Path) -> None:
    for i in (1, 2, 3):
        (tree / f"a/d{i}").chmod(0)
    said = refused(tree, "eval", "a/*/part.csv", *COLUMNS)
    assert re.fullmatch(r"a/d[123]: permission denied\n", said)


@pytest.mark.parametrize("mode", [0o000, 0o311])
def test_a_folder_that_may_not_be_listed_is_refused(tree: Path, mode: int) -> None:
    """As the folder that is named, and as one of folders that are named after values."""
    for i in (1, 2, 3):
        (tree / f"a/d{i}").rename(tree / f"a/day={i}")
    assert without_rights(tree, "eval", "a", *COLUMNS, "-b", "0").stdout == "2.0\n"
    (tree / "a/day=2").chmod(mode)
    for path in ("a", "a/day=2"):
        for args in (("eval", path, *COLUMNS), ("inspect", path)):
            assert refused(tree, *args) == f"a/day=2: {DENIED}\n"


def test_folders_that_no_name_asks_for_may_be_unreadable(tree: Path) -> None:
    (tree / "a/d3/lost+found").mkdir(mode=0)
    (tree / "a/.hidden").mkdir(mode=0)
    (tree / "a/d2").chmod(0)
    for pattern in ("a/d[13]/part.csv", "a/d[13]/**/*.csv"):
        done = without_rights(tree, "eval", pattern, *COLUMNS, "-b", "0")
        assert (done.returncode, done.stdout) == (0, "2.0\n")


TID = "1111111111111111111"
PART = f"part-00000-tid-{TID}-0a1b-0-c000.snappy.parquet"


def test_the_lists_of_transactions_that_may_not_be_read_are_missed(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    save(folder / PART, p=[1.0], t=[0.0])
    (folder / f"_started_{TID}").touch()
    committed = folder / f"_committed_{TID}"
    committed.write_text(json.dumps({"added": [PART], "removed": []}))
    for path in ("out", "out/*.parquet", f"out/{PART}"):
        assert without_rights(tmp_path, "eval", path, *COLUMNS, "-b", "0").stdout == "1.0\n"
    committed.chmod(0)
    for path in ("out", "out/*.parquet", f"out/{PART}"):
        said = refused(tmp_path, "eval", path, *COLUMNS)
        assert said.endswith(f"out/{committed.name}: {DENIED}\n")
    committed.chmod(0o644)
    folder.chmod(0o311)
    try:
        said = refused(tmp_path, "eval", f"out/{PART}", *COLUMNS)
        assert said.startswith(f"out/{PART}: {DENIED}: lists beside it may say that it does not ")
    finally:
        folder.chmod(0o755)
    (tmp_path / "copy").mkdir()
    (folder / PART).rename(tmp_path / "copy" / PART)
    done = without_rights(tmp_path, "eval", f"copy/{PART}", *COLUMNS, "-b", "0")
    assert (done.returncode, done.stdout) == (0, "1.0\n")


def test_the_list_of_a_saved_dataset_that_may_not_be_read_is_missed(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    for name in ("data-00000-of-00001.arrow", "cache-1.arrow"):
        save(tmp_path / "p" / name, p=[1.0], t=[0.0])
    (tmp_path / "p/state.json").write_text("{}")
    (tmp_path / "p/state.json").chmod(0)
    for path in ("p", "p/*.arrow"):
        assert refused(tmp_path, "eval", path, *COLUMNS) == f"p/state.json: {DENIED}\n"


@pytest.mark.parametrize("folders", ["data", "data/year=2024", "."])
def test_the_metadata_of_iceberg_that_may_not_be_read_is_missed(
    tmp_path: Path, folders: str
) -> None:
    table = tmp_path / "table"
    (table / folders).mkdir(parents=True)
    save(table / folders / "1.parquet", p=[1.0], t=[0.0])
    (table / "metadata").mkdir(mode=0)
    try:
        for path in (table / folders / "1.parquet", table / folders / "*.parquet"):
            said = refused(tmp_path, "eval", path, *COLUMNS)
            assert said.startswith(f"{table}/metadata: {DENIED}: it may be the log of a table")
    finally:
        (table / "metadata").chmod(0o755)
    path = table / folders / "1.parquet"
    assert without_rights(tmp_path, "eval", path, *COLUMNS, "-b", "0").stdout == "1.0\n"


def test_metadata_above_that_is_none_of_iceberg_s_may_be_unreadable(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "metadata").mkdir(mode=0)
    save(tmp_path / "runs/1.parquet", p=[1.0], t=[0.0])
    for path in ("runs/1.parquet", "runs", "runs/*"):
        done = without_rights(tmp_path, "eval", path, *COLUMNS, "-b", "0")
        assert (done.returncode, done.stdout) == (0, "1.0\n")
