"""Folders that Databricks writes: which files count, by the lists of their transactions."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from smoothl1 import DataError, EvalSettings, StorageError, evaluate
from tests.tables import save

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

L1 = EvalSettings((0.0,), "sum")
COLUMNS: dict[str, Any] = {"pred": ("p",), "target": ("t",)}
IDS = ("1111111111111111111", "2222222222222222222")


def name_of(tid: str, i: int = 0) -> str:
    return f"part-{i:05}-tid-{tid}-0a1b2c3d-1111-4222-8333-0a1b2c3d4e5f-{i}-1-c000.snappy.parquet"


OLD, NEW = map(name_of, IDS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files whose losses are 1 and 2, of two transactions that began."""
    (tmp_path / "out").mkdir()
    for i, name in enumerate((OLD, NEW)):
        save(tmp_path / "out" / name, p=[i + 1.0], t=[0.0])
        (tmp_path / "out" / f"_started_{IDS[i]}").touch()
    (tmp_path / "out/_SUCCESS").touch()
    return tmp_path / "out"


def commit(folder: Path, tid: str, added: Sequence[str], removed: Sequence[str] = ()) -> None:
    text = json.dumps({"added": list(added), "removed": list(removed)})
    (folder / f"_committed_{tid}").write_text(text)


def value_of(path: Path | str) -> float:
    (value,) = evaluate(path, None, L1, **COLUMNS).values
    return float(value)


def test_files_that_were_all_committed_are_read(folder: Path) -> None:
    commit(folder, IDS[0], [OLD])
    commit(folder, IDS[1], [NEW])
    assert value_of(folder) == value_of(folder / "*.parquet") == 3.0


def test_a_file_that_a_transaction_removed_is_refused(folder: Path) -> None:
    commit(folder, IDS[0], [OLD])
    commit(folder, IDS[1], [NEW], [OLD])
    for path in (folder, folder / "*.parquet", folder / OLD.replace("part", "p*t"), folder / OLD):
        with pytest.raises(DataError, match=f"{OLD} was removed by a later transaction.*pattern"):
            value_of(path)
    assert value_of(folder / f"*{IDS[1]}*") == value_of(folder / NEW) == 2.0
    (folder / OLD).unlink()
    assert value_of(folder) == 2.0


def test_a_removed_file_without_an_id_is_refused(folder: Path) -> None:
    (folder / OLD).rename(folder / "part-0.parquet")
    (folder / f"_started_{IDS[0]}").unlink()
    commit(folder, IDS[1], [NEW], ["part-0.parquet"])
    for path in (folder, folder / "*.parquet", folder / "part-?.parquet"):
        with pytest.raises(DataError, match=r"part-0.parquet was removed"):
            value_of(path)
    commit(folder, IDS[1], [NEW])
    assert value_of(folder) == 3.0


@pytest.mark.parametrize("of_old", [None, '{"added": [], "removed": []}'])
def test_a_file_that_was_not_committed_is_refused(folder: Path, of_old: str | None) -> None:
    if of_old is not None:
        (folder / f"_committed_{IDS[0]}").write_text(of_old)
    commit(folder, IDS[1], [NEW])
    for path in (folder, folder / "*", folder / OLD):
        with pytest.raises(DataError, match=f"not all of its files count: {OLD} was not committed"):
            value_of(path)
    assert value_of(folder / f"*{IDS[1]}*") == 2.0


DAMAGED = {
    "empty": b"",
    "cut": b'{"added": ["part-0',
    "marked": b'\xef\xbb\xbf{"added": [], "removed": []}',
    "no text": b"\xff\xfe{",
    "null": b"null",
    "array": b"[]",
    "object": b"{}",
    "one": b'{"added": []}',
    "removed": b'{"added": [], "removed": null}',
    "text": b'{"added": "x", "removed": []}',
    "nested": b"[" * 200_000,
    "large": b" " * ((1 << 26) + 1),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_list_of_a_transaction_is_refused(folder: Path, content: bytes) -> None:
    commit(folder, IDS[0], [OLD])
    (folder / f"_committed_{IDS[1]}").write_bytes(content)
    for path in (folder, folder / "*", folder / OLD, folder / NEW):
        with pytest.raises(DataError, match=f"_committed_{IDS[1]}: a list of files .*export"):
            value_of(path)


@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_a_list_of_a_transaction_that_is_no_file_is_refused(folder: Path, kind: str) -> None:
    path = folder / "_committed_vacuum1"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero")
    for commits, tid in ((OLD, IDS[0]), (NEW, IDS[1])):
        commit(folder, tid, [commits])
    for path in (folder, folder / "*.parquet", folder / OLD):
        with pytest.raises(DataError, match="vacuum1: a list of files, but not a regular file"):
            value_of(path)


def test_a_list_of_a_transaction_that_a_link_leads_nowhere_is_refused(folder: Path) -> None:
    (folder / "_committed_vacuum1").symlink_to("nowhere")
    for path in (folder, folder / "*.parquet", folder / OLD):
        with pytest.raises(StorageError, match="vacuum1: a link to nowhere, which is not there"):
            value_of(path)


def test_a_vacuum_removes_files_too(folder: Path) -> None:
    commit(folder, IDS[0], [OLD])
    commit(folder, IDS[1], [NEW])
    commit(folder, "vacuum123", [], [OLD])
    with pytest.raises(DataError, match=f"{OLD} was removed"):
        value_of(folder)


def test_a_committed_file_that_is_not_there_is_missed_in_a_folder(folder: Path) -> None:
    commit(folder, IDS[0], [OLD, name_of(IDS[0], 1)])
    commit(folder, IDS[1], [NEW])
    with pytest.raises(DataError, match=f"{name_of(IDS[0], 1)}, which a transaction added, is not"):
        value_of(folder)
    assert value_of(folder / "*.parquet") == 3.0


def test_ids_in_names_say_nothing_without_the_lists_of_transactions(folder: Path) -> None:
    for tid in IDS:
        (folder / f"_started_{tid}").unlink()
    assert value_of(folder) == value_of(folder / "*.parquet") == value_of(folder / OLD) + 2.0


def test_files_in_folders_of_partitions_are_looked_up_beside_them(folder: Path) -> None:
    commit(folder, IDS[0], [OLD])
    commit(folder, IDS[1], [NEW], [OLD])
    (folder.parent / "table").mkdir()
    folder.rename(folder.parent / "table/year=2024")
    for pattern in ("table/*/*.parquet", "table/**/*.parquet"):
        with pytest.raises(DataError, match=f"{OLD} was removed"):
            value_of(folder.parent / pattern)
