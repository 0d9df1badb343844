"""Names beside files of a set that stand for no rows: other programs leave them there."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from smoothl1.files.partitions import is_partition
from smoothl1.files.suffixes import FORMATS
from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from smoothl1.files.tree import Tree

_MARKERS = lazy_pattern(
    r"_SUCCESS|_metadata|_common_metadata|_committed_.*|_started_.*|\..*\.crc|.*\.crc"
    r"|_part-[0-9]{5,}-of-[0-9]{5,}\.json|dataset_info\.json"
    r"|state\.json|\.DS_Store|README\.md|LICENSE|\.gitattributes"
)
"""Files that Spark, Databricks, Hadoop, Dask, Hugging Face Datasets, macOS and `part_records` leave
beside shards. None of them holds rows."""

_OF_FOLDER = "_$folder$"
"""How the object ends by which Hadoop says that there is a folder, in stores that have none."""

_HAS_SUFFIX = lazy_pattern(FORMATS, re.IGNORECASE)


def without_markers(names: Sequence[str], folder: str, tree: Tree) -> list[str]:
    """Those of some names that are not of markers. One of a folder has no bytes.

    Args:
        names: Names in a folder; or paths, if that is "".
        folder: The folder.
        tree: The tree that it is in.
    """
    found = [name for name in names if not _MARKERS.fullmatch(os.path.basename(name))]
    of_folders = [name for name in found if name.endswith(_OF_FOLDER)]
    return _without_empty(found, of_folders, folder, tree)


def without_stand_ins(
    names: Sequence[str], folders: Collection[str], folder: str, tree: Tree
) -> list[str]:
    """Names in a folder, without files of no bytes that stand for folders named after values.

    Args:
        names: The names.
        folders: Those of them that are folders.
        folder: The folder that they are in.
        tree: The tree that it is in.
    """
    may_stand_in = [
        name
        for name in names
        if name not in folders and is_partition(name) and not _HAS_SUFFIX.search(name)
    ]
    return _without_empty(names, may_stand_in if folders else [], folder, tree)


def _without_empty(names: Sequence[str], some: Sequence[str], folder: str, tree: Tree) -> list[str]:
    """Names, without those of some of them that are files of no bytes."""
    empty = {*tree.empty([os.path.join(folder, name) for name in some])} if some else ()
    return [name for name in names if not empty or os.path.join(folder, name) not in empty]
