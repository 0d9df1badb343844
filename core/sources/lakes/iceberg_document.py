"""The JSON of a table of Apache Iceberg, without what reading its current snapshot does not need.

It lists all snapshots and schemas that the table still knows. pyiceberg holds ten times their text.
"""

from __future__ import annotations

import json
import re
from typing import Any

from smoothl1.files.dense_json import check_density

_SMALL = 1 << 16
"""Characters of metadata that may be anything."""

_LEAST_FOR_VALUE = 11
"""Characters for each value, on average: `{"id":1,"name":"c1","required":false,"type":"int"},` has
12 for each. pyiceberg holds an error for each value that is none of its kind, until all are read.
"""

_MOST_HELD = 200_000
"""Objects that are held at a time. A column is one, and so are a snapshot and its summary."""

_MOST_NEEDED = 1 << 23
"""Characters that pyiceberg reads: those of some 100,000 columns, for which it holds 300 MB."""

_TEXT = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
"""A text of JSON."""

_NUMBERS = {"snapshot-id": "current-snapshot-id", "schema-id": "current-schema-id"}
"""By what snapshots and schemas are known, and what says which one is current."""

_UNUSED = ("snapshot-log", "metadata-log", "refs", "statistics", "partition-statistics")
"""Members of the document that tell of other snapshots, or of files that are not read."""


def needed(document: bytes) -> bytes:
    """A document with the current snapshot and schema alone.

    Args:
        document: The metadata of a table, as JSON.

    Raises:
        ValueError: It is no JSON, or would take far more memory than its text.
    """
    if len(document) > _SMALL and _has_more_values(document, len(document) // _LEAST_FOR_VALUE):
        raise ValueError("it has too many values for its length")
    text = document.decode()
    check_density(text)
    found = _read(text, {})
    if not isinstance(found, dict):
        return document  # pyiceberg says what is wrong
    current = {name: found.get(of) for name, of in _NUMBERS.items()}
    del found
    kept = _read(text, current)
    for name in ("snapshots", "schemas"):
        if isinstance(kept.get(name), list):
            kept[name] = [one for one in kept[name] if one is not None]
    if kept.get("schema", kept) is None:
        kept["schema"] = _current_schema(kept, current)
    short = json.dumps({name: x for name, x in kept.items() if name not in _UNUSED})
    if len(short) > _MOST_NEEDED:
        raise ValueError(
            f"it has more than {_MOST_NEEDED:,} characters for one snapshot and schema"
        )
    return short.encode()


def _current_schema(kept: dict[str, Any], current: dict[str, Any]) -> Any:
    """What stands at `schema` in a document of the first version of the format.

    Its writers may leave another one there than the current one, which `schemas` has.

    Args:
        kept: The document, as `_read` gives it.
        current: The numbers of the snapshot and schema that are current.
    """
    schemas = kept.get("schemas")
    if not (isinstance(schemas, list) and schemas):
        number = current["schema-id"]
        raise ValueError(f"its current schema, {number}, is none of those that it has")
    return schemas[0]


def _has_more_values(content: bytes, fewest: int) -> bool:
    """Whether JSON has more values than some, by the commas that stand between them."""
    if content.count(b",") <= fewest:
        return False
    in_texts = sum(match[0].count(b",") for match in _TEXT.finditer(content))
    return content.count(b",") - in_texts > fewest


def _read(text: str, current: dict[str, Any]) -> Any:
    """A document with None for each snapshot and schema that is not the current one.

    Args:
        text: The document.
        current: The numbers of those that are current, by the names of `_NUMBERS`. All schemas are
            kept where a document of the first version of the format has no number of them.
    """
    n_held = 0

    def kept(found: dict[str, Any]) -> dict[str, Any] | None:
        nonlocal n_held
        n_held += 1
        if n_held > _MOST_HELD:
            raise ValueError("it has too many objects for one snapshot and one schema")
        name = _named_by(found)
        if name is None or (name in current and current[name] in (found[name], None)):
            return found
        n_held -= 1 + sum(map(_n_objects, found.values()))
        return None

    return json.loads(text, object_hook=kept)


def _named_by(found: dict[str, Any]) -> str | None:
    """By what a snapshot, what tells of one, or a schema is known; None for other objects.

    Those are properties and summaries, too, which have only texts, under any names.
    """
    if isinstance(found.get("snapshot-id"), int):
        return "snapshot-id"
    is_schema = isinstance(found.get("schema-id"), int) and "fields" in found
    return "schema-id" if is_schema else None


def _n_objects(value: Any) -> int:
    """The number of objects in a value, themselves counted without those in them."""
    items = value if isinstance(value, list) else [value]
    return sum(isinstance(item, dict) for item in items)
