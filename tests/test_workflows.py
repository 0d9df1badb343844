"""The workflows of this repository: what they call is there, and runs."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
import tomllib
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from tests.examples import ROOT, run_in
from tests.github_runner import Job, load, run_workflow

if TYPE_CHECKING:
    from pathlib import Path

if os.name != "posix":
    pytest.skip("the workflows' shells are POSIX ones", allow_module_level=True)

WORKFLOWS = {
    path.stem: load(path.read_text()) for path in (ROOT / ".github" / "workflows").glob("*.yml")
}
INSTALL = "Install smoothl1"
"""Needs the network; `.ci/run` runs this step as well."""

CHECK = 'test "$LOSS" = 0.3694987305987734'
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def commands_of(workflow: str) -> list[str]:
    jobs = WORKFLOWS[workflow]["jobs"].values()
    return [step["run"] for job in jobs for step in job["steps"] if "run" in step]


def test_every_command_of_a_workflow_is_known_here() -> None:
    assert set(WORKFLOWS) == {"ci", "wheels"}
    valgrind = ["sudo apt-get install -y valgrind", '.ci/instructions "$BASE"']
    assert commands_of("ci") == [".ci/run", *valgrind, ".ci/docs", ".ci/browser", CHECK]
    assert commands_of("wheels") == [  # as the runners have pipx
        "pipx run build --sdist",
        "pipx run twine check --strict dist/*",
        "pipx run check-wheel-contents dist/*.whl",
        "pipx run abi3audit --strict --report dist/*.whl",
    ]


@pytest.mark.parametrize("program", [".ci/run", ".ci/instructions", ".ci/docs", ".ci/browser"])
def test_what_ci_calls_is_a_program_that_the_shell_can_read(program: str) -> None:
    assert os.access(ROOT / program, os.X_OK)
    done = run_in(ROOT, "bash", "-n", program)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.grid
def test_pip_compiles_nothing_in_ci(tmp_path: Path) -> None:
    """Of its variables, pip takes those of options that begin with "no" for the opposite."""
    (line,) = re.findall(
        r"^export PIP_NO_COMPILE=.*$", (ROOT / ".ci/run").read_text(), re.MULTILINE
    )
    wheel = tmp_path / "one-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("one.py", "x = 1\n")
        file.writestr(
            "one-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: one\nVersion: 1.0\n"
        )
        file.writestr("one-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        file.writestr("one-1.0.dist-info/RECORD", "")
    install = f"{sys.executable} -m pip install --quiet --no-index --no-deps --target new {wheel}"
    done = run_in(tmp_path, "bash", "-ec", f"{line}\n{install}")
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (tmp_path / "new").rglob("one.*")] == ["one.py"]


def test_ci_runs_the_oldest_python_that_is_promised() -> None:
    oldest = PROJECT["project"]["requires-python"].removeprefix(">=")
    assert WORKFLOWS["ci"]["jobs"]["test"]["strategy"]["matrix"]["python"][0] == oldest


@pytest.mark.parametrize(("wanted", "returncode"), [("0.3694987305987734", 0), ("0.37", 1)])
def test_ci_uses_the_action_and_looks_at_its_output(
    tmp_path: Path, wanted: str, returncode: int
) -> None:
    repository = tmp_path / "repository"
    shutil.copytree(ROOT / "sample_data", repository / "sample_data")
    replaced = {CHECK: CHECK.replace("0.3694987305987734", wanted)}

    def job_of(name: str, matrix: dict[str, Any]) -> Job:
        home = tmp_path / name
        (home / "temp").mkdir(parents=True)
        options: Any = {"repository": repository, "replaced": replaced, "left_out": (INSTALL,)}
        return Job(home, home / "temp", **options)

    ended = run_workflow({"jobs": {"action": WORKFLOWS["ci"]["jobs"]["action"]}}, job_of)
    assert [done.returncode for done in ended.values()] == [returncode] * 2


def test_the_command_that_tests_a_wheel_runs_from_any_folder(tmp_path: Path) -> None:
    pytest.importorskip("smoothl1.backends._native", exc_type=ImportError)
    settings = PROJECT["tool"]["cibuildwheel"]
    command = shlex.split(settings["test-command"].replace("{project}", str(ROOT)))
    done = run_in(tmp_path, *command, env=settings["test-environment"])
    assert (done.returncode, done.stdout) == (0, "0.3694987305987734\n")
