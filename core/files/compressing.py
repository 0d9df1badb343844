"""Outputs that are compressed as they are written: gzip and zstd."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, BinaryIO, cast

from smoothl1.files.detachable import Detachable

if TYPE_CHECKING:
    from collections.abc import Iterator

SUFFIXES = {".gz": "gzip", ".gzip": "gzip", ".zst": "zstd", ".zstd": "zstd"}
"""The codec that each suffix of a file's name asks for."""

_GZIP_LEVEL = 6
_BUFFER_BYTES = 1 << 16


@contextlib.contextmanager
def compressed(file: BinaryIO, codec: str | None) -> Iterator[BinaryIO]:
    """A file whose content is compressed on its way to another.

    The bytes depend on the content alone: gzip notes neither a time nor a name.

    Args:
        file: A file open for writing bytes. It stays open.
        codec: "gzip" or "zstd"; None leaves the content as it is.

    Yields:
        A file open for writing bytes, which cannot seek. It is complete when the context ends
        without an error.
    """
    if codec is None:
        yield file
        return
    target = Detachable(file)
    with _packed(target, codec) as packed:
        try:
            yield packed
        except BaseException:
            target.detach()  # a pipe must not get an end, as if the content were whole
            raise


@contextlib.contextmanager
def _packed(target: Detachable, codec: str) -> Iterator[BinaryIO]:
    if codec == "gzip":
        import gzip
        import io

        with (
            gzip.GzipFile("", "wb", _GZIP_LEVEL, cast("BinaryIO", target), mtime=0) as packed,
            io.BufferedWriter(packed, _BUFFER_BYTES) as buffered,
        ):
            yield cast("BinaryIO", buffered)
    else:
        import pyarrow as pa

        with pa.CompressedOutputStream(pa.PythonFile(target, mode="w"), codec) as packed:
            yield cast("BinaryIO", packed)
