"""Arrow columns as NumPy arrays: what every format that pyarrow reads has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pyarrow import types

from smoothl1.errors import DataError, DtypeError, SmoothL1Error
from smoothl1.sources.columns import select_columns, shown, shown_names
from smoothl1.sources.contract import Field

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from smoothl1.sources.contract import Block, Columns

LIBRARY_ERRORS = (pa.ArrowException, UnicodeDecodeError, OverflowError, OSError, DataError)
"""What pyarrow raises on broken content. `ArrowException` covers invalid, key, type and not
implemented; corrupt pages come as `OSError` without `errno`, bad names as `UnicodeDecodeError`."""


_FLOATS = {"halffloat": "float16", "float": "float32", "double": "float64"}
"""Arrow's names of dtypes where they are not NumPy's. (Its own translation wants pandas.)"""


def numeric_dtype(kind: pa.DataType) -> np.dtype[Any] | None:
    """The dtype in which a column's numbers are delivered; None where it holds no numbers.

    Decimals are delivered as float64; dictionaries as their values.
    """
    if types.is_dictionary(kind):
        return numeric_dtype(kind.value_type)
    if types.is_decimal(kind):
        return np.dtype(np.float64)
    if types.is_floating(kind) or types.is_integer(kind) or types.is_boolean(kind):
        return np.dtype(_FLOATS.get(str(kind), str(kind)))
    return None


@dataclass(frozen=True, slots=True)
class ChosenColumns:
    """The columns of a table that make up the fields of a source.

    Attributes:
        names: Of all columns of the table.
        positions: For each field those of its columns.
        fields: As the source describes them.
    """

    names: tuple[str, ...]
    positions: tuple[tuple[int, ...], ...]
    fields: tuple[Field, ...]

    @property
    def wanted(self) -> list[int]:
        """Positions of all columns that must be read, ascending."""
        return sorted({position for field in self.positions for position in field})

    def block(self, batch: pa.RecordBatch, first_row: int) -> Block:
        """The fields of some rows.

        Args:
            batch: The wanted columns, in their order.
            first_row: Rows of the table before it, for messages.

        Raises:
            DataError: A value is missing, or these are other columns.
        """
        if batch.schema.names != [self.names[i] for i in self.wanted]:
            raise DataError(f"other columns were read: {shown_names(batch.schema.names)}")
        columns = dict(zip(self.wanted, batch.columns, strict=True))
        return tuple(
            _field_array([columns[i] for i in positions], field, first_row)
            for field, positions in zip(self.fields, self.positions, strict=True)
        )


def choose_columns(schema: pa.Schema, selections: Sequence[Columns]) -> ChosenColumns:
    """Find the columns that were asked for.

    Raises:
        DataError: A column is not there, not unique, or not of numbers.
    """
    names, kinds = schema.names, schema.types
    numeric = [numeric_dtype(kind) is not None for kind in kinds]
    positions = select_columns(names, numeric, selections)
    fields = []
    for chosen in positions:
        field_names = tuple(names[i] for i in chosen)
        dtype = _field_dtype(field_names, [kinds[i] for i in chosen])
        fields.append(Field(field_names, dtype, () if len(chosen) == 1 else (len(chosen),)))
    return ChosenColumns(tuple(names), positions, tuple(fields))


def _field_dtype(names: Sequence[str], kinds: Sequence[pa.DataType]) -> np.dtype[Any]:
    """The one dtype of a field made of several columns."""
    dtypes = []
    for name, kind in zip(names, kinds, strict=True):
        dtype = numeric_dtype(kind)
        if dtype is None:
            raise DtypeError(f"column {shown(name)} is {str(kind)[:60]}, not a number")
        dtypes.append(dtype)
    joint = np.result_type(*dtypes)
    if joint.kind == "f" and any(dtype.kind in "iu" and dtype.itemsize == 8 for dtype in dtypes):
        raise DtypeError(
            f"columns {shown_names(names)} have no dtype in common that is exact for all of them",
            hint="evaluate them one by one",
        )
    return joint


def _field_array(columns: Sequence[pa.Array], field: Field, first_row: int) -> NDArray[Any]:
    """One field of some rows: a flat array of rows in C order."""
    for name, column in zip(field.columns, columns, strict=True):
        if column.null_count:
            row = first_row + column.is_null().to_numpy(zero_copy_only=False).argmax() + 1
            raise DataError(f"row {row}, column {shown(name)}: the value is missing (null)")
    if len(columns) == 1:
        return _numbers(columns[0])
    stacked = np.empty((len(columns[0]), len(columns)), field.dtype)
    for i, column in enumerate(columns):
        stacked[:, i] = _numbers(column)
    return stacked.reshape(-1)


def _numbers(column: pa.Array) -> NDArray[Any]:
    if types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if types.is_decimal(column.type):
        # Arrow's own cast from decimal to float rounds twice; its parser of text rounds once.
        column = column.cast(pa.string()).cast(pa.float64())
    numbers: NDArray[Any] = column.to_numpy(zero_copy_only=False)
    return numbers


def data_error(error: Exception, what: str, path: str) -> SmoothL1Error:
    """What to raise in place of a library's error about broken content."""
    if isinstance(error, SmoothL1Error):
        error.path = path
        return error
    if isinstance(error, MemoryError):
        raise error
    words = " ".join(str(error).split())
    return DataError(f"broken {what}: {words[:200]}", path=path)
