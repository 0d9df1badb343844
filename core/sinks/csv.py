"""Losses as CSV: a header row, then one line for each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from smoothl1.sinks.csv_lines import csv_lines
from smoothl1.sinks.text import TextSink

if TYPE_CHECKING:
    from smoothl1.sinks.contract import Layout


def open_sink(file: BinaryIO, layout: Layout) -> TextSink:
    """Begin to write; see `contract.Opener`."""
    names = [column.name for column in layout.carried] + layout.column_names
    file.write(csv_lines([names]).encode("utf-8", "surrogateescape"))
    return TextSink(file, layout, delimiter=",", are_quoted=True)
