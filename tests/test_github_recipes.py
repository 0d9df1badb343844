"""The recipes for GitHub in docs/ci.md, run as they stand there by a small runner."""

from __future__ import annotations

import json
import os
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.examples import shell
from tests.github_runner import Job, Outcome, load, run_workflow
from tests.recipes import BAD, GOOD, PIP, recipe, write_repository

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.grid

if os.name != "posix":
    pytest.skip("the recipes are written for POSIX shells", allow_module_level=True)

WORKFLOW = load(recipe("GitHub Actions 1"))
STEPS = load(recipe("GitHub Actions 2"))
SHARDS = load(recipe("Shards 1"))
BASELINE_OF_SHARDS = recipe("Shards 2")


class GitHub:
    """Runs workflows for a user's repository."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.repository = folder / "repository"
        self.artifacts = folder / "artifacts"
        self.jobs: dict[str, Job] = {}
        self._n_jobs = 0

    def job(self, name: str, matrix: dict[str, Any]) -> Job:
        """A job in a workspace of its own, as if it were another machine."""
        self._n_jobs += 1
        home = self.folder / f"job-{self._n_jobs}"
        (home / "temp").mkdir(parents=True)
        (home / "workspace").mkdir()
        self.jobs[name] = Job(
            home / "workspace",
            home / "temp",
            repository=self.repository,
            artifacts=self.artifacts,
            replaced={PIP: ":"},
            left_out=("Install smoothl1",),
            context={"matrix": matrix},
        )
        return self.jobs[name]

    def run(self, workflow: dict[str, Any], wrong: float) -> dict[str, Outcome]:
        """Run a workflow on what the repository holds, its predictions that wrong."""
        write_repository(self.repository, wrong)
        shutil.rmtree(self.artifacts, ignore_errors=True)
        return run_workflow(workflow, self.job)


@pytest.fixture
def github(tmp_path: Path) -> GitHub:
    return GitHub(tmp_path)


def test_the_workflow_makes_a_baseline_and_holds_the_next_run_against_it(github: GitHub) -> None:
    first = github.run(WORKFLOW, GOOD)["loss"]
    assert (first.returncode, first.stdout) == (0, "")
    result, baseline = (github.artifacts / "loss" / f"{n}.json" for n in ("loss", "baseline"))
    means = {entry["group"]: entry["mean"] for entry in json.loads(result.read_text())["results"]}
    assert means == {"north": 0.15625, "south": 0.15625}  # of 0.25 and 0.0625
    assert "north" in github.jobs["loss"].summary

    shutil.copy(baseline, github.repository)  # "Commit it"
    assert github.run(WORKFLOW, GOOD)["loss"].returncode == 0
    worse = github.run(WORKFLOW, BAD)["loss"]
    assert worse.returncode == 1
    assert "::error title=smoothl1 fail-above 0.4::" in worse.stderr
    assert "::error title=smoothl1 max-increase 2%25::" in worse.stderr
    means = {entry["group"]: entry["mean"] for entry in json.loads(result.read_text())["results"]}
    assert means == {"north": 1.25, "south": 1.25}  # of 1.75 and 0.75, kept though the job failed
    assert baseline.read_bytes() == (github.repository / "baseline.json").read_bytes()


@pytest.mark.parametrize(("wrong", "code", "said"), [(GOOD, 0, "0.15625\n"), (BAD, 1, "1.25\n")])
def test_the_action_is_used_and_its_output_read(
    github: GitHub, wrong: float, code: int, said: str
) -> None:
    write_repository(github.repository, wrong)
    made = [{"uses": "actions/checkout@v4"}, {"run": "python predict.py --out preds.parquet"}]
    done = github.job("loss", {}).run(made + STEPS)
    assert (done.returncode, done.stdout) == (code, said + said)  # smoothl1's, and that of echo
    assert done.outputs["loss"]["outputs"]["passed"] == ("true" if code == 0 else "false")


def test_shards_are_merged_and_held_against_a_baseline(github: GitHub) -> None:
    done = github.run(SHARDS, GOOD)
    assert [done[f"shard {i}"].returncode for i in range(4)] == [0] * 4
    assert done["whole"].returncode == 1
    assert "no baseline" in done["whole"].stderr

    made = shell(github.jobs["whole"].workspace, BASELINE_OF_SHARDS)
    assert (made.returncode, made.stderr) == (0, "")
    shutil.copy(github.jobs["whole"].workspace / "baseline.json", github.repository)
    whole = github.run(SHARDS, GOOD)["whole"]
    assert (whole.returncode, whole.stdout, whole.stderr) == (0, "0.078125\n", "")
    worse = github.run(SHARDS, BAD)["whole"]
    assert (worse.returncode, worse.stdout) == (1, "1.0\n")  # of 1.5 and 0.5

    fewer = json.loads(json.dumps(SHARDS))  # a shard that is missing is not green
    fewer["jobs"]["shard"]["strategy"]["matrix"]["shard"].pop()
    whole = github.run(fewer, GOOD)["whole"]
    assert (whole.returncode, whole.stdout) == (3, "")


def test_the_matrix_has_as_many_entries_as_merge_expects() -> None:
    matrix = SHARDS["jobs"]["shard"]["strategy"]["matrix"]["shard"]
    merge = SHARDS["jobs"]["whole"]["steps"][-1]["run"]
    for command in (merge, BASELINE_OF_SHARDS):
        assert re.findall(r"--expect (\d+)", command) == [str(len(matrix))]
