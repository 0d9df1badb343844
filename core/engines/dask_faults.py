"""What Dask, its scheduler or its workers did that ends a run, as errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.errors import StorageError, counted
from smoothl1.system_limits import has_memory_limit

if TYPE_CHECKING:
    from concurrent.futures import CancelledError

_CONNECTION_LOST, _RESTARTED = "scheduler-connection-lost", "scheduler-restart"
"""Reasons that Dask gives for tasks that were cancelled; before 2024.12 it gives none."""


def gone(address: str) -> StorageError:
    """The error where the scheduler at an address is gone."""
    what = f"the scheduler of Dask at {address} is gone"
    return StorageError(what, hint="start it again, and its workers")


def closed_by_others() -> StorageError:
    """The error where the client was closed, and the scheduler is there."""
    hint = "run again with another client, and leave it open; the scheduler of Dask goes on"
    return StorageError("the client of Dask was closed during the run", hint=hint)


def cancelled(error: CancelledError, address: str) -> StorageError:
    """The error where tasks of the run were cancelled by others, or with the connection.

    Args:
        error: What Dask raised.
        address: That of the scheduler.
    """
    reason = getattr(error, "reason", None)
    if reason == _CONNECTION_LOST:
        return gone(address)
    cause = "since its workers were restarted" if reason == _RESTARTED else "by a client"
    what = f"the tasks of this run were cancelled at {address}, {cause}"
    return StorageError(what, hint="run again; the scheduler of Dask goes on")


def silent_scheduler(address: str, deadline_s: float) -> StorageError:
    """The error where the scheduler at an address gave no answer for so many seconds."""
    what = f"the scheduler of Dask at {address} gave no answer within {deadline_s:g} seconds"
    return StorageError(what, hint="see whether it runs; --engine-timeout waits longer")


def silent_worker(worker: str, deadline_s: float) -> StorageError:
    """The error where a worker, told by its address, gave no answer for so many seconds."""
    what = f"a worker of Dask gave no answer within {deadline_s:g} seconds: {worker}"
    return StorageError(what, hint="end or restart it; --engine-timeout waits longer")


def no_worker(address: str, deadline_s: float, *, had_some: bool) -> StorageError:
    """The error where no worker came.

    Args:
        address: That of the scheduler.
        deadline_s: How long it was waited for, in seconds.
        had_some: Whether some were there before.
    """
    what = f"no worker of Dask at {address} for {deadline_s:g} seconds"
    hint = "start workers, or wait longer: --engine-timeout"
    if had_some:  # what they cannot read, such as a task, ends them
        hint = f"their logs say why they ended, such as another version; then {hint}"
    return StorageError(what, hint=hint)


def no_threads() -> StorageError:
    """The error where a worker could not start the thread that its parts run in."""
    what = "a worker of Dask can start no thread, since its system allows no more"
    return StorageError(what, hint=_more_room())


def no_room(n_workers: int) -> StorageError:
    """The error where the system allows fewer threads than a cluster of this machine has."""
    what = f"the system allows too few processes and threads for {n_workers} workers of Dask"
    return StorageError(what, hint=_more_room())


def not_started(n_workers: int, deadline_s: float) -> StorageError:
    """The error where a cluster of this machine did not start within so many seconds."""
    what = f"Dask has not started {n_workers} processes within {deadline_s:g} seconds"
    return StorageError(what, hint="fewer --workers; --engine-timeout waits longer")


def few_files(n_workers: int, n_files: int) -> StorageError:
    """The error where a process may open so many files alone, too few for a cluster."""
    what = f"the system allows {n_files} open files, too few for {counted(n_workers, 'worker')}"
    return StorageError(f"{what} of Dask", hint="fewer --workers, or allow more (ulimit -n)")


def _more_room() -> str:
    """What may give room for threads: the limits that are set, of those that count."""
    memory = ", and more virtual memory (ulimit -v)" if has_memory_limit() else ""
    return f"fewer --workers, or allow its user more processes (ulimit -u){memory}"
