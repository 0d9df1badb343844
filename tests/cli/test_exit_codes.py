"""Every exit code, of every command, through the installed console script."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import EvalSettings, evaluate
from tests.command import SCRIPT, heeding
from tests.open_outputs import has_output

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

OK, NO, USAGE, DATA, IO = range(5)

L1 = EvalSettings((0.0,))
EVAL = ("eval", "p.npy", "t.npy", "-b", "0")
COMPARE = ("compare", "p.npy", "q.npy", "t.npy", "-b", "0")
MERGE = ("merge", "p.json")
MEAN = "2.5\n"


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    """The mean loss of p is 2.5, that of q 3.625; q is worse in every row."""
    np.save(tmp_path / "p.npy", [1.0, 2.0, 3.0, 4.0])
    np.save(tmp_path / "q.npy", [2.0, 3.25, 4.25, 5.0])
    np.save(tmp_path / "t.npy", np.zeros(4))
    np.save(tmp_path / "nan.npy", [1.0, np.nan, 3.0, 4.0])
    np.save(tmp_path / "low.npy", [0.5, 0.25, 0.5, 0.75])
    (tmp_path / "garbage.json").write_text("{")
    for name in ("p", "low"):
        content = evaluate(
            tmp_path / f"{name}.npy", tmp_path / "t.npy", L1, statistics=True
        ).to_json()
        (tmp_path / f"{name}.json").write_text(json.dumps(content))


def test_an_answer_within_all_gates_exits_0(run: Run) -> None:
    gates = ("--fail-above", "2.5", "--baseline", "p.json", "--max-increase", "0")
    for args in ((*EVAL, *gates), (*MERGE, *gates)):
        done = run(*args)
        assert (done.returncode, done.stdout, done.stderr) == (OK, MEAN, "")
    done = run("compare", "q.npy", "p.npy", "t.npy", "--fail-if", "not-better", "-q")
    assert (done.returncode, done.stderr) == (OK, "")


BASELINE = ("--baseline", "low.json", "--max-increase", "5%")

GATES = {
    "fail-above": (("--fail-above", "2.4"), "the mean, 2.5, is above --fail-above 2.4"),
    "max-increase": (BASELINE, "its baseline 0.5"),
    "both": ((*BASELINE, "--max-increase", "100.0"), "more than --max-increase 5%"),
    "no baseline": (("--baseline", "none.json", "--max-increase", "5%"), "no baseline none.json"),
    "confidence": (("--fail-above", "0.4", "--confidence", "0.9"), "at least"),
}


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("command", [EVAL, MERGE], ids=["eval", "merge"])
def test_a_gate_that_fails_exits_1_and_the_result_is_there(
    run: Run, tmp_path: Path, command: tuple[str, ...], gate: str
) -> None:
    options, said = GATES[gate]
    args = (*command, *options, *(["-q"] if gate == "confidence" else []))
    if gate == "both":
        args = (*args, "-o", "out.txt")
    done = run(*args)
    assert done.returncode == NO
    assert done.stderr.startswith("smoothl1: gate failed: ")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr
    if gate == "both":
        assert done.stdout == ""
        assert (tmp_path / "out.txt").read_text() == MEAN
    else:
        assert done.stdout == MEAN


@pytest.mark.parametrize("condition", ["worse", "not-better"])
def test_a_model_that_is_worse_exits_1_and_the_comparison_is_there(
    run: Run, tmp_path: Path, condition: str
) -> None:
    done = run(*COMPARE, "--fail-if", condition, "-o", "out.tsv", "-q")
    assert (done.returncode, done.stdout) == (NO, "")
    said = "smoothl1: gate failed: the difference B - A is 1.125, its interval "
    assert done.stderr.startswith(said)
    assert (tmp_path / "out.tsv").read_text().splitlines()[1].startswith("0.0\t2.5\t3.625\t1.125\t")


@pytest.mark.parametrize(
    "args",
    [
        (*EVAL, "--fail-above", "3", "--confidence", "0.9"),
        (*MERGE, "--fail-above", "3", "--confidence", "0.9"),
        (*COMPARE[:1], *COMPARE[1:3][::-1], *COMPARE[3:], "--fail-if", "worse"),
        (*COMPARE, "--confidence", "0.9"),
    ],
    ids=["eval", "merge", "fail-if", "confidence"],
)
def test_a_gate_on_few_rows_warns_in_one_line(run: Run, args: tuple[str, ...]) -> None:
    done = run(*args)
    assert done.returncode == OK
    assert done.stderr.startswith("smoothl1: warning: the ")
    assert " has 4 effective rows, fewer than 30: " in done.stderr
    assert done.stderr.count("\n") == 1
    assert run(*args, "-q").stderr == ""


def test_a_gate_is_silent_to_nobody(run: Run) -> None:
    """Quiet is about warnings and progress."""
    done = run(*EVAL, "--fail-above", "2", "-q")
    assert (done.returncode, done.stdout) == (NO, MEAN)
    assert done.stderr == "smoothl1: gate failed: the mean, 2.5, is above --fail-above 2\n"


@pytest.mark.parametrize(
    ("code", "args"),
    [
        (USAGE, ("eval", "p.npy", "t.npy", "-b", "-1", "--fail-above", "1")),
        (USAGE, (*EVAL, "--max-increase", "5%")),
        (USAGE, (*EVAL, "--baseline", "low.json", "--max-increase", "five")),
        (USAGE, (*EVAL, "--baseline", "low.json", "--max-increase", "5")),
        (USAGE, (*EVAL, "--other-data", "--fail-above", "9")),
        (USAGE, (*EVAL, "--confidence", "0.95")),
        (USAGE, (*MERGE, "--fail-above", "nan")),
        (USAGE, ("merge", "*.none", "--fail-above", "1")),
        (USAGE, ("compare", "p.npy", "q.npy", "--fail-if", "worse")),
        (USAGE, (*COMPARE, "--fail-if", "worse", "--confidence", "1")),
        (DATA, ("eval", "nan.npy", "t.npy", "--nan", "error", "--fail-above", "0")),
        (DATA, (*EVAL, "--baseline", "garbage.json", "--max-increase", "5%")),
        (DATA, (*EVAL[:3], "--baseline", "low.json", "--max-increase", "5%")),
        (DATA, ("merge", "p.json", "garbage.json", "--fail-above", "0")),
        (DATA, ("compare", "p.npy", "nan.npy", "t.npy", "--nan", "error", "--fail-if", "worse")),
        (IO, ("eval", "none.npy", "t.npy", "--fail-above", "0")),
        (IO, (*EVAL, "-o", "none/out.txt", "--fail-above", "0")),
        (IO, (*EVAL, "--baseline", ".", "--max-increase", "5%")),
        (IO, ("merge", "none.json", "--fail-above", "0")),
        (IO, ("compare", "p.npy", "none.npy", "t.npy", "--fail-if", "worse")),
    ],
)
def test_what_is_no_answer_never_exits_1(run: Run, code: int, args: tuple[str, ...]) -> None:
    done = run(*args)
    assert done.returncode == code
    assert done.stderr.startswith("smoothl1: error: ")
    assert done.stderr.count("\n") == 1


def test_an_allowance_beyond_binary64_is_no_bug(run: Run) -> None:
    done = run(*MERGE, "--baseline", "p.json", "--max-increase", "1e999")
    assert (done.returncode, done.stdout, done.stderr) == (OK, MEAN, "")


posix = pytest.mark.skipif(os.name != "posix", reason="POSIX signals")


@posix
@pytest.mark.parametrize("args", [(*MERGE, "--fail-above", "0"), (*COMPARE, "--fail-if", "worse")])
def test_a_reader_that_left_ends_it_by_sigpipe_and_not_by_the_gate(
    tmp_path: Path, args: tuple[str, ...]
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [SCRIPT, *args], cwd=tmp_path, stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (-signal.SIGPIPE, b"")


@posix
@pytest.mark.parametrize(
    ("number", "code", "command"),
    [(signal.SIGINT, 130, "eval"), (signal.SIGTERM, 143, "compare")],
)
def test_a_signal_ends_it_by_that_signal_and_not_by_the_gate(
    tmp_path: Path, number: signal.Signals, code: int, command: str
) -> None:
    """It waits for an input that never comes; its output shows that it has begun."""
    os.mkfifo(tmp_path / "fifo")
    gate = ("--fail-above", "0") if command == "eval" else ("--fail-if", "worse")
    sides = ("fifo", "t.npy") if command == "eval" else ("p.npy", "fifo", "t.npy")
    with heeding(number):
        process = subprocess.Popen(
            [SCRIPT, command, *sides, *gate, "-o", "out.txt"],
            cwd=tmp_path,
            stderr=subprocess.PIPE,
        )
    deadline = time.monotonic() + 30
    while not has_output(process.pid, tmp_path):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(number)
    _, stderr = process.communicate(timeout=30)
    assert (process.returncode, stderr) == (-number, b"")
    assert code == 128 + number
    assert not (tmp_path / "out.txt").exists()
    assert not list(tmp_path.glob(".out*"))
