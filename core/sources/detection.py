"""The formats that are read, and how they are told by content."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.errors import DataError, SettingsError, excerpt
from smoothl1.files.file import HEAD_BYTES
from smoothl1.files.suffixes import COMPRESSED

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothl1.files.contract import Input
    from smoothl1.read_options import ReadOptions


_ARRAY_BYTES = 1 << 16
"""Bytes read of a text that may be an array of JSON, or one a line."""

_BOM = b"\xef\xbb\xbf"


class _Format(NamedTuple):
    """A format, read by a module of `sources`, which is imported only when needed."""

    name: str
    module: str
    magics: tuple[bytes, ...]
    suffixes: tuple[str, ...]
    offset: int = 0
    is_text: bool = False

    def is_begun(self, head: bytes) -> bool:
        """Whether a file begins so; text may have a byte order mark and blanks in front."""
        if self.is_text:
            head = b"" if b"\x00" in head else head.removeprefix(_BOM).lstrip()
        return head.startswith(self.magics, self.offset)


_ZIP = b"PK\x03\x04"

_FORMATS = (
    _Format("npy", "npy.source", (b"\x93NUMPY",), (".npy",)),
    _Format("npz", "npy.npz", (_ZIP,), (".npz",)),
    _Format("parquet", "arrow.parquet", (b"PAR1",), (".parquet", ".pq")),
    _Format("arrow", "arrow.file", (b"ARROW1\x00\x00",), (".arrow", ".feather", ".ipc")),
    _Format("arrow_stream", "arrow.stream", (b"\xff\xff\xff\xff",), (".arrows",)),
    _Format(
        "safetensors",
        "containers.safetensors",
        (b'\x00\x00\x00\x00{"', b"\x00\x00\x00\x00{}"),
        (".safetensors",),
        4,
    ),
    _Format("hdf5", "containers.hdf5", (b"\x89HDF\r\n\x1a\n",), (".h5", ".hdf5")),
    _Format("netcdf", "containers.netcdf", (b"CDF\x01", b"CDF\x02", b"CDF\x05"), ()),
    _Format("zarr", "containers.zarr.opening", (), (".zarr",)),
    _Format("jsonl", "json_lines.opening", (b"{",), (".jsonl", ".ndjson"), is_text=True),
    _Format("csv", "csv.opening", (), (".csv", ".tsv", ".txt"), is_text=True),
    _Format("raw", "npy.raw", (), ()),
)
"""The registry: each format by the bytes that it has at a place, in the order tried, and how its
files are usually called. What has no such bytes is CSV, if it looks like text; or headerless
binary, where its dtype is given."""

_HDF5 = next(known for known in _FORMATS if known.name == "hdf5")
_MOST_USER_BYTES = 1 << 24
_OF_MATLAB = b"MATLAB"

MAY_GROW = {"arrow_stream", "raw", *(known.name for known in _FORMATS if known.is_text)}
"""The formats of files that may become longer while they are read: they have no fixed length."""

_NAMED = {suffix: known.name for known in _FORMATS for suffix in known.suffixes}
"""The formats by the suffixes of their files."""

_USUAL = (("arrow", "arrow_stream"), ("zarr", "npz"))
"""Formats by the name and by the content that go together: Hugging Face Datasets writes streams,
and a zip archive is first taken for `.npz`."""


def formats() -> tuple[str, ...]:
    """The names of the formats that can be read."""
    return tuple(known.name for known in _FORMATS)


def suffixes() -> tuple[str, ...]:
    """How the names of files usually end that can be read."""
    return tuple(_NAMED)


def module_of(name: str) -> str:
    """The module in `sources` that opens files of a format."""
    return next(known.module for known in _FORMATS if known.name == name)


def format_of(
    file: Input, options: ReadOptions, warn: Callable[[str], None], *, is_stored: bool
) -> str:
    """The name of the format of a file.

    Args:
        file: The file, decompressed.
        options: How to read what the content does not say.
        warn: Takes a warning about a name that contradicts the content.
        is_stored: Whether these bytes are stored so, and not compressed.

    Raises:
        SettingsError: The format that is asked for does not exist.
        DataError: The file is of no format that is read.
    """
    named = _named_format(file, warn, is_stored=is_stored)
    if options.format is not None:
        if options.format not in formats():
            known, asked = ", ".join(formats()), excerpt(options.format)
            raise SettingsError(f"no such input format: {asked}; there are {known}")
        return options.format
    found = next((known for known in _FORMATS if known.is_begun(file.head)), None)
    if found is None and _has_user_block(file):
        found = _HDF5
    if options.raw is not None and (found is None or _is_minus_one(file.head)):
        return "raw"
    if found is None:
        if options.encoding == "utf-8":
            _check_text(file, named)
            if file.head[:1] == b"P" and not options.skip_rows:
                _check_no_image(file)
        return "csv"
    if named not in (None, found.name) and (named, found.name) not in _USUAL:
        warn(f"{file.path}: named as {named}, but the content is {found.name}: read as that")
    return found.name


def _has_user_block(file: Input) -> bool:
    """Whether a file is HDF5 behind a block of its user: of 512 bytes, 1024, and so on.

    Such a block is padded with NUL bytes, which text has not. That of MATLAB says that the axes are
    in another order, so such files are refused.
    """
    if file.size is None or b"\x00" not in file.head or file.head.startswith(_OF_MATLAB):
        return False
    (mark,), begin = _HDF5.magics, 512
    while begin + len(mark) <= min(file.size, _MOST_USER_BYTES):
        if file.read(begin, len(mark)) == mark:
            return True
        begin *= 2
    return False


def _named_format(file: Input, warn: Callable[[str], None], *, is_stored: bool) -> str | None:
    """The format that a file's name promises, if any; warns if it promises compression, too."""
    stem, suffix = os.path.splitext(file.path.lower())
    if suffix in COMPRESSED:
        if is_stored and not file.head.startswith(_ZIP):
            warn(f"{file.path}: named {suffix}, but the content is not compressed: read as it is")
        suffix = os.path.splitext(stem)[1]
    return _NAMED.get(suffix)


def _check_text(file: Input, named: str | None) -> None:
    """Refuse anything that is not plain text, or is named like another format."""
    from smoothl1.sources.foreign import (  # late: text needs it
        foreign_kind,
        is_binary,
        refusal,
        refuse_unknown,
    )

    is_array = file.head.startswith(b"[")
    head = file.read(0, _ARRAY_BYTES) if is_array else file.head
    if (kind := foreign_kind(head)) is not None:
        raise refusal(kind, file.path)
    for known in _FORMATS:
        if any(magic.startswith(file.head) for magic in known.magics if not known.offset):
            raise DataError(
                f"cut short: it ends after {len(file.head)} bytes, within the mark of {known.name}"
            )
    if b"\x00" in file.head or (is_binary(file.head) and not _may_be_utf8(file.head)):
        from smoothl1.sources.foreign_headers import kind_of_header
        from smoothl1.sources.foreign_records import kind_of_records

        kind = kind_of_header(file) or kind_of_records(file, None, sys.byteorder)
        if kind is not None:
            raise refusal(kind, file.path)
        if (encoding := _wide_encoding(file.head)) is not None:
            what = f"text in {encoding.upper()} without a byte order mark"
            raise DataError(what, hint=f"--encoding {encoding} reads CSV")
        refuse_unknown(file)
    if named not in (None, "csv"):
        raise DataError(
            f"not {named}, as its name says: it looks like text",
            hint="if it is CSV, give it a name in .csv; --format-in csv reads all inputs so",
        )


def _check_no_image(file: Input) -> None:
    """Refuse an image that is text; some are a table behind the lines of their header."""
    from smoothl1.sources.foreign import refusal
    from smoothl1.sources.foreign_headers import kind_of_text_image

    if (kind := kind_of_text_image(file)) is not None:
        raise refusal(kind, file.path)


def _wide_encoding(head: bytes) -> str | None:
    """The encoding of text whose characters have two bytes or four, if most of it is ASCII."""
    for encoding, width in (("utf-16le", 2), ("utf-16be", 2), ("utf-32le", 4), ("utf-32be", 4)):
        try:
            text = head[: len(head) // width * width].decode(encoding)
        except UnicodeDecodeError:
            continue
        n_ascii = sum(x.isascii() and (x.isprintable() or x.isspace()) for x in text)
        if "\0" not in text and n_ascii * 2 > len(text):
            return encoding
    return None


def _is_minus_one(head: bytes) -> bool:
    """Whether a file begins with the integer -1 or a NaN, not with a message of Arrow.

    The message has a length that is a multiple of 8, and then the place of its table, within it.
    """
    length, place = (int.from_bytes(head[i : i + 4], "little") for i in (4, 8))
    is_there = min(8 + length, HEAD_BYTES) <= len(head)
    is_message = is_there and length % 8 == 0 and 0 < place < length and place % 4 == 0
    return head.startswith(b"\xff\xff\xff\xff") and not is_message


def _may_be_utf8(head: bytes) -> bool:
    """Whether the beginning of a file is UTF-8, but for a character that is cut."""
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4 and len(head) == HEAD_BYTES
    return True
