"""The header of a `.npy` file, read strictly and without NumPy's loader.

The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html. Nothing in the
file is ever executed, and no number in it decides how much memory is allocated: the declared size
is first compared with the size of the file.
"""

from __future__ import annotations

import ast
import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smoothl1.checks import NARROW
from smoothl1.errors import DataError, DtypeError, excerpt
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.numerics.narrow_formats import bytes_of
from smoothl1.sources.npy.limits import MAX_DIMENSIONS, is_beyond_any_array
from smoothl1.sources.npy.no_numbers import (
    MOST_CHARACTERS,
    OF_OBJECTS,
    WideTextError,
    kind_of,
    no_numbers,
)

if TYPE_CHECKING:
    from smoothl1.files.contract import Input

_MAGIC = b"\x93NUMPY"
_STARTS = {1: 10, 2: 12, 3: 12}
"""Where the dictionary begins in each version of the format: after its length."""

_MAX_HEADER_BYTES = 10_000
"""The limit of NumPy: no array of plain numbers needs more, and a longer header can be slow to
parse."""

_KEYS = {"descr", "fortran_order", "shape"}
_NUMBER = lazy_pattern(r"[<>=|]?(b1|[iu][1248]|f[248]|\?)")
_RAW = {"V1": 1, "f1": 1, "V2": 2}
"""What NumPy writes of arrays of formats that it does not know, and the bytes of an item."""

_NAMED = lazy_pattern(rf"([<>=|]?)({'|'.join((*_RAW, *NARROW))})")
_OF_F1 = "float8_e5m2"
"""The only format that ml_dtypes has NumPy call f1."""

_OBJECTS = ("|O", "O", "O8", "|O8")
_TEXT = lazy_pattern(r"[<>=|]?[SU]([1-9][0-9]{0,18})")
_DATES = lazy_pattern(r"[<>=|]?M8\[(?:[YMWDhms]|ms|us|ns)\]")


class NpyHeader(NamedTuple):
    """The content of a header, checked against the size of the file.

    Attributes:
        dtype: The elements' dtype as stored (either byte order).
        fortran: Whether the first axis runs fastest in the file.
        shape: The shape of the array; () for a single number.
        offset: The byte at which the data begins.
        narrow: The format of the elements if NumPy does not know it, such as "bfloat16": their bits
            are read as integers. Or "".
        raw: What the file says of elements of such a format, if not its name: "V2". Or "".
        doubt: The format that the elements, which are integers, may be the bits of, as the user
            asked for it. Or "".
    """

    dtype: np.dtype[Any]
    fortran: bool
    shape: tuple[int, ...]
    offset: int
    narrow: str = ""
    raw: str = ""
    doubt: str = ""


def read_header(file: Input, dtype: str | None = None) -> NpyHeader:
    """Read and check the header of a `.npy` file.

    Args:
        file: The file.
        dtype: The format of elements of which only the size is known, such as "bfloat16".

    Raises:
        DataError: The header is truncated, malformed, of an unknown version, or does not fit the
            file.
        DtypeError: The header declares something other than text of at most 9999 characters, dates
            and real numbers of at most 64 bits.
    """
    header = _parsed(_header_bytes(file))
    if header.raw:
        header = header._replace(narrow=_of_raw(header.raw, dtype))
    elif dtype is not None and not header.narrow and _may_be_bits(header.dtype, dtype):
        header = header._replace(doubt=dtype)
    if file.size is not None:
        n_declared = math.prod(header.shape) * header.dtype.itemsize
        n_found = file.size - header.offset
        if n_found < n_declared:
            what = f"has {n_found} bytes of data, the header says {n_declared}: cut short?"
            raise DataError(what)
        if n_found > n_declared:
            check_end(file, header.offset + n_declared)
    return header


def doubtful(header: NpyHeader) -> DtypeError:
    """The error about integers that are evaluated and may be the bits of other numbers."""
    dtype = header.doubt
    return DtypeError(
        f"--dtype {dtype}, but the items are integers ({header.dtype.name})",
        hint=f"if they are the bits of {dtype}, save them with .view('V{bytes_of(dtype)}'); "
        "else as int32",
    )


def _of_raw(raw: str, dtype: str | None) -> str:
    """The format of raw elements, which the user says."""
    n_bytes = _RAW[raw]
    if dtype is None or bytes_of(dtype) != n_bytes or (raw == "f1" and dtype != _OF_F1):
        likely = {"V1": "float8_e4m3fn", "f1": _OF_F1, "V2": "bfloat16"}[raw]
        others = ", or another float8," if raw == "V1" else ""
        unit = "byte" if n_bytes == 1 else "bytes"
        raise DtypeError(
            f"the items are raw data of {n_bytes} {unit}, and the file does not say what they are",
            hint=f"--dtype {likely} if they are {likely}{others} as ml_dtypes and JAX save it",
        )
    return dtype


def _may_be_bits(stored: np.dtype[Any], dtype: str) -> bool:
    """Whether integers may be the bits of a format."""
    return stored.kind in "iu" and stored.itemsize == bytes_of(dtype)


def check_end(file: Input, end: int) -> None:
    """Check that a file ends where its array does.

    Raises:
        DataError: It goes on.
    """
    behind = file.read(end, len(_MAGIC))
    if behind == _MAGIC:
        raise DataError(
            f"more than one array: the next begins at byte {end}",
            hint="save them as one: numpy.save(file, numpy.concatenate(arrays))",
        )
    if behind:
        n_bytes = "" if file.size is None else f"{file.size - end} "
        raise DataError(f"{n_bytes}bytes after the end of the array")


@lru_cache(maxsize=64)
def _parsed(header: bytes) -> NpyHeader:
    """What a header says, from the magic bytes to its end; those of shards mostly agree."""
    text = _text_of(header)
    fields = _parse(text)
    descr = fields["descr"]
    match = _NAMED.fullmatch(descr) if isinstance(descr, str) else None
    name = "" if match is None else match[2]
    if descr in _OBJECTS:
        raise no_numbers(descr, remedy=OF_OBJECTS)
    dtype = dtype_of(descr) if match is None else _bits_of(name, match[1])
    fortran, shape = fields["fortran_order"], _shape(fields["shape"])
    if not isinstance(fortran, bool):
        raise DataError(f"npy header: fortran_order is {excerpt(fortran)}, not True or False")
    is_fortran = fortran and len(shape) > 1
    narrow, raw = ("", name) if name in _RAW else (name, "")
    return NpyHeader(dtype, is_fortran, shape, len(header), narrow, raw)


def _bits_of(name: str, order: str) -> np.dtype[Any]:
    """The dtype of the bits of elements that NumPy does not know."""
    n_bytes = _RAW.get(name) or bytes_of(name)
    return np.dtype(f"{order or '<'}u{n_bytes}".replace("|", "<"))


def _header_bytes(file: Input) -> bytes:
    """The bytes of the header, from the magic bytes to the end of the dictionary."""
    prefix = file.head[: len(_MAGIC) + 2 + 4]
    if not prefix.startswith(_MAGIC):
        raise DataError(f"not a .npy file: it begins with {prefix[:6]!r}")
    if len(prefix) < len(_MAGIC) + 2 + 2:
        raise DataError(f"npy header: it ends after {len(prefix)} bytes")
    major, minor = prefix[len(_MAGIC) : len(_MAGIC) + 2]
    start = _STARTS.get(major)
    if start is None or minor != 0:
        raise DataError(f"npy format version {major}.{minor} is not known")
    length = int.from_bytes(prefix[len(_MAGIC) + 2 : start], "little")
    header = file.head[: start + length]
    if len(header) < start + length:
        header = file.read(0, start + min(length, _MAX_HEADER_BYTES + 1))
    n_found = max(0, len(header) - start)
    if n_found < min(length, _MAX_HEADER_BYTES + 1):
        raise DataError(f"npy header: it should be {length} bytes long, but ends after {n_found}")
    if length > _MAX_HEADER_BYTES:
        raise DataError(f"npy header too long: {length} bytes, at most {_MAX_HEADER_BYTES}")
    return header


def _text_of(header: bytes) -> str:
    """The dictionary as text."""
    major = header[len(_MAGIC)]
    start = _STARTS[major]
    try:
        return header[start:].decode("utf-8" if major == 3 else "latin-1")
    except UnicodeDecodeError as error:
        raise DataError(f"npy header: not UTF-8 text at byte {start + error.start}") from error


def _parse(text: str) -> dict[str, Any]:
    """The three entries of the dictionary, as literals; anything else is refused."""
    if not text.isascii() or "\x00" in text:
        raise DataError("npy header: it holds bytes that no header has")
    literal = re.sub(r"(?<=\d)L(?=[,)\s])", "", text.strip())  # Python 2 wrote long integers so
    try:
        tree = ast.parse(literal, mode="eval").body
        entries = {} if not isinstance(tree, ast.Dict) else _literal_entries(tree)
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError) as error:
        raise DataError(f"npy header: not a dictionary of literals: {text[:60]!r}") from error
    if set(entries) != _KEYS:
        raise DataError(f"npy header: expected {sorted(_KEYS)}, found {text[:60]!r}")
    return entries


def _literal_entries(tree: ast.Dict) -> dict[str, Any]:
    keys = [ast.literal_eval(key) for key in tree.keys if key is not None]
    if len(keys) != len(tree.values) or len(set(keys)) != len(keys):
        raise ValueError("a key is doubled or unpacked")
    return dict(zip(keys, map(ast.literal_eval, tree.values), strict=True))


def dtype_of(descr: object) -> np.dtype[Any]:
    """The dtype of numbers, text or dates that NumPy describes so.

    Args:
        descr: The description: text, or a list of fields.

    Raises:
        DataError: It is no description.
        DtypeError: It is that of something else, or of text that is too wide.
    """
    if isinstance(descr, str):
        text = _TEXT.fullmatch(descr)
        if text is not None and int(text[1]) > MOST_CHARACTERS:
            raise WideTextError(descr, int(text[1]))
        if text is not None or _NUMBER.fullmatch(descr) or is_date(descr):
            return np.dtype(descr)
    if isinstance(descr, list):
        found = "structured data"
    elif isinstance(descr, tuple):
        found = "sub-arrays"
    elif isinstance(descr, str):
        found = kind_of(descr)
    else:
        raise DataError(f"npy header: descr is {excerpt(descr)}, not a dtype")
    raise no_numbers(descr, found)


def is_date(descr: str) -> bool:
    """Whether NumPy describes dates so, in a unit that is read."""
    return _DATES.fullmatch(descr) is not None


def _shape(shape: object) -> tuple[int, ...]:
    if not isinstance(shape, tuple) or not all(type(length) is int for length in shape):
        raise DataError(f"npy header: shape is {excerpt(shape)}, not a tuple of integers")
    if any(length < 0 for length in shape):
        raise DataError(f"npy header: shape {excerpt(shape)} has a negative length")
    if len(shape) > MAX_DIMENSIONS:
        raise DataError(f"npy header: {len(shape)} dimensions, at most {MAX_DIMENSIONS}")
    if is_beyond_any_array(shape):
        raise DataError(f"npy header: shape {excerpt(shape)} is larger than any array")
    return shape
