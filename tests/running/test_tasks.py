"""What workers hold open: each answer says that it is unchanged, and no later run hears of it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import StorageError, answer, evaluate, plan_tasks
from tests.sources import writers

if TYPE_CHECKING:
    from pathlib import Path

    from smoothl1 import Result
    from tests.sources.writers import Writer

N = 40


def in_tasks(path: str, target: str) -> Result:
    plan = plan_tasks(path, target, task_elements=N // 4)
    result: Any = plan.put_together(map(answer, plan.tasks))
    return result


def overwrite(path: Path) -> None:
    """Write a file, or all files of a folder, as they are: only the system's own time tells."""
    for file in [path] if path.is_file() else filter(os.path.isfile, path.rglob("*")):
        written, content = os.stat(file), file.read_bytes()
        with open(file, "r+b") as stored:
            stored.write(content)
        os.utime(file, ns=(written.st_atime_ns, written.st_mtime_ns))


@pytest.mark.parametrize(
    "write",
    [
        writers.write_npy,
        writers.compressed(writers.write_csv, writers.gzipped),
        writers.write_parquet,
        writers.write_zarr,
    ],
)
def test_an_answer_says_that_what_it_read_is_unchanged_and_no_later_run_hears_of_it(
    write: Writer, tmp_path: Path
) -> None:
    path, target = tmp_path / "p", str(tmp_path / "t.npy")
    numbers = np.arange(N, dtype=float).reshape(N, 1)
    path = write(path, numbers).path
    np.save(target, numbers[:, 0] + 2.0)
    plan = plan_tasks(str(path), target, task_elements=N // 4)
    answers = [answer(task) for task in plan.tasks]
    os.link(target, f"{target}.link")  # moves the system's time, and changes nothing
    answers[-1] = answer(plan.tasks[-1])
    overwrite(path)
    with pytest.raises(
        StorageError,
        match=r": the file changed while being read \[run again when no program writes to it\]$",
    ):
        answer(plan.tasks[-1])
    other = f"{tmp_path}/other.npy"
    np.save(other, np.arange(N) + 1.0)
    assert in_tasks(other, target).mean == 0.5
    assert in_tasks(str(path), target) == evaluate(str(path), target)


def test_a_process_ends_without_a_word_if_what_it_read_changes_later(tmp_path: Path) -> None:
    """Also if modules are gone when what is open is closed."""
    script = (
        "import numpy as np; from smoothl1 import answer, plan_tasks\n"
        "np.save('p.npy', [1.0, 2.0])\n"
        "plan = plan_tasks('p.npy', 'p.npy'); print(len([answer(task) for task in plan.tasks]))\n"
        "np.save('p.npy', [1.0, 2.0, 3.0])\n"
        "import smoothl1.files.file, sys; smoothl1.files.file.sys = None"
    )
    command = [sys.executable, "-W", "ignore", "-c", script]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert (ended.stdout, ended.stderr) == ("1\n", "")
