"""How many more files and connections this process may open."""

from __future__ import annotations

import errno
import os
import sys

_OPEN_FILES = "/proc/self/fd" if sys.platform == "linux" else "/dev/fd"
"""A folder with a name for each file that this process has open."""


def n_more_files() -> int:
    """How many more files this process may open, by its own limit (`ulimit -n`).

    No module is imported for that: there may be no file descriptor to read one.

    Returns:
        The number; `sys.maxsize` where there is no such limit, or none that can be seen.
    """
    if sys.platform == "win32":
        return sys.maxsize
    try:
        n_open = len(os.listdir(_OPEN_FILES)) - 1  # one is that of the listing
    except OSError as error:
        return 0 if error.errno in (errno.EMFILE, errno.ENFILE) else sys.maxsize
    limit = os.sysconf("SC_OPEN_MAX")
    return sys.maxsize if limit < 0 else max(0, limit - n_open)
