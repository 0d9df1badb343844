"""What shows that a folder is a Zarr store."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.files.tree import Tree

V2_ARRAY, V2_GROUP, V3_NODE = ".zarray", ".zgroup", "zarr.json"

_SUFFIX = ".zarr"

MARKS = (V2_ARRAY, V2_GROUP, V3_NODE)
"""The names of metadata; a folder with one of them is an array or a group."""


def is_store(path: str, tree: Tree) -> bool:
    """Whether a path leads to a folder that is a Zarr store; one that may not be read is none."""
    with suppress(OSError):  # what the system refuses is said where the folder is listed
        return tree.is_folder(path) and (bool(tree.which(path, MARKS)) or _holds_arrays(path, tree))
    return False


def are_stores(paths: Sequence[str], tree: Tree) -> bool:
    """Whether some paths all lead to Zarr stores."""
    return all(is_store(path, tree) for path in paths)


def _holds_arrays(path: str, tree: Tree) -> bool:
    """Whether a folder has nothing but arrays: format 2 needs no metadata of a group above them.

    Folders that are called `.zarr` are stores of their own, which are a set.
    """
    names = tree.names(path)
    return any(not name.endswith(_SUFFIX) for name in names) and all(
        tree.is_folder(below) and tree.which(below, (V2_ARRAY, V3_NODE))
        for below in (os.path.join(path, name) for name in names)
    )


def is_member(name: str) -> bool:
    """Whether a file is metadata of a Zarr store, by its name."""
    return name.rpartition("/")[2] in MARKS
