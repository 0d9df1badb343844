"""The blocks of the heap in which HDF5 holds the attributes of an object that has many.

Source: HDF5 File Format Specification, version 3.0, III.G (fractal heaps).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smoothl1.sources.containers.hdf5_headers import RawFile


_MOST_ROWS = 64
"""More than a table has, whose heap has 2⁶⁴ bytes at most."""


class _Heap(NamedTuple):
    """How a heap is laid out.

    Attributes:
        width: Blocks in each row of a table.
        first_bytes: The bytes of each block in the first two rows; a row further has twice as many.
        most_bytes: Most bytes of a block that holds objects; larger ones hold tables.
        head_bytes: The bytes of a table before its addresses.
    """

    width: int
    first_bytes: int
    most_bytes: int
    head_bytes: int

    def row_bytes(self, row: int) -> int:
        """The bytes of each block of a row."""
        return self.first_bytes << min(max(0, row - 1), _MOST_ROWS)

    def n_rows(self, n_bytes: int) -> int:
        """The rows of a table that stands for so many bytes."""
        return n_bytes.bit_length() - (self.first_bytes * self.width).bit_length() + 1


def blocks_of_heap(raw: RawFile, address: int) -> Iterator[bytes]:
    """The blocks of a heap that hold objects; none if they are filtered.

    Args:
        raw: The file.
        address: The address of the heap.
    """
    n_address, n_length = raw.address_bytes, raw.length_bytes
    place = 14 + 10 * n_length + 2 * n_address  # behind the counts of its objects
    head = raw.read(address, place + 8 + 2 * n_length + n_address)
    if not head.startswith(b"FRHP") or any(raw.numbers(head, 7, 2)):
        return
    sizes = (2, n_length, n_length, 2, 2, n_address, 2)
    width, first_bytes, most_bytes, heap_bits, _, root, n_rows = raw.numbers(head, place, *sizes)
    heap = _Heap(width, first_bytes, most_bytes, 5 + n_address + -(-heap_bits // 8))
    if not raw.is_address(root):
        return
    if not n_rows:
        yield raw.read(root, first_bytes)
        return
    tables, seen = [(root, n_rows)], set[int]()
    while tables:
        for block, n_bytes in _blocks_of_table(raw, heap, *tables.pop()):
            if block in seen:
                continue
            seen.add(block)
            if n_bytes <= heap.most_bytes:
                yield raw.read(block, n_bytes)
            else:
                tables.append((block, heap.n_rows(n_bytes)))


def _blocks_of_table(
    raw: RawFile, heap: _Heap, address: int, n_rows: int
) -> Iterator[tuple[int, int]]:
    """The blocks of a table: the address of each, and its bytes."""
    data = raw.read(address, heap.head_bytes + n_rows * heap.width * raw.address_bytes)
    n = max(0, len(data) - heap.head_bytes) // raw.address_bytes
    found = raw.numbers(data, heap.head_bytes, *[raw.address_bytes] * n)
    for i, block in enumerate(found):
        if raw.is_address(block):
            yield block, heap.row_bytes(i // heap.width)
