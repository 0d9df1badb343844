"""Temporary files that become outputs: without a name, where the system has such files.

A signal that ends the process at once, such as SIGKILL, leaves no file that has no name.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from typing import BinaryIO

_DESCRIPTORS = "/proc/self/fd"
"""Where Linux gives names to open files, of which a link can be made."""


def open_temporary(path: str) -> BinaryIO:
    """Create a file for writing bytes, of this name or of none.

    Args:
        path: Its name, which no file has.

    Raises:
        OSError: It cannot be created.
    """
    flags, folder = os.O_RDWR | getattr(os, "O_BINARY", 0), os.path.dirname(path) or os.curdir
    descriptor = -1
    if hasattr(os, "O_TMPFILE") and os.path.isdir(_DESCRIPTORS):
        with suppress(OSError):  # few file systems have none; other errors are raised below
            descriptor = os.open(folder, flags | os.O_TMPFILE, 0o666)
    if descriptor < 0:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o666)
    return cast("BinaryIO", open(descriptor, "w+b"))


def give_name(file: BinaryIO, path: str) -> None:
    """Give a temporary file its name, unless it has one.

    Args:
        file: The file, whose content was flushed to disk.
        path: The name with which it was opened.

    Raises:
        OSError: It cannot have that name.
    """
    if os.path.lexists(path):
        return
    try:  # with a folder, though it is not used: else the link itself would be linked
        os.link(f"{_DESCRIPTORS}/{file.fileno()}", path, src_dir_fd=file.fileno())
    except OSError:  # a file system that cannot name such files, or a rule that forbids links
        _copy(file, path)


def _copy(file: BinaryIO, path: str) -> None:
    """Write the content once more, to a file that has a name."""
    import shutil  # late: hardly ever needed

    file.seek(0)
    with open(path, "xb") as copy:
        os.chmod(path, stat.S_IMODE(os.fstat(file.fileno()).st_mode))
        shutil.copyfileobj(file, copy)
        copy.flush()
        os.fsync(copy.fileno())
