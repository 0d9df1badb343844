"""Executors as engines: results counted once, errors in order, a bounded number of calls."""

from __future__ import annotations

import os
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import pytest

from smoothl1 import DataError, SettingsError, StorageError
from smoothl1.engines.choice import engine_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Backwards(Executor):
    """Runs calls in the caller's thread, the last one first, as soon as `n_held` of them wait."""

    def __init__(self, n_held: int) -> None:
        self.n_held = n_held
        self.held: list[tuple[Future[Any], Callable[[], Any]]] = []
        self.n_cancelled = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.held.append((future, lambda: fn(*args, **kwargs)))
        if len(self.held) == self.n_held:
            while self.held:
                self.run(*self.held.pop())
        return future

    def run(self, future: Future[Any], call: Callable[[], Any]) -> None:
        if not future.set_running_or_notify_cancel():
            self.n_cancelled += 1
            return
        try:
            future.set_result(call())
        except Exception as error:  # noqa: BLE001  the caller gets it
            future.set_exception(error)


class Refusing(Executor):
    """Takes two calls, and no more."""

    def __init__(self) -> None:
        self.futures: list[Future[Any]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        if len(self.futures) == 2:
            raise RuntimeError("cannot schedule\nnew futures")
        self.futures.append(Future())
        return self.futures[-1]


def test_results_come_as_they_are_completed_or_in_order() -> None:
    engine = engine_of(Backwards(4))
    assert list(engine.as_completed(abs, range(8))) == [2, 1, 0, 3, 6, 5, 4, 7]
    assert list(engine.in_order(abs, range(8))) == list(range(8))
    assert list(engine.in_order(abs, ())) == []


def fail_late(i: int) -> int:
    if i >= 5:
        raise DataError(f"row {i}")
    return i


@pytest.mark.parametrize("method", ["in_order", "as_completed"])
def test_the_error_of_the_first_part_is_raised(method: str) -> None:
    engine = engine_of(Backwards(4))
    found = []
    with pytest.raises(DataError, match="row 5"):
        found.extend(getattr(engine, method)(fail_late, range(8)))
    assert sorted(found) in ([0, 1, 2, 3], [0, 1, 2, 3, 4])


def test_an_error_of_the_parts_is_raised_after_all_results() -> None:
    def parts() -> Iterator[int]:
        yield from range(8)
        raise KeyError("cut")

    found = []
    with pytest.raises(KeyError, match="cut"):
        found.extend(engine_of(Backwards(4)).as_completed(abs, parts()))
    assert sorted(found) == list(range(8))


@pytest.mark.parametrize("method", ["in_order", "as_completed"])
def test_few_parts_are_taken_ahead_and_closing_waits_for_what_runs(method: str) -> None:
    n_taken, n_running, lock = 0, 0, threading.Lock()

    def parts() -> Iterator[int]:
        nonlocal n_taken
        for i in range(1000):
            n_taken += 1
            yield i

    def call(i: int) -> int:
        nonlocal n_running
        with lock:
            n_running += 1
        with lock:
            n_running -= 1
        return i

    with ThreadPoolExecutor(2) as pool:
        engine = engine_of(pool)
        assert (engine.n_workers, engine.shares_memory) == (2, True)
        with closing(getattr(engine, method)(call, parts())) as results:
            for n_found in range(1, 100):
                next(results)
                assert n_taken <= n_found + 4 * 2
        assert n_running == 0


def test_closing_cancels_what_waits() -> None:
    executor = Backwards(50)
    results = engine_of(executor).as_completed(abs, range(60))
    next(results)
    results.close()
    assert len(executor.held) == 10
    assert all(future.cancelled() for future, _ in executor.held)


def test_a_pool_that_lost_a_worker_says_so_also_where_it_takes_the_next_task() -> None:
    pool = ProcessPoolExecutor(1, get_context("spawn"))
    with pytest.raises(BrokenProcessPool):
        pool.submit(os._exit, 1).result()
    with pytest.raises(StorageError, match="a worker of ProcessPoolExecutor ended before its task"):
        list(engine_of(pool).as_completed(abs, range(8)))
    pool.shutdown()


def test_an_executor_that_takes_no_calls_is_refused_in_one_line() -> None:
    with pytest.raises(
        StorageError, match=r"^Refusing takes no tasks: cannot schedule new futures"
    ):
        list(engine_of(Refusing()).as_completed(abs, range(8)))
    with pytest.raises(SettingsError, match="an executor has a method submit, and int has none"):
        engine_of(3)  # type: ignore[arg-type]
    said = r"^ProcessPoolExecutor is a class, and no executor \[open one: ProcessPoolExecutor\(\)\]"
    with pytest.raises(SettingsError, match=said):
        engine_of(ProcessPoolExecutor)  # type: ignore[arg-type]
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    with pytest.raises(StorageError, match="takes no tasks"):
        list(engine_of(pool).in_order(abs, range(3)))


def test_a_task_that_somebody_else_cancels_is_told_as_such() -> None:
    executor = Backwards(50)

    def tasks() -> Iterator[int]:
        yield 0
        executor.held[0][0].cancel()
        yield from range(1, 50)

    said = r"^a task of Backwards was cancelled \[run again, and leave the executor open until then"
    with pytest.raises(StorageError, match=said):
        list(engine_of(executor).as_completed(abs, tasks()))


def end_process(_: int) -> int:
    import os

    os._exit(3)


def test_a_worker_that_ends_is_told_in_one_line() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        engine = engine_of(pool)
        assert not engine.shares_memory
        with pytest.raises(StorageError, match="a worker of ProcessPoolExecutor ended before"):
            list(engine.as_completed(end_process, range(3)))
