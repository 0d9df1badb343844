"""Signals that end the program: SIGINT, SIGTERM and SIGHUP.

The handler raises an exception, so that temporary files are removed on the way out. Two places do
not stand an exception from nowhere. In the import system, it may leave a lock held, and no thread
can import any more: there, the exception waits. In a callback of a weak reference or a destructor,
Python reports an exception and goes on: it is raised again.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from types import FrameType

_SECONDS_TO_RETRY = 0.005
_IMPORT_SYSTEM = "<frozen importlib"
"""How the names of the files begin whose code imports modules."""


class Ended(BaseException):
    """A signal asked the program to end. It is raised so that everything is cleaned up."""


class _State:
    """What is known of signals.

    Attributes:
        ended_by: The first signal that asked the program to end.
        may_raise: Whether a signal raises an exception; else it is only recorded.
    """

    ended_by: signal.Signals | None = None
    may_raise = True


def handle() -> None:
    """Raise `Ended` on signals from here on, unless the parent process ignores them, as nohup does.

    To be called by the main thread.
    """
    _State.ended_by, _State.may_raise = None, True
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _end)
    sys.unraisablehook = _raise_again


def record() -> None:
    """Only record signals from here on: the program ends in any case."""
    _State.may_raise = False


def ended_by() -> signal.Signals | None:
    """The signal that asked the program to end, if any.

    The exception may not have arrived as it was raised: libraries wrap exceptions.
    """
    return _State.ended_by


def die(number: int) -> NoReturn:
    """End by the signal itself, so that shells and make see what happened."""
    record()
    discard_stdout()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    sys.exit(128 + number)  # for systems on which signals do not end a process


def discard_stdout() -> None:
    """Drop the buffer of stdout: the interpreter would write it at exit, or fail to."""
    with suppress(OSError):
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, 1)
        os.close(devnull)


def _end(number: int, frame: FrameType | None) -> None:
    """Raise an exception for the first signal only: on any other, the program is ending already."""
    if _State.ended_by is None:
        _State.ended_by = signal.Signals(number)
        _raise(number, frame)


def _raise(_number: int, frame: FrameType | None) -> None:
    """Raise the exception, if the code that was interrupted stands it; else soon."""
    if _State.may_raise and not (_is_importing(frame) and _retry_soon()):
        raise Ended


def _is_importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith(_IMPORT_SYSTEM):
            return True
        frame = frame.f_back
    return False


def _retry_soon() -> bool:
    """Interrupt the main thread once more; returns whether the system can."""
    if not hasattr(signal, "setitimer"):
        return False
    signal.signal(signal.SIGALRM, _raise)
    signal.setitimer(signal.ITIMER_REAL, _SECONDS_TO_RETRY)
    return True


def _raise_again(lost: sys.UnraisableHookArgs) -> None:
    """Take an exception that Python could not raise. All but `Ended` are reported, as always."""
    if isinstance(lost.exc_value, Ended):
        _retry_soon()
    else:
        sys.__unraisablehook__(lost)
