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

from smoothl1.errors import DataError, DtypeError
from smoothl1.sources.npy.limits import MAX_DIMENSIONS, is_beyond_any_array

if TYPE_CHECKING:
    from smoothl1.files.contract import Input

_MAGIC = b"\x93NUMPY"
_MAX_HEADER_BYTES = 10_000
"""The limit of NumPy: no array of plain numbers needs more, and a longer header can be slow to
parse."""

_KEYS = {"descr", "fortran_order", "shape"}
_NUMBER = re.compile(r"[<>=|]?(b1|[iu][1248]|f[248]|\?)")
_TWO_BYTES = re.compile(r"([<>=|]?)(V2|bfloat16)")
"""What NumPy writes of arrays of bfloat16, which it does not know; and their name."""

_TEXT = re.compile(r"[<>=|]?[SU][1-9][0-9]{0,3}")
_KINDS = {
    "O": "Python objects, which are never loaded",
    "c": "complex numbers",
    "S": "byte strings",
    "a": "byte strings",
    "U": "text",
    "V": "raw or structured data",
    "M": "dates",
    "m": "time spans",
    "f": "floats of an unsupported width",
}


class NpyHeader(NamedTuple):
    """The content of a header, checked against the size of the file.

    Attributes:
        dtype: The elements' dtype as stored (either byte order).
        fortran: Whether the first axis runs fastest in the file.
        shape: The shape of the array; () for a single number.
        offset: The byte at which the data begins.
        is_bfloat16: Whether the elements are bfloat16, whose bytes are read as uint16.
        is_raw: Whether the file says only that the elements have two bytes.
    """

    dtype: np.dtype[Any]
    fortran: bool
    shape: tuple[int, ...]
    offset: int
    is_bfloat16: bool = False
    is_raw: bool = False

    @property
    def delivered(self) -> np.dtype[Any]:
        """The dtype in which the elements are delivered: bfloat16 as float32, which is exact."""
        return np.dtype(np.float32) if self.is_bfloat16 else self.dtype

    @property
    def narrower(self) -> tuple[str, ...]:
        """The name of the format of the elements, if they are delivered in a wider one."""
        return ("bfloat16",) if self.is_bfloat16 else ()


def read_header(file: Input, dtype: str | None = None) -> NpyHeader:
    """Read and check the header of a `.npy` file.

    Args:
        file: The file.
        dtype: "bfloat16" if elements of which only the size is known are bfloat16.

    Raises:
        DataError: The header is truncated, malformed, of an unknown version, or does not fit the
            file.
        DtypeError: The header declares something other than text of at most 9999 characters and
            real numbers of at most 64 bits; or integers of 2 bytes, which may be the bits of
            bfloat16, although that is asked for.
    """
    header = _parsed(_header_bytes(file))
    if header.is_raw:
        if dtype != "bfloat16":
            raise DtypeError(
                "the items are raw data of 2 bytes, and the file does not say what they are",
                hint="--dtype bfloat16 if they are bfloat16, as ml_dtypes and JAX save it",
            )
        header = header._replace(is_bfloat16=True)
    elif dtype == "bfloat16" and header.dtype.kind in "iu" and header.dtype.itemsize == 2:
        raise DtypeError(
            f"--dtype bfloat16, but the items are integers ({header.dtype.name})",
            hint="if they are the bits of bfloat16, save them with .view('V2'); else as int32",
        )
    if file.size is not None:
        n_declared = math.prod(header.shape) * header.dtype.itemsize
        n_found = file.size - header.offset
        if n_found < n_declared:
            what = f"has {n_found} bytes of data, the header says {n_declared}: cut short?"
            raise DataError(what)
        if n_found > n_declared:
            check_end(file, header.offset + n_declared)
    return header


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
    match = _TWO_BYTES.fullmatch(descr) if isinstance(descr, str) else None
    is_bfloat16 = match is not None and match[2] == "bfloat16"
    dtype = dtype_of(descr) if match is None else np.dtype(f"{match[1] or '<'}u2".replace("|", "<"))
    fortran, shape = fields["fortran_order"], _shape(fields["shape"])
    if not isinstance(fortran, bool):
        raise DataError(f"npy header: fortran_order is {_shown(fortran)}, not True or False")
    is_raw = match is not None and not is_bfloat16
    is_fortran = fortran and len(shape) > 1
    return NpyHeader(dtype, is_fortran, shape, len(header), is_bfloat16, is_raw)


def _header_bytes(file: Input) -> bytes:
    """The bytes of the header, from the magic bytes to the end of the dictionary."""
    prefix = file.head[: len(_MAGIC) + 2 + 4]
    if not prefix.startswith(_MAGIC):
        raise DataError(f"not a .npy file: it begins with {prefix[:6]!r}")
    if len(prefix) < len(_MAGIC) + 2 + 2:
        raise DataError(f"npy header: it ends after {len(prefix)} bytes")
    major, minor = prefix[len(_MAGIC) : len(_MAGIC) + 2]
    if (major, minor) not in ((1, 0), (2, 0), (3, 0)):
        raise DataError(f"npy format version {major}.{minor} is not known")
    start = _start_of(major)
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


def _start_of(major: int) -> int:
    """Where the dictionary begins in a version of the format: after its length."""
    return len(_MAGIC) + 2 + (2 if major == 1 else 4)


def _text_of(header: bytes) -> str:
    """The dictionary as text."""
    major = header[len(_MAGIC)]
    start = _start_of(major)
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
    """The dtype of numbers or text that NumPy describes so.

    Args:
        descr: The description: text, or a list of fields.

    Raises:
        DataError: It is no description.
        DtypeError: It is that of something else.
    """
    if isinstance(descr, str) and (_NUMBER.fullmatch(descr) or _TEXT.fullmatch(descr)):
        return np.dtype(descr)
    if isinstance(descr, list):
        found = "structured data"
    elif isinstance(descr, tuple):
        found = "sub-arrays"
    elif isinstance(descr, str):
        found = _KINDS.get(descr.lstrip("<>=|")[:1], "unknown")
    else:
        raise DataError(f"npy header: descr is {_shown(descr)}, not a dtype")
    raise no_numbers(descr, found)


def no_numbers(descr: object, found: str | None = None) -> DtypeError:
    """The error about an array that holds no numbers.

    Args:
        descr: Its dtype as the header has it.
        found: What it holds; unset, this follows from the dtype.
    """
    if found is None:
        found = _KINDS[str(descr).lstrip("<>=|")[:1]]
    return DtypeError(
        f"dtype {_shown(descr)} holds {found}; accepted are bool, int8 to int64, uint8 to "
        "uint64 and float16 to float64"
    )


def _shape(shape: object) -> tuple[int, ...]:
    if not isinstance(shape, tuple) or not all(type(length) is int for length in shape):
        raise DataError(f"npy header: shape is {_shown(shape)}, not a tuple of integers")
    if any(length < 0 for length in shape):
        raise DataError(f"npy header: shape {_shown(shape)} has a negative length")
    if len(shape) > MAX_DIMENSIONS:
        raise DataError(f"npy header: {len(shape)} dimensions, at most {MAX_DIMENSIONS}")
    if is_beyond_any_array(shape):
        raise DataError(f"npy header: shape {_shown(shape)} is larger than any array")
    return shape


def _shown(value: object) -> str:
    """A literal for an error message. Python refuses to print integers of over 4,300 digits."""
    try:
        return repr(value)[:60]
    except ValueError:
        return "a number of thousands of digits"
