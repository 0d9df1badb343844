"""Objects whose keys have an empty part, such as `run//1.npy`: pyarrow cannot open them."""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING

from smoothl1.errors import DataError

if TYPE_CHECKING:
    from smoothl1.files.tree import Tree


def refuse_unnamed(path: str, tree: Tree, *, is_folder: bool) -> None:
    """Refuse a folder or a pattern that stands for objects which cannot be opened.

    Args:
        path: The folder or the pattern.
        tree: Its tree, after the folder or those of the pattern were listed.
        is_folder: Whether it is a folder.

    Raises:
        DataError: An object in the folder, or one that the pattern matches, has an empty part.
    """
    if is_folder:
        start = f"{path.rstrip('/')}//"
        found = [name for name in tree.unnamed if name.startswith(start)]
    else:  # fnmatch takes slashes for other characters
        found = fnmatch.filter(tree.unnamed, path.replace("**", "*"))
    if found:
        raise DataError(
            f"holds a key with an empty part (//), which cannot be read: {max(found)}",
            path=path,
            hint="move the object to a key without, or write a pattern that does not match it",
        )
