"""Tables of Apache Iceberg, whose metadata `pyiceberg` reads, through `iceberg_files`.

Source: https://iceberg.apache.org/spec/.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, NoReturn

from smoothl1.errors import (
    DataError,
    MissingExtraError,
    StorageError,
    storage_error,
    system_error,
)
from smoothl1.files.lakes import ICEBERG, METADATA_OF_ICEBERG
from smoothl1.files.paths import real_path
from smoothl1.files.tree import tree_of
from smoothl1.sources.lakes.contract import EXPORT_HINT, LiveFiles, TableColumns, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from smoothl1.files.tree import Tree

_NAME = re.compile(r"(?:v([0-9]+)(?:\.gz)?|([0-9]+)-.+)\.metadata\.json(\.gz)?")
"""How metadata are called: v3.metadata.json without a catalog, 00003-(UUID).metadata.json with.

Compressed ones are v3.gz.metadata.json; earlier they were v3.metadata.json.gz.
"""

_HINT = "version-hint.text"
_FEW_FAULTS = 100
"""Faults of metadata of which the first one is told."""

_CHOOSE = "name the metadata file in place of the folder"


def live_files(path: str) -> LiveFiles:
    """The files that the current snapshot of a table consists of.

    Args:
        path: The folder of the table, or one of its metadata files, as the user typed it, or its
            resolved URI in S3.

    Raises:
        MissingExtraError: pyiceberg is not installed.
        DataError: The metadata are damaged, or more than one file may be the current one; or the
            table has features that are not read.
        StorageError: The metadata cannot be read.
    """
    open_table = _imported(path)
    tree = tree_of(path)
    metadata = _newest(path.rstrip("/"), tree) if tree.is_folder(path) else path
    try:
        table = open_table(real_path(metadata))
        _refuse_copy(real_path(metadata), table, path)
        columns = _columns(table)
        files, of_partitions, number = _planned(table, columns, path, metadata)
    except (DataError, StorageError) as error:
        if error.path == real_path(metadata):
            error.path = metadata
        raise
    except Exception as error:  # pyiceberg raises errors of several libraries
        what = f"the metadata of a table of Apache Iceberg cannot be read: {words_of(error)}"
        refusal = DataError(what, path=metadata, hint=EXPORT_HINT)
        raise system_error(error, metadata) or refusal from error
    version = f"snapshot {number} ({os.path.basename(metadata)})"
    paths = [file for file, _ in files]  # a file that the table has twice counts twice
    of_table = (ICEBERG, version, paths, columns, dict(files))
    return LiveFiles(*of_table, of_partitions=of_partitions)


def _imported(path: str) -> Callable[[str], Any]:
    """The function that opens the table of a metadata file."""
    try:
        from pyiceberg.catalog.noop import NoopCatalog
        from pyiceberg.exceptions import ValidationError
        from pyiceberg.table import StaticTable
        from pyiceberg.table.metadata import TableMetadataUtil

        from smoothl1.sources.lakes.iceberg_files import MetadataFiles
    except ImportError as error:
        raise MissingExtraError(
            "a table of Apache Iceberg, whose metadata say which rows count, needs pyiceberg",
            path=path,
            hint=f"pip install 'smoothl1[iceberg]', or {EXPORT_HINT}",
        ) from error

    def open_table(metadata: str) -> Any:
        files, name = MetadataFiles(metadata), "static-table"
        try:
            document = files.new_input(metadata).document()
            read = TableMetadataUtil.parse_raw(document.decode())
        except ValidationError as error:
            if not isinstance(error.__cause__, ValueError):
                raise
            raise ValueError(_first_fault(error.__cause__)) from None
        return StaticTable((name, metadata), read, metadata, files, NoopCatalog(name))

    return open_table


def _first_fault(invalid: Any) -> str:
    """What is wrong with metadata; of many faults, which may be millions, only their number."""
    n_faults = invalid.error_count()
    if n_faults > _FEW_FAULTS:
        return f"{n_faults:,} of their values are not as they should be"
    first = invalid.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def _newest(path: str, tree: Tree) -> str:
    """The metadata file with the highest number, which the hint beside it must not contradict."""
    folder = os.path.join(path, METADATA_OF_ICEBERG)
    try:
        names = tree.names(folder)
        hinted = _hinted(folder, tree, names) if _HINT in names else None
    except OSError as error:
        raise storage_error(error, folder) from error
    numbers = {name: int(match[1] or match[2]) for name, match in _matches(names)}
    highest = max(numbers.values(), default=None)
    newest = [name for name, number in numbers.items() if number == highest]
    if hinted in newest:
        newest = [hinted]
    elif hinted is not None or len(newest) != 1:
        known = f"{_HINT} names {hinted}" if hinted else f"{len(newest)} are the newest"
        raise DataError(
            f"which metadata of the table of Apache Iceberg are current is in doubt: {known}",
            path=path,
            hint=_CHOOSE,
        )
    if newest[0].endswith(".gz"):
        raise DataError(f"{newest[0]} is compressed", path=path, hint=EXPORT_HINT)
    return os.path.join(folder, newest[0])


def _matches(names: list[str]) -> Iterator[tuple[str, re.Match[str]]]:
    for name in names:
        if match := _NAME.fullmatch(name):
            yield name, match


def _hinted(folder: str, tree: Tree, names: list[str]) -> str:
    """The metadata file that the hint names: by its name, or by its version."""
    hint = tree.beginning(os.path.join(folder, _HINT), 1 << 10).decode(errors="replace").strip()
    if hint.endswith(".metadata.json"):
        return hint
    stem = f"v{hint}" if hint.isdecimal() else hint
    plain, compressed = f"{stem}.metadata.json", f"{stem}.gz.metadata.json"
    return compressed if compressed in names and plain not in names else plain


def _columns(table: Any) -> TableColumns:
    import pyarrow as pa
    from pyiceberg.io.pyarrow import schema_to_pyarrow

    names = {field.field_id: field.name for field in table.schema().fields}
    mapping = table.name_mapping()
    by_name = {name: field.field_id for field in mapping or () for name in field.names}
    schema = schema_to_pyarrow(table.schema())
    defaults = {
        field.name: pa.scalar(field.initial_default, schema.field(field.name).type)
        for field in table.schema().fields
        if field.initial_default is not None
    }
    return TableColumns(schema, names, by_name, defaults)


def _refuse_copy(metadata: str, table: Any, path: str) -> None:
    from smoothl1.sources.lakes.iceberg_files import refuse_copy  # late: it imports pyiceberg

    snapshot = table.current_snapshot()
    manifests = None if snapshot is None else snapshot.manifest_list
    refuse_copy(metadata, manifests, table.location(), path)


def _planned(
    table: Any, columns: TableColumns, path: str, metadata: str
) -> tuple[list[tuple[str, int]], dict[str, dict[str, Any]], int | None]:
    """The files of the current snapshot, each with its number of rows.

    Its manifests are those that were written for it.

    Returns:
        The files; what their partitions say of columns, by their paths; the number of the snapshot.
    """
    from smoothl1.sources.lakes.avro_file import checked_avro  # late, as above
    from smoothl1.sources.lakes.iceberg_manifests import check_manifests, listed_manifests
    from smoothl1.sources.lakes.iceberg_partitions import PartitionValues

    with checked_avro():
        listed = listed_manifests(table, metadata)
        tasks = table.scan().plan_files()
        values = PartitionValues(table, columns)
        planned = [
            (_path_of(task, path), int(task.file.record_count), values.of(task.file))
            for task in tasks
        ]
        del tasks  # each takes the memory of a hundred names
        files = sorted((file, n_rows) for file, n_rows, _ in planned)
        check_manifests(table, listed, files, metadata)
    snapshot = table.current_snapshot()
    of_files = {file: of_file for file, _, of_file in planned if of_file}
    return files, of_files, None if snapshot is None else int(snapshot.snapshot_id)


def _path_of(task: Any, path: str) -> str:
    """The path of a data file, all of whose rows count."""
    file = task.file
    if task.delete_files:
        _refuse("rows of its files are deleted (delete files)", path)
    if file.file_format.name != "PARQUET":
        _refuse(f"its files are {file.file_format.name}, not Parquet", path)
    from smoothl1.sources.lakes.iceberg_files import place_of  # late: it imports pyiceberg

    return place_of(file.file_path, path)


def _refuse(why: str, path: str) -> NoReturn:
    raise DataError(
        f"a table of Apache Iceberg that is not read as it is: {why}",
        path=path,
        hint=f"rewrite_data_files writes files without, or {EXPORT_HINT}",
    )
