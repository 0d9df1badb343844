"""Named pipes that are written to as a process would."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def fed(path: Path, data: bytes) -> Iterator[None]:
    """A named pipe, and a thread that writes to it, which ends even if nobody opens the pipe."""
    os.mkfifo(path)

    def write() -> None:
        with suppress(BrokenPipeError):  # the reader has had enough
            path.write_bytes(data)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        while thread.is_alive():
            reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
            thread.join(0.01)
            os.close(reader)
