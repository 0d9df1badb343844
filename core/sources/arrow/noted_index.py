"""An index that pandas notes in the metadata of a file instead of storing it: start, stop, step.

Source: https://pandas.pydata.org/docs/development/developer.html
"""

from __future__ import annotations

import contextlib
from typing import Any

import pyarrow as pa

from smoothl1.lazy_patterns import lazy_pattern

_NOTE = lazy_pattern(rb'"index_columns":\s*\[\s*(\{[^{}]*\})\s*\]')
"""The note of one index: the rest of the metadata may be long, and is not parsed."""

_KEY = b"smoothl1.index"
"""Marks the field of an index that is not stored; its value is start, stop and step."""

_UNNAMED = "__index_level_0__"
"""The name that pandas gives to an index without a name where it stores it."""

_LIMIT = 1 << 62


def is_noted(schema: pa.Schema) -> bool:
    """Whether the metadata notes an index that is not stored."""
    note = (schema.metadata or {}).get(b"pandas")
    return note is not None and _NOTE.search(note) is not None


def with_noted_index(schema: pa.Schema, n_rows: int) -> pa.Schema:
    """The schema, with the index as a last column if its metadata notes one of so many rows.

    An index of another number of rows is that of a table from which this one was made.
    """
    note = _NOTE.search((schema.metadata or {}).get(b"pandas", b""))
    if note is None or not schema.names:
        return schema
    with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError, OverflowError):
        name, rows = _range_of(note[1])
        if len(rows) == n_rows and name not in schema.names:
            value = f"{rows.start} {rows.stop} {rows.step}".encode()
            return schema.append(pa.field(name, pa.int64(), metadata={_KEY: value}))
    return schema


def noted_index(schema: pa.Schema) -> range | None:
    """The values of the index that `with_noted_index` added as last column."""
    metadata = schema.field(len(schema) - 1).metadata if len(schema) else None
    if metadata is None or _KEY not in metadata:
        return None
    return range(*map(int, metadata[_KEY].split()))


def _range_of(note: bytes) -> tuple[str, range]:
    """The name and values of the index that a note describes."""
    import json  # late: a few milliseconds that most runs do not need

    told: dict[str, Any] = json.loads(note)
    rows = range(told["start"], told["stop"], told["step"])
    if told["kind"] != "range" or max(abs(rows.start), abs(rows.stop)) > _LIMIT:
        raise ValueError(told["kind"])
    name = told["name"]
    return name if isinstance(name, str) else _UNNAMED, rows
