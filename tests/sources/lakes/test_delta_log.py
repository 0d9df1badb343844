"""Logs of tables of Delta Lake from which something was lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, StorageError, evaluate
from smoothl1.sources.lakes import delta_log
from tests.files.stores.conftest import bucket, port, via  # noqa: F401  fixtures
from tests.sources.lakes.packages import needs
from tests.sources.lakes.test_delta import COLUMNS, L1, LIVE, added, logged, table
from tests.tables import save

if TYPE_CHECKING:
    from pathlib import Path

    from tests.files.stores.conftest import Via
    from tests.files.stores.servers import Bucket

pytestmark = needs("deltalake")


def commit_of(path: Path, number: int) -> Path:
    return path / f"_delta_log/{number:020}.json"


@pytest.mark.parametrize("content", ["", " \n\n"])
def test_an_empty_commit_is_refused_where_its_rows_count(tmp_path: Path, content: str) -> None:
    """Without the second commit, the rows that it replaced would count again."""
    from deltalake import DeltaTable

    path = table(tmp_path / "t")
    for number in (1, 3):  # one between others, and the newest
        kept = commit_of(tmp_path / "t", number).read_bytes()
        commit_of(tmp_path / "t", number).write_text(content)
        with pytest.raises(DataError, match=rf"{number:020}\.json: an empty commit of a table"):
            evaluate(path, None, L1, **COLUMNS)
        commit_of(tmp_path / "t", number).write_bytes(kept)
    DeltaTable(path).create_checkpoint()
    commit_of(tmp_path / "t", 1).write_text(content)  # no longer needed
    (tmp_path / f"t/_delta_log/{3:020}.crc").write_text("")
    assert evaluate(path, None, L1, **COLUMNS).sum == sum(3.0**i for i in LIVE)


def test_a_commit_that_was_cut_at_the_end_of_a_line_is_refused(tmp_path: Path) -> None:
    """It tells how many files it adds and removes. Of what it does not tell, nothing is asked."""
    path = table(tmp_path / "t")
    for number, action, n_found in ((1, "remove", 0), (1, "add", 0), (3, "remove", 0)):
        commit = commit_of(tmp_path / "t", number)
        kept = commit.read_text()
        lines = kept.splitlines()
        commit.write_text("\n".join(line for line in lines if f'{{"{action}"' not in line))
        said = rf"{number:020}\.json: a commit .* was cut: it has {n_found} of 1 actions '{action}'"
        with pytest.raises(DataError, match=rf"{said}.*\[restore"):
            evaluate(path, None, L1, **COLUMNS)
        commit.write_text(kept)
    assert evaluate(path, None, L1, **COLUMNS).sum == sum(3.0**i for i in LIVE)


@pytest.mark.parametrize(
    ("metrics", "n_said"),
    [
        ({"numTargetFilesAdded": "3"}, 3),  # of Spark
        ({"num_target_files_added": 2}, 2),
        ({"numAddedFiles": "1", "numFiles": "7", "numRemovedFiles": "0"}, 0),
        ({"numFilesAdded": True, "num_added_files": "x", "numAddedFiles": None}, 0),
        ("none", 0),
        (None, 0),
    ],
)
def test_what_a_commit_tells_is_compared_in_the_words_of_each_writer(
    tmp_path: Path, metrics: Any, n_said: int
) -> None:
    info = {"commitInfo": {"operation": "MERGE", "operationMetrics": metrics}}
    path = logged(tmp_path / "t", info, added())
    if not n_said:
        assert evaluate(path, None, L1, **COLUMNS).sum == 1.0
        return
    with pytest.raises(DataError, match=rf"was cut: it has 1 of {n_said} actions 'add'"):
        evaluate(path, None, L1, **COLUMNS)


@pytest.mark.parametrize(
    ("operation", "name", "n_said", "is_whole"),
    [
        ("DELETE", "num_added_files", 2, True),
        ("MERGE", "num_target_files_added", 2, True),
        ("DELETE", "num_added_files", 3, False),
        ("UPDATE", "num_added_files", 2, False),  # of an update, files of changes do not count
        ("DELETE", "numAddedFiles", 2, False),  # nor do they in Spark
    ],
)
def test_files_of_changes_count_where_delta_rs_counts_them(
    tmp_path: Path, operation: str, name: str, n_said: int, is_whole: bool
) -> None:
    info = {"commitInfo": {"operation": operation, "operationMetrics": {name: n_said}}}
    file = {"path": "_change_data/x.parquet", "partitionValues": {}, "size": 1, "dataChange": False}
    path = logged(tmp_path / "t", info, added(), {"cdc": file})
    if is_whole:
        assert evaluate(path, None, L1, **COLUMNS).sum == 1.0
    else:
        with pytest.raises(DataError, match=rf"was cut: it has \d of {n_said} actions 'add'"):
            evaluate(path, None, L1, **COLUMNS)


def test_rows_that_were_deleted_from_a_table_that_keeps_changes_do_not_count(
    tmp_path: Path,
) -> None:
    from deltalake import DeltaTable, write_deltalake

    path, keeps = str(tmp_path / "t"), {"delta.enableChangeDataFeed": "true"}
    rows = pa.table({"id": [1, 2, 3], "p": [1.0, 2.0, 3.0], "t": [1.5, 2.0, 5.0]})
    write_deltalake(path, rows, configuration=keeps)
    DeltaTable(path).delete("id = 2")
    assert evaluate(path, None, L1, **COLUMNS).sum == 2.5


def test_an_empty_commit_in_a_store_is_refused(
    bucket: Bucket,  # noqa: F811
    via: Via,  # noqa: F811
    tmp_path: Path,
) -> None:
    """Also if it is empty in the answers alone."""
    table(tmp_path / "t")
    for file in (tmp_path / "t").rglob("*"):
        if file.is_file():
            bucket.put(f"t/{file.relative_to(tmp_path / 't')}", file.read_bytes())
    proxy = via(lambda _, line: line.startswith("GET") and f"{3:020}" in line, "short")
    proxy.n_left_out = 1 << 20
    with pytest.raises(StorageError, match=rf"{3:020}\.json: the connection broke"):
        evaluate(f"{bucket.uri}/t", None, L1, **COLUMNS)
    via()
    bucket.put(f"t/_delta_log/{1:020}.json", b"")
    with pytest.raises(DataError, match=rf"{1:020}\.json: an empty commit of a table"):
        evaluate(f"{bucket.uri}/t", None, L1, **COLUMNS)


def test_a_file_with_another_number_of_rows_than_in_the_log_is_refused(tmp_path: Path) -> None:
    """Statistics need not be there, nor the number of rows among them."""
    for name, stats in (("a", {}), ("b", {"stats": "{}"}), ("c", {"stats": '{"numRecords": 1}'})):
        path = logged(tmp_path / name, added(**stats))
        assert evaluate(path, None, L1, **COLUMNS).sum == 1.0
        save(tmp_path / name / "x.parquet", None, p=[1.0, 2.0], t=[0.0, 0.0])
        if name == "c":
            said = r"x\.parquet: it has 2 rows, but 1 by the log of the table of Delta Lake"
            with pytest.raises(DataError, match=said):
                evaluate(path, None, L1, **COLUMNS)


def test_a_compacted_commit_is_read_until_it_is_not_blank(tmp_path: Path) -> None:
    """It may be as long as a thousand commits. What it tells of is not compared with it."""
    table(tmp_path / "t")
    start = b'{"commitInfo": {"operationMetrics": {"num_added_files": 9}}}\n'
    for n_blanks, content in ((0, start * 10_000), (200_000, start), (200_000, b"")):
        name = f"{1:020}.{3:020}.compacted.json"
        path = tmp_path / "t/_delta_log" / name
        path.write_bytes(b" \n" * (n_blanks // 2) + content)
        assert len(delta_log._content(str(path))) <= 1 << 16
        if content:
            delta_log.check_commits(str(tmp_path / "t"), 3)
        else:
            with pytest.raises(DataError, match=f"{name}: an empty commit of a table"):
                delta_log.check_commits(str(tmp_path / "t"), 3)


def test_a_cut_commit_that_lost_what_it_tells_is_known_by_the_checksum_of_the_version(
    tmp_path: Path,
) -> None:
    """Without a checksum, which Spark writes and delta-rs does not, nothing can tell."""
    from deltalake import DeltaTable

    path = table(tmp_path / "t")
    whole = pa.table(DeltaTable(path).get_add_actions(flatten=True))
    n_bytes = sum(whole["size_bytes"].to_pylist())
    commit, checksum = (
        commit_of(tmp_path / "t", 3),
        commit_of(tmp_path / "t", 3).with_suffix(".crc"),
    )
    kept = commit.read_text()
    cut = "".join(line for line in kept.splitlines(keepends=True) if '{"remove"' in line)
    for told, n_lost in (
        ({"numFiles": len(whole), "tableSizeBytes": n_bytes}, 1),
        ({"tableSizeBytes": n_bytes}, 1),
        ({"numFiles": str(len(whole)), "tableSizeBytes": None}, 0),
        ([], 0),
    ):
        checksum.write_text(json.dumps(told))
        commit.write_text(kept)
        assert evaluate(path, None, L1, **COLUMNS).sum == sum(3.0**i for i in LIVE)
        commit.write_text(cut)
        if n_lost:
            said = rf"{3:020}\.crc: version 3 .* has [\d,]+ (files?|bytes?) by its commits, but"
            with pytest.raises(DataError, match=said):
                evaluate(path, None, L1, **COLUMNS)
        else:
            assert evaluate(path, None, L1, **COLUMNS).sum == sum(3.0**i for i in range(4))


def test_a_checkpoint_of_other_files_than_its_note_says_is_refused(tmp_path: Path) -> None:
    from deltalake import DeltaTable

    path = table(tmp_path / "t")
    opened = DeltaTable(path)
    opened.create_checkpoint()
    assert evaluate(path, None, L1, **COLUMNS).sum == sum(3.0**i for i in LIVE)
    (checkpoint,) = (tmp_path / "t" / "_delta_log").glob("*.checkpoint.parquet")
    rows = pq.read_table(checkpoint)
    added = [i for i, is_there in enumerate(rows.column("add").is_valid().to_pylist()) if is_there]
    kept = [i for i in range(rows.num_rows) if i not in added[1:]]  # of the files, the first
    pq.write_table(rows.take(kept), checkpoint)
    with pytest.raises(
        DataError, match=r"_last_checkpoint: version \d+ .* has 1 file by .* by the note beside"
    ):
        evaluate(path, None, L1, **COLUMNS)
