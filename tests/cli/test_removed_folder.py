"""A working folder that was removed: errors name the file, which has no place there."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import evaluate
from tests.command import SCRIPT
from tests.tables import save

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="others keep a folder that is used")


def in_removed_folder(
    folder: Path, command: list[str], given: str | None = None
) -> subprocess.CompletedProcess[str]:
    gone = 'mkdir gone; cd gone; rmdir ../gone; exec "$@"'
    return subprocess.run(
        ["bash", "-c", gone, "bash", *command],
        cwd=folder,
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", [2.0])
    np.save(tmp_path / "t.npy", [0.0])
    save(tmp_path / "x.parquet", p=[2.0], t=[0.0])
    result = evaluate(tmp_path / "p.npy", tmp_path / "t.npy")
    (tmp_path / "part.json").write_text(str(result.to_json()).replace("'", '"'))


EACH_LINE = """
import shlex, sys
from smoothl1.cli.boundary import complete
for line in sys.stdin:
    print("code", complete(shlex.split(line)), file=sys.stderr, flush=True)
"""
"""Runs a command line after the other in a folder that was removed before the imports."""


def test_a_relative_path_is_named_where_it_leads_nowhere(tmp_path: Path) -> None:
    cases = {
        "eval {0}/p.npy {0}/t.npy -o x.json": "x.json",
        "eval {0}/p.npy {0}/t.npy --junit x.xml": "x.xml",
        "eval {0}/p.npy {0}/t.npy --markdown x.md": "x.md",
        "eval {0}/p.npy {0}/t.npy --baseline b.json --max-increase 0": "b.json",
        "eval . {0}/t.npy": ".",
        "eval {0}/p.npy .": ".",
        "eval p.npy {0}/t.npy": "p.npy",
        "eval part-0.npy {0}/t.npy": "part-0.npy",
        "eval '*.npy' {0}/t.npy --junit {0}/x.xml": "*.npy",
        "inspect ../x.parquet": "../x.parquet",
        "inspect .": ".",
        "merge part.json --expect 1": "part.json",
        "merge {0}/part.json -o x.json": "x.json",
    }
    done = in_removed_folder(
        tmp_path, [sys.executable, "-c", EACH_LINE], "\n".join(cases).format(tmp_path)
    )
    assert (done.returncode, done.stdout) == (0, "")
    lines = [line for line in done.stderr.splitlines() if line.startswith(("code", "smoothl1: e"))]
    expected = []
    for name in cases.values():
        said = "no file matches this pattern" if "*" in name else "no such file or directory"
        expected += [f"smoothl1: error: {name}: {said}", f"code {2 if '*' in name else 4}"]
    assert lines == expected


def test_absolute_paths_and_those_beside_it_are_read(tmp_path: Path) -> None:
    for side in ("p", "t"):
        save(tmp_path / f"{side}.csv", **{side: [2.0 if side == "p" else 0.0], "x": ["a"]})
    for args in (
        f"eval {tmp_path}/p.npy {tmp_path}/t.npy",
        "eval ../p.npy ../t.npy",
        "eval ../p.csv ../t.csv",
    ):
        done = in_removed_folder(tmp_path, [SCRIPT, *args.split()])
        assert (done.returncode, done.stdout) == (0, "1.5\n")
    for side in ("p", "t"):
        (tmp_path / side).mkdir()
        for i in (1, 2):
            (tmp_path / side / f"{i}.npy").write_bytes((tmp_path / f"{side}.npy").read_bytes())
    done = in_removed_folder(tmp_path, [SCRIPT, "eval", f"{tmp_path}/p", f"{tmp_path}/t"])
    assert (done.returncode, done.stdout) == (0, "1.5\n")
