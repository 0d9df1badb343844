"""The rows of JSON Lines as those of a CSV file, so that all that is known of CSV holds for them.

Numbers keep their text, and texts are in quotes. What is absent or null is an empty cell. Objects
and lists within an object are texts; but an object of one field may stand for the value of it.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.errors import DataError
from smoothl1.files.rewritten import blocks_of_lines
from smoothl1.sources.columns import is_utf8, shown
from smoothl1.sources.csv.rows import CUT_SHORT
from smoothl1.sources.ids import is_id
from smoothl1.sources.json_lines.objects import object_of
from smoothl1.sources.json_lines.values import Number

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable, Mapping, Sequence

    from smoothl1.files.contract import Input

_NUMBER = rb"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?"
_PLAIN = _NUMBER + rb'|true|false|NaN|-?Infinity|"[^"\\\x00-\x1f]*+"'
_VALUE = rb"(?:null|(" + _PLAIN + rb"))"
"""A value that is written to CSV as it stands, or as an empty cell. In a text with an escape the
quotes and line ends are not seen."""

_PASSED_OVER = rb"(?:null|" + _PLAIN + rb")"
"""Such a value of a column that is not chosen."""

_MOST_COMPILED = 256
"""Most names for which an expression of the whole line is compiled: 20 kB and 0.5 ms for each."""

_PIECE_BYTES = 1 << 18
"""Rows are given away when they are as long: those of short objects may have many empty cells."""

NULL_HINT = "write null in the first object for a name that only later ones have"


class Chosen(NamedTuple):
    """The names whose values are written, and those that must not occur.

    Attributes:
        names: The columns that are written, in their order.
        known: All columns.
        asked: The other names that must not occur with a value; None if none may.
        records: The columns whose objects of one field are the value of that field.
    """

    names: Sequence[str]
    known: Collection[str]
    asked: frozenset[str] | None = frozenset()
    records: frozenset[str] = frozenset()


def rows_of(file: Input, start: int, chosen: Chosen) -> Generator[bytes, None, None]:
    """Rows of CSV without a header, some whole rows at a time.

    Args:
        file: A file of JSON Lines in UTF-8.
        start: The byte at which it begins.
        chosen: The columns.

    Raises:
        DataError: A line is no JSON object, or has a name that must not occur.
    """
    n_rows = 0
    for block in blocks_of_lines(file, start):
        text = block if block.endswith(b"\n") else block + b"\n"
        n_lines = text.count(b"\n")
        found = _substituted(text, chosen, n_rows + 1)
        if found is not None and found[1] == n_lines:
            n_rows += n_lines
            yield found[0]
            continue
        lines = [line for line in text.split(b"\n") if line.strip()]
        try:
            for rows in _rows_of(lines, n_rows, chosen, is_cut=text != block):
                yield rows.encode("utf-8", "surrogatepass")
        except DataError as fault:
            fault.path = file.path
            raise
        n_rows += len(lines)


def _substituted(text: bytes, chosen: Chosen, row: int) -> tuple[bytes, int] | None:
    """Lines as rows, and their number, where all have the names of the first and plain values.

    None if they cannot be so read, or have so many names that each line is read for itself.
    """
    if len(chosen.known) > _MOST_COMPILED:
        return None
    first = text[: text.index(b"\n")]
    if not (first.strip() and is_utf8(text)):
        return None
    keys: list[str] = []
    with suppress(DataError):  # told by whoever reads each line
        keys += object_of(first, row)
    if not keys or len(keys) > _MOST_COMPILED or _unseen(keys, chosen):
        return None
    if any(key != json.dumps(key, ensure_ascii=False)[1:-1] for key in keys):
        return None
    written = [key for key in keys if key in chosen.names]
    found = re.findall(_pattern_of(keys, frozenset(written)), text)  # faster than `re.subn`
    cells = [(cell,) for cell in found] if len(written) == 1 else found
    if written != list(chosen.names):
        place_of = {key: i for i, key in enumerate(written)}
        places = [place_of.get(name) for name in chosen.names]
        cells = [[b"" if i is None else row[i] for i in places] for row in cells]
    return b"\n".join(map(b",".join, cells)) + b"\n", len(found)


def _pattern_of(keys: Sequence[str], written: Collection[str]) -> bytes:
    """The expression of a line with these names and plain values, with a group for each written."""
    blank = rb"[ \t]*+"
    pairs = (
        blank.join(
            [
                re.escape(f'"{key}"'.encode("utf-8", "surrogatepass")),
                b":",
                _VALUE if key in written else _PASSED_OVER,
            ]
        )
        for key in keys
    )
    inner = (blank + b"," + blank).join(pairs)
    return rb"(?m)^" + blank.join([b"", rb"\{", inner, rb"\}", rb"\r?\n"])


def _rows_of(
    lines: Sequence[bytes], n_before: int, chosen: Chosen, *, is_cut: bool = False
) -> Generator[str, None, None]:
    """The rows of some lines in pieces; those before the first line with a fault come before it.

    Args:
        lines: The lines.
        n_before: The number of rows before them.
        chosen: The columns.
        is_cut: Whether the last one has no line end.
    """
    rows: list[str] = []
    n_bytes = 0
    known = frozenset(chosen.known)
    places = {name: i for i, name in enumerate(chosen.names)}
    fault: DataError | None = None
    for i, line in enumerate(lines, n_before + 1):
        try:
            found = object_of(line, i)
            if not found.keys() <= known:
                _refuse_unseen(found, i, chosen)
        except DataError as error:
            fault = error
            if is_cut and i == n_before + len(lines):
                fault.hint = CUT_SHORT
            break
        rows.append(_row(found, places, chosen.records))
        n_bytes += len(rows[-1])
        if n_bytes >= _PIECE_BYTES:
            yield "".join(rows)
            rows, n_bytes = [], 0
    if rows:
        yield "".join(rows)
    if fault is not None:
        raise fault


def _unseen(keys: Iterable[str], chosen: Chosen) -> list[str]:
    """Those names that are no columns, and may be meant."""
    asked = chosen.asked
    return [k for k in keys if k not in chosen.known and (asked is None or k in asked)]


def _refuse_unseen(found: dict[str, Any], row: int, chosen: Chosen) -> None:
    """Refuse an object with a value of a name that the first objects do not have."""
    name = next((key for key in _unseen(found, chosen) if found[key] is not None), None)
    if name is not None:
        raise DataError(
            f"row {row} has {shown(name)}, which is in none of the first objects",
            hint=f"{NULL_HINT}, or choose all columns by name",
        )


def _row(found: dict[str, Any], places: Mapping[str, int], records: frozenset[str]) -> str:
    """An object as a row. What it takes depends on its values, not on the number of columns."""
    pieces: list[str] = []
    last = 0
    if len(places) < len(found):
        names = [name for name in places if name in found]
    else:
        names = sorted(filter(places.__contains__, found), key=places.__getitem__)
    for name in names:
        place = places[name]
        pieces.append("," * (place - last))
        pieces.append(_cell(found[name], is_record=name in records))
        last = place
    return f"{''.join(pieces)}{',' * (len(places) - 1 - last)}\n"


def records_in(first: dict[str, Any]) -> frozenset[str]:
    """The columns whose objects are the value of their only field, as MongoDB exports an id.

    They are those of a value of MongoDB's Extended JSON (`$oid`), those that are called ids, and
    those of text. A number in another object was not meant as a column of numbers.

    Args:
        first: The first value of each column.
    """
    return frozenset(name for name, value in first.items() if _is_record(name, value))


def only_value(value: Any) -> Any:
    """The value of the only field of an object, if it is a text or a number; else the object."""
    inner = value
    while isinstance(inner, dict) and len(inner) == 1:
        (inner,) = inner.values()
    return inner if isinstance(inner, str) else value


def _is_record(name: str, value: Any) -> bool:
    found = only_value(value)
    if not isinstance(value, dict) or found is value:
        return False
    return next(iter(value)).startswith("$") or is_id(name) or not is_number(found)


def is_number(text: str) -> bool:
    """Whether a text is a number as Python reads it."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def text_of(value: Any, *, is_record: bool) -> str:
    """The text of a value in a cell, without quotes; empty for null.

    Args:
        value: A value of JSON, in which numbers are `Number`s.
        is_record: Whether an object of one field is the value of that field.
    """
    if is_record:
        value = only_value(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else _nested(value)


def _cell(value: Any, *, is_record: bool) -> str:
    text = text_of(value, is_record=is_record)
    is_bare = value is None or isinstance(value, Number | bool) or type(text) is Number
    return text if is_bare else _quoted(text)


def _nested(value: Any) -> str:
    """The text of a list, an object or what is in one; numbers keep theirs."""
    if isinstance(value, list):
        return f"[{', '.join(map(_nested, value))}]"
    if isinstance(value, dict):
        pairs = [f"{json.dumps(name)}: {_nested(item)}" for name, item in value.items()]
        return f"{{{', '.join(pairs)}}}"
    return value if type(value) is Number else json.dumps(value)


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
