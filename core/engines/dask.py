"""Dask as an engine: a cluster of this machine, or one that a scheduler leads.

Dask waits for ever where no worker is left or the scheduler is gone, so deadlines are kept here.
"""

from __future__ import annotations

import logging
import socket
import time
import warnings
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from smoothl1.errors import MissingExtraError, SettingsError, SmoothL1Error, StorageError

try:
    import distributed
    from distributed.comm import get_address_host_port
    from distributed.comm.core import CommClosedError
except ImportError as error:
    what = "the engine dask needs the package distributed"
    raise MissingExtraError(what, hint="pip install 'smoothl1[dask]'") from error

from smoothl1.engines.contract import LostPartError
from smoothl1.engines.dask_cluster import CLOSING_S, local_cluster
from smoothl1.engines.executor import CALLS_PER_WORKER, LOSSES_PER_WORKER
from smoothl1.engines.packages import PACKAGES, check_versions, own_versions
from smoothl1.engines.window import windowed

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

S = TypeVar("S")
T = TypeVar("T")

DEADLINE_S = 60.0
"""Seconds without a scheduler or a worker after which a run ends."""

_ADDRESS = "give the address that the scheduler prints, such as tcp://host:8786"

_WORKERS_ASKED_EVERY_S = 2.0
"""Seconds between two questions to the scheduler; an answer names all workers."""


class DaskEngine:
    """A client of Dask as an engine. The client stays open.

    Args:
        client: The client.
        deadline_s: Seconds without a scheduler or a worker after which a run ends.

    Raises:
        StorageError: No worker comes, or its packages are of other versions.
    """

    name = "dask"
    shares_memory = False

    def __init__(self, client: Any, deadline_s: float = DEADLINE_S) -> None:
        self._client = client
        self._deadline_s = deadline_s
        self._address = client.scheduler.address
        self._asked_s = self._seen_s = time.monotonic()
        self.n_workers = self._n_threads()
        while not self.n_workers:
            self.check()
            time.sleep(0.05)
            self.n_workers = self._n_threads()
        self._check_versions()

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
        except (
            CancelledError,
            distributed.TimeoutError,
            CommClosedError,
        ) as error:
            raise self._gone() from error

    def check(self) -> None:
        now = time.monotonic()
        if self._client.status not in ("running", "connecting"):
            raise self._gone()
        if now - self._asked_s < _WORKERS_ASKED_EVERY_S:
            return
        self._asked_s = now
        if self._n_threads():
            self._seen_s = time.monotonic()
        elif now - self._seen_s > self._deadline_s:
            what = f"no worker of Dask at {self._address} for {self._deadline_s:g} seconds"
            raise StorageError(what, hint="start workers, or wait longer: --engine-timeout")

    def cancel(self, futures: list[Any]) -> None:
        if futures and self._client.status == "running":
            self._client.cancel(futures, force=True)

    def _n_threads(self) -> int:
        """Number of threads of all workers.

        Raises:
            StorageError: The scheduler does not answer.
        """
        try:
            found = self._client.sync(
                self._client.scheduler.identity, callback_timeout=self._deadline_s
            )
        except Exception as error:
            raise self._gone() from error
        return sum(worker["nthreads"] for worker in found["workers"].values())

    def _gone(self) -> StorageError:
        what = f"the scheduler of Dask at {self._address} is gone"
        return StorageError(what, hint="start it again, and its workers")

    def _check_versions(self) -> None:
        """Refuse workers whose packages differ from those of this process.

        Raises:
            StorageError: They differ.
        """
        try:
            found = self._client.get_versions(packages=PACKAGES)
        except Exception as error:
            raise self._gone() from error
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
            _await_scheduler(scheduler, deadline_s)
        address = scheduler or stack.enter_context(local_cluster(n_workers))
        client = _client(address, deadline_s)
        stack.callback(client.close, timeout=CLOSING_S)
        yield DaskEngine(client, deadline_s)


def _client(address: Any, deadline_s: float) -> Any:
    """A client of a scheduler.

    Raises:
        StorageError: No scheduler answers.
    """
    try:
        return distributed.Client(address, timeout=deadline_s, set_as_default=False)
    except (OSError, distributed.TimeoutError) as error:
        raise StorageError(f"{address} is no scheduler of Dask", hint=_ADDRESS) from error


def _await_scheduler(address: str, deadline_s: float) -> None:
    """Wait until something answers at an address: a client that finds nothing cannot be closed.

    Raises:
        SettingsError: The address is none.
        StorageError: Nothing answers.
    """
    begin_s = time.monotonic()
    try:
        where = get_address_host_port(address)
    except ValueError as error:
        raise SettingsError(f"not an address of a scheduler: {address!r}", hint=_ADDRESS) from error
    while True:
        try:
            with socket.create_connection(where, timeout=deadline_s):
                return
        except OSError as error:
            if time.monotonic() - begin_s > deadline_s:
                what = f"no scheduler of Dask answers at {address} within {deadline_s:g} seconds"
                raise StorageError(what, hint=_ADDRESS) from error
        time.sleep(0.1)
