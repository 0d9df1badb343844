"""The columns of JSON Lines as those of a CSV file, known from the first objects."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any

from smoothl1.sources.csv.cells import is_number
from smoothl1.sources.csv.first_lines import (
    FEW_BYTES,
    flags_and_texts,
    kind_of_cell,
    numbers_below,
)
from smoothl1.sources.csv.first_row import Cell, FirstRow
from smoothl1.sources.csv.layout import Layout
from smoothl1.sources.csv.rows import MISSING
from smoothl1.sources.json_lines.rows import text_of
from smoothl1.sources.nested_fields import RECORD

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from smoothl1.read_options import ReadOptions

_NESTED: dict[type, str] = {dict: RECORD, list: "list"}


def layout_of(
    path: str,
    names: Sequence[str],
    objects: Sequence[dict[str, Any]],
    records: Collection[str],
    options: ReadOptions,
) -> Layout:
    """The layout of the rows that `rows.rows_of` makes of all columns.

    Args:
        path: The file.
        names: The names in the first objects.
        objects: These objects, at least one.
        records: The columns whose objects of one field are the value of that field.
        options: How it is read, as a CSV file with a header.
    """

    @cache  # most cells of very many columns are alike
    def cell_of(text: str) -> Cell:
        return Cell(text, kind_of_cell(text, options))

    def cells_of(found: dict[str, Any]) -> list[Cell]:
        texts = (text_of(found.get(name), is_record=name in records) for name in names)
        return [cell_of(_read(text)) for text in texts]

    header = tuple(map(_read, names))
    first = cells_of(objects[0])
    sample = partial(_first_rows, first, objects, cells_of)
    flags, texts = flags_and_texts(first, header, sample)
    return Layout(
        path=path,
        delimiter=options.delimiter,
        decimal=options.decimal,
        first_row=FirstRow(()),
        has_header=True,
        is_settled=True,
        is_counted=False,
        reason="",
        missing=(*MISSING, *options.missing_values),
        has_missing_numbers=any(is_number(x, options.decimal) for x in options.missing_values),
        names=header,
        begins_with=tuple(first) if len(first) > 1 else (),
        numbers_below=numbers_below(first, header, sample, options.decimal),
        flags=flags,
        texts=texts,
        header_line=b"",
        data_offset=0,
        has_rows=True,
        n_comments=0,
        is_rewritten=True,
        first_alone=first[0] if len(first) == 1 else None,
    ).with_columns(_nested_types(objects[0], names, records))


def _nested_types(
    first: dict[str, Any], names: Sequence[str], records: Collection[str]
) -> dict[int, str]:
    """The types of the columns that begin with a list, or an object of more than a value."""
    values = [None if name in records else first.get(name) for name in names]
    return {i: _NESTED[type(value)] for i, value in enumerate(values) if type(value) in _NESTED}


def _first_rows(
    first: list[Cell], objects: Sequence[dict[str, Any]], cells_of: Any
) -> list[list[Cell]]:
    """The rows that have few bytes together; none if the first has more."""
    rows: list[list[Cell]] = []
    row, n_bytes = first, 0
    for i in range(len(objects)):
        row = cells_of(objects[i]) if i else first
        n_bytes += sum(len(cell.text) + 1 for cell in row)
        if n_bytes > FEW_BYTES:
            break
        rows.append(row)
    return rows


def _read(text: str) -> str:
    """A text as it is read of a cell: without blanks around it, and what is no text as bytes."""
    return text.strip(" \t").encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape")
