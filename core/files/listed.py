"""Folders that Hugging Face Datasets saved: a list beside the files says which of them count.

Others, such as `cache-*.arrow`, hold the rows once more, before or after a change.

Source: `Dataset.save_to_disk` of https://github.com/huggingface/datasets.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.errors import DataError, SmoothL1Error, storage_error
from smoothl1.files.lists import damaged_list, read_list
from smoothl1.files.tree import LOCAL
from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.files.tree import Tree

LIST_NAME = "state.json"
_CACHE = lazy_pattern(r"cache-.*\.arrow|tmp.*")
_SUFFIX = ".arrow"
"""How all files end that Datasets lists. Beside others, a list without sense is not of Datasets."""

_HINT = "save_to_disk writes it with the files; restore it, or save the dataset once more"


class Listed(NamedTuple):
    """The files that count, in order, and others that were left out."""

    names: list[str]
    others: list[str]


def listed_files(
    folder: str, names: Sequence[str], warn: Callable[[str], None], tree: Tree = LOCAL
) -> Listed | None:
    """The files of a folder that its list names, if it has one.

    Args:
        folder: The folder.
        names: The files in it that may hold rows.
        warn: Takes a warning about files that are neither listed nor of a cache.
        tree: The tree that the folder is in.

    Raises:
        DataError: The list names a file that is not there, or one twice, or none; or it names
            a table of the rows that count; or it is damaged.
        StorageError: The list cannot be read.
    """
    listed = _read_list(folder, names, tree)
    if listed is None:
        return None
    present, counted = set(names), set(listed)
    missing = [name for name in listed if name not in present]
    if missing:
        raise DataError(f"{LIST_NAME} lists a file that is not there, {missing[0]}", path=folder)
    others = [name for name in names if name not in counted]
    odd = [name for name in others if not _CACHE.fullmatch(name)]
    if odd:
        warn(f"{folder}: files that {LIST_NAME} does not list were left out: {', '.join(odd[:5])}")
    return Listed(listed, others)


def refuse_unlisted(folder: str, names: Sequence[str], path: str, tree: Tree = LOCAL) -> None:
    """Refuse a pattern that matches files that the list of their folder names, and others.

    Args:
        folder: The folder.
        names: The files in it that the pattern matches.
        path: The pattern.
        tree: The tree that the folder is in.

    Raises:
        DataError: Two files may hold the same rows, or the list is damaged.
        StorageError: The list cannot be read.
    """
    counted = set(_read_list(folder, names, tree) or ())
    listed = [name for name in names if name in counted]
    others = [name for name in names if name not in counted]
    if listed and others:
        raise DataError(
            f"{os.path.join(folder, LIST_NAME)} lists {listed[0]}, but not {others[0]}, which may "
            "hold the same rows",
            path=path,
            hint="give the folder, or a pattern that does not match both",
        )


def _read_list(folder: str, names: Sequence[str], tree: Tree) -> list[str] | None:
    """The files that the list of a folder names; None if there is none, or of another program."""
    path = os.path.join(folder, LIST_NAME)
    try:
        if not tree.which(folder, [LIST_NAME]):
            return None
    except OSError as error:
        raise storage_error(error, folder) from error
    try:
        listed = _names_listed(path, tree)
    except SmoothL1Error:
        if any(name.endswith(_SUFFIX) for name in names):
            raise
        return None  # a file of another program
    if listed is not None and (not listed or len(set(listed)) < len(listed)):
        raise DataError("it lists no files, or one twice", path=path)
    return listed


def _names_listed(path: str, tree: Tree) -> list[str] | None:
    state = read_list(path, _HINT, tree)
    if not isinstance(state, dict) or "_data_files" not in state:
        return None
    try:
        names = [str(entry["filename"]) for entry in state["_data_files"]]
    except (TypeError, LookupError) as error:
        raise damaged_list(path, _HINT) from error
    if any(state[key] for key in state if key.startswith("_indices")):
        raise DataError(
            "its rows are chosen by a table of indices, which is not read",
            path=path,
            hint="flatten_indices and save_to_disk write them out",
        )
    return names
