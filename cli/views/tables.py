"""Columns as a table, in the forms of programs and of documents."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from smoothl1.cli.console import escaped, printable
from smoothl1.cli.forms import FOR_PEOPLE
from smoothl1.cli.views.aligned import aligned
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.number_texts import as_typed, short
from smoothl1.results.columns import BETA, as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import BinaryIO

    from smoothl1.results.columns import Column

_SHORT_DIGITS = 6
"""Significant digits of a number in a table for people."""

DIFFERENCE_DIGITS = 4
"""The same of the difference of two models and its interval."""

_LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    **{c: f"\\{c}" for c in "&%$#_{}"},
}
"""Characters that mean something else to LaTeX, and what shows them."""

_COUNTED = "df"
"""A number that is counted: no precision rounds it for people."""

_SCIENTIFIC = lazy_pattern(r"(-?(?:[0-9.]+|inf))(?:e([+-]?[0-9]+))?")


_PLAIN = lazy_pattern("[A-Za-z0-9]+([._-][A-Za-z0-9]+)*", re.ASCII)
"""Names that mean nothing to Markdown."""


def write_table(
    file: BinaryIO,
    columns: Sequence[Column],
    form: str,
    precision: int | None = None,
    width: int | None = None,
) -> None:
    """Write columns as a table.

    Args:
        file: A file open for writing bytes.
        columns: At least one.
        form: "table", "tsv", "csv", "markdown", "latex", "metrics", "parquet" or "arrow".
        precision: Significant digits of numbers; None for the shortest text that reads back to the
            same number, and for six in "table". Binary forms are not shortened, and betas in forms
            for people are not, either.
        width: The width of the terminal that shows a "table"; None if there is no limit.
    """
    if form in ("parquet", "arrow"):
        _write_arrow(file, columns, form)
        return
    if form == "metrics":
        from smoothl1.cli.views.metrics import metrics  # late: few results are read by trackers

        file.write(metrics(columns))
        return
    heads = [column.name for column in columns]
    cells = (_texts(column, form, precision) for column in columns)
    rows: list[Sequence[str]] = list(zip(*cells, strict=True))
    are_text = [column.kind == "text" for column in columns]
    if form == "table":
        heads, rows = list(map(escaped, heads)), [list(map(escaped, row)) for row in rows]
        text = aligned(heads, rows, are_text, width)
    else:
        text = _FORMS[form](heads, rows, are_text)
    file.write(as_text(text).encode())


def _write_arrow(file: BinaryIO, columns: Sequence[Column], form: str) -> None:
    import pyarrow as pa  # late: most tables are text
    import pyarrow.parquet as pq

    from smoothl1.results.frames import to_arrow

    table, content = to_arrow(columns), io.BytesIO()
    if form == "parquet":
        pq.write_table(table, content, write_page_checksum=True, compression="zstd")
    else:
        with pa.ipc.new_file(content, table.schema) as writer:
            writer.write_table(table)
    file.write(content.getvalue())


def _texts(column: Column, form: str, precision: int | None) -> list[str]:
    """The cells of a column as text, in a form that is text."""
    if form not in FOR_PEOPLE:
        return [text_of(cell, precision) for cell in column.cells]
    if column.name == BETA and column.kind == "number":
        return [as_typed(cell) for cell in column.cells if isinstance(cell, float)]
    digits = None if column.name == _COUNTED else precision
    is_in_full = digits is None and form != "table"
    return [
        rounded(cell, digits) if isinstance(cell, float) and not is_in_full else text_of(cell, None)
        for cell in column.cells
    ]


def text_of(cell: Any, precision: int | None) -> str:
    """A cell as text, a number with so many significant digits; empty for None, no value."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return repr(cell) if precision is None else f"{cell:.{precision}g}"
    return str(cell)


def rounded(number: float | None, precision: int | None, usual: int = _SHORT_DIGITS) -> str:
    """A number for people: 0.2500 if they asked for four digits, else 0.25; empty for None.

    A number below a million is written out, also if it has fewer significant digits: 2700 for three
    digits. An exact 0 is "0".

    Args:
        number: The number.
        precision: The significant digits that were asked for, of which all are shown; None if none
            were.
        usual: How many are shown then, without zeros at the end.
    """
    if number is None:
        return ""
    return short(number, precision or usual, is_padded=precision is not None)


def _tsv(heads: Sequence[str], rows: Sequence[Sequence[str]], _: Sequence[bool]) -> str:
    lines = ("\t".join(map(escaped, cells)) for cells in (heads, *rows))
    return "".join(f"{line}\n" for line in lines)


def _csv(heads: Sequence[str], rows: Sequence[Sequence[str]], _: Sequence[bool]) -> str:
    from smoothl1.sinks.csv_lines import csv_lines  # late: few tables are CSV

    return csv_lines([heads, *rows])


def _markdown(heads: Sequence[str], rows: Sequence[Sequence[str]], are_text: Sequence[bool]) -> str:
    from smoothl1.cli.views.markdown_text import as_code, table_lines

    shown = [
        [as_code(escaped(cell), whole=True) if is_text else cell for cell, is_text in pairs]
        for pairs in (zip(row, are_text, strict=True) for row in rows)
    ]
    named = [
        name if _PLAIN.fullmatch(name) else as_code(escaped(name), whole=True) for name in heads
    ]
    return "".join(f"{line}\n" for line in table_lines(named, shown, are_text))


def _latex(heads: Sequence[str], rows: Sequence[Sequence[str]], are_text: Sequence[bool]) -> str:
    r"""A `tabular` with the rules of the package booktabs."""
    places = "".join("l" if is_text else "r" for is_text in are_text)
    shown = (
        [_in_latex(cell) if is_text else _number_in_latex(cell) for cell, is_text in pairs]
        for pairs in (zip(row, are_text, strict=True) for row in rows)
    )
    head, *lines = map(_row_in_latex, ([_in_latex(name) for name in heads], *shown))
    parts = [rf"\begin{{tabular}}{{{places}}}", r"\toprule", head, r"\midrule", *lines]
    return "".join(f"{part}\n" for part in [*parts, r"\bottomrule", r"\end{tabular}"])


def _row_in_latex(cells: Sequence[str]) -> str:
    r"""A row; the commands above it would take `[` and `*` at its beginning as their own."""
    row = " & ".join(cells)
    return f"{'{}' if row.startswith(('[', '*')) else ''}{row} \\\\"


def _number_in_latex(text: str) -> str:
    """A number: in text, LaTeX would make a hyphen of its minus."""
    match = _SCIENTIFIC.fullmatch(text)
    if match is None:
        return _in_latex(text)
    digits = match[1].replace("inf", r"\infty")
    power = rf" \times 10^{{{int(match[2])}}}" if match[2] else ""
    return f"${digits}{power}$" if power or digits != match[1] or digits[0] == "-" else digits


def _in_latex(text: str) -> str:
    return "".join(_LATEX.get(c, c) for c in printable(text))


_FORMS: dict[str, Callable[[Sequence[str], Sequence[Sequence[str]], Sequence[bool]], str]] = {
    "tsv": _tsv,
    "csv": _csv,
    "markdown": _markdown,
    "latex": _latex,
}
