"""What shows that a folder is a Zarr store."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smoothl1.files.tree import Tree

V2_ARRAY, V2_GROUP, V3_NODE = ".zarray", ".zgroup", "zarr.json"

MARKS = (V2_ARRAY, V2_GROUP, V3_NODE)
"""The names of metadata; a folder with one of them is an array or a group."""


def is_store(path: str, tree: Tree) -> bool:
    """Whether a path leads to a folder that is a Zarr store; one that may not be read is none."""
    with suppress(OSError):  # what the system refuses is said where the folder is listed
        return tree.is_folder(path) and bool(tree.which(path, MARKS))
    return False


def is_member(name: str) -> bool:
    """Whether a file is metadata of a Zarr store, by its name."""
    return name.rpartition("/")[2] in MARKS
