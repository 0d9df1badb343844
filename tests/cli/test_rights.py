"""Files that may not be read or written: the system refuses, not the command line."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import evaluate
from tests.rights import needs_rights, without_rights

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [needs_rights, pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")]


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    """Inputs whose mean loss is 1.5, and a file, a result and a folder that may not be read."""
    np.save(tmp_path / "p.npy", [2.0])
    np.save(tmp_path / "t.npy", [0.0])
    result = evaluate(tmp_path / "p.npy", tmp_path / "t.npy", statistics=True)
    for name in ("part.json", "no.json"):
        (tmp_path / name).write_text(json.dumps(result.to_json()))
    np.save(tmp_path / "no.npy", [2.0])
    (tmp_path / "no").mkdir()
    for name in ("no.npy", "no.json", "no"):
        (tmp_path / name).chmod(0)


GATE = ("--baseline", "no.json", "--max-increase", "0")

COMMANDS = [
    ("eval", "no.npy", "t.npy"),
    ("eval", "p.npy", "no.npy"),
    ("eval", "no", "t.npy"),
    ("eval", "no/x.npy", "t.npy"),
    ("eval", "no/*.npy", "t.npy"),
    ("eval", "p.npy", "t.npy", "--weights", "no.npy"),
    ("eval", "p.npy", "t.npy", *GATE),
    ("merge", "no.json"),
    ("merge", "part.json", "no.json"),
    ("merge", "no"),
    ("merge", "no/*"),
]


@pytest.mark.parametrize("args", COMMANDS, ids=" ".join)
def test_an_input_that_may_not_be_read_is_refused_by_the_system_and_reported(
    tmp_path: Path, args: tuple[str, ...]
) -> None:
    reports = ("--junit", "j.xml", "--markdown", "m.md")
    assert without_rights(tmp_path, "eval", "p.npy", "t.npy", *reports).returncode == 0
    done = without_rights(tmp_path, *args, *reports)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.startswith("smoothl1: error: no")
    assert done.stderr.endswith(": permission denied\n")
    for name in ("j.xml", "m.md"):
        assert "permission denied" in (tmp_path / name).read_text()


@pytest.mark.parametrize(
    "args",
    [
        ("inspect", "no.npy"),
        ("inspect", "p.npy", "no.npy"),
        ("compare", "p.npy", "no.npy", "t.npy"),
        ("compare", "no", "p.npy", "t.npy"),
    ],
    ids=" ".join,
)
def test_each_command_leaves_it_to_the_system_what_may_be_read(
    tmp_path: Path, args: tuple[str, ...]
) -> None:
    done = without_rights(tmp_path, *args)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.endswith(": permission denied\n")


def test_an_output_that_may_not_be_read_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "out.txt").touch(mode=0)
    done = without_rights(tmp_path, "eval", "p.npy", "t.npy", "-o", "out.txt")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "out.txt").stat().st_mode & 0o777 == 0
    (tmp_path / "out.txt").chmod(0o644)
    assert (tmp_path / "out.txt").read_text() == "1.5\n"


def test_a_baseline_that_may_not_be_created_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "fixed").mkdir(mode=0o555)
    gate = ("--baseline", "fixed/b.json", "--max-increase", "0", "--on-missing-baseline", "create")
    done = without_rights(tmp_path, "eval", "p.npy", "t.npy", *gate, "-o", "out.txt")
    assert (done.returncode, done.stderr) == (
        4,
        "smoothl1: error: fixed/b.json: permission denied\n",
    )
    assert not (tmp_path / "out.txt").exists()


def test_no_folder_is_advised_where_none_may_be_made(tmp_path: Path) -> None:
    done = without_rights(tmp_path, "eval", "p.npy", "t.npy", "-o", "no/deep/x.txt")
    assert (done.returncode, done.stderr) == (
        4,
        "smoothl1: error: no/deep/x.txt: permission denied\n",
    )
    done = without_rights(tmp_path, "eval", "p.npy", "t.npy", "-o", "new/x.txt")
    assert done.stderr.endswith("no such file or directory [mkdir -p new]\n")
