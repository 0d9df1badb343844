"""The recipes of docs/scaling.md, run as they stand there, by a loop in place of each scheduler."""

from __future__ import annotations

import json
import os
import re
import stat
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from smoothl1 import evaluate
from tests.examples import ROOT, blocks_of, run_in, shell
from tests.github_runner import Job, load, run_workflow
from tests.recipes import PIP

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.grid

if os.name != "posix":
    pytest.skip("the recipes are written for POSIX shells", allow_module_level=True)

BLOCKS = {
    block.name: block.text
    for block in blocks_of("docs/scaling.md")
    if block.language in ("sh", "yaml")
}
SCRIPT, SUBMITTED = BLOCKS["Slurm 1"], BLOCKS["Slurm 2"]
INDEXED, MERGED = yaml.safe_load(BLOCKS["Kubernetes 1"]), BLOCKS["Kubernetes 2"]
WORKFLOW = load(BLOCKS["GitHub Actions 1"])

SBATCH = r"""#!/bin/sh
# Stands for sbatch: runs what is submitted at once, each task of an array in turn.
for arg in "$@"; do
  case $arg in
    --parsable) ;;
    --dependency=afterok:42) ;;
    --array=*) tasks=${arg#--array=} ;;
    --wrap) wrap=1 ;;
    *) what=$arg ;;
  esac
done
if [ -n "$wrap" ]; then exec sh -c "$what"; fi
tasks=${tasks:-$(sed -n 's/^#SBATCH --array=//p' "$what")}
for range in $(echo "$tasks" | tr , ' '); do
  for i in $(seq "${range%-*}" "${range#*-}"); do
    SLURM_ARRAY_TASK_ID=$i sh "$what" >&2 || exit
  done
done
echo 42
"""


def write_data(folder: Path) -> float:
    """Predictions and targets of 100 rows in row groups; the mean loss at beta 0.5."""
    rng = np.random.default_rng(1)
    for name, size in (("preds", 7), ("targets", 5)):
        table = pa.table({"y": rng.normal(size=100) / 4})
        pq.write_table(table, folder / f"{name}.parquet", row_group_size=size)
    return evaluate(folder / "preds.parquet", folder / "targets.parquet", betas=0.5).mean


def mean_in(path: Path) -> Any:
    return json.loads(path.read_text())["results"][0]["mean"]


def test_every_block_of_the_page_is_run() -> None:
    assert sorted(BLOCKS) == [
        *("GitHub Actions 1", "Kubernetes 1", "Kubernetes 2", "Slurm 1", "Slurm 2"),
    ]


def test_slurm_runs_an_array_and_merges_it(tmp_path: Path) -> None:
    expected = write_data(tmp_path)
    (tmp_path / "loss.sh").write_text(SCRIPT)
    sbatch = tmp_path / "bin" / "sbatch"
    sbatch.parent.mkdir()
    sbatch.write_text(SBATCH)
    sbatch.chmod(sbatch.stat().st_mode | stat.S_IXUSR)
    on_path = f'PATH="{sbatch.parent}:$PATH"\n'
    done = shell(tmp_path, on_path + SUBMITTED)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert mean_in(tmp_path / "whole.json") == expected
    assert len([*tmp_path.glob("part-*.json")]) == 8

    for i in (2, 5, 6, 7):
        (tmp_path / f"part-{i}.json").unlink()
    done = shell(tmp_path, "smoothl1 merge part-*.json")
    assert "parts 2,5-7 of 8 are missing" in done.stderr
    page = (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
    (again,) = re.findall(r"run `(sbatch\s--array=2,5-7 loss\.sh)`", page)
    assert shell(tmp_path, on_path + again.replace("\n", " ")).returncode == 0
    assert shell(tmp_path, "smoothl1 merge part-*.json").stdout == f"{expected!r}\n"


def test_kubernetes_runs_an_indexed_job(tmp_path: Path) -> None:
    expected = write_data(tmp_path)
    spec = INDEXED["spec"]
    (container,) = spec["template"]["spec"]["containers"]
    assert spec["completionMode"] == "Indexed"
    for index in range(spec["completions"]):
        command = (*container["command"], *container["args"])
        done = run_in(tmp_path, *command, env={"JOB_COMPLETION_INDEX": str(index)})
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert shell(tmp_path, MERGED).returncode == 0
    assert mean_in(tmp_path / "whole.json") == expected


def test_github_runs_a_matrix(tmp_path: Path) -> None:
    (tmp_path / "repository" / "data").mkdir(parents=True)
    expected = write_data(tmp_path / "repository" / "data")

    def job(name: str, matrix: dict[str, Any]) -> Job:
        home = tmp_path / name.replace(" ", "-")
        for folder in ("workspace", "temp"):
            (home / folder).mkdir(parents=True)
        return Job(
            home / "workspace",
            home / "temp",
            repository=tmp_path / "repository",
            artifacts=tmp_path / "artifacts",
            replaced={PIP: ":"},
            context={"matrix": matrix},
        )

    ended = run_workflow(WORKFLOW, job)
    assert [done.returncode for done in ended.values()] == [0] * 5
    assert ended["whole"].stdout == f"{expected!r}\n"
