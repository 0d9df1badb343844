"""An array in memory as a source: rows are views, copied only if they are not in C order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

import numpy as np

from smoothl1.errors import DataError
from smoothl1.sources.contract import Block, Elementwise, Field, Numbers, SourceDetails
from smoothl1.sources.table import Storage

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from smoothl1.sources.contract import Columns, Part, Source, Wanted


class ArraySource(NamedTuple):
    """An array. Its rows are the entries of the first axis; a 0-d array is one row.

    Attributes:
        path: The name of the argument, in angle brackets.
        values: Bool, integers or floats of at most 64 bits, shape (N, *) or ().
        mask: Which of them are missing, in the same shape; None if none is.
    """

    path: str
    values: NDArray[Any]
    mask: NDArray[np.bool_] | None = None
    format: str = "array"
    labels: tuple[()] = ()
    cuts: None = None
    details: SourceDetails = SourceDetails()
    bytes_read: None = None

    @property
    def n_rows(self) -> int:
        return self.values.shape[0] if self.values.shape else 1

    @property
    def fields(self) -> tuple[Field, ...]:
        shape = self.values.shape
        return (Field((), self.values.dtype, shape[1:], is_scalar=shape == ()),)

    def blocks(self, part: Part, n_rows: int) -> Generator[Block]:
        rows, mask = np.atleast_1d(self.values), self.mask
        stop = self.n_rows if part.stop is None else part.stop
        for start in range(part.start, stop, n_rows):
            these = slice(start, min(start + n_rows, stop))
            some = rows[these]
            values = some.reshape(-1)
            if values.dtype.kind == "b":  # any byte but 0 is true, in an array that is a view
                values = values.view(np.uint8) != 0
            missing = None if mask is None else np.atleast_1d(mask)[these].reshape(-1)
            yield Block(len(some), (Numbers(values, missing),))

    def elementwise(self, other: Source) -> Elementwise | None:
        if not isinstance(other, ArraySource):
            return None
        arrays = (self.values, other.values)
        for order, fortran in (("C", False), ("F", True)):
            if all(getattr(values.flags, f"{order.lower()}_contiguous") for values in arrays):
                return Elementwise(self._flat(order), other._flat(order), fortran)  # noqa: SLF001
        return None

    def close(self) -> None:
        """Do nothing: the array belongs to the caller."""

    def _flat(self, order: Any) -> ArraySource:
        """The elements as rows, in the order in which they are stored."""
        mask = None if self.mask is None else self.mask.reshape(-1, order=order)
        return self._replace(values=self.values.reshape(-1, order=order), mask=mask)


class NamedAxis(NamedTuple):
    """An axis of an array in memory.

    Attributes:
        name: Its name.
        places: The places along it, numbers, texts or dates, shape (N,); None if not known.
        unit: The unit of the places; "" if none is.
        calendar: The calendar of places that are counts of a unit of time; "" of all others.
        beside: What else is along it: levels of its index, and coordinates.
        n_axes: Of a coordinate, the number of axes that it is along: there is a place for each
            element of these.
    """

    name: str
    places: NDArray[Any] | None
    unit: str
    calendar: str = ""
    beside: tuple[NamedAxis, ...] = ()
    n_axes: int = 1


@runtime_checkable
class NamedArray(Protocol):
    """An open array in memory whose axes may have names."""

    @property
    def axes(self) -> tuple[NamedAxis, ...]:
        """Its axes, that of the rows first; empty if they have no names."""
        ...

    @property
    def points(self) -> tuple[NamedAxis, ...]:
        """Its coordinates along no axis, with one place each: the level of a map."""
        ...

    @property
    def path(self) -> str:
        """The name of the argument, in angle brackets."""
        ...

    @property
    def names(self) -> Columns:
        """The names of its columns, if its rows have labels."""
        ...

    @property
    def n_rows(self) -> int | None:
        """The number of its rows."""
        ...


class ArrayTable(NamedTuple):
    """An array: it has no named columns, but its axes may have names.

    Attributes:
        source: The array.
        axes: Its axes, that of the rows first; empty if they have no names.
        unit: The unit of its numbers; "" if none is known.
        points: Its coordinates along no axis, with one place each: the level of a map.
    """

    source: Source
    axes: tuple[NamedAxis, ...] = ()
    unit: str = ""
    points: tuple[NamedAxis, ...] = ()
    names: Columns = ()
    numeric: tuple[bool, ...] = ()
    columns: tuple[()] = ()
    first_rows: tuple[()] = ()
    storage: Storage = Storage()
    found: None = None
    files: tuple[()] = ()
    decisions: tuple[()] = ()

    @property
    def path(self) -> str:
        return self.source.path

    @property
    def n_rows(self) -> int | None:
        """The number of its rows."""
        return self.source.n_rows

    def select(self, wanted: Wanted) -> Source:
        if any(wanted.fields) or wanted.labels:
            raise DataError(
                "an array has no columns to choose from",
                path=self.path,
                hint="an array needs no column name",
            )
        if len(wanted.fields) > 1:
            raise DataError("an array is one side: give another for the targets", path=self.path)
        return self.source

    def close(self) -> None:
        """Do nothing: the array belongs to the caller."""
