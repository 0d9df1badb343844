"""Reports of earlier runs do not outlive an error, whatever it is, and whichever report fails."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import evaluate
from smoothl1.cli.stopwatch import Stopwatch

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

REPORTS = ("--junit", "j.xml", "--markdown", "m.md")

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX devices")


@pytest.fixture(autouse=True)
def _earlier(run: Run, tmp_path: Path) -> None:
    """Inputs whose mean loss is 1.5, and the reports of an earlier run."""
    np.save(tmp_path / "p.npy", [2.0])
    np.save(tmp_path / "t.npy", [0.0])
    result = evaluate(tmp_path / "p.npy", tmp_path / "t.npy", statistics=True)
    (tmp_path / "part.json").write_text(json.dumps(result.to_json()))
    (tmp_path / "bad.json").write_text("{")
    assert run("eval", "p.npy", "t.npy", *REPORTS).returncode == 0


def reported(folder: Path) -> list[str]:
    """The reports that tell of an error."""
    said = {"j.xml": 'errors="1"', "m.md": "no result"}
    return [name for name, words in said.items() if words in (folder / name).read_text()]


@posix
@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("--junit", "nodir/j.xml", "--markdown", "m.md"), 4),
        (("--junit", "/dev/full", "--markdown", "m.md"), 4),
        (("--markdown", "nodir/m.md", "--junit", "j.xml"), 4),
        (("--markdown", "/dev/full", "--junit", "j.xml"), 4),
        (("--baseline", "bad.json", "--max-increase", "0", *REPORTS), 3),
        (("--baseline", ".", "--max-increase", "0", *REPORTS), 4),
        (("-o", "/dev/full", *REPORTS), 4),
    ],
)
@pytest.mark.parametrize("command", [("eval", "p.npy", "t.npy"), ("merge", "part.json")])
def test_each_report_tells_of_the_error_that_another_output_had(
    run: Run, tmp_path: Path, command: tuple[str, ...], args: tuple[str, ...], code: int
) -> None:
    assert run(*command, *args).returncode == code
    assert reported(tmp_path) == [name for name in ("j.xml", "m.md") if name in args]


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("eval", "empty", "t.npy"), 3),
        (("eval", "x*.npy", "t.npy"), 2),
        (("merge", "empty"), 3),
        (("merge", "part.json", "x*.json"), 2),
    ],
)
def test_an_input_that_cannot_be_listed_is_reported(
    run: Run, tmp_path: Path, args: tuple[str, ...], code: int
) -> None:
    (tmp_path / "empty").mkdir()
    assert run(*args, *REPORTS).returncode == code
    assert reported(tmp_path) == ["j.xml", "m.md"]


def test_a_file_that_may_be_an_input_is_not_replaced_by_an_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    np.save(tmp_path / "p/1.npy", [1.0])
    np.save(tmp_path / "p/1 (copy).npy", [1.0])
    before = (tmp_path / "p/1.npy").read_bytes()
    done = run("eval", "p", "t.npy", "--junit", "p/1.npy", "--markdown", "m.md")
    assert (done.returncode, done.stdout) == (3, "")
    assert (tmp_path / "p/1.npy").read_bytes() == before
    assert reported(tmp_path) == ["m.md"]


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        ("MemoryError()", 4, "out of memory"),
        ("RuntimeError('odd')", 70, "unexpected RuntimeError: odd [a bug"),
        ("type('Panic', (BaseException,), {})('odd')", 70, "unexpected Panic: odd [a bug"),
    ],
)
def test_an_error_that_nobody_expects_is_reported_too(
    tmp_path: Path, error: str, code: int, said: str
) -> None:
    broken = (
        "import sys; from smoothl1.cli import boundary\n"
        "import smoothl1.running.evaluate as module\n"
        f"def evaluate_job(*_, **__): raise {error}\n"
        "module.evaluate_job = evaluate_job; sys.exit(boundary.complete(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", broken, "eval", "p.npy", "t.npy", *REPORTS],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert reported(tmp_path) == ["j.xml", "m.md"]
    for name in ("j.xml", "m.md"):
        assert said in (tmp_path / name).read_text()


@posix
def test_an_input_that_cannot_be_listed_is_reported_where_stdout_adds_to_a_file(
    tmp_path: Path,
) -> None:
    (tmp_path / "log.txt").write_text("earlier")
    with (tmp_path / "log.txt").open("a") as log:
        args = [sys.executable, "-m", "smoothl1", "eval", "none*.csv", "t.npy", *REPORTS]
        done = subprocess.run(args, cwd=tmp_path, stdout=log, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert b"none*.csv" in done.stderr
    assert reported(tmp_path) == ["j.xml", "m.md"]


@posix
@pytest.mark.parametrize("command", [("eval", "p.npy", "t.npy"), ("merge", "part.json")])
def test_a_baseline_that_cannot_be_created_is_refused_before_any_work(
    run: Run, tmp_path: Path, command: tuple[str, ...]
) -> None:
    gate = ("--max-increase", "0", "--on-missing-baseline", "create")
    for path in ("nodir/b.json", "/proc/nosuch/b.json"):
        done = run(*command, "--baseline", path, *gate, "-o", "out.txt", *REPORTS)
        assert (done.returncode, done.stdout) == (4, "")
        assert done.stderr.startswith(f"smoothl1: error: {path}: no such file or directory")
        assert not (tmp_path / "out.txt").exists()
        assert reported(tmp_path) == ["j.xml", "m.md"]
    before = sorted(os.listdir(tmp_path))
    done = run(*command, "--baseline", "b.json", *gate, "--fail-above", "1")
    assert done.returncode == 1
    assert sorted(os.listdir(tmp_path)) == before


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("eval", "none.npy", "t.npy"), 4),
        (("eval", "p.npy", "t.npy", "--baseline", "bad.json", "--max-increase", "0"), 3),
        (("merge", "bad.json"), 3),
        (("compare", "p.npy", "none.npy", "t.npy"), 4),
    ],
)
def test_the_summary_of_the_step_tells_of_the_error_too(
    run: Run, tmp_path: Path, args: tuple[str, ...], code: int
) -> None:
    (tmp_path / "sum.md").write_text("earlier\n")
    env = {"GITHUB_STEP_SUMMARY": str(tmp_path / "sum.md"), "GITHUB_OUTPUT": ""}
    assert run(*args, "--github", "--markdown", "m.md", env=env).returncode == code
    assert "no result" in (tmp_path / "m.md").read_text()
    assert (tmp_path / "sum.md").read_text() == f"earlier\n{(tmp_path / 'm.md').read_text()}\n"


def test_the_summary_shows_no_result_where_the_outputs_cannot_be_written(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "sum.md").write_text("earlier\n")
    env = {"GITHUB_STEP_SUMMARY": str(tmp_path / "sum.md"), "GITHUB_OUTPUT": str(tmp_path)}
    done = run("eval", "p.npy", "t.npy", "--github", env=env)
    assert done.returncode == 4
    said = (tmp_path / "sum.md").read_text()
    assert said.startswith("earlier\n**Smooth L1 loss**: ❌ no result\n")
    assert "1.5" not in said


def test_a_report_says_when_and_where_the_run_was() -> None:
    begin = datetime.now(UTC)
    run = Stopwatch().run()
    assert begin <= run.begin <= datetime.now(UTC)
    assert 0 <= run.seconds <= (datetime.now(UTC) - begin).total_seconds()
    assert run.host == socket.gethostname()
