"""Lists in JSON that other programs leave beside files: they say which of the files count.

A list that cannot be read is never passed over: without it, rows that do not count would be read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smoothl1.errors import DataError, storage_error
from smoothl1.files.dense_json import check_density

if TYPE_CHECKING:
    from smoothl1.files.tree import Tree

MAX_BYTES = 1 << 26
"""Most bytes of a list: it names some half a million files."""


def read_list(path: str, hint: str, tree: Tree) -> Any:
    """Read a list.

    Args:
        path: The list.
        hint: What to do if it is damaged.
        tree: Where its name leads.

    Returns:
        The content of the JSON document.

    Raises:
        DataError: It is no regular file, or no JSON, or too large.
        StorageError: It cannot be read.
    """
    import json  # late: most folders have no list

    try:
        content = tree.beginning(path, MAX_BYTES + 1)
    except IsADirectoryError as error:
        what = "a list of files, but not a regular file"
        raise DataError(what, path=path, hint=hint) from error
    except OSError as error:
        raise storage_error(error, path) from error
    if len(content) > MAX_BYTES:
        raise DataError(f"a list of files with more than {MAX_BYTES:,} bytes", path=path, hint=hint)
    try:
        text = content.decode()
        check_density(text)
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise damaged_list(path, hint) from error


def damaged_list(path: str, hint: str) -> DataError:
    """The error about a list that does not say what such a list says."""
    return DataError("a list of files that is damaged", path=path, hint=hint)
