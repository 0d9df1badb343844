"""Opens inputs as tables: a file, a folder or pattern of files, or a table with a log."""

from __future__ import annotations

import os
from contextlib import closing
from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, cast

from smoothl1.errors import DataError, SmoothL1Error, StorageError
from smoothl1.files.file import STANDARD_INPUT, InputFile
from smoothl1.files.opening import decompressed, open_input
from smoothl1.files.suffixes import is_called_compressed
from smoothl1.files.tree import LOCAL, tree_of
from smoothl1.files.uris import resolved, scheme_of
from smoothl1.read_options import ReadOptions, check_read_options
from smoothl1.sources.detection import MAY_GROW, format_of, module_of
from smoothl1.sources.table import Needs

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothl1.files.contract import Held
    from smoothl1.files.digests import HashedInput
    from smoothl1.files.patterns import Found
    from smoothl1.files.tree import Tree
    from smoothl1.sources.arrow.parquet import ParquetTable
    from smoothl1.sources.lakes.contract import LiveFiles
    from smoothl1.sources.table import Opener, Table


_OF_SPARK = "part-"
"""How the files begin that Spark writes."""

_OF_ICEBERG = ".metadata.json"
"""How the metadata files end of a table of Iceberg."""

_WILD = frozenset("*?[")

_MOST_WITHOUT_ROWS = 1 << 20
"""Most bytes of a file without rows, which is a header or a footer. Larger ones are not asked."""


def open_table(
    path: str,
    options: ReadOptions = ReadOptions(),
    warn: Callable[[str], None] = lambda _: None,
    needs: Needs | None = None,
    hashed: list[HashedInput] | None = None,
) -> Table:
    """Open an input, whatever its format.

    Args:
        path: A file, or the URI of an object; a folder or a pattern of them, whose rows are
            joined; or "-".
        options: How to read what the content does not say.
        warn: Takes a warning about something that is odd, but not wrong.
        needs: What a run needs; unset, the rows are read once, by one thread.
        hashed: Takes the file if its bytes are to be hashed; those of sets are hashed by others.

    Raises:
        SettingsError: An option of reading is no such.
        DataError: The content cannot be trusted or understood.
        StorageError: The system refused.
    """
    check_read_options(options)
    needs = needs or Needs(allow_missing=options.allow_missing)
    path = resolved(path)
    tree = tree_of(path)
    if not _stands_for_files(path, tree):
        if os.path.basename(path).startswith(_OF_SPARK):
            from smoothl1.files.committed import refuse_uncommitted_file

            refuse_uncommitted_file(path)
        return _open_file(options, needs, set(), path, warn, hashed)
    from smoothl1.files.zarr_marks import is_store  # late: most inputs are one file
    from smoothl1.sources.shard_opener import ShardOpener
    from smoothl1.sources.shards import join_shards

    of_set = needs._replace(held=None)
    table = _live_files(path, tree)
    if table is not None and not table.paths and options.allow_empty:
        return table.without_rows(path, allow_missing=needs.allow_missing)
    if table is not None:
        open_file = partial(_open_live, table, options, of_set)
        open_shard = ShardOpener(open_file, warn, is_remote=tree is not LOCAL)
        return join_shards(path, table.found(path), open_shard, constants=table.constants)
    if options.format in (None, "zarr") and is_store(path, tree):
        return _open_store(path, tree, needs, warn)
    of_shards = options._replace(allow_empty=True)  # whether all are is known when they are read
    found = _found(path, of_shards, warn, tree)
    found.refuse_incomplete(path, tree)
    found.warn_of_sets(path, warn, needs.selection.by)
    if is_store(found.paths[0], tree):
        open_file = partial(_open_store_of_set, tree, of_set)
    else:
        open_file = partial(_open_file, of_shards, of_set, set())
    open_shard = ShardOpener(open_file, warn, is_remote=tree is not LOCAL)
    return join_shards(path, found, open_shard)


def files_of(
    path: str, warn: Callable[[str], None], *, are_results: bool = False
) -> list[str] | None:
    """The files that a folder or a pattern stands for; None where the path is a file itself.

    Args:
        path: The path as the user typed it.
        warn: Takes a warning about files of several sets, or of the same bytes.
        are_results: Whether the files are results. Those of 0 bytes count, too: as data they have
            no rows, and a result is never empty. Their names need not say that all are there, since
            results of parts say that themselves.

    Raises:
        SettingsError, DataError: See `patterns.find_shards`.
    """
    path = resolved(path)
    tree = tree_of(path)
    if not _stands_for_files(path, tree):
        return None
    from smoothl1.files.zarr_marks import is_store  # late, as above

    table = _live_files(path, tree)
    if table is not None:
        return table.paths
    if is_store(path, tree):
        return None
    found = _found(path, ReadOptions(allow_empty=True), warn, tree)
    found.warn_of_sets(path, warn)
    if are_results:
        return [*found.paths, *found.empty]
    found.refuse_incomplete(path, tree)
    return found.paths


def _found(path: str, options: ReadOptions, warn: Callable[[str], None], tree: Tree) -> Found:
    """The files of a folder or a pattern."""
    from smoothl1.files.patterns import find_shards  # late, as above
    from smoothl1.files.repeated import warn_of_same_bytes

    found = find_shards(path, warn, tree)
    if tree is LOCAL and not found.list_name:
        warn_of_same_bytes(found.paths, path, warn, partial(_has_rows, options))
    return found


def _has_rows(options: ReadOptions, path: str) -> bool:
    """Whether a file has rows, or cannot be read, which is reported when it is."""
    from smoothl1.sources.counting import has_rows  # late: few files end alike

    try:
        if os.path.getsize(path) > _MOST_WITHOUT_ROWS:
            return True
        with closing(_open_file(options, Needs(), None, path, lambda _: None)) as table:
            return has_rows(table)
    except (SmoothL1Error, OSError):
        return True


def _stands_for_files(path: str, tree: Tree) -> bool:
    is_pattern = bool(_WILD.intersection(path)) and not (tree.has_links and os.path.exists(path))
    if is_pattern or tree.is_folder(path):
        return True
    return path.endswith(_OF_ICEBERG) and _is_metadata(path)


def _is_metadata(path: str) -> bool:
    """Whether a path with such a name is that of a metadata file of a table of Iceberg."""
    return scheme_of(path) == "s3" or os.path.isfile(path)


def _live_files(path: str, tree: Tree) -> LiveFiles | None:
    """The files that count of a table with a log; None if there is none whose log can be read."""
    from smoothl1.files.lakes import ICEBERG, is_read, kind_of  # late: most inputs are one file

    kind = ICEBERG if path.endswith(_OF_ICEBERG) and _is_metadata(path) else None
    if tree.is_folder(path):
        if tree is not LOCAL:
            tree.names(path)  # one request, which tells of all marks, and is kept for the files
        kind = kind_of(path, tree, may_be_hidden=True)  # if so, listing the folder is refused
    if kind is None or not is_read(kind, path):
        return None
    from smoothl1.sources.lakes.choice import live_files

    return live_files(path, kind)


def _open_store(path: str, tree: Tree, needs: Needs, warn: Callable[[str], None]) -> Table:
    """Open a folder that is a Zarr store."""
    from smoothl1.sources.containers.zarr.opening import open_folder

    return open_folder(path, tree, needs, warn)


def _open_store_of_set(tree: Tree, needs: Needs, path: str, warn: Callable[[str], None]) -> Table:
    """Open one of several folders, of which the first is a Zarr store."""
    from smoothl1.files.zarr_marks import is_store  # late: most sets are of files

    if not is_store(path, tree):
        raise DataError("not a Zarr store, unlike other names of the set", path=path)
    return _open_store(path, tree, needs, warn)


def _open_live(
    live: LiveFiles,
    options: ReadOptions,
    needs: Needs,
    path: str,
    warn: Callable[[str], None],
) -> Table:
    """Open a file that counts by the log of its table, which is always Parquet."""
    of_parquet = options._replace(format="parquet")
    try:
        table = cast("ParquetTable", _open_file(of_parquet, needs, None, path, warn))
    except StorageError as error:
        live.explain(error)
        raise
    try:
        live.check_rows(table.metadata.num_rows, path)
        schema = table.metadata.schema.to_arrow_schema()
        names = live.columns.names_in(schema, path)
        refused = live.columns.refused_in(schema, names, table.extremes)
    except BaseException:
        table.close()
        raise
    filled = live.values_of_missing(names, path)
    return table.of_log(names, filled, live.columns.zones, refused)


def _open_file(
    options: ReadOptions,
    needs: Needs,
    plain: set[str] | None,
    path: str,
    warn: Callable[[str], None],
    hashed: list[HashedInput] | None = None,
) -> Table:
    """Open one file.

    Args:
        options: How to read what the content does not say.
        needs: What the run needs.
        plain: The folders that are known to hold no table with a log; None for a file that such a
            log names.
        path: The file.
        warn: Takes a warning.
        hashed: Takes the file if its bytes are to be hashed.
    """
    file = opened = open_input(path, needs.n_threads)
    if needs.held is not None and opened.size is not None:
        needs.held.append(cast("Held", opened))
    if hashed is not None:
        from smoothl1.files.digests import HashedInput  # late: most runs form none

        file = with_sum = HashedInput(file)
        hashed.append(with_sum)
    try:
        if options.checksums:
            from smoothl1.files.checksums import check_sum  # late: most runs check no sums

            check_sum(file, path, options.checksums)
        stored = file
        if options.format != "raw" or is_called_compressed(path):
            file = decompressed(file, needs.n_threads)
        name = format_of(file, options, warn, is_stored=file is stored)
        if file is stored and isinstance(opened, InputFile):
            opened.may_grow = name in MAY_GROW
        if name == "parquet" and path != STANDARD_INPUT and plain is not None:
            _refuse_lake(path, plain)
        return _opener_of(name)(file, options, needs, warn)
    except SmoothL1Error as error:
        file.close()
        error.path = path if error.path is None else error.path
        raise
    except BaseException:
        file.close()
        raise


@cache
def _opener_of(name: str) -> Opener:
    """The function that opens files of a format; a set may have many of them."""
    return cast("Opener", import_module(f"smoothl1.sources.{module_of(name)}").open_table)


def _refuse_lake(path: str, plain: set[str]) -> None:
    folder = os.path.dirname(path)
    if folder in plain and not os.path.islink(path):
        return
    from smoothl1.files.lakes import refuse_lake
    from smoothl1.files.paths import real_path

    real = os.path.dirname(real_path(path))
    if real not in plain:
        refuse_lake(real, path, tree_of(real))
    plain.add(real)
    if not os.path.islink(path):
        plain.add(folder)
