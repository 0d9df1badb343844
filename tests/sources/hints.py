"""The lines of Python that errors say to type, as they run in the folder of a file."""

from __future__ import annotations

import os
import re
import warnings
from contextlib import chdir
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def run_line(hint: str | None, path: Path) -> None:
    """Run the command in a hint, beside the file that it is about."""
    command = re.search(r'python -c "([^"]+)"', (hint or "").replace(f"{path.parent}{os.sep}", ""))
    assert command is not None, hint
    assert not re.search(r"[$`!]|\\\\", command[1])  # which a shell would change
    with chdir(path.parent), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(command[1], "hint", "exec"), {})
