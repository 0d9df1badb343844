"""Folders that a command makes for its output, and that several commands may use at once."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

import pytest

from smoothl1.cli import folders
from smoothl1.cli.folders import made_folder

if TYPE_CHECKING:
    from pathlib import Path


class FailedError(Exception):
    """Ends a command."""


def fail_in(folder: Path) -> None:
    with suppress(FailedError), made_folder(str(folder)):
        raise FailedError


def test_what_was_made_goes_again_if_the_command_fails(tmp_path: Path) -> None:
    fail_in(tmp_path / "a/b")
    assert os.listdir(tmp_path) == []
    (tmp_path / "a").mkdir()
    fail_in(tmp_path / "a/b")
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.skipif(sys.platform == "win32", reason="folders are not locked there")
def test_a_folder_stays_while_another_command_is_about_to_write_there(tmp_path: Path) -> None:
    with ExitStack() as other:
        with suppress(FailedError), made_folder(str(tmp_path / "a")):
            other.enter_context(made_folder(str(tmp_path / "a")))
            raise FailedError
        assert os.listdir(tmp_path) == ["a"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who has made a folder")
@pytest.mark.parametrize("first", [0, 1, 2])
def test_the_last_of_several_commands_that_fail_removes_what_one_of_them_made(
    tmp_path: Path, first: int
) -> None:
    (tmp_path / "own").mkdir()
    folder = str(tmp_path / "own/a/b/")
    commands = [ExitStack() for _ in range(3)]
    for command in commands:
        command.enter_context(made_folder(folder))
    last = commands.pop(first)
    for command in commands:
        fail(command)
        assert os.listdir(folder) == []
    fail(last)
    assert os.listdir(tmp_path) == ["own"]
    assert os.listdir(tmp_path / "own") == []


def fail(command: ExitStack) -> None:
    with suppress(FailedError), command:
        raise FailedError


@pytest.mark.skipif(sys.platform == "win32", reason="folders are not locked there")
def test_a_folder_that_was_there_before_stays_though_all_commands_fail(tmp_path: Path) -> None:
    command, other = ExitStack(), ExitStack()
    for one in (command, other):
        one.enter_context(made_folder(str(tmp_path)))
    fail(command)
    fail(other)
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="folders are not locked there")
def test_a_folder_that_was_removed_before_it_was_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, n_removed = folders._locked, []

    def late(folder: str) -> int | None:
        found = lock(folder)
        if not n_removed:
            os.rmdir(folder)
            n_removed.append(folder)
        return found

    monkeypatch.setattr(folders, "_locked", late)
    with made_folder(str(tmp_path / "a")):
        assert os.listdir(tmp_path) == ["a"]
    assert n_removed
