"""A fold, or a part of a data set, that the name of a file says, and a column of another input."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.pairing.named_files import first_values
from smoothl1.sources.columns import shown
from smoothl1.sources.counting import keep_streams
from smoothl1.sources.usual_names import SPLITS, THE_SPLIT

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from smoothl1.sources.table import Table

_COLUMNS = {"fold": "fold", "cv": "cv", THE_SPLIT: "split"}
"""The column, by what a name says, that says the same of each row."""

_NUMBERED = re.compile(r"(?:[a-z]+[-_ ]?)?0*([0-9]+)(?:\.0*)?")


def column_of_others(said: Mapping[str, str], table: Table, read: Collection[str]) -> str:
    """A column that says of its first rows, all of them, something else than a name; "" if none.

    Args:
        said: What the name of the other input says, by the word for it; numbers without zeros
            before them.
        table: The input; a stream is kept.
        read: The columns that are evaluated, which say nothing.
    """
    words = {_COLUMNS[word]: word for word in said if word in _COLUMNS}
    names = [n for n in table.names if n.strip().casefold() in words and n not in read]
    names = [n for n in names if table.names.count(n) == 1]
    if not names:
        return ""
    keep_streams([table])
    with suppress(DataError):  # evaluating reports it
        for name, values in zip(names, first_values(table, names), strict=True):
            word = words[name.strip().casefold()]
            found = {_said_by(value or "", word) for value in values}
            if found and None not in found and said[word] not in found:
                return shown(name)
    return ""


def _said_by(value: str, word: str) -> str | None:
    """What a value says, as names do; None if it says something else."""
    value = value.strip().lower()
    if word == THE_SPLIT:
        return SPLITS.get(value)
    match = _NUMBERED.fullmatch(value)
    return match[1].lstrip("0") if match else None
