"""Losses as text: one line for each row, with the shortest digits that read back to the number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from smoothl1.sinks.lines import lines_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.sinks.contract import Layout


class TextSink:
    """A sink that writes rows as lines: columns carried, then losses, separated by a delimiter.

    Args:
        file: A file open for writing bytes.
        layout: The shape, dtype and columns of the losses.
        delimiter: One ASCII character.
        are_quoted: Whether texts are quoted where CSV needs it.
    """

    def __init__(
        self, file: BinaryIO, layout: Layout, delimiter: str = "\t", *, are_quoted: bool = False
    ) -> None:
        self.dtype = layout.dtype
        self._file = file
        self._width = layout.row_elements
        self._delimiter = delimiter
        self._are_quoted = are_quoted

    def encoded(self, losses: NDArray[Any], carried: Sequence[pa.Array] = ()) -> bytes | bytearray:
        if not carried:
            return lines_of(losses, self._width, self._delimiter)
        from smoothl1.sinks.first_cells import prefixes_of  # late: pyarrow

        prefixes = prefixes_of(carried, self._delimiter, are_quoted=self._are_quoted)
        return lines_of(losses, self._width, self._delimiter, prefixes)

    def write(self, encoded: bytes | bytearray) -> None:
        self._file.write(encoded)

    def close(self) -> None:
        self._file.flush()

    def abandon(self) -> None:
        """Do nothing: no data is buffered that could still be written."""


def open_sink(file: BinaryIO, layout: Layout) -> TextSink:
    """Begin to write; see `contract.Opener`."""
    return TextSink(file, layout)
