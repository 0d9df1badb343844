"""Losses as Parquet, with page checksums: without them a flipped bit cannot be detected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from smoothl1.errors import SettingsError
from smoothl1.files.detachable import Detachable
from smoothl1.sinks.batches import batch_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from smoothl1.sinks.contract import Layout

_MAX_COLUMNS = 1000
_ROW_GROUP_BYTES = 1 << 24
"""Bytes of numbers in a row group, before encoding; a writer holds one row group in memory."""


class ParquetSink:
    """A sink that writes the key columns, and a column for each element of a row."""

    def __init__(self, file: BinaryIO, layout: Layout) -> None:
        if layout.row_elements > _MAX_COLUMNS:
            raise SettingsError(
                f"rows of {layout.row_elements} elements are too many columns for Parquet, at most "
                f"{_MAX_COLUMNS}",
                hint="write .npy",
            )
        self.dtype = layout.dtype
        self._file = Detachable(file)
        self._schema = layout.schema
        names = self._schema.names[len(layout.carried) :]
        self._writer = pq.ParquetWriter(
            self._file,
            self._schema,
            write_page_checksum=True,
            compression="zstd",
            compression_level=1,
            # Losses hardly repeat, but their exponents are much alike.
            use_dictionary=[column.name for column in layout.carried],
            use_byte_stream_split=[] if layout.dtype == np.float16 else names,
        )
        row_bytes = max(1, layout.row_elements * layout.dtype.itemsize)
        self._group_rows = max(1, _ROW_GROUP_BYTES // row_bytes)

    def encoded(self, losses: NDArray[Any], carried: Sequence[pa.Array] = ()) -> pa.RecordBatch:
        return batch_of(losses, carried, self._schema)

    def write(self, encoded: pa.RecordBatch) -> None:
        self._writer.write_batch(encoded, row_group_size=self._group_rows)

    def close(self) -> None:
        self._writer.close()
        self._file.flush()

    def abandon(self) -> None:
        self._file.detach()


def open_sink(file: BinaryIO, layout: Layout) -> ParquetSink:
    """Begin to write; see `contract.Opener`."""
    return ParquetSink(file, layout)
