"""What a source of numbers must do. A new format is one module and one line in the registry."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from smoothl1.sources.file import InputFile

    Block = tuple[NDArray[Any], ...]
    Columns = tuple[str, ...]


class Input(Protocol):
    """An open file or stream of bytes. A stream is read in order, but for its beginning."""

    @property
    def path(self) -> str:
        """As the user typed it."""
        ...

    @property
    def head(self) -> bytes:
        """Its first bytes, by which its format is told."""
        ...

    @property
    def size(self) -> int | None:
        """In bytes; None for a stream."""
        ...

    def read(self, offset: int, n_bytes: int) -> bytes:
        """Up to that many bytes from a position; fewer only at the end."""
        ...

    def read_into(self, view: memoryview, offset: int) -> None:
        """Fill a buffer of bytes from a position."""
        ...

    def seekable(self) -> InputFile:
        """All of it as a file that can be read at any position; of a stream, a temporary copy."""
        ...

    def close(self) -> None:
        """Give back what it holds open; again is harmless."""
        ...


class Part(NamedTuple):
    """A range of rows, [start, stop); stop None reads on to the end."""

    start: int
    stop: int | None


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How inputs are to be read, where their content does not say.

    Attributes:
        format: Name of the format to read as, instead of telling it by content.
        header: Whether a CSV's first row names the columns; unset, it does unless every cell of it
            is a number.
        delimiter: What stands between the cells of a CSV: one character.
        decimal: What stands before the fraction of a number in a CSV: one character.
        encoding: Of a CSV, by a name that Python knows.
        skip_rows: Lines at the beginning of a CSV that are no part of the table.
        flatten: Whether shapes may differ as long as both sides have equally many elements, which
            are then paired in C order.
        allow_empty: Whether inputs without a single element are accepted.
    """

    format: str | None = None
    header: bool | None = None
    delimiter: str = ","
    decimal: str = "."
    encoding: str = "utf-8"
    skip_rows: int = 0
    flatten: bool = False
    allow_empty: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One array that a source delivers, row by row.

    Attributes:
        columns: Names of the columns it is made of; empty where the format has none.
        dtype: Of its elements, as stored.
        row_shape: Shape of one row: () for a number a row, (k,) for k columns.
        is_scalar: Whether there are no rows at all, but a single number: an array of shape ().
    """

    columns: Columns
    dtype: np.dtype[Any]
    row_shape: tuple[int, ...] = ()
    is_scalar: bool = False

    @property
    def row_elements(self) -> int:
        """Elements of one row."""
        return math.prod(self.row_shape)


class Elementwise(NamedTuple):
    """Two sources read in step, one element a row, and whether the first axis runs fastest."""

    pred: Source
    target: Source
    fortran: bool


class Source(Protocol):
    """An open input, which delivers one or more fields (say, predictions and targets) in step."""

    @property
    def path(self) -> str:
        """The file, as the user typed it."""
        ...

    @property
    def format(self) -> str:
        """Name of its format."""
        ...

    @property
    def fields(self) -> tuple[Field, ...]:
        """What each block holds, in the order asked for."""
        ...

    @property
    def n_rows(self) -> int | None:
        """Rows, where the format tells before reading; else None."""
        ...

    @property
    def cuts(self) -> tuple[int, ...] | None:
        """Rows, ascending, at which a part may begin and end without reading anything twice.

        From 0 to the row count; none at all for a stream; None where any row will do.
        """
        ...

    def blocks(self, part: Part, n_rows: int) -> Iterator[Block]:
        """Read the rows of a part, in order.

        Several threads may each be reading a part of their own.

        Args:
            part: Begins and ends at `cuts`.
            n_rows: Rows of a block, at most.

        Yields:
            For each field a one-dimensional array of whole rows in C order, all of equally many
            rows, at least one. Valid until the next block is asked for: buffers are reused.

        Raises:
            DataError: The content is not what the format or its own header promises.
            StorageError: The system could not read.
        """
        ...

    def elementwise(self, other: Source) -> Elementwise | None:
        """Read both sources element by element, in an order that both have in common.

        Sums do not depend on the order of elements, so where nothing else needs rows, both sides
        may be read in the order in which they are stored, and be cut within a row.

        Returns:
            Both sources with one element a row, or None where they have no such order in common.
        """
        ...

    def close(self) -> None:
        """Give back what the source holds open."""
        ...


class Opener(Protocol):
    """What a format's module offers to the registry."""

    def __call__(
        self,
        file: Input,
        selections: Sequence[Columns],
        options: ReadOptions,
        warn: Callable[[str], None],
    ) -> Source:
        """Open a file of this format.

        Args:
            file: Open, and owned by the source from now on.
            selections: For each field the columns it is made of; empty, the only numeric column.
            options: How to read what the content does not say.
            warn: Takes a sentence about something that is odd, but not wrong.

        Raises:
            DataError: The content is broken, or does not hold what was asked for.
        """
        ...
