"""What the writers of pyarrow share: losses as record batches, and files that stay unfinished."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

    from numpy.typing import NDArray


def batch_of(losses: NDArray[Any], keys: Sequence[pa.Array], schema: pa.Schema) -> pa.RecordBatch:
    """Some rows as a record batch: the keys, then a column for each element of a row.

    Args:
        losses: The losses of whole rows, flat.
        keys: For each key column a value for each row.
        schema: The schema of keys and losses.
    """
    columns = losses.reshape(-1, len(schema) - len(keys)).T
    return pa.record_batch([*keys, *(pa.array(column) for column in columns)], schema=schema)


class Detachable:
    """A file that can be detached: pyarrow's writers write a footer even when discarded."""

    def __init__(self, file: BinaryIO) -> None:
        self.closed = False
        self._file: BinaryIO | None = file

    def write(self, data: bytes) -> int:
        return len(data) if self._file is None else self._file.write(data)

    def flush(self) -> None:
        if self._file is not None:
            self._file.flush()

    def detach(self) -> None:
        """Drop everything written from now on."""
        self._file = None
