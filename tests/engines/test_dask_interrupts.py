"""Ctrl-C in a run with Dask: it ends by the signal, without a word, and no process is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.examples import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytest.importorskip("distributed")

pytestmark = [
    pytest.mark.xdist_group("dask"),
    pytest.mark.skipif(os.name != "posix", reason="sends signals to a group of processes"),
]

SAMPLES = [str(ROOT / "sample_data" / f"{name}.npy") for name in ("preds", "targets")]
PATIENCE_S = 100

PROGRAM = """
import os, signal, sys, time

signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background ignores it

from smoothl1.cli.boundary import run
from smoothl1.engines import dask_cluster
from smoothl1.running import by_tasks, tasks

def reach(moment):
    "Tell the test that this moment is reached, and wait until it says more."
    with open(moment + ".new", "w") as file:
        file.write(str(os.getpid()))
    os.rename(moment + ".new", moment)
    while not os.path.exists("go"):
        time.sleep(0.02)

def answer(task):
    reach("working")
    return tasks.answer(task)

class Closing(dask_cluster.distributed.LocalCluster):
    def close(self, *args, **kwargs):
        reach("closing")
        return super().close(*args, **kwargs)

if sys.argv.pop(1) == "working":
    by_tasks.answer = answer
else:
    dask_cluster.distributed.LocalCluster = Closing
run()
"""
"""smoothl1, whose worker waits in a task, or which waits as the cluster closes."""


def await_that(is_true: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while not is_true():
        assert time.monotonic() < deadline_s
        assert process.poll() in (None, -signal.SIGINT)
        time.sleep(0.02)


def is_left(group: int) -> bool:
    """Whether a process of a group is left."""
    with suppress(ProcessLookupError):
        os.killpg(group, 0)
        return True
    return False


@pytest.mark.parametrize("moment", ["working", "closing"])
def test_an_interrupt_ends_it_quietly_and_leaves_no_process(tmp_path: Path, moment: str) -> None:
    args = ["eval", *SAMPLES, "--engine", "dask", "--workers", "1", "-o", "mean.txt"]
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, moment, *args],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        await_that((tmp_path / moment).exists, process)
        os.killpg(process.pid, signal.SIGINT)  # all of them get it, as from a terminal
        if moment == "closing":
            (tmp_path / "go").touch()
        outputs = process.communicate(timeout=PATIENCE_S)
        assert (process.returncode, *outputs) == (-signal.SIGINT, b"", b"")
        await_that(lambda: not is_left(process.pid), process)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    assert not (tmp_path / "mean.txt").exists()
