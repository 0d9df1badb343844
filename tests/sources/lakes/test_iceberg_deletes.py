"""Tables of Apache Iceberg with delete files, in manifests that pyiceberg's writers write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, EvalSettings, evaluate
from tests.sources.lakes.packages import needs
from tests.sources.lakes.test_iceberg import COLUMNS, cut, rows, table  # noqa: F401  a fixture

pytestmark = [
    needs("pyiceberg"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning"),
]

KINDS = {"position": "rows of its files are deleted", "equality": "equality deletes"}
"""The kinds of delete files, and what refuses them where they are found."""


class Deleted(NamedTuple):
    """What deletes one row of a table."""

    folder: str
    manifest: Path
    list: Path


def delete(table: Any, kind: str) -> Deleted:  # noqa: F811
    """Commit a delete file as Spark and Flink do with merge-on-read."""
    from pyiceberg.manifest import write_manifest_list

    folder = str(table.location()).removeprefix("file://")
    old = table.current_snapshot()
    number, order = old.snapshot_id + 1, table.metadata.last_sequence_number + 1
    entry = entry_of(written(table, kind, folder), kind, number)
    manifest, listed = (f"{folder}/metadata/{name}.avro" for name in ("deletes", "snap-deletes"))
    with delete_writer(table, manifest, number) as writer:
        writer.add_entry(entry)
    output = table.io.new_output(f"file://{listed}")
    with write_manifest_list(2, output, number, old.snapshot_id, order, "null") as lists:
        lists.add_manifests([*old.manifests(table.io), writer.to_manifest_file()])
    commit(table, number, order, listed, kind)
    return Deleted(folder, Path(manifest), Path(listed))


def written(table: Any, kind: str, folder: str) -> str:  # noqa: F811
    """A delete file with one row."""

    def field(name: str, of_type: pa.DataType, number: int) -> pa.Field:
        return pa.field(name, of_type, metadata={"PARQUET:field_id": str(number)}, nullable=False)

    if kind == "position":
        (name, *_) = (task.file.file_path for task in table.scan().plan_files())
        row = {"file_path": [name], "pos": [0]}
        fields = [field("file_path", pa.string(), 2147483546), field("pos", pa.int64(), 2147483545)]
    else:
        row, fields = {"id": [5]}, [field("id", pa.int64(), 1)]
    path = f"{folder}/data/deletes.parquet"
    pq.write_table(pa.table(row, schema=pa.schema(fields)), path)
    return path


def entry_of(path: str, kind: str, number: int) -> Any:
    from pyiceberg.manifest import (
        DataFile,
        DataFileContent,
        FileFormat,
        ManifestEntry,
        ManifestEntryStatus,
    )
    from pyiceberg.typedef import Record

    file = DataFile.from_args(
        content=DataFileContent[f"{kind.upper()}_DELETES"],
        file_path=f"file://{path}",
        file_format=FileFormat.PARQUET,
        partition=Record(),
        record_count=1,
        file_size_in_bytes=Path(path).stat().st_size,
        equality_ids=None if kind == "position" else [1],
    )
    file.spec_id = 0
    return ManifestEntry.from_args(
        status=ManifestEntryStatus.ADDED,
        snapshot_id=number,
        sequence_number=None,
        file_sequence_number=None,
        data_file=file,
    )


def delete_writer(table: Any, path: str, number: int) -> Any:  # noqa: F811
    from pyiceberg.manifest import ManifestContent, ManifestWriterV2

    class DeleteWriter(ManifestWriterV2):
        def content(self) -> ManifestContent:
            return ManifestContent.DELETES

    output = table.io.new_output(f"file://{path}")
    return DeleteWriter(table.spec(), table.schema(), output, number, "null")


def commit(table: Any, number: int, order: int, listed: str, kind: str) -> None:  # noqa: F811
    """Write the metadata of a snapshot, which no part of pyiceberg commits."""
    newest = Path(table.metadata_location.removeprefix("file://"))
    known = json.loads(newest.read_text())
    snapshot = dict(known["snapshots"][-1])
    snapshot |= {"snapshot-id": number, "sequence-number": order}
    snapshot["manifest-list"] = f"file://{listed}"
    totals = {"total-delete-files": "1", f"total-{kind}-deletes": "1"}
    snapshot["summary"] = snapshot["summary"] | totals
    known["snapshots"].append(snapshot)
    known |= {"current-snapshot-id": number, "last-sequence-number": order}
    known["refs"] = {"main": {"snapshot-id": number, "type": "branch"}}
    (newest.parent / "00099-a.metadata.json").write_text(json.dumps(known))


def value_of(folder: str) -> float:
    (value,) = evaluate(folder, None, EvalSettings((0.0,), "sum"), **COLUMNS).values
    return float(value)


@pytest.mark.parametrize("kind", KINDS)
def test_deleted_rows_are_refused_also_where_their_manifest_was_cut(
    table: Any,  # noqa: F811
    kind: str,
) -> None:
    deleted = delete(table, kind)
    with pytest.raises(DataError, match=KINDS[kind]):
        value_of(deleted.folder)
    cut(deleted.manifest)
    with pytest.raises(DataError, match=rf"^{deleted.manifest}: cut short, or another file"):
        value_of(deleted.folder)


def test_a_list_without_the_manifest_of_deletes_that_its_snapshot_has_is_refused(
    table: Any,  # noqa: F811
) -> None:
    from pyiceberg.manifest import write_manifest_list

    deleted = delete(table, "position")
    old = table.current_snapshot()
    output = table.io.new_output(f"file://{deleted.list}")
    with write_manifest_list(2, output, old.snapshot_id + 1, old.snapshot_id, 9, "null") as lists:
        lists.add_manifests(old.manifests(table.io))
    with pytest.raises(DataError, match=rf"^{deleted.list}: cut short, or another file"):
        value_of(deleted.folder)
