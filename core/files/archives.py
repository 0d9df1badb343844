"""Zip archives: whether one is whole, and that of one file, which is read as that file."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from typing import TYPE_CHECKING

from smoothl1.errors import DataError, SmoothL1Error
from smoothl1.files.stream import InputStream, Seekable

if TYPE_CHECKING:
    from typing import IO

    from smoothl1.files.contract import Input, SeekableInput

FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    OSError,  # bzip2 has no error of its own
    UnicodeDecodeError,  # a name that is said to be UTF-8
    EOFError,
    NotImplementedError,
    RuntimeError,
)
"""What Python's zipfile raises if an archive is damaged, encrypted or of an unknown method."""

_NAME_BYTES, _NAME = slice(26, 28), 30
_OF_MAC = "__MACOSX/"
"""The folder in which macOS notes what other systems do not know."""

_ENCRYPTED = 1
_MEMBER, _END, _END_BYTES = b"PK\3\4", b"PK\5\6", 22
"""How a member and the end record of an archive begin, and the bytes of that without comment."""


def whole_archive(file: SeekableInput) -> zipfile.ZipFile:
    """A zip archive that is all of its file.

    Raises:
        DataError: It is broken, there are bytes behind it, or another archive before it.
    """
    if not file.head.startswith((_MEMBER, _END)):
        raise DataError(f"not a zip archive: it begins with {file.head[:4]!r}")
    try:
        archive = zipfile.ZipFile(Seekable(file))
    except SmoothL1Error:
        raise
    except (*FAULTS, ValueError) as error:  # a position before the beginning
        fault = file.fault  # before what is read next replaces it
        what = f"broken zip archive: {_words_of(error)}"
        if fault is None and not zipfile.is_zipfile(Seekable(file)):
            what = "broken zip archive: its end, which lists the files, is not there: cut short?"
        raise fault or DataError(what) from error
    n_end = _END_BYTES + len(archive.comment)
    if file.read(max(0, file.size - n_end), len(_END)) != _END:
        raise DataError("bytes after the end of the zip archive")
    members = archive.infolist()
    if not all(info.filename for info in members):
        raise DataError("broken zip archive: a member has no name")
    if members and min(info.header_offset for info in members) > 0:
        what = "several files, one behind the other: the directory of the last one counts for all"
        raise DataError(f"{what} [give them as they are, by a pattern or a folder]")
    return archive


def opened_member(
    file: SeekableInput, archive: zipfile.ZipFile, info: zipfile.ZipInfo, what: str
) -> IO[bytes]:
    """A member of a zip archive, to be read.

    Args:
        file: The file of the archive.
        archive: The archive.
        info: The member.
        what: The member in words, for messages.

    Raises:
        DataError: The member is encrypted, or compressed by an unknown method.
    """
    if info.flag_bits & _ENCRYPTED:
        raise DataError(f"{what} is encrypted")
    try:
        return archive.open(info)
    except SmoothL1Error:
        raise
    except (*FAULTS, ValueError) as error:  # a name that is no text before the member
        # zipfile takes a fault of the file for the end of the archive
        raise file.fault or DataError(f"{what} cannot be opened: {_words_of(error)}") from error


def only_member(file: Input) -> InputStream | None:
    """The only file of a zip archive as a stream, whose checksum is verified.

    Args:
        file: A zip archive, which the stream closes.

    Returns:
        None if the archive has another number of files, or holds arrays.

    Raises:
        DataError: The archive is not whole, or its only file is empty, encrypted, or compressed by
            an unknown method.
    """
    if _first_name(file.head).endswith(b".npy"):
        return None
    seekable = file.seekable()
    archive = whole_archive(seekable)
    members = [
        info
        for info in archive.infolist()
        if not (info.is_dir() or info.filename.startswith(_OF_MAC))
    ]
    if len(members) != 1 or members[0].filename.endswith(".npy"):
        return None
    reader = opened_member(seekable, archive, members[0], "the only file of the zip archive")
    return InputStream(file.path, reader, "zip data", FAULTS, file)


def _words_of(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "a name is marked as UTF-8, and is not"
    return str(error)


def _first_name(head: bytes) -> bytes:
    """The name of the first member, as far as the first bytes of an archive hold it."""
    return head[_NAME : _NAME + int.from_bytes(head[_NAME_BYTES], "little")]
