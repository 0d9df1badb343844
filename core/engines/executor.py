"""Any executor of `concurrent.futures` as an engine: processes, MPI, loky, ipyparallel."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor, CancelledError, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any, TypeVar

from smoothl1.engines.window import windowed
from smoothl1.errors import SettingsError, SmoothL1Error, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from concurrent.futures import Executor, Future

S = TypeVar("S")
T = TypeVar("T")

CALLS_PER_WORKER = 4
"""Calls in flight for each worker: one runs, and the others hide the time that messages take."""

LOSSES_PER_WORKER = 2
"""The same where each result is losses to be written: 10 to 20 MB."""

_WORKERS_SENT_TO = 16
"""Workers for which calls are in flight where an executor does not tell how many it has: rather too
few, since results wait in this process."""


class ExecutorEngine:
    """An executor as an engine. The executor stays open.

    Args:
        executor: The executor. Only a `ThreadPoolExecutor` is taken to share this process's memory.

    Raises:
        SettingsError: It is no executor.
    """

    def __init__(self, executor: Executor) -> None:
        if not callable(getattr(executor, "submit", None)):
            what = f"an executor has a method submit, and {type(executor).__name__} has none"
            raise SettingsError(what)
        self._executor = executor
        self.name = type(executor).__name__
        self.shares_memory = isinstance(executor, ThreadPoolExecutor)

    @property
    def n_workers(self) -> int | None:
        found = getattr(self._executor, "_max_workers", None)
        return found if isinstance(found, int) and found > 0 else None

    def in_order(self, function: Callable[[S], T], parts: Iterable[S]) -> Generator[T]:
        n_waiting = LOSSES_PER_WORKER * (self.n_workers or _WORKERS_SENT_TO)
        return windowed(function, parts, self, n_waiting, in_order=True)

    def as_completed(self, function: Callable[[S], T], parts: Iterable[S]) -> Generator[T]:
        n_waiting = CALLS_PER_WORKER * (self.n_workers or _WORKERS_SENT_TO)
        return windowed(function, parts, self, n_waiting, in_order=False)

    def submit(self, function: Callable[[S], T], item: S) -> Future[T]:
        try:
            return self._executor.submit(function, item)
        except BrokenExecutor as error:
            raise self._broken() from error
        except Exception as error:
            what = f"{self.name} takes no tasks: {_words(error)}"
            raise StorageError(what, hint="give an executor that is open") from error

    def when_done(self, future: Future[Any], tell: Callable[[], None]) -> None:
        future.add_done_callback(lambda _: tell())

    def result(self, future: Future[T], item: Any) -> T:
        try:
            return future.result()
        except SmoothL1Error:
            raise
        except BrokenExecutor as error:
            raise self._broken() from error
        except CancelledError as error:
            hint = "run again, and leave the executor open until then"
            raise StorageError(f"a task of {self.name} was cancelled", hint=hint) from error

    def _broken(self) -> StorageError:
        """The error about workers that ended: a pool takes no more tasks then."""
        what = f"a worker of {self.name} ended before its task"
        hint = "it may have had too little memory: fewer workers, or a smaller chunk size"
        return StorageError(what, hint=hint)

    def check(self) -> None:
        """Do nothing: a broken executor breaks its futures."""

    def cancel(self, futures: list[Future[T]]) -> None:
        wait([future for future in futures if not future.cancel()])


def _words(error: Exception) -> str:
    """The message of an error in one line, or its name."""
    return " ".join(str(error).split()) or type(error).__name__
