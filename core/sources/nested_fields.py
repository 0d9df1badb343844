"""What to do about a name such as `scores.judge`, which is a field of the records of a column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from smoothl1.sources.columns import given_names, hint_about_names, owner_of, shown
from smoothl1.sources.foreign_kinds import A_LINE_EACH
from smoothl1.sources.table import RowsWithin

if TYPE_CHECKING:
    from smoothl1.sources.table import Table

RECORD = "record"
"""The type of a column of JSON Lines that holds objects."""

_BEGINS = "convert it: "
_HOLDS = " holds records; "
_LINES = """jq -c '. + (.OWNER // {} | with_entries(.key |= "OWNER." + .))' {path} > {stem}.jsonl"""
_PARQUET = (
    'python -c "import pyarrow.parquet as p; '
    "p.write_table(p.read_table('{path}').flatten(), '{stem}.parquet')\""
)


def hint_about_field(name: str, table: Table) -> str | None:
    """The command that makes columns of fields, one of which may be meant.

    They are those of the records of a column, or those of the rows of a document.

    Args:
        name: A name that no column has.
        table: The table.

    Returns:
        The hint; None if the name is not that of a field, or no command is known.
    """
    within = table.rows_hint if isinstance(table, RowsWithin) else None
    return _hint_about_record(name, table) or within


def hint_to_choose(option: str, table: Table) -> str:
    """The hint that an option chooses the column of a table, unless its rows are those within it.

    Args:
        option: The option of the command line.
        table: The table.
    """
    within = table.rows_hint if isinstance(table, RowsWithin) else None
    return f"choose with {option}" + (f"; {within}" if within else "")


def _hint_about_record(name: str, table: Table) -> str | None:
    """The command that makes columns of the fields of records, if the name may be such a field."""
    owner = owner_of(name, table.names)
    if owner is None or name[len(owner)] != "." or table.files:
        return None
    kind = table.columns[table.names.index(owner)].type
    if kind == RECORD and re.fullmatch(r"[A-Za-z_]\w*", owner, re.ASCII):
        remedy = _LINES.replace("OWNER", owner)
    elif kind.startswith("struct<"):
        remedy = _PARQUET
    else:
        return None
    from smoothl1.sources.foreign import remedy_of  # late: only for an error
    from smoothl1.sources.foreign_kinds import Kind

    command = remedy_of(Kind("", f"{_BEGINS}{remedy}"), table.path).replace(_BEGINS, "")
    return f"{shown(owner)}{_HOLDS}this makes columns of their fields: {command}"


def hint_for_a_set(hint: str | None) -> str | None:
    """The hint of an error of one of several files: no command, whose output would be one more.

    Args:
        hint: That of the file by itself.
    """
    owner, holds, _ = (hint or "").partition(_HOLDS)
    if holds:
        return f"{owner}{_HOLDS}save each of their fields by itself, in another folder"
    what, a_line_each, _ = (hint or "").partition(A_LINE_EACH)
    return f"{what}{A_LINE_EACH}, of each file, in another folder" if a_line_each else hint


def hint_about_absent(name: str, table: Table) -> str | None:
    """The hint about a column that a table has not: a field of records, or other names.

    Args:
        name: The name that no column has.
        table: The table.
    """
    return hint_about_field(name, table) or hint_about_names(name, given_names(table.names))
