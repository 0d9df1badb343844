"""Whether what is stored of a record batch can be read, without its texts written out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.sources.arrow.repeated_values import is_view, places_of
from smoothl1.sources.arrow.text_lengths import text_lengths

if TYPE_CHECKING:
    import pyarrow as pa


def validate(batch: pa.RecordBatch) -> None:
    """Check all offsets, places and texts of a record batch.

    Arrow looks at the text of each view, though any number of views may be of one text. Where
    they are, each different view is looked at once.

    Raises:
        pyarrow.ArrowInvalid: The batch is broken.
    """
    batch.validate()
    for column in batch.columns:
        if is_view(column.type) and text_lengths(column).sum() > column.get_total_buffer_size():
            _, column = places_of(column)  # noqa: PLW2901
        column.validate(full=True)
