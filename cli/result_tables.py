"""The tables of a result in the form of an output: its numbers, and the rows with large losses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from smoothl1.cli import console
from smoothl1.cli.configuration import is_typed
from smoothl1.cli.forms import FOR_PEOPLE
from smoothl1.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import BinaryIO

    from smoothl1.cli.arguments import Output
    from smoothl1.results.columns import Column

    Table = Sequence[Column]


_NUMBERS_OF = {"--also": "also", "--within": "within", "--quantile": "quantiles"}
"""Options whose numbers no worst row has, and their parameters."""


class ColumnsOf(Protocol):
    """Gives the table of a result."""

    def __call__(self, *, for_people: bool) -> Table:
        """The table.

        Args:
            for_people: Whether it has rows for all groups together, too.
        """
        ...


def is_on_terminal(output: Output) -> bool:
    """Whether stdout shows the values to a person, in no form that was asked for."""
    is_plain = output.path is None and output.table is None and output.format is None
    return is_plain and console.is_terminal(1)


def has_room(output: Output) -> bool:
    """Whether the form of an output holds worst rows beside a result."""
    return output.table in (None, "json", *FOR_PEOPLE)


def write_tables(
    file: BinaryIO,
    output: Output,
    columns_of: ColumnsOf,
    rows: Table | None = None,
    *,
    prefers_rows: bool = False,
    warn: Callable[[str], None] | None = None,
) -> None:
    """Write the table of a result, and below it that of its worst rows, if there are any.

    A form that is a single table has the worst rows alone, or the result alone. So has every form
    if --columns names columns of one of them alone.

    Args:
        file: A file open for writing bytes.
        output: The output. Without a form it is a table for the terminal, or TSV.
        columns_of: Gives the table of the result, as people or as programs have it.
        rows: The table of its worst rows.
        prefers_rows: Whether a form of a single table has these, unless --columns says otherwise.
        warn: Is told of what was asked for and is not written; None if rows were not asked for.

    Raises:
        SettingsError: No table has a column that was asked for, or both have in a single table.
    """
    if output.table == "metrics":
        from smoothl1.cli.views.chosen import numbers_chosen  # late: few results are so written

        _write(file, [numbers_chosen(columns_of(for_people=True), output.chosen)], output)
        return
    if rows is None or has_room(output):
        tables = _tables(output, columns_of, rows)
    else:
        tables = _single(output, columns_of(for_people=False), rows, prefers_rows)
    _write(file, [table for table in tables if table], output)
    if rows is not None and warn is not None:
        _warn_of_left_out(output, tables, warn)


def write_rows(file: BinaryIO, output: Output, rows: Table) -> None:
    """Write the worst rows of a result behind its lines of values, after an empty line.

    Args:
        file: A file open for writing bytes.
        output: The output, which has no form.
        rows: The table of the worst rows.
    """
    file.write(b"\n")
    _write(file, [rows], output)


def _tables(output: Output, columns_of: ColumnsOf, rows: Table | None) -> list[Table]:
    """The chosen columns of the result and of its worst rows."""
    from smoothl1.cli.views.chosen import chosen

    others = [] if rows is None else [rows]
    return chosen([columns_of(for_people=_form(output) in FOR_PEOPLE), *others], output.chosen)


def _single(output: Output, columns: Table, rows: Table, prefers_rows: bool) -> list[Table]:
    """The result and its worst rows, of which one is empty: the form is a single table."""
    from smoothl1.cli.views.chosen import asked, chosen

    are_asked = asked([columns, rows], output.chosen)
    if all(are_asked):
        raise SettingsError(
            "--columns names columns of the result and of its worst rows, and "
            f"-f {output.table} is one table",
            hint="name those of one, or -f markdown, which has both",
        )
    has_rows = are_asked[1] or (prefers_rows and not are_asked[0])
    of_result, of_rows = chosen([columns, rows], output.chosen)
    return [[], of_rows] if has_rows else [of_result, []]


def _warn_of_left_out(output: Output, tables: Sequence[Table], warn: Callable[[str], None]) -> None:
    """Warn of worst rows, or of numbers of the result, that were asked for and are not written.

    Args:
        output: The output.
        tables: The tables of the result and of its worst rows, as they are written.
        warn: Is told.
    """
    of_result, of_rows = tables
    if not of_rows and is_typed("top"):
        warn(
            "--top: the worst rows are not written, since --columns names none of their own "
            "columns: name some, such as row, or leave out --top"
        )
    if not of_result and not output.chosen:
        names = [option for option, name in _NUMBERS_OF.items() if is_typed(name)]
        if names:
            warn(
                f"-f {output.table} is one table, of the worst rows, and lacks the numbers of "
                f"{' and '.join(names)}: -f markdown or --json has both"
            )


def _form(output: Output) -> str:
    return output.table or ("table" if is_on_terminal(output) else "tsv")


def _write(file: BinaryIO, tables: Sequence[Table], output: Output) -> None:
    from smoothl1.cli.views.tables import write_table

    width = console.width_of_stdout() if is_on_terminal(output) else None
    for i, table in enumerate(tables):
        if i:
            file.write(b"\n")
        write_table(file, table, _form(output), output.precision, width)
