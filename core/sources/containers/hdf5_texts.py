"""How long the texts of an HDF5 dataset are, as the references to them tell.

Any number of rows may refer to one text, of which h5py would make an object each, and a reference
may tell any length. h5py has no call for these lengths, so that the references are read here.
"""

from __future__ import annotations

import io
import math
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smoothl1.errors import DataError
from smoothl1.sources.containers.hdf5_headers import data_in_header
from smoothl1.sources.containers.hdf5_references import check_lengths, lengths_of, reference_of
from smoothl1.sources.containers.slices import MAX_CHUNK_BYTES, check_pieces
from smoothl1.sources.containers.unpacked_pieces import UnpackedPieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray

    from smoothl1.sources.containers.hdf5_headers import RawFile
    from smoothl1.sources.containers.text_slices import TextReader
    from smoothl1.sources.containers.unpacked_pieces import PieceReader

    Lengths = NDArray[Any]

_SHUFFLE = 2
"""The code of the filter whose only setting is the size of an element."""


def texts_of(
    raw: RawFile, dataset: Any, what: str
) -> Callable[[], AbstractContextManager[TextReader]]:
    """What gives a reader of texts; see `SlicedArray.texts`.

    Args:
        raw: The file.
        dataset: A dataset of texts of any length, one in each row.
        what: The dataset in words.

    Raises:
        DataError: Its chunks are too large.
    """
    reference = reference_of(raw)
    check_pieces(what, math.prod(dataset.chunks or ()) * reference.itemsize)
    if dataset.chunks:
        return _InChunks(raw, dataset, what, reference).reader
    in_one_piece = _InOnePiece(raw, dataset, what, reference)
    return lambda: nullcontext(in_one_piece)


def with_chunks_kept(h5py: Any, dataset: Any) -> Any:
    """A dataset opened anew, so that HDF5 keeps a chunk of which some rows are read at a time.

    Args:
        h5py: The library.
        dataset: A dataset of texts of any length, open nowhere else. It is closed, since HDF5 gives
            an open dataset no other cache.
    """
    group, name = dataset.parent.id, dataset.name.rpartition("/")[2]
    access = dataset.id.get_access_plist()
    n_slots, _, preemption = access.get_chunk_cache()
    access.set_chunk_cache(n_slots, MAX_CHUNK_BYTES, preemption)
    dataset.id.close()
    return h5py.Dataset(h5py.h5d.open(group, name.encode("utf-8", "surrogateescape"), access))


@dataclass(frozen=True, slots=True)
class _InOnePiece:
    """The references of a dataset without chunks."""

    raw: RawFile
    dataset: Any
    what: str
    reference: np.dtype[Any]

    def text_bytes(self, start: int, stop: int) -> NDArray[np.int64]:
        n_bytes = self.reference.itemsize
        data = self._stored(start * n_bytes, stop * n_bytes)
        if data is None:
            return _filled(self.dataset, stop - start)
        if len(data) < (stop - start) * n_bytes:
            raise DataError(f"{self.what}: the references to its texts are cut short")
        lengths = lengths_of(np.frombuffer(data, self.reference)).astype(np.int64)
        check_lengths(self.raw, lengths, self.what)
        return lengths

    def _stored(self, start: int, stop: int) -> bytes | None:
        """Bytes of the dataset as it is stored; None if it is not."""
        layout = self.dataset.id.get_create_plist().get_layout()
        if layout == self.raw.h5py.h5d.COMPACT:
            return data_in_header(self.raw, self.dataset.id)[start:stop]
        place = self.dataset.id.get_offset()
        return None if place is None else self.raw.file.read(place + start, stop - start)

    def texts(self, start: int, stop: int) -> NDArray[np.object_]:
        index = slice(start, stop) if self.dataset.shape else ()  # a single text has no rows
        return np.asarray(self.dataset[index], np.object_)


@dataclass(frozen=True, slots=True)
class _InChunks:
    """The references of a dataset in chunks.

    Attributes:
        unpacked: The lengths in the chunks along the first axis.
    """

    raw: RawFile
    dataset: Any
    what: str
    reference: np.dtype[Any]
    unpacked: UnpackedPieces[Lengths] = field(
        default_factory=lambda: UnpackedPieces(MAX_CHUNK_BYTES, lambda lengths: lengths.nbytes)
    )

    @contextmanager
    def reader(self) -> Iterator[_ChunkReader]:
        with self.unpacked.reader() as lengths:
            yield _ChunkReader(self, lengths)

    def lengths(self, i: int) -> Lengths:
        """The lengths of the texts in the i-th chunk along the first axis, shape (n,)."""
        chunks, stored = self.dataset.chunks, self.dataset.id
        place = (i * chunks[0], *(0 for _ in chunks[1:]))
        if stored.get_chunk_info_by_coord(place).byte_offset is None:
            return _filled(self.dataset, chunks[0])
        skipped, data = stored.read_direct_chunk(place)
        filters = self._filters(skipped)
        if any(code == _SHUFFLE and n != (self.reference.itemsize,) for code, _, n in filters):
            raise self._not_looked_at()
        try:
            references = self._unpacked(filters, data)
        except (ValueError, RuntimeError) as error:  # a filter that takes no such elements
            raise self._not_looked_at() from error
        return lengths_of(references.reshape(chunks[0], -1)[:, 0])

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
        h5py, chunks = self.raw.h5py, self.dataset.chunks
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

    def _not_looked_at(self) -> DataError:
        what = f"{self.what}: its filters do not give the references to its texts as they are"
        return DataError(what, hint="save it with gzip, or with no filter")


class _ChunkReader(NamedTuple):
    """See `text_slices.TextReader`."""

    texts_in: _InChunks
    lengths: PieceReader[Lengths]

    def text_bytes(self, start: int, stop: int) -> NDArray[np.int64]:
        n, n_rows = self.texts_in.dataset.chunks[0], self.texts_in.dataset.shape[0]
        found = []
        for i in range(start // n, -(-stop // n)):
            low, high, last = max(start - i * n, 0), min(stop - i * n, n), min((i + 1) * n, n_rows)
            unpack = partial(self.texts_in.lengths, i)
            lengths = self.lengths.piece(i, unpack, to_end=stop >= last)
            found.append(lengths[low:high].astype(np.int64))
        all_lengths = np.concatenate(found)
        check_lengths(self.texts_in.raw, all_lengths, self.texts_in.what)
        return all_lengths

    def texts(self, start: int, stop: int) -> NDArray[np.object_]:
        return np.asarray(self.texts_in.dataset[start:stop])


def _filled(dataset: Any, n: int) -> NDArray[np.int64]:
    """The lengths of texts that are not stored."""
    return np.full(n, len(dataset.fillvalue or b""), np.int64)
