"""Dask as an engine: the same bits, whatever happens to workers; no waiting without an end."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import threading
import time
from contextlib import contextmanager, suppress
from multiprocessing import active_children, get_context
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, Execution, SettingsError, StorageError, evaluate, open_dask
from smoothl1.engines import dask, dask_cluster
from smoothl1.engines.contract import LostPartError
from smoothl1.engines.packages import own_versions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from pathlib import Path

    from smoothl1.engines.dask import DaskEngine

distributed = pytest.importorskip("distributed")

pytestmark = [
    pytest.mark.grid,
    pytest.mark.xdist_group("dask"),
    pytest.mark.skipif(os.name != "posix", reason="workers are killed by signals"),
]

N = 8 << 16


@pytest.fixture(scope="module")
def engine() -> Iterator[DaskEngine]:
    """A cluster of two workers on this machine."""
    with open_dask(n_workers=2) as engine:
        yield engine


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("dask")
    rng = np.random.default_rng(3)
    target = rng.normal(size=N) * np.exp(rng.uniform(-30, 30, N))
    np.save(folder / "p.npy", target + rng.normal(size=N))
    np.save(folder / "t.npy", target)
    return str(folder / "p.npy"), str(folder / "t.npy")


HOW: dict[str, Any] = {"betas": (0.5, 2.0), "statistics": True, "execution": Execution(1, 1 << 14)}


def test_errors_of_parts_arrive_as_they_are_and_the_first_in_order(engine: DaskEngine) -> None:
    def fail(i: int) -> int:
        if i > 6:
            raise DataError(f"row {i}", path="p", hint="look")
        return i

    for method in (engine.in_order, engine.as_completed):
        with pytest.raises(DataError, match=r"^p: row 7 \[look\]$"):
            list(method(fail, range(30)))


def test_the_deadline_begins_with_the_last_answer(engine: DaskEngine) -> None:
    engine._seen_s = 0.0
    assert list(engine.as_completed(abs, [-3])) == [3]
    assert engine._seen_s > 0.0


def test_results_arrive_where_the_system_starts_no_thread_to_tell_of_them(
    engine: DaskEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = threading.Thread.start

    def refuse(thread: threading.Thread) -> None:
        if thread.name.startswith("Dask-Callback"):
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(distributed.Future, "_cb_executor", None)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert list(engine.as_completed(abs, [-3])) == [3]


def test_a_worker_that_can_start_no_thread_is_said_to_have_none(engine: DaskEngine) -> None:
    said = r"^a worker of Dask can start no thread, .* \[fewer --workers, or allow its user more"
    with pytest.raises(StorageError, match=said):
        list(engine.as_completed(refuse_thread, [0]))
    with pytest.raises(RuntimeError, match=r"^a bug$"):
        list(engine.as_completed(refuse_thread, [1]))


def refuse_thread(i: int) -> None:
    """What Python says where it starts no thread, or another error."""
    raise RuntimeError("a bug" if i else "can't start new thread")


def test_workers_of_other_versions_do_not_begin(
    engine: DaskEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask, "own_versions", lambda: {**own_versions(), "smoothl1": "9.9"})
    with pytest.raises(StorageError, match=r"worker of Dask at tcp.* has smoothl1 .*, not 9\.9"):
        dask.DaskEngine(engine._client)


def test_clusters_of_any_size_give_the_same_bits_also_if_workers_are_killed(
    engine: DaskEngine, paths: tuple[str, str]
) -> None:
    client = engine._client
    pids = list(client.run(os.getpid).values())

    def kill(_: object) -> None:
        if pids:
            os.kill(pids.pop(), signal.SIGKILL)

    expected = evaluate(*paths, **HOW)
    found = evaluate(*paths, **HOW, executor=engine, progress=kill)
    assert pids == []
    assert found == expected
    assert found.to_json()["engine"] == "dask"
    for n_workers in (2, 1):
        client.cluster.scale(n_workers)
        client.cluster.sync(client.cluster._correct_state)
        assert evaluate(*paths, **HOW, executor=client) == expected


def test_a_client_that_was_closed_is_told_so(engine: DaskEngine, paths: tuple[str, str]) -> None:
    client = distributed.Client(engine._address)
    client.close()
    with pytest.raises(StorageError, match=r"^the client of Dask is closed \[make another client"):
        evaluate(*paths, executor=client)


def test_an_asynchronous_client_is_told_so(engine: DaskEngine, paths: tuple[str, str]) -> None:
    async def ask() -> None:
        async with distributed.Client(engine._address, asynchronous=True) as client:
            evaluate(*paths, executor=client)

    with pytest.raises(SettingsError, match=r"^a client of Dask with asynchronous=True is no exec"):
        asyncio.run(ask())


def allow_no_failure(dask_scheduler: Any) -> None:
    dask_scheduler.allowed_failures = 0


def test_a_part_that_ends_every_worker_is_named(
    engine: DaskEngine, paths: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine._client.run_on_scheduler(allow_no_failure)

    def end(_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr("smoothl1.running.by_tasks.answer", end)
    words = rf"a part ended each of 1 workers of Dask: rows 1 to \d+ of {paths[0]}, {paths[1]} "
    with pytest.raises(LostPartError, match=words):
        evaluate(*paths, executor=engine)


def lead(address_to: Connection, n_workers: int, adapts: bool) -> None:
    """Be a scheduler with workers in the same process, until killed; no task changes its worker."""
    pytest.importorskip("dask.config").set({"distributed.scheduler.work-stealing": False})
    cluster = distributed.LocalCluster(
        n_workers=n_workers,
        threads_per_worker=1,
        processes=False,
        dashboard_address=None,
        protocol="tcp://",
        scheduler_port=0,
        memory_limit=0,  # tests pause workers themselves
    )
    if adapts:
        cluster.adapt(minimum=0, maximum=1, interval="50ms")
    address_to.send(cluster.scheduler_address)
    signal.pause()


@contextmanager
def scheduler(n_workers: int, *, adapts: bool = False) -> Iterator[tuple[str, Any]]:
    here, there = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=lead, args=(there, n_workers, adapts))
    process.start()
    try:
        yield here.recv(), process
    finally:
        process.kill()
        process.join()


def test_a_scheduler_that_vanishes_ends_the_run(tmp_path: Path) -> None:
    with (
        scheduler(1) as (address, process),
        open_dask(address, deadline_s=30) as engine,
    ):
        results = engine.as_completed(wait_for, [0, 1, 2, str(tmp_path / "never")])
        assert sorted(next(results) for _ in range(3)) == [0, 1, 2]
        process.kill()
        with pytest.raises(StorageError, match=r"the scheduler of Dask at tcp.* is gone"):
            next(results)


def test_a_client_that_its_user_closes_is_told_from_a_scheduler_that_is_gone(
    tmp_path: Path,
) -> None:
    with scheduler(1) as (address, _):
        client = distributed.Client(address)
        results = dask.DaskEngine(client).as_completed(wait_for, [0, str(tmp_path / "never")])
        assert next(results) == 0
        client.close()
        with pytest.raises(StorageError, match=r"^the client of Dask was closed during the run \["):
            next(results)
        with distributed.Client(address) as other:
            assert other.scheduler_info()["address"] == address


@pytest.mark.parametrize("does", ["restart", "cancel"])
def test_tasks_that_another_client_cancels_are_told_from_a_scheduler_that_is_gone(
    tmp_path: Path, does: str
) -> None:
    cause = "since its workers were restarted" if does == "restart" else "by a client"
    said = rf"the tasks of this run were cancelled at tcp.*, {cause} \[run again; the scheduler of"
    with open_dask(n_workers=1) as engine, distributed.Client(engine._address) as other:
        results = engine.as_completed(wait_for, [0, str(tmp_path / "never")])
        assert next(results) == 0
        if does == "restart":
            other.restart(wait_for_workers=False)
        else:
            keys = [*engine._client.futures]
            other.cancel([distributed.Future(key, other) for key in keys], force=True)
        with pytest.raises(StorageError, match=said):
            next(results)
        assert other.scheduler_info()["address"] == engine._address


def test_a_scheduler_that_stalls_ends_the_run_within_the_deadline(tmp_path: Path) -> None:
    said = r"the scheduler of Dask at tcp.* gave no answer within 1\.5 seconds"
    with scheduler(1) as (address, process):
        with open_dask(address, deadline_s=30) as engine:
            engine._deadline_s, engine._asks_every_s = 1.5, 0.1
            results = engine.as_completed(wait_for, [0, str(tmp_path / "never")])
            assert next(results) == 0
            os.kill(process.pid, signal.SIGSTOP)
            with pytest.raises(StorageError, match=said):
                next(results)
        with pytest.raises(StorageError, match=said):
            open_dask(address, deadline_s=1.5).__enter__()


def test_a_worker_that_stalls_with_a_part_is_named_and_ended(tmp_path: Path) -> None:
    with open_dask(n_workers=2) as engine:
        pids = engine._client.run(os.getpid)
        engine._deadline_s = 3.0
        results = engine.as_completed(stop, ["", *[str(tmp_path / "never")] * 3])
        named = "|".join(pids)
        with pytest.raises(StorageError, match=rf"no answer within 3 seconds: ({named}) \[end"):
            next(results)
    for pid in pids.values():
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def stop(path: str) -> None:
    """Stop the worker, or wait."""
    if path:
        wait_for(path)
    os.kill(os.getpid(), signal.SIGSTOP)


def wait_for(path: object) -> object:
    while isinstance(path, str) and not os.path.exists(path):
        time.sleep(0.05)
    return path


def pause(dask_worker: Any) -> None:
    """Do what Dask does to a worker that is short of memory."""
    dask_worker.status = distributed.core.Status.paused


def resume(dask_worker: Any) -> None:
    """Do what Dask does once there is memory."""
    dask_worker.status = distributed.core.Status.running


PAUSED = (
    r"a worker of Dask is paused, and nothing went on for 1\.5 seconds: {} "
    r"\[it is short of memory: .*--memory-limit\); --engine-timeout waits longer\]$"
)


def test_a_cluster_whose_workers_are_paused_is_waited_for_until_the_deadline() -> None:
    with scheduler(1) as (address, _), distributed.Client(address) as client:
        (worker,) = client.run(pause)
        with pytest.raises(StorageError, match=PAUSED.format(worker)) as refused:
            open_dask(address, deadline_s=1.5).__enter__()
        assert "\n" not in refused.value.args[0]
        timer = threading.Timer(1.0, client.run, [resume])
        timer.start()
        with open_dask(address, deadline_s=50) as engine:
            assert list(engine.as_completed(abs, [-3])) == [3]
        timer.join()


def test_a_part_that_a_paused_worker_executes_goes_on_and_one_that_it_holds_does_not(
    tmp_path: Path,
) -> None:
    there = tmp_path / "there"
    with scheduler(1) as (address, _), open_dask(address, deadline_s=50) as engine:
        results = engine.as_completed(wait_for, [0, *[str(there)] * 3])
        assert next(results) == 0
        while not engine._client.call_stack(engine._client.futures):
            time.sleep(0.05)
        (worker,) = engine._client.run(pause)
        engine._deadline_s, engine._asks_every_s = 1.5, 0.1
        timer = threading.Timer(3.0, there.touch)
        timer.start()
        assert next(results) == str(there)
        with pytest.raises(StorageError, match=PAUSED.format(worker)):
            next(results)
        timer.join()


def test_a_part_that_a_paused_worker_holds_is_not_waited_for_though_others_are_idle(
    tmp_path: Path,
) -> None:
    """Dask gives it to no other worker."""
    there = tmp_path / "there"
    with scheduler(2) as (address, _), open_dask(address, deadline_s=50) as engine:
        results = engine.as_completed(wait_for, [0, *[str(there)] * 7])
        assert next(results) == 0
        while min(len(tasks) for tasks in engine._client.processing().values()) < 2:
            time.sleep(0.05)
        worker, _ = engine._client.processing()
        engine._client.run(pause, workers=[worker])
        engine._deadline_s, engine._asks_every_s = 1.5, 0.1
        there.touch()
        with pytest.raises(StorageError, match=PAUSED.format(worker)):
            list(results)


def test_a_worker_that_stalls_as_its_cluster_starts_ends_with_the_deadline() -> None:
    others = active_children()
    stops = "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"
    said = r"Dask has not started 1 processes within 2 seconds \[fewer --workers; --engine-time"
    with (
        pytest.importorskip("dask.config").set({"distributed.worker.preload": [stops]}),
        pytest.raises(StorageError, match=said),
    ):
        open_dask(deadline_s=2).__enter__()
    assert [*{*active_children()} - {*others}] == []


def test_workers_that_ended_are_asked_for_their_logs(tmp_path: Path) -> None:
    """A task of another version of smoothl1, which a worker cannot read, ends it without a word."""
    with open_dask(n_workers=1) as engine:
        engine._deadline_s = 1.0
        cluster = engine._client.cluster
        cluster.scale(0)
        cluster.sync(cluster._correct_state)
        said = (
            r"no worker of Dask at tcp.* for 1 seconds \[their logs say why they ended, such as an"
        )
        with pytest.raises(StorageError, match=said):
            next(engine.as_completed(wait_for, [str(tmp_path / "never")]))


def greet(server: socket.socket) -> None:
    """Say what no scheduler says, to whoever connects: a server that speaks first."""
    with suppress(OSError):
        while True:
            with server.accept()[0] as connection:
                connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")


def test_a_cluster_that_takes_long_to_close_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[str] = []
    starting = dask_cluster._Starting(1, "", None)  # type: ignore[arg-type]
    monkeypatch.setattr(starting, "_kill_processes", lambda: killed.append("all"))
    starting.cluster = TooLong()
    starting.close()
    assert (killed, starting.cluster.status) == (["all"], distributed.Status.closed)


class TooLong:
    """A cluster that does not close in time."""

    def close(self, timeout: float) -> None:
        raise TimeoutError(f"timed out after {timeout} s.")


def test_a_cluster_that_adapts_itself_starts_its_first_worker(paths: tuple[str, str]) -> None:
    """It has none before there is a task."""
    with scheduler(0, adapts=True) as (address, _), open_dask(address, deadline_s=50) as engine:
        found = evaluate(*paths, executor=engine, **HOW)
    assert found.tallies == evaluate(*paths, **HOW).tallies


def test_no_workers_and_no_scheduler_end_within_the_deadline() -> None:
    with (
        scheduler(0) as (address, _),
        pytest.raises(StorageError, match=f"no worker of Dask at {address} for 1 seconds"),
        open_dask(address, deadline_s=1),
    ):
        pass
    with pytest.raises(StorageError, match=r"no scheduler .* at tcp://127.0.0.1:1 within 1 sec"):
        open_dask("tcp://127.0.0.1:1", deadline_s=1).__enter__()
    with socket.create_server(("127.0.0.1", 0)) as server:
        at = f"127.0.0.1:{server.getsockname()[1]}"
        threading.Thread(target=greet, args=(server,), daemon=True).start()
        with pytest.raises(StorageError, match=rf"^tcp://{at} is no scheduler of Dask \[give"):
            open_dask(f"tcp://{at}", deadline_s=10).__enter__()
        with pytest.raises(SettingsError, match=rf"^tls://{at} asks for TLS, which is not conf"):
            open_dask(f"tls://{at}", deadline_s=10).__enter__()
    with pytest.raises(SettingsError, match="not an address of a scheduler: 'here:there'"):
        open_dask("here:there", deadline_s=1).__enter__()


@pytest.mark.parametrize("place", ["_start_tracker", "IOLoop"])
def test_a_system_that_gives_no_process_or_descriptor_ends_the_run(
    monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def refuse() -> None:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    with monkeypatch.context() as patched:
        refused = SimpleNamespace(current=refuse) if place == "IOLoop" else refuse
        patched.setattr(dask_cluster, place, refused)
        with (
            pytest.raises(StorageError, match=r"Dask starts no processes: .*unavailable"),
            open_dask(n_workers=1, deadline_s=5),
        ):
            pytest.fail("it began")
