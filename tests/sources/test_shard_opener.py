"""Files of a set that are opened several at a time: results, warnings and errors as one by one."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from smoothl1.errors import DataError
from smoothl1.sources.shard_opener import MANY, OF_FOLDER, OF_STORE, ShardOpener

if TYPE_CHECKING:
    from collections.abc import Callable

WAIT_S = 60


class Name:
    """A table that knows its path."""

    def __init__(self, path: str, closed: list[str]) -> None:
        self.path = path
        self._closed = closed

    def close(self) -> None:
        self._closed.append(self.path)


@pytest.mark.parametrize(
    ("is_remote", "n_files", "n_at_once"),
    [(True, 2 * OF_STORE, OF_STORE), (False, MANY, OF_FOLDER), (False, MANY - 1, 1), (True, 1, 1)],
)
def test_so_many_are_open_at_a_time_and_all_come_in_order(
    is_remote: bool, n_files: int, n_at_once: int
) -> None:
    paths = [str(i) for i in range(n_files)]
    together = threading.Barrier(n_at_once)
    warned: list[str] = []
    closed: list[str] = []

    def opened(path: str, warn: Callable[[str], None]) -> Any:
        warn(f"warning of {path}")
        if int(path) < n_at_once:
            together.wait(WAIT_S)
        return Name(path, closed)

    opener = ShardOpener(opened, warned.append, is_remote)
    assert list(opener.each(lambda table: table.path, paths)) == paths
    assert warned == [f"warning of {path}" for path in paths]
    assert sorted(closed) == sorted(paths)


def test_the_first_error_in_order_is_raised_after_the_warnings_before_it() -> None:
    has_failed = threading.Event()
    warned: list[str] = []

    def opened(path: str, warn: Callable[[str], None]) -> Any:
        warn(path)
        if path == "7":
            has_failed.set()
            raise DataError("the later file", path=path)
        if path == "3":
            assert has_failed.wait(WAIT_S)
            raise DataError("the earlier file", path=path)
        return Name(path, [])

    found: list[str] = []
    results = ShardOpener(opened, warned.append, is_remote=True).each(
        lambda table: table.path, [str(i) for i in range(OF_STORE)]
    )
    with pytest.raises(DataError, match="3: the earlier file"):
        found.extend(results)
    assert warned == ["0", "1", "2", "3"]


def test_an_object_that_gives_no_answer_does_not_hold_up_what_ends_the_run() -> None:
    is_over = threading.Event()

    def opened(path: str, _: Callable[[str], None]) -> Any:
        if path == "1":
            assert is_over.wait(WAIT_S)
        return Name(path, [])

    results = ShardOpener(opened, print, is_remote=True).each(lambda table: table.path, ["0", "1"])
    assert next(results) == "0"
    results.close()  # as an interrupt does
    is_over.set()
