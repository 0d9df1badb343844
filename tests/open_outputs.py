"""Sees outputs that are open, and have no name yet or a temporary one."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def has_output(process: int, folder: Path) -> bool:
    """Whether a process has opened a temporary file for an output.

    Args:
        process: The number of the process.
        folder: The folder of the output.
    """
    links = []
    for descriptor in Path(f"/proc/{process}/fd").glob("*"):
        with suppress(OSError):  # closed in the meantime
            links.append(os.readlink(descriptor))
    is_unnamed = any(x.startswith(f"{folder}/#") and x.endswith(" (deleted)") for x in links)
    return is_unnamed or any(folder.glob(".*.smoothl1-*.tmp"))
