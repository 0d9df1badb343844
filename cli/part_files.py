"""The losses of parts in one folder: a file for each, whose name says which of how many it is.

Every part is written by a process of its own, and none is the last. So the names alone tell a
reader whether all are there: a folder that lacks one is refused.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from smoothl1.cli.forms import is_folder
from smoothl1.errors import SettingsError, storage_error
from smoothl1.files.tree import NOT_THERE, tree_of
from smoothl1.files.uris import is_uri, resolved
from smoothl1.sinks.formats import suffix_of

if TYPE_CHECKING:
    from smoothl1.cli.arguments import Output, Parts


def in_folder(output: Output, parts: Parts) -> Output:
    """The output of losses; if it is a folder, the file in it that takes those of a part.

    A local folder is made if it is missing.

    Args:
        output: The output, with its format.
        parts: The part that is evaluated.

    Raises:
        SettingsError: No part is evaluated, or the folder holds something else.
        StorageError: The folder cannot be read or made.
    """
    folder = output.path
    if folder is None or not is_folder(folder):
        return output
    if parts.part is None or output.format is None:
        what = "a folder takes the losses of parts, each in a file"
        raise SettingsError(what, path=folder, hint="add --part I/N, or name a file")
    index, of = parts.part
    end = f"-of-{of:05}{suffix_of(output.format)}"
    _refuse_others(folder, re.compile(rf"part-[0-9]{{5,}}{re.escape(end)}"))
    return output._replace(path=os.path.join(folder, f"part-{index:05}{end}"))


def _refuse_others(folder: str, is_part: re.Pattern[str]) -> None:
    """Refuse a folder with other files than such parts; what begins with a point is hidden."""
    found = resolved(folder)
    try:
        names = tree_of(found).names(found)
    except OSError as error:
        if error.errno not in NOT_THERE:
            raise storage_error(error, folder) from error
        names = []
    others = [name for name in names if not (name.startswith(".") or is_part.fullmatch(name))]
    if others:
        what = f"the folder holds {min(others)}, which is no part of these losses"
        raise SettingsError(what, path=folder, hint="name an empty folder")
    if not is_uri(found):
        try:
            os.makedirs(found, exist_ok=True)
        except OSError as error:
            raise storage_error(error, folder) from error
