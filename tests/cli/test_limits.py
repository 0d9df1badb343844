"""Where the system gives little: address space, open files."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.command import SCRIPT
from tests.sampling import in_turn

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="limits of POSIX shells")

VALUE = "0.4166666666666667"  # losses 0.5, 0.125 and 0.625


@pytest.fixture(autouse=True)
def pair(tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", np.array([1.0, 2.0, 3.125]))
    np.save(tmp_path / "t.npy", np.array([2.0, 2.5, 2.0]))
    pq.write_table(pa.table({"y": [1.0, 2.0, 3.125]}), tmp_path / "p.parquet")


def limited(folder: Path, limit: str, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", f'ulimit {limit} && exec "$@"', "bash", SCRIPT, "eval", *args],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("file", "n_mib"), in_turn(["p.npy", "p.parquet"], [50, 65, 80, 95, 150, 180, 210, 1000])
)
def test_little_address_space_is_an_io_error(tmp_path: Path, file: str, n_mib: int) -> None:
    done = limited(tmp_path, f"-v {n_mib << 10}", file, "t.npy")
    if done.returncode == 0:
        assert (done.stdout, done.stderr) == (f"{VALUE}\n", "")
    else:
        assert (done.returncode, done.stdout) == (4, "")
        assert done.stderr.startswith("smoothl1: error: out of memory [a smaller --chunk-size")
        assert "ulimit -v limits it" in done.stderr
        assert done.stderr.count("\n") == 1
        assert n_mib < 1000


@pytest.mark.parametrize("n_files", [5, 6, 7])
def test_few_open_files_are_an_io_error(tmp_path: Path, n_files: int) -> None:
    done = limited(tmp_path, f"-n {n_files}", "p.parquet", "t.npy")
    if done.returncode == 0:
        assert (done.stdout, done.stderr) == (f"{VALUE}\n", "")
    else:
        assert (done.returncode, done.stdout) == (4, "")
        assert "too many open files" in done.stderr
        assert done.stderr.count("\n") == 1
