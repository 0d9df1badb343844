"""An array of one axis as a column of labels: it shows whether rows match, or is their key."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.errors import DataError
from smoothl1.sources.containers.attribute_names import CALENDAR, UNIT
from smoothl1.sources.containers.described import coordinates_in, described_in, text_of
from smoothl1.sources.containers.missing_values import first_of, may_be_compared
from smoothl1.sources.containers.rows_as_labels import (
    MOST_IN_ROW,
    lists_of_rows,
    texts_of_rows,
)
from smoothl1.sources.containers.times import times_of, type_of_times
from smoothl1.sources.contract import Block, Numbers
from smoothl1.sources.coordinates import named_axes_of, without_groups
from smoothl1.sources.ids import is_id
from smoothl1.sources.table import ColumnInfo
from smoothl1.sources.wrapped import WrappedSource

if TYPE_CHECKING:
    from collections.abc import Generator

    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.sources.containers.time_units import TimeUnit
    from smoothl1.sources.contract import Part, Source

_KINDS = {
    "i": "integer",
    "u": "integer",
    "f": "fraction",
    "S": "text",
    "U": "text",
    "O": "text",
    "b": "flag",
    "M": "date",
}
"""The kinds of labels by those of NumPy."""

_CHARACTERS = ("S1", "U1")
"""The dtypes of single characters, of which a row makes a text."""

_BLOCK_BYTES = 1 << 22
"""Bytes of a block, whatever the width of text."""


def info_of(
    type_name: str,
    dtype: np.dtype[Any],
    shape: tuple[int, ...],
    axes: tuple[str, ...] = (),
    attributes: Any = MappingProxyType({}),
    *,
    name: str = "",
) -> ColumnInfo:
    """More about an array; it may be compared if it has one axis, or one element in each row.

    It is not if readers of its attributes differ in its values.

    Args:
        type_name: The type of the array, as its format names it.
        dtype: The dtype of its elements: text of any length is of Python's objects.
        shape: Its shape.
        axes: The names of its axes, if they have any.
        attributes: Its attributes by name, which may say the unit of its values.
        name: Its name, perhaps with the groups that it is in: if it is an id, and cannot be
            compared, that is said.
    """
    unit, calendar = text_of(attributes, UNIT), text_of(attributes, CALENDAR)
    coordinates, described_by = coordinates_in(attributes), described_in(attributes)
    if not may_be_compared(attributes, dtype):
        return ColumnInfo(
            type_name,
            axes=named_axes_of(axes),
            unit=unit,
            coordinates=coordinates,
            described_by=described_by,
        )
    if are_characters(dtype, shape):
        shape = shape[:1]
    meant = _time_unit(unit, calendar, dtype)
    if len(shape) == 1 or shape[1:] == (1,):
        kind = _KINDS.get(dtype.kind, "")
    else:
        kind = "other" if is_id(without_groups(name)) else ""
    return ColumnInfo(
        type_name,
        kind,
        may_be_key=kind in ("integer", "text", "date"),
        n_rows=shape[0] if shape else None,
        shape=shape,
        axes=named_axes_of(axes),
        unit=f"{unit} in the calendar {calendar}" if calendar and meant is None else unit,
        time_unit=meant,
        coordinates=coordinates,
        described_by=described_by,
        has_rows=dtype.kind in "iuf" and 1 < math.prod(shape[1:]) <= MOST_IN_ROW,
    )


def are_characters(dtype: np.dtype[Any], shape: tuple[int, ...]) -> bool:
    """Whether each row of an array is a text in single characters, as CF has texts."""
    return dtype.str[1:] in _CHARACTERS and len(shape) == 2 and shape[1] > 0


def unread(type_name: str, name: str) -> ColumnInfo:
    """An array whose values are not read: it is said that it is not compared if it is an id.

    Args:
        type_name: Its type, as its format names it.
        name: Its name, perhaps with the groups that it is in.
    """
    kind = "other" if is_id(without_groups(name)) else ""
    return ColumnInfo(type_name, kind, may_be_key=False)


def _time_unit(unit: str, calendar: str, dtype: np.dtype[Any]) -> TimeUnit | None:
    """The unit of times; None for fractions in float32, which say a time to minutes or hours."""
    is_precise = dtype.kind in "iu" or (dtype.kind == "f" and dtype.itemsize >= 8)
    if not (is_precise and "since" in unit.lower()):
        return None
    from smoothl1.sources.containers.time_units import time_unit  # late: few arrays are times

    return time_unit(unit, calendar)


class Labels(WrappedSource):
    """An array as a column of labels.

    Args:
        array: The array: numbers, texts, or characters of which a row makes a text.
        label: The name and the type of the column.
        time_unit: What the numbers count, if they are delivered as times.
        may_be_missing: Whether values may be missing.
        is_compared: Whether it is only compared, so that a date out of range is a missing one.
    """

    fields = ()

    def __init__(
        self,
        array: Source,
        label: pa.Field,
        time_unit: TimeUnit | None = None,
        *,
        may_be_missing: bool = True,
        is_compared: bool = False,
    ) -> None:
        super().__init__(array)
        self._label = label
        self._time_unit = time_unit
        self._may_be_missing = may_be_missing
        self._is_compared = is_compared

    @property
    def labels(self) -> tuple[pa.Field]:
        """See `Source`."""
        return (self._label,)

    def blocks(self, part: Part, n_rows: int) -> Generator[Block]:
        """See `Source`."""
        row = part.start
        for field in self.source.fields:
            row_bytes = max(1, field.row_elements * field.dtype.itemsize)
            n_rows = min(n_rows, max(1, _BLOCK_BYTES // row_bytes))
        for block in self.source.blocks(part, n_rows):
            column, fault = self._column(block.fields[0])
            n_good = len(column)
            if n_good:
                yield Block(n_good, (), (column,))
            row += n_good
            if fault:
                what = f"array {self._label.name!r}: the label of row {row + 1} is {fault}"
                raise DataError(what, path=self.path)

    def _column(self, numbers: Numbers) -> tuple[pa.Array, str]:
        """The labels before the first that cannot be one, and what is wrong with that one."""
        import pyarrow as pa

        values, missing = numbers
        if (width := self.source.fields[0].row_elements) > 1:
            if values.dtype.kind not in "SU":
                return lists_of_rows(numbers, width), ""
            numbers = Numbers(values := texts_of_rows(values, width))
        if self._time_unit is not None:
            return self._sound(times_of(self._time_unit, values, missing), numbers)
        is_label = not (self._may_be_missing or self._is_compared)
        if values.dtype.kind in "MU" or (values.dtype.kind == "f" and is_label):
            return self._of_numpy(numbers)
        if values.dtype.kind in "SO":
            from smoothl1.sources.containers.text_slices import (
                column_of_texts,
            )  # late: few are texts

            texts, fault = column_of_texts(values, shorten=self._is_compared)
            if missing is None or fault:
                return texts, fault
            return self._sound(_without(texts, missing), numbers)
        native = values.astype(values.dtype.newbyteorder("="))
        return self._sound(pa.array(native, mask=missing), numbers)

    def _of_numpy(self, numbers: Numbers) -> tuple[pa.Array, str]:
        """Dates, text of one width, or whole numbers as floats, of NumPy."""
        from smoothl1.sources.npy.dates import column_of_dates  # late: pyarrow
        from smoothl1.sources.npy.labels import as_labels, fault_of

        values, missing = numbers
        if values.dtype.kind == "M":
            return self._sound(column_of_dates(values), numbers)
        n_there = len(values) if missing is None else first_of(missing)
        found, n_good = as_labels(values[:n_there])
        if n_good < n_there:
            return found, fault_of(values, n_good)
        return found, "" if n_there == len(values) else "missing"

    def _sound(self, column: pa.Array, numbers: Numbers) -> tuple[pa.Array, str]:
        """The labels before the first that is missing, or out of range, and must not be."""
        if self._is_compared or not column.null_count:
            return column, ""
        values, missing = numbers
        is_null = column.is_null().to_numpy(zero_copy_only=False)
        is_missing = np.zeros(len(values), np.bool_) if missing is None else missing
        if values.dtype.kind in "fM":
            is_missing = is_missing | np.isnan(values)
        is_fault = is_null & ~is_missing if self._may_be_missing else is_null
        if not is_fault.any():
            return column, ""
        from smoothl1.sources.npy.labels import fault_of_date  # late: pyarrow

        row = int(is_fault.argmax())
        return column.slice(0, row), "missing" if is_missing[row] else fault_of_date(values, row)


def _without(texts: pa.Array, missing: NDArray[np.bool_]) -> pa.Array:
    """Texts, as far as they are sound, of which some are missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.if_else(pa.array(missing[: len(texts)]), pa.scalar(None, texts.type), texts)


def labels_of(
    name: str,
    array: Source,
    time_unit: TimeUnit | None = None,
    *,
    may_be_missing: bool = True,
    is_compared: bool = False,
) -> Labels:
    """An array that was opened, as a column of labels.

    Args:
        name: The name of the column.
        array: The array.
        time_unit: What its numbers count, if they are delivered as times.
        may_be_missing: Whether values may be missing: not those of keys and groups.
        is_compared: Whether it is only compared, so that a date out of range is a missing one.
    """
    import pyarrow as pa  # late: most arrays are numbers

    is_label = not (may_be_missing or is_compared)
    label = pa.field(name, _type_of(array.fields[0].dtype, time_unit, is_label=is_label))
    return Labels(array, label, time_unit, may_be_missing=may_be_missing, is_compared=is_compared)


def _type_of(dtype: np.dtype[Any], time_unit: TimeUnit | None, *, is_label: bool) -> pa.DataType:
    """The type of the labels of an array, which are whole numbers if they are keys or groups."""
    import pyarrow as pa

    if time_unit is not None:
        return type_of_times(time_unit, dtype)
    if dtype.kind == "M":
        from smoothl1.sources.npy.dates import type_of_dates

        return type_of_dates(dtype)
    if dtype.kind == "f" and is_label:
        return pa.int64()
    return pa.string() if dtype.kind in "SOU" else pa.from_numpy_dtype(dtype.newbyteorder("="))
