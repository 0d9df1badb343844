"""gzip and zstd around any format, detected from the content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.errors import DataError

if TYPE_CHECKING:
    from smoothl1.files.contract import Input

_MAX_DEPTH = 3

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


def decompressed(file: Input) -> Input:
    """The decompressed content of an input, however often compressed; else the input itself.

    Raises:
        DataError: The input is compressed too many times.
    """
    for _ in range(_MAX_DEPTH):
        if not file.head.startswith((_GZIP, _ZSTD)):
            return file
        from smoothl1.files import codecs  # late: most inputs are not compressed

        file = codecs.gunzip(file) if file.head.startswith(_GZIP) else codecs.unzstd(file)
    raise DataError(f"compressed more than {_MAX_DEPTH} times", path=file.path)
