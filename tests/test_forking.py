"""What stands for the installed command in tests ends, reads and writes as that does."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.command import SCRIPT
from tests.examples import ROOT
from tests.forking import forks

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("command", "environment"),
    [
        ("{} eval preds.npy targets.npy --json; echo $?", {}),
        ("{} eval preds.npy targets.npy --fail-above 0; echo $?", {}),
        ("{} eval preds.npy targets.npy -r none | head -n 1; echo ${PIPESTATUS[0]}", {}),
        ("cat preds.npy | {} eval - targets.npy --json | {} merge -; echo $?", {}),
        ("{} eval preds.npy targets.npy >&-; echo $? >&2", {}),
        ("{} eval preds.npy targets.npy <&- 2>&-; echo $?", {}),
        ("{} eval - targets.npy -o /dev/stdout <&- >&-; echo $? >&2", {}),
        ("{} eval preds.npy targets.npy; echo $?", {"PYTHONWARNINGS": "error", "LC_ALL": "C"}),
    ],
)
def test_a_fork_behaves_as_the_installed_command(command: str, environment: dict[str, str]) -> None:
    forked, installed = (
        subprocess.run(
            ["bash", "-c", command.replace("{}", str(script))],
            cwd=ROOT / "sample_data",
            env={**os.environ, **environment},
            capture_output=True,
            check=False,
        )
        for script in (forks().script, SCRIPT)
    )
    assert forked.stdout + forked.stderr
    assert (forked.returncode, forked.stdout, forked.stderr) == (
        installed.returncode,
        installed.stdout,
        installed.stderr,
    )


def test_a_fork_has_the_arguments_the_folder_and_the_variables_of_its_caller(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a b'c.csv"
    path.write_text("x\n1\n2\n")
    done = subprocess.run(
        [forks().script, "eval", "-q", path.name, path.name],
        cwd=tmp_path,
        env={**os.environ, "SMOOTHL1_BETA": "0", "SMOOTHL1_REDUCTION": "sum"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"0.0\n", b"")
