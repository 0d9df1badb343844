"""Tables that programs print for people, with frames, rules and footers: what wrote them.

Numbers in them may be rounded, and rows left out, so they are not read as data. The same programs
write data with an option.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.sources.foreign import refusal
from smoothl1.sources.foreign_kinds import Kind

if TYPE_CHECKING:
    from smoothl1.files.contract import Input
    from smoothl1.read_options import ReadOptions

_SAMPLE_BYTES = 1 << 13
"""Bytes that are looked at: pandas prints some sixty lines, and then a footer."""

_LINE_END = re.compile(r"\r\n|\r|\n")


class _Form(NamedTuple):
    """How a printed table begins.

    Attributes:
        first: A pattern of its first line.
        second: A pattern of its second line.
        kind: What it is, and what to do.
    """

    first: str
    second: str
    kind: Kind


_DATA = "psql --csv, mysql --batch, sqlite3 -csv and duckdb -csv write data"
_PSQL = Kind("a table as psql prints it", "psql --csv writes it as data")
_FRAMED = Kind("a table in a frame, as mysql prints it", _DATA)
_BOX = Kind("a table in a box, as DuckDB and sqlite3 -box print it", _DATA)
_ORG = Kind("a table of Org mode", "org-table-export of Emacs writes it as data")
_MARKDOWN = Kind(
    "a table in Markdown",
    "write CSV in its place, as pandas.DataFrame.to_csv, psql --csv and sqlite3 -csv do",
)
_POLARS = Kind(
    "a table as Polars prints it", "DataFrame.write_csv or write_parquet writes it as data"
)
_COLUMNS = Kind(
    "a table in columns, as sqlite3 -column and sqlcmd print it",
    "sqlite3 -csv writes data; sed 2d deletes the line below the names",
)
_RST = Kind("a table of reStructuredText", "write CSV in its place")
_TIBBLE = Kind(
    "a table as R prints it", "write.csv(d, 'FILE.csv', row.names = FALSE) writes it as data"
)
_JULIA = Kind("a table as Julia prints it", "CSV.write writes it as data")
_PANDAS = Kind(
    "a table as pandas prints it, with rows or columns left out",
    "DataFrame.to_csv or to_parquet writes it as data",
)

_FORMS = (
    _Form(r"[^|]*(\|[^|]*)+", r"-+(\+-+)+", _PSQL),
    _Form(r"[^│]*(│[^│]*)+", r"─+(┼─+)+", _PSQL),
    _Form(r"\+([-=]+\+)+", r"\|.*", _FRAMED),
    _Form(r"shape: \([0-9_,]+(, [0-9_,]+)?\)", r"[┌╭+].*", _POLARS),
    _Form(r"[┌┏╔╭][─━═┬┳╦╤\w]+.*", r"[│┃║].*", _BOX),
    _Form(r"\|.*\|", r"\|-+(\+-+)+\|", _ORG),
    _Form(r"\|-+(\+-+)*\|", r"\|.*\|", _ORG),
    _Form(r"\|.*\|", r"(?=.*---)\|( *:?-+:? *\|)+", _MARKDOWN),
    _Form(r"[^|]+(\|[^|]+)+", r"(?=.*---) *:?-+:? *(\| *:?-+:? *)+", _MARKDOWN),
    _Form(r"\S+( +\S+)+", r"(?=.*---)-+( +-+)+", _COLUMNS),
    _Form(r"=+( +=+)+", ".*", _RST),
    _Form(r"# A tibble: .*", ".*", _TIBBLE),
    _Form(r"[0-9]+\u00d7[0-9]+ DataFrame", ".*", _JULIA),
)
_FOOTER_OF_PANDAS = re.compile(r"(?m)^\[[0-9]+ rows x [0-9]+ columns\]\r?$")


def refuse_printed(file: Input, options: ReadOptions) -> None:
    """Refuse a table that was printed for people.

    Args:
        file: The file, in UTF-8, without comments.
        options: How it is read.

    Raises:
        DataError: It certainly is one: it begins as one of them.
    """
    text = file.read(0, _SAMPLE_BYTES).decode("utf-8", "replace").removeprefix("\ufeff")
    lines = _LINE_END.split(text, maxsplit=options.skip_rows + 2)[options.skip_rows :]
    first, second = (line.rstrip() for line in (*lines, "", "")[:2])
    for form in _FORMS:
        if re.fullmatch(form.second, second) and re.fullmatch(form.first, first):
            raise refusal(form.kind, file.path)
    if text.startswith(" ") and _FOOTER_OF_PANDAS.search(text):
        raise refusal(_PANDAS, file.path)
