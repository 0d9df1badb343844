"""Whether the system has room for the threads and files of a cluster, most of them elsewhere.

A process of Dask that can start none ends with a traceback, or never begins.
"""

from __future__ import annotations

import os
import signal
import subprocess
from multiprocessing.spawn import get_executable

from smoothl1.engines.dask_faults import few_files, no_room, not_started
from smoothl1.errors import StorageError
from smoothl1.system_limits import most_open_files

_N_THREADS, _N_THREADS_OF_WORKER = 6, 8
"""Threads of a cluster beside this one: here and for each worker, in its process and for it. They
are 5 and 6 at a time, and more now and then."""

_N_FILES, _N_FILES_OF_WORKER = 10, 16
"""Files that this process has open at least, and for each worker: pipes and connections."""

_NO_THREAD = 3

_TRIAL = f"""
import _thread, os, sys
_thread.stack_size(1 << 18)
held = _thread.allocate_lock()
held.acquire()
try:
    for _ in range(int(sys.argv[1])):
        _thread.start_new_thread(held.acquire, ())
except RuntimeError:
    os._exit({_NO_THREAD})
os._exit(0)
"""
"""Starts threads that do nothing, in a process of its own, and ends with them.

In this process each would take 8 MiB of addresses for its stack, and leave up to 128 MiB reserved
for its allocations, which a limit of virtual memory counts (`ulimit -v`). It is one for each
process, and the threads of workers are in theirs.
"""

_ENDS = (_NO_THREAD, -getattr(signal, "SIGABRT", 6))
"""How the trial ends without room: libgcc aborts where it cannot be loaded for a thread."""


def check_room(n_workers: int, deadline_s: float) -> None:
    """Check that the system allows as many files and threads as a cluster has.

    Args:
        n_workers: The number of processes, each with one thread for its parts.
        deadline_s: Seconds that the trial may take.

    Raises:
        StorageError: It allows fewer, or starts no process, or none in time.
    """
    n_files = most_open_files()
    if n_files is not None and n_files < _N_FILES + n_workers * _N_FILES_OF_WORKER:
        raise few_files(n_workers, n_files)
    n_threads = _N_THREADS + n_workers * _N_THREADS_OF_WORKER
    try:
        done = subprocess.run(  # noqa: S603  the interpreter, with the text above
            [os.fsdecode(get_executable()), "-I", "-S", "-c", _TRIAL, str(n_threads)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "MALLOC_ARENA_MAX": "1"},
            timeout=deadline_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise not_started(n_workers, deadline_s) from error
    except OSError as error:
        raise StorageError(f"Dask starts no processes: {error}") from error
    if done.returncode in _ENDS:
        raise no_room(n_workers)
