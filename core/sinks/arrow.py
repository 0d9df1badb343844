"""Losses as an Arrow IPC file, which is Feather of version 2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa

from smoothl1.files.detachable import Detachable
from smoothl1.sinks.batches import batch_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from smoothl1.sinks.contract import Layout


class ArrowSink:
    """A sink that writes the key columns, and a column for each element of a row."""

    def __init__(self, file: BinaryIO, layout: Layout) -> None:
        self.dtype = layout.dtype
        self._file = Detachable(file)
        self._schema = layout.schema
        self._writer = pa.ipc.new_file(pa.PythonFile(self._file, mode="w"), self._schema)

    def encoded(self, losses: NDArray[Any], carried: Sequence[pa.Array] = ()) -> pa.RecordBatch:
        return batch_of(losses, carried, self._schema)

    def write(self, encoded: pa.RecordBatch) -> None:
        self._writer.write_batch(encoded)

    def close(self) -> None:
        self._writer.close()
        self._file.flush()

    def abandon(self) -> None:
        self._file.detach()


def open_sink(file: BinaryIO, layout: Layout) -> ArrowSink:
    """Begin to write; see `contract.Opener`."""
    return ArrowSink(file, layout)
