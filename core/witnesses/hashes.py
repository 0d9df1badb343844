"""Hashes of the values of a column that do not depend on its type.

A whole number has the same hash as an integer of any width, as a float and as text, also as R
writes 100000 (`1e+05`), so that an id in a CSV file and in a Parquet file compare. The sum of the
hashes of a column does not depend on the order of its rows: two columns are permutations of each
other if these sums agree, except for one chance in 2**64.

Source of the mixing function: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom
number generators", OOPSLA 2014, doi:10.1145/2660193.2660195 (SplitMix64).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.labels.exponents import without_exponents
from smoothl1.witnesses.text_bytes import offsets_of

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FACTORS = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
OF_MISSING = np.uint64(0x6D697373696E6721)
_OF_TEXT = np.uint64(0x7465787474657874)
"""Makes the hash of a text different from that of the number that its bytes add up to."""

_OF_LARGE = np.uint64(0x6C61726765206F6E)
"""Makes the hash of an integer from 2**63 on different from that of a negative one of the same
bits."""

_BEYOND_INT64 = np.uint64(1 << 63)

_PIECE_BYTES = 1 << 18
"""Bytes of text hashed at a time, so that they stay in the processor's cache."""

_WORD_BYTES = 8
_FIRST_BYTES = np.array([(1 << 8 * n) - 1 for n in range(_WORD_BYTES + 1)], np.uint64)
"""Masks for the first bytes of a word, which is read with the first byte lowest."""

WHOLE_NUMBER = r"\A[ \t]*[+-]?[0-9]{1,20}(?:\.0*)?[ \t]*\z"
"""Texts that are compared as numbers: 64 bits have at most 20 digits. A fraction of zeros is
allowed: pandas writes whole numbers like this if one of them is missing."""


def hashes_of(column: pa.Array) -> Hashes:
    """A hash for each value of a column of numbers, text or times.

    Args:
        column: Numbers, text as binary, or times; an empty text counts as null.
    """
    from pyarrow import types  # late: only what Arrow has read is hashed

    if types.is_binary(column.type):
        hashes = _of_texts(column)
    elif types.is_temporal(column.type):
        hashes = _of_times(column)
    else:
        hashes = of_numbers(column.fill_null(0).to_numpy(zero_copy_only=False))
    if column.null_count:
        hashes[column.is_null().to_numpy(zero_copy_only=False)] = OF_MISSING
    return hashes


def hashes_of_stored(column: pa.Array) -> Hashes:
    """A hash for each value as it is stored, of text without a look at what it stands for."""
    from pyarrow import types

    from smoothl1.witnesses.values import as_stored

    column = as_stored(column)
    if not types.is_binary(column.type):
        return hashes_of(column)
    hashes = of_bytes(column.fill_null(_scalars()[1]))
    if column.null_count:
        hashes[column.is_null().to_numpy(zero_copy_only=False)] = OF_MISSING
    return hashes


def _of_times(column: pa.Array) -> Hashes:
    """The hashes of dates or times in nanoseconds, modulo 2**64; of any integer if null."""
    import pyarrow as pa

    from smoothl1.witnesses.stored_times import counts_of, nanoseconds_of

    there = column.fill_null(pa.scalar(0, column.type)) if column.null_count else column
    counts = counts_of(there).astype(np.int64, copy=False)
    return of_integers(counts * np.int64(nanoseconds_of(column.type)))


def has_texts(column: pa.Array) -> bool:
    """Whether a column is text, but not only whole numbers."""
    import pyarrow.compute as pc
    from pyarrow.types import is_binary

    from smoothl1.witnesses.text_bytes import may_be_whole

    if not is_binary(column.type):
        return False
    if not may_be_whole(column) and column.null_count < len(column):
        return True
    return pc.all(pc.match_substring_regex(column, WHOLE_NUMBER)).as_py() is False


def of_numbers(values: NDArray[Any]) -> Hashes:
    """A hash for each of some numbers of any dtype: of NaN that of a missing value.

    A whole number has the hash of the integer.
    """
    if values.dtype.kind != "f":
        return of_integers(values)
    wide = values.astype(np.float64, copy=False)
    hashes = of_integers(wide.view(np.int64))
    hashes[np.isnan(wide)] = OF_MISSING
    is_whole = (np.abs(wide) < 2.0**63) & (wide == np.trunc(wide))
    hashes[is_whole] = of_integers(wide[is_whole].astype(np.int64))
    return hashes


def of_integers(values: NDArray[Any]) -> Hashes:
    """A hash for each of some integers: of any dtype, or Python's integers of any size."""
    if values.dtype == object:
        return np.array([_of_integer(number) for number in values.tolist()], np.uint64)
    if values.dtype.kind != "u":
        return mixed(values.astype(np.int64, copy=False).view(np.uint64))
    bits = values.astype(np.uint64, copy=False)
    hashes = mixed(bits)
    hashes[bits >= _BEYOND_INT64] ^= _OF_LARGE
    return hashes


def _of_integer(number: int) -> int:
    """The hash of one integer."""
    hashed = int(mixed(np.array([number % (1 << 64)], np.uint64))[0])
    if -(1 << 63) <= number < 1 << 63:
        return hashed
    if 0 <= number < 1 << 64:
        return hashed ^ int(_OF_LARGE)
    return _of_integer((hashed ^ (number >> 64)) % (1 << 63))


def mixed(bits: Hashes) -> Hashes:
    """Integers whose bits all depend on all bits of others: different ones stay different."""
    mixed = bits + _STEP
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _FACTORS[0]
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _FACTORS[1]
    mixed ^= mixed >> np.uint64(31)
    return mixed


@cache
def _scalars() -> tuple[pa.Scalar, pa.Scalar]:
    """False and an empty text, made once: for each scalar pyarrow looks for pandas, in 0.1 ms."""
    import pyarrow as pa

    return pa.scalar(value=False), pa.scalar(b"", pa.binary())


def _of_texts(column: pa.Array) -> Hashes:
    import pyarrow.compute as pc

    from smoothl1.witnesses.text_bytes import may_be_whole, sizes_of
    from smoothl1.witnesses.values import plain_texts

    column = plain_texts(column)
    no, nothing = _scalars()
    if not may_be_whole(column):
        hashes = of_bytes(column.fill_null(nothing) if column.null_count else column)
        hashes[sizes_of(column) == 0] = OF_MISSING
        return hashes
    is_whole = pc.match_substring_regex(column, WHOLE_NUMBER).fill_null(no)
    if not pc.all(is_whole).as_py():
        column = without_exponents(column)
        is_whole = pc.match_substring_regex(column, WHOLE_NUMBER).fill_null(no)
    flags = is_whole.to_numpy(zero_copy_only=False)
    hashes = np.empty(len(column), np.uint64)
    if flags.any():
        hashes[flags] = of_integers(whole_numbers(column.filter(is_whole)))
    if not flags.all():
        rest = column.filter(pc.invert(is_whole)).fill_null(nothing)
        hashes[~flags] = of_bytes(rest)
        is_empty = pc.equal(column, nothing).fill_null(no)
        hashes[is_empty.to_numpy(zero_copy_only=False)] = OF_MISSING
    return hashes


def whole_numbers(column: pa.Array) -> NDArray[Any]:
    """Texts of whole numbers as numbers: int64, or Python's integers if one is beyond that."""
    import pyarrow as pa
    import pyarrow.compute as pc

    trimmed = pc.ascii_trim(column.cast(pa.string()), " \t+")
    trimmed = pc.replace_substring_regex(trimmed, r"\.0*$", "")
    try:
        numbers: NDArray[Any] = trimmed.cast(pa.int64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        numbers = np.array([int(text) for text in trimmed.to_pylist()], object)
    return numbers


def of_bytes(texts: pa.Array) -> Hashes:
    """A hash for each text, none of them null: of its length, and of eight bytes at a time."""
    n_rows = max(1, _PIECE_BYTES * len(texts) // max(1, texts.nbytes))
    pieces = range(0, len(texts), n_rows)
    return np.concatenate(
        [np.empty(0, np.uint64), *(_of_piece(texts[i:][:n_rows]) for i in pieces)]
    )


def _of_piece(texts: pa.Array) -> Hashes:
    begins = offsets_of(texts)
    left = np.diff(begins)
    data = np.zeros(begins[-1] - begins[0] + _WORD_BYTES, np.uint8)  # a word may begin at any byte
    if data.size > _WORD_BYTES:
        data[:-_WORD_BYTES] = np.frombuffer(texts.buffers()[2], np.uint8)[begins[0] : begins[-1]]
    words = np.ndarray(data.size - _WORD_BYTES + 1, "<u8", data, strides=(1,))
    at = begins[:-1].astype(np.intp) - begins[0]
    hashes = left.astype(np.uint64) ^ _OF_TEXT
    rows: Any = slice(None)
    while True:
        word = words[at]
        word &= _FIRST_BYTES.take(left, mode="clip")
        word ^= hashes[rows]
        word *= _FACTORS[0]
        word ^= word >> np.uint64(29)
        hashes[rows] = word
        goes_on = left > _WORD_BYTES
        if not goes_on.any():
            return mixed(hashes)
        if not goes_on.all():
            rows = np.flatnonzero(goes_on) if isinstance(rows, slice) else rows[goes_on]
            at, left = at[goes_on], left[goes_on]
        at += _WORD_BYTES
        left -= _WORD_BYTES
