"""References of HDF5 to data of any length, which are looked at before HDF5 follows them.

A reference is the length of the data in elements (4 bytes), the address of the heap that they are
in, and their number there (4 bytes), in little-endian order. HDF5 makes room for what it says,
whatever the heap holds. Heaps are not compressed, so that no data are longer than the file.
Source: HDF5 File Format Specification, version 3.0, III.E and VIII.A (variable-length).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.errors import DataError
from smoothl1.sources.columns import shown
from smoothl1.sources.containers.hdf5_headers import (
    ATTRIBUTE,
    ATTRIBUTE_INFO,
    fill_value_in_header,
)
from smoothl1.sources.containers.hdf5_heaps import blocks_of_heap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from smoothl1.sources.containers.hdf5_headers import RawFile

_LENGTH_BYTES = _NUMBER_BYTES = 4

_BEFORE_NAME = {1: 8, 2: 8, 3: 9}
"""The bytes of an attribute before its name, by the version of its message."""


def reference_of(raw: RawFile) -> np.dtype[Any]:
    """The dtype of a reference in a file: raw data."""
    return np.dtype(f"V{_LENGTH_BYTES + raw.address_bytes + _NUMBER_BYTES}")


def lengths_of(references: NDArray[Any]) -> NDArray[np.uint32]:
    """The lengths in references, copied.

    Args:
        references: Raw data, shape (n,).

    Returns:
        How many elements each refers to, shape (n,).
    """
    plain = np.ascontiguousarray(references).view(np.uint8).reshape(-1, references.itemsize)
    return plain[:, :_LENGTH_BYTES].copy().view("<u4")[:, 0]


def check_lengths(raw: RawFile, lengths: NDArray[Any], what: str, item_bytes: int = 1) -> None:
    """Refuse data that are longer than the file that holds them.

    Args:
        raw: The file.
        lengths: The lengths in elements, shape (n,).
        what: What the data are of, for messages.
        item_bytes: The bytes of an element.

    Raises:
        DataError: Some are.
    """
    longest, n_all = item_bytes * int(lengths.max(initial=0)), raw.file.size
    if longest > n_all:
        raise DataError(
            f"{what}: damaged reference: data of {longest} bytes, in a file of {n_all}",
            hint="fetch or write the file again",
        )


def check_fill_value(raw: RawFile, stored: Any, name: str) -> None:
    """Refuse a fill value that is longer than the file; HDF5 reads it as it opens a dataset.

    Args:
        raw: The file.
        stored: The dataset, as the low level of h5py has it.
        name: Its name, for messages.

    Raises:
        DataError: It is.
    """
    if item_bytes := _item_bytes(raw, stored):
        check_data(raw, fill_value_in_header(raw, stored), f"dataset {shown(name)}", item_bytes)


def check_attribute(raw: RawFile, holder: Any, stored: Any) -> None:
    """Refuse an attribute whose data of any length are longer than the file.

    Args:
        raw: The file.
        holder: The dataset or the group that has it.
        stored: The attribute, as the low level of h5py has it.

    Raises:
        DataError: They are, or the attribute is stored where references cannot be looked at.
    """
    if not (item_bytes := _item_bytes(raw, stored)):
        return
    name: bytes = stored.name
    what = f"attribute {shown(name.decode(errors='surrogateescape'))}"
    n_bytes, n_found = stored.get_storage_size(), 0
    for data in _data_of(raw, holder.id, name):
        check_data(raw, data[:n_bytes], what, item_bytes)
        n_found += 1
    if not n_found:
        hint = "h5repack writes a file that has them at each object"
        raise DataError(f"{what} is among shared messages, which are not read", hint=hint)


def check_data(raw: RawFile, data: bytes, what: str, item_bytes: int = 1) -> None:
    """Refuse references to data that are longer than the file; see `check_lengths`."""
    reference = reference_of(raw)
    references = np.frombuffer(data, reference, len(data) // reference.itemsize)
    check_lengths(raw, lengths_of(references), what, item_bytes)


def _item_bytes(raw: RawFile, stored: Any) -> int:
    """The bytes of an element of data of any length; 0 if each datum has a fixed length."""
    kind, h5t = stored.get_type(), raw.h5py.h5t
    if kind.get_class() == h5t.VLEN:
        return int(kind.get_super().get_size())
    return int(kind.get_class() == h5t.STRING and kind.is_variable_str())


def _data_of(raw: RawFile, stored: Any, name: bytes) -> Iterator[bytes]:
    """The data of an attribute, with what follows them, wherever there may be one of its name."""
    for kind, data in raw.messages(stored):
        if kind == ATTRIBUTE:
            yield from _data_behind(name, data)
        elif kind == ATTRIBUTE_INFO:
            _, flags = raw.numbers(data, 0, 1, 1)
            (address,) = raw.numbers(data, 4 if flags & 1 else 2, raw.address_bytes)
            if raw.is_address(address):
                for block in blocks_of_heap(raw, address):
                    yield from _data_behind(name, block)


def _data_behind(name: bytes, block: bytes) -> Iterator[bytes]:
    """What follows the head of each attribute of a name: its name, its type and its shape."""
    at = block.find(name + b"\0")
    while at >= 0:
        for version, n_before in _BEFORE_NAME.items():
            if at >= n_before and block[at - n_before] == version:
                sizes = struct.unpack_from("<HHH", block, at - n_before + 2)
                if sizes[0] == len(name) + 1:
                    step = 8 if version == 1 else 1
                    yield block[at + sum(-(-size // step) * step for size in sizes) :]
        at = block.find(name + b"\0", at + 1)
