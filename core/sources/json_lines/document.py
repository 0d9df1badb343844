"""A file of one line that may be a document of JSON: its rows are the objects in an array of it.

Services answer so: `{"count": 5, "next": null, "results": [{"pred": 0.5}, ...]}`. But a row of JSON
Lines may have a list of objects beside its numbers, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.sources.json_lines.rows import is_number
from smoothl1.sources.json_lines.values import Number

if TYPE_CHECKING:
    from collections.abc import Collection

    from smoothl1.errors import DataError
    from smoothl1.sources.foreign_kinds import Kind


class Document(NamedTuple):
    """What the only line of a file is, unless it is a row.

    Attributes:
        kind: Its kind, with the command that writes a line for each object.
        path: The file.
        arrays: The names under which it holds arrays of objects.
    """

    kind: Kind
    path: str
    arrays: frozenset[str]

    @property
    def hint(self) -> str:
        """What to do if it is no row."""
        from smoothl1.sources.foreign import remedy_of  # late: only for an error

        return f"if it is {self.kind.what}, {remedy_of(self.kind, self.path)}"

    def refusal(self) -> DataError:
        """The error about it if it can be no row."""
        from smoothl1.sources.foreign import refusal  # late, as above

        error = refusal(self.kind, self.path)
        error.path = self.path
        return error


def document_in(line: bytes, found: dict[str, Any], path: str) -> Document | None:
    """The document that the only line of a file may be; None if it holds no array of objects.

    Args:
        line: The line.
        found: The object in it.
        path: The file.
    """
    arrays = frozenset(name for name, value in found.items() if _holds_objects(value))
    if not arrays:
        return None
    from smoothl1.sources.foreign_json import has_rows, kind_of_json  # late: few have such arrays

    kind = kind_of_json([line])
    return Document(kind, path, arrays) if has_rows(kind) else None


def may_be_row(found: dict[str, Any], asked: Collection[str]) -> bool:
    """Whether an object may be a row: it has a number, a list of numbers, or a column asked for.

    Args:
        found: The object.
        asked: The names of the columns of numbers that were asked for, or of fields of them.
    """

    def is_asked_for(name: str, value: Any) -> bool:
        if isinstance(value, dict):
            return any(other.startswith(f"{name}.") for other in asked)
        return name in asked and not _holds_objects(value)

    return any(_is_numeric(value) or is_asked_for(name, value) for name, value in found.items())


def _is_numeric(value: Any) -> bool:
    """Whether a value is a number, also as text, or a list that holds some."""
    if isinstance(value, list):
        return any(map(_is_numeric, value))
    return type(value) is Number or (isinstance(value, str) and is_number(value))


def _holds_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)
