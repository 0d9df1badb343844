"""An array of one axis as a column of labels: it shows whether rows match, or is their key."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.errors import DataError
from smoothl1.sources.containers.missing_values import CALENDAR, COORDINATES, UNIT
from smoothl1.sources.containers.times import times_of, type_of_times
from smoothl1.sources.contract import Block
from smoothl1.sources.ids import is_id
from smoothl1.sources.table import ColumnInfo
from smoothl1.sources.wrapped import WrappedSource

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def info_of(
    type_name: str,
    dtype: np.dtype[Any],
    shape: tuple[int, ...],
    axes: tuple[str, ...] = (),
    attributes: Any = MappingProxyType({}),
) -> ColumnInfo:
    """More about an array; it may be compared if it has one axis.

    Args:
        type_name: The type of the array, as its format names it.
        dtype: The dtype of its elements: text of any length is of Python's objects.
        shape: Its shape, without the axis of the characters of a text.
        axes: The names of its axes, if they have any.
        attributes: Its attributes by name, which may say the unit of its values.
    """
    unit, calendar = unit_of(attributes), _text_of(attributes, CALENDAR)
    meant = _time_unit(unit, calendar, dtype)
    kind = _KINDS.get(dtype.kind, "") if len(shape) == 1 else ""
    return ColumnInfo(
        type_name,
        kind,
        may_be_key=kind in ("integer", "text", "date"),
        n_rows=shape[0] if shape else None,
        axes=axes,
        unit=f"{unit} in the calendar {calendar}" if calendar and meant is None else unit,
        time_unit=meant,
        coordinates=_names_in(_text_of(attributes, COORDINATES)),
    )


def _names_in(text: str) -> frozenset[str]:
    """Names that blanks separate, without the groups that they are in."""
    return frozenset(name.rpartition("/")[2] for name in text.split())


def unread(type_name: str, name: str) -> ColumnInfo:
    """An array whose values are not read: it is said that it is not compared if it is an id.

    Args:
        type_name: Its type, as its format names it.
        name: Its name, perhaps with the groups that it is in.
    """
    kind = "other" if is_id(name.rpartition("/")[2]) else ""
    return ColumnInfo(type_name, kind, may_be_key=False)


def unit_of(attributes: Any) -> str:
    """The unit of an array by its attributes; "" if they do not say it."""
    return _text_of(attributes, UNIT)


def _text_of(attributes: Any, name: str) -> str:
    """An attribute that is text; "" if there is none."""
    value = attributes.get(name, "")
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    return text.strip() if isinstance(text, str) else ""


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
    """

    fields = ()

    def __init__(
        self,
        array: Source,
        label: pa.Field,
        time_unit: TimeUnit | None = None,
        *,
        may_be_missing: bool = True,
    ) -> None:
        super().__init__(array)
        self._label = label
        self._time_unit = time_unit
        self._may_be_missing = may_be_missing

    @property
    def labels(self) -> tuple[pa.Field]:
        """See `Source`."""
        return (self._label,)

    def blocks(self, part: Part, n_rows: int) -> Iterator[Block]:
        """See `Source`."""
        row = part.start
        for block in self.source.blocks(part, n_rows):
            if block.labels:
                yield block
                continue
            (numbers,) = block.fields
            column = self._column(numbers.values, numbers.missing, row)
            if column.null_count and not self._may_be_missing:
                row += int(column.is_null().to_numpy(zero_copy_only=False).argmax())
                what = f"array {self._label.name!r}: the label of row {row + 1} is missing"
                raise DataError(what, path=self.path)
            yield Block(block.n_rows, (), (column,))
            row += block.n_rows

    def _column(
        self, values: NDArray[Any], missing: NDArray[np.bool_] | None, row: int
    ) -> pa.Array:
        import pyarrow as pa

        if self._time_unit is not None:
            return times_of(self._time_unit, values, missing)
        if values.dtype.kind == "U":
            return self._texts(values, row)
        if values.dtype.kind == "M":
            from smoothl1.sources.npy.dates import column_of_dates

            return column_of_dates(values)
        if values.dtype.kind not in "SO":
            return pa.array(values.astype(values.dtype.newbyteorder("=")), mask=missing)
        width = self.source.fields[0].row_elements
        if width > 1:  # characters
            values = np.ascontiguousarray(values).view(f"S{width}")
        texts = pa.array(values.tolist())
        try:
            return texts.cast(pa.string())
        except pa.ArrowInvalid as error:
            name, n = self._label.name, len(values)
            what = f"array {name!r}: a label of rows {row + 1} to {row + n} is no text in UTF-8"
            raise DataError(what, path=self.path) from error

    def _texts(self, values: NDArray[Any], row: int) -> pa.Array:
        from smoothl1.sources.npy.labels import as_labels  # late: pyarrow

        texts, n_good = as_labels(values)
        if n_good < len(values):
            what = f"array {self._label.name!r}: the label of row {row + n_good + 1} is no text"
            raise DataError(f"{what} in Unicode", path=self.path)
        return texts


def labels_of(
    name: str, array: Source, time_unit: TimeUnit | None = None, *, may_be_missing: bool = True
) -> Labels:
    """An array that was opened, as a column of labels.

    Args:
        name: The name of the column.
        array: The array.
        time_unit: What its numbers count, if they are delivered as times.
        may_be_missing: Whether values may be missing: not those of keys and groups.
    """
    import pyarrow as pa  # late: most arrays are numbers

    if array.labels:
        return Labels(array, array.labels[0].with_name(name))
    kind = _type_of(array.fields[0].dtype, time_unit)
    return Labels(array, pa.field(name, kind), time_unit, may_be_missing=may_be_missing)


def _type_of(dtype: np.dtype[Any], time_unit: TimeUnit | None) -> pa.DataType:
    """The type of the labels of an array."""
    import pyarrow as pa

    if time_unit is not None:
        return type_of_times(time_unit, dtype)
    if dtype.kind == "M":
        from smoothl1.sources.npy.dates import type_of_dates

        return type_of_dates(dtype)
    return pa.string() if dtype.kind in "SOU" else pa.from_numpy_dtype(dtype.newbyteorder("="))
