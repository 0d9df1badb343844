"""Safetensors: a header of JSON, and raw bytes behind it. The rules are those of its library.

Source: https://huggingface.co/docs/safetensors/index#format. No package is needed: a tensor is read
as the array of a `.npy` file is.
"""

from __future__ import annotations

import json
import math
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smoothl1.errors import DataError, DtypeError
from smoothl1.numerics.narrow_formats import bytes_of
from smoothl1.sources.columns import shown
from smoothl1.sources.containers.arrays import ArraysTable
from smoothl1.sources.containers.labels import info_of
from smoothl1.sources.npy.header import NpyHeader
from smoothl1.sources.npy.limits import MAX_DIMENSIONS, is_beyond_any_array
from smoothl1.sources.npy.source import array_of
from smoothl1.sources.table import ColumnInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from smoothl1.files.contract import Input, SeekableInput
    from smoothl1.read_options import ReadOptions
    from smoothl1.sources.contract import Columns, Source
    from smoothl1.sources.table import Needs

_LENGTH_BYTES = 8
_MAX_HEADER_BYTES = 8 << 20
"""The library allows 100 MB; a header of 8 MiB names a hundred thousand tensors."""

_METADATA = "__metadata__"
_KEYS = {"dtype", "shape", "data_offsets"}
_NARROW = {
    "BF16": "bfloat16",
    "F8_E4M3": "float8_e4m3fn",
    "F8_E4M3FNUZ": "float8_e4m3fnuz",
    "F8_E5M2": "float8_e5m2",
    "F8_E5M2FNUZ": "float8_e5m2fnuz",
    "F8_E8M0": "float8_e8m0fnu",
}
"""The dtypes that NumPy does not know, and their names."""

_DTYPES = {
    "BOOL": "|b1",
    "I8": "|i1",
    "U8": "|u1",
    "F16": "<f2",
    **{code: f"<u{bytes_of(name)}" for code, name in _NARROW.items()},
    **{f"{kind}{8 * n}": f"<{kind.lower()}{n}" for kind in "IU" for n in (2, 4, 8)},
    **{f"F{8 * n}": f"<f{n}" for n in (4, 8)},
}
"""The dtypes that are read, and their codes in NumPy."""


class Tensor(NamedTuple):
    """What the header says about a tensor.

    Attributes:
        name: Its name.
        dtype: Its dtype, as the format calls it.
        shape: Its shape.
        begin, end: Its bytes, counted from the end of the header.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


def open_table(
    file: Input, options: ReadOptions, needs: Needs, warn: Callable[[str], None]
) -> ArraysTable:
    """Open a safetensors file; see `table.Opener`."""
    seekable = file.seekable()
    text = _header_of(seekable)
    offset = _LENGTH_BYTES + len(text)
    tensors = tuple(_tensors(text))
    _check_places(tensors, seekable.size - offset)
    names: Columns = tuple(tensor.name for tensor in tensors)
    infos = tuple(map(_info, tensors))
    numeric = (True,) * len(tensors)
    open_member = partial(_member, seekable, tensors, offset)
    return ArraysTable(seekable, "safetensors", names, infos, numeric, open_member)


def _info(tensor: Tensor) -> ColumnInfo:
    type_name = f"{tensor.dtype} {tensor.shape}"
    if tensor.dtype not in _DTYPES:
        return ColumnInfo(type_name)
    info = info_of(type_name, np.dtype(_DTYPES[tensor.dtype]), tensor.shape, name=tensor.name)
    return (
        info._replace(kind="", may_be_key=False, has_rows=False)
        if tensor.dtype in _NARROW
        else info
    )


def _member(file: SeekableInput, tensors: tuple[Tensor, ...], offset: int, position: int) -> Source:
    tensor = tensors[position]
    if tensor.dtype not in _DTYPES:
        raise DtypeError(
            f"tensor {shown(tensor.name)} is {shown(tensor.dtype)}; accepted are "
            f"{', '.join(sorted(_DTYPES))}"
        )
    dtype, narrow = np.dtype(_DTYPES[tensor.dtype]), _NARROW.get(tensor.dtype, "")
    begin = offset + tensor.begin
    header = NpyHeader(dtype, False, tensor.shape, begin, narrow)  # noqa: FBT003
    return array_of(file, header, "safetensors")


def _header_of(file: SeekableInput) -> bytes:
    """The bytes of the header, without the length before it."""
    length = int.from_bytes(file.read(0, _LENGTH_BYTES), "little")
    n_found = file.size - _LENGTH_BYTES
    if length > n_found:
        what = f"the header should be {length} bytes long, but ends after {n_found}: cut short?"
        raise DataError(what)
    if length > _MAX_HEADER_BYTES:
        raise DataError(f"header too long: {length} bytes, at most {_MAX_HEADER_BYTES}")
    return file.read(_LENGTH_BYTES, length)


def _tensors(text: bytes) -> Iterator[Tensor]:
    """The tensors, in the order of their bytes."""
    try:
        entries = json.loads(text.decode(), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise DataError(f"safetensors header: not JSON: {str(error)[:80]}") from error
    if not isinstance(entries, dict):
        raise DataError("safetensors header: not an object of JSON")
    entries.pop(_METADATA, None)
    found = [_tensor(name, entry) for name, entry in entries.items()]
    if not found:
        raise DataError("a safetensors file without tensors")
    yield from sorted(found, key=lambda tensor: (tensor.begin, tensor.end))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) < len(pairs):
        raise ValueError("a key is there twice")
    return entries


def _tensor(name: str, entry: Any) -> Tensor:
    what = f"safetensors header: tensor {shown(name)}"
    if not isinstance(entry, dict) or set(entry) != _KEYS or not isinstance(entry["dtype"], str):
        raise DataError(f"{what} has not just dtype, shape and data_offsets")
    shape, offsets = entry["shape"], entry["data_offsets"]
    if not (_are_lengths(shape) and _are_lengths(offsets) and len(offsets) == 2):
        raise DataError(f"{what}: shape or data_offsets are no lists of whole numbers")
    if is_beyond_any_array(shape) or len(shape) > MAX_DIMENSIONS:
        raise DataError(f"{what}: the shape is larger than any array")
    return Tensor(name, entry["dtype"], tuple(shape), *offsets)


def _are_lengths(value: Any) -> bool:
    return isinstance(value, list) and all(type(n) is int and n >= 0 for n in value)


def _check_places(tensors: tuple[Tensor, ...], n_found: int) -> None:
    """Check that the tensors fill the file, one behind the other, and have their sizes."""
    end = 0
    for tensor in tensors:
        what = f"safetensors header: tensor {shown(tensor.name)}"
        if tensor.begin != end or tensor.end < tensor.begin:
            found = f"{tensor.begin} to {tensor.end}"
            raise DataError(f"{what} has the bytes {found}, but the one before ends at {end}")
        end = tensor.end
        code = _DTYPES.get(tensor.dtype)
        n_bytes = None if code is None else math.prod(tensor.shape) * int(code[-1])
        if n_bytes not in (None, end - tensor.begin):
            found = f"{end - tensor.begin} bytes, but its shape and dtype are {n_bytes}"
            raise DataError(f"{what} has {found}")
    if n_found < end:
        raise DataError(f"has {n_found} bytes of data, the header says {end}: cut short?")
    if n_found > end:
        raise DataError(f"{n_found - end} bytes after the end of the last tensor")
