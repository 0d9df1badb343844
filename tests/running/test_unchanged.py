"""An answer for which inputs are opened several times is of one version of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from smoothl1 import StorageError
from smoothl1.cli.main import main
from smoothl1.running import content
from smoothl1.running.unchanged import unchanged

if TYPE_CHECKING:
    from pathlib import Path


def replace(path: Path, content: bytes) -> None:
    """As a writer does: the file of another name takes this one."""
    other = path.with_suffix(".new")
    other.write_bytes(content)
    os.replace(other, path)


def test_inputs_that_stay_are_taken_and_others_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("p\n1\n")
    path = str(file)
    with unchanged([path]):
        pass
    with pytest.raises(StorageError, match="the file changed while being read"), unchanged([path]):
        replace(file, b"p\n2\n")
    with pytest.raises(StorageError, match="the file changed while being read"), unchanged([path]):
        file.unlink()


def test_a_set_of_files_is_not_looked_at(tmp_path: Path) -> None:
    """Most of them are not read; in a store each look would be a request."""
    (tmp_path / "a.csv").write_text("p\n1\n")
    with unchanged([str(tmp_path), str(tmp_path / "*.csv")]):
        (tmp_path / "b.csv").write_text("p\n1\n")


def test_what_is_not_there_is_left_to_who_opens_it(tmp_path: Path) -> None:
    with unchanged([str(tmp_path / "absent.csv"), str(tmp_path / "*.none")]):
        pass


def test_inspect_shows_no_pairs_of_another_version_than_the_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("p,t\n1,2\n")
    describe = content.describe

    def described(*args: Any, **options: Any) -> content.Content:
        found = describe(*args, **options)
        replace(path, b"p,t\n1,2\n3,4\n")
        return found

    monkeypatch.setattr(content, "describe", described)
    args = ["inspect", str(path), "--pred", "p", "--target", "t", "-o", str(tmp_path / "out.txt")]
    with pytest.raises(StorageError, match="the file changed while being read"):
        main(args, standalone_mode=False)
    assert not (tmp_path / "out.txt").exists()
