"""A cluster of Dask on this machine: processes that heed no Ctrl-C, and leave nothing behind."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from multiprocessing import active_children, resource_tracker
from typing import TYPE_CHECKING, Any

import dask.config
import distributed
from tornado.ioloop import IOLoop

from smoothl1.engines.dask_faults import not_started
from smoothl1.engines.dask_room import check_room
from smoothl1.errors import TEMPORARY_HINT, StorageError, storage_error

if TYPE_CHECKING:
    from collections.abc import Iterator

CLOSING_S = 5.0
"""Seconds that closing may take where the other side does not answer."""


_LOOKS_EVERY_S = 0.1


@contextmanager
def local_cluster(n_workers: int, deadline_s: float) -> Iterator[Any]:
    """A cluster of processes with one thread each.

    Args:
        n_workers: The number of processes.
        deadline_s: Seconds that starting may take: Dask would wait for ever for a process that is
            stopped.

    Raises:
        StorageError: The system starts no processes, or they do not begin in time.
    """
    check_room(n_workers, deadline_s)
    try:
        temporary = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    except OSError as error:
        raise storage_error(error, "temporary files of Dask", TEMPORARY_HINT) from error
    with (
        temporary as folder,
        dask.config.set({"temporary-directory": folder}),
        _loop() as loop,
    ):
        starting = _Starting(n_workers, folder, loop)
        try:
            starting.thread.start()
            if not starting.ended.wait(deadline_s):
                starting.patience_s = 0.0
                raise not_started(n_workers, deadline_s)
            if starting.error is not None:
                what = f"Dask starts no {n_workers} processes: {starting.error}"
                raise StorageError(what, hint="fewer --workers") from starting.error
            yield starting.cluster
        finally:
            starting.close()


class _Starting:
    """The start of a cluster in a thread of its own: an interrupt would leave half of one.

    Attributes:
        cluster: The cluster, once it is there.
        error: What went wrong.
        ended: Set as soon as either is there.
        patience_s: Seconds that closing waits for the start to end, before processes are killed.
    """

    def __init__(self, n_workers: int, folder: str, loop: IOLoop) -> None:
        self.cluster: Any = None
        self.error: Exception | None = None
        self.ended = threading.Event()
        self.patience_s = CLOSING_S
        self.thread = threading.Thread(
            target=self._start, args=(n_workers, folder, loop), daemon=True
        )
        self._others = active_children()

    def _start(self, n_workers: int, folder: str, loop: IOLoop) -> None:
        try:
            self.cluster = distributed.LocalCluster(
                n_workers=n_workers,
                threads_per_worker=1,
                dashboard_address=None,
                local_directory=folder,
                memory_limit=0,  # none: parts take as much as threads do
                silence_logs=logging.CRITICAL,
                loop=loop,
            )
        except Exception as error:  # noqa: BLE001  raised by the thread that waits
            self.error = error
        finally:
            self.ended.set()

    def close(self) -> None:
        """Close the cluster, if it was started.

        One that is half started cannot be closed. Its start is waited for, and if that takes long,
        its processes are killed. `Thread.join`, if interrupted, marks the thread as ended, so an
        event tells that.
        """
        begun_s = time.monotonic()
        while self.thread.ident is not None and not self.ended.wait(_LOOKS_EVERY_S):
            waited_s = time.monotonic() - begun_s
            if waited_s > self.patience_s:
                self._kill_processes()
            if waited_s > self.patience_s + CLOSING_S:
                return
        if self.cluster is None:
            return
        try:
            self.cluster.close(timeout=CLOSING_S)
        except TimeoutError:  # which says nothing about the run
            self._kill_processes()
            # Else it warns that it was not closed, when it is collected.
            self.cluster.status = distributed.Status.closed

    def _kill_processes(self) -> None:
        """Kill the processes that were started; Dask may start others in their place."""
        for process in active_children():
            if process not in self._others:
                process.kill()


def _start_tracker() -> None:
    """Start the process that frees what other processes leave behind, so that it tells nobody.

    It takes the filters of warnings of this process. After an interrupt it has semaphores to free.
    """
    options = sys.warnoptions[:]
    sys.warnoptions[:] = ["ignore"]
    try:
        resource_tracker.ensure_running()
    finally:
        sys.warnoptions[:] = options


@contextmanager
def _loop() -> Iterator[IOLoop]:
    """An event loop in a thread that SIGINT passes by, as do the processes that it starts.

    A terminal sends SIGINT to all processes; only this one is to end the others.

    Raises:
        StorageError: The system gives it no process or no descriptor.
    """
    loops: list[IOLoop] = []
    errors: list[Exception] = []
    is_ready, may_end = threading.Event(), asyncio.Event()

    async def serve() -> None:
        loops.append(IOLoop.current())
        is_ready.set()
        await may_end.wait()

    def run() -> None:
        try:
            if hasattr(signal, "pthread_sigmask"):
                _start_tracker()  # its start would unblock the signal again
                signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            asyncio.run(serve())
        except Exception as error:  # noqa: BLE001  raised by the thread that waits
            errors.append(error)
        finally:
            is_ready.set()

    thread = threading.Thread(target=run, name="smoothl1", daemon=True)
    thread.start()
    try:
        is_ready.wait()
        if errors:
            raise StorageError(f"Dask starts no processes: {errors[0]}") from errors[0]
        yield loops[0]
    finally:
        is_ready.wait()
        for loop in loops:
            loop.add_callback(may_end.set)
        thread.join(CLOSING_S)
