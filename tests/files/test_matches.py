"""The paths that a pattern matches are those that Python's `glob` finds, where all may be read."""

from __future__ import annotations

import glob
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothl1.files.matches import matches

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ["a", "b", "ab", "x.csv", ".h", "*", "?", "[ab]", "[!a]*", "a*", "*.csv", ".*", "**", ""]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders and files of each name in each other, with links: good, dangling, and in a circle."""
    root = tmp_path_factory.mktemp("tree")
    for one in ("a", "b", "ab", ".h"):
        for two in ("a", ".h"):
            (root / one / two).mkdir(parents=True)
            (root / one / two / "x.csv").touch()
        (root / one / "x.csv").touch()
        (root / one / "*").touch()
    (root / "x.csv").touch()
    (root / "b/b").symlink_to("../a")
    (root / "ab/b").symlink_to("nowhere")
    (root / "ab/ab").symlink_to("ab")
    return root


@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4), st.booleans())
def test_a_pattern_matches_what_glob_finds(tree: Path, names: list[str], is_relative: bool) -> None:
    pattern = "/".join(names)
    pattern = pattern.lstrip("/") if is_relative else f"{tree}/{pattern}"
    before = os.getcwd()
    os.chdir(tree)
    try:
        assert sorted(matches(pattern)) == sorted(glob.glob(pattern, recursive=True))
    finally:
        os.chdir(before)


def test_a_circle_of_folders_ends(tmp_path: Path) -> None:
    (tmp_path / "x.csv").touch()
    (tmp_path / "again").symlink_to(".")
    found = list(matches(f"{tmp_path}/**/*.csv"))
    assert sorted(found) == sorted(glob.glob(f"{tmp_path}/**/*.csv", recursive=True))


def test_a_name_that_no_file_can_have_matches_nothing() -> None:
    assert list(matches("a\0/*")) == list(matches("*/a\0")) == []
