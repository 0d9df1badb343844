"""Times of 96 bits (INT96), as Spark, Hive and Impala store them in Parquet.

pyarrow reads them as nanoseconds in 64 bits, and years before 1677 and after 2262 wrap around in
silence: 9999-12-31 is 1816-03-29. So labels are looked at in seconds, too, which have room for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from smoothl1.errors import DataError
from smoothl1.sources.arrow.opened_parquet import opened_parquet
from smoothl1.sources.columns import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow.parquet as pq

    from smoothl1.files.contract import SeekableInput

_MOST_S = (1 << 63) // 10**9 - 1
"""Seconds before and after 1970 that 64 bits of nanoseconds have room for."""

_BATCH_ROWS = 1 << 16

_HINT = (
    "write the column in microseconds: spark.sql.parquet.outputTimestampType=TIMESTAMP_MICROS "
    "in Spark"
)


def check_times(
    file: SeekableInput,
    metadata: pq.FileMetaData,
    group: int,
    columns: Mapping[int, str],
    first_row: int,
) -> None:
    """Refuse times of a row group that nanoseconds in 64 bits have no room for.

    Args:
        file: The file.
        metadata: Its footer.
        group: The row group.
        columns: The names of columns of times, by their places as Parquet counts columns.
        first_row: The number of rows before the group, for the message.

    Raises:
        DataError: There is one in a column of 96 bits.
    """
    row_group = metadata.row_group(group)
    long = [leaf for leaf in columns if row_group.column(leaf).physical_type == "INT96"]
    if not long:
        return
    with opened_parquet(file, metadata, whole=False, unit_of_96_bits="s") as opened:
        for batch in opened.reader.iter_batches(
            _BATCH_ROWS, row_groups=[group], column_indices=long, use_threads=False
        ):
            for leaf, times in zip(long, batch.columns, strict=True):
                beyond = pc.greater(pc.abs(times.cast(pa.int64())), _MOST_S)
                row = pc.index(beyond, pa.scalar(value=True)).as_py()
                if row >= 0:
                    where = f"row {first_row + row + 1}, column {shown(columns[leaf])}"
                    text = times[row].cast(pa.string()).as_py()
                    what = f"{text} is stored in 96 bits, and read from 1677 to 2262 alone"
                    raise DataError(f"{where}: {what}", hint=_HINT)
            first_row += batch.num_rows
