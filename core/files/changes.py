"""Inputs that change while they are read: what is said of them, and when they are looked at."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from smoothl1.errors import DataError, StorageError

if TYPE_CHECKING:
    from smoothl1.files.contract import Held

_PASSED = (__name__.partition(".")[0], "contextlib")
"""Packages whose frames an error on its way has reached last."""

CHANGED = "the file changed while being read"


def changed(path: str, how: str = "") -> StorageError:
    """The error about a file that changed while it was read, so that what was read may be mixed.

    Args:
        path: The file, as the user typed it.
        how: What became of it, if that is known.
    """
    what = f"{CHANGED}: {how}" if how else CHANGED
    return StorageError(what, path=path, hint="run again when no program writes to it")


def error_on_its_way() -> BaseException | None:
    """The error that passes through this package now; None if there is none.

    One that the caller handles meanwhile, in an `except` clause from which this package is called,
    is none: its traceback begins with a frame of the caller.
    """
    error = sys.exc_info()[1]
    if error is None or error.__traceback__ is None:
        return error
    module = error.__traceback__.tb_frame.f_globals.get("__name__", "")
    return error if module.partition(".")[0] in _PASSED else None


def check_at_close(held: Held) -> None:
    """Check that an input is unchanged as it is closed, unless another error is on its way.

    Content that is refused is looked at, too: it may be a mixture of old and new bytes.

    Args:
        held: The input.

    Raises:
        StorageError: See `Held.check`.
    """
    on_its_way = error_on_its_way()
    is_of_content = on_its_way is None or isinstance(on_its_way, DataError)
    if not (held.checks_at_close and is_of_content):
        return
    try:
        held.check()
    except StorageError as error:
        if on_its_way is None or error.what.startswith(CHANGED):
            raise
