"""Dask as an engine: a cluster of this machine, or one that a scheduler leads.

Dask waits for ever where no worker is left or the scheduler is gone, so deadlines are kept here.
"""

from __future__ import annotations

import logging
import time
import warnings
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from smoothl1.errors import MissingExtraError, SmoothL1Error, StorageError, lack_of

try:
    import distributed
    from distributed.client import done_callback
    from distributed.comm.core import CommClosedError
except ImportError as error:
    what = "the engine dask needs the package distributed"
    raise MissingExtraError(what, hint="pip install 'smoothl1[dask]'") from error

from smoothl1.engines.contract import LostPartError
from smoothl1.engines.dask_client import await_scheduler, close, connected, lost
from smoothl1.engines.dask_cluster import local_cluster
from smoothl1.engines.dask_faults import (
    cancelled,
    no_threads,
    no_worker,
    silent_scheduler,
    silent_worker,
)
from smoothl1.engines.dask_workers import Workers
from smoothl1.engines.executor import CALLS_PER_WORKER, LOSSES_PER_WORKER
from smoothl1.engines.heartbeats import Heartbeats
from smoothl1.engines.packages import PACKAGES, check_versions, own_versions
from smoothl1.engines.window import windowed

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

S = TypeVar("S")
T = TypeVar("T")

DEADLINE_S = 60.0
"""Seconds without a scheduler or a worker after which a run ends."""

_WORKERS_ASKED_EVERY_S = 2.0
"""Seconds between two questions to the scheduler; an answer names all workers."""

_HEARTBEATS_S = 4.0
"""Seconds in which every worker that runs is heard of: with up to 200, each has two heartbeats."""


class DaskEngine:
    """A client of Dask as an engine. The client stays open.

    Args:
        client: The client.
        deadline_s: Seconds without a scheduler or a worker after which a run ends.

    Raises:
        StorageError: The client is closed, no worker comes, or its packages are of other versions.
    """

    name = "dask"
    shares_memory = False

    def __init__(self, client: Any, deadline_s: float = DEADLINE_S) -> None:
        if client.scheduler is None:
            raise StorageError("the client of Dask is closed", hint="make another client")
        self._client = client
        self._deadline_s = deadline_s
        self._address = client.scheduler.address
        self._asks_every_s = min(_WORKERS_ASKED_EVERY_S, deadline_s / 8)
        self._asked_s = self._seen_s = time.monotonic()
        self._heartbeats = Heartbeats()
        self.n_workers = self._workers().n_threads
        if not self.n_workers:
            self._await_worker()
        self._check_versions()

    def _await_worker(self) -> None:
        """Wait for a worker; a cluster that adapts itself starts one once there is a task.

        Raises:
            StorageError: No worker comes.
        """
        task = self.submit(abs, 0)
        try:
            while not self.n_workers:
                self.check()
                time.sleep(0.05)
                self.n_workers = self._workers().n_threads
        finally:
            self.cancel([task])

    def in_order(self, function: Callable[[S], T], parts: Iterable[S]) -> Generator[T]:
        n_waiting = LOSSES_PER_WORKER * self.n_workers
        return windowed(function, parts, self, n_waiting, in_order=True)

    def as_completed(self, function: Callable[[S], T], parts: Iterable[S]) -> Generator[T]:
        n_waiting = CALLS_PER_WORKER * self.n_workers
        return windowed(function, parts, self, n_waiting, in_order=False)

    def submit(self, function: Callable[[S], T], item: S) -> Any:
        try:
            return self._client.submit(function, item, pure=False)
        except Exception as error:
            raise self._gone() from error

    def when_done(self, future: Any, tell: Callable[[], None]) -> None:
        # In the thread of the client. Dask's own `add_done_callback` starts another one, and is
        # silent for ever where the system has none left.
        self._client.loop.add_callback(done_callback, future, lambda _: tell())

    def result(self, future: Any, item: Any) -> Any:
        self._seen_s = time.monotonic()  # a worker has answered
        try:
            return future.result(timeout=self._deadline_s)
        except SmoothL1Error:
            raise
        except distributed.KilledWorker as error:
            what = f"a part ended each of {error.allowed_failures + 1} workers of Dask"
            hint = "they may have had too little memory, or the system ended them"
            raise LostPartError(what, item, hint=hint) from error
        except distributed.TimeoutError as error:
            raise self._no_answer() from error
        except CommClosedError as error:
            raise self._gone() from error
        except (CancelledError, RuntimeError) as error:
            if self._client.status != "running":
                raise self._gone() from error
            if isinstance(error, CancelledError):
                raise cancelled(error, self._address) from error
            if lack_of(error) == "threads":
                raise no_threads() from error
            raise

    def check(self) -> None:
        now_s = time.monotonic()
        if self._client.status not in ("running", "connecting"):
            raise self._gone()
        if now_s - self._asked_s < self._asks_every_s:
            return
        self._asked_s = now_s
        workers = self._workers()
        self._refuse_stalled(self._heartbeats.silent(now_s - self._deadline_s))
        not_taking = workers.not_taking
        tasks = self._tasks() if not_taking else {}
        if self._goes_on(workers, tasks):
            self._seen_s = time.monotonic()
        elif now_s - self._seen_s > self._deadline_s:
            if not_taking:
                raise workers.held_up(tasks, self._deadline_s)
            raise no_worker(self._address, self._deadline_s, had_some=self.n_workers > 0)

    def cancel(self, futures: list[Any]) -> None:
        if futures and self._client.status == "running":
            self._client.cancel(futures, force=True)

    def _ask(self, question: Callable[..., Any], **how: Any) -> Any:
        """What the scheduler answers.

        Raises:
            TimeoutError: It, or a worker that it asks, gives no answer.
            StorageError: It is gone.
        """
        try:
            return self._client.sync(question, **how, callback_timeout=self._deadline_s)
        except distributed.TimeoutError:
            raise
        except Exception as error:
            raise self._gone() from error

    def _workers(self) -> Workers:
        """The workers that are there; their heartbeats are noted.

        Raises:
            StorageError: The scheduler does not answer.
        """
        try:
            workers = Workers(self._ask(self._client.scheduler.identity)["workers"])
        except distributed.TimeoutError as error:
            raise silent_scheduler(self._address, self._deadline_s) from error
        now_s = time.monotonic()
        beats = {address: x.get("last_seen", now_s) for address, x in workers.known.items()}
        self._heartbeats.note(beats, now_s)
        return workers

    def _tasks(self) -> dict[str, list[Any]]:
        """The tasks of this run that each worker has, by its address; none without an answer."""
        try:
            tasks = self._ask(self._client.scheduler.processing)
        except distributed.TimeoutError:
            return {}  # the next question says so
        ours = self._client.futures
        return {address: [key for key in keys if key in ours] for address, keys in tasks.items()}

    def _goes_on(self, workers: Workers, tasks: dict[str, list[Any]]) -> bool:
        """Whether a worker executes tasks of this run, or there is one that may be given them.

        Args:
            workers: The workers that are there.
            tasks: The tasks of this run that each has, if some take no tasks.
        """
        held = [key for address in workers.not_taking for key in tasks.get(address, ())]
        waiting = [*self._client.futures.values()]
        n_elsewhere = sum(state.status == "pending" for state in waiting) - len(held)
        if workers.n_threads and (n_elsewhere > 0 or not held):
            return True
        return bool(held) and self._are_executed(held)

    def _are_executed(self, tasks: list[Any]) -> bool:
        """Whether workers execute some tasks, which they may hold as well until they have time."""
        try:
            return any(self._ask(self._client.scheduler.call_stack, keys=tasks).values())
        except (distributed.TimeoutError, StorageError):  # of a worker that ends: no sign of life
            return False

    def _refuse_stalled(self, silent: list[str]) -> None:
        """Refuse to wait for workers that give no sign of life, if they have tasks of this run.

        Others would not be given these tasks before the scheduler misses the workers, too.

        Raises:
            StorageError: There are such workers.
        """
        tasks = self._tasks() if silent else {}
        for address in silent:
            if tasks.get(address):
                raise self._stalled(address)

    def _no_answer(self) -> StorageError:
        """The error where a worker gave no answer; it says which one, if a heartbeat is missing."""
        before_s = time.monotonic()
        try:
            while time.monotonic() - before_s < _HEARTBEATS_S:
                self._workers()
                time.sleep(_HEARTBEATS_S / 4)
        except StorageError as error:
            return error
        silent = self._heartbeats.silent(before_s)
        return self._stalled(silent[0] if silent else f"one that {self._address} leads")

    def _stalled(self, worker: str) -> StorageError:
        return silent_worker(worker, self._deadline_s)

    def _gone(self) -> StorageError:
        return lost(self._client, self._address)

    def _check_versions(self) -> None:
        """Refuse workers whose packages differ from those of this process.

        Raises:
            StorageError: They differ.
        """
        ask = self._client._get_versions  # noqa: SLF001  the public one waits for ever
        try:
            found = self._ask(ask, packages=PACKAGES)
        except distributed.TimeoutError as error:
            raise self._no_answer() from error
        for address, worker in found["workers"].items():
            check_versions(f"the worker of Dask at {address}", worker["packages"], own_versions())


@contextmanager
def open_dask(
    scheduler: str | None = None, *, n_workers: int = 1, deadline_s: float = DEADLINE_S
) -> Iterator[DaskEngine]:
    """Connect to a scheduler of Dask, or start a cluster of processes on this machine.

    While it is open, this process logs nothing: what happens is told by errors.

    Args:
        scheduler: The address of a scheduler, such as "tcp://host:8786"; unset, a cluster is
            started, and ends with the context.
        n_workers: Number of processes of that cluster, with one thread each.
        deadline_s: Seconds without a scheduler or a worker after which a run ends.

    Raises:
        SettingsError: The address is none.
        StorageError: No scheduler answers, no worker comes, or its packages are of other versions.
        MissingExtraError: Dask is not installed.
    """
    with ExitStack() as stack:
        stack.callback(logging.disable, logging.root.manager.disable)
        logging.disable(logging.CRITICAL)
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        if scheduler is not None:
            await_scheduler(scheduler, deadline_s)
        address = scheduler or stack.enter_context(local_cluster(n_workers, deadline_s))
        client = connected(address, deadline_s)
        stack.callback(close, client)
        yield DaskEngine(client, deadline_s)
