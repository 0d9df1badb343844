"""Whether the manifests of a table of Apache Iceberg are whole, and those of its snapshot.

pyiceberg takes the files that it finds in them: of a manifest that was cut, it finds fewer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyiceberg.manifest import ManifestContent, ManifestEntryStatus

from smoothl1.errors import DataError
from smoothl1.sources.lakes.avro_file import CheckedAvroFile
from smoothl1.sources.lakes.iceberg_files import RESTORE_HINT, place_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def listed_manifests(table: Any, path: str) -> list[Any]:
    """The manifests of the current snapshot; none, if the table has no snapshot.

    Args:
        table: The table.
        path: The folder of the table, or one of its metadata files.

    Raises:
        DataError: The snapshot is not there, its list is that of another one, or has a manifest
            twice, whose files would be counted twice.
        StorageError: The list cannot be read.
    """
    snapshot = table.current_snapshot()
    if snapshot is None:
        if table.metadata.current_snapshot_id is not None:
            number = table.metadata.current_snapshot_id
            what = f"the metadata of a table of Apache Iceberg lack its current snapshot, {number}"
            raise DataError(what, path=path, hint=RESTORE_HINT)
        return []
    known = _snapshot_of_list(table.io, snapshot.manifest_list)
    if known not in (None, str(snapshot.snapshot_id)):
        what = f"the list of manifests of snapshot {known}, in place of {snapshot.snapshot_id}"
        raise DataError(what, path=place_of(snapshot.manifest_list, path), hint=RESTORE_HINT)
    listed: list[Any] = snapshot.manifests(table.io)
    if len({manifest.manifest_path for manifest in listed}) < len(listed):
        raise _damaged(place_of(snapshot.manifest_list, path))
    return listed


def check_manifests(
    table: Any, listed: Sequence[Any], found: Sequence[tuple[str, int]], path: str
) -> None:
    """Compare the files that were found with what the list of manifests and the snapshot say.

    Numbers of rows that are not there, which are optional, are not compared. Of the total of the
    snapshot, only fewer rows are refused: rows may have been deleted beside the files.

    Args:
        table: The table.
        listed: The manifests of its current snapshot.
        found: The data files that were found, each with its number of rows.
        path: The folder of the table, or one of its metadata files.

    Raises:
        DataError: A manifest or the list of them is not as it was written.
        StorageError: One cannot be read.
    """
    snapshot = table.current_snapshot()
    if snapshot is None:
        return
    data = [manifest for manifest in listed if manifest.content == ManifestContent.DATA]
    deletes = [manifest for manifest in listed if manifest.content == ManifestContent.DELETES]
    _check_deletes(deletes, snapshot, table.io, path)
    n_found = _sum([n_rows for _, n_rows in found])
    n_stated = _sum([n for x in data for n in (x.added_rows_count, x.existing_rows_count)])
    is_other = None not in (n_found, n_stated) and n_found != n_stated
    n_files = len({file for file, _ in found})
    if is_other or n_files < len(found):  # a file may be there twice, and then counts twice
        for manifest in data:
            if not _is_as_written(manifest, table.io):
                raise _damaged(place_of(manifest.manifest_path, path))
    n_total = _total_of(snapshot, "total-records")
    if is_other or (n_found is not None and n_total is not None and n_found < n_total):
        raise _damaged(place_of(snapshot.manifest_list, path))


def _snapshot_of_list(files: Any, location: str) -> str | None:
    """The snapshot for which a list of manifests was written, if its header says that."""
    file: CheckedAvroFile[Any] = CheckedAvroFile(files.new_input(location))
    with file as avro:
        found: str | None = avro.header.meta.get("snapshot-id")
    return found


def _sum(counts: Sequence[Any]) -> int | None:
    """The sum of numbers; None if one is not known."""
    return sum(counts) if all(isinstance(n, int) and n >= 0 for n in counts) else None


def _is_as_written(manifest: Any, files: Any) -> bool:
    """Whether a manifest has the rows that the list says, and only files of its own snapshot."""
    entries = manifest.fetch_manifest_entry(files)
    n_rows = _sum([entry.data_file.record_count for entry in entries])
    n_stated = _sum([manifest.added_rows_count, manifest.existing_rows_count])
    added = {x.snapshot_id for x in entries if x.status == ManifestEntryStatus.ADDED}
    return (None in (n_rows, n_stated) or n_rows == n_stated) and added <= {
        manifest.added_snapshot_id
    }


def _check_deletes(manifests: Sequence[Any], snapshot: Any, files: Any, path: str) -> None:
    """Check that no delete file is missing, without which the rows that it deletes would count.

    Of a snapshot that says it has such files, only a list without any of their manifests is
    refused: a file may be listed that deletes nothing any more.
    """
    if not manifests and (_total_of(snapshot, "total-delete-files") or 0) > 0:
        raise _damaged(place_of(snapshot.manifest_list, path))
    for manifest in manifests:
        if not _is_as_written(manifest, files):
            raise _damaged(place_of(manifest.manifest_path, path))


def _total_of(snapshot: Any, name: str) -> int | None:
    """A number in the summary of a snapshot, such as the rows of all data files."""
    found = None if snapshot.summary is None else snapshot.summary[name]
    return int(found) if found is not None and found.isdecimal() else None


def _damaged(path: str) -> DataError:
    what = (
        "cut short, or another file in its place: the files in it are not those that the "
        "table of Apache Iceberg had when it was written"
    )
    return DataError(what, path=path, hint=RESTORE_HINT)
