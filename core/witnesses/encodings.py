"""Text of two inputs in different encodings, which cannot be compared: cp1252 beside UTF-8."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

NOT_UTF8 = "not UTF-8"
MISREAD = "UTF-8 that was read as another encoding"
_UTF8 = "UTF-8"

_N_LOOKED_AT = 64
"""Texts of a block that are looked at to tell whether they were read in another encoding."""

_OTHER_LETTERS = re.compile(rb"[\x80-\xff]+")


class Encodings:
    """The encodings of the text of two sides, as far as rows that differ show.

    Attributes:
        found: For each side the encodings of text that is not ASCII.
    """

    def __init__(self) -> None:
        self.found: tuple[set[str], set[str]] = (set(), set())

    def add(self, one: pa.Array, other: pa.Array) -> None:
        """Add the values of both sides in some rows."""
        for found, values in zip(self.found, (one, other), strict=True):
            encoding = _encoding_of(values)
            if encoding:
                found.add(encoding)

    def merge(self, other: Encodings) -> None:
        """Add the encodings in other rows."""
        for mine, others in zip(self.found, other.found, strict=True):
            mine.update(others)

    @property
    def odd_side(self) -> int | None:
        """The side, 0 or 1, whose encoding is not that of the other; None if they do not differ."""
        one, other = self.found
        if not (one and other) or one & other:
            return None
        return 1 if one == {_UTF8} else 0

    @property
    def of_odd_side(self) -> str:
        """The encoding of that side."""
        return max(self.found[self.odd_side or 0])


def share_skeletons(one: Iterable[pa.Array], other: Iterable[pa.Array]) -> bool:
    """Whether half of the texts of one side are among the other's, whatever their encodings."""
    mine, others = (
        {_OTHER_LETTERS.sub(b"\xff", text or b"") for values in side for text in values.to_pylist()}
        for side in (one, other)
    )
    return 2 * len(mine & others) >= max(1, len(mine))


def _encoding_of(column: pa.Array) -> str:
    """The encoding of a column of bytes; "" if it is ASCII or no text."""
    import pyarrow as pa  # late: only for columns that differ
    import pyarrow.compute as pc

    if not pa.types.is_binary(column.type):
        return ""
    data = column.buffers()[2]
    if data is None or not (np.frombuffer(data, np.uint8) >= 0x80).any():
        return ""
    texts = column.filter(pc.match_substring_regex(column, r"[\x80-\xff]"))
    if len(texts) == 0:
        return ""
    try:
        text = "\n".join(texts.cast(pa.string()).slice(0, _N_LOOKED_AT).to_pylist())
    except pa.ArrowInvalid:
        return NOT_UTF8
    return MISREAD if any(_was_read_as(codec, text) for codec in ("cp1252", "latin-1")) else _UTF8


def _was_read_as(codec: str, text: str) -> bool:
    """Whether a text is UTF-8 that was decoded by another codec."""
    try:
        text.encode(codec).decode()
    except UnicodeError:
        return False
    return True
