"""An array that a library reads by slices along its first axis."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from smoothl1.errors import DataError
from smoothl1.sources.containers.unpacked_pieces import UnpackedPieces
from smoothl1.sources.contract import Block, Field, Numbers, Part, SourceDetails
from smoothl1.sources.npy.limits import is_beyond_any_array
from smoothl1.sources.npy.source import first_odd, not_bool

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray

    from smoothl1.sources.containers.text_slices import TextReader
    from smoothl1.sources.containers.unpacked_pieces import PieceReader
    from smoothl1.sources.contract import Source

MAX_CHUNK_BYTES = 64 << 20
"""Most bytes of a compressed piece of an array, which is unpacked as a whole."""

_MOST_PER_STORED = 10_000
"""Most chunks not stored for each that is: maps of a world with a few cities have fewer."""

_MANY_CHUNKS, _MANY_BYTES = 100_000, 1 << 30
"""Up to so many chunks and bytes are passed over in seconds, whatever is stored."""

_MAX_ROW_ELEMENTS = 1 << 24
"""Most elements of a row, which is held in memory whatever the file stores of it."""


class Slices(Protocol):
    """What libraries offer for an array."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape; () for a single number."""
        ...

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of what slices give."""
        ...

    @property
    def chunks(self) -> tuple[int, ...] | None:
        """The shape of the pieces that are unpacked as a whole; None if there are none."""
        ...

    def __getitem__(self, index: Any) -> Any:
        """The rows of a slice."""
        ...


def judge_what_is_stored(
    path: str, what: str, slices: Slices, n_stored: int, fill: Any, warn: Callable[[str], None]
) -> None:
    """Warn of chunks that are not stored, or refuse an array of which nearly none is.

    Such an array is one that a writer has only begun, or one that lies about its size. A sparse one
    has more stored chunks, and then reading it takes time in proportion to the size of the file.

    Args:
        path: The file.
        what: The array in words.
        slices: The array. One without chunks is stored as a whole, or not at all.
        n_stored: How many chunks are stored.
        fill: The value that stands for those of others; None if there is none.
        warn: Takes the warning.

    Raises:
        DataError: Nearly no chunk is stored, and there are too many to pass over.
    """
    if not slices.shape:
        return  # writers leave out a single number that is the fill value
    chunks = slices.chunks or slices.shape
    lengths = zip(slices.shape, chunks, strict=True)
    n_all = math.prod(-(-n // max(1, length)) for n, length in lengths)
    n_missing = n_all - n_stored
    if n_missing <= 0 or fill is None:
        return
    are = "is not stored" if n_missing == 1 else "are not stored"
    counts = f"{n_missing} of {n_all} chunks {are}"
    n_bytes = n_missing * math.prod(chunks) * slices.dtype.itemsize
    is_much = n_missing > _MANY_CHUNKS or n_bytes > _MANY_BYTES
    if is_much and n_missing > _MOST_PER_STORED * n_stored:
        raise DataError(
            f"{what}: {counts}: begun and never written, or a shape that is not true",
            path=path,
            hint="write the array again, in the shape of what it holds",
        )
    its = "its" if n_missing == 1 else "their"
    warn(f"{path}: {what}: {counts}: {its} values are the fill value, {fill}")


def check_pieces(what: str, n_bytes: int) -> None:
    """Refuse an array whose pieces, which are unpacked as a whole, are too large.

    Args:
        what: The array in words.
        n_bytes: The bytes of a piece.

    Raises:
        DataError: They are more than `MAX_CHUNK_BYTES`.
    """
    if n_bytes > MAX_CHUNK_BYTES:
        raise DataError(
            f"{what} is stored in pieces of {n_bytes} bytes, at most {MAX_CHUNK_BYTES}",
            hint="save it in smaller chunks",
        )


class SlicedArray(NamedTuple):
    """An array of numbers in slices.

    Attributes:
        path, format: Those of the file.
        slices: The array.
        what: The array in words, for messages.
        fields: The only field.
        n_rows: The length of the first axis.
        n_read: Rows read at a time, unless more are wanted: those of a piece.
        faults: A context that turns errors of the library into those of this package.
        pieces: The pieces of which parts want some rows each.
        texts: Gives a reader of the texts; None if the array is not of texts that each have a
            length of their own.
    """

    path: str
    format: str
    slices: Slices
    what: str
    fields: tuple[Field, ...]
    n_rows: int
    n_read: int
    faults: Callable[[str], AbstractContextManager[Any]]
    pieces: UnpackedPieces[NDArray[Any]]
    texts: Callable[[], AbstractContextManager[TextReader]] | None = None
    labels: tuple[()] = ()
    cuts: None = None
    details: SourceDetails = SourceDetails()
    bytes_read: None = None

    @classmethod
    def of(
        cls,
        path: str,
        format: str,
        slices: Slices,
        what: str,
        faults: Callable[[str], AbstractContextManager[Any]],
    ) -> SlicedArray:
        """The array, if it can be read in bounded memory.

        Raises:
            DataError: Its rows, or the pieces that it is stored in, are too large.
        """
        shape = slices.shape
        dtype = np.dtype(slices.dtype.str)  # h5py marks the order of bytes where it is native, too
        field = Field((), dtype, shape[1:], is_scalar=shape == ())
        if field.row_elements > _MAX_ROW_ELEMENTS:
            most = f"at most {_MAX_ROW_ELEMENTS}"
            raise DataError(f"{what}: each row has {field.row_elements} elements, {most}")
        if is_beyond_any_array(shape):
            raise DataError(f"{what}: the shape {shape} is larger than any array")
        chunks = slices.chunks or ()
        check_pieces(what, math.prod(chunks) * slices.dtype.itemsize)
        row_bytes = max(1, field.row_elements * slices.dtype.itemsize)
        n_read = max(1, min(chunks[0], MAX_CHUNK_BYTES // row_bytes)) if chunks else 1
        n_rows = shape[0] if shape else 1
        pieces = UnpackedPieces[Any](MAX_CHUNK_BYTES, lambda values: values.nbytes)
        return cls(path, format, slices, what, (field,), n_rows, n_read, faults, pieces)

    def blocks(self, part: Part, n_rows: int) -> Generator[Block]:
        stop = self.n_rows if part.stop is None else part.stop
        if self.texts is not None:
            from smoothl1.sources.containers.text_slices import text_blocks  # late: few are texts

            with self.faults(self.what), self.texts() as texts:
                yield from text_blocks(texts, Part(part.start, stop), n_rows)
            return
        with self.pieces.reader() as reader:
            yield from self._numbers(reader, Part(part.start, stop), n_rows)

    def _numbers(
        self, reader: PieceReader[NDArray[Any]], part: Part, n_rows: int
    ) -> Generator[Block]:
        start, stop, width = part.start, part.stop or 0, self.fields[0].row_elements
        n_read = max(1, n_rows // self.n_read) * self.n_read  # whole pieces
        while start < stop:
            end = min(stop, (start // n_read + 1) * n_read)
            values = self._rows(reader, start, end)
            odd = first_odd(values)
            n_good = end - start if odd is None else odd // width
            for low in range(0, n_good, n_rows):
                n = min(n_rows, n_good - low)
                yield Block(n, (Numbers(values[low * width : (low + n) * width]),))
            if odd is not None:
                raise not_bool(start * width + odd, values[odd:], self.path)
            del values  # two pieces would be held
            start = end

    def elementwise(self, other: Source) -> None:
        return None

    def close(self) -> None:
        """Do nothing: the file is closed with its table."""

    def _rows(self, reader: PieceReader[NDArray[Any]], start: int, stop: int) -> NDArray[Any]:
        """Some rows of a piece, of which others may want the rest, or whole pieces."""
        number, low = divmod(start, self.n_read)
        first = start - low
        last = min(first + self.n_read, self.n_rows)
        if stop > last or (start, stop) == (first, last):
            reader.release()
            return self._read(start, stop)
        unpack = partial(self._read, first, last)
        piece = reader.piece(number, unpack, to_end=stop == last)
        width = self.fields[0].row_elements
        return piece[low * width : (stop - first) * width]

    def _read(self, start: int, stop: int) -> NDArray[Any]:
        with self.faults(self.what):
            index = () if self.fields[0].is_scalar else slice(start, stop)
            values = np.asarray(self.slices[index])
        return values.reshape(-1)
