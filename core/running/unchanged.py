"""Inputs that are opened more than once for one answer, which must be of one version of them."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from smoothl1.errors import SmoothL1Error
from smoothl1.files.changes import changed
from smoothl1.files.file import has_changed
from smoothl1.files.opening import state_at
from smoothl1.sources.formats import files_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smoothl1.files.contract import State


@contextmanager
def unchanged(paths: Sequence[str]) -> Iterator[None]:
    """Look at inputs before and after they are read, and refuse what was read of two versions.

    Args:
        paths: Files, folders and patterns. One that cannot be looked at is left to who opens it.

    Raises:
        StorageError: An input was written, replaced or removed, or a file came to a folder.
    """
    before = {path: _states(path) for path in paths}
    yield
    for path, states in before.items():
        now = _states(path)
        are_same = states.keys() == now.keys()
        if not are_same or any(has_changed(x, state, now[x]) for x, state in states.items()):
            raise changed(path)


def _states(path: str) -> dict[str, State]:
    """The states of the files that a path stands for; of none where the system does not tell."""
    with suppress(SmoothL1Error):
        return {name: state_at(name) for name in files_of(path, _say_nothing) or [path]}
    return {}


def _say_nothing(_: str) -> None:
    """Drop a warning about files: it is given when they are opened."""
