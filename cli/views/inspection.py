"""The output of `smoothl1 inspect`: the content of files, and how their rows would be paired."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smoothl1.cli.console import printable
from smoothl1.cli.views.aligned import aligned, folded
from smoothl1.errors import counted
from smoothl1.results.columns import Column as ResultColumn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.running.content import Column, Content
    from smoothl1.running.inspection import Pairing

_COUNTS = ("rows", "row_groups", "missing")

CONTENT_NAMES = (
    *("path", "format", "rows", "row_shape", "order", "row_groups", "compression"),
    *("column", "type", "missing"),
)
"""The columns of a table of contents."""

_MARGIN = "    "
"""What stands before the rest of a line that is folded."""

_MOST_COLUMNS = 20
"""Most columns listed of a table, and most values shown of a row; --json has all."""


def inspection_text(
    contents: Sequence[Content], pairing: Pairing | None, width: int | None = None
) -> str:
    """Describe the content of inputs, and how their rows would be paired.

    Args:
        contents: The content of each input.
        pairing: The decisions and the first pairs; None if there is nothing to pair.
        width: The width of the terminal that shows folded lines, and the pairs in aligned columns;
            None for whole lines, and pairs with tabs.

    Returns:
        Lines, each with its line end.
    """
    lines = [line for content in contents for line in _content_lines(content)]
    if pairing is not None:
        lines += ["", "decisions", *_decision_lines(pairing), ""]
    whole = (line if width is None else folded(line, width, _MARGIN) for line in lines)
    text = "".join(line if line.endswith("\n") else f"{line}\n" for line in whole)
    return text if pairing is None else text + _pairs_text(pairing, width)


def _content_lines(content: Content) -> list[str]:
    n_rows = "rows not counted" if content.n_rows is None else counted(content.n_rows, "row")
    what = [content.format, n_rows]
    if content.files:
        names = " to ".join(dict.fromkeys((content.files[0], content.files[-1])))
        what.append(f"{counted(len(content.files), 'file')}, {names}")
    if content.row_shape is not None:
        row = f"shape of a row {content.row_shape}" if content.row_shape else "each row a number"
        what.append(f"{content.dtype}, {row}")
    if content.order == "Fortran":
        what.append("in Fortran order")
    if content.row_groups is not None:
        what.append(
            "1 row group" if content.row_groups == 1 else f"{content.row_groups:,} row groups"
        )
    if content.compression is not None:
        what.append(content.compression)
    lines = [printable(f"{content.path}: {', '.join(what)}")]
    lines += [
        f"  {column.name!r} {printable(column.type)}{_missing(column)}"
        for column in content.columns[:_MOST_COLUMNS]
    ]
    more = len(content.columns) - _MOST_COLUMNS
    if more > 0:
        lines.append(f"  and {counted(more, 'more column')}")
    if content.doubt is not None:
        lines.append(f"  in doubt: the first row may be a header or data, {content.doubt}")
    if content.hint is not None:
        lines.append(printable(f"  hint: {content.hint}"))
    return lines


def _missing(column: Column) -> str:
    return f", {column.missing:,} missing" if column.missing else ""


def content_columns(contents: Sequence[Content]) -> list[ResultColumn]:
    """The content of inputs as a table: a row for each column of a table, and for each array."""
    rows: list[dict[str, Any]] = [
        {
            "path": content.path,
            "format": content.format,
            "rows": content.n_rows,
            "row_shape": None if content.row_shape is None else str(content.row_shape),
            "order": content.order,
            "row_groups": content.row_groups,
            "compression": content.compression,
            "column": None if column is None else column.name,
            "type": content.dtype if column is None else column.type,
            "missing": None if column is None else column.missing,
        }
        for content in contents
        for column in content.columns or (None,)
    ]
    return [
        ResultColumn(name, "count" if name in _COUNTS else "text", [row[name] for row in rows])
        for name in CONTENT_NAMES
    ]


def _decision_lines(pairing: Pairing) -> list[str]:
    lines = []
    for subject, path, choice, reason in pairing.decisions:
        of_input = f" of {path}" if path else ""
        lines.append(printable(f"  {subject}{of_input}: {choice} ({reason})"))
    return lines


def _pairs_text(pairing: Pairing, width: int | None) -> str:
    """A table of the first pairs, tab-separated, or aligned if there is a width."""
    if not pairing.pairs:
        return "no pairs: there are no rows\n"
    heads = ["row"]
    for label in pairing.pairs[0].labels:
        heads += [f"{label.name} (pred)", f"{label.target_name} (target)"]
    lines = [list(map(printable, [*heads, "pred", "target"]))]
    for pair in pairing.pairs:
        texts = [text for label in pair.labels for text in (label.pred, label.target)]
        cells = [str(pair.row), *texts, _values(pair.pred), _values(pair.target)]
        lines.append(list(map(printable, cells)))
    if width is None:
        return "".join("\t".join(line) + "\n" for line in lines)
    are_text = [head not in ("row", "pred", "target") for head in lines[0]]
    return aligned(lines[0], lines[1:], are_text, width)


def _values(values: Sequence[float | None]) -> str:
    shown = ["missing" if value is None else repr(value) for value in values[:_MOST_COLUMNS]]
    more = len(values) - len(shown)
    return " ".join(shown) + (f" and {more} more" if more > 0 else "")
