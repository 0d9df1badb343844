"""Folders and lists that may not be read: what they would say of the data is never passed over."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from tests.rights import needs_rights, without_rights

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [needs_rights, pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")]

COLUMNS = ("--pred", "p", "--target", "t")


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Path]:
    """Folders d1 to d3 with a table each, whose mean loss is 2 at beta 0 in all."""
    for i in (1, 2, 3):
        (tmp_path / f"a/d{i}").mkdir(parents=True)
        (tmp_path / f"a/d{i}/part.csv").write_text(f"p,t\n{i},0\n")
    yield tmp_path
    for folder in tmp_path.rglob("*"):
        if folder.is_dir() and not folder.is_symlink():
            folder.chmod(0o755)


def refused(folder: Path, *args: str | Path) -> str:
    """What a command says that ends with the exit code of a refusal of the system."""
    done = without_rights(folder, *args)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.startswith("smoothl1: error: ")
    return done.stderr.removeprefix("smoothl1: error: ")


@pytest.mark.parametrize("mode", [0o000, 0o644, 0o311])
@pytest.mark.parametrize("pattern", ["a/*/part.csv", "a/**/*.csv", "a/*/*.csv", "a/d[12]/p*t.csv"])
def test_a_folder_that_a_pattern_may_not_look_into_is_refused(
    tree: Path, pattern: str, mode: int
) -> None:
    (tree / "a/d2").chmod(mode)
    commands = [("eval", pattern, *COLUMNS, "-b", "0"), ("inspect", pattern), ("merge", pattern)]
    if (pattern, mode) == ("a/*/part.csv", 0o311):  # its files can be opened without a listing
        assert without_rights(tree, *commands[0]).stdout == "2.0\n"
        return
    for args in commands[: 2 if mode == 0o644 else 3]:
        said = refused(tree, *args)
        assert "a/d2" in said
        assert "permission denied" in said


def test_a_pattern_of_which_no_folder_may_be_read_is_refused_by_the_system(tree: Path) -> None:
    for i in (1, 2, 3):
        (tree / f"a/d{i}").chmod(0)
    said = refused(tree, "eval", "a/*/part.csv", *COLUMNS)
    assert re.fullmatch(r"a/d[123]: permission denied\n", said)


def test_folders_that_no_name_asks_for_may_be_unreadable(tree: Path) -> None:
    (tree / "a/d3/lost+found").mkdir(mode=0)
    (tree / "a/.hidden").mkdir(mode=0)
    (tree / "a/d2").chmod(0)
    for pattern in ("a/d[13]/part.csv", "a/d[13]/**/*.csv"):
        done = without_rights(tree, "eval", pattern, *COLUMNS, "-b", "0")
        assert (done.returncode, done.stdout) == (0, "2.0\n")
