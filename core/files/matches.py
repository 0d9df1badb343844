"""The paths that a pattern matches: those of `glob`, which passes over what it may not read.

A folder that may not be read may hold rows, so it is an error here.
"""

from __future__ import annotations

import fnmatch
import os
from typing import TYPE_CHECKING

from smoothl1.errors import DataError, storage_error
from smoothl1.files.tree import LOCAL, NOT_THERE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smoothl1.files.tree import Tree

_WILD = frozenset("*?[")

_ANY_FOLDERS = "**"

_OF_THE_SYSTEM = frozenset({"lost+found", "System Volume Information"})
"""Folders that file systems keep for themselves, at their roots. Few users may read them."""


def matches(pattern: str, tree: Tree = LOCAL) -> Iterator[str]:
    """Find the paths that a pattern matches, in any order; two `**` may find one twice.

    Names that begin with a point are matched only by such names, and never by `**`.

    Args:
        pattern: A path in which `*`, `?` and `[...]` stand for characters of a name, and the name
            `**` for any number of folders.
        tree: Where the names lead.

    Raises:
        StorageError: A folder that may hold such paths cannot be read.
    """
    return (path for path in _matching(pattern, tree, only_folders=False) if path)


def _matching(pattern: str, tree: Tree, *, only_folders: bool) -> Iterator[str]:
    folder, name = os.path.split(pattern)
    if not _WILD.intersection(pattern):
        if _is_there(pattern, tree):
            yield pattern
        return
    has_wild_folder = folder != pattern and bool(_WILD.intersection(folder))
    for found in _matching(folder, tree, only_folders=True) if has_wild_folder else [folder]:
        for rest in _names(found, name, tree, only_folders=only_folders):
            yield os.path.join(found, rest)


def _names(folder: str, name: str, tree: Tree, *, only_folders: bool) -> Iterator[str]:
    """What matches the last name of a pattern within a folder."""
    if name == _ANY_FOLDERS:
        yield ""
        tree.list_below(folder)
        yield from _below(folder, tree, only_folders=only_folders)
    elif _WILD.intersection(name):
        names = _listing(folder, tree, only_folders=only_folders)
        shown = names if name.startswith(".") else [x for x in names if not x.startswith(".")]
        yield from fnmatch.filter(shown, name)
    elif _is_there(os.path.join(folder, name), tree):
        yield name


def _below(folder: str, tree: Tree, *, only_folders: bool) -> Iterator[str]:
    """Everything in a folder and the folders within it, without what is hidden."""
    for name in _listing(folder, tree, only_folders=only_folders):
        if not name.startswith("."):
            yield name
            for rest in _below(os.path.join(folder, name), tree, only_folders=only_folders):
                yield os.path.join(name, rest)


def _listing(folder: str, tree: Tree, *, only_folders: bool) -> list[str]:
    """The names in a folder; none where it is no folder."""
    try:
        return tree.names(folder, only_folders=only_folders)
    except (OSError, ValueError) as error:
        _check_not_there(error, folder or os.curdir)
        return []


def _is_there(path: str, tree: Tree) -> bool:
    """Whether there is a file or folder of this name; one that ends with a slash is a folder."""
    try:
        return tree.is_there(path)
    except (OSError, ValueError) as error:
        _check_not_there(error, os.path.dirname(path) or os.curdir)
        return False


def _check_not_there(error: OSError | ValueError, path: str) -> None:
    """Raise an error about a path, unless it says that there is nothing, or no name."""
    if isinstance(error, DataError):
        raise error
    is_of_system = os.path.basename(path) in _OF_THE_SYSTEM
    if isinstance(error, OSError) and error.errno not in NOT_THERE and not is_of_system:
        raise storage_error(error, path) from error
