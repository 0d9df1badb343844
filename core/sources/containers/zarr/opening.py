"""Opens Zarr stores as tables, whose arrays act as columns."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache, partial
from typing import TYPE_CHECKING

from smoothl1.errors import DataError, DtypeError, MissingExtraError, StorageError
from smoothl1.files.archives import whole_archive
from smoothl1.sources.columns import shown
from smoothl1.sources.containers.arrays import ArraysTable, looked_at
from smoothl1.sources.containers.attribute_names import that_matter
from smoothl1.sources.containers.labels import info_of, unread
from smoothl1.sources.containers.masked_columns import (
    MaskedColumn,
    attributes_by,
    group_of,
    mask_of,
    no_mask,
)
from smoothl1.sources.containers.missing_values import masked, missing_values_of
from smoothl1.sources.containers.slices import SlicedArray, judge_what_is_stored
from smoothl1.sources.containers.zarr.chunks import ChunkedArray
from smoothl1.sources.containers.zarr.data_types import TEXTS, is_number
from smoothl1.sources.containers.zarr.nodes import Node, arrays_of, attributes_of_group
from smoothl1.sources.containers.zarr.stores import FolderStore, ZipStore
from smoothl1.sources.containers.zarr.texts import TextsInChunks
from smoothl1.sources.npy.no_numbers import no_numbers
from smoothl1.sources.sparse import layout_by, with_layouts

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Callable, Iterator

    from smoothl1.files.contract import Input, SeekableInput
    from smoothl1.files.tree import Tree
    from smoothl1.read_options import ReadOptions
    from smoothl1.sources.containers.zarr.stores import Store
    from smoothl1.sources.contract import Source
    from smoothl1.sources.table import ColumnInfo, Needs

    Warn = Callable[[str], None]


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
    nodes = tuple(arrays_of(store))
    if not nodes:
        raise DataError("a Zarr store without arrays")
    infos, are_numbers = zip(*map(_info_of, nodes), strict=True)
    names = tuple(node.name for node in nodes)
    infos = tuple(with_layouts(names, infos, partial(_layout_of, store, nodes[0])))
    numeric = looked_at(names, infos, are_numbers)
    array_of = cache(partial(_array_of, store, nodes))  # one for all that read its chunks
    open_member = partial(_member, store, nodes, array_of, needs, warn)
    open_labels = partial(open_member, as_labels=True)
    return ArraysTable(store, "zarr", names, infos, numeric, open_member, open_labels=open_labels)


def _layout_of(store: Store, node: Node, group: str) -> str:
    """How a sparse matrix is laid out by its group, which is of the format of an array."""
    return layout_by(attributes_of_group(store, node, group)) if group else ""


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
        info = info._replace(kind="", may_be_key=False, has_rows=False)
    return info, is_number(known.dtype) and not is_axis


def _member(
    store: Store,
    nodes: tuple[Node, ...],
    array_of: Callable[[int], tuple[ChunkedArray, SlicedArray]],
    needs: Needs,
    warn: Warn,
    position: int,
    *,
    as_labels: bool = False,
) -> Source:
    node = nodes[position]
    known = node.known()
    if not (is_number(known.dtype) or as_labels):
        held = "dates" if known.dtype.kind == "M" else "text"
        raise no_numbers(node.kind, held)
    chunked, array = array_of(position)
    if known.narrow:
        fields = tuple(field._replace(narrower=(known.narrow,)) for field in array.fields)
        array = array._replace(fields=fields)
    with _faults_of(store, node.what):
        n_stored = chunked.n_stored()
    judge_what_is_stored(store.path, node.what, chunked, n_stored, known.fill, warn)
    group = group_of(node.path)
    of_group = {} if group is None else attributes_of_group(store, node, group)
    numbers: Source = array
    if is_number(known.dtype):
        attributes = {
            **that_matter(known.attributes),
            **attributes_by(of_group, node.path, known.dtype),
        }
        values = partial(missing_values_of, attributes, known.dtype, node.name, is_netcdf=False)
        numbers = masked(array, values, allow_missing=needs.allow_missing)
    mask = mask_of(node.path, of_group)
    if mask is None:
        return numbers
    return MaskedColumn(numbers, _mask(store, nodes, mask), allow_missing=needs.allow_missing)


def _array_of(
    store: Store, nodes: tuple[Node, ...], position: int
) -> tuple[ChunkedArray, SlicedArray]:
    """The array at a position by its chunks, and in slices."""
    node = nodes[position]
    chunked = ChunkedArray(store, node.path, node.known())
    array = SlicedArray.of(store.path, "zarr", chunked, node.what, partial(_faults_of, store))
    if chunked.dtype == TEXTS:
        array = array._replace(texts=TextsInChunks(chunked).reader)
    return chunked, array


def _mask(store: Store, nodes: tuple[Node, ...], path: str) -> Source:
    """The array at a path that says where another one has no value."""
    node = next((node for node in nodes if node.path == path), None)
    if node is None:
        raise no_mask(path)
    slices = ChunkedArray(store, path, node.known())
    return SlicedArray.of(store.path, "zarr", slices, node.what, partial(_faults_of, store))


@contextmanager
def _faults_of(store: Store, what: str) -> Iterator[None]:
    """Let an error about a chunk, or of the system amid one, name the store and the array."""
    try:
        yield
    except (DataError, StorageError) as error:
        if error.path is None:
            error.path, error.what = store.path, f"{what}: {error.what}"
        raise
