"""Documents as indented JSON: the bytes of `json.dumps(indent=2)`, several times as fast.

Python's own writer is compiled only without indentation. Here the names of an object and the spaces
between them are formed once, for all objects of the same names at the same depth.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_quoted: Callable[[str], str] = json.encoder.encode_basestring_ascii


def indented(content: dict[str, Any]) -> bytes:
    """A document as indented JSON, with a line end behind it.

    Args:
        content: The document. An iterator that a field of it holds is written as a list, item by
            item, so that what it makes need not be in memory at a time.

    Raises:
        ValueError: A number is not finite.
    """
    buffer = BytesIO()
    separator = "{\n  "
    for name, value in content.items():
        buffer.write(f"{separator}{_quoted(name)}: ".encode())
        for piece in _items(value) if isinstance(value, Iterator) else [_text(value, "\n  ")]:
            buffer.write(piece.encode())
        separator = ",\n  "
    buffer.write(b"\n}\n" if content else b"{}\n")
    return buffer.getvalue()


def _items(values: Iterable[Any]) -> Iterator[str]:
    """The text of a list that a field of the document holds, item by item."""
    separator, margin = "[", "\n    "
    for value in values:
        yield f"{separator}{margin}{_text(value, margin)}"
        separator = ","
    yield "[]" if separator == "[" else "\n  ]"


def _text(value: Any, margin: str) -> str:
    """The text of a value.

    Args:
        value: Any value of JSON.
        margin: The line end and the spaces before what follows the value.
    """
    write = _PLAIN.get(type(value))
    if write is not None:
        return write(value)
    inner = f"{margin}  "
    if isinstance(value, dict) and value:
        return _template(tuple(value), margin) % tuple(_texts(value.values(), inner))
    if isinstance(value, list | tuple) and value:
        return f"[{inner}{f',{inner}'.join(_texts(value, inner))}{margin}]"
    return json.dumps(value, allow_nan=False)


def _texts(values: Iterable[Any], margin: str) -> list[str]:
    """The text of each of some values; see `_text`, which is called only for what is not plain."""
    find = _PLAIN.get
    return [write(x) if (write := find(type(x))) else _text(x, margin) for x in values]


@lru_cache(maxsize=256)
def _template(names: tuple[str, ...], margin: str) -> str:
    """The text of an object with these names, with a place for each value."""
    inner = f"{margin}  "
    fields = (f"{_quoted(name).replace('%', '%%')}: %s" for name in names)
    return f"{{{inner}{f',{inner}'.join(fields)}{margin}}}"


def _text_of_float(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"{value} is no number of JSON")
    return repr(value)


_PLAIN: dict[type, Callable[[Any], str]] = {
    float: _text_of_float,
    int: repr,
    str: _quoted,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "null",
}
"""What writes values of the types that most have."""
