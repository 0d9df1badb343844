"""What the metadata of a Zarr array say, of either format; what is not certain is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smoothl1.checks import NARROW
from smoothl1.errors import DataError, DtypeError, excerpt
from smoothl1.sources.columns import shown
from smoothl1.sources.containers.zarr.codecs import Codecs, codecs_of
from smoothl1.sources.containers.zarr.data_types import (
    TEXTS,
    VLEN_TEXT,
    dtype_of_v2,
    dtype_of_v3,
    fill_of_label,
    is_number,
)
from smoothl1.sources.containers.zarr.fill_values import fill_of, of_base64
from smoothl1.sources.npy.limits import MAX_DIMENSIONS, is_beyond_any_array

if TYPE_CHECKING:
    from collections.abc import Mapping

    from smoothl1.sources.containers.zarr.codecs import Settings

_OF_XARRAY = "_ARRAY_DIMENSIONS"
"""The attribute by which xarray knows its arrays of format 2: there, the fill value is a mark."""

_ENDIAN = {"little": "<", "big": ">"}


class Layout(NamedTuple):
    """How the elements of a chunk are stored.

    Attributes:
        dtype: The dtype as stored.
        axes: The axes in the order in which they are stored, the last running fastest.
        codecs: What was done with the bytes.
    """

    dtype: np.dtype[Any]
    axes: tuple[int, ...]
    codecs: Codecs


class Shards(NamedTuple):
    """Files that hold several chunks each, and an index of where they are.

    Attributes:
        shape: The shape of what one holds, in elements.
        index_codecs: What was done with the index.
        index_dtype: The dtype of the index: uint64.
        index_is_first: Whether the index is at the beginning, and not at the end.
    """

    shape: tuple[int, ...]
    index_codecs: Codecs
    index_dtype: np.dtype[Any]
    index_is_first: bool


class ArrayMetadata(NamedTuple):
    """What is known of an array before its chunks are read.

    Attributes:
        shape: Its shape.
        chunks: The shape of a chunk.
        layout: How a chunk is stored.
        fill: The value of what is not stored, in the dtype delivered; None if there is none.
        attributes: Its attributes.
        prefix: How the keys of chunks begin.
        separator: What stands between their numbers.
        shards: The files that hold several chunks; None if each has its own.
        narrow: The format of the elements if NumPy does not know it, such as "bfloat16"; or "".
    """

    shape: tuple[int, ...]
    chunks: tuple[int, ...]
    layout: Layout
    fill: Any
    attributes: Mapping[str, Any]
    prefix: str
    separator: str
    shards: Shards | None = None
    narrow: str = ""

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype in which elements are delivered."""
        return np.dtype(np.float32) if self.narrow else self.layout.dtype

    @property
    def stored_chunks(self) -> tuple[int, ...]:
        """The shape of what one key holds."""
        return self.chunks if self.shards is None else self.shards.shape

    def key(self, index: tuple[int, ...]) -> str:
        """The key of a chunk or a shard, within the array."""
        numbers = self.separator.join(map(str, index))
        if self.prefix == "c":
            return self.separator.join(("c", numbers)) if index else "c"
        return numbers or "0"


def parsed(data: bytes, what: str) -> dict[str, Any]:
    """An object of JSON.

    Raises:
        DataError: It is none.
    """
    try:
        found = json.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise DataError(f"{what} is not JSON: {str(error)[:80]}") from error
    if not isinstance(found, dict):
        raise DataError(f"{what} is not an object of JSON")
    return found


def of_v2(entries: Mapping[str, Any], attributes: Mapping[str, Any], what: str) -> ArrayMetadata:
    """The metadata of an array of format 2.

    Args:
        entries: What `.zarray` holds.
        attributes: What `.zattrs` holds.
        what: The array in words, for messages.

    Raises:
        DataError: They contradict themselves.
        DtypeError: They are of a kind that is not read.
    """
    if entries.get("zarr_format") != 2:
        raise DataError(f"{what}: zarr_format is {excerpt(entries.get('zarr_format'))}, and not 2")
    descr = entries.get("dtype")
    narrow = _narrow(descr)
    shape, chunks = _lengths(entries, "shape", what), _lengths(entries, "chunks", what)
    _check_chunks(shape, chunks, what)
    filters = _list(entries.get("filters") or [], what)
    steps = [*filters, *filter(None, (entries.get("compressor"),))]
    named = [_named(step, "id", what) for step in steps]
    dtype = dtype_of_v2(descr, [name for name, _ in named], what)
    codecs = codecs_of(named[dtype == TEXTS :], what)
    order, separator = entries.get("order", "C"), entries.get("dimension_separator", ".")
    if order not in ("C", "F") or separator not in (".", "/"):
        raise DataError(f"{what}: order {excerpt(order)}, separator {excerpt(separator)}")
    axes = tuple(range(len(shape)))
    layout = Layout(dtype, axes if order == "C" else axes[::-1], codecs)
    fill = _fill_of(entries, dtype, what, narrow=narrow)
    if _OF_XARRAY in attributes and fill is not None and is_number(dtype):
        attributes = {"_FillValue": fill, **attributes}
    found = ArrayMetadata(shape, chunks, layout, fill, attributes, "", separator)
    return found._replace(narrow=narrow)


def of_v3(entries: Mapping[str, Any], attributes: Mapping[str, Any], what: str) -> ArrayMetadata:
    """The metadata of an array of format 3; see `of_v2`.

    Args:
        entries: What `zarr.json` holds.
        attributes: What it holds as attributes.
        what: The array in words, for messages.
    """
    if entries.get("zarr_format") != 3:
        raise DataError(f"{what}: zarr_format is {excerpt(entries.get('zarr_format'))}, and not 3")
    if entries.get("storage_transformers"):
        raise DtypeError(f"{what} has storage transformers, which are not read")
    kind = entries.get("data_type")
    dtype = dtype_of_v3(kind)
    shape = _lengths(entries, "shape", what)
    grid, settings = _named(entries.get("chunk_grid"), "name", what)
    if grid != "regular":
        raise DtypeError(f"{what} has the chunk grid {shown(grid)}, which is not read")
    stored = _lengths(settings, "chunk_shape", what)
    _check_chunks(shape, stored, what)
    steps = [_named(step, "name", what) for step in _list(entries.get("codecs"), what)]
    layout, shards, chunks = _chain_of(steps, dtype, stored, what)
    prefix, separator = _keys_of(entries.get("chunk_key_encoding"), what)
    narrow = _narrow(kind)
    fill = _fill_of(entries, layout.dtype, what, narrow=narrow)
    mark = attributes.get("_FillValue")
    if isinstance(mark, str) and layout.dtype.kind == "f":
        attributes = {**attributes, "_FillValue": of_base64(mark, what)}
    known = (shape, chunks, layout, fill, attributes, prefix, separator, shards, narrow)
    return ArrayMetadata(*known)


def _chain_of(
    steps: list[tuple[str, Settings]],
    dtype: np.dtype[Any],
    stored: tuple[int, ...],
    what: str,
    *,
    may_be_sharded: bool = True,
) -> tuple[Layout, Shards | None, tuple[int, ...]]:
    """How chunks are stored; the shards that hold them; and the shape of a chunk."""
    axes = tuple(range(len(stored)))
    while steps and steps[0][0] == "transpose":
        order = steps[0][1].get("order")
        if not isinstance(order, list) or sorted(map(repr, order)) != sorted(map(repr, axes)):
            raise DataError(f"{what}: the codec transpose has the order {excerpt(order)}")
        axes = tuple(axes[i] for i in order)
        steps = steps[1:]
    if not steps:
        raise DataError(f"{what} has no codec that makes bytes of numbers")
    (name, settings), after = steps[0], steps[1:]
    if name == "sharding_indexed" and may_be_sharded and not after and axes == tuple(sorted(axes)):
        return _shards_of(settings, dtype, stored, what)
    if name != ("bytes" if dtype != TEXTS else VLEN_TEXT):
        raise DtypeError(f"{what} is encoded by {shown(name)} in a way that is not read")
    if dtype.itemsize > 1 and dtype.kind not in "SO":
        endian = settings.get("endian")
        if not isinstance(endian, str) or endian not in _ENDIAN:
            raise DataError(f"{what}: the codec bytes has the endian {excerpt(endian)}")
        dtype = np.dtype(f"{_ENDIAN[endian]}{dtype.str[1:]}")  # newbyteorder makes no native one
    return Layout(dtype, axes, codecs_of(after, what)), None, stored


def _shards_of(
    settings: Settings, dtype: np.dtype[Any], stored: tuple[int, ...], what: str
) -> tuple[Layout, Shards, tuple[int, ...]]:
    chunks = _lengths(settings, "chunk_shape", what)
    if len(chunks) != len(stored) or any(
        inner < 1 or outer % inner for outer, inner in zip(stored, chunks, strict=True)
    ):
        raise DataError(f"{what}: chunks {excerpt(chunks)} do not fill shards {excerpt(stored)}")
    inner = [_named(step, "name", what) for step in _list(settings.get("codecs"), what)]
    layout, _, _ = _chain_of(inner, dtype, chunks, what, may_be_sharded=False)
    steps = [_named(step, "name", what) for step in _list(settings.get("index_codecs"), what)]
    index = (*stored, 2)
    of_index, _, _ = _chain_of(steps, np.dtype("<u8"), index, what, may_be_sharded=False)
    place = settings.get("index_location", "end")
    in_order = of_index.axes == tuple(range(len(index)))
    if place not in ("start", "end") or not in_order or of_index.codecs.stored_bytes(0) is None:
        raise DtypeError(f"{what} has an index of shards that is stored in a way that is not read")
    return layout, Shards(stored, of_index.codecs, of_index.dtype, place == "start"), chunks


def _fill_of(entries: Mapping[str, Any], dtype: np.dtype[Any], what: str, *, narrow: str) -> Any:
    if not is_number(dtype):
        return fill_of_label(entries, dtype)
    return fill_of(entries.get("fill_value"), dtype, what, narrow=narrow)


def _narrow(kind: Any) -> str:
    """The name of a data type that NumPy does not know; "" for any other."""
    return kind if isinstance(kind, str) and kind in NARROW else ""


def _keys_of(encoding: Any, what: str) -> tuple[str, str]:
    """How the keys of chunks begin, and what stands between their numbers."""
    name, settings = _named(encoding, "name", what)
    separator = settings.get("separator", "/" if name == "default" else ".")
    if name not in ("default", "v2") or separator not in (".", "/"):
        raise DtypeError(f"{what} has keys of chunks that are not read: {shown(name)}")
    return "c" if name == "default" else "", separator


def _named(entry: Any, key: str, what: str) -> tuple[str, Settings]:
    """The name and the configuration of a codec or the like."""
    if isinstance(entry, str):
        return entry, {}
    name = entry.get(key) if isinstance(entry, dict) else None
    settings = entry if key == "id" else isinstance(entry, dict) and entry.get("configuration")
    if not isinstance(name, str) or not isinstance(settings or {}, dict):
        raise DataError(f"{what}: metadata without a name: {excerpt(entry)}")
    return name, settings or {}


def _list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise DataError(f"{what}: codecs are {excerpt(value)}, and no list")
    return value


def _lengths(entries: Mapping[str, Any], name: str, what: str) -> tuple[int, ...]:
    found = entries.get(name)
    if not isinstance(found, list) or not all(type(n) is int and n >= 0 for n in found):
        raise DataError(f"{what}: {name} is {excerpt(found)}, and no list of whole numbers")
    if len(found) > MAX_DIMENSIONS or is_beyond_any_array(found):
        raise DataError(f"{what}: {name} is larger than any array")
    return tuple(found)


def _check_chunks(shape: tuple[int, ...], chunks: tuple[int, ...], what: str) -> None:
    if len(shape) != len(chunks) or not all(chunks):
        raise DataError(f"{what}: chunks {excerpt(chunks)} do not go with shape {excerpt(shape)}")
