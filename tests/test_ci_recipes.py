"""The recipes of docs/ci.md, run as they stand there; GitHub's have a module of their own."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
from typing import TYPE_CHECKING

import pytest
import xmlschema
import yaml

import smoothl1
from tests.examples import ROOT, run_in, shell
from tests.recipes import BAD, BLOCKS, GOOD, N_ROWS, PIP, one_column_pair, recipe

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.grid

if os.name != "posix":
    pytest.skip("the recipes are written for POSIX shells", allow_module_level=True)

GITLAB = yaml.safe_load(recipe("GitLab 1"))
PRE_COMMIT = yaml.safe_load(recipe("pre-commit 1"))
DVC = yaml.safe_load(recipe("DVC 1"))
MAKE = recipe("Make and shell 1")
SHELL = recipe("Make and shell 2")


def test_every_block_of_the_page_is_run() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "tests").glob("test_*_recipes.py"))
    assert sorted(re.findall(r'recipe\("(.*?)"\)', sources)) == sorted(BLOCKS)


def test_the_recipes_name_this_version() -> None:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    named = re.findall(r"(?:OWNER/smoothl1@|rev: )v([\w.]+)", page)
    assert set(named) == {smoothl1.__version__}
    assert all(PIP in line for line in page.splitlines() if "pip install" in line)


@pytest.mark.parametrize(("wrong", "code"), [(GOOD, 0), (BAD, 1)])
def test_gitlab_gets_a_number_and_both_reports(tmp_path: Path, wrong: float, code: int) -> None:
    one_column_pair(tmp_path, wrong, "parquet")
    job = GITLAB["loss"]
    script = "\n".join(":" if line == PIP else line for line in job["script"])
    done = shell(tmp_path, f"set -eo pipefail\n{script}", ["bash"])
    assert (done.returncode, done.stdout) == (code, "0.078125\n" if code == 0 else "1.0\n")
    artifacts = job["artifacts"]
    assert artifacts["when"] == "always"
    assert all((tmp_path / path).stat().st_size for path in artifacts["paths"])
    report = (tmp_path / artifacts["reports"]["junit"]).read_text()
    xmlschema.XMLSchema(ROOT / "tests" / "cli" / "views" / "junit.xsd").validate(report)
    assert f'failures="{code}"' in report


@pytest.mark.parametrize(("wrong", "code"), [(GOOD, 0), (BAD, 1)])
def test_pre_commit_runs_the_hook_on_the_files_of_the_recipe(
    tmp_path: Path, wrong: float, code: int
) -> None:
    one_column_pair(tmp_path, wrong, "parquet")
    (repo,) = PRE_COMMIT["repos"]
    (chosen,) = repo["hooks"]
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    hook = {**{hook["id"]: hook for hook in hooks}[chosen["id"]], **chosen}
    assert (hook["language"], hook["pass_filenames"]) == ("python", False)
    matching = {name for name in os.listdir(tmp_path) if re.search(hook["files"], name)}
    assert matching == set(hook["args"][:2]) == {"preds.parquet", "targets.parquet"}
    assert not re.search(hook["files"], "old/preds.parquet")
    done = run_in(tmp_path, *shlex.split(hook["entry"]), *hook["args"])
    assert (done.returncode, done.stdout) == (code, "0.078125\n" if code == 0 else "1.0\n")


def test_dvc_reads_flat_metrics(tmp_path: Path) -> None:
    one_column_pair(tmp_path, GOOD, "parquet")
    stage = DVC["stages"]["evaluate"]
    assert set(stage) == {"cmd", "deps", "outs", "metrics"}
    assert all((tmp_path / path).exists() for path in stage["deps"])
    assert shell(tmp_path, stage["cmd"]).returncode == 0
    written = [name for out in stage["outs"] + stage["metrics"] for name in out]
    assert written == ["loss.json", "metrics.json"]
    assert all((tmp_path / path).exists() for path in written)
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    # The sample variance of 20 losses 0.125 and 20 losses 0.03125 is 20/39 * 2 * 0.046875**2.
    stderr = (20 / 39 * 2 * 0.046875**2 / N_ROWS) ** 0.5
    assert metrics["stderr"] == pytest.approx(stderr, rel=1e-14)
    assert (metrics["mean"], metrics["count"], metrics["nan"]) == (0.078125, 40, 0)
    assert all(isinstance(number, (int, float)) for number in metrics.values())


def test_dvc_fails_where_the_evaluation_fails(tmp_path: Path) -> None:
    assert shell(tmp_path, DVC["stages"]["evaluate"]["cmd"]).returncode == 4
    assert not (tmp_path / "metrics.json").exists()


@pytest.mark.skipif(shutil.which("make") is None, reason="no make")
def test_make_evaluates_once_and_holds_the_result_against_the_baseline(tmp_path: Path) -> None:
    one_column_pair(tmp_path, GOOD, "npy")
    (tmp_path / "Makefile").write_text(MAKE)
    (tmp_path / "check").touch()  # a file of that name is no reason to skip the check
    made = run_in(tmp_path, "make")
    assert made.returncode == 0
    assert run_in(tmp_path, "make", "check").returncode == 2  # make's own, for 1
    (tmp_path / "loss.json").rename(tmp_path / "baseline.json")
    passed = run_in(tmp_path, "make", "check")
    assert (passed.returncode, passed.stdout.splitlines()[-1]) == (0, "0.078125")
    assert "smoothl1 eval" in passed.stdout
    assert "smoothl1 eval" not in run_in(tmp_path, "make", "check").stdout
    one_column_pair(tmp_path, BAD, "npy")
    (tmp_path / "loss.json").unlink()
    assert run_in(tmp_path, "make", "check").returncode == 2


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ("", 0, "0.078125\ngood\n"),
        ("--fail-above 0.05", 1, "0.078125\nthe loss is too high\n"),
        ("--nosuch", 2, "the command line is wrong\n"),
        ("--weights text", 3, "the data cannot be trusted\n"),
        ("--weights nosuch", 4, "the system refused\n"),
    ],
)
def test_the_shell_script_tells_what_happened(
    tmp_path: Path, change: str, code: int, said: str
) -> None:
    one_column_pair(tmp_path, GOOD, "npy")
    (tmp_path / "text").write_text("w\nno number\n")
    gate = "--fail-above 0.4"
    assert SHELL.count(gate) == 1
    done = shell(tmp_path, SHELL.replace(gate, change or gate))
    assert (done.returncode, done.stdout) == (code, said)
