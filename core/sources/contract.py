"""The contract of a source of numbers, and the values that it delivers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.decisions import Decision
    from smoothl1.files.contract import SeekableInput, State
    from smoothl1.sources.written_numbers import Written

    Columns = tuple[str, ...]


ONLY_LABEL = "@1"
"""The name of the label column of an array, whose elements are labels: it has no other column."""


class Part(NamedTuple):
    """A range of rows, [start, stop); with stop None, up to the end."""

    start: int
    stop: int | None


class Field(NamedTuple):
    """One array that a source delivers, row by row.

    Attributes:
        columns: Names of the columns it is made of; empty if the format has none. One column may
            hold whole rows: lists, or an array of an archive.
        dtype: The elements' dtype as stored.
        row_shape: Shape of one row: () for a number a row, (k,) for k columns or lists of k.
        is_scalar: Whether there are no rows at all, but a single number: an array of shape ().
        is_null: Whether the columns are of Arrow's type null, so that all values are missing; any
            dtype goes with that.
        narrower: Names of narrower formats in which some of its floats are stored: "bfloat16",
            "float16" or "float32".
    """

    columns: Columns
    dtype: np.dtype[Any]
    row_shape: tuple[int, ...] = ()
    is_scalar: bool = False
    is_null: bool = False
    narrower: tuple[str, ...] = ()

    @property
    def row_elements(self) -> int:
        """Elements of one row."""
        return math.prod(self.row_shape)

    def column_of(self, element: int) -> str:
        """The name of the column that an element comes from, counted from 0 over all rows."""
        i = element % self.row_elements
        return self.columns[i if len(self.columns) > 1 else 0]


def narrower_floats(dtypes: Iterable[np.dtype[Any] | None], joint: np.dtype[Any]) -> set[str]:
    """Names of the dtypes whose floats are stored with fewer digits than the joint dtype has.

    Args:
        dtypes: The dtypes of columns or files; None for one without numbers.
        joint: The dtype in which all are read.
    """
    floats = {dtype.name for dtype in dtypes if dtype is not None and dtype.kind == "f"}
    return floats - {joint.name}


class Numbers(NamedTuple):
    """The elements of one field in some rows.

    Attributes:
        values: One dimension, whole rows in C order; any number stands for a missing value.
        missing: Which elements are missing; None if none is.
    """

    values: NDArray[Any]
    missing: NDArray[np.bool_] | None = None

    def cut(self, start: int, stop: int) -> Numbers:
        """The elements [start, stop)."""
        missing = None if self.missing is None else self.missing[start:stop]
        return Numbers(self.values[start:stop], missing)


class Block(NamedTuple):
    """Some rows of a source.

    Attributes:
        n_rows: At least one.
        fields: For each field its elements.
        labels: For each label column its values, none of them missing unless it is carried; perhaps
            as a dictionary without null, if that was allowed, or long texts are stored once.
        shared: For each shared column its values.
    """

    n_rows: int
    fields: tuple[Numbers, ...]
    labels: tuple[pa.Array, ...] = ()
    shared: tuple[pa.Array, ...] = ()

    def rows(self, start: int, stop: int) -> Block:
        """The rows [start, stop), as a view."""
        if start == 0 and stop >= self.n_rows:
            return self
        stop = min(stop, self.n_rows)
        widths = [field.values.size // self.n_rows for field in self.fields]
        return Block(
            stop - start,
            tuple(
                field.cut(start * width, stop * width)
                for field, width in zip(self.fields, widths, strict=True)
            ),
            tuple(label.slice(start, stop - start) for label in self.labels),
            tuple(column.slice(start, stop - start) for column in self.shared),
        )


class Wanted(NamedTuple):
    """The columns requested from a table.

    Attributes:
        fields: For each field the columns it is made of; empty, the table's only numeric column.
        labels: Columns of text, whole numbers or dates, delivered as they are: keys and groups.
        shared: Columns of any such type that are only compared with those of another input: values
            may be missing, and text need not be UTF-8.
        encoded: Those label columns that may be delivered as Arrow dictionaries if that is faster,
            because only the equality of rows matters.
        carried: Which of the label columns, counted from 0, are only written again: their values
            may be missing, and fractions, too.
    """

    fields: tuple[Columns, ...] = ((),)
    labels: Columns = ()
    encoded: Columns = ()
    shared: Columns = ()
    carried: tuple[int, ...] = ()


class Again(NamedTuple):
    """How to make a source again, after its file was closed, without another look at its columns.

    Attributes:
        state: The state of the file when it was first opened.
        source_of: Makes the source of the file, opened again and in that state.
    """

    state: State
    source_of: Callable[[SeekableInput], Source]


class FileOfSource(NamedTuple):
    """A file of a source that has several.

    Attributes:
        path: The path.
        n_bytes: Its size.
        index_rows: See `SourceDetails`.
    """

    path: str
    n_bytes: int
    index_rows: range | None


class SourceDetails(NamedTuple):
    """What some formats tell of a source beside its rows. The defaults say that nothing is known.

    Attributes:
        decisions: The decisions about how its values are read.
        files: The files of a source that has several.
        bounds: The row at which each of these files begins and the last one ends; None if not
            known, or if there is one file.
        index_rows: The values of an index that is not stored, if it is one of integers.
        has_rows: Whether there are any rows, as far as known.
        first_row: That of a file of labels which counts as its header, but may be a label; or "".
        numbers: How the numbers of its columns are written, if their points may part thousands
            where other columns or files have whole numbers.
        by_log: For each file what a table's log says of the columns read: their names in the file,
            where these are others, and values that it lacks. Empty if it says nothing.
    """

    decisions: tuple[Decision, ...] = ()
    files: tuple[FileOfSource, ...] = ()
    bounds: tuple[int, ...] | None = None
    index_rows: range | None = None
    has_rows: bool = True
    first_row: str = ""
    numbers: tuple[Written, ...] = ()
    by_log: tuple[str, ...] = ()


class Elementwise(NamedTuple):
    """Two sources read in step, one element a row, and whether the first axis runs fastest."""

    pred: Source
    target: Source
    fortran: bool


@runtime_checkable
class Reopenable(Protocol):
    """A source of a file that may be made again without another look at its columns."""

    def again(self) -> Again | None:
        """How to make the source again; None if its file cannot be opened again."""
        ...


class Source(Protocol):
    """Chosen columns of an open input, or its array: the fields are delivered in step."""

    @property
    def path(self) -> str:
        """The path of the file, as the user typed it."""
        ...

    @property
    def format(self) -> str:
        """Name of the format."""
        ...

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of each block, in the order requested."""
        ...

    @property
    def labels(self) -> tuple[pa.Field, ...]:
        """The label columns of each block, in the order requested: names and types."""
        ...

    @property
    def n_rows(self) -> int | None:
        """The number of rows, if the format tells it before reading; else None."""
        ...

    @property
    def details(self) -> SourceDetails:
        """What else is known."""
        ...

    @property
    def bytes_read(self) -> tuple[int, int] | None:
        """Bytes read so far and all bytes, where rows are counted only as they are read.

        None where the rows are known, and where the bytes are not.
        """
        ...

    @property
    def cuts(self) -> tuple[int, ...] | None:
        """Rows, ascending, at which a part may begin and end without reading anything twice.

        From 0 to the row count; empty for a stream; None if any row will do.
        """
        ...

    def blocks(self, part: Part, n_rows: int) -> Generator[Block]:
        """Read the rows of a part, in order.

        Several threads may each be reading a part of their own.

        Args:
            part: A part that begins and ends at `cuts`.
            n_rows: Most rows of a block. A block may be shorter, and so differ from that of another
                source.

        Yields:
            Blocks of whole rows, in order. A block is valid until the next one is requested:
            buffers are reused.

        Raises:
            DataError: The content is faulty. The rows before the fault are yielded first.
            StorageError: The system could not read.
        """
        ...

    def elementwise(self, other: Source) -> Elementwise | None:
        """Read both sources element by element, in an order that both have in common.

        Sums do not depend on the order of elements. So if nothing else needs rows, both sides may
        be read in the order in which they are stored, and be cut within a row.

        Returns:
            Both sources with one element a row, or None where they have no such order in common.
        """
        ...

    def close(self) -> None:
        """Release what the source holds open."""
        ...
