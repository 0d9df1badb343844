"""What is said of workers of Dask that take no tasks."""

from __future__ import annotations

from typing import Any

import pytest

from smoothl1.engines.dask_workers import Workers


def workers(**states: str) -> Workers:
    known: dict[str, Any] = {
        f"tcp://{name}": {"nthreads": 2, "status": state} for name, state in states.items()
    }
    return Workers(known)


def test_only_workers_that_run_count() -> None:
    found = workers(a="running", b="paused", c="running", d="closing_gracefully")
    assert found.n_threads == 4
    assert found.not_taking == {"tcp://b": "paused", "tcp://d": "closing_gracefully"}
    assert (workers().n_threads, workers().not_taking) == (0, {})


TAKE_NONE = "and nothing went on for 5 seconds"
SHORT = "it is short of memory: free some there, or"


@pytest.mark.parametrize(
    ("states", "tasks", "what", "hint"),
    [
        (
            {"a": "paused", "b": "closing_gracefully"},
            {"tcp://a": [], "tcp://b": ["task"]},
            f"closing_gracefully, {TAKE_NONE}: tcp://b; another one takes no tasks either",
            "start another one; --engine-timeout waits longer",
        ),
        (
            {"a": "running", "b": "paused", "c": "paused", "d": "paused"},
            {},
            f"paused, {TAKE_NONE}: tcp://b; 2 others take no tasks either",
            f"{SHORT} start workers with more (--memory-limit); --engine-timeout waits longer",
        ),
    ],
)
def test_the_worker_that_holds_tasks_is_named_with_its_state_and_what_to_do(
    states: dict[str, str], tasks: dict[str, list[str]], what: str, hint: str
) -> None:
    error = workers(**states).held_up(tasks, 5.0)
    assert (error.what, error.hint) == (f"a worker of Dask is {what}", hint)
