"""What the header of an HDF5 object holds, byte by byte, where h5py has no call for it.

HDF5 makes room for a text of any length by what the reference to it says, before it looks whether
there is such a text. So references are looked at here, before HDF5 reads what they refer to.
Source: HDF5 File Format Specification, version 3.0, IV.A (object headers and their messages).
"""

from __future__ import annotations

import struct
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smoothl1.files.contract import SeekableInput

OLD_FILL_VALUE, FILL_VALUE, LAYOUT, ATTRIBUTE, CONTINUATION, ATTRIBUTE_INFO = 4, 5, 8, 12, 16, 21
"""The types of messages."""

_IS_SHARED = 2
"""The flag of a message whose data stand elsewhere."""

_MOST_PREFIX_BYTES = 34

_SHORT_LAYOUT = _FILL_VALUE_WITH_FLAGS = 3
"""The versions from which these messages have another form."""


class RawFile(NamedTuple):
    """An open HDF5 file and its bytes.

    Attributes:
        h5py: The package.
        file: The bytes.
        base: Where the addresses in it count from.
        address_bytes, length_bytes: How many bytes an address and a length take.
    """

    h5py: Any
    file: SeekableInput
    base: int
    address_bytes: int
    length_bytes: int

    @classmethod
    def of(cls, h5py: Any, file: SeekableInput, opened: Any) -> RawFile:
        """The bytes of a file that h5py has opened."""
        settings = opened.id.get_create_plist()
        return cls(h5py, file, settings.get_userblock(), *settings.get_sizes())

    def read(self, address: int, n_bytes: int) -> bytes:
        """The bytes at an address; fewer at the end of the file, which damaged numbers pass."""
        start = self.base + address
        return self.file.read(start, max(0, min(n_bytes, self.file.size - start)))

    def numbers(self, data: bytes, start: int, *sizes: int) -> list[int]:
        """Whole numbers that stand one behind the other; those behind the end are 0.

        Args:
            data: The bytes.
            start: Where the first one begins.
            sizes: How many bytes each takes.
        """
        found = []
        for size in sizes:
            found.append(int.from_bytes(data[start : start + size], "little"))
            start += size
        return found

    def is_address(self, number: int) -> bool:
        """Whether an address is one, not the mark of none."""
        return number != (1 << 8 * self.address_bytes) - 1

    def messages(self, stored: Any) -> Iterator[tuple[int, bytes]]:
        """The messages in the header of an object, each with its type; but no shared ones.

        Args:
            stored: The object, as the low level of h5py has it: HDF5 has read its header.
        """
        address = self.h5py.h5o.get_info(stored).addr
        prefix = self.read(address, _MOST_PREFIX_BYTES)
        is_new = prefix.startswith(b"OHDR")
        start, n_bytes, head = _first_block(prefix) if is_new else _first_block_of_old(prefix)
        blocks, seen = deque([(address + start, n_bytes)]), set[int]()
        while blocks:
            begin, n_bytes = blocks.popleft()
            if begin in seen:
                continue
            seen.add(begin)
            for kind, data in _messages_in(self.read(begin, n_bytes), head, is_new=is_new):
                if kind == CONTINUATION:
                    place, size = self.numbers(data, 0, self.address_bytes, self.length_bytes)
                    blocks.append((place + 4, size - 8) if is_new else (place, size))
                else:
                    yield kind, data


def _first_block(prefix: bytes) -> tuple[int, int, int]:
    """Where the messages of a header begin, their bytes, and those before the data of each."""
    flags = int.from_bytes(prefix[5:6])
    start = 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
    size = 1 << (flags & 3)
    n_bytes = int.from_bytes(prefix[start : start + size], "little")
    return start + size, n_bytes, 6 if flags & 4 else 4


def _first_block_of_old(prefix: bytes) -> tuple[int, int, int]:
    """The same of a header of version 1."""
    return 16, int.from_bytes(prefix[8:12], "little"), 8


def _messages_in(block: bytes, head: int, *, is_new: bool) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + head <= len(block):
        kind, size, flags = struct.unpack_from("<BHB" if is_new else "<HHB", block, at)
        at += head
        if not flags & _IS_SHARED:
            yield kind, block[at : at + size]
        at += size


def data_in_header(raw: RawFile, stored: Any) -> bytes:
    """The data of a dataset whose layout is compact; b"" of any other.

    Args:
        raw: The file.
        stored: The dataset, as the low level of h5py has it.
    """
    for kind, data in raw.messages(stored):
        if kind != LAYOUT:
            continue
        version, *rest = raw.numbers(data, 0, 1, 1, 1)
        is_compact = rest[version < _SHORT_LAYOUT] == 0
        at, size = (2, 2) if version >= _SHORT_LAYOUT else (8 + 4 * rest[0], 4)
        (n_bytes,) = raw.numbers(data, at, size)
        return data[at + size : at + size + n_bytes] if is_compact else b""
    return b""


def fill_value_in_header(raw: RawFile, stored: Any) -> bytes:
    """The fill value of a dataset as it is stored; b"" if none is.

    Args:
        raw: The file.
        stored: The dataset, as the low level of h5py has it.
    """
    found = b""
    for kind, data in raw.messages(stored):
        version, flags, _, is_defined = raw.numbers(data, 0, 1, 1, 1, 1)
        if kind == OLD_FILL_VALUE:
            found = found or data[4:]
        elif kind == FILL_VALUE and version >= _FILL_VALUE_WITH_FLAGS:
            found = data[6:] if flags & 0x20 else b""
        elif kind == FILL_VALUE:
            found = data[8:] if is_defined else b""
    return found
