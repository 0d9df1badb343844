"""Whether the system has room for the threads of a cluster of Dask, under limits of this system."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from contextlib import ExitStack
from multiprocessing import active_children

import pytest

from smoothl1 import StorageError, open_dask
from smoothl1.engines import dask_room
from smoothl1.engines.dask_room import check_room

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="others have no such limits")

CHECK = """
from smoothl1 import StorageError
from smoothl1.engines.dask_room import check_room

try:
    check_room({}, 60.0)
except StorageError as error:
    print(error)
"""
NO_ROOM = (
    "the system allows too few processes and threads for {} workers of Dask [fewer --workers, or "
    "allow its user more processes (ulimit -u)"
)


def said(n_workers: int, limit: str, begin: str = "") -> str:
    """What the check says in a shell with a limit; "" if there is room."""
    check = begin + CHECK.format(n_workers)
    command = ["bash", "-c", f'{limit}; exec "$0" -c "$1"', sys.executable, check]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100)
    return done.stdout.strip()


def test_a_limit_of_virtual_memory_counts_for_each_process_alone() -> None:
    """The stacks of all threads were taken in this process: 64 workers needed 4 GB."""
    no_files = "from smoothl1.engines import dask_room; dask_room._N_FILES_OF_WORKER = 0"
    assert said(64, "ulimit -v 1200000", no_files) == ""
    memory = ", and more virtual memory (ulimit -v)]"
    assert said(4000, "ulimit -v 1200000", no_files) == NO_ROOM.format(4000) + memory


@pytest.mark.parametrize("n_workers", [1, 2, 8])
def test_few_open_files_are_told_before_a_cluster_begins(n_workers: int) -> None:
    n_files = 10 + 16 * n_workers
    assert said(n_workers, f"ulimit -n {n_files}") == ""
    workers = "1 worker" if n_workers == 1 else f"{n_workers} workers"
    assert said(n_workers, f"ulimit -n {n_files - 1}") == (
        f"the system allows {n_files - 1} open files, too few for {workers} of Dask "
        "[fewer --workers, or allow more (ulimit -n)]"
    )


@pytest.mark.skipif(shutil.which("setpriv") is None or os.geteuid() != 0, reason="needs a new user")
@pytest.mark.parametrize(("n_threads", "status"), [(6, 0), (40, 3)])
def test_the_trial_tells_whether_a_user_may_have_so_many_threads(
    n_threads: int, status: int
) -> None:
    """Another user, who has no processes yet, and may not read the interpreter of the tests."""
    trial = ["python3", "-I", "-S", "-c", dask_room._TRIAL, str(n_threads)]
    user = ["setpriv", "--reuid", "65531", "--clear-groups"]
    limited = ["bash", "-c", 'ulimit -u 25; exec "$0" "$@"', *trial]
    done = subprocess.run(
        [*user, *limited], env={"PATH": "/usr/bin:/bin"}, cwd="/", check=False, timeout=100
    )
    if done.returncode == 127:
        pytest.skip("no Python that every user may start")
    assert done.returncode == status


@pytest.mark.grid
def test_no_process_starts_where_there_is_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of Dask that can start no thread would print a traceback, or never begin."""
    pytest.importorskip("distributed")
    before = threading.active_count(), active_children()
    monkeypatch.setattr(dask_room, "_TRIAL", "raise SystemExit(3)")
    with ExitStack() as stack, pytest.raises(StorageError) as caught:
        stack.enter_context(open_dask(n_workers=2))
    assert str(caught.value).startswith(NO_ROOM.format(2))
    assert (threading.active_count(), active_children()) == before


def test_a_trial_that_does_not_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_room, "_TRIAL", "import signal; signal.pause()")
    said = r"^Dask has not started 2 processes within 0.1 seconds \[fewer --workers; --engine-time"
    with pytest.raises(StorageError, match=said):
        check_room(2, 0.1)


def test_a_system_that_starts_no_process_for_the_trial_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dask_room, "get_executable", lambda: "/nowhere/python")
    with pytest.raises(StorageError, match=r"^Dask starts no processes: .*No such file"):
        check_room(2, 60.0)
