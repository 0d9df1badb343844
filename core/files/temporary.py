"""Temporary files that become outputs: without a name, where the system has such files.

A signal that ends the process at once, such as SIGKILL, leaves no file that has no name.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from typing import BinaryIO


def open_temporary(path: str) -> BinaryIO:
    """Create a file for writing bytes, of this name or of none.

    Args:
        path: Its name, which no file has.

    Raises:
        OSError: It cannot be created.
    """
    flags, folder = os.O_RDWR | getattr(os, "O_BINARY", 0), os.path.dirname(path) or os.curdir
    if hasattr(os, "O_TMPFILE") and _can_be_named(folder, path):
        os.unlink(path)  # a folder to which files can only be added refuses that
        with suppress(OSError):  # other errors are raised below
            return cast("BinaryIO", open(os.open(folder, flags | os.O_TMPFILE, 0o666), "w+b"))
    descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o666)
    return cast("BinaryIO", open(descriptor, "w+b"))


def _can_be_named(folder: str, path: str) -> bool:
    """Whether a file without a name can get one: an empty one now has it, since a name shows that.

    Args:
        folder: The folder of the file.
        path: The name, which no file has.
    """
    try:
        with open(os.open(folder, os.O_RDWR | os.O_TMPFILE, 0o600), "wb") as empty:
            give_name(empty, path)
    except OSError:
        return False
    return True


def give_name(file: BinaryIO, path: str) -> None:
    """Give a temporary file its name, unless it has one.

    Args:
        file: The file, whose content was flushed to disk.
        path: The name with which it was opened.

    Raises:
        OSError: It cannot have that name.
    """
    if not os.path.lexists(path):
        # With a number of a folder, though it is not used: else the link itself would be linked.
        os.link(f"/proc/self/fd/{file.fileno()}", path, src_dir_fd=file.fileno())
