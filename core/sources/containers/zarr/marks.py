"""What shows that a folder is a Zarr store."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from smoothl1.files.tree import LOCAL

if TYPE_CHECKING:
    from smoothl1.files.tree import Tree

V2_ARRAY, V2_GROUP, V3_NODE = ".zarray", ".zgroup", "zarr.json"

MARKS = (V2_ARRAY, V2_GROUP, V3_NODE)
"""The names of metadata; a folder with one of them is an array or a group."""


def is_store(path: str, tree: Tree) -> bool:
    """Whether a path leads to a folder that is a Zarr store; one that may not be read is none."""
    with suppress(OSError):  # what the system refuses is said where the folder is listed
        return tree.is_folder(path) and (
            bool(tree.which(path, MARKS)) or (tree is LOCAL and _holds_arrays(path))
        )
    return False


def _holds_arrays(path: str) -> bool:
    """Whether a folder has nothing but arrays: format 2 needs no metadata of a group above them."""
    with os.scandir(path) as entries:
        is_array = None
        for entry in entries:
            is_array = entry.is_dir() and bool(LOCAL.which(entry.path, (V2_ARRAY, V3_NODE)))
            if not is_array:
                break
    return bool(is_array)


def is_member(name: str) -> bool:
    """Whether a file is metadata of a Zarr store, by its name."""
    return name.rpartition("/")[2] in MARKS
