"""JSON documents, read as objects, and refused where Python's reader lets something pass."""

from __future__ import annotations

import json
from typing import Any

from smoothl1.checks import check_kind
from smoothl1.errors import DataError
from smoothl1.files.dense_json import DenseError, check_density
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.results.json_reader import short
from smoothl1.tallies.many import without_collection

_WANTED = "a result is what smoothl1 eval --json writes; data are for smoothl1 eval"

_OPEN_TEXT = "Unterminated string"
"""How Python's error about a text without an end begins."""

_PART = lazy_pattern("[a-zA-Z0-9.+-]{0,5}")
"""What may be left of a word or a number where a document is cut."""


def as_object(document: str | bytes | dict[str, Any]) -> dict[str, Any]:
    """A JSON document as an object.

    Raises:
        SettingsError: The document is neither text nor bytes nor an object.
        DataError: The document is not JSON, or not an object.
    """
    check_kind("document", document, str, bytes, dict)
    if isinstance(document, dict):
        return document
    try:
        if isinstance(document, bytes):  # rebound, so that the bytes are let go
            document = document.decode(json.detect_encoding(document), "surrogatepass")
        check_density(document)
        with without_collection():
            content = json.loads(
                document, object_pairs_hook=_without_doubles, parse_constant=_refuse_constant
            )
    except DenseError as error:
        raise DataError(f"not a result of smoothl1: {error}", hint=_WANTED) from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"not a JSON document: {_fault(error)}", hint=_WANTED) from error
    if not isinstance(content, dict):
        what = "not a result of smoothl1: the JSON document is not an object"
        raise DataError(what, hint=_WANTED)
    return content


def _fault(error: ValueError | RecursionError) -> str:
    """What is wrong with a document, in other words than those of Python."""
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start + 1} is no text"
    if isinstance(error, json.JSONDecodeError):
        rest = error.doc[error.pos :].rstrip()
        is_cut = _PART.fullmatch(rest) is not None or error.msg.startswith(_OPEN_TEXT)
        if is_cut and error.pos:
            return f"it ends within line {error.lineno}: is the file cut short?"
        return f"line {error.lineno}, column {error.colno} is no JSON"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return str(error) if isinstance(error, _FaultError) else "a number has too many digits"


class _FaultError(ValueError):
    """A fault of a document that Python's reader lets pass."""


def check_schema(content: dict[str, Any], expected: str) -> None:
    """Refuse a document of another schema, or of a newer one.

    Raises:
        DataError: The schema is another one; the error says which.
    """
    found = content.get("schema")
    if found == expected:
        return
    family = expected.partition("/")[0]
    if isinstance(found, str) and found.startswith(f"{family}/"):
        what = f"of schema {short(found)}, but this version of smoothl1 reads {expected}"
        raise DataError(what, hint="a newer smoothl1 reads it")
    what = "it has no schema" if found is None else f"its schema is {short(found)}"
    raise DataError(f"not a {family}: {what}", hint=_WANTED)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        raise _FaultError("a field is there twice")
    return content


def _refuse_constant(name: str) -> None:
    raise _FaultError(f"{name} is no JSON number")
