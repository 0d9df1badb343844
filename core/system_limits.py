"""Limits that a shell or a scheduler of jobs sets to a process, as `ulimit` shows them."""

from __future__ import annotations

from typing import Any


def has_memory_limit() -> bool:
    """Whether the addresses of this process are limited (`ulimit -v`)."""
    return _limit("RLIMIT_AS") is not None


def most_open_files() -> int | None:
    """How many files each process may have open at once (`ulimit -n`); None without a limit."""
    return _limit("RLIMIT_NOFILE")


def _limit(name: str) -> int | None:
    """The soft limit of that name; None if there is none, as on Windows."""
    try:
        import resource  # late: others have no such module
    except ImportError:
        return None
    limits: Any = resource  # as typed, it has no such names on Windows
    least: int = limits.getrlimit(getattr(limits, name))[0]
    return None if least == limits.RLIM_INFINITY else least
