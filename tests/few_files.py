"""Processes that may open few more files."""

from __future__ import annotations

import subprocess
import sys

_LEAVING_FEW = """
import os, resource
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (200, most))
held = []
while True:
    try:
        held.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        break
for number in held[:{n_left}]:
    os.close(number)
"""


def with_few_files(n_left: int, before: str, then: str) -> str:
    """What a process writes that can open so few files in the second part of its code."""
    code = before + _LEAVING_FEW.format(n_left=n_left) + then
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
