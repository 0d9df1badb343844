"""How long the texts of an HDF5 dataset are, as the references to them tell.

A row holds a reference: the length of the text (4 bytes), the address of the heap that it is in,
and its number there (4 bytes), in little-endian order. Any number of rows may refer to one text, of
which h5py would make an object each. It has no call for these lengths, so that the references are
read here. Source: HDF5 File Format Specification, version 3.0, III.E and VIII.A (variable-length).
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.errors import DataError
from smoothl1.sources import text_batches
from smoothl1.sources.containers.slices import check_pieces

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from smoothl1.files.contract import SeekableInput

_LENGTH_BYTES = _NUMBER_BYTES = 4

_SHUFFLE = 2
"""The code of the filter whose only setting is the size of an element."""


def text_bytes_of(
    h5py: Any, file: SeekableInput, dataset: Any, what: str
) -> Callable[[int, int], NDArray[np.int64]]:
    """What gives the bytes of each text of some rows; see `SlicedArray.text_bytes`.

    Args:
        h5py: The library.
        file: The file.
        dataset: A dataset of texts of any length, one in each row.
        what: The dataset in words.

    Raises:
        DataError: Its chunks are too large.
    """
    address_bytes = dataset.file.id.get_create_plist().get_sizes()[0]
    reference = np.dtype(f"V{_LENGTH_BYTES + address_bytes + _NUMBER_BYTES}")
    check_pieces(what, math.prod(dataset.chunks or ()) * reference.itemsize)
    if dataset.chunks:
        return _InChunks(h5py, dataset, reference).text_bytes
    return _InOnePiece(h5py, file, dataset, reference).text_bytes


@dataclass(frozen=True, slots=True)
class _InOnePiece:
    """The references of a dataset without chunks."""

    h5py: Any
    file: SeekableInput
    dataset: Any
    reference: np.dtype[Any]

    def text_bytes(self, start: int, stop: int) -> NDArray[np.int64]:
        layout = self.dataset.id.get_create_plist().get_layout()
        if layout == self.h5py.h5d.COMPACT:
            return _unknown(stop - start)  # these are 64 KiB in a header, of which no place is told
        place, n_bytes = self.dataset.id.get_offset(), self.reference.itemsize
        if place is None:
            return _filled(self.dataset, stop - start)
        data = self.file.read(place + start * n_bytes, (stop - start) * n_bytes)
        if len(data) < (stop - start) * n_bytes:
            raise DataError("its references to texts are cut short")
        return _lengths_of(np.frombuffer(data, self.reference)).astype(np.int64)


@dataclass(frozen=True, slots=True)
class _InChunks:
    """The references of a dataset in chunks.

    Attributes:
        kept: The number of the chunk read last along the first axis, and the lengths in it.
    """

    h5py: Any
    dataset: Any
    reference: np.dtype[Any]
    kept: list[tuple[int, NDArray[np.uint32]]] = field(default_factory=list)

    def text_bytes(self, start: int, stop: int) -> NDArray[np.int64]:
        n = self.dataset.chunks[0]
        found = []
        for i in range(start // n, -(-stop // n)):
            low, high = max(start - i * n, 0), min(stop - i * n, n)
            found.append(self._lengths(i)[low:high].astype(np.int64))
        return np.concatenate(found)

    def _lengths(self, i: int) -> NDArray[Any]:
        """The lengths of the texts in the i-th chunk along the first axis."""
        for j, lengths in self.kept[-1:]:
            if j == i:
                return lengths
        lengths = self._read(i)
        self.kept[:] = [(i, lengths)]
        return lengths

    def _read(self, i: int) -> NDArray[Any]:
        chunks, stored = self.dataset.chunks, self.dataset.id
        place = (i * chunks[0], *(0 for _ in chunks[1:]))
        if stored.get_chunk_info_by_coord(place).byte_offset is None:
            return _filled(self.dataset, chunks[0])
        skipped, data = stored.read_direct_chunk(place)
        filters = self._filters(skipped)
        if any(code == _SHUFFLE and n != (self.reference.itemsize,) for code, _, n in filters):
            return _unknown(chunks[0])
        try:
            references = self._unpacked(filters, data)
        except (ValueError, RuntimeError):  # a filter that takes no such elements
            return _unknown(chunks[0])
        return _lengths_of(references.reshape(chunks[0], -1)[:, 0])

    def _filters(self, skipped: int) -> list[tuple[int, int, tuple[int, ...]]]:
        """The filters that a chunk went through, each with its code, its flags and its settings.

        Args:
            skipped: A bit for each filter that it did not go through.
        """
        settings = self.dataset.id.get_create_plist()
        numbers = range(settings.get_nfilters())
        return [settings.get_filter(i)[:3] for i in numbers if not skipped >> i & 1]

    def _unpacked(
        self, filters: list[tuple[int, int, tuple[int, ...]]], data: bytes
    ) -> NDArray[Any]:
        """The references in a chunk, whose filters HDF5 undoes.

        It does not show what a chunk holds as it is stored, so that the chunk is copied into a file
        in memory whose elements are raw data.
        """
        if not filters:
            return np.frombuffer(data, self.reference, math.prod(self.dataset.chunks))
        h5py, chunks = self.h5py, self.dataset.chunks
        wanted = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        wanted.set_chunk(chunks)
        for settings in filters:
            wanted.set_filter(*settings)
        with h5py.File(io.BytesIO(), "w") as copied:
            kind, space = h5py.h5t.py_create(self.reference), h5py.h5s.create_simple(chunks)
            copy = h5py.h5d.create(copied.id, b"0", kind, space, wanted)
            copy.write_direct_chunk((0,) * len(chunks), data)
            found = np.empty(chunks, self.reference)
            copy.read(space, space, found)
        return found


def _lengths_of(references: NDArray[Any]) -> NDArray[np.uint32]:
    """The lengths in references, copied."""
    plain = np.ascontiguousarray(references).view(np.uint8).reshape(len(references), -1)
    return plain[:, :_LENGTH_BYTES].copy().view("<u4")[:, 0]


def _filled(dataset: Any, n: int) -> NDArray[np.int64]:
    """The lengths of texts that are not stored."""
    return np.full(n, len(dataset.fillvalue or b""), np.int64)


def _unknown(n: int) -> NDArray[np.int64]:
    """Lengths that let each text be read alone."""
    return np.full(n, text_batches.MOST_TEXT_BYTES, np.int64)
