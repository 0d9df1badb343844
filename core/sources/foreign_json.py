"""Kinds of JSON that are not read, each with a command that converts it.

JSON Lines, an object a line, are read; these are other documents of JSON.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from smoothl1.sources.foreign_kinds import (
    A_LINE_EACH,
    PRINTED_ARRAY,
    PRINTED_LIST,
    Kind,
    numpy_kind,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_LINES = (
    f'{A_LINE_EACH}: python -c "import json; '
    "open('{stem}.jsonl', 'w').writelines("
    "json.dumps(row) + '\\n' for row in json.load(open('{path}')){of})\""
)
_TABLE = (
    'convert it: python -c "import json, pandas; '
    "pandas.DataFrame{make}.to_parquet('{stem}.parquet')\""
)

_SPLIT = re.compile(
    r'\s*\{\s*"(?:columns|index)"\s*:\s*\[[^\]]*\]\s*,\s*"(?:columns|index|data)"\s*:\s*\['
)
"""How a table of pandas begins that was written with orient="split"."""

_BY_ROW = re.compile(r'\s*\{\s*"[^"]*"\s*:\s*\{\s*"[^"]*[^"\d][^"]*"\s*:\s*[^\s\[{]')
"""How one with orient="index" begins: the name of a row, and in it the name of a column."""

_BY_NAME = re.compile(r'\s*\{(?:\s*"[^"]*"\s*:\s*-?\d[\d.eE+-]*\s*(?:,|\}|\Z)){2}')
"""How numbers by their names begin."""

_NAME = re.compile(r'\s*"([^"\\]*)"\s*:\s*')
_OBJECTS = re.compile(r"\[\s*\{")
_COMMA = re.compile(r"\s*,")


_STRING = re.compile(rb'(?s)"(?:[^"\\]|\\.)*"?')

_PRINTED = re.compile(
    rb"\[[\[\s]*[-+]?(\d+(\.\d*)?(e[-+]\d+)?|nan|inf|True|False)"
    rb"(\s+([-+\d]|nan|inf|True|False|\.\.\.)|(?<=\.)\s*\])"
)
"""How an array begins that NumPy has printed: blanks are between its numbers, and `1.` is one."""

_OF_PYTHON = re.compile(rb"\b(nan|inf|None|True|False)\b|[(']")
"""What JSON has not, outside of its strings."""


def _table(make: str) -> Kind:
    """JSON of which pandas makes a table."""
    return Kind("JSON", _TABLE.replace("{make}", make))


JSON = _table("(json.load(open('{path}')))")
JSON_SPLIT = _table("(**json.load(open('{path}')))")
JSON_BY_ROW = _table(".from_dict(json.load(open('{path}')), orient='index')")

JSON_BY_NAME = Kind(
    "a JSON object of numbers",
    _TABLE.replace("DataFrame{make}", "Series(json.load(open('{path}'))).to_frame('value')"),
)

OWN_RESULT = Kind(
    "a result of smoothl1",
    "smoothl1 merge {path} shows it, with -o FILE.html as a page if report --json wrote it; eval "
    "--baseline {path} compares another result with it",
)

OWN_JSON = Kind(
    "JSON that smoothl1 has written", "give the predictions and targets that it is about"
)

JSON_OBJECTS = Kind("a JSON array of objects", _LINES.replace("{of}", ""))

_OF_COCO = frozenset(("licenses", "images", "annotations", "categories"))
"""Names of arrays of objects in a file of COCO, of which the annotations may be far down."""

JSON_OF_COCO = Kind(
    "JSON with arrays of objects, like annotations of COCO",
    _LINES.replace("{of}", "['annotations']"),
)

JSON_ARRAY = numpy_kind("a JSON array", "json", "json.load(open('{path}'))")

JSON_ARRAYS = numpy_kind(
    "a JSON array a line", "json", "[json.loads(line) for line in open('{path}') if line.strip()]"
)


def kind_of_json(lines: Sequence[bytes]) -> Kind:
    """The kind of a JSON document, by its first lines: results of smoothl1 say what they are."""
    head = b"\n".join(lines)
    schema = re.search(rb'"schema": ?"smoothl1\.(\w+)/', b"\n".join(lines[:2]))
    if schema is not None:
        return OWN_RESULT if schema[1] == b"result" else OWN_JSON
    text = head.decode("utf-8", "replace")
    if _SPLIT.match(text):
        return JSON_SPLIT
    if _BY_ROW.match(text):
        return JSON_BY_ROW
    names, are_all = _names_of_objects(text)
    if {*names} & _OF_COCO and ("annotations" in names or not are_all):
        return JSON_OF_COCO
    if names:
        listed = ", ".join(map(repr, names))
        what = f"JSON with {'an array' if len(names) == 1 else 'arrays'} of objects, {listed}"
        return Kind(what, _LINES.replace("{of}", f"['{names[0]}']"))
    return JSON_BY_NAME if _BY_NAME.match(text) else JSON


def has_rows(kind: Kind) -> bool:
    """Whether a document of this kind holds its rows in an array of objects under a name of it."""
    return kind not in (JSON, JSON_SPLIT, JSON_BY_ROW, OWN_RESULT, OWN_JSON)


def kind_of_array(head: bytes) -> Kind | None:
    """The kind of a text that is an array of JSON, or one a line, or was printed; None if none."""
    if _PRINTED.match(head) and _has_no_commas(head):
        return PRINTED_ARRAY
    if _is_one_array(head):
        if _OF_PYTHON.search(_STRING.sub(b"", head)):
            return PRINTED_LIST
        return JSON_OBJECTS if re.match(rb"\[\s*\{", head) else JSON_ARRAY
    return JSON_ARRAYS if _are_arrays(head) else None


def _names_of_objects(text: str) -> tuple[list[str], bool]:
    """The plain names under which a JSON object holds arrays of objects, and whether these are all.

    Args:
        text: Its beginning.
    """
    begin, decoder, names = text.find("{") + 1, json.JSONDecoder(), list[str]()
    while begin and (found := _NAME.match(text, begin)) is not None:
        if _OBJECTS.match(text, found.end()) and re.fullmatch(r"\w+", found[1], re.ASCII):
            names.append(found[1])
        try:
            _, end = decoder.raw_decode(text, found.end())
        except (ValueError, RecursionError):
            return names, False
        comma = _COMMA.match(text, end)
        if comma is None:
            return names, text[end:].strip() != ""
        begin = comma.end()
    return names, False


def _has_no_commas(head: bytes) -> bool:
    """Whether each of the first lines is one of an array that was printed, without commas."""
    return b"," not in head and all(line[:1] in b"[ " for line in head.split(b"\n"))


def _is_one_array(head: bytes) -> bool:
    """Whether a text is one array of JSON, and not a cell in brackets before others."""
    if not re.match(rb'\[\s*([\[{"\d\-tfn]|inf|None|True|False|np\.|\()', head):
        return False
    brackets = _STRING.sub(b"", head)
    depth = 0
    for i, byte in enumerate(brackets):
        depth += (byte == ord("[")) - (byte == ord("]"))
        if depth == 0:
            return not brackets[i + 1 :].strip()
    return True


def _are_arrays(head: bytes) -> bool:
    """Whether each of the first lines that are seen as a whole is an array of JSON."""
    lines = [line for line in head.split(b"\n")[:-1] if line.strip()]
    try:
        return bool(lines) and all(isinstance(json.loads(line), list) for line in lines)
    except (ValueError, RecursionError):
        return False
