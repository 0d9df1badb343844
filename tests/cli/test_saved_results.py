"""Saved results as inputs of `merge` and as baselines: where they come from, and how large."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import DataError, StorageError, evaluate
from smoothl1.cli import saved_results
from smoothl1.cli.saved_results import read_result
from tests.command import SCRIPT, standard_input

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX pipes")


@pytest.fixture(autouse=True)
def part(tmp_path: Path) -> Path:
    """A result whose mean is 1.5."""
    np.save(tmp_path / "p.npy", [2.0])
    np.save(tmp_path / "t.npy", [0.0])
    result = evaluate(tmp_path / "p.npy", tmp_path / "t.npy", statistics=True)
    (tmp_path / "part.json").write_text(json.dumps(result.to_json()))
    return tmp_path / "part.json"


@posix
def test_standard_input_may_be_merged(run: Run, part: Path) -> None:
    for name in ("-", "/dev/stdin"):
        done = run("merge", name, input=part.read_text())
        assert (done.returncode, done.stdout, done.stderr) == (0, "1.5\n", "")
    done = run("merge", "-", "part.json", "--expect", "2", "-q", input=part.read_text())
    assert (done.returncode, done.stdout) == (0, "1.5\n")
    done = run("merge", "-", input="")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("smoothl1: error: -: empty (0 bytes)")
    done = run("merge", "-", "-", input=part.read_text())
    assert (done.returncode, done.stdout) == (2, "")


@posix
def test_a_file_larger_than_any_result_is_refused_unread(run: Run, part: Path) -> None:
    os.truncate(part, saved_results.MAX_BYTES + 1)
    gate = ("--baseline", part, "--max-increase", "0")
    for args in (("merge", part), ("eval", "p.npy", "t.npy", *gate)):
        done = run(*args)
        assert (done.returncode, done.stdout) == (3, "")
        assert f"{part}: larger than any result: it has more than 1,073,741,824" in done.stderr


@posix
def test_a_pipe_that_never_ends_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_results, "MAX_BYTES", 1 << 22)
    os.mkfifo(tmp_path / "pipe")

    def write() -> None:
        with (tmp_path / "pipe").open("wb") as pipe:
            for _ in range(100):
                try:
                    pipe.write(b"y\n" * (1 << 19))
                    pipe.flush()
                except BrokenPipeError:
                    return

    thread = threading.Thread(target=write)
    thread.start()
    with pytest.raises(DataError, match=r"pipe: larger than any result"):
        read_result(str(tmp_path / "pipe"))
    thread.join(timeout=30)
    assert not thread.is_alive()


@posix
def test_memory_that_does_not_suffice_gives_no_advice_that_merge_cannot_follow(
    tmp_path: Path, part: Path
) -> None:
    text = part.read_text().replace('"results": [', '"results": [' + "1.5," * 30_000_000)
    part.write_text(text)
    command = f"ulimit -v 600000; {SCRIPT} merge part.json"
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    said = "smoothl1: error: out of memory [ulimit -v limits it]\n"
    assert (done.returncode, done.stderr) == (4, said)


@posix
@pytest.mark.parametrize("name", ["part.json", "-"])
def test_a_saved_result_that_is_written_to_while_it_is_read_is_refused(
    part: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Its time of writing is put back; the clock of a system may be coarse."""
    before, content = part.stat(), part.read_bytes()
    monkeypatch.setattr(saved_results, "_STEP_BYTES", len(content) // 2)
    path = name if name == "-" else str(part)
    fstat, looks = os.fstat, []

    def writing(descriptor: int) -> os.stat_result:
        looks.append(descriptor)
        while len(looks) == 2 and fstat(descriptor).st_ctime_ns == before.st_ctime_ns:
            part.write_bytes(content)
            os.utime(part, ns=(before.st_atime_ns, before.st_mtime_ns))
        return fstat(descriptor)

    with standard_input(part):
        assert saved_results.read_result(path).n == 1
    monkeypatch.setattr(saved_results.os, "fstat", writing)
    with (
        standard_input(part),
        pytest.raises(StorageError, match="the file changed while being read"),
    ):
        saved_results.read_result(path)
