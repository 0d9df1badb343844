"""Numbers that a format with types stores as text: of such columns, the first values are read.

The cells of a CSV were read when it was opened. Parquet and Arrow IPC say only that a column is
text. pandas writes a column as text if one of its values is: a unit, a mark of a missing value.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from smoothl1.sources.beginning import first_blocks
from smoothl1.sources.contract import Wanted
from smoothl1.sources.counting import keep_streams
from smoothl1.sources.ids import is_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.sources.table import Table

_N_ROWS = 1024
_WHOLE = re.compile(r"[+-]?[0-9]+")
_PADDED = re.compile(r"0[0-9]")
_FRACTION = re.compile(r"[+-]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def numbers_as_text(table: Table, names: Sequence[str], *, are_whole: bool) -> str | None:
    """The first column of text whose first values may be numbers.

    Args:
        table: A table. Its first rows are read if it has such columns; a stream is kept.
        names: Names of its columns that play no other part.
        are_whole: Whether the only column of numbers holds whole numbers. Then whole numbers as
            text, and words for true and false, may be meant; beside fractions, they are labels.
    """
    free, n_of_name = {*names}, Counter(table.names)
    unseen = [
        name
        for name, info in zip(table.names, table.columns, strict=True)
        if info.is_unseen and name in free and n_of_name[name] == 1
        if not (info.names_rows or is_id(name))
    ]
    if not unseen:
        return None
    keep_streams([table])
    source = table.select(Wanted((), shared=tuple(unseen)))
    values: list[list[bytes | str | None]] = [[] for _ in unseen]
    for block in first_blocks(source, _N_ROWS):
        for held, column in zip(values, block.shared, strict=True):
            held.extend(column.to_pylist())
    columns = zip(unseen, values, strict=True)
    return next((name for name, held in columns if _may_be_numbers(held, are_whole)), None)


def _may_be_numbers(values: Sequence[bytes | str | None], are_whole: bool) -> bool:
    """Whether the first value that stands for no missing value, or half of them, may be numbers."""
    from smoothl1.sources.notations import (
        MISSING_MARK,
        are_mostly_numbers,
        is_flag,
        may_be_number,
    )

    texts = [
        value.decode(errors="replace") if isinstance(value, bytes) else str(value or "")
        for value in values
    ]
    texts = [text for text in map(str.strip, texts) if text and not MISSING_MARK.fullmatch(text)]
    if not texts:
        return False
    if _WHOLE.fullmatch(texts[0]) or is_flag(texts[0]):
        is_number = are_whole and not _PADDED.match(texts[0])
    else:
        is_number = bool(_FRACTION.fullmatch(texts[0])) or may_be_number(texts[0])
    return is_number or are_mostly_numbers(texts, with_whole=are_whole)
