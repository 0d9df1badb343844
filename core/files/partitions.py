"""Folders that are named after the values of columns, as Hive names them: `region=a/year=2024`.

The values are in no file. Sources: `pyarrow.dataset.HivePartitioning`, and
https://cwiki.apache.org/confluence/display/Hive/LanguageManual+DDL.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

_MISSING = "__HIVE_DEFAULT_PARTITION__"
"""What a folder is called whose rows have no value."""

_WILD = frozenset("*?[")


class Partitions(NamedTuple):
    """Columns whose values are the names of folders.

    Attributes:
        names: The names of the columns, the outermost folder first.
        values: For each file the text of each value; None for a missing one.
    """

    names: tuple[str, ...] = ()
    values: tuple[tuple[str | None, ...], ...] = ()


def is_partition(name: str) -> bool:
    """Whether a folder of this name may have been named after the value of a column."""
    return name.find("=") > 0


def partitions_of(paths: Sequence[str], path: str, *, is_folder: bool) -> Partitions:
    """The columns that the folders of some files are named after.

    Args:
        paths: The files.
        path: What they were found by: the folder, or the pattern, that they are in. Folders that
            it names itself are the same for all files, so they make no column.
        is_folder: Whether it is the folder.

    Returns:
        The columns of which each file has one value.

    Raises:
        DataError: A folder is given, and some files lack such a column; or a name is no UTF-8.
    """
    n_given = _n_given(path, is_folder=is_folder)
    found = [_pairs(name.split(os.sep)[n_given:-1], name) for name in paths]
    names = tuple(name for name in found[0] if all(name in of_file for of_file in found))
    if is_folder:
        for name, of_file in zip(paths, found, strict=True):
            if tuple(of_file) != tuple(found[0]):
                raise DataError(
                    f"its folders are named after other columns than those of {paths[0]}",
                    path=name,
                    hint="name the files by a pattern",
                )
    return Partitions(names, tuple(tuple(map(of_file.get, names)) for of_file in found))


def _n_given(path: str, *, is_folder: bool) -> int:
    """The number of folders that a path names, up to the first wildcard."""
    if is_folder:
        return os.path.join(path, "").count(os.sep)
    components = path.split(os.sep)
    wild = (i for i, name in enumerate(components) if _WILD.intersection(name))
    return next(wild, len(components))  # without one, it is a folder that cannot be looked at


def _pairs(folders: Sequence[str], path: str) -> dict[str, str | None]:
    """The columns that folders are named after, and their values."""
    pairs = (folder.partition("=") for folder in folders if is_partition(folder))
    found: dict[str, str | None] = {}
    for name, _, value in pairs:
        key = _decoded(name, path)
        if key in found:
            raise DataError(f"two of its folders are named after {key!r}", path=path)
        found[key] = None if value == _MISSING else _decoded(value, path)
    return found


def _decoded(text: str, path: str) -> str:
    """A name or value, whose characters that no folder may have are written as %2F."""
    if "%" not in text and text.isascii():
        return text
    from urllib.parse import unquote  # late: few values have such characters

    try:
        text.encode()  # bytes of the name that are no text
        return unquote(text, errors="strict")
    except UnicodeError as error:
        raise DataError(
            f"the name of its folder {text!r} is no UTF-8, as it or its %XX should be",
            path=path,
            hint="rename the folder",
        ) from error
