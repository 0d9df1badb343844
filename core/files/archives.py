"""A zip archive of one file, which is read as that file."""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING

from smoothl1.errors import DataError, SmoothL1Error
from smoothl1.files.stream import InputStream, Seekable

if TYPE_CHECKING:
    from smoothl1.files.contract import Input

FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""What Python's zipfile raises if an archive is damaged, encrypted or of an unknown method."""

_NAME_BYTES, _NAME = slice(26, 28), 30
_OF_MAC = "__MACOSX/"
"""The folder in which macOS notes what other systems do not know."""

_ENCRYPTED = 1


def only_member(file: Input) -> InputStream | None:
    """The only file of a zip archive as a stream, whose checksum is verified.

    Args:
        file: A zip archive, which the stream closes.

    Returns:
        None if the archive has another number of files, or holds arrays, or is broken.

    Raises:
        DataError: The only file is empty, encrypted, or compressed by an unknown method.
    """
    if _first_name(file.head).endswith(b".npy"):
        return None
    try:
        archive = zipfile.ZipFile(Seekable(file.seekable()))
    except SmoothL1Error:
        raise
    except (*FAULTS, ValueError, OSError):
        return None  # whoever reads archives of arrays says what is wrong
    members = [
        info
        for info in archive.infolist()
        if not (info.is_dir() or info.filename.startswith(_OF_MAC))
    ]
    if len(members) != 1 or members[0].filename.endswith(".npy"):
        return None
    if members[0].flag_bits & _ENCRYPTED:
        raise DataError("the only file of the zip archive is encrypted", path=file.path)
    try:
        reader = archive.open(members[0])
    except SmoothL1Error:
        raise
    except (*FAULTS, OSError) as error:
        what = f"the only file of the zip archive cannot be opened: {error}"
        raise file.seekable().fault or DataError(what, path=file.path) from error
    return InputStream(file.path, reader, "zip data", FAULTS, file)


def _first_name(head: bytes) -> bytes:
    """The name of the first member, as far as the first bytes of an archive hold it."""
    return head[_NAME : _NAME + int.from_bytes(head[_NAME_BYTES], "little")]
