"""Opens Zarr stores as tables, whose arrays act as columns."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.errors import DataError, DtypeError, MissingExtraError, StorageError, excerpt
from smoothl1.files.archives import whole_archive
from smoothl1.files.zarr_marks import V2_ARRAY, V3_NODE
from smoothl1.sources.columns import shown
from smoothl1.sources.containers.arrays import ArraysTable, looked_at
from smoothl1.sources.containers.labels import info_of, unread
from smoothl1.sources.containers.missing_values import (
    ATTRIBUTES,
    masked,
    missing_values_of,
)
from smoothl1.sources.containers.slices import SlicedArray, judge_what_is_stored
from smoothl1.sources.containers.zarr.chunks import ChunkedArray
from smoothl1.sources.containers.zarr.data_types import dtype_of_v2, dtype_of_v3, is_number
from smoothl1.sources.containers.zarr.metadata import of_v2, of_v3, parsed
from smoothl1.sources.containers.zarr.stores import FolderStore, ZipStore
from smoothl1.sources.npy.no_numbers import no_numbers

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Callable, Iterator, Mapping

    from smoothl1.files.contract import Input, SeekableInput
    from smoothl1.files.tree import Tree
    from smoothl1.read_options import ReadOptions
    from smoothl1.sources.containers.zarr.metadata import ArrayMetadata
    from smoothl1.sources.containers.zarr.stores import Store
    from smoothl1.sources.contract import Source
    from smoothl1.sources.table import ColumnInfo, Needs

    Warn = Callable[[str], None]

_MAX_METADATA_BYTES = 64 << 20
_V2_ATTRIBUTES, _V2_CONSOLIDATED = ".zattrs", ".zmetadata"
_ROOT = "/"
"""The name of an array that is the whole store."""

_COMPARED = (
    *("shape", "data_type", "chunk_grid", "chunk_key_encoding", "fill_value", "codecs"),
    "dimension_names",
)
"""What is compared with consolidated metadata of format 3."""

_LOOKED_AT = (*ATTRIBUTES, "_ARRAY_DIMENSIONS")
"""The attributes that are compared: all others change no number."""


class Node(NamedTuple):
    """An array of a store, by its metadata.

    Attributes:
        path: Its path in the store.
        entries: What its metadata say, as JSON has it.
        attributes: Its attributes.
    """

    path: str
    entries: Mapping[str, Any]
    attributes: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its name as a column."""
        return self.path or _ROOT

    @property
    def what(self) -> str:
        """It in words, for messages."""
        return f"array {shown(self.name)}"

    @property
    def is_v2(self) -> bool:
        """Whether its format is 2, and not 3."""
        return "node_type" not in self.entries

    @property
    def kind(self) -> Any:
        """Its data type, as its metadata say it."""
        return self.entries.get("dtype" if self.is_v2 else "data_type")

    @property
    def holds_numbers(self) -> bool:
        """Whether its data type is one of numbers, whatever encodes them."""
        with suppress(DataError):
            of_kind = (
                dtype_of_v2(self.kind, (), self.what) if self.is_v2 else dtype_of_v3(self.kind)
            )
            return is_number(of_kind)
        return False

    def known(self) -> ArrayMetadata:
        """What is known of it; see `of_v2`."""
        if self.is_v2:
            return of_v2(self.entries, self.attributes, self.what)
        return of_v3(self.entries, self.attributes, self.what)


def open_table(file: Input, options: ReadOptions, needs: Needs, warn: Warn) -> ArraysTable:
    """Open a file as a Zarr store, which it is as a zip archive only; see `table.Opener`."""
    if not file.head.startswith(b"PK"):
        raise DataError("not a Zarr store, which is a folder, or a zip archive of one")
    seekable = file.seekable()
    return open_archive(seekable, whole_archive(seekable), needs, warn)


def open_archive(
    file: SeekableInput, archive: zipfile.ZipFile, needs: Needs, warn: Warn
) -> ArraysTable:
    """Open a zip archive that is known to hold a store."""
    return _table_of(ZipStore.of(file, archive), needs, warn)


def open_folder(path: str, tree: Tree, needs: Needs, warn: Warn) -> ArraysTable:
    """Open a folder that is known to be a store.

    Args:
        path: The folder, as the user typed it.
        tree: The tree that it is in.
        needs: What the run needs.
        warn: Takes a warning about chunks that are not stored.

    Raises:
        DataError: The content is broken.
        StorageError: The system refused.
    """
    try:
        tree.list_below(path)
        store = FolderStore(path, tree)
        if needs.held is not None:
            needs.held.append(store)
        return _table_of(store, needs, warn)
    except DataError as error:
        error.path = error.path or path  # one of its files, if that is to blame
        raise


def _table_of(store: Store, needs: Needs, warn: Warn) -> ArraysTable:
    nodes = tuple(_arrays(store))
    if not nodes:
        raise DataError("a Zarr store without arrays")
    infos, are_numbers = zip(*map(_info_of, nodes), strict=True)
    names = tuple(node.name for node in nodes)
    numeric = looked_at(names, infos, are_numbers)
    open_member = partial(_member, store, nodes, needs, warn)
    open_labels = partial(open_member, as_labels=True)
    return ArraysTable(store, "zarr", names, infos, numeric, open_member, open_labels=open_labels)


def _arrays(store: Store) -> Iterator[Node]:
    """The arrays of a store, in the order of their paths."""
    consolidated: dict[str, list[Any]] = {}
    for path, marks in store.nodes():
        prefix = f"{path}/" if path else ""
        if V3_NODE in marks and len(marks) > 1:
            what = f"{shown(path or _ROOT)} has metadata of format 2 and of format 3"
            raise DataError(what, hint="remove those that are out of date")
        if V3_NODE in marks:
            entries = _read(store, prefix + V3_NODE)
            _note(consolidated, prefix, entries.get("consolidated_metadata"))
            if entries.get("node_type") != "array":
                continue
            node = Node(path, entries, _attributes_of(entries, shown(path or _ROOT)))
            for noted in consolidated.get(path, ()):
                _check_same(node, node.entries, noted, _COMPARED)
                _check_same(node, node.attributes, noted.get("attributes") or {}, _LOOKED_AT)
        else:
            if V2_ARRAY not in marks:
                of_group = _read(store, prefix + _V2_CONSOLIDATED, is_needed=False)
                _note(consolidated, prefix, of_group)
                continue
            attributes = _read(store, prefix + _V2_ATTRIBUTES, is_needed=False)
            node = Node(path, _read(store, prefix + V2_ARRAY), attributes)
            for noted in consolidated.get(prefix + V2_ARRAY, ()):
                _check_same(node, node.entries, noted, tuple(node.entries))
                for of_node in consolidated.get(prefix + _V2_ATTRIBUTES, [{}]):
                    _check_same(node, attributes, of_node, _LOOKED_AT)
        yield node


def _attributes_of(entries: Mapping[str, Any], what: str) -> dict[str, Any]:
    """The attributes that the metadata of an array of format 3 hold."""
    found = entries.get("attributes") or {}
    if not isinstance(found, dict):
        raise DataError(f"array {what}: attributes are {excerpt(found)}, and no object of JSON")
    return found


def _note(consolidated: dict[str, list[Any]], prefix: str, found: Any) -> None:
    """Note what the consolidated metadata of a group say, by the paths in the store."""
    metadata = found.get("metadata") if isinstance(found, dict) else None
    for path, noted in metadata.items() if isinstance(metadata, dict) else ():
        if isinstance(noted, dict):
            consolidated.setdefault(prefix + path, []).append(noted)


def _check_same(node: Node, entries: Mapping[str, Any], noted: Any, keys: tuple[str, ...]) -> None:
    """Refuse an array that consolidated metadata describe as another one: some readers take these.

    NaN is not equal to itself, but its text is.
    """
    if not isinstance(noted, dict):
        return
    other = next((k for k in keys if repr(noted.get(k)) != repr(entries.get(k))), None)
    if other is not None:
        raise DataError(
            f"{node.what} has another {other} in the consolidated metadata of the store",
            hint="python -c \"import zarr; zarr.consolidate_metadata('FOLDER')\" renews them",
        )


def _read(store: Store, key: str, *, is_needed: bool = True) -> dict[str, Any]:
    """Metadata of a node; nothing where there are none and none are needed."""
    with store.opened(key) as stored:
        if stored is None:
            if is_needed:
                raise DataError(f"{key} is not there")
            return {}
        if stored.size > _MAX_METADATA_BYTES:
            raise DataError(f"{key} has {stored.size} bytes, at most {_MAX_METADATA_BYTES}")
        return parsed(stored.read(0, stored.size), key)


def _info_of(node: Node) -> tuple[ColumnInfo, bool]:
    """What an array is, and whether it may be meant where none is named: no axis of another."""
    names = node.attributes.get("_ARRAY_DIMENSIONS", node.entries.get("dimension_names"))
    group, _, name = node.path.rpartition("/")
    is_axis = isinstance(names, list) and names == [name]
    try:
        known = node.known()
    except (DtypeError, MissingExtraError):
        return unread(shown(str(node.kind)), node.path), node.holds_numbers and not is_axis
    axes: tuple[str, ...] = ()
    if isinstance(names, list) and all(isinstance(axis, str) for axis in names):
        axes = tuple(f"{group}/{axis}".strip("/") for axis in names)
    kind = known.narrow or str(known.dtype)
    type_name = f"{kind} {known.shape}"
    info = info_of(type_name, known.dtype, known.shape, axes, node.attributes, name=node.name)
    if known.narrow:
        info = info._replace(kind="", may_be_key=False)
    return info, is_number(known.dtype) and not is_axis


def _member(
    store: Store,
    nodes: tuple[Node, ...],
    needs: Needs,
    warn: Warn,
    position: int,
    *,
    as_labels: bool = False,
) -> Source:
    node = nodes[position]
    known = node.known()
    if not (is_number(known.dtype) or as_labels):
        found = "dates" if known.dtype.kind == "M" else "text"
        raise no_numbers(node.kind, found)
    slices = ChunkedArray(store, node.path, known)
    array = SlicedArray.of(store.path, "zarr", slices, node.what, partial(_faults_of, store))
    if known.narrow:
        fields = tuple(field._replace(narrower=(known.narrow,)) for field in array.fields)
        array = array._replace(fields=fields)
    with _faults_of(store, node.what):
        n_stored = slices.n_stored()
    judge_what_is_stored(store.path, node.what, slices, n_stored, known.fill, warn)
    if not is_number(known.dtype):
        return array
    attributes = {key: value for key, value in known.attributes.items() if key in ATTRIBUTES}
    values = partial(missing_values_of, attributes, known.dtype, node.name, is_netcdf=False)
    return masked(array, values, allow_missing=needs.allow_missing)


@contextmanager
def _faults_of(store: Store, what: str) -> Iterator[None]:
    """Let an error about a chunk, or of the system amid one, name the store and the array."""
    try:
        yield
    except (DataError, StorageError) as error:
        if error.path is None:
            error.path, error.what = store.path, f"{what}: {error.what}"
        raise
