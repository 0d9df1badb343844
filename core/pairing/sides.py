"""Checks that inputs are sides, not parts of one set that a shell listed.

An unquoted pattern is replaced by the shell: `eval run-*.parquet` becomes `eval run-0.parquet
run-1.parquet`, which reads as predictions and targets.
"""

from __future__ import annotations

import re
import shlex
from itertools import combinations
from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.files.file import STANDARD_INPUT
from smoothl1.files.opening import are_one_file, is_descriptor
from smoothl1.files.paths import absolute
from smoothl1.files.shard_names import differ_by_numbers
from smoothl1.files.shard_patterns import pattern_of
from smoothl1.sources.columns import has_columns, shown
from smoothl1.sources.usual_names import is_of_a_side

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.selection import Selection
    from smoothl1.sources.table import Table


_OTHERWISE = "a quoted pattern that matches no other file, or a folder of their own"
_WORD = re.compile(r"[^\W\d_]+")


def refuse_shards_as_sides(
    tables: Sequence[Table], asked: Selection, warn: Callable[[str], None]
) -> None:
    """Refuse sides that look like parts of one set.

    Args:
        tables: One table for each side.
        asked: The columns that the user chose.
        warn: Takes a warning if only the names look so, as with arrays, or only the columns.

    Raises:
        DataError: Their names differ in numbers alone, and each holds all columns of all sides.
    """
    paths = [table.path for table in tables]
    sides = [columns for columns in asked.sides.values() if columns]
    names = [name for columns in sides for name in columns]
    each_has_all = len(set(sides)) > 1 and all(has_columns(names, x.names) for x in tables)
    if STANDARD_INPUT in paths or any(map(is_descriptor, paths)):
        return  # a shell replaces no pattern by these
    are_alike = all(table.names == tables[0].names for table in tables)
    by_numbers = differ_by_numbers(paths, mask=each_has_all)
    listed = f"{', '.join(paths[:-1])} and {paths[-1]}"
    all_names = ", ".join(map(shown, dict.fromkeys(names)))
    have = f"each {'has' if by_numbers else 'have'} the columns {all_names}"
    if by_numbers and each_has_all:
        hint = pattern_of(paths)
        quoted = f"quote the pattern: {shlex.quote(hint)}" if hint else f"join them by {_OTHERWISE}"
        raise DataError(
            f"{listed} differ in a number alone, and {have}: are they parts of one set?",
            path=paths[0],
            hint=f"{quoted}; --separate if they are sides",
        )
    are_chosen = bool(asked.key) or all(asked.sides.values())  # so the user means them as sides
    if by_numbers and are_alike and not are_chosen:
        _warn_of_parts(f"{listed} differ in a number alone", paths, warn)
    elif each_has_all and are_alike and not asked.key and not _tell_sides_apart(paths):
        if asked.others and set(asked.others) == {asked.pred}:
            return  # parts of one set have a column for each model
        _warn_of_parts(f"{listed} {have}", paths, warn)


def _warn_of_parts(why: str, paths: Sequence[str], warn: Callable[[str], None]) -> None:
    pattern = pattern_of(paths)
    joined = f"a quoted pattern, {shlex.quote(pattern)}" if pattern else _OTHERWISE
    warn(
        f"{why}: they are taken as sides (--separate says so); the parts of one set are joined by "
        f"{joined}"
    )


def _tell_sides_apart(paths: Sequence[str]) -> bool:
    """Whether a word in which paths differ is one for predictions or targets; or they are one."""
    words = [set(_WORD.findall(absolute(path))) for path in paths]
    own = set().union(*words) - words[0].intersection(*words)
    if any(map(is_of_a_side, own)):
        return True
    return any(are_one_file(one, other) for one, other in combinations(paths, 2))
