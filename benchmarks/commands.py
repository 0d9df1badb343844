"""Commands of smoothl1 and of its peers, and what is measured of a pair of them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
SMOOTHL1 = str(Path(sys.executable).parent / "smoothl1")


class Case(NamedTuple):
    """A pair of commands that do the same work, and the ratio of wall times to reach."""

    name: str
    ours: list[str]
    peer_name: str
    peer: list[str]
    target: float | None


def peer(script: str, *args: str) -> list[str]:
    """A script of `peers/`, run by the Python that has the peers (`--peers`)."""
    return [PEERS.python, str(HERE / "peers" / script), *args]


class PEERS:
    """Where the peers are installed: pip install '.[bench]', or another environment."""

    python = sys.executable


def evaluate(*args: str) -> list[str]:
    """A command of smoothl1."""
    return [SMOOTHL1, "eval", *args]
