"""What is said of command lines that are refused: one line, and the option that helps."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.command import SCRIPT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

SAID = {
    "eval p.npy t.npy -r none --json": (
        "with --reduction none the losses go to stdout [give -o FILE to --json]"
    ),
    "eval p.npy t.npy --max-increase 1": "--max-increase needs a --baseline to compare with",
    "eval p.npy t.npy --baseline b.json": "--baseline needs a --max-increase [--max-increase 0]",
    "eval p.npy t.npy --other-data": "--other-data needs a --baseline",
    "eval p.npy t.npy --on-missing-group pass": "--on-missing-group needs a --baseline",
    "eval p.npy t.npy --confidence 0.9": "--confidence needs --fail-above or --baseline",
    "eval p.npy t.npy --raw q4": "raw takes a dtype of NumPy, not 'q4' [",
    "eval p.npy t.npy --format-in raw": "p.npy: the format raw needs a dtype [--raw DTYPE, ",
    "eval p.npy t.npy --weights w.npy": (
        "w.npy: weights of shape (2, 3, 4) fit neither rows nor elements of shape (2, 3)"
    ),
    "eval w.npy w.npy --weights p.npy": (
        "p.npy: weights of shape (2, 3) fit neither rows nor elements of shape (2, 3, 4) "
        "[repeat each along the last axes: numpy.broadcast_to(w[..., None], shape)]"
    ),
    "eval s3://b/p.npy?anonymous=perhaps t.npy": (
        "s3://b/p.npy: anonymous is neither true nor false"
    ),
    "report p.npy t.npy -o s3://b/d/": (
        "s3://b/d/: drawings go to a local folder [name a page, .html, or a local folder]"
    ),
    "merge b.json": "b.json: damaged: settings: beta must be finite and >= 0, not -1.0",
    "merge a.json": 'a.json: not a smoothl1.result: its schema is "another/1" [',
}


@pytest.mark.parametrize("line", SAID)
def test_a_refusal_is_one_line_that_says_what_helps(run: Run, tmp_path: Path, line: str) -> None:
    for name, shape in (("p", (2, 3)), ("t", (2, 3)), ("w", (2, 3, 4))):
        np.save(tmp_path / f"{name}.npy", np.ones(shape))
    if line.startswith("merge"):
        document = json.loads(run("eval", "p.npy", "t.npy", "--json").stdout)
        document["settings"]["betas"] = [-1.0]
        (tmp_path / "b.json").write_text(json.dumps(document))
        (tmp_path / "a.json").write_text(json.dumps({**document, "schema": "another/1"}))
    done = run(*line.split())
    assert done.returncode in (2, 3)
    assert done.stdout == ""
    assert done.stderr.startswith(f"smoothl1: error: {SAID[line]}")
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(os.name != "posix", reason="terminals of POSIX")
def test_a_terminal_is_no_input(tmp_path: Path) -> None:
    leader, follower = os.openpty()
    for args in (["eval", "-", "t.npy"], ["merge", "-"]):
        done = subprocess.run(
            [SCRIPT, *args], cwd=tmp_path, stdin=follower, capture_output=True, check=False
        )
        assert (done.returncode, done.stdout) == (3, b"")
        assert done.stderr == b"smoothl1: error: -: a terminal: nothing is piped in\n"
    os.close(leader)
    os.close(follower)
