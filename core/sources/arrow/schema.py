"""What an Arrow schema says about columns before they are read."""

from __future__ import annotations

import contextlib
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import types

from smoothl1.sources.arrow.noted_index import noted_index
from smoothl1.sources.arrow.periods import are_texts, frequency_of
from smoothl1.sources.arrow.registered import stored_schema
from smoothl1.sources.columns import index_columns
from smoothl1.sources.ids import is_id
from smoothl1.sources.table import ColumnInfo
from smoothl1.sources.text_types import is_text_type

_FLOATS = {"halffloat": "float16", "float": "float32", "double": "float64"}
"""Arrow's names of dtypes that differ from NumPy's. (Arrow's own translation needs pandas.)"""


_SHORT_BYTES = 64
"""Values of so many bytes each may be ids, such as UUIDs and digests; larger ones may be images."""

UUID = pa.binary(16)
"""The type of a UUID without its extension type."""

_VIEWS = {"string_view": pa.string(), "binary_view": pa.binary()}
"""Types that few functions of Arrow accept, as polars writes them, and types that all accept."""


class Lists(NamedTuple):
    """A type of lists of numbers.

    Attributes:
        number: The type of the numbers.
        lengths: The lengths of a row's axes; None if the type does not tell.
    """

    number: pa.DataType
    lengths: tuple[int | None, ...]


def numeric_dtype(kind: pa.DataType) -> np.dtype[Any] | None:
    """The dtype in which a column's numbers are delivered; None if it holds no numbers.

    Decimals are delivered as float64; dictionaries as their values.
    """
    if types.is_dictionary(kind) or types.is_run_end_encoded(kind):
        return numeric_dtype(kind.value_type)
    if types.is_decimal(kind):
        return np.dtype(np.float64)
    if types.is_floating(kind) or types.is_integer(kind) or types.is_boolean(kind):
        return np.dtype(_FLOATS.get(str(kind), str(kind)))
    return None


def is_list(kind: pa.DataType) -> bool:
    """Whether values of this type are lists, whatever they hold."""
    return (
        types.is_list(kind)
        or types.is_large_list(kind)
        or types.is_fixed_size_list(kind)
        or is_view_of_list(kind)
    )


def is_view_of_list(kind: pa.DataType) -> bool:
    """Whether values of this type are views of lists: each has an offset and a length."""
    return bool(types.is_list_view(kind) or types.is_large_list_view(kind))


def lists_of(kind: pa.DataType) -> Lists | None:
    """The lists of numbers that a column holds; None if it is of another type."""
    if getattr(kind, "extension_name", "") == "arrow.fixed_shape_tensor":
        is_in_order = kind.permutation is None or kind.permutation == sorted(kind.permutation)
        return Lists(kind.value_type, tuple(kind.shape)) if is_in_order else None
    if not is_list(kind):
        return None
    length = kind.list_size if types.is_fixed_size_list(kind) else None
    if not is_list(kind.value_type):
        is_of_numbers = numeric_dtype(kind.value_type) is not None
        return Lists(kind.value_type, (length,)) if is_of_numbers else None
    inner = lists_of(kind.value_type)
    return None if inner is None else Lists(inner.number, (length, *inner.lengths))


def plain(kind: pa.DataType) -> pa.DataType:
    """The type in which values are compared: that of the stored values, with one type of text.

    That of a record of one text, whole number or time, as MongoDB exports an id, is that of its
    field.
    """
    if isinstance(kind, pa.BaseExtensionType):
        return plain(kind.storage_type)
    if types.is_dictionary(kind) or types.is_run_end_encoded(kind):
        return plain(kind.value_type)
    if types.is_struct(kind) and kind.num_fields == 1:
        inner = plain(kind.field(0).type)
        is_value = types.is_integer(inner) or is_text_type(inner) or _is_time(inner)
        return inner if is_value else kind
    if str(kind) in _VIEWS:
        return _VIEWS[str(kind)]
    return kind


def carried_type(kind: pa.DataType) -> pa.DataType:
    """The type in which values that are only written again are delivered: numbers stay as such."""
    return label_type(kind) if numeric_dtype(kind) is None else plain(kind)


def label_type(kind: pa.DataType) -> pa.DataType:
    """The type in which values of a key or a group are delivered.

    Bytes of any length are text, and 16 bytes are a UUID in its text. Floats and decimals are
    integers: pandas makes floats of ids, and Spark, Oracle and Snowflake have decimals for them.
    """
    kind = plain(kind)
    if types.is_binary(kind) or kind == UUID:
        return pa.string()
    if types.is_floating(kind) or types.is_decimal(kind):
        return pa.int64()
    return pa.large_string() if types.is_large_binary(kind) else kind


def is_label(kind: pa.DataType) -> bool:
    """Whether values of this type can be compared for equality and shown in a line of text.

    Bytes can if they are text in UTF-8, as Impala, Hive and fastparquet store it; floats and
    decimals if they are whole numbers.
    """
    kind = label_type(kind)
    return (
        types.is_integer(kind)
        or types.is_boolean(kind)
        or types.is_string(kind)
        or types.is_large_string(kind)
        or _is_time(kind)
    )


def _is_time(kind: pa.DataType) -> bool:
    return bool(types.is_temporal(kind) and not types.is_interval(kind))


def readable(schema: pa.Schema) -> pa.Schema:
    """A schema as it is stored, whose names and types can be written in a message.

    Raises:
        UnicodeDecodeError: A name of a column, or within a type, is no text.
    """
    _ = schema.names, [str(kind) for kind in schema.types]
    return stored_schema(schema)


def numeric_columns(schema: pa.Schema) -> tuple[bool, ...]:
    """Which columns hold numbers that may be meant: periods of pandas are integers, but are not."""
    return tuple(
        numeric_dtype(field.type) is not None and frequency_of(field) is None for field in schema
    )


class _Whole:
    """A schema that is equal to another one only with the same metadata: pyarrow ignores them."""

    def __init__(self, schema: pa.Schema) -> None:
        self.schema = schema

    def __eq__(self, other: object) -> bool:
        same = isinstance(other, _Whole) and self.schema.equals(other.schema, check_metadata=True)
        return bool(same)

    def __hash__(self) -> int:
        return hash(tuple(self.schema.names))  # a type that an application defines may have no hash


def described(schema: pa.Schema) -> tuple[ColumnInfo, ...]:
    """More about each column; see `Table.columns`."""
    return _described(_Whole(schema))


@lru_cache(maxsize=8)
def _described(whole: _Whole) -> tuple[ColumnInfo, ...]:
    schema = whole.schema
    noted = noted_index(schema)
    stored = schema if noted is None else schema.remove(len(schema) - 1)
    indexes = _index_positions(stored)
    kinds = [
        _label_kind(_compared_type(field), is_named=is_id(field.name) or i in indexes)
        for i, field in enumerate(stored)
    ]
    found = tuple(
        ColumnInfo(
            str(kind)[:60],
            kinds[i],
            i in indexes,
            may_be_numbers=_holds_numbers(kind) or (_may_count(kind) and not is_id(name)),
            may_be_key=is_label(kind) and kinds[i] != "fraction",
            is_unseen=is_text_type(plain(kind)) and not types.is_struct(kind),
            has_rows=lists_of(kind) is not None,
            axes=_axes_of(kind),
            unit=_unit_of(stored.field(i)),
        )
        for i, (name, kind) in enumerate(zip(stored.names, stored.types, strict=True))
    )
    if noted is None:
        return found
    of_index = ColumnInfo(
        "index", "integer", is_index=True, is_noted=True, counts_rows=noted == range(len(noted))
    )
    return (*found, of_index)


def _compared_type(field: pa.Field) -> pa.DataType:
    """The type of the values of a column: of periods of pandas that of their texts, if known."""
    frequency = frequency_of(field)
    return pa.string() if frequency is not None and are_texts(frequency) else field.type


def _axes_of(kind: pa.DataType) -> tuple[str, ...]:
    """The names of the axes of a tensor, that of the rows, which has none, first."""
    is_tensor = getattr(kind, "extension_name", "") == "arrow.fixed_shape_tensor"
    return ("", *kind.dim_names) if is_tensor and kind.dim_names else ()


def _unit_of(field: pa.Field) -> str:
    """The unit of a column by the metadata of its field; "" if they do not say it."""
    metadata = field.metadata or {}
    unit = next((metadata[key] for key in (b"units", b"unit") if key in metadata), b"")
    return unit.decode("utf-8", "replace").strip()


def _may_count(kind: pa.DataType) -> bool:
    """Whether values without a number may stand for one: durations, and a column of nulls only."""
    return bool(types.is_duration(kind) or types.is_null(plain(kind)))


def _holds_numbers(kind: pa.DataType) -> bool:
    """Whether a nested or an extension type has numbers in it."""
    if isinstance(kind, pa.BaseExtensionType):
        return numeric_dtype(kind.storage_type) is not None or _holds_numbers(kind.storage_type)
    if not types.is_nested(kind):
        return False
    inner = [kind.field(i).type for i in range(kind.num_fields)]
    return any(numeric_dtype(of) is not None or _holds_numbers(of) for of in inner)


def _label_kind(kind: pa.DataType, *, is_named: bool) -> str:
    """The kind of a label. An id or an index is compared like whole numbers, whatever its type."""
    kind = plain(kind)
    found = ""
    if types.is_integer(kind) or (types.is_decimal(kind) and (is_named or kind.scale == 0)):
        found = "integer"
    elif types.is_floating(kind) or types.is_decimal(kind):
        found = "integer" if is_named else "fraction"
    elif is_text_type(kind) or _is_short(kind) or (is_named and _is_bytes(kind)):
        found = "text"
    elif types.is_binary(kind) or types.is_large_binary(kind):
        found = "bytes"
    elif is_label(kind):
        found = "date" if types.is_temporal(kind) else "flag"
    elif is_named:
        found = "other"
    return found


def _is_short(kind: pa.DataType) -> bool:
    return bool(types.is_fixed_size_binary(kind) and kind.byte_width <= _SHORT_BYTES)


def _index_positions(schema: pa.Schema) -> frozenset[int]:
    """Positions of the columns that are an index: by their names, or by pandas' metadata.

    Source: https://pandas.pydata.org/docs/development/developer.html
    """
    by_name = index_columns(schema.names)
    if len(schema.names) < 2:
        return by_name
    note = (schema.metadata or {}).get(b"pandas")
    if note is None:
        return by_name
    import json  # late: a few milliseconds that most runs do not need

    noted: set[str] = set()
    with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
        noted = {name for name in json.loads(note)["index_columns"] if isinstance(name, str)}
    by_note = (i for i, name in enumerate(schema.names) if name in noted)
    return by_name | frozenset(by_note)


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(
        types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind)
    )
