"""What single bytes of texts say: to look at them is much faster than to match patterns."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_UUID_BYTES = 36
_FEWEST_DAY_BYTES = len("1/2/2024")
"""Bytes of the shortest date without a time."""

_YEAR_BYTES = 4

_FEWEST_NAMED_BYTES = len("1jan24")
_MOST_NAMED_BYTES = len("Wednesday, September 30, 2024 10:00:00.000000 AM")

_FEWEST_PERIOD_BYTES, _MOST_PERIOD_BYTES = len("1/2024"), len("  septiembre, 2024  ")

_FEWEST_DATE_BYTES = 11
"""Bytes of the shortest date with a time, or at least a sign that one follows."""


def _flags(characters: bytes) -> NDArray[np.bool_]:
    """For each value of a byte whether it is one of these characters."""
    return np.isin(np.arange(256), np.frombuffer(characters, np.uint8))


_LOWER = np.arange(256, dtype=np.uint8)
_LOWER[ord("A") : ord("Z") + 1] += ord("a") - ord("A")
"""For each value of a byte the letter in lower case."""

_BLANKS = _flags(b" \t")
_DIGITS = _flags(b"0123456789")
_LETTERS = _flags(bytes(range(ord("a"), ord("z") + 1)) + bytes(range(0x80, 0x100)))
"""Letters in lower case, and bytes of letters beyond ASCII."""

_DIGITS_AND_BLANKS = _DIGITS | _BLANKS
_BEFORE_ACCENTS = _flags(b"\xcc\xcd\xd9\xe0\xe1")
"""First bytes in UTF-8 of accents, of signs of Arabic and Indic letters, and of parts of Korean
syllables."""

_LEAST_BEYOND_ASCII = 0x80
_FIRST_OF_KANA = 0xE3
_SECOND_OF_MARKS = 0x82
_VOICED_MARKS = (0x99, 0x9A)
"""The three bytes of each of two signs behind Japanese letters."""

_MARKS = _flags(b".,'_ ")
_BEGIN_WHOLE = _flags(b"0123456789+- \t")


def sizes_of(texts: pa.Array) -> NDArray[np.int32]:
    """The number of bytes of each text; what is missing has none."""
    sizes: NDArray[np.int32] = np.diff(offsets_of(texts))
    if texts.null_count:
        sizes[texts.is_null().to_numpy(zero_copy_only=False)] = 0
    return sizes


def may_be_whole(texts: pa.Array) -> bool:
    """Whether a text begins as whole numbers do.

    Args:
        texts: Texts as bytes, with offsets of 32 bits.
    """
    return bool(_BEGIN_WHOLE[_bytes_at(texts, _begins(texts))].any())


def may_be_written_differently(texts: pa.Array) -> bool:
    """Whether a text may be a date with a time, a UUID, or have blanks at an end.

    Args:
        texts: Texts as bytes, with offsets of 32 bits.
    """
    begins = _begins(texts)
    if not begins.size:
        return False
    offsets = offsets_of(texts)
    sizes = np.diff(offsets)
    if (sizes == _UUID_BYTES).any():
        return True
    firsts, lasts = _bytes_at(texts, begins), _bytes_at(texts, offsets[1:][sizes > 0] - 1)
    if _BLANKS[firsts].any() or _BLANKS[lasts].any():
        return True
    is_long = sizes[sizes > 0] >= _FEWEST_DATE_BYTES
    return bool((_DIGITS[firsts] & is_long).any() or (_data_of(texts) == ord(":")).any())


def may_be_file(texts: pa.Array) -> bool:
    """Whether a text may be the name of a file with a suffix.

    Args:
        texts: Texts as bytes, with offsets of 32 bits.
    """
    return bool((_data_of(texts) == ord(".")).any())


def may_be_in_folders(texts: pa.Array) -> bool:
    """Whether a text may be a path with folders.

    Args:
        texts: Texts as bytes, with offsets of 32 bits.
    """
    data = _data_of(texts)
    return any(bool((data == sign).any()) for sign in b"/\\")


def may_be_date(texts: pa.Array) -> bool:
    """Whether a text may be a date with points or slashes, or with a time of day.

    It begins with a digit then.

    Args:
        texts: Texts as bytes, with offsets of 32 bits.
    """
    if np.diff(offsets_of(texts)).max(initial=0) < _FEWEST_DAY_BYTES:
        return False
    data = _data_of(texts)
    if not any((data == sign).any() for sign in b"/.:"):
        return False
    return bool(_DIGITS[_bytes_at(texts, _begins(texts))].any())


def may_lack_zeros(texts: pa.Array) -> bool:
    """Whether a text may be a date such as `2024-1-31`: it has eight or nine bytes.

    Args:
        texts: Texts as bytes, with offsets of 32 bits.
    """
    sizes = sizes_of(texts)
    is_short = (sizes == _FEWEST_DAY_BYTES) | (sizes == _FEWEST_DAY_BYTES + 1)
    if not is_short.any():
        return False
    signs = _bytes_at(texts, offsets_of(texts)[:-1][is_short] + _YEAR_BYTES)
    return bool((signs == ord("-")).any())


def may_name_month(texts: pa.Array) -> bool:
    """Whether a text may be a date with the name of its month, such as `1-Jan-24`.

    Args:
        texts: Texts as bytes, with offsets of 32 bits.
    """
    sizes = sizes_of(texts)
    if not ((sizes >= _FEWEST_NAMED_BYTES) & (sizes <= _MOST_NAMED_BYTES)).any():
        return False
    data = _LOWER[_data_of(texts)]
    are_letters = _LETTERS[data]
    begins = np.flatnonzero(are_letters[:-2] & are_letters[1:-1] & are_letters[2:])
    threes = data[begins + np.arange(3)[:, np.newaxis]].astype(np.uint32)
    return bool(np.isin(threes[0] << 16 | threes[1] << 8 | threes[2], _begins_of_months()).any())


@cache
def _begins_of_months() -> NDArray[np.uint32]:
    """The first three bytes of the names of months, as big-endian numbers."""
    from smoothl1.witnesses.names_of_months import names_of_months  # late: few columns have them

    begins = {int.from_bytes(name.encode()[:3], "big") for name in names_of_months()}
    return np.array(sorted(begins), np.uint32)


def may_be_grouped(texts: pa.Array) -> bool:
    """Whether a text may be a whole number with its digits in groups.

    Args:
        texts: Texts as bytes, with offsets of 32 bits.
    """
    data = _data_of(texts)
    if not (_MARKS[data].any() or data.max(initial=0) >= _LEAST_BEYOND_ASCII):
        return False
    return bool(_BEGIN_WHOLE[_bytes_at(texts, _begins(texts))].any())


def may_be_period(texts: pa.Array) -> bool:
    """Whether a text may be a month, a quarter or a week: `2024-01`, `q1 2024`, `september, 2024`.

    It is of few bytes, and begins or ends with the digit of a year.

    Args:
        texts: Texts as bytes, with offsets of 32 bits.
    """
    offsets, sizes = offsets_of(texts), sizes_of(texts)
    is_of_size = (sizes >= _FEWEST_PERIOD_BYTES) & (sizes <= _MOST_PERIOD_BYTES)
    ends = (offsets[:-1][is_of_size], offsets[1:][is_of_size] - 1)
    return any(bool(_DIGITS_AND_BLANKS[_bytes_at(texts, places)].any()) for places in ends)


def may_be_decomposed(texts: pa.Array) -> bool:
    """Whether a text may have a letter and its accent as two characters.

    Args:
        texts: Texts as bytes, with offsets of 32 bits.
    """
    data = _data_of(texts)
    if data.max(initial=0) < _LEAST_BEYOND_ASCII:
        return False
    if _BEFORE_ACCENTS[data].any():
        return True
    at = np.flatnonzero(data[:-2] == _FIRST_OF_KANA)
    return bool(((data[at + 1] == _SECOND_OF_MARKS) & np.isin(data[at + 2], _VOICED_MARKS)).any())


def in_lower_case(texts: pa.Array) -> pa.Array:
    """The texts with letters of ASCII in lower case; the same array if they have no others.

    Args:
        texts: Texts as bytes, with offsets of 32 bits.
    """
    import pyarrow as pa

    data = _data_of(texts)
    if not ((data >= ord("A")) & (data <= ord("Z"))).any():
        return texts
    offsets = offsets_of(texts) - offsets_of(texts)[0]
    lower = pa.BinaryArray.from_buffers(
        texts.type, len(texts), [None, pa.py_buffer(offsets), pa.py_buffer(_LOWER[data])]
    )
    if texts.null_count:
        import pyarrow.compute as pc

        lower = pc.if_else(texts.is_valid(), lower, pa.scalar(None, texts.type))
    return lower


def _data_of(texts: pa.Array) -> NDArray[np.uint8]:
    """The bytes of all texts, one after the other."""
    offsets = offsets_of(texts)
    data = np.frombuffer(texts.buffers()[2] or b"", np.uint8)
    found: NDArray[np.uint8] = data[offsets[0] : offsets[-1]]
    return found


def offsets_of(texts: pa.Array) -> NDArray[np.int32]:
    """Where the bytes of each text begin, and where those of the last one end.

    The buffer of a damaged file may be longer than its offsets, by any number of bytes.
    """
    if len(texts) == 0:
        return np.zeros(1, np.int32)
    begin = texts.offset * np.dtype(np.int32).itemsize
    return np.frombuffer(texts.buffers()[1], np.int32, len(texts) + 1, begin)


def _begins(texts: pa.Array) -> NDArray[np.int32]:
    """Where the texts begin that have a byte."""
    offsets = offsets_of(texts)
    begins: NDArray[np.int32] = offsets[:-1][np.diff(offsets) > 0]
    return begins


def _bytes_at(texts: pa.Array, places: NDArray[Any]) -> NDArray[np.uint8]:
    data = texts.buffers()[2]
    if data is None or not places.size:
        return np.empty(0, np.uint8)
    found: NDArray[np.uint8] = np.frombuffer(data, np.uint8)[places]
    return found
