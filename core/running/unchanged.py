"""Inputs that are opened more than once for one answer, which must be of one version of them."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from smoothl1.errors import SmoothL1Error
from smoothl1.files.changes import changed
from smoothl1.files.file import has_changed
from smoothl1.files.opening import state_at
from smoothl1.files.uris import is_uri

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smoothl1.files.contract import State


@contextmanager
def unchanged(paths: Sequence[str]) -> Iterator[None]:
    """Look at inputs before and after they are read, and refuse what was read of two versions.

    Args:
        paths: Files, folders and patterns. Of a set of files, most are not read: it is not looked
            at. What cannot be looked at is left to who opens it.

    Raises:
        StorageError: An input was written, replaced or removed.
    """
    before = {path: state for path in paths if (state := _state_of(path)) is not None}
    yield
    for path, state in before.items():
        now = _state_of(path)
        if now is None or has_changed(path, state, now):
            raise changed(path)


def _state_of(path: str) -> State | None:
    """The state of a file; None of a set, or where the system does not tell."""
    if not (is_uri(path) or os.path.isfile(path)):
        return None
    with suppress(SmoothL1Error):
        return state_at(path)
    return None
