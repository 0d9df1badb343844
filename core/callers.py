"""What those who call this package see: errors and warnings of their own lines, in their terms."""

from __future__ import annotations

import os
import sys
import warnings
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from smoothl1.errors import SettingsError, SmoothL1Error
from smoothl1.other_arguments import options_in_python

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_P = ParamSpec("_P")
_R = TypeVar("_R")


def for_callers(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """A function whose errors show the line that called it, and none of those inside this package.

    Notebooks show the lines of a traceback before the message, which says all of it. A cause keeps
    its message, too. A note says what options of the command are in Python.

    Args:
        function: A function that users call.
    """

    @wraps(function)
    def call(*args: _P.args, **keywords: _P.kwargs) -> _R:
        try:
            return function(*args, **keywords)
        except SmoothL1Error as caught:
            error = _about_names(function.__name__, args, keywords) or caught
            _add_note(error)
            cause = error.__cause__
            if cause is not None:
                cause.__traceback__, cause.__suppress_context__ = None, True
            raise error.with_traceback(None) from cause

    return call


def _about_names(
    function: str, args: Sequence[object], keywords: Mapping[str, object]
) -> SmoothL1Error | None:
    """The error about names of columns that stand where files are taken; None without any."""
    try:
        from smoothl1.misplaced_names import call_meant  # late: only where something is wrong
    except OSError:  # this process may open no more files, and the error caught says so
        return None
    call = call_meant(function, args, keywords)
    if call is None:
        return None
    name = next(arg for arg in args[1:] if arg is not None)
    return SettingsError(f"there is no file {name!r}", hint=f"did you mean {call}?")


def _add_note(error: SmoothL1Error) -> None:
    """Note below the message of an error what the options that it names are in Python."""
    note = options_in_python(f"{error.what} {error.hint or ''}")
    if note is not None and note not in getattr(error, "__notes__", ()):
        error.add_note(note)


_PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep
_INSIDE = (_PACKAGE, contextmanager.__code__.co_filename)


def default_warn(message: str) -> None:
    """Issue a Python warning about the line that called this package: the default of `warn`.

    Args:
        message: The warning. What options of the command are in Python is added.
    """
    note = options_in_python(message)
    level, frame = 1, sys._getframe()  # noqa: SLF001 - `warnings` finds its callers so, too
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_INSIDE):
        level, frame = level + 1, frame.f_back
    warnings.warn(f"{message} ({note})" if note else message, stacklevel=level)
