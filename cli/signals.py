"""Signals that end the program: all of those that another program sends to end it or to warn it.

Batch systems warn jobs by SIGUSR1, SIGUSR2, SIGXCPU or SIGQUIT before they kill them.

The handler raises an exception, so that temporary files are removed on the way out. Not all code
stands an exception from nowhere. In the import system, it may leave a lock held, and then no thread
can import any more. In a callback of a weak reference, a destructor, or C code that asks whether an
attribute exists, it is forgotten. So a timer repeats the signal until the process has ended: while
modules are imported the exception waits, and where it was forgotten it is raised again.

On the way out, threads are waited for. One that reads from a disk that does not answer would hold
up the end for ever, so a second signal that comes a while later ends the process at once.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from types import FrameType

_ASKED_TO_END = ("SIGINT", "SIGTERM", "SIGHUP")
_WARNED = (
    *("SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGXCPU", "SIGALRM"),
    *("SIGVTALRM", "SIGPROF", "SIGPOLL", "SIGPWR", "SIGSTKFLT"),
)
"""Signals that end a process that does not know them, without faults of its own."""

_SECONDS_BETWEEN_REPEATS = 0.02

_PATIENCE_S = 1.0
"""Seconds after a signal for which others change nothing: systems send several at a time."""

_IMPORT_SYSTEM = "<frozen importlib"
"""How the names of the files begin whose code imports modules."""


class Ended(BaseException):
    """A signal asked the program to end. It is raised so that everything is cleaned up."""


ENDS = (Ended, KeyboardInterrupt, SystemExit, GeneratorExit)
"""What ends a program without being an error. All else is one, also panics of libraries in Rust,
which are no `Exception`."""


class _State:
    """What is known of signals.

    Attributes:
        ended_by: The first signal that asked the program to end.
        ends_since_s: When it came, by the monotonic clock.
        may_raise: Whether a signal raises an exception; else it is only recorded.
    """

    ended_by: signal.Signals | None = None
    ends_since_s = 0.0
    may_raise = True


def handle() -> None:
    """Raise `Ended` on signals from here on, unless the parent process ignores them, as nohup does.

    Signals that a profiler or a debugger has taken through Python's `signal` are left to it; those
    that C code has taken, as `faulthandler.register` does, look free. To be called by the main
    thread.
    """
    _State.ended_by, _State.may_raise = None, True
    for name in (*_ASKED_TO_END, *_WARNED):
        number = getattr(signal, name, None)
        handler = signal.SIG_IGN if number is None else signal.getsignal(number)
        is_free = handler == signal.SIG_DFL or name in _ASKED_TO_END
        if number is not None and handler != signal.SIG_IGN and is_free:
            signal.signal(number, _end)
    sys.unraisablehook = _report


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
    if _State.ended_by is None:
        _State.ended_by, _State.ends_since_s = signal.Signals(number), time.monotonic()
        if hasattr(signal, "setitimer"):
            signal.signal(signal.SIGALRM, _raise)
            signal.setitimer(signal.ITIMER_REAL, *[_SECONDS_BETWEEN_REPEATS] * 2)
    elif _State.may_raise and time.monotonic() - _State.ends_since_s >= _PATIENCE_S:
        die(_State.ended_by)
    _raise(number, frame)


def _raise(_number: int, frame: FrameType | None) -> None:
    """Raise the exception, unless the code that was interrupted does not stand it, or raises it."""
    may_wait = hasattr(signal, "setitimer")
    if _State.may_raise and not _is_unwinding() and not (may_wait and _is_importing(frame)):
        raise Ended


def _is_unwinding() -> bool:
    """Whether the interrupted code cleans up: after `Ended`, or in a generator that is closed."""
    error = sys.exc_info()[1]
    while error is not None:
        if isinstance(error, (Ended, GeneratorExit)):
            return True
        error = error.__context__
    return False


def _is_importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith(_IMPORT_SYSTEM):
            return True
        frame = frame.f_back
    return False


def _report(lost: sys.UnraisableHookArgs) -> None:
    """Report an exception that Python could not raise, as always; but not `Ended`."""
    if not isinstance(lost.exc_value, Ended):
        sys.__unraisablehook__(lost)
