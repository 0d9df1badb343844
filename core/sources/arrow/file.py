"""Arrow IPC files (Feather version 2): read a record batch at a time."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pyarrow as pa

from smoothl1.sources.arrow.noted_index import is_noted, with_noted_index
from smoothl1.sources.arrow.opening import arrow_file
from smoothl1.sources.arrow.pyarrow_errors import LIBRARY_ERRORS, data_error
from smoothl1.sources.arrow.schema import numeric_columns, readable
from smoothl1.sources.arrow.stream import BatchTable
from smoothl1.sources.arrow.whole import check_ipc_footer, check_one_ipc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from smoothl1.files.contract import Input, SeekableInput
    from smoothl1.read_options import ReadOptions
    from smoothl1.sources.table import Needs


def open_table(
    file: Input, options: ReadOptions, needs: Needs, warn: Callable[[str], None]
) -> BatchTable:
    """Open an Arrow IPC file; see `table.Opener`."""
    seekable = file.seekable()
    check_ipc_footer(seekable)
    try:
        with arrow_file(seekable) as raw:
            schema = readable(pa.ipc.open_file(raw).schema)
    except LIBRARY_ERRORS as error:
        raise data_error(error, "Arrow IPC file", seekable) from error
    check_one_ipc(seekable)
    if is_noted(schema):
        with contextlib.suppress(*LIBRARY_ERRORS):  # a broken batch is reported when it is read
            schema = with_noted_index(schema, _count_rows(seekable, schema))
    return BatchTable(seekable, schema, _batches, "arrow", needs.allow_missing)


def _count_rows(file: SeekableInput, schema: pa.Schema) -> int:
    """The rows of all record batches; no more than a column of numbers is read to count them."""
    first = numeric_columns(schema)
    place = first.index(True) if True in first else 0
    options = pa.ipc.IpcReadOptions(included_fields=[place], use_threads=False)
    with arrow_file(file) as raw:
        reader = pa.ipc.open_file(raw, options=options)
        return sum(reader.get_batch(i).num_rows for i in range(reader.num_record_batches))


def _batches(file: SeekableInput, wanted: Sequence[int]) -> Iterator[pa.RecordBatch]:
    options = pa.ipc.IpcReadOptions(included_fields=list(wanted), use_threads=False)
    with arrow_file(file) as raw:
        reader = pa.ipc.open_file(raw, options=options)
        for i in range(reader.num_record_batches):
            yield reader.get_batch(i)
