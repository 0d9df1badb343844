"""Text that a file does not mark as text: of such columns of bytes, the first values are read.

Impala, old versions of Spark and Hive, and fastparquet write text so. Other bytes are images or
digests, which are not compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.sources.beginning import first_blocks
from smoothl1.sources.contract import Wanted
from smoothl1.sources.counting import keep_streams

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from smoothl1.sources.table import Table

_N_ROWS = 16
_MOST_BYTES = 64
"""Values of so many bytes may be names; longer ones are text only if those of another input are."""


def texts_in_bytes(tables: Sequence[Table], paired: Collection[int]) -> list[frozenset[str]]:
    """The names of the columns of each table whose bytes seem to be text.

    Args:
        tables: The tables. Their first rows are read where they have columns of bytes whose name
            another one has, too; streams are kept.
        paired: Which tables are paired by position.
    """
    kinds = [
        {name.casefold(): info.kind for name, info in zip(table.names, table.columns, strict=True)}
        for table in tables
    ]
    found = []
    for i, table in enumerate(tables):
        others = [kinds[other] for other in paired if other != i and i in paired]
        names = {
            name: any(of_other.get(name.casefold()) == "text" for of_other in others)
            for name, info in zip(table.names, table.columns, strict=True)
            if info.kind == "bytes" and table.names.count(name) == 1
            if any(name.casefold() in of_other for of_other in others)
        }
        found.append(_texts_of(table, names) if names else frozenset())
    return found


def _texts_of(table: Table, names: dict[str, bool]) -> frozenset[str]:
    """Which columns are text in the first rows.

    Args:
        table: The table.
        names: Columns of bytes, and for each whether another input has text under its name.
    """
    keep_streams([table])
    source = table.select(Wanted((), shared=tuple(names)))
    values: list[list[bytes | None]] = [[] for _ in names]
    for block in first_blocks(source, _N_ROWS):
        for held, column in zip(values, block.shared, strict=True):
            held.extend(column.to_pylist())
    columns = zip(names, values, strict=True)
    return frozenset(name for name, held in columns if _are_text(held, is_long=names[name]))


def _are_text(values: Sequence[bytes | None], *, is_long: bool) -> bool:
    """Whether values are text in UTF-8 without control characters."""
    held = [value for value in values if value is not None]
    if not held or not (is_long or max(map(len, held)) <= _MOST_BYTES):
        return False
    try:
        texts = [value.decode() for value in held]
    except UnicodeDecodeError:
        return False
    return not any(character < " " and character not in "\t\r\n" for x in texts for character in x)
