"""Losses as `.npy`, version 1.0, C order, native byte order. It has no room for other columns."""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from smoothl1.files.spools import open_spool, spool_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.sinks.contract import Layout

_SPOOLED = "losses"
"""What a temporary copy holds, for messages."""

_MAGIC = b"\x93NUMPY\x01\x00"
_ALIGNMENT = 64
_MOST_ROWS = 10**19 - 1
"""More rows than any file can hold: the header leaves room for this count, written last."""


class NpySink:
    """A sink that fills in an unknown row count at the end: the header is before the data.

    If the output cannot seek (a pipe), the data waits in a temporary file until then.
    """

    def __init__(self, file: BinaryIO, layout: Layout) -> None:
        self.dtype = layout.dtype
        self._layout = layout
        self._output = file
        self._n_elements = 0
        self._spool: BinaryIO | None = None
        if self._is_complete or file.seekable():
            self._begin = file.tell() if file.seekable() else 0
            file.write(self._header(_MOST_ROWS))
        else:
            self._spool = open_spool(_SPOOLED)

    @property
    def _is_complete(self) -> bool:
        return None not in self._layout.shape

    def encoded(self, losses: NDArray[Any], carried: Sequence[pa.Array] = ()) -> NDArray[Any]:
        return losses

    def write(self, encoded: NDArray[Any]) -> None:
        if self._spool is None:
            self._output.write(encoded.view(np.uint8).data)
        else:
            self._write_spool(self._spool, encoded)
        self._n_elements += encoded.size

    def _write_spool(self, spool: BinaryIO, losses: NDArray[Any]) -> None:
        with spool_errors(_SPOOLED):
            spool.write(losses.view(np.uint8).data)

    def close(self) -> None:
        header = self._header(self._n_elements // max(1, self._layout.row_elements))
        if self._spool is not None:
            self._output.write(header)
            with spool_errors(_SPOOLED):
                self._spool.seek(0)
            shutil.copyfileobj(self._spool, self._output, 1 << 20)
            self._spool.close()
        elif not self._is_complete:
            self._output.seek(self._begin)
            self._output.write(header)
        self._output.flush()

    def abandon(self) -> None:
        if self._spool is not None:
            with suppress(OSError):  # what is left in its buffer may find the disk full again
                self._spool.close()

    def _header(self, n_rows: int) -> bytes:
        """The header for that many rows, if the layout does not say; always of the same length."""
        longest = self._dictionary(_MOST_ROWS)
        padding = -(len(_MAGIC) + 2 + len(longest) + 1) % _ALIGNMENT
        text = self._dictionary(n_rows).ljust(len(longest) + padding) + "\n"
        return _MAGIC + len(text).to_bytes(2, "little") + text.encode("ascii")

    def _dictionary(self, n_rows: int) -> str:
        shape = tuple(n_rows if length is None else length for length in self._layout.shape)
        descr = np.lib.format.dtype_to_descr(self.dtype)
        return f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape!r}, }}"


def open_sink(file: BinaryIO, layout: Layout) -> NpySink:
    """Begin to write; see `contract.Opener`."""
    return NpySink(file, layout)
