"""Rows of totals: the last or the first row of a small table, whose numbers sum up the others."""

from __future__ import annotations

from collections import Counter
from contextlib import closing, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

import numpy as np

from smoothl1.errors import DataError, SmoothL1Error
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.pairing.sums_of_rows import sums_up, vary
from smoothl1.pairing.words_of_totals import cell_pattern, label_pattern
from smoothl1.sources.columns import shown_names
from smoothl1.sources.contract import Part
from smoothl1.sources.counting import Streamed, keep_streams
from smoothl1.sources.ids import is_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from smoothl1.files.contract import Input
    from smoothl1.job import Job
    from smoothl1.pairing.input_roles import InputRoles
    from smoothl1.sources.contract import Block, Source
    from smoothl1.sources.csv.layout import Layout
    from smoothl1.sources.table import Table

    Labels = list[list[Any]]
    Rows = list[NDArray[Any]]

_EMPTY = lazy_pattern(rb'(?:\A|[,;\t|])[ ]*(?:"")?[ ]*(?:[,;\t|]|\Z)')
"""A cell without a label, in the bytes of a line."""

_MOST_BYTES = 1 << 16
_MOST_ROWS = 1 << 10
"""Larger tables have no rows of totals."""

_MOST_TEXT_BYTES = 1 << 26
"""Nor have those with more text: a file of few bytes may store one for many rows."""

_KINDS = ("text", "integer", "date")
"""Kinds of columns in a file of text that may hold labels, as their first values tell."""

_FEWEST_OTHERS = 2
_FEWEST_UNNAMED = 3
"""Other rows of a row of totals without a label."""

_UNNAMED_TOLERANCE = 0.001
"""Where no label says that a row is one of totals, its numbers must be closer."""


class _Total(NamedTuple):
    """A row of totals.

    Attributes:
        row: Its place among the rows.
        label: What it is called; "" if it has no label.
        called: What it is called in a message.
        what: What its numbers are: "the sum", "the mean" or "half the sum" of the other rows.
        subtotals: The places of other rows that are called so. If there are any, they are none of
            the rows that are summed up.
        n_rows: The number of rows.
        path: The path of the file.
    """

    row: int
    label: str
    called: str
    what: str
    n_rows: int
    subtotals: tuple[int, ...] = ()
    path: str = ""


@runtime_checkable
class _OfFile(Protocol):
    """A table that is read from a file."""

    @property
    def file(self) -> Input:
        """The file, whose beginning can be read."""
        ...


@runtime_checkable
class _OfText(_OfFile, Protocol):
    """A table that is read from a file of text."""

    @property
    def layout(self) -> Layout:
        """How its text is read."""
        ...


def check_totals(
    job: Job, tables: Sequence[Table], assigned: Sequence[InputRoles], warn: Callable[[str], None]
) -> None:
    """Warn of sides with a row of totals, which counts as any other row.

    Args:
        job: The job.
        tables: The tables of all inputs. Small ones of sides with a column of text are read.
        assigned: The roles of their columns.
        warn: Takes a warning.

    Raises:
        DataError: One side alone has such a row, and as many rows as the other, which no key pairs.
    """
    sides = list(zip(tables, assigned, strict=True))[: job.n_sides]
    may_refuse = job.options.key_check and not job.selection.key
    for i, (table, of_input) in enumerate(sides):
        look = _total_of_files if table.files else _total_of
        total = look(table, of_input)
        if total is None:
            continue
        which = "the other rows, without subtotals" if total.subtotals else "the other rows"
        row = f"row {total.row + 1}, {total.called}, holds {total.what} of {which}"
        for other, of_other in sides[:i] + sides[i + 1 :]:
            if not (may_refuse and total.label and not table.files):
                break
            if not _has_total(other, of_other, total):
                raise DataError(
                    f"{row}, and row {total.row + 1} of {other.path} does not: rows are not paired "
                    "as they should be",
                    path=table.path,
                    hint="delete the row; --no-key-check pairs rows as they stand",
                )
        hint = "delete it if it is none of the data"
        may_be_omitted = job.selection.key and job.settings.unmatched != "error"
        counts = "counts as one of them" + (" if its key has a match" if may_be_omitted else "")
        warn(f"{total.path}: {row}, and {counts} ({hint})")
        return


def _total_of_files(table: Table, of_input: InputRoles) -> _Total | None:
    """The row of totals of the first or of the last file of a set."""
    from smoothl1.sources.shards import ShardedTable  # late: most inputs are one file

    if not isinstance(table, ShardedTable):
        return None
    quiet = table.open_shard._replace(warn=lambda _: None)  # evaluating opens them again
    files = list(dict.fromkeys([table.files[0], table.files[-1]]))
    with suppress(SmoothL1Error):  # evaluating reports it
        totals = quiet.each(partial(_total_of, of_input=of_input), files)
        return next((total for total in totals if total is not None), None)
    return None


def _total_of(table: Table, of_input: InputRoles) -> _Total | None:
    """The row of totals of a table, if it is one file."""
    names = _columns_of_labels(table, of_input)
    total = _total_in(names, *_read(table, of_input, names)) if names else None
    return total and total._replace(path=table.path)


def _columns_of_labels(table: Table, of_input: InputRoles) -> list[str]:
    """The columns that may hold the label of a row of totals, if a table is small.

    These hold text. In a file of text they may be called an id, or begin with a whole number or a
    date, too: of these the first or the last is a label, or the last is missing.
    """
    taken = {name for columns in of_input.wanted.fields for name in columns}
    labels = {
        name: info.kind
        for name, info in zip(table.names, table.columns, strict=True)
        if (info.kind in _KINDS or is_id(name)) and name not in taken
    }
    if labels:
        times = Counter(table.names)
        labels = {name: kind for name, kind in labels.items() if times[name] == 1}
    texts = [name for name, kind in labels.items() if kind == "text"]
    if not labels or table.files or not _is_small(table):
        return []
    if not isinstance(table, _OfText):
        return texts
    return [*labels] if table.layout.is_rewritten or _may_have_label(table.file) else []


def _may_have_label(file: Input) -> bool:
    """Whether the bytes of a small CSV file have such a label, or none in the last row."""
    content = file.read(0, _MOST_BYTES)
    last = content.rstrip(b"\r\n").rpartition(b"\n")[2]
    return bool(_EMPTY.search(last) or cell_pattern().search(content))


def _is_small(table: Table) -> bool:
    """Whether a table that does not know its number of rows has few bytes."""
    if not isinstance(table, Streamed):
        return True
    return isinstance(table, _OfFile) and len(table.file.read(0, _MOST_BYTES)) < _MOST_BYTES


def _read(table: Table, of_input: InputRoles, names: Sequence[str]) -> tuple[Labels, Rows]:
    """The columns of text of a small table, and the numbers of each role; else nothing."""
    keep_streams([table])
    places = tuple(range(len(names)))
    wanted = of_input.wanted._replace(labels=tuple(names), carried=places, shared=(), encoded=())
    with suppress(DataError):  # evaluating reports it
        source = table.select(wanted)
        if (source.n_rows or 0) <= _MOST_ROWS:
            blocks = _few_blocks(source)
            labels = [[x for b in blocks for x in b.labels[i].to_pylist()] for i in places]
            return labels, [
                np.concatenate([b.fields[i].values for b in blocks]).reshape(-1, of.row_elements)
                for i, of in enumerate(source.fields)
                if blocks
            ]
    return [], []


def _few_blocks(source: Source) -> list[Block]:
    """All rows with long texts shortened; nothing if these are more than a small table has."""
    from smoothl1.labels.stored_once import in_each_row, with_values
    from smoothl1.sources.arrow.long_texts import shortened  # late: pyarrow.compute

    blocks, n_bytes = [], 0
    with closing(source.blocks(Part(0, source.n_rows), _MOST_ROWS)) as found:
        for block in found:
            n_bytes += sum(label.nbytes for label in block.labels)
            if n_bytes > _MOST_TEXT_BYTES:
                return []
            labels = (in_each_row(with_values(label, shortened)) for label in block.labels)
            blocks.append(block._replace(labels=tuple(labels)))
    return blocks


def _total_in(names: Sequence[str], labels: Labels, numbers: Rows) -> _Total | None:
    """The row of totals in a table, if its last or its first row is one.

    Of other rows that are called so, too, each is a subtotal of some rows, as in pivot tables.
    """
    places = [
        {i for i, text in enumerate(texts) if label_pattern().fullmatch(_as_text(text))}
        for texts in labels
    ]
    n_rows = len(labels[0]) if labels else 0
    for texts, of_texts in zip(labels, places, strict=True):
        found = {0, n_rows - 1} & of_texts
        if len(found) != 1 or n_rows <= _FEWEST_OTHERS:
            continue
        (row,) = found
        label = _as_text(texts[row])
        subtotals = tuple(sorted(set().union(*places) - {row}))
        for total in filter(None, (_summed_up(rows, row, subtotals) for rows in numbers)):
            return total._replace(label=label, called=repr(label))
    return _unnamed_total(names, labels, numbers)


def _summed_up(rows: NDArray[Any], row: int, subtotals: tuple[int, ...]) -> _Total | None:
    """What a row sums up: the others, those of them that are no subtotals, or these and theirs."""
    if not vary(rows):
        return None
    total = _Total(row, "", "", "", len(rows))
    if what := sums_up(rows, row):
        return total._replace(what=what)
    if len(rows) - len(subtotals) > _FEWEST_OTHERS and (what := sums_up(rows, row, subtotals)):
        return total._replace(what=what, subtotals=subtotals)
    what = sums_up(rows, row, with_half=True)
    return total._replace(what=what) if what else None


def _unnamed_total(names: Sequence[str], labels: Labels, numbers: Rows) -> _Total | None:
    """The last row of a table if it alone has no label, and sums up the others."""
    n_rows = len(labels[0]) if labels else 0
    if n_rows <= _FEWEST_UNNAMED:
        return None
    has_label = [[_as_text(text).strip() != "" for text in texts] for texts in labels]
    if not any(all(of[:-1]) for of in has_label) or any(of[-1] for of in has_label):
        return None
    found = {
        sums_up(rows, n_rows - 1, rounding=_UNNAMED_TOLERANCE) for rows in filter(vary, numbers)
    }
    if len(found) != 1 or "" in found:
        return None
    return _Total(n_rows - 1, "", f"without {shown_names(names)}", found.pop(), n_rows)


def _has_total(table: Table, of_input: InputRoles, total: _Total) -> bool:
    """Whether another side has a row of totals at the same place; or rows that do not pair."""
    names = _columns_of_labels(table, of_input)
    if table.files or not _is_small(table):
        return True
    labels, numbers = _read(table, of_input, names)
    if any(len(texts) != total.n_rows or texts[total.row] == total.label for texts in labels):
        return True
    same = [rows for rows in numbers if len(rows) == total.n_rows]
    return all(not vary(rows) or _summed_up(rows, total.row, total.subtotals) for rows in same)


def _as_text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value or "")
