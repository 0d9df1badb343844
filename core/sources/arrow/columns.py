"""Arrow columns as NumPy arrays: the common part of all formats that pyarrow reads."""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import types

from smoothl1.errors import DataError
from smoothl1.sources.arrow.decoding import (
    decoded,
    in_all_rows,
    is_encoded,
    values_apart,
    values_of,
)
from smoothl1.sources.arrow.faults import (
    MISSING,
    Fault,
    first_fault_of_lists,
    first_no_float,
    first_no_text,
    first_null,
)
from smoothl1.sources.arrow.fields import field_of
from smoothl1.sources.arrow.label_values import as_labels, field_of_label
from smoothl1.sources.arrow.lists import numbers_of
from smoothl1.sources.arrow.noted_index import noted_index
from smoothl1.sources.arrow.periods import periods_among, refuse_periods, texts_of_periods
from smoothl1.sources.arrow.schema import numeric_columns
from smoothl1.sources.arrow.text_lengths import LONG_BYTES, text_lengths
from smoothl1.sources.columns import LABEL_HINT, MISSING_HINT, names_at, shown, shown_names
from smoothl1.sources.contract import Block, Numbers
from smoothl1.sources.positions import select_columns
from smoothl1.sources.text_batches import rows_that_fit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from smoothl1.sources.contract import Columns, Field, Wanted
    from smoothl1.sources.positions import Positions


class ChosenColumns(NamedTuple):
    """The columns of a table that make up the fields and labels of a source.

    Attributes:
        names: Names of all columns of the table.
        stored_names: Their names in the file, which are others where a table with a log says so.
        positions: Positions of the chosen columns.
        fields: The fields as the source describes them.
        labels: The labels as the source describes them.
        encoded: Positions of the labels that may stay dictionaries though their texts are short.
        texts: Positions of columns of text or bytes.
        wanted: Positions of all columns that must be read, ascending; at least one.
        complete: Positions of those whose values must not be missing.
        periods: What the periods of pandas among these count, by their positions.
        zoned: Times with a zone, by their positions. A log may have told it, and the file not.
        index_rows: The values of an index that is the last column, and not stored; None without.
        filled: Positions and values of chosen columns that a log tells: one value for all rows.
    """

    names: Columns
    stored_names: Columns
    positions: Positions
    fields: tuple[Field, ...]
    labels: tuple[pa.Field, ...]
    encoded: frozenset[int]
    texts: frozenset[int]
    wanted: tuple[int, ...]
    complete: frozenset[int]
    periods: dict[int, str]
    zoned: dict[int, pa.DataType]
    index_rows: range | None = None
    filled: tuple[tuple[int, pa.Scalar], ...] = ()

    @property
    def by_log(self) -> tuple[str, ...]:
        """What the log of a table says of them: see `SourceDetails`."""
        names = ((self.names[i], self.stored_names[i]) for i in self.wanted)
        others = [pair for pair in names if pair[0] != pair[1]]
        if not (others or self.filled):
            return ()
        from smoothl1.sources.arrow.digests import digest_of  # late

        return (repr((others, [(self.names[i], digest_of(x)) for i, x in self.filled])),)

    @property
    def has_texts_in_common(self) -> bool:
        """Whether text is read only to be compared with that of another input."""
        return any(i in self.texts for i in self.positions.shared)

    def blocks(self, batch: pa.RecordBatch, first_row: int) -> Iterator[Block]:
        """The fields and labels of some rows, up to the first faulty row.

        Args:
            batch: The wanted columns, in their order.
            first_row: Number of rows of the table before the batch, for messages.

        Yields:
            Blocks whose texts take bounded memory, though the batch may store one for many rows.
            Labels stay dictionaries where that is allowed, and where texts are long.

        Raises:
            DataError: A value is missing or no text, or the batch has other columns.
        """
        if batch.schema.names != [self.stored_names[i] for i in self.wanted]:
            raise DataError(f"other columns were read: {shown_names(batch.schema.names)}")
        apart: dict[int, pa.Array] = {}
        others: dict[int, pa.Array] = {}
        n_bytes = np.zeros(batch.num_rows, np.int64)
        filled = ((i, in_all_rows(value, batch.num_rows)) for i, value in self.filled)
        for i, stored in chain(zip(self.wanted, self._with_zones(batch), strict=True), filled):
            if i in self.encoded and is_encoded(stored):
                apart[i] = stored
                continue
            lengths = text_lengths(stored)
            is_long = bool(lengths.max(initial=0) > LONG_BYTES)
            column = values_apart(stored) if is_long and i in self.positions.labels else None
            if column is None:
                others[i] = stored
            else:
                apart[i] = column
            is_shortened = is_long and (column is not None or i in self._compared)
            n_bytes += np.minimum(lengths, LONG_BYTES) if is_shortened else lengths
        for rows in rows_that_fit(n_bytes):
            some = {i: column[rows] for i, column in apart.items()}
            for i, column in others.items():
                some[i] = decoded(column[rows], shorten=i in self._compared)
            yield from self._blocks(some, first_row + rows.start, len(n_bytes[rows]))

    def _with_zones(self, batch: pa.RecordBatch) -> list[pa.Array]:
        """The columns that were read, with times of a zone as such."""
        return [
            stored.view(self.zoned[i]) if i in self.zoned else stored
            for i, stored in zip(self.wanted, batch.columns, strict=True)
        ]

    @property
    def _compared(self) -> set[int]:
        """Positions of the columns that are only compared, so that long texts are shortened."""
        return {*self.positions.shared} - {*self.positions.labels}

    def _blocks(self, columns: dict[int, pa.Array], first_row: int, n_rows: int) -> Iterator[Block]:
        """The fields and labels of some rows, whose texts take bounded memory; see `blocks`."""
        last = len(self.names) - 1
        if self.index_rows is not None and last in self.positions.all:
            rows = np.arange(first_row, first_row + n_rows, dtype=np.int64)
            columns[last] = pa.array(self.index_rows.start + self.index_rows.step * rows)
        for i, frequency in self.periods.items():
            columns[i] = texts_of_periods(columns[i], frequency)
        labels, faults = self._labels(columns)
        fault = self._first_fault(columns, faults)
        n_rows = n_rows if fault is None else fault.row
        if n_rows:
            some = {i: column[:n_rows] for i, column in columns.items()}
            yield self._block(some, tuple(column[:n_rows] for column in labels), n_rows)
        if fault is not None:
            where = f"row {first_row + fault.row + 1}, column {shown(self.names[fault.column])}"
            of_missing = MISSING_HINT if fault.column in self.positions.numeric else LABEL_HINT
            hint = of_missing if fault.what == MISSING else fault.hint
            raise DataError(f"{where}: {fault.what}", hint=hint)

    def _labels(self, columns: dict[int, pa.Array]) -> tuple[list[pa.Array], list[Fault]]:
        """The values of each label, and the first fault of each in which there is one."""
        labels, faults = [], []
        for i, label in zip(self.positions.labels, self.labels, strict=True):
            values, fault = as_labels(columns[i], label.type)
            labels.append(values)
            if fault is not None:
                faults.append(Fault(fault.row, i, fault.what))
            elif (no_text := first_no_text(values, i)) is not None:
                faults.append(no_text)
        return labels, faults

    def _block(
        self, columns: dict[int, pa.Array], labels: tuple[pa.Array, ...], n_rows: int
    ) -> Block:
        fields = (
            self._numbers([columns[i] for i in positions], field)
            for field, positions in zip(self.fields, self.positions.fields, strict=True)
        )
        shared = tuple(decoded(columns[i], shorten=True) for i in self.positions.shared)
        return Block(n_rows, tuple(fields), labels, shared)

    def _first_fault(
        self, columns: dict[int, pa.Array], of_labels: Sequence[Fault]
    ) -> Fault | None:
        """The first row with a value that is missing, but must not be, or with another fault."""
        shapes = self._row_shapes
        faults = [first_null(columns[i], i) for i in self.complete if i not in shapes]
        faults += [
            first_fault_of_lists(columns[i], i, shape, is_complete=i in self.complete)
            for i, shape in shapes.items()
        ]
        faults += [
            first_no_float(columns[i], i, field.dtype)
            for chosen, field in zip(self.positions.fields, self.fields, strict=True)
            for i in (chosen if len(chosen) > 1 else ())
        ]
        found = (*of_labels, *(fault for fault in faults if fault is not None))
        return min(found, default=None)

    @property
    def _row_shapes(self) -> dict[int, tuple[int, ...]]:
        """The shape of a row of each column of lists, by its position."""
        return {
            chosen[0]: field.row_shape
            for chosen, field in zip(self.positions.fields, self.fields, strict=True)
            if len(chosen) == 1 and field.row_shape
        }

    def _numbers(self, columns: Sequence[pa.Array], field: Field) -> Numbers:
        """One field of some rows."""
        if len(columns) == 1 and field.row_shape:
            return numbers_of(columns[0], field.row_shape)
        missing = None
        if any(column.null_count for column in columns):
            flags = [column.is_null().to_numpy(zero_copy_only=False) for column in columns]
            missing = np.stack(flags, axis=1).reshape(-1)
        if len(columns) == 1:
            return Numbers(values_of(columns[0]), missing)
        stacked = np.empty((len(columns[0]), len(columns)), field.dtype)
        for i, column in enumerate(columns):
            stacked[:, i] = values_of(column)
        return Numbers(stacked.reshape(-1), missing)


def choose_columns(
    schema: pa.Schema,
    wanted: Wanted,
    rows_of: Callable[[int], Iterable[pa.Array]],
    *,
    allow_missing: bool,
) -> ChosenColumns:
    """Find the requested columns.

    Args:
        schema: Names and types of all columns.
        wanted: The requested ones.
        rows_of: Gives the values of the column at a position, in arrays of some rows: they are read
            to find out how long its lists are.
        allow_missing: Whether numbers may be missing.

    Raises:
        DataError: A column is not there, not unique, or of a kind that cannot serve.
    """
    names, kinds = tuple(schema.names), schema.types
    positions = select_columns(names, numeric_columns(schema), wanted)
    refuse_periods(schema, positions.numeric)
    fields = [
        field_of(names_at(chosen, names), [kinds[i] for i in chosen], partial(rows_of, chosen[0]))
        for chosen in positions.fields
    ]
    labels = tuple(
        field_of_label(schema.field(i), is_carried=place in wanted.carried)
        for place, i in enumerate(positions.labels)
    )
    complete = [i for place, i in enumerate(positions.labels) if place not in wanted.carried]
    encoded = {
        i for name, i in zip(wanted.labels, positions.labels, strict=True) if name in wanted.encoded
    }
    texts = frozenset(i for i in positions.shared if not types.is_primitive(kinds[i]))
    rows = noted_index(schema)
    stored = positions.all
    if rows is not None:
        stored = [i for i in stored if i != len(names) - 1] or [0]
    return ChosenColumns(
        names,
        names,
        positions,
        tuple(fields),
        labels,
        frozenset(encoded),
        texts,
        tuple(stored),
        frozenset([*complete, *(() if allow_missing else positions.numeric)]),
        periods_among(schema, {*positions.labels, *positions.shared}),
        {i: kinds[i] for i in stored if types.is_timestamp(kinds[i]) and kinds[i].tz},
        rows,
    )
