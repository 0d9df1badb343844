"""Tasks of an engine that loses them, answers twice or not at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import StorageError, evaluate
from smoothl1.engines.contract import LostPartError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from pathlib import Path

    Answers = Generator[Any]


class Engine:
    """Workers without the memory of this process, whose answers a function gives."""

    name, shares_memory, n_workers = "odd", False, 1

    def __init__(self, answers: Callable[[Callable[[Any], Any], Iterable[Any]], Answers]) -> None:
        self.in_order = self.as_completed = answers


def right(function: Callable[[Any], Any], tasks: Iterable[Any]) -> Answers:
    yield from map(function, tasks)


def twice(function: Callable[[Any], Any], tasks: Iterable[Any]) -> Answers:
    for answer in map(function, tasks):
        yield answer
        yield answer


def none(function: Callable[[Any], Any], tasks: Iterable[Any]) -> Answers:
    list(map(function, tasks))
    yield from ()


def lost(function: Callable[[Any], Any], tasks: Iterable[Any]) -> Answers:
    for task in tasks:
        raise LostPartError("it is gone", task, hint="more memory")
    yield function(None)


@pytest.fixture
def sides(tmp_path: Path) -> tuple[str, str]:
    """Predictions in four shards of two rows, and targets in a file."""
    (tmp_path / "p").mkdir()
    for i in range(4):
        np.save(tmp_path / "p" / f"{i}.npy", np.full(2, 2.0 + i))
    np.save(tmp_path / "t.npy", np.zeros(8))
    return str(tmp_path / "p"), str(tmp_path / "t.npy")


def test_each_answer_counts_once(sides: tuple[str, str]) -> None:
    found = evaluate(*sides, executor=Engine(right))
    assert (found.n, found.sum) == (8, 2 * (1.5 + 2.5 + 3.5 + 4.5))
    with pytest.raises(RuntimeError, match="the answer to task 0 came twice"):
        evaluate(*sides, executor=Engine(twice))
    with pytest.raises(RuntimeError, match="no answer to 1 tasks"):
        evaluate(*sides, executor=Engine(none))


def test_the_place_of_a_lost_task_is_named(sides: tuple[str, str]) -> None:
    pred, target = sides
    with pytest.raises(StorageError) as caught:
        evaluate(pred, target, executor=Engine(lost))
    place = f"rows 1 to 8 of {pred}/0.npy to {pred}/3.npy, {target}"
    assert str(caught.value) == f"it is gone: {place} [more memory]"
    with pytest.raises(StorageError) as caught:
        evaluate(pred, target, part=(2, 2), executor=Engine(lost))
    files = re.escape(f"{pred}/2.npy, {pred}/3.npy, {target}")
    assert re.fullmatch(rf"it is gone: rows 5 to 8 of {files} \[more memory\]", str(caught.value))
