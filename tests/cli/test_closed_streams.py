"""Standard streams that are closed, and named as files: nothing is read or written there."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.forking import forks

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="POSIX processes")


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", [2.0])
    np.save(tmp_path / "t.npy", [0.0])
    (tmp_path / "link").symlink_to("/dev/stdout")
    assert shell("eval p.npy t.npy --json -o part.json", tmp_path).returncode == 0


def shell(args: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", f"{forks().script} {args}"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    "args",
    [
        "-o /dev/stdout >&-",
        "-o /dev/fd/1 >&-",
        "-o /proc/self/fd/1 >&-",
        "-o link >&-",
        "-o /dev/stderr 2>&-",
        "-r none -f npy -o /dev/stdout >&-",
        "--json -o /dev/stdout <&- >&- 2>&-",
        "--junit /dev/stderr 2>&-",
        "--markdown /dev/stdout -o out.txt >&-",
    ],
)
def test_no_answer_is_lost_in_a_closed_stream_that_is_named(tmp_path: Path, args: str) -> None:
    commands = ("eval p.npy t.npy", "merge part.json")
    for command in commands[: 1 if "-r none" in args else 2]:
        done = shell(f"{command} {args}", tmp_path)
        assert (done.returncode, done.stdout) == (4, "")
        if "2>&-" not in args:
            assert done.stderr.startswith("smoothl1: error: ")


def test_a_closed_standard_input_that_is_named_is_an_io_error(tmp_path: Path) -> None:
    for name in ("-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"):
        for command in (f"eval {name} t.npy", f"eval p.npy {name}", f"merge {name}"):
            done = shell(f"{command} <&-", tmp_path)
            assert (done.returncode, done.stdout) == (4, "")
            assert done.stderr.startswith(f"smoothl1: error: {name}: ")
