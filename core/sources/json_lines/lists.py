"""Lists of numbers in JSON Lines: a row is an array, as in a column of lists of Parquet.

The rows are those of a CSV file whose cells hold the lists as text. All lists of a column have the
shape of the first of them. Their numbers are read as those of CSV are.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from smoothl1.errors import DataError, naming
from smoothl1.sources.columns import has_column, position, shown
from smoothl1.sources.contract import Block, Field, Numbers, SourceDetails
from smoothl1.sources.csv.cells import numbers_of_cells
from smoothl1.sources.csv.faults import fault_in_row
from smoothl1.sources.csv.rows import RowError
from smoothl1.sources.json_lines.values import Number
from smoothl1.sources.table import Storage

if TYPE_CHECKING:
    from collections.abc import Generator

    from smoothl1.decisions import Decision
    from smoothl1.sources.contract import Columns, Part, Wanted
    from smoothl1.sources.csv.source import CsvSource
    from smoothl1.sources.json_lines.table import ObjectsTable
    from smoothl1.sources.table import ColumnInfo
    from smoothl1.sources.written_numbers import Written

    Shape = tuple[int, ...]


def shape_of(value: Any) -> Shape | None:
    """The shape of a list of numbers, or of such lists; None if it is none, or has no shape.

    Args:
        value: A value of JSON, in which numbers are `Number`s. null stands for a number.
    """
    if not isinstance(value, list) or not value:
        return None
    if all(item is None or type(item) is Number for item in value):
        return None if all(item is None for item in value) else (len(value),)
    shapes = {shape_of(item) for item in value}
    inner = shapes.pop()
    return None if inner is None or shapes else (len(value), *inner)


class ListsTable(NamedTuple):
    """A file of JSON Lines of which some columns hold lists of numbers.

    Attributes:
        cells: Its rows as those of a CSV file, with the lists as text.
        shapes: The shape of the lists of a column, by its name.
    """

    cells: ObjectsTable
    shapes: dict[str, Shape]
    first_rows: tuple[()] = ()
    storage: Storage = Storage()
    found: None = None
    files: tuple[()] = ()

    @property
    def path(self) -> str:
        return self.cells.path

    @property
    def names(self) -> Columns:
        return self.cells.names

    @property
    def numeric(self) -> tuple[bool, ...]:
        return self.cells.numeric

    @property
    def columns(self) -> tuple[ColumnInfo, ...]:
        pairs = zip(self.names, self.cells.columns, strict=True)
        return tuple(
            info._replace(type=_described(self.shapes[name]), has_rows=True)
            if name in self.shapes
            else info
            for name, info in pairs
        )

    @property
    def decisions(self) -> tuple[Decision, ...]:
        return self.cells.decisions

    @property
    def hint(self) -> str | None:
        """See `table.LinesOfText`."""
        return self.cells.hint

    @property
    def rows_hint(self) -> str | None:
        """See `table.RowsWithin`."""
        return self.cells.rows_hint

    def keep(self) -> None:
        self.cells.keep()

    def count_rows(self) -> int:
        return self.cells.count_rows()

    def select(self, wanted: Wanted) -> CsvSource | ListsSource:
        with naming(self.path):
            chosen = [self._lists_in(columns) for columns in wanted.fields]
        if not any(chosen):
            return self.cells.select(wanted)
        others = self._without_lists(wanted)
        lists = tuple(name for name in chosen if name is not None)
        n_labels = len(wanted.labels)
        carried = (*wanted.carried, *range(n_labels, n_labels + len(lists)))
        labels = (*wanted.labels, *lists)
        source = self.cells.select(wanted._replace(fields=others, labels=labels, carried=carried))
        return ListsSource(source, tuple(chosen), tuple(self.shapes[name] for name in lists))

    def numbers_in(self, wanted: Wanted) -> tuple[Written, ...]:
        """How the numbers of the wanted columns that hold no lists are written."""
        return self.cells.numbers_in(wanted._replace(fields=self._without_lists(wanted)))

    def close(self) -> None:
        self.cells.close()

    def _without_lists(self, wanted: Wanted) -> tuple[Columns, ...]:
        return tuple(columns for columns in wanted.fields if self._lists_in(columns) is None)

    def _lists_in(self, columns: Columns) -> str | None:
        """The column of lists that a field is made of; None if it is made of numbers."""
        places = [position(name, self.names) for name in columns if has_column(name, self.names)]
        lists = [self.names[i] for i in places if self.names[i] in self.shapes]
        if not columns and not any(self.numeric) and len(self.shapes) == 1:
            return next(iter(self.shapes))
        if lists and len(columns) > 1:
            raise DataError(
                f"column {shown(lists[0])} holds lists, and several columns form a row of numbers "
                "only if none does",
                hint="choose one of them",
            )
        return lists[0] if lists else None


class ListsSource(NamedTuple):
    """Chosen columns of JSON Lines, some of them lists.

    Attributes:
        source: The other columns, and the lists as the last labels.
        chosen: For each field the column of its lists; None if it is made of numbers.
        shapes: The shapes of the lists.
    """

    source: CsvSource
    chosen: tuple[str | None, ...]
    shapes: tuple[Shape, ...]
    n_rows: None = None
    cuts: tuple[int, ...] = ()

    @property
    def path(self) -> str:
        return self.source.path

    @property
    def format(self) -> str:
        return self.source.format

    @property
    def details(self) -> SourceDetails:
        return self.source.details

    @property
    def bytes_read(self) -> tuple[int, int] | None:
        return self.source.bytes_read

    @property
    def fields(self) -> tuple[Field, ...]:
        others, shapes = iter(self.source.fields), iter(self.shapes)
        return tuple(
            next(others) if name is None else Field((name,), np.dtype(np.float64), next(shapes))
            for name in self.chosen
        )

    @property
    def labels(self) -> tuple[pa.Field, ...]:
        return self.source.labels[: -len(self.shapes)]

    def blocks(self, part: Part, n_rows: int) -> Generator[Block]:
        n_before = 0
        for block in self.source.blocks(part, n_rows):
            found, fault = self._with_lists(block)
            if found.n_rows:
                yield found
            if fault is not None:
                table = self.source.table
                with naming(self.path):
                    row = n_before + fault.row + 1
                    raise fault_in_row(row, fault, table.layout, table.options)
            n_before += block.n_rows

    def elementwise(self, other: object) -> None:
        return None

    def close(self) -> None:
        self.source.close()

    def _with_lists(self, block: Block) -> tuple[Block, RowError | None]:
        """A block up to the first fault in a list, and that fault."""
        n_labels = len(block.labels) - len(self.shapes)
        texts = block.labels[n_labels:]
        places = self.source.positions.labels[n_labels:]
        read = [
            self._numbers(text, place, shape)
            for text, place, shape in zip(texts, places, self.shapes, strict=True)
        ]
        fault = min((f for _, f in read if f is not None), key=lambda f: f.row, default=None)
        n_good = block.n_rows if fault is None else fault.row
        if n_good == 0:
            return Block(0, ()), fault
        rest = block.rows(0, n_good)
        lists = iter(zip((numbers for numbers, _ in read), self.shapes, strict=True))
        others = iter(rest.fields)
        fields = []
        for name in self.chosen:
            if name is None:
                fields.append(next(others))
            else:
                numbers, shape = next(lists)
                fields.append(numbers.cut(0, n_good * math.prod(shape)))
        return rest._replace(fields=tuple(fields), labels=rest.labels[:n_labels]), fault

    def _numbers(
        self, texts: pa.Array, place: int, shape: Shape
    ) -> tuple[Numbers, RowError | None]:
        """The numbers of lists up to the first that has a fault; missing ones of a missing list."""
        width, allow_missing = math.prod(shape), self.source.table.needs.allow_missing
        empty = _written(shape, "null")
        fault = _first_unequal(texts, shape, place)
        good = texts if fault is None else texts.slice(0, fault.row)
        bare = pc.replace_substring_regex(good.fill_null(empty), r"[\[\] ]", "")
        cells = pc.split_pattern(bare, ",").flatten().cast(pa.binary())
        layout = self.source.table.layout
        if named := self.source.table.options.missing_values:
            from smoothl1.sources.csv.named_missing import see_named_in  # late: few name any

            see_named_in(cells, layout, named, self.source.table.needs.missing_found)
        numbers, wrong = numbers_of_cells(cells, place, layout, allow_missing=allow_missing)
        if wrong is not None:
            fault = RowError(wrong.row // width, place, wrong.what, wrong.hint)
        missing = numbers.is_null().to_numpy(zero_copy_only=False) if numbers.null_count else None
        return Numbers(numbers.to_numpy(zero_copy_only=False), missing), fault


_ODD = r"[\[,] *[\],]|[{\"]|[^\[, ] *\[|\] *[^\], ]|[^\[\], ] +[^\[\], ]"
"""No number between brackets or commas, or more than one: `1 2`, as NumPy shows arrays."""


def _first_unequal(texts: pa.Array, shape: Shape, place: int) -> RowError | None:
    """The first list of another shape, if any. A list without elements has no cell to be read."""
    outline = pc.replace_substring_regex(texts, r"[^\[\],]", "")
    is_odd = pc.not_equal(outline, _written(shape, ""))
    is_odd = pc.or_(is_odd, pc.match_substring_regex(texts, _ODD))
    odd = np.flatnonzero(is_odd.fill_null(pa.scalar(value=False)).to_numpy(zero_copy_only=False))
    if not odd.size:
        return None
    row = int(odd[0])
    text = texts[row].as_py()
    return RowError(row, place, f"{shown(text)} is no {_described(shape)}, as the first one is")


def _written(shape: Shape, number: str) -> str:
    """A list of some shape, all of whose numbers are the same text."""
    for length in reversed(shape):
        number = f"[{','.join([number] * length)}]"
    return number


def _described(shape: Shape) -> str:
    return f"list of {' by '.join(map(str, shape))} numbers"
