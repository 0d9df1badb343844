"""Tables of Apache Iceberg: the rows of the current snapshot, or a refusal."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, EvalSettings, ReadOptions, StorageError, evaluate
from smoothl1.sources.formats import files_of
from smoothl1.sources.lakes import iceberg_document
from tests.sources.lakes.packages import needs
from tests.tables import save

pytestmark = [
    needs("pyiceberg"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning"),
]

L1 = EvalSettings((0.0,), "sum")
COLUMNS: dict[str, Any] = {"pred": "p", "target": "t"}


def rows(*ids: int) -> pa.Table:
    """Rows whose losses are powers of three, in two regions."""
    regions = ["a/ä %" if i % 2 else "b" for i in ids]
    p = pa.array([3.0**i for i in ids])
    return pa.table(
        {"id": pa.array(ids, pa.int64()), "p": p, "t": [0.0 for _ in ids], "r": regions}
    )


@pytest.fixture
def table(tmp_path: Path) -> Any:
    """A table in a catalog, with rows from which some were deleted by writing files again."""
    from pyiceberg.catalog.sql import SqlCatalog

    catalog = SqlCatalog("c", uri="sqlite:///:memory:", warehouse=f"file://{tmp_path}")
    catalog.create_namespace("n")
    made = catalog.create_table("n.t", schema=rows(0).schema)
    made.append(rows(0, 1, 2, 3))
    made.append(rows(4, 5))
    made.delete("id == 1 or id == 4")
    return made


LIVE = (0, 2, 3, 5)


def folder_of(table: Any) -> str:
    return str(table.location()).removeprefix("file://")


def value_of(path: Path | str, **choices: Any) -> float:
    (value,) = evaluate(path, None, L1, **(COLUMNS | choices)).values
    return float(value)


def test_the_rows_that_count_are_those_of_the_snapshot(table: Any) -> None:
    found = evaluate(folder_of(table), None, L1, by="r", **COLUMNS)
    sums = dict(zip((group.group for group in found.groups), found.values, strict=True))
    assert sums == {"b": 10.0, "a/ä %": 270.0}
    (decision,) = (d for d in found.decisions if d.subject == "version")
    snapshot = table.current_snapshot().snapshot_id
    assert decision.choice.startswith(f"snapshot {snapshot} (00003-")
    assert decision.choice.endswith(".metadata.json) of a table of Apache Iceberg")


def test_a_metadata_file_names_an_older_snapshot(table: Any) -> None:
    before = table.metadata_location.removeprefix("file://")
    table.append(rows(6))
    assert value_of(folder_of(table)) == 280.0 + 3.0**6
    assert value_of(before) == 280.0


def test_rows_are_matched_by_keys_and_not_by_position(table: Any, tmp_path: Path) -> None:
    target = save(tmp_path / "t.parquet", None, **rows(5, 3, 2, 0).drop(["p"]).to_pydict())
    assert evaluate(folder_of(table), target, L1, key="id", **COLUMNS).values == (280.0,)
    with pytest.raises(DataError, match="a table of Apache Iceberg keeps no order"):
        evaluate(folder_of(table), target, L1, **COLUMNS)


def test_partitioned_tables_have_their_columns_in_the_files(tmp_path: Path) -> None:
    from pyiceberg.catalog.sql import SqlCatalog

    catalog = SqlCatalog("c", uri="sqlite:///:memory:", warehouse=f"file://{tmp_path}/w%20w")
    catalog.create_namespace("n")
    made = catalog.create_table("n.t", schema=rows(0).schema)
    with made.update_spec() as update:
        update.add_identity("r")
    made.append(rows(0, 1, 2))
    found = evaluate(folder_of(made), None, L1, by="r", **COLUMNS)
    assert sorted(found.values) == [3.0, 10.0]


def test_a_copy_is_refused_and_not_read_from_the_files_of_the_original(
    table: Any, tmp_path: Path
) -> None:
    """A link leads to the table itself."""
    root = Path(folder_of(table))
    shutil.copytree(root, tmp_path / "copy")
    (newest,) = (tmp_path / "copy/metadata").glob("00003-*")
    for path in (tmp_path / "copy", newest):
        with pytest.raises(DataError, match=rf"its files are elsewhere, file://{root} \[give"):
            value_of(path)
    (tmp_path / "link").symlink_to(root.parent)
    (metadata,) = root.glob("metadata/00003-*")
    links = (
        tmp_path / "link" / root.name,
        tmp_path / "link" / root.name / "metadata" / metadata.name,
    )
    for path in (*links, f"{root}/../{root.name}/"):
        assert value_of(path) == 280.0


def test_metadata_beside_their_manifests_may_be_elsewhere_than_the_files(
    table: Any, tmp_path: Path
) -> None:
    with table.transaction() as change:
        change.set_properties({"write.metadata.path": f"file://{tmp_path}/other/metadata"})
    table.append(rows(6))
    metadata = table.metadata_location.removeprefix("file://")
    assert metadata.startswith(f"{tmp_path}/other")
    assert value_of(metadata) == value_of(tmp_path / "other") == 280.0 + 3.0**6


def test_a_file_that_the_table_has_twice_counts_twice(table: Any, tmp_path: Path) -> None:
    """As pyiceberg itself counts it."""
    pq.write_table(rows(7), tmp_path / "own.parquet")
    for _ in range(2):
        table.add_files([f"file://{tmp_path}/own.parquet"], check_duplicate_files=False)
    assert sum(table.scan().to_arrow()["p"].to_pylist()) == 280.0 + 2 * 3.0**7
    assert value_of(folder_of(table)) == 280.0 + 2 * 3.0**7


def test_deleted_rows_beside_the_files_and_other_formats_are_refused(
    table: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pyiceberg writes neither, so the plan of its files is changed."""
    from pyiceberg.manifest import FileFormat
    from pyiceberg.table import DataScan

    def planned(file_format: FileFormat, path: str, *deletes: object) -> None:
        file = SimpleNamespace(
            file_format=file_format, file_path=path, record_count=len(LIVE), spec_id=0
        )
        task = SimpleNamespace(file=file, delete_files={*deletes})
        monkeypatch.setattr(DataScan, "plan_files", lambda _: [task])

    path = f"{folder_of(table)}/x.parquet"
    planned(FileFormat.PARQUET, f"file:{path}")
    assert files_of(folder_of(table), print) == [path]
    planned(FileFormat.PARQUET, path, "deletes.parquet")
    with pytest.raises(DataError, match=r"rows of its files are deleted \(delete files\)"):
        value_of(folder_of(table))
    planned(FileFormat.ORC, path)
    with pytest.raises(DataError, match="its files are ORC, not Parquet"):
        value_of(folder_of(table))
    planned(FileFormat.PARQUET, "s3://bucket/x.parquet")
    with pytest.raises(DataError, match="its files are elsewhere, s3://bucket"):
        value_of(folder_of(table))


def test_equality_deletes_are_refused_as_pyiceberg_refuses_them(
    table: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyiceberg.table import DataScan

    def refused(_: object) -> None:
        raise ValueError("PyIceberg does not yet support equality deletes\nhttps://...")

    monkeypatch.setattr(DataScan, "plan_files", refused)
    with pytest.raises(DataError, match=r"not yet support equality deletes \[export"):
        value_of(folder_of(table))


def test_metadata_in_doubt_are_refused_until_one_is_named(table: Any) -> None:
    newest = table.metadata_location.removeprefix("file://")
    folder = f"{folder_of(table)}/metadata"
    other = newest.replace("/00003-", "/00003-0")
    shutil.copy(newest, other)
    with pytest.raises(DataError, match=r"2 are the newest.*name the metadata file"):
        value_of(folder_of(table))
    assert value_of(newest) == 280.0
    with open(f"{folder}/version-hint.text", "w") as hint:
        hint.write(newest.rpartition("/")[2])
    assert value_of(folder_of(table)) == 280.0
    shutil.copy(newest, f"{folder}/v4.metadata.json")
    with pytest.raises(DataError, match=r"version-hint\.text names 00003-"):
        value_of(folder_of(table))
    with open(f"{folder}/version-hint.text", "w") as hint:
        hint.write("4\n")
    assert value_of(folder_of(table)) == 280.0
    shutil.copy(newest, f"{folder}/v5.metadata.json.gz")
    with pytest.raises(DataError, match=r"version-hint\.text names v4"):
        value_of(folder_of(table))
    os.remove(f"{folder}/version-hint.text")
    with pytest.raises(DataError, match=r"v5\.metadata\.json\.gz is compressed"):
        value_of(folder_of(table))


@pytest.mark.parametrize("has_hint", [True, False])
def test_compressed_metadata_are_the_newest_if_their_number_says_so(
    table: Any, *, has_hint: bool
) -> None:
    newest = Path(table.metadata_location.removeprefix("file://"))
    folder = newest.parent
    for i, path in enumerate(sorted(folder.glob("*.metadata.json"))):
        path.rename(folder / f"v{i}.metadata.json")
    newest = folder / f"v{i}.metadata.json"
    (folder / f"v{i}.gz.metadata.json").write_bytes(gzip.compress(newest.read_bytes()))
    newest.unlink()
    if has_hint:
        (folder / "version-hint.text").write_text(f"{i}")
    assert value_of(folder_of(table)) == 280.0


def test_compressed_metadata_unpack_up_to_a_limit(table: Any) -> None:
    newest = Path(table.metadata_location.removeprefix("file://"))
    bomb = newest.parent / "v4.gz.metadata.json"
    bomb.write_bytes(gzip.compress(newest.read_bytes() + b" " * (1 << 26), 1))
    with pytest.raises(DataError, match=rf"^{bomb}: it unpacks to more than 33,554,432 bytes"):
        value_of(folder_of(table))
    bomb.write_bytes(gzip.compress(newest.read_bytes()))
    assert value_of(folder_of(table)) == 280.0


def test_metadata_that_would_take_far_more_memory_than_their_text_are_refused(table: Any) -> None:
    newest = Path(table.metadata_location.removeprefix("file://"))
    whole = newest.read_text()
    assert '"snapshots":[' in whole
    dense = whole.replace('"snapshots":[', '"snapshots":[' + "1," * 100_000)
    newest.write_text(dense)
    with pytest.raises(DataError, match=rf"^{newest}: .*it has too many values for its length"):
        value_of(folder_of(table))
    packed = newest.parent / "v4.gz.metadata.json"
    packed.write_bytes(gzip.compress(dense.encode()))
    with pytest.raises(DataError, match=rf"^{packed}: .*it has too many values for its length"):
        value_of(folder_of(table))
    packed.unlink()
    newest.write_text(whole.replace('"snapshots":[', '"snapshots":[' + "1," * 200))
    with pytest.raises(DataError, match="cannot be read: 200 of their values are not as they sh"):
        value_of(folder_of(table))
    newest.write_text(whole.replace('"snapshots":[', '"snapshots":["x",'))
    with pytest.raises(DataError, match=r"cannot be read: 2\.snapshots\.0: "):
        value_of(folder_of(table))


def snapshots(n: int, like: dict[str, Any]) -> list[dict[str, Any]]:
    """Snapshots whose lists of manifests are not there."""
    gone = {"manifest-list": like["manifest-list"] + ".gone"}
    return [{**like, **gone, "snapshot-id": like["snapshot-id"] + 1 + i} for i in range(n)]


def test_other_snapshots_and_schemas_are_not_held(
    table: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pyiceberg holds ten times the text of each that it is given."""
    newest = Path(table.metadata_location.removeprefix("file://"))
    whole = json.loads(newest.read_text())
    whole["snapshots"] += snapshots(3_000, whole["snapshots"][-1])
    whole["snapshot-log"] += [{"snapshot-id": i, "timestamp-ms": 0} for i in range(3_000)]
    (schema,) = whole["schemas"]
    field = schema["fields"][0]
    whole["schemas"] += [{**schema, "schema-id": i, "fields": [field] * 60} for i in range(1, 60)]
    newest.write_text(json.dumps(whole))
    monkeypatch.setattr(iceberg_document, "_MOST_HELD", 100)
    monkeypatch.setattr(iceberg_document, "_MOST_NEEDED", 3_000)
    assert value_of(folder_of(table)) == 280.0
    for i, other in enumerate(whole["snapshots"]):
        other["snapshot-id"] = -i
    newest.write_text(json.dumps(whole))
    with pytest.raises(DataError, match="lack its current snapshot"):
        value_of(folder_of(table))


def test_metadata_with_too_many_columns_or_objects_are_refused(
    table: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = Path(table.metadata_location.removeprefix("file://"))
    monkeypatch.setattr(iceberg_document, "_MOST_NEEDED", 1_000)
    with pytest.raises(DataError, match=rf"^{newest}: .*more than 1,000 characters for one snap"):
        value_of(folder_of(table))
    monkeypatch.setattr(iceberg_document, "_MOST_HELD", 3)
    with pytest.raises(DataError, match=rf"^{newest}: .*too many objects for one snapshot"):
        value_of(folder_of(table))


def test_commas_in_the_properties_of_a_table_are_no_values(table: Any) -> None:
    with table.transaction() as change:
        change.set_properties(features=",".join(map(str, range(30_000))), note='"' * 9)
    assert value_of(folder_of(table)) == 280.0


@pytest.mark.skipif(os.name != "posix", reason="files with holes")
def test_metadata_of_any_size_are_not_read(table: Any) -> None:
    newest = Path(table.metadata_location.removeprefix("file://"))
    snapshot = table.current_snapshot()
    named = [snapshot.manifest_list, snapshot.manifests(table.io)[0].manifest_path]
    for path in (newest, *(Path(name.removeprefix("file://")) for name in named)):
        whole = path.read_bytes()
        os.truncate(path, 1 << 40)
        with pytest.raises(DataError, match=rf"^{path}: metadata of 1,099,511,627,776 bytes, more"):
            value_of(folder_of(table))
        path.write_bytes(whole)
    assert value_of(folder_of(table)) == 280.0


def test_a_list_of_manifests_that_is_not_there_is_named(table: Any) -> None:
    """Of the metadata files themselves, the path is the one that was given."""
    manifests = Path(table.current_snapshot().manifest_list.removeprefix("file://"))
    manifests.unlink()
    with pytest.raises(StorageError, match=rf"^{manifests}: no such file"):
        value_of(folder_of(table))
    link = Path(folder_of(table)).with_name("link")
    link.symlink_to(folder_of(table))
    newest = table.metadata_location.rpartition("/")[2]
    Path(folder_of(table), "metadata", newest).write_text("")
    with pytest.raises(DataError, match=rf"^{link}/metadata/{newest}: empty file"):
        value_of(link)


def test_a_file_with_another_number_of_rows_than_in_the_manifest_is_refused(table: Any) -> None:
    (file, *_) = files_of(folder_of(table), print) or ()
    kept = pq.read_table(file)
    pq.write_table(kept.slice(1), file)
    said = rf"{file}: it has {len(kept) - 1} rows, but {len(kept)} by the log of the table of Apa"
    with pytest.raises(DataError, match=said):
        value_of(folder_of(table))
    pq.write_table(kept, file, compression="none")  # as many rows in another number of bytes
    assert value_of(folder_of(table)) == 280.0


def cut(avro: Path) -> None:
    """Cut a file after its header, where Avro files may end."""
    content = avro.read_bytes()
    avro.write_bytes(content[: content.index(content[-16:]) + 16])


def test_a_manifest_or_a_list_of_them_that_is_cut_or_another_one_is_refused(table: Any) -> None:
    table.append(rows(6))
    table.append(rows(7))  # of as many rows
    snapshots = table.metadata.snapshots
    lists = [Path(one.manifest_list.removeprefix("file://")) for one in snapshots]
    paths = [one.manifest_path for one in snapshots[-1].manifests(table.io)]
    manifests = [Path(path.removeprefix("file://")) for path in paths]
    kept = {path: path.read_bytes() for path in (*lists, *manifests)}
    for path in (lists[-1], *manifests[:2]):
        cut(path)
        with pytest.raises(DataError, match=rf"^{path}: cut short, or another file.*\[restore"):
            value_of(folder_of(table))
        path.write_bytes(kept[path])
    manifests[0].write_bytes(kept[manifests[1]])
    with pytest.raises(DataError, match=rf"^{manifests[0]}: cut short, or another file"):
        value_of(folder_of(table))
    manifests[0].write_bytes(kept[manifests[0]])
    lists[-1].write_bytes(kept[lists[-2]])
    older, newer = (one.snapshot_id for one in snapshots[-2:])
    said = rf"{lists[-1]}: the list of manifests of snapshot {older}, in place of {newer} \["
    with pytest.raises(DataError, match=said):
        value_of(folder_of(table))
    lists[-1].write_bytes(kept[lists[-1]])
    assert value_of(folder_of(table)) == 280.0 + 3.0**6 + 3.0**7
    metadata = Path(table.metadata_location.removeprefix("file://"))
    current = '"current-snapshot-id":'
    metadata.write_text(metadata.read_text().replace(f"{current}{newer}", f"{current}5"))
    with pytest.raises(DataError, match=r"lack its current snapshot, 5 \[restore"):
        value_of(folder_of(table))


def test_a_list_that_has_a_manifest_twice_is_refused(table: Any) -> None:
    """Each would be read: a small list would take any time."""
    listed = Path(table.current_snapshot().manifest_list.removeprefix("file://"))
    content = listed.read_bytes()
    sync = content[-16:]
    listed.write_bytes(content + content[content.index(sync) + 16 :])
    with pytest.raises(DataError, match=rf"^{listed}: cut short, or another file in its place"):
        value_of(folder_of(table))


def test_numbers_of_rows_that_metadata_need_not_have_are_not_compared(
    table: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyiceberg.manifest import ManifestFile
    from pyiceberg.table.snapshots import Summary

    monkeypatch.setattr(ManifestFile, "added_rows_count", property(lambda _: None))
    assert value_of(folder_of(table)) == 280.0
    monkeypatch.setattr(Summary, "__getitem__", lambda *_: None)
    assert value_of(folder_of(table)) == 280.0
    monkeypatch.setattr(Summary, "__getitem__", lambda *_: "4000000")
    with pytest.raises(DataError, match=r"snap-.*: cut short, or another file in its place"):
        value_of(folder_of(table))
    few = {"total-records": "1", "total-delete-files": "0"}
    monkeypatch.setattr(Summary, "__getitem__", lambda _, name: few[name])
    assert value_of(folder_of(table)) == 280.0


def test_a_table_without_rows_has_its_columns(table: Any) -> None:
    """One whose rows were all deleted, and one that has no snapshot yet."""
    from pyiceberg.expressions import AlwaysTrue

    table.delete(AlwaysTrue())
    (first,) = Path(folder_of(table), "metadata").glob("00000-*")
    for path in (folder_of(table), str(first)):
        with pytest.raises(DataError, match=r"Iceberg without files.* \[--allow-empty accepts"):
            value_of(path)
        assert value_of(path, options=ReadOptions(allow_empty=True)) == 0.0


def test_a_table_without_a_snapshot_and_damaged_metadata_are_refused(
    table: Any,
) -> None:
    (first,) = Path(folder_of(table), "metadata").glob("00000-*")
    with pytest.raises(DataError, match="a table of Apache Iceberg without files"):
        value_of(str(first))
    for content in ("", "{}", "[1"):
        first.write_text(content)
        said = "metadata of a table of Apache Iceberg cannot be read" if content else "empty file"
        with pytest.raises(DataError, match=said):
            value_of(str(first))
