"""Structures of Apache Thrift in the compact protocol, as far as numbers go.

https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

from typing import Any

_FIXED_BYTES = {1: 0, 2: 0, 3: 1, 7: 8}
"""Bytes of values of Thrift, by kind: the truth values, which are kinds of their own; a byte; a
floating-point number."""


FAULTS = (LookupError, TypeError, AttributeError, RecursionError)
"""What comes of data that are no structure, or of taking one for another."""


def structure(data: bytes) -> dict[int, Any]:
    """The fields of the structure with which the data begin, by number.

    Values are numbers, bytes of text, lists and structures; truth values are None.

    Raises:
        Exception: The data are none; see `FAULTS`.
    """
    return _struct(data, 0)[0]


def structure_at(data: bytes) -> tuple[dict[int, Any], int]:
    """The structure with which the data begin, and the number of its bytes; see `structure`."""
    return _struct(data, 0)


def _struct(data: bytes, at: int) -> tuple[dict[int, Any], int]:
    """The fields of a structure of Thrift, by number, and where it ends."""
    fields: dict[int, Any] = {}
    number = 0
    while head := data[at]:
        at += 1
        if head >> 4:
            number += head >> 4
        else:
            number, at = _integer(data, at)
        fields[number], at = _value(data, at, head & 15)
    return fields, at + 1


def _value(data: bytes, at: int, kind: int) -> tuple[Any, int]:
    """A value of a kind of Thrift, and where it ends."""
    if kind in (4, 5, 6):
        return _integer(data, at)
    if kind == 8:
        n_bytes, at = _varint(data, at)
        return data[at : at + n_bytes], at + n_bytes
    if kind in (9, 10):
        return _items(data, at)
    if kind == 12:
        return _struct(data, at)
    return None, at + _FIXED_BYTES[kind]


def _items(data: bytes, at: int) -> tuple[list[Any], int]:
    head = data[at]
    n_items, at = (head >> 4, at + 1) if head >> 4 < 15 else _varint(data, at + 1)
    kind = 3 if head & 15 <= 2 else head & 15  # a truth value in a list is a byte
    values = []
    for _ in range(n_items):
        value, at = _value(data, at, kind)
        values.append(value)
    return values, at


def _integer(data: bytes, at: int) -> tuple[int, int]:
    value, at = _varint(data, at)
    return value >> 1 ^ -(value & 1), at


def _varint(data: bytes, at: int) -> tuple[int, int]:
    byte = data[at]
    value, shift = byte & 0x7F, 7
    while byte & 0x80:
        at += 1
        byte = data[at]
        value |= (byte & 0x7F) << shift
        shift += 7
    return value, at + 1
