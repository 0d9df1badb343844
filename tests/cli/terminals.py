"""The installed command on a terminal."""

from __future__ import annotations

import os
import pty
import subprocess
from typing import TYPE_CHECKING

from tests.forking import forks

if TYPE_CHECKING:
    from pathlib import Path


def on_terminal(args: list[str], folder: Path, code: int = 0, **environment: str) -> str:
    """Run with stdout and stderr on one terminal.

    Args:
        args: The arguments of the command.
        folder: The working folder.
        code: The exit code that is expected.
        environment: Further variables of the environment.

    Returns:
        What the terminal shows: lines end with LF, and there are no colours.
    """
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [forks().script, *args, *_quiet_progress(args)],
        cwd=folder,
        stdout=follower,
        stderr=follower,
        env={**os.environ, "TERM": "dumb", "NO_COLOR": "1", **environment},
    )
    os.close(follower)
    seen = b"".join(iter(lambda: _some_bytes(leader), b""))
    os.close(leader)
    assert process.wait(60) == code, seen
    return seen.decode().replace("\r\n", "\n")


def _quiet_progress(args: list[str]) -> list[str]:
    """No progress bar, which depends on how fast the machine is."""
    return [] if args[0] in {"merge", "inspect"} else ["--no-progress"]


def _some_bytes(terminal: int) -> bytes:
    """The next bytes; empty when all ends of the terminal are closed."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""
