"""Checks that install smoothl1 from its repository, as its users do: `python -m tests.installing`.

They need the network, so `.ci/run` makes them and pytest does not: all of the action, its step of
pip included; the pre-commit recipe, run by pre-commit; the line by which recipes install; the
extras for GPUs; and the tests of the source distribution.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tarfile
import tempfile
import time
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import smoothl1
from tests.examples import ROOT, run_in
from tests.github_runner import Job
from tests.recipes import BAD, GOOD, PIP, one_column_pair, recipe

if TYPE_CHECKING:
    from collections.abc import Callable

HOME = "https://github.com/OWNER/smoothl1"
"""Where the recipes say that this repository is."""

GIT_USER = ("-c", "user.name=CI", "-c", "user.email=ci@localhost")


def repository_of_this_tree(folder: Path) -> dict[str, str]:
    """A repository of the tree as it is, with the tag of its version.

    Returns:
        Environment variables by which git takes it for the one that the recipes name.
    """
    git = ("git", "-C", str(ROOT), "--git-dir", str(folder), "--work-tree", str(ROOT))
    alone = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}  # nobody's hooks and signatures
    for command in (
        ("git", "init", "--quiet", "--bare", str(folder)),
        (*git, "add", "--all"),
        (*git, *GIT_USER, "commit", "--quiet", "--message", "This tree"),
        (*git, "tag", f"v{smoothl1.__version__}"),
    ):
        subprocess.run(command, check=True, env=alone)
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{folder}.insteadOf",
        "GIT_CONFIG_VALUE_0": HOME,
    }


def check(done: subprocess.CompletedProcess[str], returncode: int, said: str) -> None:
    """Fail, with all that was written, unless a command ended so and said that."""
    output = done.stdout + done.stderr
    if done.returncode != returncode or said not in output:
        sys.exit(f"{done.args}: exit code {done.returncode}\n{output}")


def action_installs_itself(folder: Path, _: dict[str, str]) -> None:
    """All steps of the action, by a Python without smoothl1."""
    one_column_pair(folder, GOOD, "parquet")
    (folder / "temp").mkdir()
    job = Job(folder, folder / "temp", python=folder.parent / "python" / "bin" / "python")
    given = {"pred": "preds.parquet", "target": "targets.parquet", "version": smoothl1.__version__}
    done = job.run_action(ROOT, given)
    if (done.returncode, done.outputs["value"]) != (0, "0.078125"):
        sys.exit(f"the action: {done}")


def pre_commit_installs_the_hook(folder: Path, env: dict[str, str]) -> None:
    """The recipe of docs/ci.md, on predictions that are good, and then on bad ones."""
    env = {**env, "PRE_COMMIT_HOME": str(folder / "cache")}
    user = folder / "user"
    user.mkdir()
    (user / ".pre-commit-config.yaml").write_text(recipe("pre-commit 1"))
    pre_commit = (sys.executable, "-m", "pre_commit")
    manifest = str(ROOT / ".pre-commit-hooks.yaml")
    check(run_in(user, *pre_commit, "validate-manifest", manifest), 0, "")
    run_in(user, "git", "init", "--quiet")
    for wrong, returncode, said in ((GOOD, 0, "Passed"), (BAD, 1, "Failed")):
        one_column_pair(user, wrong, "parquet")
        run_in(user, "git", "add", "--all")
        check(run_in(user, *pre_commit, "run", "--color=never", env=env), returncode, said)


def recipes_install_by_pip(folder: Path, env: dict[str, str]) -> None:
    """The line that recipes begin with, in an environment without smoothl1."""
    path = {"PATH": f"{folder.parent / 'python' / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    check(run_in(folder, "bash", "-ec", PIP, env={**env, **path}), 0, "")
    done = run_in(folder, "smoothl1", "--version", env=path)
    check(done, 0, f"smoothl1 {smoothl1.__version__}")


def extras_for_gpus_resolve(folder: Path, env: dict[str, str]) -> None:
    """The packages that a GPU needs, chosen but not downloaded: they take gigabytes."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return
    path = {"PATH": f"{folder.parent / 'python' / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    for extra in ("cuda12x", "cuda13x"):
        wanted = f"{ROOT}[{extra}]"
        done = run_in(folder, "pip", "install", "--dry-run", wanted, env={**env, **path})
        check(done, 0, f"cupy-{extra}-")


def sdist_passes_its_tests(folder: Path, _: dict[str, str]) -> None:
    """The source distribution has every file of the repository, and tests pass in it."""
    python = str(folder.parent / "python" / "bin" / "python")
    check(run_in(folder, python, "-m", "pip", "install", "--quiet", "build"), 0, "")
    check(
        run_in(folder, python, "-m", "build", "--sdist", "--outdir", str(folder), str(ROOT)), 0, ""
    )
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    unpacked = folder / archive.name.removesuffix(".tar.gz")
    git = ("git", "--git-dir", str(folder.parent / "smoothl1.git"), "ls-tree", "-r", "--name-only")
    names = run_in(folder, *git, "HEAD").stdout.splitlines()
    missing = [name for name in names if not (unpacked / name).exists()]
    if missing:
        sys.exit(f"the source distribution lacks {', '.join(missing)}")
    names = ("architecture", "imports", "release", "result_schema", "settings", "site", "workflows")
    tests = ("tests/cli/test_man.py", *(f"tests/test_{name}.py" for name in names))
    check(run_in(unpacked, sys.executable, "-m", "pytest", "-q", "-m", "not grid", *tests), 0, "")


CHECKS: tuple[Callable[[Path, dict[str, str]], None], ...] = (
    action_installs_itself,
    pre_commit_installs_the_hook,
    recipes_install_by_pip,
    extras_for_gpus_resolve,
    sdist_passes_its_tests,
)


def main() -> None:
    """Make all checks, and say how long each took."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary).resolve()
        env = repository_of_this_tree(folder / "smoothl1.git")
        venv.create(folder / "python", with_pip=True)
        for number, function in enumerate(CHECKS):
            begin_s = time.monotonic()
            (folder / str(number)).mkdir()
            function(folder / str(number), env)
            took_s = time.monotonic() - begin_s
            sys.stderr.write(f"{function.__name__}: {took_s:.0f} s\n")


if __name__ == "__main__":
    main()
