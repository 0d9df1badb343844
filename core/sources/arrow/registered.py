"""Types that an application has registered with Arrow: read as they are where nobody has.

Which types are registered depends on the packages that a process has imported. A result must not.
Types that Arrow itself brings (`arrow.bool8`, `arrow.uuid`) are the same everywhere, and stay.
"""

from __future__ import annotations

import pyarrow as pa
from pyarrow import types

NAME, METADATA = b"ARROW:extension:name", b"ARROW:extension:metadata"
"""What the metadata of a field say of a type that is not registered."""


def stored_schema(schema: pa.Schema) -> pa.Schema:
    """A schema with the types in which columns are stored; the metadata name those registered."""
    fields = [_stored_field(field) for field in schema]
    if all(new is old for new, old in zip(fields, schema, strict=True)):
        return schema
    return pa.schema(fields, schema.metadata)


def stored_column(column: pa.Array) -> pa.Array:
    """The values of a column of a registered type as they are stored."""
    while isinstance(column.type, pa.ExtensionType):
        column = column.storage
    return column


def stored_type(kind: pa.DataType) -> pa.DataType:
    """The type in which values are stored, also of those in lists."""
    if isinstance(kind, pa.ExtensionType):
        return stored_type(kind.storage_type)
    if not types.is_nested(kind) or types.is_struct(kind) or not hasattr(kind, "value_field"):
        return kind
    inner = stored_type(kind.value_type)
    if inner.equals(kind.value_type):
        return kind
    field = kind.value_field.with_type(inner)
    if types.is_fixed_size_list(kind):
        return pa.list_(field, kind.list_size)
    makers = (
        (types.is_list, pa.list_),
        (types.is_large_list, pa.large_list),
        (types.is_list_view, pa.list_view),
        (types.is_large_list_view, pa.large_list_view),
    )
    return next((make(field) for is_of, make in makers if is_of(kind)), kind)


def _stored_field(field: pa.Field) -> pa.Field:
    kind = stored_type(field.type)
    if kind is field.type or kind.equals(field.type):
        return field
    metadata = dict(field.metadata or {})
    if isinstance(field.type, pa.ExtensionType):
        metadata[NAME] = field.type.extension_name.encode()
        metadata[METADATA] = field.type.__arrow_ext_serialize__()
    return pa.field(field.name, kind, field.nullable, metadata or None)
