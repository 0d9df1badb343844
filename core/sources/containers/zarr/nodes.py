"""The arrays of a Zarr store by their metadata, which consolidated metadata must repeat."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.errors import DataError, excerpt
from smoothl1.files.zarr_marks import V2_ARRAY, V3_NODE
from smoothl1.sources.columns import shown
from smoothl1.sources.containers.attribute_names import matters
from smoothl1.sources.containers.zarr.data_types import dtype_of_v2, dtype_of_v3, is_number
from smoothl1.sources.containers.zarr.metadata import of_v2, of_v3, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from smoothl1.sources.containers.zarr.metadata import ArrayMetadata
    from smoothl1.sources.containers.zarr.stores import Store

_MAX_METADATA_BYTES = 64 << 20
_V2_ATTRIBUTES, _V2_CONSOLIDATED = ".zattrs", ".zmetadata"
_ROOT = "/"
"""The name of an array that is the whole store."""

_COMPARED = (
    *("shape", "data_type", "chunk_grid", "chunk_key_encoding", "fill_value", "codecs"),
    "dimension_names",
)
"""What is compared with consolidated metadata of format 3."""

_OF_XARRAY = "_ARRAY_DIMENSIONS"


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


def arrays_of(store: Store) -> Iterator[Node]:
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
                _check_attributes(node, noted.get("attributes") or {})
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
                    _check_attributes(node, of_node)
        yield node


def attributes_of_group(store: Store, node: Node, group: str) -> Mapping[str, Any]:
    """The attributes of a group, which is of the format of an array in it."""
    if node.is_v2:
        return _read(store, f"{group}/{_V2_ATTRIBUTES}", is_needed=False)
    return _attributes_of(_read(store, f"{group}/{V3_NODE}", is_needed=False), shown(group))


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


def _check_attributes(node: Node, noted: Any) -> None:
    """Refuse an array of other attributes in consolidated metadata that may change its numbers."""
    names = {*node.attributes, *(noted if isinstance(noted, dict) else ())}
    looked_at = sorted(name for name in names if matters(name) or name == _OF_XARRAY)
    _check_same(node, node.attributes, noted, tuple(looked_at))


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
