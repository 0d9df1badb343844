"""Small objects of a set are opened several at a time, in whatever order readers take them."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from smoothl1.errors import StorageError
from smoothl1.sources.opened_ahead import N_AHEAD, SMALL_BYTES, OpenedAhead


class File:
    """A file of a set, and what was done with it."""

    def __init__(self, number: int, size: int = 1, waits_for: threading.Barrier | None = None):
        self.number, self.state = number, SimpleNamespace(size=size)
        self.waits_for = waits_for
        self.n_opened = self.n_closed = 0

    def reopened(self, *, is_held: bool = False) -> Any:
        self.n_opened += 1
        if self.waits_for is not None:
            self.waits_for.wait(60)
        if self.number == 7:
            raise StorageError("changed", path="7")
        return SimpleNamespace(number=self.number, is_held=is_held, close=self.close)

    def close(self) -> None:
        self.n_closed += 1


def test_as_many_as_are_ahead_are_opened_at_the_same_time() -> None:
    all_wait = threading.Barrier(N_AHEAD + 1)  # one by one, none would ever be open
    files: list[Any] = [File(8 + i, waits_for=all_wait) for i in range(N_AHEAD + 1)]
    assert OpenedAhead(files).take(0).number == 8


@pytest.mark.parametrize("order", ["forward", "backward", "two readers"])
def test_each_file_is_given_to_who_takes_it_and_an_error_too(order: str) -> None:
    files: list[Any] = [File(i) for i in range(100)]
    ahead = OpenedAhead(files)
    places = {
        "forward": [*range(100)],
        "backward": [*range(99, -1, -1)],
        "two readers": [x for i in range(50) for x in (i, 50 + i)],
    }
    for i in places[order]:
        if i == 7:
            with pytest.raises(StorageError, match=r"^7: changed$"):
                ahead.take(i)
        else:
            assert ahead.take(i).number == i
    most = {"forward": 1, "backward": 3, "two readers": 2}
    assert sum(file.n_opened for file in files) <= most[order] * len(files)


def test_large_files_are_opened_in_their_turn_and_what_nobody_takes_is_closed() -> None:
    files: list[Any] = [File(8), File(9, SMALL_BYTES + 1), File(10)]
    ahead = OpenedAhead(files)
    assert ahead.take(0).is_held
    assert files[1].n_opened == 0
    ahead.close()
    assert not ahead.take(1).is_held
    for one in (x for x in threading.enumerate() if x.name == "smoothl1-ahead"):
        one.join(60)
    ahead.close()
    assert files[2].n_opened == files[2].n_closed == 2
    assert files[0].n_closed == 0
