"""`--engine dask`: the output of threads, and one line where it cannot run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.command import SCRIPT
from tests.examples import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

SAMPLES = [str(ROOT / "sample_data" / f"{name}.npy") for name in ("preds", "targets")]


def installed(*args: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SCRIPT, *args], capture_output=True, text=True, check=False, cwd=cwd, timeout=300
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--workers", "2"], "--workers is for Dask [add --engine dask]"),
        (["--engine-timeout", "2"], "--engine-timeout is for Dask [add --engine dask]"),
        (["--engine", "dask", "--workers", "2", "--scheduler", "tcp://a:1"], "leave out one"),
        (["--engine", "dask", "--engine-timeout", "0"], "must be above 0"),
        (
            ["--engine", "dask", "--scheduler", "nowhere"],
            "not an address of a scheduler: 'nowhere'",
        ),
    ],
)
def test_options_that_contradict_each_other_are_refused(
    run: Run, options: list[str], words: str
) -> None:
    done = run("eval", *SAMPLES, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", [["report"], ["compare", SAMPLES[0]]])
def test_other_commands_have_the_options(run: Run, command: list[str]) -> None:
    done = run(*command, *SAMPLES, "--workers", "2")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--workers is for Dask" in done.stderr


def test_without_dask_it_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['distributed'] = None\n"
        "from smoothl1.cli.boundary import run; run()"
    )
    args = [sys.executable, "-c", code, "eval", *SAMPLES, "--engine", "dask"]
    done = subprocess.run(args, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (4, "")
    expected = "the engine dask needs the package distributed [pip install 'smoothl1[dask]']"
    assert done.stderr == f"smoothl1: error: {expected}\n"


@pytest.mark.grid
@pytest.mark.skipif(os.name != "posix", reason="TMPDIR is POSIX's")
def test_a_cluster_gives_the_same_output_and_leaves_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    dask = ("--engine", "dask", "--workers", "2")
    found = installed("eval", *SAMPLES, "--json", *dask)
    expected = run("eval", *SAMPLES, "--json")
    assert found.stderr == ""
    assert json.loads(found.stdout).pop("engine") == "dask"
    assert found.stdout.replace('  "engine": "dask",\n', "") == expected.stdout
    assert list(tmp_path.iterdir()) == []
    done = installed("eval", SAMPLES[0], "missing.npy", *dask, cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (4, 1)
