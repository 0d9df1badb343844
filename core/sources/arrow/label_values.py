"""The values of keys and groups in the types in which they are compared, whatever stores them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import types

from smoothl1.errors import DtypeError
from smoothl1.sources.arrow.periods import are_texts, frequency_of
from smoothl1.sources.arrow.schema import UUID, carried_type, is_label, label_type, numeric_dtype
from smoothl1.sources.columns import shown
from smoothl1.sources.text_types import is_text_type
from smoothl1.sources.whole_numbers import n_digits, whole_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_HYPHENS = (8, 13, 18, 23)
"""The places of the hyphens in the text of a UUID."""

_DIGITS = np.frombuffer(bytes(range(256)).hex().encode(), np.uint8).reshape(256, 2)
"""The two hexadecimal digits of each byte."""


class LabelFault(NamedTuple):
    """A value that cannot be a label: its row, counted from 0, and what is wrong."""

    row: int
    what: str


def label_field(name: str, kind: pa.DataType, *, is_carried: bool) -> pa.Field:
    """A label column as a source describes it.

    Args:
        name: The name of the column.
        kind: The type of its values.
        is_carried: Whether it is only written again.

    Raises:
        DtypeError: It is of a type that cannot serve.
    """
    if not (is_label(kind) or (is_carried and numeric_dtype(kind) is not None)):
        what = "cannot be kept" if is_carried else "cannot be a key or group"
        numbers = "numbers" if is_carried else "whole numbers"
        raise DtypeError(
            f"column {shown(name)} is {str(kind)[:60]}, which {what}",
            hint=f"text, {numbers}, booleans and dates can",
        )
    return pa.field(name, carried_type(kind) if is_carried else label_type(kind))


def field_of_label(field: pa.Field, *, is_carried: bool) -> pa.Field:
    """A label column of a schema as a source describes it; see `label_field`.

    Raises:
        DtypeError: It is of a type that cannot serve, or of periods that have no text here.
    """
    frequency = frequency_of(field)
    if frequency is None:
        return label_field(field.name, field.type, is_carried=is_carried)
    if not are_texts(frequency):
        what = "cannot be kept" if is_carried else "cannot be a key or group"
        raise DtypeError(
            f"column {shown(field.name)} holds periods of pandas, {shown(frequency)}, which {what}",
            hint="text can: DataFrame.astype({COL: str}) before it is stored",
        )
    return pa.field(field.name, pa.string())


def as_labels(column: pa.Array, kind: pa.DataType) -> tuple[pa.Array, LabelFault | None]:
    """The values of a column of labels.

    Args:
        column: The values as they are stored; nulls stay nulls.
        kind: The type of the labels: see `schema.label_type`.

    Returns:
        The labels, perhaps as a dictionary, and the first fault. Bytes may be no text.
    """
    stored = column.type
    if stored == kind or types.is_dictionary(stored):
        return column, None
    if types.is_binary(stored) or types.is_large_binary(stored):
        column = column.view(pa.string() if types.is_binary(stored) else pa.large_string())
    if is_text_type(column.type):  # large text that is read as a dictionary is not large
        return (column if column.type == kind else column.cast(kind)), None
    if stored == UUID:
        return _texts_of_uuids(column), None
    return _whole(column, _floats(column) if types.is_floating(stored) else _decimals(column))


def _whole(
    column: pa.Array, found: tuple[NDArray[np.int64], NDArray[np.bool_], str]
) -> tuple[pa.Array, LabelFault | None]:
    """Integers, and the first number that is none.

    Args:
        column: The numbers.
        found: The integers, which of them are exact, and what the others are not.
    """
    integers, is_exact, what = found
    missing = column.is_null().to_numpy(zero_copy_only=False)
    labels = pa.array(integers, mask=missing if missing.any() else None)
    wrong = np.flatnonzero(~(is_exact | missing))
    if not wrong.size:
        return labels, None
    row = int(wrong[0])
    number = column[row].as_py()
    way_out = "; as text it can be one" if number == number else ""  # noqa: PLR0124
    return labels, LabelFault(row, f"{number} is no {what}, so no key or group{way_out}")


def _floats(column: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.bool_], str]:
    """Floats as integers: see `whole_numbers`."""
    floats: NDArray[Any] = column.to_numpy(zero_copy_only=False)
    what = f"whole number below 2**{n_digits(floats)}, to which {column.type} is exact"
    return *whole_numbers(floats), what


def _decimals(column: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.bool_], str]:
    what = "whole number of 64 bits"
    try:
        return _filled(column.cast(pa.int64())), np.ones(len(column), np.bool_), what
    except pa.ArrowInvalid:
        numbers: Sequence[Any] = column.to_pylist()
    is_exact = np.array([_fits(number) for number in numbers], np.bool_)
    integers = [int(x) if fits else 0 for x, fits in zip(numbers, is_exact, strict=True)]
    return np.array(integers, np.int64), is_exact, what


def _fits(number: Any) -> bool:
    return number is not None and number == int(number) and -(1 << 63) <= number < 1 << 63


def _filled(integers: pa.Array) -> NDArray[np.int64]:
    found: NDArray[np.int64] = integers.fill_null(0).to_numpy()
    return found


def _texts_of_uuids(column: pa.Array) -> pa.Array:
    """UUIDs as their canonical texts, with hyphens and in lower case."""
    n, n_characters = len(column), 2 * UUID.byte_width + len(_HYPHENS)
    texts = np.full((n, n_characters), ord("-"), np.uint8)
    is_digit = ~np.isin(np.arange(n_characters), _HYPHENS)
    texts[:, is_digit] = digits_of_uuids(column)
    offsets = pa.py_buffer(np.arange(0, (n + 1) * n_characters, n_characters, dtype=np.int32))
    found = pa.StringArray.from_buffers(n, offsets, pa.py_buffer(texts))
    if not column.null_count:
        return found
    import pyarrow.compute as pc  # late: it takes as long to import as NumPy

    return pc.if_else(column.is_valid(), found, pa.scalar(None, pa.string()))


def digits_of_uuids(column: pa.Array) -> NDArray[np.uint8]:
    """The hexadecimal digits of UUIDs in ASCII, shape (n, 32); any digits where one is missing."""
    n, size = len(column), UUID.byte_width
    data = np.frombuffer(column.buffers()[1], np.uint8, n * size, column.offset * size)
    return _DIGITS[data].reshape(n, 2 * size)
