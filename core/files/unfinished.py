"""Files that another program is still writing, by their names."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.files.suffixes import FORMATS, unpacked
from smoothl1.files.tree import LOCAL
from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smoothl1.files.tree import Tree

_UNFINISHED = (
    *(".tmp", ".temp", ".part", ".partial", ".filepart", ".incomplete", ".unfinished", ".lock"),
    *(".crdownload", ".opdownload", ".download", ".downloading", ".uploading", ".aria2"),
    *(".inprogress", ".in-progress", ".pending", ".writing", "._copying_", ".gstmp", "_.gstmp"),
)
"""What browsers, Hadoop, Flink, WinSCP, gsutil and the like append until a file is whole."""

_OF_HADOOP = f"{os.sep}_temporary{os.sep}"
"""A folder of the attempts of tasks, failed ones included."""

_OF_DASK = lazy_pattern(r"([0-9]+)\.part")
"""The names that Dask gives to the files of a set, all of them, from 0."""

_WHOLE = lazy_pattern(rf"{FORMATS}\Z", re.IGNORECASE)
_CONTINUED = lazy_pattern(rf"{FORMATS}(?![A-Za-z0-9])", re.IGNORECASE)


def refuse_unfinished(paths: Sequence[str], path: str, tree: Tree = LOCAL) -> None:
    """Refuse files whose names say that they are not whole.

    Args:
        paths: The files.
        path: The input, as the user typed it. A pattern that ends so itself is meant.
        tree: The tree that the files are in.

    Raises:
        DataError: There is such a file, or one is missing of those that Dask numbers.
    """
    is_folder = tree.is_folder(path)
    is_meant = path.lower().endswith(_UNFINISHED) and not is_folder
    is_meant |= _is_set_of_dask(paths, path)
    for name in sorted(paths):
        is_of_task = _OF_HADOOP in name and _OF_HADOOP not in path
        if is_of_task or (name.lower().endswith(_UNFINISHED) and not is_meant):
            shown = os.path.basename(name) if is_folder else name
            raise DataError(f"holds a file that looks unfinished, {shown}", path=path)


def _is_set_of_dask(paths: Sequence[str], path: str) -> bool:
    """Whether all files are named as Dask names those of a set.

    Raises:
        DataError: They are, but one of the set is missing.
    """
    found: dict[str, set[int]] = {}
    for name in paths:
        folder, base = os.path.split(name)
        match = _OF_DASK.fullmatch(base)
        if match is None:
            return False
        found.setdefault(folder, set()).add(int(match[1]))
    for folder, numbers in found.items():
        missing = next((i for i in range(max(numbers)) if i not in numbers), None)
        if missing is not None:
            where = f" in {folder}" if len(found) > 1 else ""
            raise DataError(f"{missing}.part is missing{where}: Dask numbers from 0", path=path)
    return True


def refuse_continued(paths: Iterable[str], path: str) -> None:
    """Refuse files whose names go on after the suffix of a format, with which others end.

    Something was appended to their names: `y.csv.bak` and `y.csv.6eF5b5da`, beside `x.csv`.

    Args:
        paths: The files.
        path: The input, as the user typed it.

    Raises:
        DataError: There is such a file.
    """
    whole: dict[str, str] = {}
    continued = []
    for name in paths:
        folder, base = os.path.split(unpacked(name))
        if _WHOLE.search(base):
            whole.setdefault(folder, name)
        elif _CONTINUED.search(base):
            continued.append((folder, name))
    odd = next(((folder, name) for folder, name in continued if folder in whole), None)
    if odd is not None:
        raise DataError(
            f"{odd[1]} is not named like {whole[odd[0]]}: it may be unfinished, or a copy",
            path=path,
            hint="move it elsewhere, or write a pattern that does not match both",
        )
