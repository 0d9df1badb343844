"""Refuses JSON that would take far more memory than its text: small objects, or names, in millions.

Python holds an empty list in 64 bytes and the name of a field in a hundred. What smoothl1 and other
programs write has more text for each, so that a document takes some ten times its text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL = 1 << 22
"""Characters of a document that may be anything: none of it takes 200 MB."""

_LEAST_FOR_LIST = 20
"""Characters for each list or object, on average: `{"column":"a","value":"b"},` has 27."""

_LEAST_FOR_NAME = 64
"""Characters for each name of a field that differs from all others, on average."""

_PIECE = 1 << 17
"""Characters that are looked at together, if their last line or string ends soon."""

_STRING = lazy_pattern(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)(?:"(\s*+:)?|\\?\Z)', re.DOTALL)
"""A string, and the colon behind it if it is the name of a field. One that does not end matches up
to the end of the text, so that nothing is looked at twice."""


class DenseError(ValueError):
    """A document has too many lists, objects or names for its length."""


def check_density(text: str) -> None:
    """Refuse a document that would take far more memory than its text, before it is read.

    Raises:
        DenseError: It has too many lists, objects or names for its length.
    """
    if len(text) <= SMALL:
        return
    if _n_lists(text) * _LEAST_FOR_LIST > len(text):
        outside = _STRING.sub("", text)  # a string may have any number of brackets
        if _n_lists(outside) * _LEAST_FOR_LIST > len(text):
            raise DenseError("it has too many lists and objects for its length")
    if _most_names(text) * _LEAST_FOR_NAME <= len(text):
        return
    names: set[str] = set()
    for start, stop in _pieces(text):
        for some in _names_in(text, start, stop):
            names |= some
            if len(names) * _LEAST_FOR_NAME > len(text):
                raise DenseError("it has too many names of fields for its length")


def _most_names(text: str) -> int:
    """A number that the different names of fields do not exceed: of strings in each piece."""
    if "\\" in text:  # a quotation mark may be part of a string
        return len(text)
    return sum(len(set(text[start:stop].split('"')[1::2])) for start, stop in _pieces(text))


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Where pieces begin and end, none of them within a string: a line end stands in none."""
    is_plain = "\\" not in text
    start = 0
    while start < len(text):
        stop = text.find("\n", start + _PIECE, start + 2 * _PIECE) + 1
        yield start, (stop := stop or (_before_string(text, start) if is_plain else len(text)))
        start = stop


def _before_string(text: str, start: int) -> int:
    """Where a piece of a text without escapes may end: before the next string, or at the end."""
    stop = start + _PIECE
    if text.count('"', start, stop) % 2:
        stop = text.find('"', stop) + 1 or len(text)
    found = text.find('"', stop)
    return len(text) if found < 0 else found


def _names_in(text: str, start: int, stop: int) -> Iterator[set[str]]:
    """The names of fields in a piece of a document, of which few are held at a time."""
    if stop - start > 2 * _PIECE:
        yield from ({match[1]} for match in _STRING.finditer(text, start, stop) if match[2])
        return
    piece = text[start:stop]
    if "\\" in piece:
        yield {name for name, colon in _STRING.findall(piece) if colon}
        return
    strings = piece.split('"')  # every second one; a colon behind it follows a name alone
    pairs = zip(strings[1::2], strings[2::2], strict=False)
    yield {string for string, behind in pairs if ":" in behind}


def _n_lists(text: str) -> int:
    return text.count("[") + text.count("{")
