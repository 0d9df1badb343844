"""Files that are no headerless binary, though `--raw` says so.

Only what is certain is refused: an array may begin with any bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.sources.foreign import (
    HEADER_OF_TEXT,
    begins_with,
    foreign_kind,
    has_header_of_text,
    inflated,
    is_binary,
    refusal,
)
from smoothl1.sources.foreign_headers import kind_of_header
from smoothl1.sources.foreign_records import kind_of_records

if TYPE_CHECKING:
    from smoothl1.files.contract import Input
    from smoothl1.sources.foreign_kinds import Kind
    from smoothl1.sources.npy.raw_layout import RawLayout
    from smoothl1.sources.record_marks import Order

_OPTION = "--format-in raw reads all inputs as headerless"

_LONG_MARK = 4
"""Bytes of a mark that no array has by chance, if they are not a small integer."""

_SMALL = 1 << 20
"""Integers below it are frequent."""

_PICKLE = lazy_pattern(rb"\x80[\x02-\x05][\x95\]})(cKGJMXTU\x8a\x8c\x8e\x88\x89NBC]|[c(\]}]")
_TIME_OF_STATA = lazy_pattern(rb"[ \d]\d [A-Z][a-z]{2} \d{4} ")
_PLACE_OF_TIME = 91
"""Where a file of Stata has it, behind a label of 81 bytes."""

_LONG_TEXT, _SHORT_TEXT = 32, 12
"""Characters of a header that numbers of one byte, or of more, do not begin with by chance."""

_MANY_ENDS = 8
"""Line ends in a row that no text has."""

_FEW_BYTES = 8
"""Different bytes that one number may have, which an array may repeat."""


def check_headerless(file: Input, layout: RawLayout) -> None:
    """Refuse what is certainly no headerless binary.

    Args:
        file: The file; of a stream, the beginning is looked at.
        layout: What `--raw` says.

    Raises:
        DataError: It has a header, or marks around records, or is text.
    """
    kind = certain_kind(file) or kind_of_records(file, layout.code, float_order(layout))
    if kind is not None:
        error = refusal(kind, file.path)
        error.hint = f"{error.hint}; {_OPTION}" if error.hint else _OPTION
        raise error
    if _is_text(file.head, layout.itemsize):
        hint = "leave out --raw, or read all inputs so: --format-in raw"
        raise DataError("not headerless binary: it looks like text", hint=hint)
    if has_header_of_text(file.head, _LONG_TEXT if layout.itemsize == 1 else _SHORT_TEXT):
        what = f"not headerless binary: it begins with {file.head[:16]!r}"
        raise DataError(what, hint=f"{HEADER_OF_TEXT}; {_OPTION}")


def _is_text(head: bytes, itemsize: int) -> bool:
    """Whether a file begins with lines of text, and is no map with the class 10, a line end."""
    is_map = itemsize == 1 and len({*head}) <= _FEW_BYTES and b"\n" * _MANY_ENDS in head
    return b"\n" in head and head.isascii() and not is_binary(head) and not is_map


def float_order(layout: RawLayout) -> Order | None:
    """The byte order of the numbers, if they are floats of 4 or 8 bytes; None if not."""
    if layout.code[1:] not in ("f4", "f8"):
        return None
    return "big" if layout.code[0] == ">" else "little"


def certain_kind(file: Input) -> Kind | None:
    """The kind of a file that is not read, where no headerless numbers begin so by chance."""
    head = file.head
    for mark, kind in begins_with(head):
        if _is_large(mark) or _is_confirmed(mark, file):
            return kind
    is_text = len({*head}) > _FEW_BYTES and head.isascii() and not is_binary(head)
    if head[:1] == b"]" or (head[:1] == b"[" and is_text):
        return foreign_kind(head)
    return kind_of_header(file)


def _is_large(mark: bytes) -> bool:
    """Whether a mark is long, and no integer that is frequent."""
    least = min(int.from_bytes(mark[:4], "little"), int.from_bytes(mark[:4], "big"))
    return len(mark) > _LONG_MARK or (len(mark) == _LONG_MARK and least >= _SMALL)


def _is_confirmed(mark: bytes, file: Input) -> bool:
    """Whether more of a file agrees with a short mark."""
    head, size = file.head, file.size
    if mark in (b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        return _is_wide_text(head, f"utf-{8 * len(mark)}")
    if mark[:1] == b"x":
        return bool(inflated(head))
    if mark[2:] == b"\x01\0":
        return _TIME_OF_STATA.match(head, _PLACE_OF_TIME) is not None
    if size is None:
        return False
    if mark == b"ORC":
        return file.read(max(size - 4, 0), 3) == mark
    return _PICKLE.match(head) is not None and file.read(size - 1, 1) == b"."


def _is_wide_text(head: bytes, encoding: str) -> bool:
    """Whether most characters are ASCII, of two bytes or four."""
    text = head[: len(head) // 4 * 4].decode(encoding, "replace")
    return sum(x.isascii() and (x.isprintable() or x.isspace()) for x in text) * 2 > len(text)
