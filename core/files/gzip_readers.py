"""Decompressors of gzip: Python's, which finds and names every fault, and faster ones.

A faster one only delivers. As soon as it declines, Python's reads everything again, and goes on
from there. So faults, their words and the bytes before them do not depend on what is installed.
"""

from __future__ import annotations

import gzip
import io
import zlib
from typing import TYPE_CHECKING

from smoothl1.files.bgzf import BlockReader, is_bgzf
from smoothl1.files.stream import Cursor

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from smoothl1.files.contract import Input
    from smoothl1.files.stream import Reader

FAULTS = (EOFError, zlib.error, gzip.BadGzipFile)
"""What Python's decompressor raises if the data are damaged."""

_ARROW_FROM_BYTES = 1 << 20
"""Importing pyarrow takes longer than decompressing a smaller file."""


class Hastened:
    """Reads by a fast decompressor, and by the exact one from where the fast one declines.

    Args:
        fast: Raises whatever it raises where it declines. What it delivers before is right.
        exact: Opens the exact one, at the beginning of the data.
    """

    def __init__(self, fast: Reader, exact: Callable[[], Reader]) -> None:
        self._reader = fast
        self._exact: Callable[[], Reader] | None = exact
        self._n_read = 0

    def read(self, n_bytes: int, /) -> bytes:
        """Read that many bytes; fewer only at the end."""
        data = None
        if self._exact is not None:
            try:
                data = self._reader.read(n_bytes)
            except Exception:  # noqa: BLE001  each decompressor has errors of its own
                self._fall_back(self._exact(), n_bytes)
        data = self._reader.read(n_bytes) if data is None else data
        self._n_read += len(data or b"")
        return data or b""

    def close(self) -> None:
        self._reader.close()

    def _fall_back(self, exact: Reader, n_bytes: int) -> None:
        """Go on with the exact decompressor, a step at a time up to where the fast one came."""
        self._reader.close()
        self._reader, self._exact = exact, None
        while self._n_read and (data := exact.read(min(n_bytes, self._n_read))):
            self._n_read -= len(data)


def gzip_reader(file: Input, n_threads: int) -> Reader:
    """The content of all gzip members of an input.

    Args:
        file: A file, or a stream, which is read by Python's decompressor.
        n_threads: Number of threads that may decompress.
    """

    def exact() -> Reader:
        return gzip.GzipFile(fileobj=Cursor(file), mode="rb")

    if file.size is None:  # a stream cannot be read again
        return exact()
    fast = _fast_reader(file, file.size, n_threads)
    return exact() if fast is None else Hastened(fast, exact)


def _fast_reader(file: Input, n_bytes: int, n_threads: int) -> Reader | None:
    """The fastest decompressor that is installed; None where Python's is as good."""
    isal = _isal()
    if is_bgzf(file.head):
        return io.BufferedReader(BlockReader(file, isal or zlib, n_threads))
    if isal is not None:
        from isal import igzip

        return igzip.GzipFile(fileobj=Cursor(file), mode="rb")  # type: ignore[no-untyped-call]
    if n_bytes < _ARROW_FROM_BYTES:
        return None
    import pyarrow as pa

    reader: Reader = pa.CompressedInputStream(pa.PythonFile(Cursor(file), mode="r"), "gzip")
    return reader


def _isal() -> ModuleType | None:
    """The module of ISA-L that offers what `zlib` does, if the extra `fast` is installed."""
    try:
        from isal import isal_zlib
    except ImportError:
        return None
    return isal_zlib
