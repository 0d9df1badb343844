"""Requests to stores, each with a limit of time, whatever the library below does about it.

A request runs in a thread of its own. If its time is over, it is left alone: a thread that waits
for a server cannot be stopped, and does not keep the process from ending.
"""

from __future__ import annotations

import errno
import os
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Generic, TypeVar

from smoothl1.errors import StorageError
from smoothl1.files.stores.faults import WAIT, store_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

TIMEOUT_VARIABLE = "SMOOTHL1_STORE_TIMEOUT"
"""The variable of the environment that has the seconds of a request."""

USUAL_TIMEOUT_S = 60.0

LISTING = 10
"""A listing, a request for each 1,000 objects in one call, may take so many times as long."""

_chosen_s: list[float] = []
"""The seconds that a command line chose, if it did."""


def limit_requests(seconds: float | None) -> None:
    """Choose the time of each request of this process from here on.

    Args:
        seconds: The time; None for that of the environment, or the usual time.
    """
    _chosen_s[:] = [] if seconds is None else [seconds]


@contextmanager
def limited_requests(seconds: float | None) -> Iterator[None]:
    """Choose the time of each request until the context ends; then it is what it was.

    Args:
        seconds: See `limit_requests`.
    """
    earlier = _chosen_s[:]
    limit_requests(seconds)
    try:
        yield
    finally:
        _chosen_s[:] = earlier


def chosen_s() -> float | None:
    """The seconds of a request that a command line or the environment chose, if any did."""
    if _chosen_s:
        return _chosen_s[0]
    try:
        return float(os.environ[TIMEOUT_VARIABLE])
    except (KeyError, ValueError):
        return None


def timeout_s() -> float:
    """The time that a request may take, in seconds."""
    found = chosen_s()
    return USUAL_TIMEOUT_S if found is None else found


class Request(Generic[T]):
    """A call that has begun, in a thread of its own.

    Args:
        call: What asks the store.
        uri: What the request is about, for messages.
        times: How many times as long as a request it may take.
    """

    def __init__(self, call: Callable[[], T], uri: str, times: int = 1) -> None:
        self._call = call
        self._uri = uri
        self._done = threading.Event()
        self._limit_s = times * timeout_s()
        self._ends_s = time.monotonic() + self._limit_s
        self._value: list[T] = []
        self._error: BaseException | None = None
        threading.Thread(target=self._run, name="smoothl1-request", daemon=True).start()

    def result(self) -> T:
        """What the call returned.

        Raises:
            StorageError: The store refused, or its time was over.
        """
        if not self._done.wait(max(0.0, self._ends_s - time.monotonic())):
            error = StorageError(
                f"the store gave no answer within {self._limit_s:g} seconds",
                path=self._uri,
                hint=WAIT,
            )
            error.errno = errno.ETIMEDOUT
            raise error
        if self._error is not None:
            raise store_error(self._error, self._uri) from self._error
        return self._value[0]

    def _run(self) -> None:
        try:
            self._value.append(self._call())
        except BaseException as error:  # noqa: BLE001  raised where the result is wanted
            self._error = error
        self._done.set()


def asked(call: Callable[[], T], uri: str, times: int = 1) -> T:
    """The result of a request.

    Args:
        call: What asks the store.
        uri: What it is about, for messages.
        times: How many times as long as a request it may take.

    Raises:
        StorageError: The store refused, or its time was over.
    """
    return Request(call, uri, times).result()
