"""Columns that are carried, as the first cells of lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from smoothl1.errors import DataError
from smoothl1.labels.texts import as_texts, with_nulls
from smoothl1.sinks.lines import lines_of
from smoothl1.sources.columns import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

_SPECIAL_IN_TEXT = "[\t\r\n]"
_SPECIAL_IN_CSV = '[,"\r\n]'


def prefixes_of(carried: Sequence[pa.Array], delimiter: str, *, are_quoted: bool) -> pa.Array:
    """What each row begins with: the cells of the columns carried, and the delimiter after each.

    Args:
        carried: For each column, at least one, a value for each row.
        delimiter: The delimiter of cells.
        are_quoted: Whether cells are quoted where CSV needs it.

    Returns:
        An array of the type large_string.

    Raises:
        DataError: A text cannot be written without quotes.
    """
    to_cells = _quoted if are_quoted else _plain
    empty = pa.scalar("", pa.large_string())
    cells = [
        to_cells(texts_with_nulls(column).cast(pa.large_string()).fill_null(empty))
        for column in carried
    ]
    return pc.binary_join_element_wise(*cells, empty, pa.scalar(delimiter, pa.large_string()))


def texts_with_nulls(column: pa.Array) -> pa.Array:
    """Values as text, missing ones as null; fractions with the fewest digits that read back."""
    return with_nulls(column, _fractions if pa.types.is_floating(column.type) else as_texts)


def _fractions(numbers: pa.Array) -> pa.Array:
    return pa.array(lines_of(numbers.to_numpy(), 1, "\t").decode().splitlines(), pa.string())


def _quoted(texts: pa.Array) -> pa.Array:
    """Texts as cells, quoted where necessary."""
    are_special = pc.match_substring_regex(texts, _SPECIAL_IN_CSV)
    if not pc.any(are_special).as_py():
        return texts
    quote, nothing = (pa.scalar(text, pa.large_string()) for text in ('"', ""))
    doubled = pc.replace_substring(texts, '"', '""')
    cells = pc.binary_join_element_wise(quote, doubled, quote, nothing)
    return pc.if_else(are_special, cells, texts)


def _plain(texts: pa.Array) -> pa.Array:
    are_special = pc.match_substring_regex(texts, _SPECIAL_IN_TEXT)
    if pc.any(are_special).as_py():
        first = texts.filter(are_special)[0].as_py()
        raise DataError(f"{shown(first)} holds a tab or a line end", hint="-f csv quotes such text")
    return texts
