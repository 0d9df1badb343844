"""Files without a single byte in a set: tasks without rows leave them, and so does a full disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.errors import DataError, storage_error
from smoothl1.files.suffixes import NEVER_EMPTY
from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.files.tree import Tree

_NO_TEXT = lazy_pattern(rb"[\x00-\x08\x0e-\x1f]")
_N_BYTES = 256
"""So many bytes of any other format have one that no text has."""


def empty_files(paths: Sequence[str], typed: str, tree: Tree) -> list[str]:
    """Files of text without a single byte.

    Args:
        paths: The files.
        typed: The path that was typed, for the error.
        tree: The tree that the files are in.

    Returns:
        These files; none if all are empty.

    Raises:
        DataError: The others are no plain text, so that no whole file is empty.
        StorageError: A file cannot be read.
    """
    found = tree.empty(paths)
    whole = next((path for path in paths if path not in found), None)
    if whole is None or not found:
        return []
    odd = next((name for name in found if NEVER_EMPTY.search(name)), None)
    if odd is None and not _is_text(whole, tree):
        odd = found[0]
    if odd is not None:
        what = f"{odd} has 0 bytes: not written to the end?"
        raise DataError(what, path=typed, hint="write it again, or move it elsewhere")
    return found


def _is_text(path: str, tree: Tree) -> bool:
    """Whether a file begins like text that is not compressed."""
    try:
        return not _NO_TEXT.search(tree.beginning(path, _N_BYTES))
    except OSError as error:
        raise storage_error(error, path) from error
