"""An array in memory whose rows have labels: read as a file of arrays that holds both."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from smoothl1.errors import DataError, naming
from smoothl1.sources.columns import shown
from smoothl1.sources.contract import Block, SourceDetails, Wanted
from smoothl1.sources.lockstep import aligned
from smoothl1.sources.memory.table_source import places_of_rows
from smoothl1.sources.positions import select_columns
from smoothl1.sources.table import ColumnInfo, Storage

if TYPE_CHECKING:
    from collections.abc import Generator

    import pyarrow as pa

    from smoothl1.sources.contract import Columns, Field, Part, Source
    from smoothl1.sources.memory.array_source import ArrayTable, NamedAxis
    from smoothl1.sources.memory.table_source import MemoryTable


class LabelledSource(NamedTuple):
    """An array and labels of its rows, read in step.

    Attributes:
        array: The array.
        of_labels: The labels that are read.
        n_fields: How many fields the array is: one for each of its roles.
    """

    array: Source
    of_labels: Source
    n_fields: int
    cuts: None = None
    details: SourceDetails = SourceDetails()
    bytes_read: None = None

    @property
    def path(self) -> str:
        return self.array.path

    @property
    def format(self) -> str:
        return self.array.format

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.array.fields * self.n_fields

    @property
    def labels(self) -> tuple[pa.Field, ...]:
        return self.of_labels.labels

    @property
    def n_rows(self) -> int | None:
        return self.array.n_rows

    def blocks(self, part: Part, n_rows: int) -> Generator[Block]:
        for array, labels in aligned((self.array, self.of_labels), part, n_rows):
            fields = array.fields * self.n_fields
            yield Block(array.n_rows, fields, labels.labels, labels.shared)

    def elementwise(self, other: Source) -> None:
        return None

    def close(self) -> None:
        """Do nothing: the array belongs to the caller."""


class LabelledArray(NamedTuple):
    """An array of several axes, and the labels along the first of them as columns.

    Attributes:
        array: The array.
        name: Its name.
        labels: The labels of its rows.
    """

    array: ArrayTable
    name: str
    labels: MemoryTable
    first_rows: tuple[()] = ()
    storage: Storage = Storage()
    found: None = None
    files: tuple[()] = ()
    decisions: tuple[()] = ()

    @property
    def path(self) -> str:
        return self.array.path

    @property
    def source(self) -> Source:
        """The array alone."""
        return self.array.source

    @property
    def n_rows(self) -> int | None:
        """The number of its rows."""
        return self.source.n_rows

    @property
    def axes(self) -> tuple[NamedAxis, ...]:
        """Its axes, that of the rows first."""
        return self.array.axes

    @property
    def points(self) -> tuple[NamedAxis, ...]:
        """Its coordinates along no axis."""
        return self.array.points

    @property
    def names(self) -> Columns:
        return (self.name, *self.labels.names)

    @property
    def numeric(self) -> tuple[bool, ...]:
        return (True, *(False for _ in self.labels.names))

    @property
    def columns(self) -> tuple[ColumnInfo, ...]:
        """The array as a column of rows, and its labels."""
        (field,) = self.source.fields
        n_rows = self.n_rows
        shape = (n_rows or 0, *field.row_shape)
        info = ColumnInfo(
            str(field.dtype),
            may_be_key=False,
            n_rows=n_rows,
            shape=shape,
            axes=tuple(axis.name for axis in self.axes),
            unit=self.array.unit,
        )
        labels = places_of_rows(self.labels.columns)
        return (info, *(of._replace(n_rows=n_rows) for of in labels))

    def select(self, wanted: Wanted) -> Source:
        with naming(self.path):
            chosen = select_columns(self.names, self.numeric, wanted)
            for i in (i for columns in chosen.fields for i in columns if i):
                raise DataError(
                    f"{shown(self.names[i])} is a label of the rows of {shown(self.name)}",
                    hint="pass it as an array to evaluate it",
                )
        if len(wanted.fields) == 1 and not (wanted.labels or wanted.shared):
            return self.source
        of_labels = self.labels.select(wanted._replace(fields=()))
        return LabelledSource(self.source, of_labels, len(wanted.fields))

    def close(self) -> None:
        """Do nothing: the array belongs to the caller."""
