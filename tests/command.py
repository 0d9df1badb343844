"""The installed command, and how it is started."""

from __future__ import annotations

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
