"""Checks that inputs are sides, not parts of one set that a shell listed.

An unquoted pattern is replaced by the shell: `eval run-*.parquet` becomes `eval run-0.parquet
run-1.parquet`, which reads as predictions and targets.
"""

from __future__ import annotations

import shlex
from itertools import combinations
from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.files.opening import are_one_file
from smoothl1.files.shard_names import differ_by_numbers, pattern_of, unpacked, varying_numbers
from smoothl1.sources.columns import has_column, position, shown, shown_names

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.pairing.roles import InputRoles
    from smoothl1.selection import Selection
    from smoothl1.sources.table import Table


Numbers = list[tuple[int, ...]]

_ROLES = {"pred": "predictions", "pred_b": "predictions of B", "target": "targets"}


def refuse_shards_as_sides(
    tables: Sequence[Table], asked: Selection, warn: Callable[[str], None]
) -> None:
    """Refuse sides that look like parts of one set.

    Args:
        tables: One table for each side.
        asked: The columns that the user chose.
        warn: Takes a warning if only the names look so, as with arrays.

    Raises:
        DataError: Their names differ in numbers alone, and each holds all columns of all sides.
    """
    paths = [table.path for table in tables]
    sides = [columns for columns in asked.sides.values() if columns]
    names = [name for columns in sides for name in columns]
    each_has_all = len(set(sides)) > 1 and all(
        has_column(name, table.names) for table in tables for name in names
    )
    if not differ_by_numbers(paths, mask=each_has_all):
        return
    listed = f"{', '.join(paths[:-1])} and {paths[-1]} differ in a number alone"
    hint = shlex.quote(pattern_of(paths))
    if each_has_all:
        columns = ", ".join(map(shown, names))
        raise DataError(
            f"{listed}, and each has the columns {columns}: are they parts of one set?",
            path=paths[0],
            hint=f"quote the pattern: {hint}; --separate if they are sides",
        )
    are_chosen = bool(asked.key) or all(asked.sides.values())  # so the user means them as sides
    if all(table.names == tables[0].names for table in tables) and not are_chosen:
        warn(
            f"{listed}: they are taken as sides (--separate says so); the parts of one set are "
            f"joined by a quoted pattern, {hint}"
        )


def warn_of_itself(
    tables: Sequence[Table], assigned: Sequence[InputRoles], warn: Callable[[str], None]
) -> None:
    """Warn of numbers that are paired with themselves.

    Args:
        tables: All inputs.
        assigned: The roles of their columns.
        warn: Takes the warning.
    """
    played = [
        (role, table, [position(name, table.names) for name in columns])
        for table, of_input in zip(tables, assigned, strict=True)
        for role, columns in zip(of_input.roles, of_input.wanted.fields, strict=True)
        if role in _ROLES
    ]
    for (one, table, columns), (other, other_table, other_columns) in combinations(played, 2):
        if columns == other_columns and are_one_file(table.path, other_table.path):
            names = shown_names([table.names[i] for i in columns])
            what = f" (column {names})" if columns else ""
            warn(f"{table.path}: {_ROLES[one]} and {_ROLES[other]} are the same numbers{what}")


def check_shard_order(groups: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Refuse sides with the same number of files if the numbers in their names do not match.

    Args:
        groups: For each side of several files its path, as typed, and the files in order.

    Raises:
        DataError: The numbers in the names say that the files hold different rows.
    """
    numbers = [(path, files, varying_numbers(files)) for path, files in groups]
    known = [(path, files, found) for path, files, found in numbers if found is not None]
    for path, files in groups[1:]:
        first, first_files = groups[0]
        names, first_names = ([unpacked(file) for file in of] for of in (files, first_files))
        if len(names) == len(first_names) and names != first_names and {*names} & {*first_names}:
            i = next(i for i, (a, b) in enumerate(zip(first_names, names, strict=True)) if a != b)
            raise _of_different_rows(i, first, first_files, path, files, "names")
    for path, files, found in known[1:]:
        first, first_files, expected = known[0]
        if len(files) == len(first_files) and not _go_together(found, expected):
            i = next(i for i, (a, b) in enumerate(zip(expected, found, strict=True)) if a != b)
            raise _of_different_rows(i, first, first_files, path, files, "numbers in the names")


def _go_together(numbers: Numbers, expected: Numbers) -> bool:
    """Whether all numbers agree, or the leftmost do and identify the files."""
    leftmost = [[of_file[0] for of_file in some] for some in (numbers, expected)]
    is_enough = leftmost[0] == leftmost[1] and len(set(leftmost[0])) == len(leftmost[0])
    return is_enough or numbers == expected


def _of_different_rows(
    i: int, path: str, files: Sequence[str], other: str, other_files: Sequence[str], what: str
) -> DataError:
    return DataError(
        f"file {i + 1} of {len(files)} is {files[i]}, but {other_files[i]} of {other}: the {what} "
        "differ, so rows may be paired wrongly",
        path=path,
        hint="--key COL matches rows by a column; --no-key-check pairs them as they stand",
    )
