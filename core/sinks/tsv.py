"""Losses as TSV: a header row, then one tab-separated line for each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from smoothl1.errors import DataError
from smoothl1.sinks.text import TextSink

if TYPE_CHECKING:
    from smoothl1.sinks.contract import Layout


def open_sink(file: BinaryIO, layout: Layout) -> TextSink:
    """Begin to write; see `contract.Opener`.

    Raises:
        DataError: The name of a column has a tab or a line end, for which TSV has no room.
    """
    names = [column.name for column in layout.carried] + layout.column_names
    for name in names:
        if set(name) & set("\t\r\n"):
            raise DataError(f"column {name!r}: TSV has no room for it", hint="write .csv")
    file.write(("\t".join(names) + "\n").encode("utf-8", "surrogateescape"))
    return TextSink(file, layout)
