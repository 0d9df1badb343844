"""The installed command, and how it is started."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = str(Path(sys.executable).parent / "smoothl1")


@contextmanager
def heeding(number: signal.Signals) -> Iterator[None]:
    """Let what begins here heed a signal: who runs tests in the background ignores some."""
    inherited = signal.signal(number, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(number, inherited)


@contextmanager
def standard_input(path: Path) -> Iterator[None]:
    """Let this process have a file for its standard input, as `< FILE` does."""
    kept = os.dup(0)
    with path.open("rb") as file:
        os.dup2(file.fileno(), 0)
    try:
        yield
    finally:
        os.dup2(kept, 0)
        os.close(kept)
