"""Marks around records: Fortran writes the size of each before and behind it, fvecs its length.

Numbers may stand by chance where such marks would. A mark that agrees counts as many bits of
evidence as its value has: numbers of an array that are about as large take it so rarely. A name in
.fvecs, .ivecs or .bvecs is evidence, too.
"""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from smoothl1.files.suffixes import unpacked

if TYPE_CHECKING:
    from smoothl1.files.contract import Input

Order: TypeAlias = Literal["little", "big"]

_ENOUGH_BITS = 48
"""Evidence by which no array looks so by chance: one in 3e14 of a kind."""

_FLOAT_BITS = 24
"""Further evidence of a mark where a float is expected: read as one it is below 1e-38, or it is the
lower half of one of 8 bytes. That holds in the byte order of the numbers alone: 2.0 in the other
one is 64."""

_BLOCK_BYTES = 1 << 16
"""Bytes at the beginning that are read at once: most records are short."""

_MOST_RECORDS = 1 << 12
"""Records that are looked at; far fewer are enough where they are records."""

_LEAST_VECTOR = 16
"""The shortest vector that is told among integers: tables of them may have a column that is
constant."""

_LONGEST_NAMED = 1 << 16
"""The longest vector of a file that is called so: numbers that are no length are often larger."""


class Form(NamedTuple):
    """A way to mark records.

    Attributes:
        width: Bytes of a mark.
        order: Their order.
        unit: Bytes of what a mark counts.
        is_closed: Whether it stands behind the record, too.
    """

    width: int
    order: Order
    unit: int
    is_closed: bool

    @property
    def n_marks(self) -> int:
        """How many marks a record has."""
        return 1 + self.is_closed


class Records(NamedTuple):
    """Records that a file certainly is.

    Attributes:
        form: How they are marked.
        n_bytes: Bytes of the first, without marks.
        is_even: Whether the file may be records of this size alone.
    """

    form: Form
    n_bytes: int
    is_even: bool


_OF_FORTRAN = (
    Form(4, "little", 1, is_closed=True),
    Form(4, "big", 1, is_closed=True),
    Form(8, "little", 1, is_closed=True),
    Form(8, "big", 1, is_closed=True),
)
"""The marks have 4 bytes, as gfortran and ifort write them, or 8 (`-frecord-marker=8`)."""

_OF_WORDS = Form(4, "little", 4, is_closed=False)
_OF_BYTES = Form(4, "little", 1, is_closed=False)
_NAMED = {"fvecs": _OF_WORDS, "ivecs": _OF_WORDS, "bvecs": _OF_BYTES}
"""The marks of vectors, by the suffix of the file."""


def records_of_fortran(file: Input, float_order: Order | None) -> Records | None:
    """The records of Fortran that a file certainly is, as it writes them unformatted.

    Args:
        file: The file; None is returned for a stream.
        float_order: The byte order of its numbers, if they would be floats of 4 or 8 bytes; None if
            they may be others.
    """
    return _records(file, _OF_FORTRAN, float_order)


def vectors(file: Input, float_order: Order | None, *, by_name: bool) -> Records | None:
    """The vectors of fvecs, ivecs or bvecs that a file certainly is.

    Where the name says so, the first two lengths are enough, also those of a stream.

    Source: http://corpus-texmex.irisa.fr

    Args:
        file: See `records_of_fortran`.
        float_order: Likewise.
        by_name: Whether nothing else is evidence: a table of whole numbers may have a constant
            column, of which each number is the length of the rest of its row.
    """
    name = named_vectors(file.path)
    if name is not None and (found := _vectors_of_name(file, _NAMED[name])) is not None:
        return found
    return None if by_name else _records(file, (_OF_WORDS, _OF_BYTES), float_order)


def named_vectors(path: str) -> str | None:
    """The kind of vectors that a file is called, such as fvecs; None if it is none."""
    suffix = os.path.splitext(unpacked(path).lower())[1].removeprefix(".")
    return suffix if suffix in _NAMED else None


def _vectors_of_name(file: Input, form: Form) -> Records | None:
    """The vectors of a file that is called so, if its beginning does not contradict."""
    mark = file.head[: form.width]
    n_items = int.from_bytes(mark, form.order, signed=True)
    n_bytes = n_items * form.unit
    whole = form.width + n_bytes
    if not 0 < n_items <= _LONGEST_NAMED or whole > (file.size or whole):
        return None
    end = whole + form.width
    second = file.head[whole:end] if file.size is None else file.read(whole, form.width)
    if not mark.startswith(second):  # which may be cut, or not be at hand
        return None
    return Records(form, n_bytes, file.size is None or file.size % whole == 0)


def _records(file: Input, forms: tuple[Form, ...], float_order: Order | None) -> Records | None:
    """The records of one of these forms that a file certainly is; the forms are tried in order."""
    if file.size is None:
        return None
    beginning = file.read(0, _BLOCK_BYTES)
    for form in forms:
        n_bytes = _bytes_counted(beginning[: form.width], form)
        more_bits = _FLOAT_BITS if form.order == float_order else 0
        is_even = file.size % (n_bytes + form.n_marks * form.width) == 0
        is_long = more_bits or n_bytes >= _LEAST_VECTOR * form.unit
        may_be = form.is_closed or (is_even and is_long)
        if may_be and _are_certain(file, beginning, form, more_bits):
            return Records(form, n_bytes, is_even)
    return None


def _are_certain(file: Input, beginning: bytes, form: Form, more_bits: int) -> bool:
    """Whether the marks, from the beginning on, are evidence enough."""
    size, begin, bits, of_mark = file.size or 0, 0, 0.0, 0.0
    first = beginning[: form.width]
    for n_before in range(_MOST_RECORDS):
        if begin == size:  # where a record ends, and nothing else
            return bits + of_mark >= _ENOUGH_BITS
        mark = _read(file, beginning, begin, form.width)
        if not form.is_closed and mark != first:  # vectors are of one length: others say nothing
            return False
        n_bytes = _bytes_counted(mark, form)
        end = begin + form.width + n_bytes
        if not 0 < n_bytes <= size - begin - form.n_marks * form.width:
            return False
        if form.is_closed:
            behind = _read(file, beginning, end, form.width)
            if _bytes_counted(behind, form) != n_bytes:
                return False
        of_mark = math.log2(n_bytes / form.unit) + more_bits
        payload = b"" if more_bits else _payload(file, beginning, begin + form.width, n_bytes)
        if mark not in _words(payload, form.width):
            bits += of_mark * (form.is_closed + (n_before > 0))
        if bits >= _ENOUGH_BITS:
            return True
        begin = end + form.is_closed * form.width
    return False


def _read(file: Input, beginning: bytes, begin: int, n_bytes: int) -> bytes:
    """Some bytes of a file whose beginning is at hand."""
    end = begin + n_bytes
    return beginning[begin:end] if end <= len(beginning) else file.read(begin, n_bytes)


def _payload(file: Input, beginning: bytes, begin: int, n_bytes: int) -> bytes:
    """What a record holds, at most a block of it."""
    return _read(file, beginning, begin, min(n_bytes, _BLOCK_BYTES))


def _bytes_counted(mark: bytes, form: Form) -> int:
    """The bytes that a mark counts; it is negative where Fortran goes on in a further record."""
    return abs(int.from_bytes(mark, form.order, signed=True)) * form.unit


def _words(payload: bytes, width: int) -> set[bytes]:
    """The words of a record: an array of equal numbers has the mark among them."""
    return {payload[i : i + width] for i in range(0, len(payload), width)}
