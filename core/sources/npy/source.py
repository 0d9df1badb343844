"""NumPy's `.npy`: read by byte ranges into reused buffers; no memory map, no pickle."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smoothl1.decisions import Decision
from smoothl1.errors import DataError, naming
from smoothl1.numerics.narrow_floats import widened
from smoothl1.sources.contract import (
    ONLY_LABEL,
    Again,
    Block,
    Elementwise,
    Field,
    Numbers,
    Part,
    SourceDetails,
    Wanted,
)
from smoothl1.sources.npy.header import NpyHeader, check_end, doubtful, read_header
from smoothl1.sources.npy.no_numbers import no_numbers
from smoothl1.sources.table import Storage

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from numpy.typing import NDArray

    from smoothl1.files.contract import Input, SeekableInput
    from smoothl1.read_options import ReadOptions
    from smoothl1.sources.contract import Columns, Source
    from smoothl1.sources.table import Needs

_TRANSPOSED_BYTES = 16 << 20
"""Bytes of a Fortran-ordered array read at a time, whatever the size of a chunk: each column of
these rows is a read of its own, so that more rows take fewer reads."""

_MAX_TRANSPOSED_ROW = 1 << 24
"""Most elements of a row of a Fortran-ordered array. It is scattered over the file and put together
in memory; beyond 128 MiB of binary64 that is refused."""


class NpySource(NamedTuple):
    """One array. Its rows are the entries of the first axis; a 0-d array is one row.

    Attributes:
        buffers: Buffers that no part is using. They are reused, because new memory is slow at first
            touch.
    """

    path: str
    file: Input
    header: NpyHeader
    fields: tuple[Field, ...]
    n_rows: int
    buffers: list[NDArray[Any]]
    cuts: tuple[int, ...] | None = None
    format: str = "npy"
    labels: tuple[()] = ()
    bytes_read: None = None
    details: SourceDetails = SourceDetails()

    def again(self) -> Again | None:
        file = None if self.file.size is None else self.file.seekable()
        if file is None or file.is_copy:
            return None
        return Again(file.state, _source_of(self.header, self.fields, self.n_rows, self.format))

    def blocks(self, part: Part, n_rows: int) -> Generator[Block]:
        stop = self.n_rows if part.stop is None else part.stop
        n_rows = min(n_rows, stop - part.start)
        if n_rows <= 0:
            return
        width = self.fields[0].row_elements
        buffer = self._buffer(min(n_rows, stop - part.start) * width)
        narrow, is_bool = self.header.narrow, self.header.dtype.kind == "b"
        for start, stored in self._rows(buffer, range(part.start, stop), n_rows):
            values = widened(stored, narrow) if narrow else stored
            odd = first_odd(values) if is_bool else None
            n_good = min(n_rows, stop - start) if odd is None else odd // width
            if n_good:
                yield Block(n_good, (Numbers(values[: n_good * width]),))
            if odd is not None:
                raise not_bool(start * width + odd, values[odd:], self.path)
        self.buffers.append(buffer)
        if self.file.size is None:
            self._check_end(stop * width)

    def elementwise(self, other: Source) -> Elementwise | None:
        if not isinstance(other, NpySource) or self.header.fortran != other.header.fortran:
            return None
        one, two = (
            source._replace(
                header=source.header._replace(fortran=False),
                fields=(source.fields[0]._replace(columns=(), row_shape=(), is_scalar=False),),
                n_rows=math.prod(source.header.shape),
            )
            for source in (self, other)
        )
        return Elementwise(one, two, self.header.fortran)  # both in the order of their files

    def close(self) -> None:
        self.file.close()

    def _buffer(self, n_elements: int) -> NDArray[Any]:
        """The buffer last returned, or a new one if that is too small."""
        try:
            buffer = self.buffers.pop()
        except IndexError:
            return np.empty(n_elements, self.header.dtype)
        return buffer if buffer.size >= n_elements else np.empty(n_elements, self.header.dtype)

    def _rows(
        self, buffer: NDArray[Any], rows: range, n_rows: int
    ) -> Iterator[tuple[int, NDArray[Any]]]:
        """The first row and the elements of some rows at a time, in a buffer that is reused."""
        width = self.fields[0].row_elements
        if self.header.fortran:
            yield from self._transposed(buffer, rows, n_rows)
            return
        for start in range(rows.start, rows.stop, n_rows):
            values = buffer[: min(n_rows, rows.stop - start) * width]
            self._read_range(values, start * width)
            yield start, values

    def _transposed(
        self, buffer: NDArray[Any], rows: range, n_rows: int
    ) -> Iterator[tuple[int, NDArray[Any]]]:
        """Those of a Fortran-ordered array: one range of bytes for each element of a row."""
        row_shape = self.fields[0].row_shape
        width = math.prod(row_shape)
        if width > _MAX_TRANSPOSED_ROW:
            raise DataError(
                f"each row has {width} elements in Fortran order: too large to transpose",
                path=self.path,
                hint="save both sides in the same order",
            )
        n_fit = max(1, _TRANSPOSED_BYTES // max(1, width * self.header.dtype.itemsize) // n_rows)
        columns = self._buffer(min(n_fit * n_rows, len(rows)) * width)
        for first in range(rows.start, rows.stop, n_fit * n_rows):
            n_found = min(n_fit * n_rows, rows.stop - first)
            for i in range(width):
                column = columns[i * n_found : (i + 1) * n_found]
                self._read_range(column, i * self.n_rows + first)
            found = columns[: width * n_found].reshape(*row_shape[::-1], n_found).T
            for low in range(0, n_found, n_rows):
                n = min(n_rows, n_found - low)
                values = buffer[: n * width]
                np.copyto(values.reshape(n, *row_shape), found[low : low + n])
                yield first + low, values
        self.buffers.append(columns)

    def _read_range(self, block: NDArray[Any], first_element: int) -> None:
        offset = self.header.offset + first_element * self.header.dtype.itemsize
        self.file.read_into(block.view(np.uint8).data, offset)

    def _check_end(self, n_elements: int) -> None:
        """Check that a stream ends where it should: only reading on shows it."""
        with naming(self.path):
            check_end(self.file, self.header.offset + n_elements * self.header.dtype.itemsize)


@lru_cache(maxsize=64)
def _source_of(
    header: NpyHeader, fields: tuple[Field, ...], n_rows: int, format: str
) -> Callable[[SeekableInput], NpySource]:
    """What makes the array of a file with a known header: one object for shards that agree."""
    return lambda file: NpySource(file.path, file, header, fields, n_rows, [], format=format)


def not_bool(element: int, found: NDArray[Any], path: str) -> DataError:
    """The error about a boolean whose byte is neither 0 nor 1.

    Args:
        element: Its place, counted from 0.
        found: The elements from there on.
        path: The file.
    """
    return DataError(
        f"element {element + 1} is a boolean with byte value {found.view(np.uint8)[0]}, "
        "neither 0 nor 1",
        path=path,
    )


def first_odd(values: NDArray[Any]) -> int | None:
    """The first boolean whose byte is neither 0 nor 1: readers disagree about its value."""
    if values.dtype.kind != "b" or not (odd := values.view(np.uint8) > 1).any():
        return None
    return int(odd.argmax())


class NpyTable(NamedTuple):
    """A file of one array, without named columns."""

    source: NpySource
    path: str
    names: Columns = ()
    numeric: tuple[bool, ...] = ()
    columns: tuple[()] = ()
    first_rows: tuple[()] = ()
    found: None = None
    files: tuple[()] = ()
    decisions: tuple[Decision, ...] = ()

    @property
    def storage(self) -> Storage:
        """The order of the axes."""
        header = self.source.header
        names = {True: "Fortran", False: "C"}
        return Storage(names[header.fortran] if len(header.shape) > 1 else None)

    def select(self, wanted: Wanted) -> Source:
        if wanted.labels == (ONLY_LABEL,) and not wanted.fields:
            from smoothl1.sources.npy.labels import labels_of  # late: pyarrow

            return labels_of(self.source)
        if any(wanted.fields) or wanted.labels:
            raise DataError(
                "an array has no columns to choose from",
                path=self.path,
                hint="an array needs no column name",
            )
        if len(wanted.fields) > 1:
            raise DataError(
                "the file holds one array: name a second file for the targets", path=self.path
            )
        if self.source.header.dtype.kind in "SUM":
            with naming(self.path):
                raise no_numbers(self.source.header.dtype.str)
        if self.source.header.doubt:
            with naming(self.path):
                raise doubtful(self.source.header)
        return self.source

    def close(self) -> None:
        self.source.file.close()


def open_table(
    file: Input, options: ReadOptions, needs: Needs, warn: Callable[[str], None]
) -> NpyTable:
    """Open a `.npy` file; see `table.Opener`."""
    header = read_header(file, options.dtype)
    if header.fortran or needs.read_again:
        file = file.seekable()  # its rows are scattered
    return NpyTable(array_of(file, header, "npy"), file.path)


def array_of(file: Input, header: NpyHeader, format: str) -> NpySource:
    """The array in a file, given its header.

    Args:
        file: The file that holds the array.
        header: Its dtype, order, shape and place in the file.
        format: The name of the format.
    """
    shape = header.shape
    if header.narrow:  # delivered as float32, which is exact
        dtype, narrower = np.dtype(np.float32), (header.narrow,)
        field = Field((), dtype, shape[1:], shape == (), narrower=narrower)
    else:
        field = Field((), header.dtype, shape[1:], shape == ())
    n_rows = header.shape[0] if header.shape else 1
    cuts = None if file.size is not None else ()
    details = SourceDetails()
    if header.raw:
        told = f"raw items are {header.narrow}"
        details = SourceDetails((Decision("dtype", file.path, told, "--dtype says so"),))
    read = (file, header, (field,), n_rows)
    return NpySource(file.path, *read, [], cuts, format, details=details)
