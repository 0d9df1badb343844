"""Calls in several threads give what one thread gives, and leave nothing running."""

from __future__ import annotations

import gc
import signal
import threading
import time
import weakref
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from smoothl1.engines.threads import Threads, mapped
from smoothl1.sources.contract import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

any_threads = pytest.mark.parametrize("n_threads", [1, 2, 5])


def n_running() -> int:
    return sum(thread.name == "smoothl1" for thread in threading.enumerate())


@any_threads
@pytest.mark.parametrize("n", [0, 1, 2, 100])
def test_results_come_in_the_order_of_the_items(n: int, n_threads: int) -> None:
    gate = threading.Barrier(min(n, n_threads)) if n else None

    def square(i: int) -> int:
        if gate is not None and i < gate.parties:
            gate.wait()  # all threads are at work at once
        return i * i

    assert list(mapped(square, range(n), n_threads)) == [i * i for i in range(n)]
    assert n_running() == 0


@any_threads
def test_the_first_error_in_order_is_raised_after_the_results_before_it(n_threads: int) -> None:
    def fail_late(i: int) -> int:
        if i >= 3:
            raise ValueError(f"item {i}")
        return i

    found = []
    with pytest.raises(ValueError, match="item 3"):
        found.extend(mapped(fail_late, range(10), n_threads))
    with closing(mapped(fail_late, range(10), n_threads)) as results:
        assert [next(results) for _ in range(3)] == [0, 1, 2]
        with pytest.raises(ValueError, match="item 3"):
            next(results)
    assert n_running() == 0


@any_threads
def test_what_ends_the_items_is_raised_after_all_results(n_threads: int) -> None:
    def items() -> Iterator[int]:
        yield from range(7)
        raise KeyError("cut")

    results = mapped(lambda i: -i, items(), n_threads)
    assert [next(results) for _ in range(7)] == [0, -1, -2, -3, -4, -5, -6]
    with pytest.raises(KeyError, match="cut"):
        next(results)
    assert n_running() == 0


@any_threads
def test_items_are_taken_as_there_is_room(n_threads: int) -> None:
    n_taken = 0

    def items() -> Iterator[int]:
        nonlocal n_taken
        for i in range(1000):
            n_taken += 1
            yield i

    with closing(mapped(str, items(), n_threads)) as results:
        for n_found in range(1, 500):
            next(results)
            assert n_taken <= n_found + 3 * n_threads + 1
    assert n_running() == 0


def test_closing_calls_nothing_more_and_waits_for_what_runs() -> None:
    has_begun, may_end = threading.Event(), threading.Event()
    called = []

    def wait(i: int) -> int:
        called.append(i)
        if i:
            has_begun.set()
            may_end.wait()
        return i

    results = mapped(wait, range(100), 2)
    assert next(results) == 0
    has_begun.wait()
    threading.Timer(0.01, may_end.set).start()
    results.close()
    assert may_end.is_set()
    assert n_running() == 0
    assert len(called) <= 3


@any_threads
def test_an_interrupt_passes_through(n_threads: int) -> None:
    def interrupt(i: int) -> int:
        if i == 1:
            raise KeyboardInterrupt
        return i

    results = mapped(interrupt, range(5), n_threads)
    assert next(results) == 0
    with pytest.raises(KeyboardInterrupt):
        next(results)
    assert n_running() == 0


@pytest.mark.parametrize("nth", [0, 1, 3])
@pytest.mark.parametrize("has_started", [False, True])
def test_an_interrupt_while_threads_start_leaves_none_waiting(
    nth: int, has_started: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, n_started = threading.Thread.start, 0

    def interrupted(thread: threading.Thread) -> None:
        nonlocal n_started
        n_started += 1
        if n_started <= nth or has_started:
            start(thread)
        if n_started > nth:
            raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        list(mapped(str, range(9), 4))
    assert n_running() == 0


class Large:
    """Something that one would not like to be kept."""


def test_an_item_is_let_go_of_once_its_result_is_there() -> None:
    alive: list[weakref.ref[Large]] = []

    def items() -> Iterator[Large]:
        for _ in range(20):
            item = Large()
            alive.append(weakref.ref(item))
            yield item
            del item

    results = mapped(id, items(), 4)
    for _ in range(20):
        next(results)
    for _ in range(5000):  # a thread may be about to
        gc.collect()
        if sum(ref() is not None for ref in alive) <= 1:  # the last one
            break
        time.sleep(0.001)
    else:
        pytest.fail("items are kept")
    results.close()


@any_threads
@pytest.mark.parametrize("n", [0, 1, 2, 100])
def test_all_results_come_as_they_are_completed(n: int, n_threads: int) -> None:
    results = list(Threads(n_threads).as_completed(lambda part: part.start, parts(n)))
    assert sorted(results) == list(range(n))
    assert n_running() == 0


def test_a_result_does_not_wait_for_those_before_it() -> None:
    is_taken = threading.Event()

    def wait(part: Part) -> int:
        if part.start == 0:
            assert is_taken.wait(60)
        return part.start

    with closing(Threads(2).as_completed(wait, parts(9))) as results:
        found = [next(results) for _ in range(4)]
        is_taken.set()
        found += results
    assert 0 not in found[:4]
    assert sorted(found) == list(range(9))


def test_the_first_error_in_order_is_raised_though_a_later_one_came_first() -> None:
    has_failed = threading.Event()

    def fail(part: Part) -> None:
        if part.start == 0:
            assert has_failed.wait(60)
        if part.start == 1:
            has_failed.set()
        raise ValueError(f"part {part.start}")

    with pytest.raises(ValueError, match="part 0"):
        list(Threads(2).as_completed(fail, parts(5)))
    assert n_running() == 0


def parts(n: int) -> list[Part]:
    return [Part(i, i + 1) for i in range(n)]


def test_an_error_leaves_no_cycle_that_keeps_what_the_function_held() -> None:
    """A cycle would keep it until Python looks for cycles, in any thread."""

    class Held:
        pass

    held: list[weakref.ref[Held]] = []

    def fail(item: int) -> None:
        kept = Held()
        held.append(weakref.ref(kept))
        raise ValueError(item)

    gc.disable()
    try:
        for in_order in (True, False):
            with pytest.raises(ValueError, match=r"^0$") as caught:
                list(mapped(fail, range(9), 2, in_order=in_order))
            caught.value.with_traceback(None)
            del caught
        assert [ref() for ref in held] == [None] * len(held)
    finally:
        gc.enable()


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="no signals of threads")
@pytest.mark.parametrize("in_order", [True, False])
def test_a_signal_that_does_not_interrupt_a_wait_is_heard(in_order: bool) -> None:
    """As one that comes just before the wait begins: Python handles it in the main thread."""
    is_heard = threading.Event()

    def call(i: int) -> bool:
        if i == 0:
            signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
        return is_heard.wait(20)

    before = signal.signal(signal.SIGUSR1, lambda *_: is_heard.set())
    try:
        assert all(mapped(call, range(2), 2, in_order=in_order))
    finally:
        signal.signal(signal.SIGUSR1, before)
