"""A small runner of GitHub Actions: enough of one for the action and the workflows of this tree.

Steps run as https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax says.
What it does not know (a key, an expression, an action) is an error, so that nothing is passed over.
"""

from __future__ import annotations

import fnmatch
import itertools
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tests.examples import ROOT, search_path

if TYPE_CHECKING:
    from collections.abc import Callable

SHELLS = {None: ["bash", "-e"], "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"]}
"""As the runner starts them. Only the one that is asked for by name has pipefail."""

STEP_KEYS = {"id", "name", "if", "uses", "with", "run", "shell", "env"}
TIMEOUT_S = 300


@dataclass
class Outcome:
    """How a step, an action or a job ended.

    Attributes:
        returncode: Of the first step that failed.
        stdout: Of all steps.
        stderr: Of all steps.
        outputs: Of a step or an action by name; of a job, by step as in `${{ steps }}`.
    """

    returncode: int = 0
    stdout: str = ""
    stderr: str = ""
    outputs: dict[str, Any] = field(default_factory=dict)

    def add(self, other: Outcome) -> None:
        self.returncode = self.returncode or other.returncode
        self.stdout += other.stdout
        self.stderr += other.stderr


def load(text: str) -> Any:
    """YAML as GitHub reads it, in which `on` is a word and not a truth value."""
    return yaml.safe_load(re.sub(r"(?m)^on:", '"on":', text))


def resolve(text: object, context: dict[str, Any]) -> str:
    """Text with the value of each `${{ a.b }}`; that of an output which was not set is empty."""

    def value_of(match: re.Match[str]) -> str:
        found: Any = context
        *path, last = match[1].split(".")
        for name in path:
            found = found[name]
        return str(found.get(last, "") if path[-1:] == ["outputs"] else found[last])

    resolved = re.sub(r"\$\{\{\s*([\w.-]+)\s*\}\}", value_of, str(text))
    assert "${{" not in resolved, resolved
    return resolved


def read_commands(path: Path) -> dict[str, str]:
    """What a step wrote to a file of the runner: `name=value`, or `name<<END`, lines and END."""
    lines = iter(path.read_text(encoding="utf-8").split("\n"))
    found = {}
    for line in filter(None, lines):
        name, _, value = line.partition("=")
        if re.match(r"[^=]*<<", line):
            name, _, mark = line.partition("<<")
            value = "\n".join(iter(lines.__next__, mark))
        found[name] = value
    return found


class Job:
    """Runs steps one after the other in a folder.

    Args:
        workspace: The working directory of the steps.
        temp: A folder of the runner's own.
        repository: What `actions/checkout` copies into the workspace.
        artifacts: Where `actions/upload-artifact` puts a folder each.
        replaced: Whole `run` texts that are replaced by others.
        left_out: Names of steps that are left out.
        context: Further values of expressions, such as `matrix`.
        python: What `actions/setup-python` sets up.
    """

    def __init__(
        self,
        workspace: Path,
        temp: Path,
        *,
        repository: Path | None = None,
        artifacts: Path | None = None,
        replaced: dict[str, str] | None = None,
        left_out: tuple[str, ...] = (),
        context: dict[str, Any] | None = None,
        python: Path = Path(sys.executable),
    ) -> None:
        self.workspace = workspace
        self.temp = temp
        self.repository = repository
        self.artifacts = artifacts
        self.replaced = replaced or {}
        self.left_out = left_out
        self.python = python
        self.env: dict[str, str] = {}
        self.context = {"runner": {"temp": str(temp)}, **(context or {})}
        self._numbers = itertools.count()

    @property
    def summary(self) -> str:
        """What all steps wrote to their summaries."""
        return "".join(path.read_text() for path in sorted(self.temp.glob("*-STEP_SUMMARY")))

    def run(self, steps: list[dict[str, Any]], context: dict[str, Any] | None = None) -> Outcome:
        """Run steps to the end; after a failure only those of `if: always()`."""
        steps_context: dict[str, Any] = {}
        context = {**self.context, **(context or {}), "steps": steps_context}
        whole = Outcome()
        for step in steps:
            assert set(step) <= STEP_KEYS, set(step) - STEP_KEYS
            assert step.get("if") in (None, "always()"), step["if"]
            done = Outcome()
            is_due = not whole.returncode or "if" in step
            if is_due and step.get("name") not in self.left_out:
                done = self._step(step, context)
            whole.add(done)
            if "id" in step:
                steps_context[step["id"]] = {"outputs": done.outputs}
        whole.outputs = steps_context
        return whole

    def run_action(self, folder: Path, given: dict[str, Any]) -> Outcome:
        """Run a composite action with inputs."""
        action = load((folder / "action.yml").read_text(encoding="utf-8"))
        assert action["runs"]["using"] == "composite"
        assert set(given) <= set(action["inputs"]), given
        inputs = {name: str(spec.get("default", "")) for name, spec in action["inputs"].items()}
        inputs |= {name: str(value) for name, value in given.items()}
        context = {"inputs": inputs, "github": {"action_path": str(folder)}}
        done = self.run(action["runs"]["steps"], context)
        context = {"steps": done.outputs}
        done.outputs = {
            name: resolve(spec["value"], context) for name, spec in action["outputs"].items()
        }
        return done

    def start(self, step: dict[str, Any], context: dict[str, Any]) -> subprocess.Popen[str]:
        """Start a step of `run`, in the shell that it declares."""
        number = next(self._numbers)
        script = self.temp / f"{number:03}.sh"
        script.write_text(self.replaced.get(step["run"], resolve(step["run"], context)))
        files = {
            name: self.temp / f"{number:03}-{name}" for name in ("OUTPUT", "STEP_SUMMARY", "ENV")
        }
        for file in files.values():
            file.touch()
        step_env = {k: resolve(v, context) for k, v in step.get("env", {}).items()}
        github_env = {f"GITHUB_{name}": str(file) for name, file in files.items()}
        return subprocess.Popen(
            [*SHELLS[step.get("shell")], str(script)],
            cwd=self.workspace,
            env={**os.environ, "PATH": search_path(), **self.env, **step_env, **github_env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _step(self, step: dict[str, Any], context: dict[str, Any]) -> Outcome:
        if "uses" in step:
            given = {k: resolve(v, context) for k, v in step.get("with", {}).items()}
            return self._use(step["uses"], given)
        with self.start(step, context) as process:
            stdout, stderr = process.communicate(timeout=TIMEOUT_S)
        output, env = (max(self.temp.glob(f"*-{name}")) for name in ("OUTPUT", "ENV"))
        self.env |= read_commands(env)
        return Outcome(process.returncode, stdout, stderr, read_commands(output))

    def _use(self, action: str, given: dict[str, str]) -> Outcome:
        name = action.partition("@")[0]
        if name in (".", "./", "OWNER/smoothl1"):
            return self.run_action(ROOT, given)
        if name == "actions/checkout":
            assert self.repository is not None
            shutil.copytree(self.repository, self.workspace, dirs_exist_ok=True)
        elif name == "actions/setup-python":
            return Outcome(outputs={"python-path": str(self.python)})
        elif name == "actions/upload-artifact":
            self._upload(given["name"], given["path"])
        elif name == "actions/download-artifact":
            self._download(given["pattern"], merge=given["merge-multiple"] == "True")
        else:
            raise AssertionError(action)
        return Outcome()

    def _upload(self, name: str, paths: str) -> None:
        assert self.artifacts is not None
        folder = self.artifacts / name
        folder.mkdir(parents=True)
        for path in paths.split():
            if (self.workspace / path).exists():  # else the runner warns
                shutil.copy(self.workspace / path, folder)

    def _download(self, pattern: str, *, merge: bool) -> None:
        assert self.artifacts is not None
        for folder in sorted(self.artifacts.iterdir()):
            if fnmatch.fnmatch(folder.name, pattern):
                target = self.workspace if merge else self.workspace / folder.name
                shutil.copytree(folder, target, dirs_exist_ok=True)


def run_workflow(
    workflow: dict[str, Any], job_of: Callable[[str, dict[str, Any]], Job]
) -> dict[str, Outcome]:
    """Run the jobs of a workflow, in the order in which they stand.

    Args:
        workflow: As `load` reads it.
        job_of: Makes what runs a job, given its name and its values of the matrix, if any.

    Returns:
        How each job ended, by its name and its values of the matrix, if any. A job that needs one
        that failed is not among them.
    """
    ended: dict[str, Outcome] = {}
    for name, job in workflow["jobs"].items():
        assert set(job) <= {"runs-on", "strategy", "needs", "steps"}, set(job)
        if any(done.returncode for done in ended.values()) and "needs" in job:
            continue
        matrix = job.get("strategy", {}).get("matrix", {})
        for values in itertools.product(*matrix.values()):
            chosen = dict(zip(matrix, values, strict=True))
            full_name = " ".join([name, *map(str, values)])
            ended[full_name] = job_of(full_name, chosen).run(job["steps"])
    return ended
